//! What every page is made of: what it reads, its draft, its save bar and the question before it is
//! left.

pub mod draft;
pub mod editor;
pub mod faults;
pub mod guard;
pub mod load;
pub mod rows;
pub mod save;
pub mod save_bar;
pub mod values;
