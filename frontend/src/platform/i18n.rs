//! The two languages. A key, a value or a language that is missing does not compile.
//!
//! The language lives outside the component tree, so that requests and messages that outlive a page
//! read it too.

use std::fmt::{Display, Write as _};
use std::sync::LazyLock;

use leptos::prelude::*;
use leptos::reactive::graph::Observer;

use super::effect::follow;
use super::storage;

#[allow(
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    reason = "written by the build script; the locale files are its documentation"
)]
pub mod texts {
    use super::{Key, Value};

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The languages of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// What stands in the place of a value in a text.
pub type Value<'a> = &'a dyn Display;

/// A text in both languages. It is one string, and every use of it one address: a branch for each
/// language and a type for each text would weigh more than the texts.
#[derive(Clone, Copy, Debug)]
pub struct Key(&'static str);

impl Key {
    /// The text in the language of the screen.
    pub fn say(self) -> &'static str {
        let (ja, en) = self.0.split_once('\u{1f}').unwrap_or((self.0, self.0));
        match locale() {
            Locale::Ja => ja,
            Locale::En => en,
        }
    }

    fn fill(self, values: &[Value]) -> String {
        let mut text = String::new();
        for letter in self.say().chars() {
            match (letter as usize).checked_sub(1).and_then(|number| values.get(number)) {
                // A value that cannot be written stays out.
                Some(value) => _ = write!(text, "{value}"),
                None => text.push(letter),
            }
        }
        text
    }

    /// The text as it follows the language of the screen.
    pub fn follow(self) -> Signal<String> {
        Signal::derive(move || self.say().to_owned())
    }
}

const KEY: &str = "lang";

static LOCALE: LazyLock<ArcRwSignal<Locale>> = LazyLock::new(|| ArcRwSignal::new(Locale::Ja));

/// The language of the screen; tracked where somebody follows, so that texts change in place.
/// Messages that are composed once, in passing, have nobody to follow.
pub fn locale() -> Locale {
    if Observer::get().is_some() { LOCALE.get() } else { LOCALE.get_untracked() }
}

/// The language tag of the screen, untracked: for requests and `lang` attributes.
pub fn tag() -> &'static str {
    tag_of(LOCALE.get_untracked())
}

/// The language tag of a locale.
pub fn tag_of(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "ja",
        Locale::En => "en",
    }
}

/// Picks the remembered language, else the browser's, else Japanese.
pub fn start() {
    let wanted =
        storage::choice(KEY).or_else(|| window().navigator().language()).unwrap_or_default();
    LOCALE.set(if wanted.starts_with("en") { Locale::En } else { Locale::Ja });
    follow(|| {
        if let Some(root) = document().document_element() {
            _ = root.set_attribute("lang", tag_of(locale()));
        }
    });
}

/// Changes the language and remembers it.
pub fn choose(locale: Locale) {
    LOCALE.set(locale);
    storage::remember_choice(KEY, tag_of(locale));
}

/// A text in the language of the screen, by its checked key: `t!(room.key)`, or with its values
/// `t!(room.key, count = 3)`.
#[macro_export]
macro_rules! t {
    ($room:ident.$key:ident) => { $crate::platform::i18n::texts::$room::$key.say() };
    ($room:ident.$key:ident, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::platform::i18n::texts::$room::$key { $($name: &$value),+ }.say()
    };
}

/// The same text as it follows the language and its values: for views and properties. In a view it
/// weighs a fraction of what a closure does.
#[macro_export]
macro_rules! text {
    ($room:ident.$key:ident) => { $crate::platform::i18n::texts::$room::$key.follow() };
    ($($tt:tt)*) => { ::leptos::prelude::Signal::derive(move || $crate::t!($($tt)*)) };
}

/// What a setting is called: the texts below `setting` stand under the names that
/// [`api_types::SETTINGS`] declares.
pub fn setting_words(name: &str) -> Option<&'static str> {
    Some(include!(concat!(env!("OUT_DIR"), "/settings.rs")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_its_values_in_the_order_of_each_language() {
        let number = "03";
        LOCALE.set(Locale::Ja);
        assert_eq!(t!(notify.used_by_more, number = number, count = 2), "03 ほか2番号で使用中");
        assert_eq!(t!(app.close), "閉じる");
        LOCALE.set(Locale::En);
        assert_eq!(t!(app.close), "Close");
    }

    #[test]
    fn no_text_is_empty() {
        for texts in [include_str!("../../locales/ja.json"), include_str!("../../locales/en.json")]
        {
            let texts: serde_json::Value = serde_json::from_str(texts).expect("a locale file");
            for (room, texts) in texts.as_object().expect("rooms") {
                for (key, text) in texts.as_object().expect("keys") {
                    let text = text.as_str().unwrap_or_default();
                    assert!(!text.trim().is_empty(), "{room}.{key} is empty");
                }
            }
        }
    }

    #[test]
    fn every_setting_has_a_name() {
        for setting in api_types::SETTINGS {
            assert!(super::setting_words(setting.name).is_some(), "{}", setting.name);
        }
    }
}
