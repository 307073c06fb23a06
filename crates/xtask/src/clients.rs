//! The generators of clients and what runs them: npm's and Python's packages of exactly the
//! versions in `tests/clients`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::process::{native_target, program, root, succeed};

/// Installs them below the target folder, where the tests look for them. What is there from the
/// same list of versions stays.
pub fn install() -> Result<()> {
    let (lists, target) = (root().join("tests/clients"), native_target().join("clients"));
    once(&target.join("npm"), &lists.join("package-lock.json"), |folder| {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(lists.join(name), folder.join(name))?;
        }
        succeed(program("npm").current_dir(folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel",
            "error",
        ]))
    })?;
    once(&target.join("venv"), &lists.join("requirements.txt"), |folder| {
        succeed(program("python3").args(["-m", "venv"]).arg(folder))?;
        let mut pip = program(&folder.join("bin/python").to_string_lossy());
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--requirement",
        ]);
        succeed(pip.arg(lists.join("requirements.txt")))
    })
}

/// Fills a folder anew, unless it was filled from this very list. The list is put in last, so that
/// half a folder does not count.
fn once(folder: &Path, list: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let wanted = fs::read(list).with_context(|| format!("{} cannot be read", list.display()))?;
    let stamp = folder.join("installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    println!("Installing what stands in {}", list.display());
    fill(folder)?;
    Ok(fs::write(&stamp, wanted)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_filled_once_for_each_list() {
        let place = tempfile::tempdir().expect("a folder for the test");
        let (folder, list) = (place.path().join("filled"), place.path().join("list"));
        let fill = |text: &str, works: bool| {
            fs::write(&list, text).expect("the list is written");
            let mut filled = false;
            let done = once(&folder, &list, |_| {
                filled = true;
                if works { Ok(()) } else { anyhow::bail!("the network is away") }
            });
            (filled, done.is_ok())
        };
        for (text, works, outcome) in [
            ("a 1", false, (true, false)),
            ("a 1", true, (true, true)),
            ("a 1", true, (false, true)),
            ("a 2", true, (true, true)),
        ] {
            assert_eq!(fill(text, works), outcome, "{text} {works}");
        }
    }
}
