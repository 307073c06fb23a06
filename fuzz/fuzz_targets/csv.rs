//! No file makes the reader of block lists panic or lose its place, and what it reads is the same
//! when it is exported and read again.
#![no_main]

#[expect(dead_code, unused_imports,
    reason = "the module is included as it is, and not all of it is called here")]
#[path = "../../crates/server/src/platform/csv/mod.rs"]
mod csv;

use csv::{Encoding, FailedRows, NewRow, Row, Writer, layout, rows};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(found) = layout(bytes) else { return };
    let taken: Vec<Row> = rows(bytes, &found).map_while(Result::ok).collect();
    assert!(taken.is_sorted_by(|before, after| before.line < after.line));
    if let Ok(mut failed) = FailedRows::new(bytes, &found, "理由") {
        taken.iter().for_each(|row| failed.push(&row.cells, "理由"));
    }

    for encoding in [Encoding::Utf8Bom, Encoding::ShiftJis] {
        let mut writer = Writer::new(encoding);
        let good = taken.iter().filter_map(|row| row.reading.as_ref().ok());
        let written: Vec<&NewRow> = good.filter(|row| writer.push(row).is_ok()).collect();
        let export = writer.finish();
        let found = layout(&export).expect("an export has a layout");
        let again: Vec<NewRow> = rows(&export,
            &found).map(|row| row.expect("a row").reading.expect("a good row")).collect();
        assert!(again.iter().eq(written));
    }
});
