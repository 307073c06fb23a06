//! A log, the latest first: read page by page, kept while one of its entries is looked at, and
//! growing while one looks.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::thread::LocalKey;
use std::time::Duration;

use api_types::{LiveChange, Page};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::calls::changes::{self, News};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::later::Later;
use crate::platform::router::use_router;
use crate::platform::routes::Route;
use crate::platform::session::use_session;
use crate::platform::task::Task;
use crate::ui::live::{Live, use_live};

/// Changes that come together are looked up together.
const PAUSE: Duration = Duration::from_millis(250);
/// So many are looked up one by one; of more the beginning of the log is read.
const ONE_BY_ONE: usize = 6;
/// So near the beginning what is new is put in; further down one reads, and is told.
const AT_THE_TOP_PX: f64 = 120.0;
/// So near the end the next page is asked for.
const AHEAD_PX: f64 = 1_200.0;
/// So long after a finger or mouse moved nothing is pushed away from under it.
const STEADY_MS: f64 = 1_500.0;

/// What a change is about, as far as a log is concerned.
#[derive(Debug, PartialEq)]
pub(super) enum About {
    /// One entry.
    One(String),
    /// Something near the beginning.
    Latest,
    /// Nothing of this log.
    Nothing,
}

/// What a log consists of.
pub(super) trait Entry: Clone + PartialEq + Send + Sync + 'static {
    /// Which of them are shown.
    type Filter: Clone + PartialEq + Send + Sync + 'static;

    fn id(&self) -> &str;
    fn at(&self) -> DateTime<Utc>;
    fn fits(&self, filter: &Self::Filter) -> bool;
    fn about(change: LiveChange) -> About;
    /// Where a log is kept while one of its entries is on the screen.
    fn kept() -> &'static LocalKey<RefCell<Option<Kept<Self>>>>;
    /// Called when something came while one looks.
    fn came(live: Live, new: &[Self]);
    async fn page(
        client: Client,
        filter: Self::Filter,
        cursor: Option<String>,
    ) -> Result<Page<Self>, ClientError>;
    async fn one(client: Client, id: String) -> Result<Self, ClientError>;
}

/// A log as it was left.
#[derive(Clone)]
pub(super) struct Kept<T: Entry> {
    account: Option<String>,
    filter: T::Filter,
    entries: Vec<T>,
    cursor: Option<String>,
    done: bool,
    scrolled: f64,
}

/// One entry on the screen; drawn in place when it changes.
#[derive(Clone)]
pub(super) struct Item<T: Entry> {
    pub(super) id: String,
    pub(super) entry: ArcRwSignal<T>,
    /// Whether it came while one looks.
    pub(super) fresh: bool,
}

impl<T: Entry> Item<T> {
    fn new(entry: T, fresh: bool) -> Self {
        Self { id: entry.id().to_owned(), entry: ArcRwSignal::new(entry), fresh }
    }

    fn place(&self) -> (DateTime<Utc>, String) {
        (self.entry.with_untracked(T::at), self.id.clone())
    }
}

fn place<T: Entry>(entry: &T) -> (DateTime<Utc>, String) {
    (entry.at(), entry.id().to_owned())
}

/// Puts an entry in its place by time, unless it is there: a switch may report late, so pages can
/// overlap in time.
fn put<T: Entry>(items: &mut Vec<Item<T>>, item: Item<T>) {
    if items.iter().all(|known| known.id != item.id) {
        let at = items.partition_point(|other| other.place() > item.place());
        items.insert(at, item);
    }
}

/// The log.
pub(super) struct Feed<T: Entry> {
    client: Client,
    live: Live,
    filter: StoredValue<T::Filter>,
    pub(super) items: RwSignal<Vec<Item<T>>>,
    /// What came while one reads further down.
    pub(super) unseen: RwSignal<Vec<T>>,
    /// Reads page by page.
    pub(super) reading: Task,
    /// Looks up what changed.
    looking: Task,
    /// Whether everything was read.
    pub(super) done: RwSignal<bool>,
    cursor: StoredValue<Option<String>>,
    /// When a finger or mouse last moved over the log, and whether it is down.
    touched: StoredValue<(f64, bool)>,
    scrolled: StoredValue<f64>,
    /// Changes that wait to be looked up, and whether more changed than they name.
    changed: StoredValue<(BTreeSet<String>, bool)>,
    due: StoredValue<bool>,
    later: Later,
}

