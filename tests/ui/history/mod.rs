//! The change log.

mod restore;
