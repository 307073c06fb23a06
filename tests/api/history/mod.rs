//! The change log.

mod restore;
mod restored_entries;
