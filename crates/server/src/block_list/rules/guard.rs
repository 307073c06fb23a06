//! What must not stand in a block list, and what should not without a second thought.

use api_types::{BlockMatch, BlockPattern, Caller, FieldCode, FieldFault};
use store::routing::contract::Contract;

/// The shortest beginning that may be refused, in digits as people in Japan count them.
const PREFIX_MIN: usize = 3;

/// Numbers that an entry must not touch.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The account's numbers, in E.164.
    own: Vec<String>,
    /// The number that its calls are forwarded from or to.
    forwarding: Option<String>,
    /// Numbers that the account called or answered lately, sorted.
    known: Vec<String>,
}

impl Guard {
    /// The guard of a contract; `known` must be sorted.
    pub fn new(contract: &Contract, known: Vec<String>) -> Self {
        let own = contract.numbers.iter().map(|number| number.e164.clone()).collect();
        Self { own, forwarding: contract.account.forwarding_number.clone(), known }
    }

    /// Why an entry cannot be added at all.
    pub fn refusal(&self, pattern: &BlockPattern) -> Option<FieldFault> {
        let fault = |code| FieldFault::new("/caller", code);
        let caller = |text: &str| Caller::parse(text).ok();
        let touches = |text: &str| caller(text).is_some_and(|caller| pattern.matches(&caller));
        let prefix = pattern.matching() == BlockMatch::Prefix;
        if ["110", "118", "119"].iter().any(|number| touches(number)) {
            return Some(fault(FieldCode::EmergencyNumber));
        }
        // One digit is a country only where it is 1 or 7; every other one begins many countries.
        let country =
            pattern.is_foreign() && (pattern.digits() >= 2 || matches!(pattern.key(), "+1" | "+7"));
        if prefix && !country && pattern.digits() < PREFIX_MIN {
            return Some(fault(FieldCode::PrefixTooShort).limit(PREFIX_MIN as i64));
        }
        let shown =
            |text: &str| caller(text).map_or_else(|| text.to_owned(), |caller| caller.japanese());
        if let Some(own) = self.own.iter().find(|own| touches(own)) {
            let code = if prefix { FieldCode::CoversOwnNumber } else { FieldCode::OwnNumber };
            return Some(fault(code).value(shown(own)));
        }
        if let Some(forwarding) = self.forwarding.as_ref().filter(|forwarding| touches(forwarding))
        {
            let code = if prefix {
                FieldCode::CoversForwardingNumber
            } else {
                FieldCode::ForwardingNumber
            };
            return Some(fault(code).value(shown(forwarding)));
        }
        None
    }

    /// What to think about before an entry is added.
    pub fn warnings(&self, pattern: &BlockPattern) -> Vec<FieldFault> {
        let mut found = Vec::new();
        if pattern.matching() == BlockMatch::Exact {
            return found;
        }
        if pattern.is_foreign() && pattern.digits() <= 3 {
            found.push(
                FieldFault::new("/caller", FieldCode::CoversCountry).value(pattern.japanese()),
            );
        }
        let first = self.known.partition_point(|known| known.as_str() < pattern.key());
        if let Some(known) = self.known.get(first).filter(|known| known.starts_with(pattern.key()))
        {
            let shown =
                Caller::parse(known).map_or_else(|_| known.clone(), |caller| caller.japanese());
            found.push(FieldFault::new("/caller", FieldCode::CoversRecentCalls).value(shown));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use BlockMatch::{Exact, Prefix};

    use super::*;
    use crate::platform::sample::{Sample, contract};

    fn guard() -> Guard {
        let mut contract = contract(&Sample { numbers: 2, ids: 1, ..Sample::default() });
        contract.account.forwarding_number = Some("+81451234567".into());
        Guard::new(&contract, vec!["+12125550123".into(), "+819012345678".into()])
    }

    #[test]
    fn what_would_hurt_the_account_is_refused() {
        use FieldCode::*;
        let table = [
            (Exact, "090-0000-0000", None),
            (Exact, "03-1234-5670", Some(OwnNumber)),
            (Exact, "+81 3 1234 5671", Some(OwnNumber)),
            (Prefix, "03-1234", Some(CoversOwnNumber)),
            (Prefix, "03-9999", None),
            (Exact, "045-123-4567", Some(ForwardingNumber)),
            (Prefix, "0451", Some(CoversForwardingNumber)),
            (Exact, "110", Some(EmergencyNumber)),
            (Exact, "118", Some(EmergencyNumber)),
            (Exact, "119", Some(EmergencyNumber)),
            (Exact, "104", None),
            (Prefix, "03", Some(PrefixTooShort)),
            (Prefix, "050", None),
            (Prefix, "+8", Some(PrefixTooShort)),
            (Prefix, "+81", Some(PrefixTooShort)),
            (Prefix, "+2", Some(PrefixTooShort)),
            (Prefix, "+1", None),
            (Prefix, "+44", None),
        ];
        for (matching, text, expected) in table {
            let pattern = BlockPattern::parse(matching, text)
                .unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!(
                guard().refusal(&pattern).map(|fault| fault.code),
                expected,
                "{matching:?} {text}"
            );
        }
    }

    #[test]
    fn what_covers_known_callers_or_a_country_is_warned_about() {
        use FieldCode::*;
        let table: [(BlockMatch, &str, &[FieldCode]); 6] = [
            (Prefix, "090-1234", &[CoversRecentCalls]),
            (Prefix, "090-1235", &[]),
            (Exact, "090-1234-5678", &[]),
            (Prefix, "+1", &[CoversCountry, CoversRecentCalls]),
            (Prefix, "+852", &[CoversCountry]),
            (Prefix, "+1212555", &[CoversRecentCalls]),
        ];
        for (matching, text, expected) in table {
            let pattern = BlockPattern::parse(matching, text)
                .unwrap_or_else(|error| panic!("{text}: {error:?}"));
            let found: Vec<_> =
                guard().warnings(&pattern).into_iter().map(|fault| fault.code).collect();
            assert_eq!(found, expected, "{matching:?} {text}");
        }
    }
}
