//! The values of a page's fields, by name.
//!
//! All of them are kept as text, so that one store, one difference and one copy in the browser do
//! for every page; a [`Field`] reads and writes one as what it is.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Mutex;

use api_types::{NotifyLanguage, Ringtone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Name of a field: its place in the page, in the request and in the tests.
pub type Name = &'static str;

/// What a field can hold.
pub trait Held: Sized {
    /// As it is kept.
    fn to_text(&self) -> Cow<'_, str>;

    /// As it was kept.
    fn of_text(text: &str) -> Self;
}

impl Held for String {
    fn to_text(&self) -> Cow<'_, str> {
        self.into()
    }

    fn of_text(text: &str) -> Self {
        text.to_owned()
    }
}

/// A choice that may be none; ids and names of choices are never empty.
impl Held for Option<String> {
    fn to_text(&self) -> Cow<'_, str> {
        self.as_deref().unwrap_or_default().into()
    }

    fn of_text(text: &str) -> Self {
        (!text.is_empty()).then(|| text.to_owned())
    }
}

impl Held for bool {
    fn to_text(&self) -> Cow<'_, str> {
        if *self { "on" } else { "off" }.into()
    }

    fn of_text(text: &str) -> Self {
        text == "on"
    }
}

impl Held for u8 {
    fn to_text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn of_text(text: &str) -> Self {
        text.parse().unwrap_or_default()
    }
}

/// One per line.
impl Held for Vec<String> {
    fn to_text(&self) -> Cow<'_, str> {
        self.join("\n").into()
    }

    fn of_text(text: &str) -> Self {
        text.lines().map(str::to_owned).collect()
    }
}

impl Held for Ringtone {
    fn to_text(&self) -> Cow<'_, str> {
        match self {
            Ringtone::Ringtone1 => "ringtone_1",
            Ringtone::Ringtone2 => "ringtone_2",
        }
        .into()
    }

    fn of_text(text: &str) -> Self {
        if text == "ringtone_2" { Ringtone::Ringtone2 } else { Ringtone::Ringtone1 }
    }
}

impl Held for NotifyLanguage {
    fn to_text(&self) -> Cow<'_, str> {
        match self {
            NotifyLanguage::Ja => "ja",
            NotifyLanguage::En => "en",
        }
        .into()
    }

    fn of_text(text: &str) -> Self {
        if text == "en" { NotifyLanguage::En } else { NotifyLanguage::Ja }
    }
}

/// A field and what it holds.
pub struct Field<V> {
    /// Its name.
    pub name: Name,
    of: PhantomData<fn() -> V>,
}

impl<V> Clone for Field<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Field<V> {}

impl<V> Field<V> {
    /// The field of this name.
    pub const fn new(name: Name) -> Self {
        Self { name, of: PhantomData }
    }

    /// The field that there is once for each of several things: `prefix` names the kind, `id` the
    /// thing.
    pub fn of_each(prefix: &str, id: &str) -> Self {
        Self::new(lasting(format!("{prefix}{id}")))
    }
}

/// An account has a few IDs and numbers: their names may live as long as the window.
fn lasting(name: String) -> Name {
    static NAMES: Mutex<Vec<Name>> = Mutex::new(Vec::new());
    let mut names = NAMES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(known) = names.iter().find(|known| **known == name) {
        return known;
    }
    let name: Name = name.leak();
    names.push(name);
    name
}

/// The values, in the order of the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(Name, String)>);

impl Values {
    /// With this value of a field.
    #[must_use]
    pub fn with<V: Held>(mut self, field: Field<V>, value: &V) -> Self {
        self.set(field, value);
        self
    }

    /// The value of a field; of one that is not there, whatever no text stands for.
    pub fn get<V: Held>(&self, field: Field<V>) -> V {
        V::of_text(self.text(field.name).unwrap_or_default())
    }

    /// Changes a value.
    pub fn set<V: Held>(&mut self, field: Field<V>, value: &V) {
        self.put(field.name, value.to_text().into_owned());
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// A value as it is kept.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// Every field.
    pub fn names(&self) -> impl Iterator<Item = Name> + '_ {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The fields that there are once for each of several things, with the ids of these.
    pub fn each<'a, V: Held>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, V)> {
        self.0
            .iter()
            .filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, V::of_text(text))))
    }

    /// Takes over one value.
    pub fn take(&mut self, from: &Self, name: Name) {
        if let Some(text) = from.text(name) {
            self.put(name, text.to_owned());
        }
    }

    fn put(&mut self, name: Name, text: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(value) => value.1 = text,
            None => self.0.push((name, text)),
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = Vec::<(String, String)>::deserialize(deserializer)?;
        Ok(Self(kept.into_iter().map(|(name, text)| (lasting(name), text)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back_as_it_was() {
        fn check<V: Held + PartialEq + std::fmt::Debug>(values: &[V]) {
            for value in values {
                assert_eq!(V::of_text(&value.to_text()), *value);
            }
        }
        check(&[String::new(), " 代表 ".to_owned(), "two\nlines".to_owned()]);
        check(&[None, Some("p1".to_owned())]);
        check(&[true, false]);
        check(&[0_u8, 255]);
        check(&[Vec::new(), vec!["a@b.example".to_owned(), "c@d.example".to_owned()]]);
        check(&[Ringtone::Ringtone1, Ringtone::Ringtone2]);
        check(&[NotifyLanguage::Ja, NotifyLanguage::En]);
    }

    #[test]
    fn fields_of_several_things_are_found_by_their_ids() {
        let of = |id| Field::<bool>::of_each("rings:", id);
        let values = Values::default().with(of("a"), &true).with(of("b"), &false);
        assert_eq!(values.each::<bool>("rings:").collect::<Vec<_>>(), [("a", true), ("b", false)]);
        assert_eq!(values.get(of("a")), true);
        assert!(!values.has("rings:c"));
    }

    #[test]
    fn a_copy_for_a_reload_keeps_every_value() {
        let values = Values::default().with(Field::new("name"), &"代表".to_owned());
        let text = serde_json::to_string(&values).expect("text");
        assert_eq!(serde_json::from_str::<Values>(&text).expect("values"), values);
    }
}
