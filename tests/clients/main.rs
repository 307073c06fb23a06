//! The document as others use it: clients are generated from it, type-checked and used, every
//! operation is probed by it, and the examples run. What that takes is installed by `cargo xtask
//! test`, in the versions of `package-lock.json` and `requirements.txt`.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![expect(clippy::print_stdout, reason = "how much was probed is told by the prober")]

mod examples;
mod known;
mod python;
mod schemathesis;
mod stage;
mod tools;
mod typescript;
