//! Callers whom a number refuses.

mod deletions;
mod entries;
mod exports;
mod files;
mod guards;
pub mod helpers;
mod imports;
mod lists;
mod strangers;
mod switches;
mod undone_imports;
