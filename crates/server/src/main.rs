//! The binary `denwaban`; see [`server::cli`].

use std::process::ExitCode;

/// Gives memory back to the system as soon as it is free, the 19 MiB of a password that was hashed at
/// once: the C library and mimalloc keep them until something else is asked for.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    server::cli::run()
}
