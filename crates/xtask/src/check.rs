//! `cargo xtask check`: what can be said about the code without running it.

use anyhow::{Result, bail};

use crate::needs;
use crate::process::{cargo, output, spa_target, succeed, works};

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

    if works(cargo().args(["deny", "--version"])) {
        println!("Dependencies");
        succeed(cargo().args(["deny", "check"]))?;
    } else {
        println!("cargo-deny is not installed: licences and advisories were not looked at");
    }
    Ok(())
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
