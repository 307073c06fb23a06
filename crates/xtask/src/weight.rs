//! How much a visitor loads, and how much that may be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::bundle::{belongs_to_shell, is_lazy, walk};

/// What a first visit may weigh: every file of it as Brotli sends it.
const FIRST_VISIT: u64 = 194_000;

/// What a file that is loaded later may weigh.
const LAZY_FILE: u64 = 60_000;

/// What all files that are loaded later may weigh together.
const LAZY_FILES: u64 = 510_000;

/// Prints the size of every file, and what is over a budget. With `strict` that is an error.
pub fn weigh(dist: &Path, strict: bool) -> Result<()> {
    let sizes = sizes(dist)?;
    println!("{:>10} {:>10} {:>10}", "plain", "gzip", "brotli");
    for (name, [plain, gzip, brotli]) in &sizes {
        println!("{plain:>10} {gzip:>10} {brotli:>10}  {name}");
    }
    let brotli: BTreeMap<_, _> =
        sizes.iter().map(|(name, [.., brotli])| (name.as_str(), *brotli)).collect();
    let (report, is_over) = report(&brotli);
    println!("{report}");
    if strict && is_over {
        bail!("the SPA weighs more than it may");
    }
    Ok(())
}

/// Every file as it is, gzipped, and with Brotli, in bytes.
fn sizes(dist: &Path) -> Result<BTreeMap<String, [u64; 3]>> {
    let mut paths = Vec::new();
    walk(dist, &mut paths)?;
    let mut sizes = BTreeMap::new();
    for path in &paths {
        let name = path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let plain = fs::metadata(path)?.len();
        let twin = |suffix: &str| {
            fs::metadata(dist.join(format!("{name}{suffix}"))).map_or(plain, |file| file.len())
        };
        sizes.insert(name.clone(), [plain, twin(".gz"), twin(".br")]);
    }
    Ok(sizes)
}

/// The three sums beside their budgets, and whether one of them is over.
fn report(files: &BTreeMap<&str, u64>) -> (String, bool) {
    let first: u64 =
        files.iter().filter(|(name, _)| belongs_to_shell(name)).map(|(_, size)| size).sum();
    let lazy = || files.iter().filter(|(name, _)| is_lazy(name));
    let (largest, most) =
        lazy().max_by_key(|(_, size)| **size).map_or(("", 0), |(name, size)| (*name, *size));
    let all = lazy().map(|(_, size)| size).sum();
    let rows = [
        ("first visit", first, FIRST_VISIT),
        ("largest lazy file", most, LAZY_FILE),
        ("all lazy files", all, LAZY_FILES),
    ];
    let lines = rows.map(|(what, size, budget)| {
        let verdict = if size > budget { "TOO MUCH" } else { "" };
        format!("{what:<18} {size:>10} of {budget:>8}  {verdict}").trim_end().to_owned()
    });
    let is_over = rows.iter().any(|(_, size, budget)| size > budget);
    (format!("{}\nThe largest lazy file is {largest}", lines.join("\n")), is_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_budgets_is_held() {
        let good = BTreeMap::from([
            ("index.html", FIRST_VISIT),
            ("icons/icon-512.png", LAZY_FILES),
            ("assets/lazy/a.wasm", LAZY_FILE),
        ]);
        assert!(!report(&good).1, "{}", report(&good).0);
        for (name, size) in [
            ("assets/app.js", 1),
            ("assets/lazy/b.wasm", LAZY_FILE + 1),
            ("assets/lazy/b.wasm", LAZY_FILES - LAZY_FILE + 1),
        ] {
            let mut files = good.clone();
            files.insert(name, size);
            assert!(report(&files).1, "{name} of {size} bytes");
        }
    }
}
