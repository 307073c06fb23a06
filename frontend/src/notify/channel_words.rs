//! The words of the channels, which lie beside their descriptions: found by key, so that a page is
//! drawn from the description and no page knows a channel.

use api_types::ServiceType;

use crate::platform::i18n::{Locale, locale};

/// Pairs of key and text, in the order of the keys. What other rooms show is apart from the rest,
/// so that they do not load all of it.
type Table = &'static [(&'static str, &'static str)];

mod tables {
    include!(concat!(env!("OUT_DIR"), "/channel_words.rs"));
}

fn find(table: Table, key: &str) -> Option<&'static str> {
    let index = table.binary_search_by(|(known, _)| (*known).cmp(key)).ok()?;
    table.get(index).map(|(_, text)| *text)
}

/// What a credential is called.
pub(crate) fn label(kind: ServiceType, field: &str) -> &'static str {
    let table = match locale() {
        Locale::Ja => tables::LABELS_JA,
        Locale::En => tables::LABELS_EN,
    };
    // A test keeps the files complete.
    find(table, &format!("{}.label.{field}", kind.key())).unwrap_or_default()
}

/// A text of a service, below its key: `note.room_id`.
pub(super) fn text(kind: ServiceType, key: &str) -> Option<&'static str> {
    find_text(&format!("{}.{key}", kind.key()))
}

/// The same by the whole key.
pub(super) fn find_text(key: &str) -> Option<&'static str> {
    let table = match locale() {
        Locale::Ja => tables::WORDS_JA,
        Locale::En => tables::WORDS_EN,
    };
    find(table, key)
}

/// Texts of a service that are numbered from 1: `guide.step`.
pub(super) fn numbered(kind: ServiceType, key: &str) -> impl Iterator<Item = &'static str> {
    (1..).map_while(move |number| text(kind, &format!("{key}_{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(table: Table) -> Vec<&'static str> {
        assert!(table.is_sorted(), "binary search needs the order");
        assert!(table.iter().all(|(_, text)| !text.trim().is_empty()));
        table.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn every_channel_has_all_that_a_form_and_a_guide_show_in_both_languages() {
        assert_eq!(keys(tables::LABELS_JA), keys(tables::LABELS_EN));
        assert_eq!(keys(tables::WORDS_JA), keys(tables::WORDS_EN));
        for kind in ServiceType::ALL {
            let mut labels: Vec<_> =
                kind.fields().iter().map(|field| label(kind, field.name)).collect();
            assert!(labels.iter().all(|label| !label.is_empty()), "{kind:?}: {labels:?}");
            labels.sort_unstable();
            labels.dedup();
            assert_eq!(labels.len(), kind.fields().len(), "{kind:?}");
            assert!(text(kind, "line").is_some(), "{kind:?}");
            assert!(numbered(kind, "guide.step").count() >= 3, "{kind:?}");
            assert!(numbered(kind, "guide.limit").count() >= 1, "{kind:?}");
            let place = kind.describe().place;
            assert!(!place.name.is_empty() || text(kind, "guide.place").is_some(), "{kind:?}");
        }
    }
}
