//! What holds for every channel.

use std::collections::BTreeSet;

use super::*;

#[test]
fn keys_are_as_the_api_writes_them() {
    for kind in ServiceType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
        assert_eq!(ServiceType::of_key(kind.key()), Some(kind));
        assert_eq!(Channel::from(kind).service(), Some(kind));
    }
    for channel in Channel::ALL {
        assert_eq!(serde_json::to_value(channel).unwrap(), channel.describe().key);
    }
    assert_eq!(ServiceType::of_key("mail"), None);
}

#[test]
fn what_a_description_names_is_there() {
    for kind in ServiceType::ALL {
        let channel = kind.describe();
        let names: BTreeSet<_> = channel.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), channel.fields.len(), "{kind:?}");
        assert!(channel.one_of.iter().all(|name| names.contains(name)), "{kind:?}");
        assert!(channel.fields.iter().any(|field| field.required), "{kind:?}");
        assert!(channel.blames.iter().all(|(name, _)| names.contains(name)), "{kind:?}");
        // The last one is what every other refusal is about.
        assert!(channel.blames.last().is_some_and(|(_, words)| words == &[""]), "{kind:?}");
        assert!(channel.merges >= 1 && channel.text_max >= 1_000, "{kind:?}");
        assert!(channel.icon.starts_with('<') && !channel.name.is_empty(), "{kind:?}");
        assert!(channel.place.url.starts_with(['h', '/']), "{kind:?}");
    }
}
