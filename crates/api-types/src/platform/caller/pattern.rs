//! What an entry of a block list matches.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reader::{country_code, lengths};
use super::{Caller, CallerError, Reading, read};
use crate::platform::phone_number::grouped;

/// How an entry of a block list is compared with a caller.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BlockMatch {
    /// The whole number must be the same.
    #[default]
    Exact,
    /// The number must begin with it.
    Prefix,
}

/// What an entry of a block list matches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockPattern {
    matching: BlockMatch,
    key: String,
}

impl BlockPattern {
    /// Reads an entry: a caller's number, or with `Prefix` the digits that it begins with. How
    /// short a prefix may be is the server's rule.
    ///
    /// # Errors
    /// As [`Caller::parse`]; `NoNumberGiven` for the kinds of call that have no number.
    pub fn parse(matching: BlockMatch, text: &str) -> Result<Self, CallerError> {
        let caller = match read(text)? {
            Reading::Caller(caller) => caller,
            Reading::Digits(dial) => match (matching, dial.beginning()) {
                (BlockMatch::Prefix, Ok(digits)) => {
                    return Ok(Self { matching, key: format!("+{digits}") });
                }
                // Short numbers, 184 before a number and lost zeros are what they are in a whole
                // number.
                (BlockMatch::Exact, _) | (_, Err(CallerError::NoPrefix)) => {
                    Caller::from_dial(&dial)?
                }
                (_, Err(error)) => return Err(error),
            },
        };
        let key = caller.key().ok_or(CallerError::NoNumberGiven)?.to_owned();
        Ok(Self { matching, key })
    }

    /// From what [`BlockPattern::key`] was; nothing when it cannot have been.
    pub fn from_key(matching: BlockMatch, key: &str) -> Option<Self> {
        Self::parse(matching, key).ok().filter(|pattern| pattern.key == key)
    }

    /// How it is compared.
    pub fn matching(&self) -> BlockMatch {
        self.matching
    }

    /// What callers' keys are compared with: `+81312345678`, `+81120`, `110`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether a call of this caller is refused.
    pub fn matches(&self, caller: &Caller) -> bool {
        caller.key().is_some_and(|key| self.matches_key(key))
    }

    /// Whether every caller that the other matches is matched by this one too.
    pub fn covers(&self, other: &BlockPattern) -> bool {
        match (self.matching, other.matching) {
            // A prefix as long as the number plan allows is a whole number.
            (BlockMatch::Exact, BlockMatch::Prefix) => self.key == other.key && other.is_whole(),
            _ => self.matches_key(&other.key),
        }
    }

    /// How many digits a person in Japan would count: 4 in 0120, 2 in 03, 1 in +1.
    pub fn digits(&self) -> usize {
        match self.key.strip_prefix('+') {
            Some(international) => {
                international.strip_prefix("81").map_or(international.len(), |rest| rest.len() + 1)
            }
            None => self.key.len(),
        }
    }

    /// Whether it begins with another country code than Japan's, and not with a part of Japan's.
    pub fn is_foreign(&self) -> bool {
        self.key.starts_with('+') && !self.key.starts_with("+81") && !"+81".starts_with(&self.key)
    }

    /// As it is written in Japan: `03-1234-5678`, `0120`, `+1`. Read again, it is the same.
    pub fn japanese(&self) -> String {
        match self.key.strip_prefix("+81") {
            Some(rest) if !rest.is_empty() => grouped(&format!("0{rest}")),
            _ => self.key.clone(),
        }
    }

    /// As [`BlockPattern::japanese`], but without the `+` that spreadsheets take for a formula:
    /// `010-1-2125550123`.
    pub fn csv(&self) -> String {
        let text = self.japanese();
        match text.strip_prefix('+') {
            Some(international) => {
                let (country, rest) = international.split_at(country_code(international));
                let hyphen = if rest.is_empty() { "" } else { "-" };
                format!("010-{country}{hyphen}{rest}")
            }
            None => text,
        }
    }

    fn matches_key(&self, key: &str) -> bool {
        match self.matching {
            BlockMatch::Exact => key == self.key,
            BlockMatch::Prefix => key.starts_with(&self.key),
        }
    }

    fn is_whole(&self) -> bool {
        self.key.strip_prefix('+').is_none_or(|digits| digits.len() == lengths(digits).1)
    }
}
