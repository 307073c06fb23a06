//! Not built yet.

use leptos::prelude::*;

use crate::routes::RowRef;

/// The page.
#[component]
pub fn CopyPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    let _ = row;
}