impl<T: Entry> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Entry> Copy for Feed<T> {}

impl<T: Entry> Feed<T> {
    /// Begins to read, or goes on where the log was left.
    pub(super) fn start(filter: T::Filter) -> Self {
        let feed = Self {
            client: use_client(),
            live: use_live(),
            filter: StoredValue::new(filter.clone()),
            items: RwSignal::default(),
            unseen: RwSignal::default(),
            reading: Task::default(),
            looking: Task::default(),
            done: RwSignal::new(false),
            cursor: StoredValue::new(None),
            touched: StoredValue::new((0.0, false)),
            scrolled: StoredValue::new(0.0),
            changed: StoredValue::default(),
            due: StoredValue::new(false),
            later: Later::default(),
        };
        let session = use_session();
        let account = session
            .with_untracked(|state| state.signed_in().map(|session| session.account_id.clone()));
        let kept = T::kept()
            .with_borrow_mut(Option::take)
            .filter(|kept| kept.account == account && kept.filter == filter);
        match kept {
            Some(kept) => feed.go_on(kept),
            None => feed.read(),
        }
        feed.watch(account);
        changes::listen(Callback::new(move |news| feed.hear(news)));
        feed
    }

    fn go_on(self, kept: Kept<T>) {
        self.items.set(kept.entries.into_iter().map(|entry| Item::new(entry, false)).collect());
        self.cursor.set_value(kept.cursor);
        self.done.set(kept.done);
        self.scrolled.set_value(kept.scrolled);
        let scrolled = kept.scrolled;
        request_animation_frame(move || {
            request_animation_frame(move || window().scroll_to_with_x_and_y(0.0, scrolled))
        });
        self.hear(News::Missed);
    }

    /// Follows the scrolling, and keeps the log for whoever comes back from one of its entries.
    fn watch(self, account: Option<String>) {
        let scrolling = window_event_listener(leptos::ev::scroll, move |_| {
            let Ok(scrolled) = window().scroll_y() else { return };
            self.scrolled.try_set_value(scrolled);
            let screen =
                window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
            let whole = document().document_element().map_or(0, |root| root.scroll_height());
            if scrolled + screen + AHEAD_PX >= f64::from(whole) {
                self.more();
            }
            if scrolled < AT_THE_TOP_PX {
                self.settle();
            }
        });
        let route = use_router().route();
        on_cleanup(move || {
            scrolling.remove();
            let kept = matches!(route.get_untracked(), Route::Notice(_))
                .then(|| self.keep(account))
                .flatten();
            T::kept().set(kept);
        });
    }

    fn keep(self, account: Option<String>) -> Option<Kept<T>> {
        let entries = self.items.try_with_untracked(|items| {
            items.iter().map(|item| item.entry.get_untracked()).collect()
        })?;
        Some(Kept {
            account,
            filter: self.filter.try_get_value()?,
            entries,
            cursor: self.cursor.try_get_value()?,
            done: self.done.try_get_untracked()?,
            scrolled: self.scrolled.try_get_value()?,
        })
    }

    /// Reads on, unless that is under way or there is no more.
    pub(super) fn more(self) {
        if self.reading.is_well() && self.done.try_get_untracked() == Some(false) {
            self.read();
        }
    }

    /// Reads the next page; after a failure the same one again.
    pub(super) fn read(self) {
        let (Some(filter), Some(cursor)) =
            (self.filter.try_get_value(), self.cursor.try_get_value())
        else {
            return;
        };
        self.reading.run(T::page(self.client, filter, cursor), move |page| {
            let page = page?;
            self.items.update(|items| {
                page.items.into_iter().for_each(|entry| put(items, Item::new(entry, false)))
            });
            self.done.set(page.next_cursor.is_none());
            self.cursor.set_value(page.next_cursor);
            Ok(())
        });
    }

