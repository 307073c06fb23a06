//! Carrying out a Dockerfile's steps in a folder that stands for the file system of each stage.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Effort;
use super::dockerfile::{Stage, commands, is_ignored};
use crate::needs;
use crate::process::{cargo, native_target, output, program, root, succeed, works};

/// Libraries that every Debian image has.
const BASE: &[&str] = &["libc6", "libgcc-s1", "zlib1g"];

/// The file systems of the stages, and the build context.
pub struct Folder {
    effort: Effort,
    /// Where `COPY . .` puts the repository.
    context: PathBuf,
    /// Below it, a folder for each stage that was begun.
    stages: PathBuf,
    begun: BTreeMap<String, PathBuf>,
    current: PathBuf,
}

impl Folder {
    /// Nothing is in it yet. The context of the last time stays: it is brought up to date, so that
    /// what is unchanged need not be compiled again.
    pub fn empty(effort: Effort) -> Result<Self> {
        let top = native_target().join("image");
        let (context, stages) = (top.join("context"), top.join("stages"));
        if stages.exists() {
            fs::remove_dir_all(&stages)?;
        }
        Ok(Self { effort, context, begun: BTreeMap::new(), current: stages.clone(), stages })
    }

    /// A path of the current stage.
    pub fn inside(&self, path: &str) -> PathBuf {
        self.current.join(path.trim_start_matches('/'))
    }

    /// Everything that changes files, in order.
    pub fn carry_out(&mut self, stage: &Stage) -> Result<()> {
        let number = self.begun.len().to_string();
        self.current = self.stages.join(&number);
        fs::create_dir_all(&self.current)?;
        self.begun.insert(stage.name.clone(), self.current.clone());
        for (keyword, rest) in &stage.steps {
            match keyword.as_str() {
                "RUN" => {
                    for words in commands(rest) {
                        self.run(&words)
                            .with_context(|| format!("the Dockerfile's `{}`", words.join(" ")))?;
                    }
                }
                "COPY" => {
                    self.copy(rest).with_context(|| format!("the Dockerfile's `COPY {rest}`"))?
                }
                "WORKDIR" | "USER" | "ENV" | "VOLUME" | "EXPOSE" | "HEALTHCHECK" | "ENTRYPOINT"
                | "CMD" => {}
                other => bail!("`cargo xtask image` does not know {other} in a Dockerfile yet"),
            }
        }
        Ok(())
    }

    /// A command that changes the system is checked as far as it can be without changing this one.
    fn run(&self, words: &[&str]) -> Result<()> {
        match words {
            ["apt-get", "update"] | ["rm", "-rf", "/var/lib/apt/lists/*"] | ["useradd", ..] => {
                Ok(())
            }
            ["apt-get", "install", rest @ ..] => {
                rest.iter().filter(|word| !word.starts_with('-')).try_for_each(|name| known(name))
            }
            ["rustup", "target", "add", target] => {
                if *target != needs::WASM_TARGET {
                    bail!("the portal is built for {}", needs::WASM_TARGET);
                }
                needs::wasm_target()
            }
            ["install", rest @ ..] => self.install(rest),
            ["cargo", "xtask", "bundle"] if self.effort == Effort::Quick => {
                let (from, to) = (root().join("frontend/dist"), self.context.join("frontend/dist"));
                if !from.join("index.html").is_file() {
                    bail!("frontend/dist is not there yet: `cargo xtask bundle` makes it");
                }
                succeed(program("rm").arg("-rf").arg(&to))?;
                succeed(program("cp").arg("-a").arg(from).arg(to))
            }
            ["cargo", rest @ ..] => {
                let quick = self.effort == Effort::Quick;
                let mut command = cargo();
                command.current_dir(&self.context);
                command.args(rest.iter().filter(|word| !quick || **word != "--release"));
                let target = if quick { native_target() } else { self.context.join("target") };
                succeed(command.env("CARGO_TARGET_DIR", target))
            }
            _ => bail!("`cargo xtask image` cannot carry this out yet"),
        }
    }

