//! `cargo xtask bench`: what is measured, on a release build.

use anyhow::Result;

use crate::process::{cargo, native_target, succeed};
use crate::{needs, postgres};

/// Builds the server and the benchmarks for release and runs them on both databases. Numbers are
/// printed, never asserted.
pub fn bench() -> Result<()> {
    needs::for_bench()?;
    let cluster = postgres::start()?;
    // Both packages in both commands: with other features everything would be compiled a second
    // time.
    let both = ["-p", "server", "-p", "tests"];
    succeed(
        cargo()
            .args(["build", "--release", "--bins", "--benches"])
            .args(both)
            .env("CARGO_TARGET_DIR", native_target()),
    )?;
    succeed(
        cargo()
            .args(["bench", "--bench", "block_list", "--bench", "outbox", "--bench", "routes"])
            .args(both)
            .env("CARGO_TARGET_DIR", native_target())
            .env("DENWABAN_TEST_POSTGRES_URL", &cluster.url),
    )
}
