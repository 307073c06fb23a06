//! What people type, spreadsheets leave and switches send, as a table, and the same table against
//! libphonenumber.

use std::collections::BTreeSet;

use api_types::{BlockMatch, BlockPattern, Caller, CallerError, PhoneNumber, SipIdentity};
use phonenumber::{Mode, country};

const TABLE: &str = include_str!("caller_golden.tsv");

/// Numbers on which libphonenumber differs, and why that is meant so.
const DELIBERATE: &[(&str, &str)] = &[
    ("+390669821234", "the crate loses the 0 of Italy's numbers, which belongs to them"),
    ("+812001234567890", "machines' numbers of fourteen digits are not in its plan"),
    ("+81180993333", "0180 is announcements, which call nobody and are not in its plan"),
];

/// Beginnings whose length is not what libphonenumber takes for valid.
const DELIBERATE_LENGTHS: &[(&str, usize, &str)] = &[
    ("060", 10, "the personal numbers of ten digits are gone; 060 is mobile now, with eleven"),
    ("0120", 11, "its pattern for free dial lets longer ones pass"),
    ("0120", 12, "the same"),
    ("0800", 12, "the same"),
];

struct Row {
    line: usize,
    kind: &'static str,
    text: String,
    expected: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    TABLE
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| {
            let mut columns = line.split('\t');
            let kind = columns.next().expect("a kind");
            let text = unescaped(columns.next().expect("a text"));
            Row { line: index + 1, kind, text, expected: columns.collect() }
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut found = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        found.push_str(before);
        rest = match escape.chars().next() {
            Some('t') => {
                found.push('\t');
                &escape[1..]
            }
            Some('n') => {
                found.push('\n');
                &escape[1..]
            }
            Some('u') => {
                let (hex, after) = escape[2..].split_once('}').expect("an escape is closed");
                found.push(
                    u32::from_str_radix(hex, 16)
                        .ok()
                        .and_then(char::from_u32)
                        .expect("an escape names a character"),
                );
                after
            }
            _ => {
                found.push('\\');
                &escape[1..]
            }
        };
    }
    found + rest
}

fn refusal(error: &CallerError) -> Vec<String> {
    vec![match error {
        CallerError::UnexpectedCharacter(c) if c.is_control() => {
            format!("!UnexpectedCharacter {}", c.escape_unicode())
        }
        CallerError::UnexpectedCharacter(c) => format!("!UnexpectedCharacter {c}"),
        CallerError::StarOrHash(c) => format!("!StarOrHash {c}"),
        CallerError::LostZero(number) => format!("!LostZero {}", number.e164()),
        plain => format!("!{plain:?}"),
    }]
}

fn caller_columns(read: Result<Caller, CallerError>) -> Vec<String> {
    match read {
        Ok(caller) => {
            let abroad = match &caller {
                Caller::Number { international: true, .. } => "abroad",
                Caller::Number { .. } => "domestic",
                _ => "-",
            };
            vec![caller.key().unwrap_or("-").to_owned(), abroad.to_owned(), caller.japanese()]
        }
        Err(error) => refusal(&error),
    }
}

fn pattern_columns(read: Result<BlockPattern, CallerError>) -> Vec<String> {
    match read {
        Ok(pattern) => vec![
            pattern.key().to_owned(),
            pattern.digits().to_string(),
            pattern.japanese(),
            pattern.csv(),
        ],
        Err(error) => refusal(&error),
    }
}

fn identity(text: &str) -> SipIdentity<'_> {
    let mut fields = text.split(" ¦ ").map(|field| Some(field).filter(|field| !field.is_empty()));
    let mut next = || fields.next().flatten();
    SipIdentity {
        from_display: next(),
        from_user: next(),
        p_asserted_identity: next(),
        privacy: next(),
    }
}

