//! Small made-up crates: what is wrong in each.

use super::*;

const FLOORS: &[&[&str]] = &[&["platform"], &["http"], &[ROOMS], &["app"]];

/// What is wrong in a crate of these files, without the folder that it lies in.
fn wrong(floors: &'static [&'static [&'static str]], files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }
    let held = Held { name: "made-up", sources: "", floors };
    let found = look_at(&held, folder.path()).expect("the sources are Rust");
    let place = format!("{}/", folder.path().display());
    found.into_iter().map(|line| line.replace(&place, "")).collect()
}

#[test]
fn downward_arrows_are_right() {
    let files = [
        ("lib.rs", "pub mod app; pub mod calls; pub mod http; pub mod platform; pub use app::App;"),
        ("app/mod.rs", "use crate::{calls::http::list, http::Answer}; pub struct App;"),
        ("calls/mod.rs", "pub mod http; pub mod rules;"),
        ("calls/http.rs", "use super::rules; use crate::http::Answer; use crate::platform::clock;"),
        ("calls/rules.rs", "use super::http;"),
        ("http/mod.rs", "use crate::platform::clock::Clock;"),
        ("platform/mod.rs", "pub mod clock;"),
        ("platform/clock.rs", "use std::fmt; fn f() -> self::Clock { super::clock::now() }"),
    ];
    assert_eq!(wrong(FLOORS, &files), Vec::<String>::new());
}

#[test]
fn a_circle_is_named_with_both_files() {
    let files = [
        ("lib.rs", "mod calls; mod notify; mod history;"),
        ("calls/mod.rs", "mod rows;"),
        ("calls/rows.rs", "fn f() { crate::notify::plan::now() }"),
        ("notify.rs", "mod plan;"),
        ("notify/plan.rs", "use crate::{history, calls::{self, rows::Row}};"),
        ("history.rs", ""),
    ];
    assert_eq!(
        wrong(FLOORS, &files),
        ["a circle: calls uses notify (calls/rows.rs names notify::plan::now), \
         notify uses calls (notify/plan.rs names calls)"]
    );
}

#[test]
fn a_circle_of_three_and_one_inside_a_folder_are_found() {
    let files = [
        ("lib.rs", ""),
        ("a.rs", "use crate::b;"),
        ("b.rs", "use crate::c;"),
        ("c.rs", "use crate::a;"),
        ("notify/mod.rs", ""),
        ("notify/outbox.rs", "mod claim; use super::channels;"),
        ("notify/outbox/claim.rs", ""),
        ("notify/channels/mod.rs", ""),
        ("notify/channels/line.rs", "use super::super::outbox::Job;"),
    ];
    assert_eq!(
        wrong(&[], &files),
        [
            "a circle: a uses b (a.rs names b), b uses c (b.rs names c), c uses a (c.rs names a)",
            "notify: a circle: channels uses outbox (notify/channels/line.rs names notify::outbox::Job), \
         outbox uses channels (notify/outbox.rs names notify::channels)",
        ]
    );
}

#[test]
fn circles_that_touch_are_told_as_one() {
    let files = [
        ("lib.rs", ""),
        ("a.rs", "use crate::b;"),
        ("b.rs", "use crate::{a, c};"),
        ("c.rs", "use crate::b; use crate::d;"),
        ("d.rs", ""),
    ];
    assert_eq!(
        wrong(&[], &files),
        ["a circle: a uses b (a.rs names b), b uses a (b.rs names a), \
            and all of these reach each other: a b c"]
    );
}

#[test]
fn an_upward_arrow_is_named_however_it_is_written() {
    for (place, text, named) in [
        ("platform/clock.rs", "use crate::http::Answer;", "http::Answer"),
        ("platform/clock.rs", "use crate::{fmt, http::{Answer, page::Page}};", "http::Answer"),
        ("platform/clock.rs", "fn f() { crate::http::answer::<u8>() }", "http::answer"),
        ("platform/clock.rs", "use super::super::http;", "http"),
        ("platform/clock.rs", "pub use crate::http::Answer;", "http::Answer"),
        ("platform/clock.rs", "json!({ \"a\": crate::http::b() })", "http::b"),
    ] {
        let files = [("lib.rs", ""), ("http/mod.rs", ""), ("platform/mod.rs", ""), (place, text)];
        assert_eq!(
            wrong(FLOORS, &files),
            [format!("platform stands below http and uses it: {place} names {named}")],
            "{text}"
        );
    }
}

#[test]
fn what_the_root_lets_out_counts_as_where_it_comes_from() {
    for root in ["pub use app::App;", "pub use app::state::App;", "pub use app::*;"] {
        let files = [
            ("lib.rs", root),
            ("app/mod.rs", "mod state;"),
            ("app/state.rs", "pub struct App;"),
            ("calls/mod.rs", "use crate::App;"),
        ];
        assert_eq!(
            wrong(FLOORS, &files),
            ["calls stands below app and uses it: calls/mod.rs names App"],
            "{root}"
        );
    }
}

#[test]
fn everything_at_once_hides_where_it_comes_from() {
    let files = [("lib.rs", ""), ("calls.rs", "use crate::*;")];
    assert_eq!(wrong(&[], &files), ["calls.rs names all of the crate at once"]);
}

#[test]
fn test_code_may_use_anything() {
    let files = [
        ("lib.rs", ""),
        ("platform/mod.rs", "#[cfg(test)] mod tests; #[cfg(test)] use crate::{http, calls};"),
        ("platform/tests/mod.rs", "mod deep;"),
        ("platform/tests/deep.rs", "use crate::http;"),
        ("platform/clock.rs", "#[cfg(test)]\nmod tests { use crate::http; }"),
        ("http/mod.rs", "use crate::platform;"),
        ("calls.rs", ""),
    ];
    assert_eq!(wrong(FLOORS, &files), Vec::<String>::new());
}
