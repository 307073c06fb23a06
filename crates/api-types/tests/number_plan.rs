//! Keeps `src/platform/number_plan.rs` equal to what libphonenumber's metadata says of Japan.

use std::collections::BTreeSet;
use std::fmt::Write;

use phonenumber::{Mode, country};

/// Total digits, digits of the first and of the second group, with the leading 0.
type Shape = (u8, u8, u8);

fn shape(national: &str) -> Option<Shape> {
    let number = phonenumber::parse(Some(country::JP), national).ok()?;
    let printed = number.format().mode(Mode::National).to_string();
    let groups: Vec<&str> = printed.split('-').collect();
    let [area, exchange, line] = groups[..] else { return None };
    let total = area.len() + exchange.len() + line.len();
    (total == national.len() && printed.replace('-', "") == national).then_some((
        total as u8,
        area.len() as u8,
        exchange.len() as u8,
    ))
}

/// The shapes that numbers of `digits` digits below `prefix` have, sampled with several fillings.
fn shapes(prefix: &str, digits: usize) -> BTreeSet<Option<Shape>> {
    ["2345678901", "9876543210", "0101010101"]
        .iter()
        .map(|filling| shape(&format!("{prefix}{}", &filling[..digits - prefix.len()])))
        .collect()
}

fn collect(prefix: &str, digits: usize, rows: &mut Vec<(String, Shape)>) {
    let below: Vec<String> = (0..10).map(|d| format!("{prefix}{d}")).collect();
    let mut seen = shapes(prefix, digits);
    if prefix.len() < 7 {
        for next in &below {
            seen.extend(shapes(next, digits));
            if next.len() < 7 {
                (0..10).for_each(|d| seen.extend(shapes(&format!("{next}{d}"), digits)));
            }
        }
    }
    match (seen.len(), seen.first()) {
        (1, Some(Some(only))) => rows.push((prefix.to_owned(), *only)),
        (1, _) => {}
        _ if prefix.len() < 7 => below.iter().for_each(|next| collect(next, digits, rows)),
        _ => {}
    }
}

#[test]
fn the_checked_in_plan_is_what_the_metadata_says() {
    let mut rows = Vec::new();
    collect("0", 10, &mut rows);
    collect("0", 11, &mut rows);
    rows.sort();
    let mut text = String::from(
        "//! The grouping of Japanese numbers, generated from libphonenumber's metadata by `tests/number_plan.rs`.\n//! Do not edit: `UPDATE_NUMBER_PLAN=1 cargo test -p api-types --test number_plan` writes it anew.\n\n/// Prefix with the leading 0, total digits, digits of the first and of the second group; sorted by prefix.\npub(crate) const JAPAN: &[(&str, u8, u8, u8)] = &[\n",
    );
    for (prefix, (total, area, exchange)) in &rows {
        let _ = writeln!(text, "    (\"{prefix}\", {total}, {area}, {exchange}),");
    }
    text.push_str("];\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/platform/number_plan.rs");
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, not configuration")]
    let update = std::env::var_os("UPDATE_NUMBER_PLAN");
    if update.is_some() {
        std::fs::write(path, &text).expect("the number plan is written");
    }
    let checked_in = std::fs::read_to_string(path).expect("the number plan is read");
    assert!(
        checked_in == text,
        "the number plan is out of date; run: UPDATE_NUMBER_PLAN=1 cargo test -p api-types --test number_plan"
    );
}