#[test]
fn every_form_is_read_as_the_table_says() {
    let rows = rows();
    let mut wrong = Vec::new();
    for row in &rows {
        let found = match row.kind {
            "caller" => caller_columns(Caller::parse(&row.text)),
            "network" => caller_columns(Caller::from_network(&row.text)),
            "sip" => caller_columns(Caller::from_sip(&identity(&row.text))),
            "exact" => pattern_columns(BlockPattern::parse(BlockMatch::Exact, &row.text)),
            "prefix" => pattern_columns(BlockPattern::parse(BlockMatch::Prefix, &row.text)),
            other => panic!("line {}: there is no kind {other}", row.line),
        };
        if found != row.expected {
            wrong.push(format!(
                "line {}: {} {:?} is {found:?}, should be {:?}",
                row.line, row.kind, row.text, row.expected
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} forms are read otherwise:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
    let forms: BTreeSet<_> = rows.iter().map(|row| (row.kind, &row.text)).collect();
    assert_eq!(forms.len(), rows.len(), "a form stands in the table twice");
    println!("golden table: {} forms", forms.len());
    assert!(forms.len() >= 800, "the table has {} forms", forms.len());
}

#[test]
fn libphonenumber_says_the_same() {
    let (mut same, mut wrong, mut met) = (0, Vec::new(), BTreeSet::new());
    for row in rows().iter().filter(|row| row.kind == "caller" && row.expected[0].starts_with("+"))
    {
        let (key, printed) = (row.expected[0], row.expected[2]);
        let number = phonenumber::parse(Some(country::JP), key)
            .unwrap_or_else(|error| panic!("{key}: {error}"));
        let e164 = number.format().mode(Mode::E164).to_string();
        let national = number.format().mode(Mode::National).to_string();
        let japanese = key.starts_with("+81");
        let printed =
            printed.strip_prefix("010-81-").map_or(printed.to_owned(), |rest| format!("0{rest}"));
        let differs =
            e164 != key || (japanese && (national != printed || !phonenumber::is_valid(&number)));
        if differs && DELIBERATE.iter().any(|(deliberate, _)| *deliberate == key) {
            met.insert(key);
        } else if differs {
            wrong.push(format!(
                "line {}: {key} {printed}: {e164} {national}, valid: {}",
                row.line,
                phonenumber::is_valid(&number)
            ));
        } else {
            same += 1;
        }
    }
    assert!(wrong.is_empty(), "libphonenumber differs on {}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(
        met.len(),
        DELIBERATE.len(),
        "a deliberate difference is none, or no longer in the table"
    );
    println!(
        "libphonenumber agrees on {same} forms, {} numbers differ on purpose",
        DELIBERATE.len()
    );
}

/// Every beginning of three digits, with 9 to 12 digits in all: which lengths exist is
/// libphonenumber's word, not ours.
#[test]
fn numbers_are_as_long_as_libphonenumber_has_them() {
    let (mut valid, mut wrong) = (0, Vec::new());
    for beginning in (10..1000).map(|n| format!("0{n:03}")) {
        for filling in ["2345678901", "5043215678", "9876543210", "1203040506"] {
            for total in 9..=12 {
                let national = format!("{beginning}{}", &filling[..total - beginning.len()]);
                let known = phonenumber::parse(Some(country::JP), &national).is_ok_and(|number| {
                    phonenumber::is_valid(&number)
                        && number.format().mode(Mode::E164).to_string()
                            == format!("+81{}", &national[1..])
                });
                let deliberate = |(begins, length, _): &(&str, usize, &str)| {
                    national.starts_with(begins) && *length == total
                };
                if known && !DELIBERATE_LENGTHS.iter().any(deliberate) {
                    valid += 1;
                    let ours = PhoneNumber::parse(&national);
                    if ours.is_err() {
                        wrong.push(format!("{national}: {ours:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} valid numbers are refused:\n{}", wrong.len(), wrong.join("\n"));
    println!("{valid} numbers that libphonenumber takes for valid are read");
    assert!(valid > 2_000, "only {valid} valid numbers were met");
}
