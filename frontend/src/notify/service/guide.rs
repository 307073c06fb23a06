//! How to prepare a service: what to click there, step by step, and what it cannot do.

use api_types::{Carried, ServiceType};
use leptos::prelude::*;

use crate::notify::channel_words;
use crate::platform::effect::redraw;
use crate::ui::icon::Icon;
use crate::{t, text};

/// Where the steps are taken, and what the link is called.
fn place(kind: ServiceType) -> (String, String) {
    let place = kind.describe().place;
    let query = String::from(js_sys::encode_uri_component(place.query));
    let label = match channel_words::text(kind, "guide.place") {
        Some(text) => text.to_owned(),
        None => t!(service.open_console, name = place.name),
    };
    (format!("{}{query}", place.url), label)
}

/// The guide of a service: open where it is added, folded where it works already.
#[component]
pub(super) fn Guide(kind: ServiceType, open: bool) -> impl IntoView {
    let link = move || {
        let (href, label) = place(kind);
        view! {
            <a
                class="btn wide"
                href=href
                target="_blank"
                rel="noopener noreferrer"
                data-testid="guide-link"
            >
                {label}
                <Icon icon=icondata_lu::LuExternalLink />
                <span class="sr">{t!(service.opens)}</span>
            </a>
        }
    };
    view! {
        <details class="group guide" open=open data-testid="guide">
            <summary>
                <Icon icon=icondata_lu::LuChevronRight />
                <h2>{text!(service.guide)}</h2>
            </summary>
            <div class="guide-card">
                <p class="carries">
                    <span class="sr">{text!(service.carries)}</span>
                    {redraw(move || chips(kind))}
                </p>
                <ol>
                    {redraw(move || {
                        channel_words::numbered(kind, "guide.step")
                            .map(|step| view! { <li data-testid="step">{step}</li> })
                            .collect_view()
                    })}
                </ol>
                {link}
                <h3>{text!(service.limits)}</h3>
                <ul>
                    {redraw(move || {
                        channel_words::numbered(kind, "guide.limit")
                            .map(|limit| view! { <li>{limit}</li> })
                            .collect_view()
                    })}
                </ul>
            </div>
        </details>
    }
}

/// What arrives there, as small signs.
pub(super) fn chips(kind: ServiceType) -> AnyView {
    let carries = kind.describe().carries;
    let text = if carries.json { "JSON" } else { t!(service.text) };
    let is_file = |carried| matches!(carried, Carried::File(_));
    let (audio, fax) = (is_file(carries.audio), is_file(carries.fax));
    let words = [
        Some(text),
        audio.then(|| t!(service.audio)),
        fax.then(|| t!(service.fax)),
        // A link stands for what it cannot take itself.
        (!audio || !fax).then(|| t!(service.link)),
    ];
    words
        .into_iter()
        .flatten()
        .map(|word| view! { <span class="badge">{word}</span> })
        .collect_view()
        .into_any()
}
