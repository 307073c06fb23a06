//! Passwords of IDs.
