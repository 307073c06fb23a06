//! What changed in a field, as a line.

use leptos::prelude::*;

use super::icon::Icon;
use crate::t;

/// One changed field: its name, the value before, the value after.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its name.
    pub field: String,
    /// The value until then; `None` where there was none.
    pub before: Option<String>,
    /// The value since; `None` where there is none.
    pub after: Option<String>,
}

/// One changed field in a line.
pub fn change_line(change: Change) -> AnyView {
    let both = change.before.is_some() && change.after.is_some();
    view! {
        <div class="change">
            <dt>{change.field}</dt>
            <dd>
                {change.before.map(|before| view! { <del>{before}</del> })}
                {both
                    .then(|| {
                        view! {
                            <span
                                class="arrow"
                                role="img"
                                aria-label=t!(history.becomes).to_string()
                            >
                                <Icon icon=icondata_lu::LuArrowRight />
                            </span>
                        }
                    })} {change.after.map(|after| view! { <ins>{after}</ins> })}
            </dd>
        </div>
    }
    .into_any()
}
