//! What was loaded beside what was typed: the difference is what gets saved, and nothing typed is
//! ever lost.

use serde::{Deserialize, Serialize};

/// A set of settings that is edited field by field.
pub trait Settings: Clone + PartialEq + Send + Sync + 'static {
    /// Names one field.
    type Field: Copy + Ord + Send + Sync + std::fmt::Debug + 'static;

    /// Every field that is always there, in the order of the screen.
    const FIELDS: &'static [Self::Field];

    /// Every field; more than the constant where a setting has one for each of several things.
    fn fields(&self) -> Vec<Self::Field> {
        Self::FIELDS.to_vec()
    }

    /// Whether `field` has the same value in both.
    fn same(&self, other: &Self, field: Self::Field) -> bool;

    /// Takes over the value of `field`.
    fn take(&mut self, from: &Self, field: Self::Field);
}

/// The loaded and the edited state of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft<T> {
    loaded: T,
    edited: T,
}

impl<T: Settings> Draft<T> {
    /// Nothing edited yet.
    pub fn new(loaded: T) -> Self {
        Self { edited: loaded.clone(), loaded }
    }

    /// What the server has, as far as is known.
    pub fn loaded(&self) -> &T {
        &self.loaded
    }

    /// What stands on the screen.
    pub fn edited(&self) -> &T {
        &self.edited
    }

    /// Edits in place.
    pub fn edit(&mut self, change: impl FnOnce(&mut T)) {
        change(&mut self.edited);
    }

    /// Whether `field` differs from what was loaded.
    pub fn is_changed(&self, field: T::Field) -> bool {
        !self.loaded.same(&self.edited, field)
    }

    /// The fields that differ, in the order of the screen.
    pub fn changed(&self) -> Vec<T::Field> {
        self.loaded.fields().into_iter().filter(|field| self.is_changed(*field)).collect()
    }

    /// Whether anything differs.
    pub fn is_dirty(&self) -> bool {
        self.loaded.fields().into_iter().any(|field| self.is_changed(field))
    }

    /// Back to what was loaded.
    pub fn revert(&mut self) {
        self.edited = self.loaded.clone();
    }

    /// `fields` were saved as they stand in `sent`, and the server now has `fresh`. What was typed
    /// while the request was under way stays an edit.
    pub fn accept(&mut self, sent: &T, fresh: &T, fields: &[T::Field]) {
        for field in fields.iter().copied() {
            let untouched = self.edited.same(sent, field);
            self.loaded.take(fresh, field);
            if untouched {
                self.edited.take(fresh, field);
            }
        }
    }

    /// Puts the edits on top of a newer state and names the fields that both sides changed to
    /// different values.
    pub fn rebase(&mut self, fresh: &T) -> Vec<T::Field> {
        let mut both = Vec::new();
        for field in fresh.fields() {
            let mine = self.is_changed(field);
            let theirs = !self.loaded.same(fresh, field);
            if !mine {
                self.edited.take(fresh, field);
            } else if theirs && !self.edited.same(fresh, field) {
                both.push(field);
            }
        }
        self.loaded = fresh.clone();
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Pair {
        left: &'static str,
        right: u8,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Side {
        Left,
        Right,
    }

    impl Settings for Pair {
        type Field = Side;
        const FIELDS: &'static [Side] = &[Side::Left, Side::Right];

        fn same(&self, other: &Self, field: Side) -> bool {
            match field {
                Side::Left => self.left == other.left,
                Side::Right => self.right == other.right,
            }
        }

        fn take(&mut self, from: &Self, field: Side) {
            match field {
                Side::Left => self.left = from.left,
                Side::Right => self.right = from.right,
            }
        }
    }

    fn pair(left: &'static str, right: u8) -> Pair {
        Pair { left, right }
    }

    #[test]
    fn only_what_differs_counts_as_changed() {
        let mut draft = Draft::new(pair("a", 1));
        assert!(!draft.is_dirty());
        draft.edit(|it| it.right = 2);
        assert_eq!(draft.changed(), [Side::Right]);
        draft.edit(|it| it.right = 1);
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
        draft.accept(&sent, &pair("b", 1), &[Side::Left]);
        assert_eq!(draft.changed(), [Side::Right]);
        assert_eq!((draft.loaded(), draft.edited()), (&pair("b", 1), &pair("b", 2)));
    }

    #[test]
    fn typing_goes_on_while_a_save_is_under_way() {
        let mut draft = Draft::new(pair("a", 1));
        draft.edit(|it| it.left = "b");
        let sent = draft.edited().clone();
        draft.edit(|it| it.left = "bc");
        draft.accept(&sent, &pair("b", 1), &[Side::Left]);
        assert_eq!((draft.loaded().left, draft.edited().left), ("b", "bc"));
    }

    #[test]
    fn a_newer_state_keeps_edits_and_names_conflicts() {
        let table = [
            // mine, theirs → on screen, conflicts
            (pair("b", 1), pair("a", 2), pair("b", 2), vec![]),
            (pair("b", 1), pair("c", 1), pair("b", 1), vec![Side::Left]),
            (pair("b", 1), pair("b", 1), pair("b", 1), vec![]),
            (pair("b", 2), pair("c", 3), pair("b", 2), vec![Side::Left, Side::Right]),
        ];
        for (mine, theirs, screen, conflicts) in table {
            let mut draft = Draft::new(pair("a", 1));
            draft.edit(|it| *it = mine.clone());
            assert_eq!(draft.rebase(&theirs), conflicts, "{mine:?} {theirs:?}");
            assert_eq!((draft.edited(), draft.loaded()), (&screen, &theirs));
        }
    }
}
