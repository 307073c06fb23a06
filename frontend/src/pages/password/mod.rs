//! Not built yet.

use leptos::prelude::*;

use crate::routes::RowRef;

/// The page.
#[component]
pub fn PasswordPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    let _ = row;
}
