//! Light, dark, or as the device says.

use leptos::prelude::*;

use super::storage;

const KEY: &str = "theme";

/// The colour scheme of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The remembered choice.
    pub fn remembered() -> Self {
        match storage::choice(KEY).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        }
    }

    /// Applies the choice and remembers it. `boot.js` applies it on the next visit, before anything
    /// is painted.
    pub fn choose(self) {
        storage::remember_choice(KEY, self.name());
        if let Some(root) = document().document_element() {
            _ = root.set_attribute("data-theme", self.name());
        }
    }
}
