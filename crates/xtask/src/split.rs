//! Takes out of the SPA's module what is loaded later: every function that the crate `frontend`
//! marks with `wasm_split`, and whatever nothing else needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, ensure};
use walrus::ModuleConfig;
use wasm_split_cli_support::{Options, transform};

/// Folder of the parts, beside the script that loads them.
pub const FOLDER: &str = "lazy";

/// As which module the main part imports what loads the others.
const LOADER: &str = "./loader.js";

/// As which module the loader imports the script that starts the main part.
const SCRIPT: &str = "./app.js";

/// A module that was taken apart.
pub struct Split {
    /// The part that comes first: wasm-bindgen wants to see no other.
    pub main: PathBuf,
    /// The script that loads the others, a module of its own.
    loader: String,
    /// The others, by the names that the loader knows them by.
    parts: BTreeMap<String, Vec<u8>>,
}

/// Takes a module apart that was linked with `--emit-relocs`; `out` is for files in between.
/// `names`: the parts keep the names of their functions, for stack traces.
pub fn split(wasm: &Path, out: &Path, names: bool) -> Result<Split> {
    let whole = fs::read(wasm)?;
    let main = out.join("main.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = out;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = SCRIPT;
    let found = transform(options).map_err(|error| {
        Error::msg(format!("the SPA's module could not be taken apart: {error:#}"))
    })?;
    let mut parts = BTreeMap::new();
    for path in found.split_modules {
        let name = path.file_name().context("a part is a file")?.to_string_lossy().into_owned();
        parts.insert(name, compact(&fs::read(&path)?, names)?);
    }
    Ok(Split { main, loader: fs::read_to_string(out.join(LOADER))?, parts })
}

impl Split {
    /// The script that wasm-bindgen wrote, with the loader in it, and the parts by the paths at
    /// which that looks for them.
    ///
    /// The two import each other. In one file they need no second request, and no hash of each
    /// other's content in their names.
    pub fn link(
        self,
        script: &str,
        hash: impl Fn(&[u8]) -> String,
    ) -> Result<(String, BTreeMap<String, Vec<u8>>)> {
        let from = format!(" from \"{LOADER}\"");
        let import =
            script.lines().find(|line| line.starts_with("import * as ") && line.contains(&from));
        let import = import.context("wasm-bindgen's script imports no loader")?;
        let name = import.trim_start_matches("import * as ").split(' ').next().unwrap_or_default();

        let own_import = format!("import {{ initSync }} from \"{SCRIPT}\";\n");
        ensure!(
            self.loader.contains(&own_import),
            "the loader does not import the script as expected"
        );
        let mut loader = self.loader.replace(&own_import, "").replace("export const ", "const ");
        // Whoever waits is told on the screen, and of what is fetched ahead of time nobody needs to
        // know.
        loader = loader.replace("console.error(", "console.warn(");
        let mut parts = BTreeMap::new();
        for (file, content) in self.parts {
            let stem = file.trim_end_matches(".wasm");
            let path =
                format!("{FOLDER}/{}-{}.wasm", stem.trim_start_matches("split_"), hash(&content));
            let (old, new) = (format!("\"./{file}\""), format!("\"./{path}\""));
            ensure!(
                loader.matches(&old).count() == 1,
                "the loader does not load {file} as expected"
            );
            loader = loader.replace(&old, &new);
            parts.insert(path, content);
        }
        let exports = self
            .loader
            .lines()
            .filter_map(|line| line.strip_prefix("export const ")?.split(' ').next());
        let exports = exports.collect::<Vec<_>>().join(", ");
        Ok((
            format!(
                "{}\n{loader}\nconst {name} = {{ {exports} }};\n",
                script.replacen(import, "", 1)
            ),
            parts,
        ))
    }
}

/// Written anew: a linker that keeps relocations makes room for five digits in every number.
fn compact(wasm: &[u8], names: bool) -> Result<Vec<u8>> {
    let mut part = ModuleConfig::new()
        .generate_name_section(names)
        .generate_producers_section(false)
        .parse(wasm)?;
    walrus::passes::gc::run(&mut part);
    Ok(part.emit_wasm())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_loader_become_one() {
        let split = Split {
            main: PathBuf::new(),
            loader: "import { initSync } from \"./app.js\";\nexport const load_a = \
                fetch(\"./split_a.wasm\");\n"
                .into(),
            parts: BTreeMap::from([("split_a.wasm".to_owned(), b"a".to_vec())]),
        };
        let (script, parts) = split
            .link("import * as import1 from \"./loader.js\"\nuse(import1);\n", |_| "0".into())
            .expect("they fit");
        assert_eq!(
            script,
            "\nuse(import1);\n\nconst load_a = fetch(\"./lazy/a-0.wasm\");\n\nconst import1 = { \
                load_a };\n"
        );
        assert_eq!(parts.keys().collect::<Vec<_>>(), ["lazy/a-0.wasm"]);
    }
}
