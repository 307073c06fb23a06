//! The two languages. Keys are checked when the app is compiled; a test keeps the two files
//! complete.
//!
//! The language lives outside the component tree, so that requests and messages that outlive a page
//! read it too.

use std::sync::LazyLock;

use leptos::prelude::*;
use leptos::reactive::graph::Observer;

use super::effect::follow;
use super::storage;

#[allow(
    missing_docs,
    dead_code,
    unused_imports,
    reason = "written by the build script; the locale files are its documentation"
)]
mod texts {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

pub use texts::i18n::Locale;

const KEY: &str = "lang";

static LOCALE: LazyLock<ArcRwSignal<Locale>> = LazyLock::new(|| ArcRwSignal::new(Locale::ja));

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
        Locale::ja => "ja",
        Locale::en => "en",
    }
}

/// Picks the remembered language, else the browser's, else Japanese.
pub fn start() {
    let wanted =
        storage::choice(KEY).or_else(|| window().navigator().language()).unwrap_or_default();
    LOCALE.set(if wanted.starts_with("en") { Locale::en } else { Locale::ja });
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

/// A text in the language of the screen, by its checked key.
#[macro_export]
macro_rules! t {
    ($($tt:tt)*) => {
        ::leptos_i18n::td_string!($crate::platform::i18n::locale(), $($tt)*)
    };
}

/// What a setting is called: the texts below `setting` stand under the names that
/// [`api_types::SETTINGS`] declares.
pub fn setting_words(name: &str) -> Option<&'static str> {
    Some(include!(concat!(env!("OUT_DIR"), "/settings.rs")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    fn keys(text: &str) -> BTreeMap<String, String> {
        fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
            match value {
                Value::Object(map) => {
                    map.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), found))
                }
                Value::String(text) => _ = found.insert(path.to_owned(), text.clone()),
                other => panic!("{path}: {other}"),
            }
        }
        let mut found = BTreeMap::new();
        walk(&serde_json::from_str(text).expect("a locale file"), "", &mut found);
        found
    }

    #[test]
    fn both_languages_have_every_text() {
        let ja = keys(include_str!("../../locales/ja.json"));
        let en = keys(include_str!("../../locales/en.json"));
        assert_eq!(ja.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in ja.iter().chain(&en) {
            assert!(!text.trim().is_empty(), "{key} is empty");
        }
    }

    #[test]
    fn every_setting_has_a_name() {
        for setting in api_types::SETTINGS {
            assert!(super::setting_words(setting.name).is_some(), "{}", setting.name);
        }
    }
}
