//! What was loaded beside what was typed: the difference is what gets saved, and nothing typed is
//! ever lost.

use serde::{Deserialize, Serialize};

use super::values::{Field, Held, Name, Values};

/// The loaded and the edited state of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    loaded: Values,
    edited: Values,
}

impl Draft {
    /// Nothing edited yet.
    pub fn new(loaded: Values) -> Self {
        Self { edited: loaded.clone(), loaded }
    }

    /// What the server has, as far as is known.
    pub fn loaded(&self) -> &Values {
        &self.loaded
    }

    /// What stands on the screen.
    pub fn edited(&self) -> &Values {
        &self.edited
    }

    /// Edits in place.
    pub fn edit(&mut self, change: impl FnOnce(&mut Values)) {
        change(&mut self.edited);
    }

    /// Whether a field differs from what was loaded.
    pub fn is_changed(&self, name: &str) -> bool {
        self.loaded.text(name) != self.edited.text(name)
    }

    /// The value of a field that differs, for a request that carries differences only.
    pub fn change<V: Held>(&self, field: Field<V>) -> Option<V> {
        self.is_changed(field.name).then(|| self.edited.get(field))
    }

    /// The fields that differ, in the order of the screen.
    pub fn changed(&self) -> Vec<Name> {
        self.loaded.names().filter(|name| self.is_changed(name)).collect()
    }

    /// Those of `names` that differ.
    pub fn changed_of(&self, names: &[Name]) -> Vec<Name> {
        names.iter().copied().filter(|name| self.is_changed(name)).collect()
    }

    /// Whether anything differs.
    pub fn is_dirty(&self) -> bool {
        self.loaded.names().any(|name| self.is_changed(name))
    }

    /// Back to what was loaded.
    pub fn revert(&mut self) {
        self.edited = self.loaded.clone();
    }

    /// `names` were saved as they stand in `sent`, and the server now has `fresh`. What was typed
    /// while the request was under way stays an edit.
    pub fn accept(&mut self, sent: &Values, fresh: &Values, names: &[Name]) {
        for name in names.iter().copied() {
            let untouched = self.edited.text(name) == sent.text(name);
            self.loaded.take(fresh, name);
            if untouched {
                self.edited.take(fresh, name);
            }
        }
    }

    /// Puts the edits on top of a newer state and names the fields that both sides changed to
    /// different values.
    pub fn rebase(&mut self, fresh: &Values) -> Vec<Name> {
        let mut both = Vec::new();
        for name in fresh.names() {
            let mine = self.is_changed(name);
            let theirs = self.loaded.text(name) != fresh.text(name);
            if !mine {
                self.edited.take(fresh, name);
            } else if theirs && self.edited.text(name) != fresh.text(name) {
                both.push(name);
            }
        }
        self.loaded = fresh.clone();
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Field<String> = Field::new("left");
    const RIGHT: Field<u8> = Field::new("right");

    fn pair(left: &str, right: u8) -> Values {
        Values::default().with(LEFT, &left.to_owned()).with(RIGHT, &right)
    }

    #[test]
    fn only_what_differs_counts_as_changed() {
        let mut draft = Draft::new(pair("a", 1));
        assert!(!draft.is_dirty());
        draft.edit(|it| it.set(RIGHT, &2));
        assert_eq!(draft.changed(), ["right"]);
        assert_eq!((draft.change(LEFT), draft.change(RIGHT)), (None, Some(2)));
        draft.edit(|it| it.set(RIGHT, &1));
        assert!(!draft.is_dirty(), "typing the old value again is no change");
    }

    #[test]
    fn revert_brings_the_loaded_state_back() {
        let mut draft = Draft::new(pair("a", 1));
        draft.edit(|it| *it = pair("b", 2));
        draft.revert();
        assert_eq!(draft.edited(), &pair("a", 1));
    }

    #[test]
    fn half_a_save_keeps_the_other_half() {
        let mut draft = Draft::new(pair("a", 1));
        draft.edit(|it| *it = pair("b", 2));
        let sent = draft.edited().clone();
        draft.accept(&sent, &pair("b", 1), &["left"]);
        assert_eq!(draft.changed(), ["right"]);
        assert_eq!((draft.loaded(), draft.edited()), (&pair("b", 1), &pair("b", 2)));
    }

    #[test]
    fn typing_goes_on_while_a_save_is_under_way() {
        let mut draft = Draft::new(pair("a", 1));
        draft.edit(|it| it.set(LEFT, &"b".to_owned()));
        let sent = draft.edited().clone();
        draft.edit(|it| it.set(LEFT, &"bc".to_owned()));
        draft.accept(&sent, &pair("b", 1), &["left"]);
        assert_eq!(
            (draft.loaded().get(LEFT), draft.edited().get(LEFT)),
            ("b".to_owned(), "bc".to_owned())
        );
    }

    #[test]
    fn a_newer_state_keeps_edits_and_names_conflicts() {
        let table = [
            // mine, theirs → on screen, conflicts
            (pair("b", 1), pair("a", 2), pair("b", 2), vec![]),
            (pair("b", 1), pair("c", 1), pair("b", 1), vec!["left"]),
            (pair("b", 1), pair("b", 1), pair("b", 1), vec![]),
            (pair("b", 2), pair("c", 3), pair("b", 2), vec!["left", "right"]),
        ];
        for (mine, theirs, screen, conflicts) in table {
            let mut draft = Draft::new(pair("a", 1));
            draft.edit(|it| *it = mine.clone());
            assert_eq!(draft.rebase(&theirs), conflicts, "{mine:?} {theirs:?}");
            assert_eq!((draft.edited(), draft.loaded()), (&screen, &theirs));
        }
    }

    #[test]
    fn what_comes_later_is_no_edit() {
        let of = |id| Field::<bool>::of_each("rings:", id);
        let rings = |list: &[(&'static str, bool)]| {
            list.iter().fold(Values::default(), |all, (id, on)| all.with(of(id), on))
        };
        let mut draft = Draft::new(rings(&[("a", true), ("b", true)]));
        draft.edit(|it| it.set(of("b"), &false));
        // Somebody else switched another one, and an ID has come.
        assert!(draft.rebase(&rings(&[("a", false), ("b", true), ("c", true)])).is_empty());
        assert_eq!(draft.changed(), ["rings:b"]);
        assert_eq!((draft.edited().get(of("a")), draft.edited().get(of("c"))), (false, true));
    }
}
