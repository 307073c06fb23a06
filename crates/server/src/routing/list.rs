//! A block list in memory: 32 bytes an entry, so that millions of them find room.

use api_types::{BlockMatch, BlockPattern, Caller};
use chrono::{DateTime, NaiveDateTime};
use store::routing::route;
use uuid::Uuid;

use crate::routing::decide::{Entry, beginnings};

/// A pattern as one number: whether it begins with a plus, how it is compared, and its digits
/// behind a 1, so that zeros count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

const PLUS: u64 = 1 << 63;
const PREFIX: u64 = 1 << 62;

impl Key {
    fn new(pattern: &str, matching: BlockMatch) -> Option<Self> {
        let (plus, digits) =
            pattern.strip_prefix('+').map_or((0, pattern), |digits| (PLUS, digits));
        // E.164: fifteen digits at the most.
        if digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number =
            digits.bytes().fold(1_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
        Some(Self(number | plus | if matching == BlockMatch::Prefix { PREFIX } else { 0 }))
    }
}

#[derive(Clone, Copy, Debug)]
struct Packed {
    key: Key,
    /// Microseconds since 1970; `i64::MAX` = never.
    expires: i64,
    id: Uuid,
}

/// A block list.
#[derive(Debug)]
pub struct BlockList(Box<[Packed]>);

impl BlockList {
    /// From what is stored. What is none of ours is left out, with a line in the log.
    pub fn new(entries: &[route::Entry]) -> Self {
        let mut packed: Vec<Packed> = entries.iter().filter_map(pack).collect();
        if packed.len() < entries.len() {
            tracing::error!(
                entries = entries.len() - packed.len(),
                "entries of a block list are none of ours and refuse nobody"
            );
        }
        packed.sort_unstable_by_key(|entry| (entry.key, entry.id));
        Self(packed.into())
    }

    /// The entries that may match a caller.
    pub fn candidates(&self, caller: &Caller) -> Vec<Entry> {
        let Some(whole) = caller.key() else { return Vec::new() };
        let mut found = Vec::new();
        for beginning in beginnings(whole) {
            for matching in [BlockMatch::Exact, BlockMatch::Prefix] {
                if matching == BlockMatch::Exact && beginning != whole {
                    continue;
                }
                let Some(key) = Key::new(&beginning, matching) else { continue };
                let first = self.0.partition_point(|entry| entry.key < key);
                let same = self.0[first..].iter().take_while(|entry| entry.key == key);
                found.extend(same.filter_map(|entry| entry.unpack(&beginning, matching)));
            }
        }
        found
    }
}

fn pack(entry: &route::Entry) -> Option<Packed> {
    let micros = |at: NaiveDateTime| at.and_utc().timestamp_micros();
    Some(Packed {
        key: Key::new(&entry.pattern, entry.matching.0)?,
        expires: entry.expires_at.map_or(i64::MAX, micros),
        id: entry.id.parse().ok()?,
    })
}

impl Packed {
    fn unpack(&self, pattern: &str, matching: BlockMatch) -> Option<Entry> {
        let expires_at = (self.expires != i64::MAX)
            .then(|| DateTime::from_timestamp_micros(self.expires))
            .flatten();
        Some(Entry {
            id: self.id.to_string(),
            pattern: BlockPattern::from_key(matching, pattern)?,
            expires_at: expires_at.map(|at| at.naive_utc()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(
        pattern: &str,
        matching: BlockMatch,
        expires_at: Option<NaiveDateTime>,
    ) -> route::Entry {
        route::Entry {
            id: store::new_id(),
            pattern: pattern.into(),
            matching: matching.into(),
            expires_at,
        }
    }

    #[test]
    fn what_may_match_is_found_and_comes_out_as_it_went_in() {
        let end = DateTime::from_timestamp_micros(1_795_316_400_123_456).unwrap().naive_utc();
        let entries = [
            entry("+819012345678", BlockMatch::Exact, Some(end)),
            entry("+8190", BlockMatch::Prefix, None),
            entry("+8190", BlockMatch::Exact, None),
            entry("+819012345679", BlockMatch::Exact, None),
            entry("+81", BlockMatch::Prefix, None),
            entry("110", BlockMatch::Exact, None),
            entry("+1", BlockMatch::Prefix, None),
            entry("none of ours", BlockMatch::Exact, None),
        ];
        let list = BlockList::new(&entries);
        assert_eq!((size_of::<Packed>(), list.0.len()), (32, 7));
        let found = |caller: &str| -> Vec<(String, String, Option<NaiveDateTime>)> {
            let caller = Caller::parse(caller).unwrap();
            let found = list.candidates(&caller).into_iter();
            found
                .map(|entry| (entry.id, entry.pattern.key().to_owned(), entry.expires_at))
                .collect()
        };
        let is = |index: usize| {
            (entries[index].id.clone(), entries[index].pattern.clone(), entries[index].expires_at)
        };
        assert_eq!(found("090-1234-5678"), [is(0), is(1), is(4)]);
        assert_eq!(found("03-1234-5678"), [is(4)]);
        assert_eq!(found("110"), [is(5)]);
        assert_eq!(found("+1 650 253 0000"), [is(6)]);
        assert!(list.candidates(&Caller::NoNumber(api_types::NoNumber::Withheld)).is_empty());
    }
}
