//! Cursors: opaque to clients, the last sort key inside.

use api_types::{FieldCode, FieldFault, Page, PageQuery};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use store::Place;

use crate::error::Failure;

/// Where a page begins and how long it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Sort key of the last item of the page before.
    pub after: Option<String>,
    /// Items at most.
    pub limit: usize,
}

impl Window {
    /// Reads `limit` and `cursor`.
    ///
    /// # Errors
    /// `out_of_range` at `?limit`, `invalid_format` at `?cursor`.
    pub fn new(query: &PageQuery) -> Result<Self, Failure> {
        let fault = |name: &str, code| Failure::Fields(vec![FieldFault::new(name, code)]);
        let limit = query.checked_limit().ok_or_else(|| fault("?limit", FieldCode::OutOfRange))?;
        let decode = |cursor: &String| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            // Our keys hold no control characters, and the database cannot hold every one.
            String::from_utf8(bytes).ok().filter(|key| !key.contains(char::is_control))
        };
        let after = match &query.cursor {
            None => None,
            Some(cursor) => {
                Some(decode(cursor).ok_or_else(|| fault("?cursor", FieldCode::InvalidFormat))?)
            }
        };
        Ok(Self { after, limit: usize::try_from(limit).unwrap_or(usize::MAX) })
    }

    /// Where a page of a log begins that is ordered by time.
    ///
    /// # Errors
    /// `invalid_format` at `?cursor`.
    pub fn place(&self) -> Result<Option<Place>, Failure> {
        let read = |key: &String| {
            Place::of_text(key).ok_or_else(|| Failure::field("?cursor", FieldCode::InvalidFormat))
        };
        self.after.as_ref().map(read).transpose()
    }

    /// How many rows to ask for: one more than fits tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The cursor of a page that begins behind the item with this sort key.
    pub fn cursor(key: &str) -> String {
        URL_SAFE_NO_PAD.encode(key)
    }

    /// The page from rows that were asked for with [`Window::fetch`].
    pub fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next_cursor = items.last().filter(|_| more).map(|item| Self::cursor(&key(item)));
        Page { items, next_cursor }
    }

    /// The page from a list that is complete; sorts it by `key`. Stable under writes: the page
    /// begins after the key, whether or not its item is still there.
    pub fn slice<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        items.sort_by_key(&key);
        if let Some(after) = &self.after {
            items.retain(|item| key(item) > *after);
        }
        self.page(items, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_even_when_the_last_item_is_gone() {
        let query = |limit, cursor: Option<String>| {
            Window::new(&PageQuery { limit: Some(limit), cursor }).unwrap()
        };
        let first = query(2, None).slice(vec!["c", "a", "b"], |item| (*item).to_owned());
        assert_eq!(first.items, ["a", "b"]);
        let second = query(2, first.next_cursor.clone())
            .slice(vec!["a", "c", "d"], |item| (*item).to_owned());
        assert_eq!((second.items, second.next_cursor), (vec!["c", "d"], None));
        assert!(Window::new(&PageQuery { limit: Some(0), cursor: None }).is_err());
        assert!(Window::new(&PageQuery { limit: Some(201), cursor: None }).is_err());
        for cursor in ["%", "_w", "AA"] {
            assert!(
                Window::new(&PageQuery { limit: None, cursor: Some(cursor.into()) }).is_err(),
                "{cursor}"
            );
        }
    }
}
