//! The binary `denwaban`; see [`server::cli`].

use std::process::ExitCode;

/// Gives free memory back to the system within a second or so (`.cargo/config.toml`), by threads of
/// its own. The C library and mimalloc keep the 19 MiB of a hashed password until something else is
/// freed.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    server::cli::run()
}
