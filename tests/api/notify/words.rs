//! What a notice that failed says: every code that an adapter can report has its words.

use std::collections::BTreeSet;

use api_types::Channel;
use server::notify::doctor::explain;
use server::platform::texts::Lang;

/// The codes that stand in the sources, as `"line.quota"`.
fn codes() -> BTreeSet<String> {
    let files = tests::sources("crates/server/src/notify");
    let is_code = |text: &&str| {
        let is_channel = |key: &str| key == "network" || Channel::of_key(key).is_some();
        let parts = text.split_once('.').filter(|(channel, _)| is_channel(channel));
        parts.is_some_and(|(_, name)| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
        })
    };
    let texts: Vec<String> =
        files.iter().map(|file| std::fs::read_to_string(file).expect("a source")).collect();
    texts
        .iter()
        .flat_map(|text| text.split('"').skip(1).step_by(2))
        .filter(is_code)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_code_has_its_words_in_both_languages() {
    let codes = codes();
    assert!(codes.len() > 40, "only {} codes were found: {codes:?}", codes.len());
    let mut missing = Vec::new();
    for code in &codes {
        for lang in [Lang::Ja, Lang::En] {
            let words = explain(lang, code, None);
            for text in [&words.message, &words.advice] {
                if text.starts_with("doctor.")
                    || text.trim().is_empty()
                    || (lang == Lang::En
                        && text.chars().filter(|c| matches!(c, 'ぁ'..='ん')).count() > 2)
                {
                    missing.push(format!("{} {code}: {text}", lang.tag()));
                }
            }
            if lang == Lang::Ja && !words.message.ends_with('。') {
                missing.push(format!("ja {code}: {} is no sentence", words.message));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
