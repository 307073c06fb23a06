//! The entries that were read so far, which of them are selected, and what was removed last.

use std::collections::BTreeSet;

use api_types::{BlockEntriesDelete, BlockEntry};
use leptos::prelude::*;

use crate::block_list::api;
use crate::platform::api::{Client, ClientError};
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::task::Task;
use crate::t;
use crate::ui::live::Live;
use crate::ui::states;

/// So many entries are read before a search rests: a page of a search may bring few or none while
/// there is more to look through.
const ENOUGH: usize = 60;
/// The most ids that one removal names.
const IDS_MAX: usize = 1000;

/// Which entries are selected.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Selection {
    /// Everything, also what was not read yet; then `ids` are left out.
    pub(super) all: bool,
    /// These; or, with `all`, not these.
    pub(super) ids: BTreeSet<String>,
}

impl Selection {
    fn is_empty(&self) -> bool {
        !self.all && self.ids.is_empty()
    }

    /// Whether an entry is selected.
    pub(super) fn has(&self, id: &str) -> bool {
        self.all != self.ids.contains(id)
    }

    fn flip(&mut self, id: &str) {
        if !self.ids.remove(id) {
            self.ids.insert(id.to_owned());
        }
    }
}

/// What happened last to what was selected.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Removal {
    /// Nothing.
    #[default]
    None,
    /// Being removed.
    Deleting,
    /// Removed: how many, and what takes it back.
    Deleted(u32, Vec<String>),
    /// Being put back.
    Undoing,
    /// Neither worked, and why.
    Failed(String, Vec<String>),
}

/// The list.
#[derive(Clone, Copy)]
pub(super) struct List {
    pub(super) client: Client,
    pub(super) live: Live,
    pub(super) number_id: StoredValue<String>,
    pub(super) entries: RwSignal<Vec<BlockEntry>>,
    /// Entries in the whole list, whatever is searched.
    pub(super) total: RwSignal<u32>,
    /// Reads entries.
    pub(super) reading: Task,
    /// Removes entries and puts them back.
    changing: Task,
    /// Whether everything was read.
    pub(super) done: RwSignal<bool>,
    /// What the entries on the screen were searched for.
    pub(super) search: RwSignal<String>,
    pub(super) selection: RwSignal<Selection>,
    pub(super) removal: RwSignal<Removal>,
    /// Counts what was saved of the entries.
    pub(super) saved: RwSignal<u32>,
    cursor: StoredValue<Option<String>>,
}

impl List {
    /// Begins to read.
    pub(super) fn new(client: Client, live: Live, number_id: String, total: u32) -> Self {
        let list = Self {
            client,
            live,
            number_id: StoredValue::new(number_id),
            entries: RwSignal::default(),
            total: RwSignal::new(total),
            reading: Task::default(),
            changing: Task::default(),
            done: RwSignal::new(false),
            search: RwSignal::default(),
            selection: RwSignal::default(),
            removal: RwSignal::default(),
            saved: RwSignal::default(),
            cursor: StoredValue::new(None),
        };
        list.restart(String::new());
        list
    }

    /// Reads from the beginning, of everything or what a search finds. What is on the screen stays
    /// there until an answer comes.
    pub(super) fn restart(self, search: String) {
        self.read(Some(search));
    }

    /// The same list anew, after it changed.
    pub(super) fn reload(self) {
        self.restart(self.search.get_untracked());
    }

    /// Reads on, unless that is under way or there is no more.
    pub(super) fn more(self) {
        if self.reading.is_well() && !self.done.get_untracked() {
            self.read(None);
        }
    }

    /// Tries again after a failure.
    pub(super) fn again(self) {
        self.read(self.cursor.with_value(Option::is_none).then(|| self.search.get_untracked()));
    }

    fn read(self, anew: Option<String>) {
        self.reading.latest(self.pages(anew), |outcome| outcome);
    }

    async fn pages(self, anew: Option<String>) -> Result<(), ClientError> {
        let id = self.number_id.get_value();
        let search = anew.clone().unwrap_or_else(|| self.search.get_untracked());
        let mut cursor = if anew.is_some() { None } else { self.cursor.get_value() };
        let mut first = anew.is_some();
        let mut found = 0;
        loop {
            let page = api::entries(self.client, &id, &search, cursor.as_deref()).await?;
            if self.reading.is_gone() {
                return Ok(());
            }
            found += page.items.len();
            cursor = page.next_cursor;
            if first {
                first = false;
                if self.search.get_untracked() != search {
                    self.search.set(search.clone());
                    self.selection.set(Selection::default());
                }
                self.entries.set(page.items);
            } else if !page.items.is_empty() {
                self.entries.update(|entries| entries.extend(page.items));
            }
            self.total.set(page.total);
            self.done.set(cursor.is_none());
            self.cursor.set_value(cursor.clone());
            if cursor.is_none() || found >= ENOUGH {
                return Ok(());
            }
        }
    }

    /// Whether there is something to say or do about a selection.
    pub(super) fn has_bar(self) -> bool {
        self.selection.with(|selection| !selection.is_empty())
            || self.removal.with(|removal| *removal != Removal::None)
    }

