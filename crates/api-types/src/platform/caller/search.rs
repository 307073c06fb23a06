//! What a search of a block list compares.

use super::reader::scan;
use crate::BlockPattern;

/// The number as it is dialled in Japan, digits only; a foreign one with its `+`.
pub fn dialled(key: &str) -> String {
    match key.strip_prefix("+81") {
        Some(national) => format!("0{national}"),
        None => key.to_owned(),
    }
}

/// What is kept of an entry for searching: its digits as they are dialled, and its note in small
/// letters.
pub fn search_text(pattern: &BlockPattern, note: &str) -> String {
    let mut text = dialled(pattern.key());
    if !note.is_empty() {
        text.push(' ');
        text.push_str(&note.to_lowercase());
    }
    text
}

/// The texts to look for in [`search_text`] for what somebody typed: as it is, and as digits where
/// it can be part of a number. Empty for a text of blanks.
pub fn search_terms(typed: &str) -> Vec<String> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let digits =
        scan(&typed).ok().filter(|dial| !dial.digits.is_empty()).map(|dial| match dial.plus {
            true => dialled(&format!("+{}", dial.digits)),
            false => dial.digits,
        });
    match digits {
        Some(digits) if digits != typed => vec![digits, typed],
        _ => vec![typed],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockMatch;

    #[test]
    fn what_is_typed_is_found_however_it_is_written() {
        let pattern = BlockPattern::parse(BlockMatch::Exact, "090-1234-5678").expect("a number");
        let kept = search_text(&pattern, "ABC商事 2026-11");
        for (typed, found) in [
            ("090", true),
            ("090-1234", true),
            ("１２３４ー５６７８", true),
            ("+81 90 1234", true),
            ("abc", true),
            ("2026-11", true),
            ("0901235", false),
            ("xyz", false),
        ] {
            assert_eq!(
                search_terms(typed).iter().any(|term| kept.contains(term.as_str())),
                found,
                "{typed}"
            );
        }
        assert_eq!(search_terms(" 　"), Vec::<String>::new());
    }
}
