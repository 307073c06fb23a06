//! Takes out of the SPA's module what is loaded later: every function that the crate `frontend`
//! marks with `wasm_split`, and whatever nothing else needs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, ensure};
use wasm_split_cli_support::{Options, transform};

use crate::merge::merge;

/// Folder of the parts, beside the script that loads them.
pub const FOLDER: &str = "lazy";

/// As which module the main part imports what loads the others.
const LOADER: &str = "./loader.js";

/// As which module the loader imports the script that starts the main part.
const SCRIPT: &str = "./app.js";

/// How large a file of shared parts may become, uncompressed.
const SHARED_FILE: usize = 180_000;

/// How the names of shared parts begin.
const CHUNK: &str = "chunk_";

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
    let mut loader = fs::read_to_string(out.join(LOADER))?;
    let mut parts = BTreeMap::new();
    for path in found.split_modules {
        let name = path.file_stem().context("a part is a file")?.to_string_lossy().into_owned();
        parts.insert(name, fs::read(&path)?);
    }
    let needs: BTreeMap<_, _> = found.prefetch_map.into_iter().collect();
    let files = share(&needs, &parts)?;
    loader = load_shared(&loader, &needs, &files)?;
    let mut shared: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (part, content) in parts {
        let file = files.get(&part).cloned().unwrap_or(part);
        shared.entry(file).or_default().push(content);
    }
    let parts = shared.into_iter().map(|(file, parts)| Ok((file, merge(&parts, names)?)));
    Ok(Split { main, loader, parts: parts.collect::<Result<_>>()? })
}

/// What several parts share is a part for each set of them, and there would be hundreds. Says in
/// which of a few files each of those goes: what most need first.
fn share(
    needs: &BTreeMap<String, Vec<String>>,
    parts: &BTreeMap<String, Vec<u8>>,
) -> Result<BTreeMap<String, String>> {
    let mut users: BTreeMap<&String, usize> = BTreeMap::new();
    for part in needs.values().flatten().filter(|part| part.starts_with(CHUNK)) {
        *users.entry(part).or_default() += 1;
    }
    let mut shared: Vec<_> = users.into_iter().collect();
    shared.sort_by_key(|(_, users)| Reverse(*users));
    let mut files = BTreeMap::new();
    let (mut file, mut size) = (1, 0);
    for (part, _) in shared {
        let own = merge(std::slice::from_ref(&parts[part]), false)?.len();
        if size + own > SHARED_FILE {
            (file, size) = (file + 1, 0);
        }
        size += own;
        files.insert(part.clone(), format!("shared_{file}"));
    }
    Ok(files)
}

/// The loader as it fetches those files, each of them once.
fn load_shared(
    loader: &str,
    needs: &BTreeMap<String, Vec<String>>,
    files: &BTreeMap<String, String>,
) -> Result<String> {
    const END: &str = "\n, []);\n";
    // It says of each part who needs it.
    let lines = loader.lines().filter(|line| !line.starts_with("/* "));
    let mut loader: String = lines.flat_map(|line| [line, "\n"]).collect();
    let mut written = BTreeSet::new();
    for (part, file) in files {
        let begin = loader.find(&format!("const __{part} = makeLoad("));
        let place =
            begin.and_then(|begin| Some(begin..begin + loader[begin..].find(END)? + END.len()));
        let place = place.with_context(|| format!("the loader does not define {part}"))?;
        let definition = if written.insert(file) {
            loader[place.clone()].replace(part.as_str(), file)
        } else {
            String::new()
        };
        loader.replace_range(place, &definition);
    }
    for parts in needs.values() {
        let shared: Vec<_> = parts.iter().filter(|part| files.contains_key(*part)).collect();
        let old: Vec<_> = shared.iter().map(|part| format!("__{part}")).collect();
        let new: BTreeSet<_> = shared.iter().map(|part| format!("__{}", files[*part])).collect();
        let new: Vec<_> = new.into_iter().collect();
        loader = loader.replace(&format!("[{}]", old.join(", ")), &format!("[{}]", new.join(", ")));
    }
    ensure!(!loader.contains(CHUNK), "the loader names a part that there is no file for");
    Ok(loader)
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
        let is_import = |line: &&str| line.starts_with("import * as ") && line.contains(&from);
        // It imports the loader once for each function of it.
        let names: Vec<_> = script
            .lines()
            .filter(is_import)
            .filter_map(|line| line.trim_start_matches("import * as ").split(' ').next())
            .collect();
        ensure!(!names.is_empty(), "wasm-bindgen's script imports no loader");
        let script: String =
            script.lines().filter(|line| !is_import(line)).flat_map(|line| [line, "\n"]).collect();

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
            let name = file.trim_start_matches("split_");
            let path = format!("{FOLDER}/{name}-{}.wasm", hash(&content));
            let (old, new) = (format!("\"./{file}.wasm\""), format!("\"./{path}\""));
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
        let same: String = names.iter().map(|name| format!("const {name} = loader;\n")).collect();
        Ok((format!("{script}{loader}\nconst loader = {{ {exports} }};\n{same}"), parts))
    }
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
            parts: BTreeMap::from([("split_a".to_owned(), b"a".to_vec())]),
        };
        let (script, parts) = split
            .link(
                "import * as import1 from \"./loader.js\"\nimport * as import2 from \
                    \"./loader.js\"\nuse(import1);\n",
                |_| "0".into(),
            )
            .expect("they fit");
        assert_eq!(
            script,
            "use(import1);\nconst load_a = fetch(\"./lazy/a-0.wasm\");\n\nconst loader = { load_a \
                };\nconst import1 = loader;\nconst import2 = loader;\n"
        );
        assert_eq!(parts.keys().collect::<Vec<_>>(), ["lazy/a-0.wasm"]);
    }
}
