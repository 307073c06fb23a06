//! Address books as vCards (2.1, 3.0, 4.0): each telephone number is a row, with its line and the
//! name of its card.
//!
//! Ours, since no reader of vCards says in which line of the file a number stands, and of all that
//! they read two properties are wanted.

use std::collections::VecDeque;

use encoding_rs::{SHIFT_JIS, UTF_8};
use quoted_printable::ParseMode;

use super::columns::Columns;
use super::decode::{Encoding, Text};
use super::layout::Description;
use super::record::Cells;
use super::{FileFault, MAX_ROWS};

/// How much of a property is kept, in bytes: pictures are longer, and nobody wants them.
const KEPT: usize = 64 * 1024;

/// How a property is named that holds a number which calls nobody.
const FAX: &str = "TEL (FAX)";

/// What structures a card or says how it was made: nobody misses it.
const STRUCTURE: [&str; 8] =
    ["BEGIN", "END", "VERSION", "PRODID", "REV", "UID", "SORT-STRING", "KIND"];

/// The properties that become a note, the best first.
const NAMES: [&str; 4] = ["FN", "N", "ORG", "NICKNAME"];

/// Whether a file holds vCards.
pub(super) fn begin(bytes: &[u8], encoding: Encoding) -> Result<bool, FileFault> {
    let mut text = Text::new(bytes, encoding);
    text.advance()?;
    let first = text.piece().trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    Ok(first.get(..11).is_some_and(|begin| begin.eq_ignore_ascii_case("BEGIN:VCARD")))
}

/// Where the cells of a card's row stand.
pub(super) fn columns() -> Columns {
    Columns {
        callers: vec![0],
        notes: vec![vec![1]],
        matching: None,
        expires_at: None,
        labels: Vec::new(),
    }
}

/// What of a file is read: the names of its properties.
pub(super) fn describe(bytes: &[u8], encoding: Encoding) -> Result<Description, FileFault> {
    let mut lines = Lines::new(Text::new(bytes, encoding));
    let mut found = Description { callers: vec!["TEL".to_owned()], ..Description::default() };
    while let Some((_, line)) = lines.next()? {
        let Some(property) = Property::of(&line) else { continue };
        let name = if property.is_machine() { FAX } else { &property.name };
        let list = if NAMES.contains(&name) { &mut found.notes } else { &mut found.left_out };
        let is_known = name == "TEL" || STRUCTURE.contains(&name) || name.starts_with("X-");
        if !is_known && !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
    }
    found.notes.sort_by_key(|name| NAMES.iter().position(|known| known == name));
    Ok(found)
}

/// The numbers of a file of vCards, each as a record of number and name.
pub(super) struct Cards<'a> {
    lines: Lines<'a>,
    card: Card,
    ready: VecDeque<(u32, String)>,
    name: String,
}

/// What was read of a card.
#[derive(Default)]
struct Card {
    line: Option<u32>,
    numbers: Vec<(u32, String)>,
    names: [String; NAMES.len()],
}

impl<'a> Cards<'a> {
    pub(super) fn new(text: Text<'a>) -> Self {
        Self {
            lines: Lines::new(text),
            card: Card::default(),
            ready: VecDeque::new(),
            name: String::new(),
        }
    }

    /// Reads the next number and says in which line it stands; a card without any is one record
    /// without a number.
    pub(super) fn next(&mut self, cells: &mut Cells) -> Result<Option<u32>, FileFault> {
        loop {
            if let Some((line, number)) = self.ready.pop_front() {
                *cells = Cells::of([number.as_str(), &self.name]);
                return Ok(Some(line));
            }
            match self.lines.next()? {
                Some((line, text)) => self.take(line, &text),
                None if self.card.line.is_some() => self.end(),
                None => return Ok(None),
            }
        }
    }

    fn take(&mut self, line: u32, text: &str) {
        let Some(property) = Property::of(text) else { return };
        let is_card = || property.value.trim().eq_ignore_ascii_case("VCARD");
        match property.name.as_str() {
            "BEGIN" if is_card() => {
                self.end();
                self.card.line = Some(line);
            }
            "END" if is_card() => self.end(),
            // A card with more numbers than a file may have rows is none.
            "TEL" if !property.is_machine() && self.card.numbers.len() <= MAX_ROWS => {
                self.card.line.get_or_insert(line);
                let number = unescaped(&property.text());
                if !number.trim().is_empty() {
                    self.card.numbers.push((line, number.trim().to_owned()));
                }
            }
            name => {
                if let Some(at) = NAMES.iter().position(|known| *known == name) {
                    let text = property.text();
                    let text = if name == "N" { full_name(&text) } else { joined(&text) };
                    if self.card.names[at].is_empty() {
                        self.card.names[at] = text;
                    }
                }
            }
        }
    }

    fn end(&mut self) {
        let card = std::mem::take(&mut self.card);
        let Some(line) = card.line else { return };
        self.name = card.names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
        self.ready = card.numbers.into();
        if self.ready.is_empty() {
            self.ready.push_back((line, String::new()));
        }
    }
}

/// Family and given name; in Japan's order unless both are written in Latin letters.
pub(super) fn in_order(family: &str, given: &str) -> String {
    let (first, second) =
        if family.is_ascii() && given.is_ascii() { (given, family) } else { (family, given) };
    [first.trim(), second.trim()].join(" ").trim().to_owned()
}

