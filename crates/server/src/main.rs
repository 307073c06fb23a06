//! The binary `denwaban`; see [`server::cli`].

use std::process::ExitCode;

/// Gives memory back to the system when it is free: 26 MB after a minute of sign-ins, where the C
/// library's keeps the 19 MiB of each password that was hashed beside others, 120 MB, for good.
/// Without huge pages, which alone doubled the idle memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
