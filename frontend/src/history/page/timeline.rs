//! Several logs, each newest first and page by page, as one.

use std::collections::VecDeque;

use api_types::{AuditEntry, Page};

/// Which changes a log holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Source {
    /// Of one object only.
    pub(super) object_id: Option<String>,
    /// Of one kind only.
    pub(super) kind: Option<&'static str>,
}

/// One log that is still being read.
struct Stream {
    source: Source,
    buffer: VecDeque<AuditEntry>,
    cursor: Option<String>,
    done: bool,
}

/// The merge of all logs.
pub(super) struct Timeline {
    streams: Vec<Stream>,
}

impl Timeline {
    /// Several logs.
    pub(super) fn new(sources: Vec<Source>) -> Self {
        let stream = |source| Stream { source, buffer: VecDeque::new(), cursor: None, done: false };
        Self { streams: sources.into_iter().map(stream).collect() }
    }

    /// The requests that must be made before more can be shown: stream, source, cursor.
    pub(super) fn wanted(&self) -> Vec<(usize, Source, Option<String>)> {
        let hungry = self
            .streams
            .iter()
            .enumerate()
            .filter(|(_, stream)| !stream.done && stream.buffer.is_empty());
        hungry
            .map(|(index, stream)| (index, stream.source.clone(), stream.cursor.clone()))
            .collect()
    }

    /// Takes a page of one stream.
    pub(super) fn feed(&mut self, index: usize, page: Page<AuditEntry>) {
        if let Some(stream) = self.streams.get_mut(index) {
            stream.buffer.extend(page.items);
            stream.done = page.next_cursor.is_none();
            stream.cursor = page.next_cursor;
        }
    }

    /// Everything that can be shown in order with what has been read.
    pub(super) fn drain(&mut self) -> Vec<AuditEntry> {
        let mut shown = Vec::new();
        // While a stream may still bring entries in between, the others must wait for it.
        while self.streams.iter().all(|stream| stream.done || !stream.buffer.is_empty()) {
            let newest = self.streams.iter_mut().filter(|stream| !stream.buffer.is_empty());
            let Some(stream) = newest
                .max_by_key(|stream| stream.buffer.front().map(|entry| (entry.at, entry.revision)))
            else {
                break;
            };
            shown.extend(stream.buffer.pop_front());
        }
        shown
    }

    /// Whether there is nothing left to read.
    pub(super) fn is_done(&self) -> bool {
        self.streams.iter().all(|stream| stream.done && stream.buffer.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use api_types::{ActorKind, AuditAction, AuditObject};

    use super::*;

    fn entry(revision: u64) -> AuditEntry {
        AuditEntry {
            id: revision.to_string(),
            at: chrono::DateTime::from_timestamp(revision as i64, 0).expect("a time"),
            actor_kind: ActorKind::Holder,
            actor: String::new(),
            object_kind: AuditObject::Number,
            object_id: String::new(),
            action: AuditAction::Update,
            before: Default::default(),
            after: Default::default(),
            names: Default::default(),
            revision,
            restorable: false,
        }
    }

    fn page(revisions: &[u64], more: bool) -> Page<AuditEntry> {
        Page {
            items: revisions.iter().copied().map(entry).collect(),
            next_cursor: more.then(|| "more".to_owned()),
        }
    }

    fn revisions(entries: Vec<AuditEntry>) -> Vec<u64> {
        entries.into_iter().map(|entry| entry.revision).collect()
    }

    fn of(id: &str) -> Source {
        Source { object_id: Some(id.to_owned()), kind: None }
    }

    #[test]
    fn two_logs_are_shown_in_order_and_never_ahead_of_what_is_missing() {
        let mut timeline = Timeline::new(vec![of("a"), of("b")]);
        assert_eq!(timeline.wanted().len(), 2);
        timeline.feed(0, page(&[9, 5], true));
        timeline.feed(1, page(&[8, 2], false));
        assert_eq!(
            revisions(timeline.drain()),
            [9, 8, 5],
            "2 waits: the first log may still hold 4 and 3"
        );
        assert_eq!(timeline.wanted(), [(0, of("a"), Some("more".to_owned()))]);
        timeline.feed(0, page(&[4, 1], false));
        assert_eq!(revisions(timeline.drain()), [4, 2, 1]);
        assert!(timeline.is_done());
    }

    #[test]
    fn an_empty_log_is_done_at_once() {
        let mut timeline = Timeline::new(vec![Source::default()]);
        timeline.feed(0, page(&[], false));
        assert!(timeline.drain().is_empty());
        assert!(timeline.is_done());
    }
}
