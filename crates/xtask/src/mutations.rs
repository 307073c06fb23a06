//! `cargo xtask mutations`: whether the checks of the guide notice what breaks. Each patch is
//! applied to a copy of what is committed, and the statement that it breaks has to fail there.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::{output, program, root, succeed};

/// Patches, each below a sentence, `Chapter:` and `Statement:`.
const PATCHES: &str = "tests/ui/portal/guide/mutations";

/// One way to break the product.
struct Mutation {
    patch: PathBuf,
    /// What a user would notice.
    what: String,
    /// The tests that look at the statement, as `general::general_settings`.
    chapter: String,
    /// The statement that no longer holds.
    statement: String,
}

impl Mutation {
    fn read(patch: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&patch)?;
        let line = |name: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(name));
            let found = found.map(|value| value.trim().to_owned());
            found.with_context(|| format!("{} has no line `{name}`", patch.display()))
        };
        Ok(Self {
            what: text.lines().next().unwrap_or_default().to_owned(),
            chapter: line("Chapter:")?,
            statement: line("Statement:")?,
            patch,
        })
    }

    /// Its name, for those who choose some of them.
    fn file(&self) -> Cow<'_, str> {
        self.patch.file_stem().unwrap_or_default().to_string_lossy()
    }

    /// Applies it to `copy`, unless what is applied there already is in its way; whether it did.
    fn apply(&self, copy: &Path) -> Result<bool> {
        let mut git = Command::new("git");
        git.current_dir(copy).arg("apply").arg(&self.patch).stderr(Stdio::null());
        Ok(git.status()?.success())
    }
}

fn all() -> Result<Vec<Mutation>> {
    let mut patches: Vec<PathBuf> = fs::read_dir(root().join(PATCHES))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    patches.sort();
    patches.into_iter().map(Mutation::read).collect()
}

/// Fails where a patch no longer fits what it was made for.
pub fn still_apply() -> Result<()> {
    for Mutation { patch, .. } in all()? {
        succeed(program("git").args(["apply", "--check"]).arg(patch))?;
    }
    Ok(())
}

/// Tries those whose file name contains one of `names`, or all; prints a table, and fails where one
/// is not noticed.
///
/// A round breaks several things and builds once. No two of them are in one chapter: what fails in
/// a chapter is then the work of the one patch that is about it.
pub fn mutations(names: &[String]) -> Result<()> {
    let copy = root().join("target/mutations");
    let mut waiting = all()?;
    waiting.retain(|mutation| {
        names.is_empty() || names.iter().any(|name| mutation.file().contains(name.as_str()))
    });
    let mut table = Vec::new();
    while !waiting.is_empty() {
        renew(&copy)?;
        let mut round: Vec<Mutation> = Vec::new();
        let mut later = Vec::new();
        for mutation in waiting {
            let is_free = round.iter().all(|other| other.chapter != mutation.chapter);
            if is_free && mutation.apply(&copy)? {
                println!("{}: {}", mutation.file(), mutation.what);
                round.push(mutation);
            } else {
                later.push(mutation);
            }
        }
        if round.is_empty() {
            bail!("{} no longer applies", later[0].patch.display());
        }
        let said = look(&copy, &round)?;
        let mut missed = false;
        for mutation in round {
            let broken = format!("statement {} FAILS", mutation.statement);
            let noticed = said.lines().filter(|line| line.trim().starts_with(&broken)).count();
            missed |= noticed == 0;
            table.push((mutation, noticed));
        }
        if missed {
            // Perhaps it was not built at all.
            fs::write(copy.with_extension("log"), &said)?;
        }
        waiting = later;
    }
    table.sort_by(|(one, _), (other, _)| one.patch.cmp(&other.patch));
    println!("| what is broken | statement | noticed on so many of two sizes |\n|---|---|---|");
    for (mutation, noticed) in &table {
        println!("| {} | {} | {noticed} |", mutation.what, mutation.statement);
    }
    match table.iter().filter(|(_, noticed)| *noticed < 2).count() {
        0 => Ok(()),
        missed => bail!("{missed} of {} were not noticed everywhere", table.len()),
    }
}

/// The copy, as what is committed; what was built there stays.
fn renew(copy: &Path) -> Result<()> {
    let git = |folder: &Path, args: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder).args(args).stdout(Stdio::null());
        command
    };
    if !copy.join(".git").exists() {
        let place = copy.to_string_lossy();
        succeed(&mut git(&root(), &["clone", "--quiet", "--shared", ".", &place]))?;
    }
    let head = output(program("git").args(["rev-parse", "HEAD"]))?;
    succeed(&mut git(copy, &["fetch", "--quiet", "origin"]))?;
    succeed(&mut git(copy, &["checkout", "--quiet", "--force", "--detach", head.trim()]))
}

/// Builds the copy and looks at the chapters of a round there; answers what that prints.
fn look(copy: &Path, round: &[Mutation]) -> Result<String> {
    let mut cargo = Command::new("cargo");
    // In a target folder of its own: Cargo tells sources apart by their place in the workspace and
    // their age, so in a shared one the next build would take what is broken here for its own.
    cargo.current_dir(copy).env_remove("CARGO_TARGET_DIR");
    let chapters = round.iter().map(|mutation| format!("guide::{}::", mutation.chapter));
    let ran = cargo
        .args(["xtask", "test", "--only", "browser", "--", "--failure-output", "final"])
        .args(chapters)
        .output()?;
    Ok(format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr)))
}