    /// Selects an entry, or no longer.
    pub(super) fn flip(self, id: &str) {
        self.removal.set(Removal::None);
        self.selection.update(|selection| selection.flip(id));
    }

    /// Selects everything there is, or nothing.
    pub(super) fn select_all(self, all: bool) {
        self.removal.set(Removal::None);
        self.selection.set(Selection { all, ids: BTreeSet::new() });
    }

    /// How many are selected, as far as that is known: of a search the end must have been seen.
    pub(super) fn selected(self) -> Option<usize> {
        self.selection.with(|selection| {
            if !selection.all {
                return Some(selection.ids.len());
            }
            let of = match self.search.with(String::is_empty) {
                true => self.total.get() as usize,
                false if self.done.get() => self.entries.with(Vec::len),
                false => return None,
            };
            Some(of.saturating_sub(selection.ids.len()))
        })
    }

    /// Removes what is selected.
    pub(super) fn delete_selected(self) {
        let Selection { all, ids } = self.selection.get_untracked();
        let ids: Vec<_> = ids.into_iter().collect();
        let search = Some(self.search.get_untracked()).filter(|search| !search.is_empty());
        let which = if all {
            vec![BlockEntriesDelete { all, q: search, except: ids, ids: Vec::new() }]
        } else {
            ids.chunks(IDS_MAX)
                .map(|ids| BlockEntriesDelete {
                    ids: ids.to_vec(),
                    ..BlockEntriesDelete::default()
                })
                .collect()
        };
        self.delete(which);
    }

    /// Removes one entry.
    pub(super) fn delete_one(self, id: String) {
        self.delete(vec![BlockEntriesDelete { ids: vec![id], ..BlockEntriesDelete::default() }]);
    }

    fn delete(self, which: Vec<BlockEntriesDelete>) {
        self.removal.set(Removal::Deleting);
        let id = self.number_id.get_value();
        let request = async move {
            let (mut deleted, mut undo) = (0, Vec::new());
            for which in &which {
                match api::delete(self.client, &id, which).await {
                    Ok(done) => {
                        deleted += done.deleted;
                        undo.extend(done.deletion_id);
                    }
                    Err(error) => return Ok((deleted, undo, Some(error))),
                }
            }
            Ok((deleted, undo, None))
        };
        self.changing.run(request, move |outcome| {
            let (deleted, undo, failed) = outcome?;
            if let Some(error) = failed {
                self.fail(&error, undo);
                return Ok(());
            }
            self.selection.set(Selection::default());
            self.live.say(t!(block.deleted, count = format::count(deleted.into())));
            self.removal.set(Removal::Deleted(deleted, undo));
            focus_first("[data-testid=undo-delete]");
            self.was_saved();
            self.reload();
            Ok(())
        });
    }

    /// Puts back what was removed last.
    pub(super) fn undo(self, deletions: Vec<String>) {
        self.removal.set(Removal::Undoing);
        let id = self.number_id.get_value();
        let request = async move {
            let (mut restored, mut skipped) = (0, 0);
            for (index, deletion) in deletions.iter().enumerate() {
                match api::undo_deletion(self.client, &id, deletion).await {
                    Ok(done) => {
                        restored += done.restored;
                        skipped += done.skipped;
                    }
                    Err(error) => return Ok(Err((error, deletions[index..].to_vec()))),
                }
            }
            Ok(Ok((restored, skipped)))
        };
        self.changing.run(request, move |outcome| {
            let (restored, skipped) = match outcome? {
                Ok(counts) => counts,
                Err((error, left)) => {
                    self.fail(&error, left);
                    return Ok(());
                }
            };
            self.removal.set(Removal::None);
            let (count, skipped) = (format::count(restored.into()), u64::from(skipped));
            self.live.toast(match skipped {
                0 => t!(block.restored, count = count),
                _ => t!(block.restored_some, count = count, skipped = format::count(skipped)),
            });
            focus_first("[data-testid=select-all]");
            self.was_saved();
            self.reload();
            Ok(())
        });
    }

    /// Something of the entries was saved.
    pub(super) fn was_saved(self) {
        self.saved.update(|saved| *saved += 1);
    }

    fn fail(self, error: &ClientError, undo: Vec<String>) {
        let words = states::words(error).1;
        self.live.say(words.clone());
        self.removal.try_set(Removal::Failed(words, undo));
    }

    /// Takes over an entry that the server just sent.
    pub(super) fn put(self, fresh: BlockEntry) {
        self.entries.update(|entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.id == fresh.id) {
                *entry = fresh;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_selected_but_what_was_taken_out() {
        let mut selection = Selection::default();
        assert!(selection.is_empty());
        selection.flip("a");
        assert!(selection.has("a") && !selection.has("b"));
        selection.flip("a");
        assert!(selection.is_empty());
        selection = Selection { all: true, ids: BTreeSet::new() };
        selection.flip("a");
        assert!(!selection.has("a") && selection.has("b") && !selection.is_empty());
    }
}
