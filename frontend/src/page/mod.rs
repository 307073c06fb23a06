//! What every page needs: its draft, its save bar and the question before it is left.

pub mod draft;
pub mod editor;
pub mod form;
pub mod guard;
pub mod save_bar;
