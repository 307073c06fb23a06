//! Has Cargo look again when the bundle of the portal, which a release build carries inside itself,
//! appears or changes: the macro that embeds it only watches the files that it found the last time.
//! A debug build reads the folder when it runs, but only one that was there when it was built: so
//! an empty one is made.

use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "this is how Cargo speaks to a build script")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The macros that read these do not tell Cargo.
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=../api-types/src/notify/channels");
    let bundle = Path::new("../../frontend/dist");
    if let Err(error) = std::fs::create_dir_all(bundle) {
        println!("cargo::warning={} cannot be made: {error}", bundle.display());
    }
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", bundle.display());
    }
}
