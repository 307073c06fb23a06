//! What holds for every caller and every entry of a block list.
#![expect(clippy::print_stdout, reason = "the run says how many cases it looked at")]

use api_types::{
    BlockMatch, BlockPattern, Caller, CallerError, NoNumber, PhoneNumber, SipIdentity,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

/// Runs a property on as many cases, the same ones each time, and says how many.
fn holds<S: Strategy>(
    name: &str,
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(Default::default()),
    );
    if let Err(failure) = runner.run(&strategy, property) {
        panic!("{name}: {failure}");
    }
    println!("{name}: {cases} cases");
}

/// As many digits, or up to as many.
fn digits(lengths: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(0u8..10, lengths)
        .prop_map(|digits| digits.iter().map(|digit| char::from(b'0' + digit)).collect())
}

/// A number's digits behind `+`.
fn international() -> impl Strategy<Value = String> {
    let areas = select(vec![
        "3", "6", "11", "45", "120", "570", "422", "1267", "4992", "466", "9802", "26", "990",
        "888",
    ]);
    let mobile = select(vec!["90", "80", "70", "60", "50", "20", "800"]);
    let foreign = select(vec!["44", "49", "86", "886", "7", "82", "852", "39", "870", "8", "33"]);
    prop_oneof![
        (areas, digits(9..=9)).prop_map(|(area, rest)| format!("81{area}{}", &rest[area.len()..])),
        (1u8..10, 1u8..10, digits(7..=7))
            .prop_map(|(first, second, rest)| format!("81{first}{second}{rest}")),
        (mobile, digits(10..=10))
            .prop_map(|(area, rest)| format!("81{area}{}", &rest[area.len()..])),
        digits(10..=10).prop_map(|rest| format!("1{rest}")),
        (foreign, digits(6..=12))
            .prop_map(|(country, rest)| format!("{country}9{}", &rest[country.len() - 1..])),
    ]
    // No Japanese number begins with 010.
    .prop_filter("a number of the plan", |digits| PhoneNumber::parse(&format!("+{digits}")).is_ok())
}

fn number() -> impl Strategy<Value = Caller> {
    (international(), any::<bool>()).prop_map(|(digits, abroad)| {
        let number = PhoneNumber::parse(&format!("+{digits}")).expect("a number of the plan");
        let international = abroad || !digits.starts_with("81");
        Caller::Number { number, international }
    })
}

fn caller() -> impl Strategy<Value = Caller> {
    prop_oneof![
        8 => number(),
        1 => digits(2..=2).prop_filter_map("184 and 186 call nobody",
            |rest| Caller::parse(&format!("1{rest}")).ok()),
        1 => select(NoNumber::ALL.to_vec()).prop_map(Caller::NoNumber),
    ]
}

/// Entries that are near each other and near the callers: beginnings of the same numbers.
fn pattern() -> impl Strategy<Value = BlockPattern> {
    let beginning = (caller(), any::<Index>(), select(vec![BlockMatch::Exact, BlockMatch::Prefix]));
    beginning.prop_filter_map("an entry", |(caller, index, matching)| {
        let key = caller.key()?;
        let end =
            if matching == BlockMatch::Exact { key.len() } else { 1 + index.index(key.len()) };
        BlockPattern::from_key(matching, &key[..end])
    })
}

/// The same text with marks between its characters and some of them full-width, as the seed says.
/// No brackets: `(0)` has a meaning.
fn decorated(text: &str, mut seed: u64) -> String {
    let marks: Vec<char> =
        "-‐‑‒–—―−ーｰ－─ \u{3000}\u{A0}\u{200B}\u{202D}\u{2060}\u{FEFF}./・_".chars().collect();
    // Knuth's generator: proptest's lists of characters take most of the time of a debug build.
    let mut next = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    let mut found = String::new();
    for c in text.chars() {
        let wide =
            char::from_u32(c as u32 + 0xFEE0).filter(|_| ('!'..='~').contains(&c) && next(2) == 0);
        found.push(wide.unwrap_or(c));
        (0..next(6).saturating_sub(3)).for_each(|_| found.push(marks[next(marks.len())]));
    }
    found
}

