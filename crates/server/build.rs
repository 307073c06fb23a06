//! Has Cargo look again when the bundle of the portal, which a release build carries inside itself, appears or changes: the
//! macro that embeds it only watches the files that it found the last time.

use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "this is how Cargo speaks to a build script")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        let bundle = "../../frontend/dist";
        println!("cargo::rerun-if-changed={}", if Path::new(bundle).exists() { bundle } else { "../../frontend" });
    }
}
