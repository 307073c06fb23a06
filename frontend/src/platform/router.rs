//! The address bar: which page it names, and how to get to another one.
//!
//! A router of our own, because ours has a dozen pages, one layout and a guard in front of every
//! way out; the general one brings nested and asynchronous routes along and weighs as much as all
//! of our pages together.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use super::routes::{Route, RowRef};

use crate::platform::effect::memo;

/// The pages of this window: the present one and those behind it.
#[derive(Clone, Copy)]
pub struct Router {
    address: RwSignal<String>,
    route: Memo<Route>,
    trail: StoredValue<Vec<String>>,
}

impl Router {
    /// Begins with the page that the browser was sent to.
    pub fn start() -> Self {
        let first = present_address();
        let address = RwSignal::new(first.clone());
        let route = memo(move || address.with(|address| Route::of(path_of(address))));
        Self { address, route, trail: StoredValue::new(vec![first]) }
    }

    /// The page on the screen.
    pub fn route(self) -> Memo<Route> {
        self.route
    }

    /// Path and query of the page on the screen, untracked.
    pub fn here(self) -> String {
        self.address.get_untracked()
    }

    /// A parameter of the query; tracked.
    pub fn query(self, name: &str) -> Option<String> {
        let query = self
            .address
            .with(|address| address.split_once('?').map(|(_, query)| query.to_owned()))?;
        UrlSearchParams::new_with_str(&query).ok()?.get(name)
    }

    /// The row that the page on the screen belongs to: by its path, or by the query of a log;
    /// tracked.
    pub fn row(self) -> Option<RowRef> {
        match self.route.get() {
            Route::Row(row) | Route::General(row) | Route::Page(row, _) => Some(row),
            Route::Notices => self.query("number").map(RowRef::number),
            Route::History => self
                .query("number")
                .map(RowRef::number)
                .or_else(|| self.query("id").map(RowRef::phone_id)),
            _ => None,
        }
    }

    /// Goes to a page of this app.
    pub fn push(self, address: &str) {
        if address == self.here() {
            return;
        }
        // Refused only for another origin, and every address here begins with a slash.
        _ = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(address)));
        self.arrive(address.to_owned());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Goes to a page in the place of the present one.
    pub fn replace(self, address: &str) {
        _ = window()
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
        self.trail.update_value(|trail| _ = trail.pop());
        self.arrive(address.to_owned());
    }

    /// Goes up to the page that the present one belongs to. Where the person came from there, that
    /// is a step back in the browser's own history; a push would pile it up. Says whether it was a
    /// step back.
    pub fn up(self, address: &str) -> bool {
        let before =
            self.trail.with_value(|trail| trail.len() > 1 && trail[trail.len() - 2] == address);
        if before {
            back();
        } else {
            self.push(address);
        }
        before
    }

    /// The browser went to another of our pages by itself.
    pub fn follow_browser(self) {
        self.arrive(present_address());
    }

    fn arrive(self, address: String) {
        self.trail.update_value(|trail| step(trail, address.clone()));
        self.address.set(address);
    }
}

/// The router of this window.
pub fn use_router() -> Router {
    expect_context()
}

/// One step back in the browser's history.
pub fn back() {
    // There is always a history; without one there is nowhere to go back to.
    _ = window().history().and_then(|history| history.back());
}

fn present_address() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

fn path_of(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}

/// An address that is the one before last means that the person went back.
fn step(trail: &mut Vec<String>, address: String) {
    if trail.last() == Some(&address) {
        return;
    }
    if trail.len() > 1 && trail[trail.len() - 2] == address {
        trail.pop();
    } else {
        trail.push(address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_shortens_the_trail() {
        let mut trail = Vec::new();
        for address in ["/", "/numbers/1", "/numbers/1", "/numbers/1/general", "/numbers/1"] {
            step(&mut trail, address.to_owned());
        }
        assert_eq!(trail, ["/", "/numbers/1"]);
    }

    #[test]
    fn the_query_is_not_part_of_the_path() {
        assert_eq!(path_of("/history?number=1"), "/history");
        assert_eq!(path_of("/"), "/");
    }
}