fn full_name(text: &str) -> String {
    let mut parts = components(text).into_iter();
    let family = parts.next().unwrap_or_default();
    in_order(&family, &parts.next().unwrap_or_default())
}

fn joined(text: &str) -> String {
    let parts = components(text);
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The parts of a value between semicolons that are not escaped.
fn components(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (false, ';') => parts.push(std::mem::take(&mut part)),
            (true, 'n' | 'N') => part.push('\n'),
            (_, c) => part.push(c),
        }
        escaped = false;
    }
    parts.push(part);
    parts
}

/// A value without the backslashes before its separators.
fn unescaped(text: &str) -> String {
    if text.contains('\\') { components(text).join(";") } else { text.to_owned() }
}

/// A line of a card: `item1.TEL;TYPE=cell:090-1111-0001`.
struct Property<'l> {
    name: String,
    parameters: Vec<&'l str>,
    value: &'l str,
}

impl<'l> Property<'l> {
    fn of(line: &'l str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut quoted = false;
        let mut parts = head.split(move |c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        let name = parts.next()?.trim();
        // "item1.TEL": what belongs together has the same word before it.
        let name = name.rsplit('.').next()?.to_ascii_uppercase();
        Some(Self { name, parameters: parts.map(str::trim).collect(), value })
    }

    /// The values of a parameter. Version 2.1 has those of TYPE and ENCODING without its name.
    fn parameter(&self, name: &str) -> impl Iterator<Item = &'l str> {
        self.parameters.iter().filter_map(move |parameter| match parameter.split_once('=') {
            Some((key, value)) => key.trim().eq_ignore_ascii_case(name).then_some(value),
            None => (name != "CHARSET").then_some(*parameter),
        })
    }

    /// Whether it is the number of a fax or a pager, and of nothing that talks.
    fn is_machine(&self) -> bool {
        let has = |words: &[&str]| {
            self.parameter("TYPE")
                .flat_map(|types| types.split(','))
                .map(|word| word.trim_matches(['"', ' ']))
                .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
        };
        self.name == "TEL" && has(&["fax", "pager"]) && !has(&["voice", "cell"])
    }

    /// The value as text.
    fn text(&self) -> String {
        let is_quoted = self
            .parameter("ENCODING")
            .any(|word| ["QUOTED-PRINTABLE", "Q"].iter().any(|q| word.eq_ignore_ascii_case(q)));
        if !is_quoted {
            return self.value.to_owned();
        }
        let Ok(bytes) = quoted_printable::decode(self.value, ParseMode::Robust) else {
            return self.value.to_owned();
        };
        let named = self
            .parameter("CHARSET")
            .find_map(|name| encoding_rs::Encoding::for_label(name.trim_matches('"').as_bytes()));
        let usual = if std::str::from_utf8(&bytes).is_ok() { UTF_8 } else { SHIFT_JIS };
        named.unwrap_or(usual).decode_without_bom_handling(&bytes).0.into_owned()
    }
}

/// Lines as a card means them: those that were folded are one.
struct Lines<'a> {
    text: Text<'a>,
    place: usize,
    line: u32,
    /// A line that was read to see whether it continues the one before.
    ahead: Option<(u32, String)>,
}

impl<'a> Lines<'a> {
    fn new(text: Text<'a>) -> Self {
        Self { text, place: 0, line: 0, ahead: None }
    }

    /// The next line that is not blank, and where it begins.
    fn next(&mut self) -> Result<Option<(u32, String)>, FileFault> {
        let Some((line, mut text)) = self.physical()? else { return Ok(None) };
        let head = text.split(':').next().unwrap_or_default().to_ascii_uppercase();
        let quoted = head.contains("QUOTED-PRINTABLE");
        while let Some((at, next)) = self.physical()? {
            let soft_break = quoted && text.ends_with('=');
            if soft_break {
                text.pop();
            }
            match next.strip_prefix([' ', '\t']) {
                _ if soft_break => append(&mut text, &next),
                Some(rest) => append(&mut text, rest),
                None => {
                    self.ahead = Some((at, next));
                    break;
                }
            }
        }
        Ok(Some((line, text)))
    }

    fn physical(&mut self) -> Result<Option<(u32, String)>, FileFault> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        let (mut line, mut is_end) = (String::new(), false);
        loop {
            let rest = &self.text.piece()[self.place..];
            if let Some(end) = rest.find('\n') {
                append(&mut line, &rest[..end]);
                self.place += end + 1;
            } else {
                append(&mut line, rest);
                self.place = 0;
                if self.text.advance()? {
                    continue;
                }
                // The piece that was read stays; nothing of it is left.
                self.place = self.text.piece().len();
                is_end = true;
            }
            self.line += 1;
            if !line.trim().is_empty() {
                return Ok(Some((self.line, line)));
            }
            if is_end {
                return Ok(None);
            }
            line.clear();
        }
    }
}

/// Appends to a line what of it is kept.
fn append(line: &mut String, more: &str) {
    let room = KEPT.saturating_sub(line.len());
    let end = (0..=more.len().min(room)).rev().find(|&end| more.is_char_boundary(end));
    line.push_str(&more[..end.unwrap_or(0)]);
}
