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
    layers: StoredValue<Layers>,
}

/// What lies over the page and is closed by a step back: sheets.
#[derive(Default)]
struct Layers {
    /// Asks a layer to close; it answers whether it has.
    open: Vec<(u32, Callback<(), bool>)>,
    last_id: u32,
    /// Steps back of our own that the browser has not made yet: layers closed by themselves.
    closing: u32,
    /// Where to go when it has.
    then: Option<Step>,
}

/// A step to another page.
enum Step {
    Push(String),
    Replace(String),
    Up(String),
}

impl Router {
    /// Begins with the page that the browser was sent to.
    pub fn start() -> Self {
        mend_address();
        let first = present_address();
        let address = RwSignal::new(first.clone());
        let route = memo(move || address.with(|address| Route::of(path_of(address))));
        let layers = StoredValue::default();
        Self { address, route, trail: StoredValue::new(vec![first]), layers }
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
        if self.waits(|| Step::Push(address.to_owned())) || address == self.here() {
            return;
        }
        if self.layers.with_value(|layers| layers.open.is_empty()) {
            push_state(address);
        } else {
            // The entry of the sheet becomes that of the page which it leads to.
            self.layers.update_value(|layers| layers.open.clear());
            replace_state(address);
        }
        self.arrive(address.to_owned());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Goes to a page in the place of the present one.
    pub fn replace(self, address: &str) {
        if self.waits(|| Step::Replace(address.to_owned())) {
            return;
        }
        replace_state(address);
        self.trail.update_value(|trail| _ = trail.pop());
        self.arrive(address.to_owned());
    }

    /// Goes up to the page that the present one belongs to. Where the person came from there, that
    /// is a step back in the browser's own history; a push would pile it up. Says whether it was a
    /// step back.
    pub fn up(self, address: &str) -> bool {
        if self.waits(|| Step::Up(address.to_owned())) {
            return false;
        }
        let before =
            self.trail.with_value(|trail| trail.len() > 1 && trail[trail.len() - 2] == address);
        if before {
            back();
        } else {
            self.push(address);
        }
        before
    }

    /// Something lies over the page from now on: a step back asks it to close.
    pub fn open_layer(self, close: Callback<(), bool>) -> u32 {
        push_state(&self.here());
        self.layers
            .try_update_value(|layers| {
                layers.last_id += 1;
                layers.open.push((layers.last_id, close));
                layers.last_id
            })
            .unwrap_or_default()
    }

    /// A layer has closed by itself, or with its page; its entry goes, too.
    pub fn close_layer(self, id: u32) {
        let was_there = self.layers.try_update_value(|layers| {
            let place = layers.open.iter().position(|(known, _)| *known == id);
            place.map(|place| layers.open.remove(place)).map(|_| layers.closing += 1)
        });
        if was_there.flatten().is_some() {
            back();
        }
    }

    /// Whether a sheet lies over the page.
    pub fn has_layer(self) -> bool {
        self.layers.with_value(|layers| !layers.open.is_empty())
    }

    /// The browser made a step back: whether it was one of a layer.
    pub fn closed_layer(self) -> bool {
        let is_ours = self.layers.try_update_value(|layers| {
            let is_ours = layers.closing > 0;
            layers.closing = layers.closing.saturating_sub(1);
            (is_ours, layers.then.take_if(|_| layers.closing == 0))
        });
        if let Some((true, then)) = is_ours {
            self.keep_address();
            match then {
                Some(Step::Push(address)) => self.push(&address),
                Some(Step::Replace(address)) => self.replace(&address),
                Some(Step::Up(address)) => _ = self.up(&address),
                None => {}
            }
            return true;
        }
        let Some((id, close)) = self.layers.with_value(|layers| layers.open.last().copied()) else {
            return false;
        };
        if close.run(()) {
            self.layers.update_value(|layers| layers.open.retain(|(known, _)| *known != id));
            self.keep_address();
        } else {
            push_state(&self.here());
        }
        true
    }

    /// The entry below a layer takes over the address that was set while the layer lay over it.
    fn keep_address(self) {
        let here = self.here();
        if present_address() != here {
            replace_state(&here);
        }
    }

    /// Whether the browser still has to take a layer's entry away; the step is made then.
    fn waits(self, step: impl FnOnce() -> Step) -> bool {
        let is_closing = self.layers.with_value(|layers| layers.closing > 0);
        if is_closing {
            self.layers.update_value(|layers| layers.then = Some(step()));
        }
        is_closing
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

// Refused only for another origin, and every address here begins with a slash.
fn push_state(address: &str) {
    _ = window()
        .history()
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(address)));
}

fn replace_state(address: &str) {
    _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
}

/// One step back in the browser's history.
pub fn back() {
    // There is always a history; without one there is nowhere to go back to.
    _ = window().history().and_then(|history| history.back());
}

/// Some programs write the `#` of a link in a mail as `%23`; what follows it belongs to no path.
fn mend_address() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    if let Some((page, fragment)) = path.split_once("%23") {
        replace_state(&format!("{page}#{fragment}"));
    }
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
