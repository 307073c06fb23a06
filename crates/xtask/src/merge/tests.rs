//! Parts in one file.

use wasm_encoder::{Function, MemoryType, RefType, TableType, ValType};

use super::*;

/// A part whose functions take nothing and give a number; the last one is in a slot.
fn part(slot: i32, functions: &[Function], data: (i32, &str)) -> Vec<u8> {
    let mut types = TypeSection::new();
    // The whole module has more types than a part uses.
    types.ty().function([ValType::I64], []);
    types.ty().function([], [ValType::I32]);
    let memory = MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    let table = TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 9,
        maximum: None,
        shared: false,
    };
    let mut imports = ImportSection::new();
    imports.import("__wasm_split", "memory", memory);
    imports.import("__wasm_split", "__indirect_function_table", table);
    let (mut section, mut code) = (FunctionSection::new(), CodeSection::new());
    for function in functions {
        section.function(1);
        code.function(function);
    }
    let last = Elements::Functions(Cow::Owned(vec![functions.len() as u32 - 1]));
    let mut slots = ElementSection::new();
    slots.active(None, &ConstExpr::i32_const(slot), last);
    let mut bytes = DataSection::new();
    bytes.active(0, &ConstExpr::i32_const(data.0), data.1.bytes());
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&section);
    module.section(&slots).section(&code).section(&bytes);
    module.finish()
}

fn number(number: i32) -> Function {
    let mut function = Function::new([]);
    function.instructions().i32_const(number).end();
    function
}

/// Calls what is in a slot of the table.
fn shim(slot: i32) -> Function {
    let mut function = Function::new([]);
    function.instructions().i32_const(slot).call_indirect(0, 1).end();
    function
}

fn call(index: u32) -> Function {
    let mut function = Function::new([]);
    function.instructions().call(index).i32_const(1).i32_add().end();
    function
}

fn operators(body: &FunctionBody) -> String {
    let operators = body.get_operators_reader().expect("code").into_iter();
    operators.map(|operator| format!("{:?};", operator.expect("code"))).collect()
}

#[test]
fn parts_in_one_file_call_each_other_directly() {
    let a = part(5, &[number(7)], (16, "a"));
    let b = part(6, &[shim(5), shim(2), call(0)], (8, "b"));
    let c = part(7, &[shim(2), call(0)], (24, "c"));
    let merged = merge(&[a, b, c], false).expect("they fit");
    let whole = read(&merged).expect("a module");
    assert_eq!(whole.types.len(), 1, "the other type is used nowhere");
    assert_eq!(whole.imports.len(), 2);
    assert_eq!(whole.data, [(8, &b"b"[..]), (16, b"a"), (24, b"c")]);
    let in_slot = |slot: u32| {
        let found = whole.slots.iter().find(|(start, _)| *start == slot);
        found.expect("the slot is filled").1[0]
    };
    let code = |index: u32| operators(&whole.bodies[index as usize]);
    assert_eq!(code(in_slot(5)), "I32Const { value: 7 };End;");
    let adds_one = "I32Const { value: 1 };I32Add;End;";
    let call = format!("Call {{ function_index: {} }};", in_slot(5));
    assert_eq!(code(in_slot(6)), format!("{call}{adds_one}"));
    // The main part is called by its slot.
    let call = "I32Const { value: 2 };CallIndirect { type_index: 0, table_index: 0 };";
    assert_eq!(code(in_slot(7)), format!("{call}{adds_one}"));
    assert_eq!(whole.bodies.len(), 3);
}

#[test]
fn what_is_not_known_is_refused() {
    let mut exports = wasm_encoder::ExportSection::new();
    exports.export("memory", wasm_encoder::ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&exports);
    assert!(merge(&[module.finish()], false).is_err());
}
