//! What a text that is no entry was probably meant to be.

use super::reader::{half_width, is_separator};
use super::{BlockMatch, BlockPattern, CallerError, undressed};
use crate::CALLER_MAX;

/// What stands for the rest of a number in lists of people and of other systems.
const WILDCARDS: &[char] =
    &['*', '%', '?', '~', '〜', '…', '‥', 'x', 'X', '×', '✕', '●', '○', '■', '□'];

/// The same in words.
const BEGINNINGS: &[&str] =
    &["で始まる", "ではじまる", "から始まる", "からはじまる", "で始る", "から"];

/// What stands directly before a number without a blank between.
const LABELS: &[&str] = &["tel", "phone", "mobile", "cell", "fax", "no", "t", "m", "p", "f"];

/// What an extension within a company begins with.
const EXTENSIONS: &[&str] = &["内線", "extension", "ext", "x"];

impl BlockPattern {
    /// What a text that [`BlockPattern::parse`] refuses was probably meant to be, to be shown and
    /// asked about: with the 0 or the `+` that it lost, without the words around the number
    /// (`03-1111-0001（代表）`), and `0311110*` as a beginning. Nothing where more than one number
    /// can be meant.
    pub fn propose(matching: BlockMatch, text: &str) -> Option<Self> {
        if text.chars().nth(CALLER_MAX as usize).is_some() {
            return None;
        }
        let text: String = text.chars().map(half_width).collect();
        let text = undressed(&text);
        let begin = text.find(|c: char| c.is_ascii_digit() || c == '+')?;
        let (before, rest) = text.split_at(begin);
        let end = rest
            .char_indices()
            .skip(1)
            .find(|&(_, c)| !c.is_ascii_digit() && !is_separator(c))
            .map_or(rest.len(), |(end, _)| end);
        let (number, behind) = rest.split_at(end);
        let begins = is_beginning(behind) || before.trim_end().ends_with('^');
        if !may_stand_before(before) || !(begins || may_stand_behind(number, behind)) {
            return None;
        }
        let matching = if begins { BlockMatch::Prefix } else { matching };
        match Self::parse(matching, number) {
            Ok(pattern) => Some(pattern),
            Err(CallerError::LostZero(number)) => Self::parse(matching, number.e164()).ok(),
            Err(CallerError::NoPrefix) => without_plus(matching, number),
            Err(_) => None,
        }
    }
}

/// `819011110001`: Japan's country code without its `+`. No area code begins with 081, so it is no
/// number that lost its 0.
fn without_plus(matching: BlockMatch, number: &str) -> Option<BlockPattern> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (digits.starts_with("81") && digits.len() > 4)
        .then(|| BlockPattern::parse(matching, &format!("+{digits}")).ok())?
}

/// Words, but no mark that makes what follows a part of something else.
fn may_stand_before(before: &str) -> bool {
    if before.contains(['@', '*', '#']) {
        return false;
    }
    let word = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    word.is_empty() || LABELS.contains(&word.to_ascii_lowercase().as_str())
}

/// Words without digits, or an extension.
fn may_stand_behind(number: &str, behind: &str) -> bool {
    let words = behind.trim_matches(is_separator).to_lowercase();
    if words.contains('@') || words.starts_with(WILDCARDS) && !words.starts_with('x') {
        return false;
    }
    if words.contains(|c: char| c.is_ascii_digit()) {
        return EXTENSIONS.iter().any(|word| {
            words.strip_prefix(word).is_some_and(|rest| {
                let digits = rest.trim_matches(|c| is_separator(c) || c == ':');
                (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
            })
        });
    }
    // "0311110001abc" is something else; "03-1111-0001 home" is a number.
    !(behind.starts_with(|c: char| c.is_ascii_alphabetic())
        && number.ends_with(|c: char| c.is_ascii_digit()))
}

/// `*`, `xxxx`, `で始まる番号`.
fn is_beginning(behind: &str) -> bool {
    let words = behind.trim_matches(is_separator);
    let only_wildcards = words.contains(WILDCARDS)
        && words.chars().all(|c| WILDCARDS.contains(&c) || is_separator(c));
    only_wildcards || BEGINNINGS.iter().any(|word| words.starts_with(word))
}
