//! The numbers and IDs of the account, as the list, the pickers and the change log need them.

use api_types::{Number, NumberKind, PhoneId, PhoneIdKind};
use leptos::prelude::*;

use super::api;
use crate::platform::api::Client;
use crate::platform::format;
use crate::platform::remote::Remote;
use crate::platform::task::background;

/// The rows of the selection screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Every number, the primary one first.
    pub numbers: Vec<Number>,
    /// Every ID, the basic one first.
    pub ids: Vec<PhoneId>,
}

impl Rows {
    /// The number of this id.
    pub fn number(&self, id: &str) -> Option<&Number> {
        self.numbers.iter().find(|number| number.id == id)
    }

    /// The ID of this id.
    pub fn phone_id(&self, id: &str) -> Option<&PhoneId> {
        self.ids.iter().find(|phone_id| phone_id.id == id)
    }

    /// The basic ID of the primary number.
    pub fn basic_id_of(&self, number: &Number) -> Option<&PhoneId> {
        match number.kind {
            NumberKind::Primary => {
                self.ids.iter().find(|phone_id| phone_id.kind == PhoneIdKind::Basic)
            }
            NumberKind::Additional => None,
        }
    }

    /// The additional IDs.
    pub fn additional_ids(&self) -> impl Iterator<Item = &PhoneId> {
        self.ids.iter().filter(|phone_id| phone_id.kind == PhoneIdKind::Additional)
    }

    fn sort(&mut self) {
        insertion_sort(&mut self.numbers, |a, b| a.kind < b.kind);
        insertion_sort(&mut self.ids, |a, b| (a.kind, &a.extension) < (b.kind, &b.extension));
    }
}

/// Stable, and a twentieth of the code of the standard sort: an account has a few rows.
fn insertion_sort<T>(rows: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for end in 1..rows.len() {
        let mut at = end;
        while at > 0 && before(&rows[at], &rows[at - 1]) {
            rows.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// What to call an ID: its terminal name, else its login id.
pub fn id_label(phone_id: &PhoneId) -> String {
    if phone_id.terminal_name.is_empty() {
        phone_id.login_id.clone()
    } else {
        phone_id.terminal_name.clone()
    }
}

/// What to call a number: as it is dialled.
pub fn number_label(number: &Number) -> String {
    format::phone(&number.e164)
}

/// The list, shared by every page of a signed-in person.
#[derive(Clone, Copy)]
pub struct Directory {
    rows: RwSignal<Remote<Rows>>,
    client: Client,
}

impl Directory {
    /// An empty directory; `load` fills it.
    pub fn new(client: Client) -> Self {
        Self { rows: RwSignal::new(Remote::Loading), client }
    }

    /// The rows as they are known now.
    pub fn rows(self) -> RwSignal<Remote<Rows>> {
        self.rows
    }

    /// Begins anew for whoever just signed in.
    pub fn start(self) {
        self.rows.set(Remote::Loading);
        self.load();
    }

    /// Reads both lists anew. What is on the screen stays there until they come.
    pub fn load(self) {
        if self.rows.with_untracked(|rows| rows.ready().is_none()) {
            self.rows.set(Remote::Loading);
        }
        background(async move {
            let client = self.client;
            // The second request is sent before the first is answered.
            let (numbers, ids) =
                futures_util::future::join(api::numbers::list(client), api::ids::list(client))
                    .await;
            let fresh = match (numbers, ids) {
                (Ok(numbers), Ok(ids)) => {
                    let mut rows = Rows { numbers, ids };
                    rows.sort();
                    Remote::Ready(rows)
                }
                (Err(error), _) | (_, Err(error)) => Remote::Failed(error),
            };
            // A failed refresh does not take away what is there already.
            let keep = matches!(fresh, Remote::Failed(_))
                && self.rows.try_with_untracked(|rows| rows.ready().is_some()).unwrap_or(true);
            if !keep {
                self.rows.try_set(fresh);
            }
        });
    }

    /// Reads an ID anew; without an answer it stays as it is known.
    pub fn reload_id(self, id: String) {
        background(async move {
            if let Ok(fresh) = api::ids::get(self.client, &id).await {
                self.put_id(&fresh);
            }
        });
    }

    /// Takes over a number that the server just sent.
    pub fn put_number(self, fresh: &Number) {
        self.rows.try_update(|rows| {
            if let Remote::Ready(rows) = rows
                && let Some(number) = rows.numbers.iter_mut().find(|number| number.id == fresh.id)
            {
                *number = fresh.clone();
            }
        });
    }

    /// Takes over an ID that the server just sent.
    pub fn put_id(self, fresh: &PhoneId) {
        self.rows.try_update(|rows| {
            if let Remote::Ready(rows) = rows
                && let Some(phone_id) = rows.ids.iter_mut().find(|phone_id| phone_id.id == fresh.id)
            {
                *phone_id = fresh.clone();
            }
        });
    }
}

/// The directory of the signed-in person.
pub fn use_directory() -> Directory {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::insertion_sort;

    #[test]
    fn rows_are_sorted_and_equals_keep_their_order() {
        let mut rows = [(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        insertion_sort(&mut rows, |a, b| a.0 < b.0);
        assert_eq!(rows, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
    }
}