    /// Something changed: looked up after a moment, with whatever else changes until then.
    fn hear(self, news: News) {
        let heard = match news {
            News::Missed => About::Latest,
            News::Change(change) => T::about(change),
        };
        let noted = self.changed.try_update_value(|(ids, latest)| match heard {
            About::One(id) => ids.insert(id),
            About::Latest => {
                *latest = true;
                true
            }
            About::Nothing => false,
        });
        if noted == Some(true) {
            self.catch_up_later();
        }
    }

    fn catch_up_later(self) {
        if self.due.try_get_value() == Some(false) {
            self.due.set_value(true);
            set_timeout(move || self.catch_up(), PAUSE);
        }
    }

    fn catch_up(self) {
        if self.due.try_set_value(false).is_some() {
            return;
        }
        if !self.looking.is_idle() {
            return self.catch_up_later();
        }
        let Some((ids, latest)) = self.changed.try_update_value(std::mem::take) else { return };
        let Some(filter) = self.filter.try_get_value() else { return };
        let request = async move {
            if latest || ids.len() > ONE_BY_ONE {
                return T::page(self.client, filter, None).await.map(|page| page.items);
            }
            let ones = ids.into_iter().map(|id| T::one(self.client, id));
            Ok(futures_util::future::join_all(ones).await.into_iter().flatten().collect())
        };
        self.looking.run(request, move |found| {
            // What cannot be read now is read with the next change.
            self.take(found.unwrap_or_default());
            Ok(())
        });
    }

    /// Puts what was found in its place: what is known already, and what is new.
    fn take(self, found: Vec<T>) {
        let Some(filter) = self.filter.try_get_value() else { return };
        let mut new = Vec::new();
        let done = self.done.try_get_untracked() == Some(true);
        self.items.try_with_untracked(|items| {
            let end = items.last().map(Item::place).filter(|_| !done);
            for entry in found {
                match items.iter().find(|item| item.id == entry.id()) {
                    Some(item) if item.entry.with_untracked(|known| *known != entry) => {
                        item.entry.set(entry)
                    }
                    Some(_) => {}
                    // What belongs further down comes with its page.
                    None if end.as_ref().is_some_and(|end| place(&entry) < *end) => {}
                    None if entry.fits(&filter) => new.push(entry),
                    None => {}
                }
            }
        });
        let waits = |unseen: &Vec<T>, entry: &T| {
            unseen.iter().position(|waiting| waiting.id() == entry.id())
        };
        let first_seen = |entry: &&T| {
            self.unseen.try_with_untracked(|unseen| waits(unseen, entry).is_none()) == Some(true)
        };
        let news: Vec<T> = new.iter().filter(first_seen).cloned().collect();
        if new.is_empty() {
            return;
        }
        self.unseen.try_update(|unseen| {
            for entry in new {
                match waits(unseen, &entry) {
                    Some(at) => unseen[at] = entry,
                    None => unseen.push(entry),
                }
            }
        });
        self.settle();
        if !news.is_empty() {
            T::came(self.live, &news);
        }
    }

    /// Puts in what waits, at once or when nobody has touched the log for a while.
    fn settle(self) {
        if self.unseen.try_with_untracked(Vec::is_empty) != Some(false) {
            return;
        }
        if self.is_steady() {
            self.show_unseen();
        } else if window().scroll_y().unwrap_or_default() < AT_THE_TOP_PX {
            self.later.run(Duration::from_millis(STEADY_MS as u64), move || self.settle());
        }
    }

    /// Puts in what waits.
    pub(super) fn show_unseen(self) {
        let Some(new) = self.unseen.try_update(std::mem::take) else { return };
        self.items.try_update(|items| {
            new.into_iter().for_each(|entry| put(items, Item::new(entry, true)))
        });
    }

    /// A finger or mouse was at the log.
    pub(super) fn touch(self, down: bool) {
        self.touched.try_set_value((js_sys::Date::now(), down));
    }

    /// Whether something can be put in at the beginning without moving what one reads or is about
    /// to press.
    fn is_steady(self) -> bool {
        let scrolled = window().scroll_y().unwrap_or_default();
        let (at, down) = self.touched.try_get_value().unwrap_or_default();
        scrolled < AT_THE_TOP_PX && !down && js_sys::Date::now() - at > STEADY_MS
    }
}