/// Text full of what matters to the reader.
fn odd_text() -> impl Strategy<Value = String> {
    let pieces = [
        "0",
        "1",
        "81",
        "010",
        "00",
        "184",
        "186",
        "+",
        "-",
        "(0)",
        "(",
        ")",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "sip:",
        "tel:",
        "sips:",
        "@",
        ";",
        "phone-context=+81",
        "%2B",
        "%",
        "%F",
        ":",
        ",",
        "*",
        "#",
        "E+09",
        ".0",
        "anonymous",
        ".invalid",
        "非通知",
        "３",
        "ー",
        "\u{202E}",
        "\\",
        "\n",
        "P",
        "\u{0}",
        "é",
        "9012345678",
        "312345678",
    ];
    prop_oneof![
        3 => prop::collection::vec(select(pieces.to_vec()),
            0..14).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => prop::collection::vec(any::<u8>(),
            0..40).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

const BOTH: [BlockMatch; 2] = [BlockMatch::Exact, BlockMatch::Prefix];

#[test]
fn printing_and_reading_gives_the_same_caller() {
    holds("callers printed and read", 30_000, caller(), |caller| {
        prop_assert_eq!(Caller::parse(&caller.japanese()), Ok(caller.clone()));
        prop_assert_eq!(caller.to_string(), caller.japanese());
        if let Some(key) = caller.key() {
            let again = Caller::parse(key).map(|again| again.key().map(str::to_owned));
            prop_assert_eq!(again, Ok(Some(key.to_owned())), "a key is its own key");
        }
        if let Caller::Number { number, .. } = &caller {
            prop_assert_eq!(&PhoneNumber::parse(&number.japanese()), &Ok(number.clone()));
            prop_assert_eq!(&PhoneNumber::parse(number.e164()), &Ok(number.clone()));
        }
        Ok(())
    });
}

#[test]
fn printing_and_reading_gives_the_same_entry() {
    holds("entries printed and read", 30_000, pattern(), |pattern| {
        let again = |text: &str| BlockPattern::parse(pattern.matching(), text);
        prop_assert_eq!(again(&pattern.japanese()), Ok(pattern.clone()));
        prop_assert_eq!(again(&pattern.csv()), Ok(pattern.clone()));
        prop_assert_eq!(again(pattern.key()), Ok(pattern.clone()));
        prop_assert!(!pattern.csv().starts_with('+'));
        prop_assert!(pattern.digits() > 0);
        Ok(())
    });
}

#[test]
fn decorations_do_not_change_what_is_read() {
    let cases = (caller(), any::<u64>(), select(vec!["", "'", "\"", "=\"", " ", "\u{FEFF}"]));
    holds("decorated callers", 25_000, cases, |(caller, seed, before)| {
        let Some(key) = caller.key() else { return Ok(()) };
        for plain in [key, &caller.japanese()] {
            let text = format!("{before}{}", decorated(plain, seed));
            prop_assert_eq!(Caller::parse(&text), Caller::parse(plain), "{}", text);
        }
        Ok(())
    });
}

#[test]
fn nothing_panics_and_what_is_read_is_normal() {
    holds(
        "odd texts",
        30_000,
        (odd_text(), select(vec!["", "anonymous", "<sip:+81312345678@h>, \"", "id;", "公衆電話"])),
        |(text, other)| {
            let identity = SipIdentity {
                from_display: Some(other),
                from_user: Some(&text),
                p_asserted_identity: Some(other),
                privacy: Some(other),
            };
            let asserted =
                SipIdentity { p_asserted_identity: Some(&text), ..SipIdentity::default() };
            let read = [
                Caller::parse(&text),
                Caller::from_network(&text),
                Caller::from_sip(&identity),
                Caller::from_sip(&asserted),
            ];
            for caller in read.into_iter().flatten() {
                prop_assert_eq!(
                    Caller::parse(&caller.japanese()),
                    Ok(caller.clone()),
                    "from {:?}",
                    text
                );
            }
            if let Err(CallerError::LostZero(number)) = Caller::parse(&text) {
                prop_assert!(PhoneNumber::parse(&number.japanese()).is_ok());
            }
            for matching in BOTH {
                if let Ok(pattern) = BlockPattern::parse(matching, &text) {
                    prop_assert_eq!(
                        BlockPattern::from_key(matching, pattern.key()),
                        Some(pattern.clone()),
                        "from {:?}",
                        text
                    );
                    prop_assert_eq!(
                        BlockPattern::parse(matching, &pattern.japanese()),
                        Ok(pattern.clone()),
                        "from {:?}",
                        text
                    );
                    prop_assert_eq!(
                        BlockPattern::parse(matching, &pattern.csv()),
                        Ok(pattern),
                        "from {:?}",
                        text
                    );
                }
            }
            Ok(())
        },
    );
}

#[test]
fn an_entry_matches_by_its_key() {
    holds("entries against callers", 20_000, (pattern(), caller()), |(pattern, caller)| {
        let wanted = caller.key().is_some_and(|key| match pattern.matching() {
            BlockMatch::Exact => key == pattern.key(),
            BlockMatch::Prefix => key.starts_with(pattern.key()),
        });
        prop_assert_eq!(pattern.matches(&caller), wanted);
        Ok(())
    });
    holds(
        "callers against their own beginnings",
        20_000,
        (caller(), any::<Index>()),
        |(caller, index)| {
            let Some(key) = caller.key() else { return Ok(()) };
            let exact =
                BlockPattern::from_key(BlockMatch::Exact, key).expect("a caller's key is an entry");
            prop_assert!(exact.matches(&caller));
            if let Some(prefix) =
                BlockPattern::from_key(BlockMatch::Prefix, &key[..1 + index.index(key.len())])
            {
                prop_assert!(prefix.matches(&caller) && prefix.covers(&exact));
            }
            Ok(())
        },
    );
}

/// Some callers that an entry matches: its key, and filled up in several ways to the lengths that
/// numbers have.
fn matched_by(pattern: &BlockPattern) -> Vec<Caller> {
    let key = pattern.key();
    let lengths = [key.len(), 8, 12, 13, 16].into_iter().filter(|length| *length >= key.len());
    let fillings = ["1111111111111111", "2345678901234567", "9087654321234567", "0123456789123456"];
    let texts = lengths.flat_map(|length| {
        fillings.map(|filling| format!("{key}{}", &filling[..length - key.len()]))
    });
    texts
        .filter_map(|text| Caller::parse(&text).ok())
        .filter(|caller| pattern.matches(caller))
        .collect()
}

#[test]
fn covering_is_matching_all_that_the_other_matches() {
    // A beginning of a beginning, so that covering happens; and pairs that have nothing to do with
    // each other.
    let near = (pattern(), any::<Index>(), select(BOTH.to_vec()), select(BOTH.to_vec()))
        .prop_filter_map("two", |(one, index, outer, inner)| {
            let key = one.key();
            let outer = BlockPattern::from_key(outer, &key[..1 + index.index(key.len())])?;
            Some((outer, BlockPattern::from_key(inner, key)?))
        });
    holds("pairs of entries", 20_000, prop_oneof![near, (pattern(), pattern())], |(one, other)| {
        for (one, other) in [(&one, &other), (&other, &one)] {
            let matched = matched_by(other);
            prop_assert!(!matched.is_empty(), "{other:?} matches nobody");
            let all = matched.iter().all(|caller| one.matches(caller));
            prop_assert_eq!(one.covers(other), all, "{:?} and {:?}", one, other);
        }
        prop_assert!(one.covers(&one));
        Ok(())
    });
}
