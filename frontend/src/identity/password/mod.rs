//! The password of an ID: the basic one, or an additional one that can also be looked up.

mod change;
mod meter;
mod reveal;

use api_types::{Capability, PhoneIdKind};
use leptos::prelude::*;

use self::change::Change;
use self::reveal::{Reveal, Shown};
use crate::numbers::directory::use_directory;
use crate::numbers::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::platform::routes::{self, RowKind, RowRef};
use crate::text;

/// The page.
#[component]
pub fn PasswordPage(
    /// Whose password.
    row: RowRef,
) -> impl IntoView {
    // The basic ID has no row of its own: its page is reached from that of the contract.
    let basic = row.kind == RowKind::PhoneId
        && use_directory().rows().with_untracked(|rows| {
            rows.ready()
                .and_then(|rows| rows.phone_id(&row.id))
                .is_some_and(|phone_id| phone_id.kind == PhoneIdKind::Basic)
        });
    if basic {
        view! { <RowFrame title=text!(password.title) row back=routes::ACCOUNT page=body /> }
            .into_any()
    } else {
        view! { <RowFrame title=text!(password.title) row page=body /> }.into_any()
    }
}

fn body(subject: Subject) -> AnyView {
    let heading = subject.heading();
    let Some(phone_id) =
        subject.phone_id.filter(|phone_id| phone_id.can(Capability::PasswordChange))
    else {
        return view! {
            {heading}
            <NotHere body=text!(password.not_here) />
        }
        .into_any();
    };
    let login_id = phone_id.login_id.clone();
    let shown = Shown::default();
    let reveal = phone_id
        .can(Capability::PasswordReveal)
        .then(|| view! { <Reveal phone_id=phone_id.id.clone() shown /> });
    view! {
        <div class="hero">{heading} <p class="sub">{login_id}</p></div>
        {reveal}
        <Change phone_id shown />
        <HistoryLink row=subject.row kind="" />
    }
    .into_any()
}
