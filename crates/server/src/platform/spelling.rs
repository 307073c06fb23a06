//! What people type, in the one form in which it is compared and stored.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// A login id as it is stored: full-width letters and digits, as Japanese keyboards write them, are
/// folded (NFKC), and capitals are small.
pub fn login_id(typed: &str) -> String {
    let folded = ComposingNormalizerBorrowed::new_nfkc().normalize(typed);
    folded.trim().to_lowercase()
}

/// A name, or a part of one, as searches compare it: without differences of width and capitals.
pub fn search(typed: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(typed.trim()).to_lowercase()
}

/// A password as it is hashed (RFC 8265, 4.2.2, `OpaqueString`): one way to write a letter with
/// marks (NFC), and every space the same. An iPhone and a PC write かな with a mark in two ways.
pub fn password(typed: &str) -> Cow<'_, str> {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(typed);
    let is_other_space = |c: char| c.is_whitespace() && !c.is_ascii() && !c.is_control();
    if composed.contains(is_other_space) {
        return composed.replace(is_other_space, " ").into();
    }
    composed
}

/// In which ways a password may have been hashed: today's first, then those of the time before
/// passwords were brought into one form.
pub fn ways_to_write(typed: &str) -> Vec<String> {
    let mut ways = vec![password(typed).into_owned(), typed.to_owned()];
    ways.push(ComposingNormalizerBorrowed::new_nfc().normalize(typed).into_owned());
    ways.push(DecomposingNormalizerBorrowed::new_nfd().normalize(typed).into_owned());
    let mut known = Vec::new();
    ways.retain(|way| {
        let is_new = !known.contains(way);
        known.push(way.clone());
        is_new
    });
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_id_is_the_same_however_it_is_typed() {
        for typed in [
            "minato001",
            " minato001 ",
            "Minato001",
            "ｍｉｎａｔｏ００１",
            "ＭＩＮＡＴＯ００１",
            "\u{3000}minato001",
        ] {
            assert_eq!(login_id(typed), "minato001", "{typed}");
        }
        assert_eq!(login_id("uketsuke－1f"), "uketsuke-1f");
    }

    #[test]
    fn a_password_is_the_same_however_it_is_composed() {
        for (typed, form) in [
            ("correct horse", "correct horse"),
            ("か\u{3099}っこう", "がっこう"),
            ("がっこう", "がっこう"),
            ("a\u{308}pfel", "äpfel"),
            ("ひみつ\u{3000}です", "ひみつ です"),
            // Width and case are the password's own.
            ("ＡＢＣ", "ＡＢＣ"),
            ("Abc", "Abc"),
        ] {
            assert_eq!(password(typed), form, "{typed}");
        }
        assert_eq!(ways_to_write("correct horse"), ["correct horse"]);
        assert_eq!(ways_to_write("がっこう"), ["がっこう", "か\u{3099}っこう"]);
        assert_eq!(ways_to_write("か\u{3099}っこう"), ["がっこう", "か\u{3099}っこう"]);
    }
}
