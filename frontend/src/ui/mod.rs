//! The parts that every screen is made of. They know nothing of numbers or IDs.

pub mod ask;
pub mod change;
pub mod choices;
pub mod clipboard;
pub mod icon;
pub mod live;
pub mod long_list;
pub mod notes;
pub mod password;
pub mod picker;
pub mod refused;
pub mod segment;
pub mod sheet;
pub mod states;
pub mod switch_row;
pub mod text_row;
pub mod title_bar;

use leptos::prelude::*;

/// A text that follows the language of the screen.
pub type Text = Signal<String>;
