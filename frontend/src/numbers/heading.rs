//! What a row is called, and whether its calls are paused: in the list, and at the top of its own
//! page.

use api_types::{Number, NumberKind, PhoneId};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::directory::{id_label, number_label};
use super::subject::Subject;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::text;

/// A number in the list, with its basic ID if it is the primary one.
pub fn in_list(number: &Number, basic_id: Option<&PhoneId>) -> AnyView {
    let names: Vec<&str> = [Some(&number.name), basic_id.map(|phone_id| &phone_id.terminal_name)]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    let names = names.join(" ・ ");
    let primary = number.kind == NumberKind::Primary;
    view! {
        <b class="num">{number_label(number)}</b>
        {primary.then(|| view! { <span class="kind">{text!(list.primary)}</span> })}
        {(!names.is_empty()).then(|| view! { <small>{names}</small> })}
        {paused(number)
            .map(|end| {
                view! { <small data-testid="paused">{text!(pause.chip, until = format::moment(locale(), end))}</small> }
            })}
    }
    .into_any()
}

/// A row on its own page.
pub fn on_page(subject: &Subject) -> AnyView {
    let (title, name) = match (&subject.number, &subject.phone_id) {
        (Some(number), _) => (number_label(number), number.name.clone()),
        (None, Some(phone_id)) => (id_label(phone_id), phone_id.login_id.clone()),
        (None, None) => Default::default(),
    };
    let extension = subject.phone_id.as_ref().map(|phone_id| phone_id.extension.clone());
    view! {
        <div class="hero">
            <p class="big" class:num=subject.number.is_some() data-testid="row-title">
                {title}
            </p>
            <p class="sub">
                {name}
                {extension
                    .map(|extension| {
                        view! {
                            <span class="num">
                                {text!(list.extension, extension = extension.clone())}
                            </span>
                        }
                    })}
            </p>
        </div>
    }
    .into_any()
}

/// The end of a pause that has not ended yet.
pub(super) fn paused(number: &Number) -> Option<DateTime<Utc>> {
    number.pause_until.filter(|end| *end > format::now())
}
