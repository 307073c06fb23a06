//! What is wrong with a service and what to do about it, in words.

use api_types::ServiceProblem;
use chrono::{DateTime, Utc};

use crate::platform::texts::{Lang, explained};

/// The words for a code of a [`super::Report`].
pub fn explain(lang: Lang, code: &str, since: Option<DateTime<Utc>>) -> ServiceProblem {
    let (message, advice) = explained(lang, code);
    ServiceProblem { code: code.to_owned(), message, advice, since }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use api_types::Channel;
    use serde_json::Value;

    use super::*;
    use crate::platform::texts::known_text;

    /// Every code that a locale file names: `doctor`, the channel, the code, two spaces deeper
    /// each.
    fn codes(source: &str) -> BTreeSet<String> {
        let (mut channel, mut codes) = ("", BTreeSet::new());
        for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let Some((name, _)) = line.split_once(':') else { continue };
            match name.len() - name.trim_start().len() {
                2 => channel = name.trim(),
                4 if !matches!(name.trim(), "message" | "advice") => {
                    _ = codes.insert(format!("{channel}.{}", name.trim()))
                }
                _ => {}
            }
        }
        codes
    }

    #[test]
    fn every_code_has_message_and_advice_in_both_languages() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
        let mut seen = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(topic) =
                name.strip_prefix("doctor_").and_then(|name| name.strip_suffix(".ja.yml"))
            else {
                continue;
            };
            let read = |lang: &str| {
                codes(
                    &std::fs::read_to_string(folder.join(format!("doctor_{topic}.{lang}.yml")))
                        .unwrap(),
                )
            };
            let (japanese, english) = (read("ja"), read("en"));
            assert_eq!(japanese, english, "{topic}: both languages know the same codes");
            for code in &japanese {
                seen += 1;
                for lang in [Lang::Ja, Lang::En] {
                    for what in ["message", "advice"] {
                        assert!(
                            known_text(lang, &format!("doctor.{code}.{what}")).is_some(),
                            "{code} has no {what} in {}",
                            lang.tag()
                        );
                    }
                }
            }
        }
        assert!(seen >= 10, "only {seen} codes were found");
    }

    /// Every key of a file of words, with the text.
    fn words(folder: &std::path::Path, lang: &str) -> BTreeMap<String, String> {
        fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
            match value {
                Value::Object(map) => {
                    map.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), found))
                }
                Value::String(text) => _ = found.insert(path.to_owned(), text.clone()),
                other => panic!("{path}: {other}"),
            }
        }
        let text = std::fs::read_to_string(folder.join(format!("{lang}.json"))).unwrap();
        let mut found = BTreeMap::new();
        walk(&serde_json::from_str(&text).unwrap(), "", &mut found);
        found
    }

    #[test]
    fn every_channel_has_its_words_in_both_languages() {
        let channels = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../api-types/src/notify/channels");
        for channel in Channel::ALL {
            let key = channel.describe().key;
            let (japanese, english) =
                (words(&channels.join(key), "ja"), words(&channels.join(key), "en"));
            assert_eq!(
                japanese.keys().collect::<Vec<_>>(),
                english.keys().collect::<Vec<_>>(),
                "{key}"
            );
            assert!(japanese.values().chain(english.values()).all(|text| !text.trim().is_empty()));
            let codes: BTreeSet<&str> = japanese
                .keys()
                .filter_map(|path| path.strip_prefix(&format!(".{key}.doctor."))?.split('.').next())
                .collect();
            assert!(codes.len() >= 5, "{key}: {codes:?}");
            for code in codes {
                for (lang, tag) in [(Lang::Ja, &japanese), (Lang::En, &english)] {
                    let said = explain(lang, &format!("{key}.{code}"), None);
                    assert_eq!(said.message, tag[&format!(".{key}.doctor.{code}.message")]);
                    assert_eq!(said.advice, tag[&format!(".{key}.doctor.{code}.advice")]);
                }
            }
            for field in channel.describe().fields {
                assert!(japanese.contains_key(&format!(".{key}.label.{}", field.name)));
            }
        }
    }

    #[test]
    fn a_code_that_nobody_has_words_for_is_named() {
        for lang in [Lang::Ja, Lang::En] {
            let problem = explain(lang, "slack.brand_new", None);
            assert!(problem.message.contains("slack.brand_new"), "{}", problem.message);
            assert!(
                !problem.advice.is_empty() && !problem.advice.contains("doctor."),
                "{}",
                problem.advice
            );
        }
    }
}