    /// `install` as the Dockerfile has it, without another owner.
    fn install(&self, words: &[&str]) -> Result<()> {
        let mut command = program("install");
        let mut left = words.iter();
        while let Some(word) = left.next() {
            match *word {
                "-o" | "-g" => drop(left.next()),
                path if path.starts_with('/') => drop(command.arg(self.inside(path))),
                path if path.starts_with("target/") => drop(command.arg(self.built(path))),
                other => drop(command.arg(other)),
            }
        }
        succeed(&mut command)
    }

    /// Where a build leaves what the Dockerfile expects in its own `target`.
    fn built(&self, path: &str) -> PathBuf {
        match self.effort {
            Effort::Full => self.context.join(path),
            Effort::Quick => native_target()
                .join(path.trim_start_matches("target/").replacen("release", "debug", 1)),
        }
    }

    fn copy(&self, rest: &str) -> Result<()> {
        match rest.split(' ').collect::<Vec<_>>().as_slice() {
            [".", "."] => bring_up_to_date(&self.context),
            [from, source, target] => {
                let name = from.strip_prefix("--from=").context("two paths are expected")?;
                let stage = self.begun.get(name).with_context(|| format!("no stage {name}"))?;
                let target = self.inside(target);
                fs::create_dir_all(target.parent().context("a file cannot be /")?)?;
                fs::copy(stage.join(source.trim_start_matches('/')), target)?;
                Ok(())
            }
            _ => bail!("`cargo xtask image` cannot carry this out yet"),
        }
    }

    /// Whether the last stage installs each library that the program is linked to.
    pub fn has_its_libraries(&self, last: &Stage) -> Result<()> {
        if !works(program("dpkg-query").arg("--version")) {
            return Ok(());
        }
        let binary = self.inside("/usr/local/bin").join(&last.command("ENTRYPOINT")?[0]);
        let linked = output(program("ldd").arg(&binary))?;
        for path in linked.lines().filter_map(|line| line.split_once("=> ")) {
            let path = path.1.split(' ').next().unwrap_or_default();
            // The packages name the place that links lead to.
            let path = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let owner = output(program("dpkg-query").args(["--search", &format!("*/{name}")]))?;
            let is_there = owner
                .lines()
                .filter_map(|line| line.split([':', ',']).next())
                .any(|package| BASE.contains(&package) || last.packages().contains(&package));
            if !is_there {
                bail!("the image lacks {name}, which {} needs", binary.display());
            }
        }
        Ok(())
    }
}

/// Whether Debian knows a package; elsewhere nobody can say.
fn known(package: &str) -> Result<()> {
    let asks = works(program("apt-cache").arg("--version"));
    if asks
        && !works(program("dpkg").args(["--status", package]))
        && !works(program("apt-cache").args(["show", package]))
    {
        bail!("Debian has no package {package}");
    }
    Ok(())
}

/// Makes a folder hold what the engine would be given, with the times that the files have.
fn bring_up_to_date(context: &Path) -> Result<()> {
    let ignore = fs::read_to_string(root().join(".dockerignore"))?;
    let listed =
        output(program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let files: BTreeSet<&str> = listed
        .lines()
        .filter(|file| !is_ignored(&ignore, file) && root().join(file).is_file())
        .collect();
    for file in &files {
        let (from, to) = (root().join(file), context.join(file));
        let time = fs::metadata(&from)?.modified()?;
        if fs::metadata(&to).and_then(|known| known.modified()).is_ok_and(|known| known == time) {
            continue;
        }
        fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
        fs::copy(&from, &to)?;
        fs::File::options().write(true).open(&to)?.set_modified(time)?;
    }
    remove_others(context, context, &files)
}

fn remove_others(top: &Path, folder: &Path, files: &BTreeSet<&str>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(top)?.to_string_lossy().into_owned();
        if name == "target" {
            continue;
        }
        if path.is_dir() {
            remove_others(top, &path, files)?;
        } else if !files.contains(name.as_str()) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
