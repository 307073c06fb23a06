//! `cargo xtask fuzz`: every fuzz target, for a while.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, root, succeed, works};

/// Tables whose second column is good to start from, by target.
const SEEDS: &[(&str, &str)] = &[("caller", "crates/api-types/tests/caller_golden.tsv")];

/// Broken CSV files, as they are.
const BROKEN_FILES: &str = "crates/server/tests/csv";

/// Runs each file in `fuzz/fuzz_targets` for so many seconds.
///
/// libFuzzer needs flags that only a nightly compiler takes; `RUSTC_BOOTSTRAP` makes the stable one
/// take them. Without a sanitizer: there is no unsafe code to watch, and the standard library need
/// not be built anew.
pub fn fuzz(seconds: u32) -> Result<()> {
    if !works(cargo().args(["fuzz", "--version"])) {
        bail!("this machine lacks cargo-fuzz; `cargo install cargo-fuzz --locked` brings it");
    }
    let folder = root().join("fuzz");
    let mut targets: Vec<String> = fs::read_dir(folder.join("fuzz_targets"))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    targets.sort();
    for target in &targets {
        let corpus = folder.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        if target == "csv" {
            for file in fs::read_dir(root().join(BROKEN_FILES))? {
                let file = file?;
                fs::copy(file.path(), corpus.join(file.file_name()))?;
            }
        }
        if let Some((_, table)) = SEEDS.iter().find(|(name, _)| name == target) {
            sow(&root().join(table), &corpus)?;
        }
        println!("Fuzzing {target} for {seconds} seconds");
        succeed(
            cargo()
                .args([
                    "fuzz",
                    "run",
                    "--sanitizer",
                    "none",
                    target,
                    "--",
                    "-max_len=4096",
                    "-timeout=10",
                    "-print_final_stats=1",
                ])
                .arg(format!("-max_total_time={seconds}"))
                .env("RUSTC_BOOTSTRAP", "1")
                // A folder of its own: the flags would make every other build forget what it has.
                .env("CARGO_TARGET_DIR", root().join("target").join("fuzz")),
        )
        .with_context(|| {
            format!(
                "{target} found something, or could not be built; what it found \
            is in fuzz/artifacts/{target}"
            )
        })?;
    }
    Ok(())
}

fn sow(table: &Path, corpus: &Path) -> Result<()> {
    let text = fs::read_to_string(table)?;
    for (index, seed) in text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').nth(1))
        .enumerate()
    {
        fs::write(corpus.join(format!("seed-{index}")), seed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_targets_include_and_start_from_is_there() {
        let targets = root().join("fuzz/fuzz_targets");
        let mut included = 0;
        for target in fs::read_dir(&targets).expect("there are targets") {
            let text = fs::read_to_string(target.expect("a target").path()).expect("it is text");
            for path in text.lines().filter_map(|line| line.strip_prefix("#[path = \"")) {
                let path = path.trim_end_matches("\"]");
                assert!(targets.join(path).is_file(), "{path} is not there");
                included += 1;
            }
        }
        assert!(included > 0, "no target includes a file: this test is not needed any more");
        for place in SEEDS.iter().map(|(_, place)| *place).chain([BROKEN_FILES]) {
            assert!(root().join(place).exists(), "{place} is not there");
        }
    }
}
