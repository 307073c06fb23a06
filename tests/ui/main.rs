//! The SPA in a real browser.
fn main() {}
