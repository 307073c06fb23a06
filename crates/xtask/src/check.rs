//! `cargo xtask check`: what can be said about the code without running it.

use anyhow::{Result, bail};

use crate::process::{cargo, output, spa_target, succeed, works};
use crate::{layers, mutations, needs, tools};

/// Crates that pull in I/O, a database or a runtime: the wire types must stay usable in a browser
/// and by others.
const NOT_FOR_WIRE_TYPES: &[&str] =
    &["diesel", "actix-web", "tokio", "reqwest", "libsqlite3-sys", "pq-sys"];

/// Formatting, lints with every warning an error, and the borders between crates.
pub fn check() -> Result<()> {
    needs::for_build()?;
    needs::wasm_target()?;

    println!("Formatting");
    succeed(cargo().args(["fmt", "--all", "--check"]))?;

    println!("Spelling");
    succeed(&mut tools::TYPOS.command()?)?;

    println!("Dependencies");
    succeed(tools::MACHETE.command()?.args(["--skip-target-dir", "."]))?;
    licences_and_advisories()?;

    println!("Modules");
    layers::check()?;
    mutations::still_apply()?;

    println!("Wire types");
    wire_types_stay_light()?;
    succeed(
        cargo()
            .args([
                "check",
                "--package",
                "api-types",
                "--target",
                "wasm32-unknown-unknown",
                "--target-dir",
            ])
            .arg(spa_target()),
    )?;

    println!("Lints");
    succeed(
        cargo()
            .args([
                "clippy",
                "--package",
                "frontend",
                "--target",
                "wasm32-unknown-unknown",
                "--target-dir",
            ])
            .arg(spa_target())
            .args(["--", "-D", "warnings"]),
    )?;
    succeed(cargo().args([
        "clippy",
        "--workspace",
        "--exclude",
        "frontend",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;

    Ok(())
}

/// Licences, bans and sources need nothing but the lock file; advisories need a database that is
/// fetched from elsewhere, which not every network allows.
fn licences_and_advisories() -> Result<()> {
    let mut checks = vec!["bans", "licenses", "sources"];
    if works(tools::DENY.command()?.args(["fetch", "db"])) {
        checks.push("advisories");
    } else {
        println!("Without advisories: their database cannot be reached from here");
    }
    succeed(tools::DENY.command()?.arg("check").args(checks))
}

fn wire_types_stay_light() -> Result<()> {
    let tree = output(cargo().args([
        "tree",
        "--package",
        "api-types",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--target",
        "all",
    ]))?;
    let found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| NOT_FOR_WIRE_TYPES.contains(name))
        .collect();
    if !found.is_empty() {
        bail!(
            "api-types depends on {}: it holds wire types and must build for the browser",
            found.join(", ")
        );
    }
    Ok(())
}
