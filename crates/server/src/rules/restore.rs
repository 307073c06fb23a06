//! Which changes can be taken back, and what that means.

use store::audit;

/// Whether the values from before a change can be put back.
pub fn restorable(row: &audit::Row) -> bool {
    let _ = row;
    false
}
