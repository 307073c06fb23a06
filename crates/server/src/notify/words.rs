//! What a notice says: to be written.
