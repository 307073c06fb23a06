//! Something that happened, as a row.

use api_types::CallEvent;
use leptos::prelude::*;

use super::feed::Item;
use super::words;
use crate::numbers::directory::use_directory;
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::routes;
use crate::ui::icon::{Chevron, Icon};

/// The row; `one_number`: whether everything on the screen is about the same number.
pub(super) fn event_row(item: Item<CallEvent>, one_number: bool) -> AnyView {
    let rows = use_directory().rows();
    let Item { id, entry, fresh } = item;
    let event = RwSignal::from(entry);
    let (kind, at) = event.with_untracked(|event| (event.kind, event.at));
    let what = move || {
        let number = if one_number {
            None
        } else {
            event.with(|event| rows.with(|rows| words::number(rows.ready(), &event.number_id)))
        };
        event.with(|event| {
            words::parts([Some(words::kind(kind).to_owned()), words::circumstance(event), number])
        })
    };
    let said = memo(move || {
        event.with(|event| event.transcript.clone().filter(|text| !text.trim().is_empty()))
    });
    let counts = memo(move || event.with(|event| event.deliveries));
    let sent = move || {
        words::counts(counts.get())
            .into_iter()
            .map(|(class, icon, words)| {
                view! {
                    <span class=class>
                        <Icon icon />
                        {words}
                    </span>
                }
            })
            .collect_view()
    };
    view! {
        <li class="happened" class:fresh=fresh data-testid="event">
            <a class="row" href=routes::notice(&id)>
                <span class="lead">
                    <Icon icon=words::kind_icon(kind) />
                </span>
                <span class="label">
                    <span class="head">
                        <b class="num">
                            {redraw(move || event.with(|event| event.caller.text.clone()))}
                        </b>
                        <time class="num" datetime=at.to_rfc3339()>
                            {format::time(at)}
                        </time>
                    </span>
                    <small>{what}</small>
                    {redraw(move || {
                        said.get().map(|said| view! { <span class="said">{said}</span> })
                    })}
                    <span class="sent num" data-testid="sent">
                        {sent}
                    </span>
                </span>
                <Chevron />
            </a>
        </li>
    }
    .into_any()
}
