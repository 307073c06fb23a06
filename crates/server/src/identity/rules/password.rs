//! Whether a password is good enough, and what would make it better.

use api_types::{FieldCode, FieldFault, PASSWORD_MIN, PasswordCheck};
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::{Score, zxcvbn};

use crate::platform::texts::{Lang, text};

/// zxcvbn's estimate that is needed: at least 10^8 guesses, "safely unguessable" online and
/// moderately safe against a stolen hash.
const SCORE_NEEDED: u8 = 3;

/// What the password is for, and what it must not be made of.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The login id: must not be in it.
    pub login_id: &'a str,
    /// Words that anyone would try first: the name of the contract holder, the extension.
    pub words: &'a [&'a str],
}

/// What a password is worth.
fn estimate(password: &str, context: &Context<'_>) -> (u8, Option<zxcvbn::feedback::Feedback>) {
    let mut words = vec![context.login_id, "denwaban", "電話番"];
    words.extend(context.words);
    let entropy = zxcvbn(password, &words);
    let score = match entropy.score() {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        _ => 4,
    };
    (score, entropy.feedback().cloned())
}

fn contains_login_id(password: &str, login_id: &str) -> bool {
    !login_id.is_empty() && password.to_lowercase().contains(&login_id.to_lowercase())
}

/// Why a password is not taken. Its length is checked where it is read. Takes milliseconds: call it
/// on a blocking thread.
///
/// # Errors
/// `contains_login_id` or `too_weak` at `pointer`.
pub fn judge(pointer: &str, password: &str, context: &Context<'_>) -> Result<(), FieldFault> {
    if contains_login_id(password, context.login_id) {
        return Err(FieldFault::new(pointer, FieldCode::ContainsLoginId));
    }
    if estimate(password, context).0 < SCORE_NEEDED {
        return Err(FieldFault::new(pointer, FieldCode::TooWeak));
    }
    Ok(())
}

/// How good a password is as far as it is typed, and what would help.
pub fn check(lang: Lang, password: &str, context: &Context<'_>) -> PasswordCheck {
    let (mut score, feedback) = estimate(password, context);
    let mut advice = Vec::new();
    let length = password.chars().count() as u64;
    if length < PASSWORD_MIN {
        advice.push(text(
            lang,
            "password.too_short",
            &[("count", &(PASSWORD_MIN - length).to_string())],
        ));
        score = score.min(SCORE_NEEDED - 1);
    }
    if contains_login_id(password, context.login_id) {
        advice.push(text(lang, "password.contains_login_id", &[]));
        score = 0;
    }
    let acceptable = advice.is_empty() && score >= SCORE_NEEDED;
    if let Some(feedback) = feedback.filter(|_| !acceptable) {
        let mut keys: Vec<&str> = feedback.warning().map(warning_key).into_iter().collect();
        keys.extend(
            feedback.suggestions().iter().filter_map(|suggestion| suggestion_key(*suggestion)),
        );
        advice.extend(
            keys.into_iter().take(2).map(|key| text(lang, &format!("password.{key}"), &[])),
        );
    }
    if !acceptable && advice.is_empty() {
        advice.push(text(lang, "password.add_words", &[]));
    }
    // As many as have room beside the field; the next ones come when these are followed.
    advice.truncate(2);
    PasswordCheck { score, acceptable, advice }
}

fn warning_key(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => "keyboard",
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => "repeats",
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => "common",
        Warning::SequencesLikeAbcAreEasyToGuess => "sequences",
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => "dates",
        Warning::AWordByItselfIsEasyToGuess => "one_word",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => "names",
    }
}

/// Suggestions that say more than the warning beside them.
fn suggestion_key(suggestion: Suggestion) -> Option<&'static str> {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases | Suggestion::AddAnotherWordOrTwo => {
            Some("add_words")
        }
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Some("capitals"),
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Some("substitutions"),
        Suggestion::ReversedWordsArentMuchHarderToGuess => Some("reversed"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context<'_> =
        Context { login_id: "minato001", words: &["株式会社みなと商会", "minato shokai"] };

    #[test]
    fn passwords_that_anyone_would_try_are_not_taken() {
        for (password, code) in [
            ("correct horse battery", None),
            ("kumo-7384-mado-haru", None),
            ("my minato001 secret phrase", Some(FieldCode::ContainsLoginId)),
            ("MINATO001 is my own name", Some(FieldCode::ContainsLoginId)),
            ("password123", Some(FieldCode::TooWeak)),
            ("qwertyuiop", Some(FieldCode::TooWeak)),
            ("aaaaaaaaaaaaaaaa", Some(FieldCode::TooWeak)),
            ("1234567890123", Some(FieldCode::TooWeak)),
            ("denwaban2026", Some(FieldCode::TooWeak)),
            ("minato shokai", Some(FieldCode::TooWeak)),
        ] {
            assert_eq!(
                judge("/new_password", password, &CONTEXT).err().map(|fault| fault.code),
                code,
                "{password}"
            );
        }
    }

    #[test]
    fn whoever_types_is_helped_in_both_languages() {
        for lang in [Lang::Ja, Lang::En] {
            for password in [
                "",
                "abc",
                "qwertyuiop",
                "aaaaaaaaaaaa",
                "password123",
                "minato001minato001",
                "20261122 2026",
                "correct horse battery",
            ] {
                let found = check(lang, password, &CONTEXT);
                assert_eq!(found.acceptable, found.advice.is_empty(), "{password}: {found:?}");
                assert!(
                    found
                        .advice
                        .iter()
                        .all(|text| !text.starts_with("password.") && !text.contains("%{")),
                    "{found:?}"
                );
                let long_enough = password.chars().count() as u64 >= PASSWORD_MIN;
                assert_eq!(
                    found.acceptable,
                    long_enough && judge("/x", password, &CONTEXT).is_ok(),
                    "{password}"
                );
            }
        }
    }

    #[test]
    fn the_longest_password_takes_no_time_worth_speaking_of() {
        assert!(check(Lang::Ja, &"Tq9-".repeat(32), &CONTEXT).score <= 4);
    }
}
