//! LINE: where notices go is found out by sending a word there. The page looks until it has come.

use std::time::Duration;

use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;

use super::page::Page;
use crate::platform::effect::{follow, memo};
use crate::t;
use crate::ui::clipboard::CopyButton;
use crate::ui::icon::Icon;

/// How often the page looks.
const LOOK: Duration = Duration::from_secs(3);

#[component]
pub(super) fn LineSetup(page: Page) -> impl IntoView {
    let setup = memo(move || page.service.with(|service| service.line_setup.clone()));
    let has = move |name: &'static str| {
        page.service
            .with(|service| service.credentials.get(name).is_some_and(|value| !value.is_empty()))
    };
    let found = memo(move || has("to"));
    let can_hear = memo(move || has("channel_secret") && setup.with(Option::is_some));
    look_until(page, found);
    let word = move || {
        setup.with(|setup| setup.as_ref().map(|setup| setup.word.clone())).unwrap_or_default()
    };
    let name = move || setup.with(|setup| setup.as_ref()?.registered_name.clone());
    let url = Signal::derive(move || {
        setup
            .with(|setup| setup.as_ref().map(|setup| setup.webhook_url.clone()))
            .unwrap_or_default()
    });
    let steps = move || {
        view! {
            <ol>
                <li>
                    {t!(service.line_step_url)} <span class="copy-line">
                        <code data-testid="line-url">{url}</code>
                        <CopyButton text=url />
                    </span>
                </li>
                <li>{t!(service.line_step_invite)}</li>
                <li>
                    {t!(service.line_step_word, word = word())} <small>{t!(service.line_code)}</small>
                </li>
            </ol>
        }
    };
    let card = move || match (found.get(), can_hear.get()) {
        (false, false) => view! {
            <p class="hint" data-testid="line-needs-secret">
                <Icon icon=icondata_lu::LuInfo />
                <span>{t!(service.line_needs_secret)}</span>
            </p>
        }
        .into_any(),
        (false, true) => view! {
            <section class="group" data-testid="line-setup">
                <h2>{t!(service.line_title)}</h2>
                <div class="guide-card">
                    {steps()} <p class="listening" data-testid="line-waiting">
                        <span class="pulse" aria-hidden="true" />
                        {t!(service.line_waiting, word = word())}
                    </p>
                </div>
            </section>
        }
        .into_any(),
        (true, true) => view! {
            {name()
                .map(|name| {
                    view! {
                        <p class="hint" data-testid="line-name">
                            <Icon icon=icondata_lu::LuCircleCheck />
                            <span>{t!(service.line_name, name = name)}</span>
                        </p>
                    }
                })}
            <details class="group guide" data-testid="line-setup">
                <summary>
                    <Icon icon=icondata_lu::LuChevronRight />
                    <h2>{t!(service.line_title)}</h2>
                </summary>
                <div class="guide-card">
                    {steps()}<p>{t!(service.line_again,
                    word = word())}</p>
                </div>
            </details>
        }
        .into_any(),
        (true, false) => ().into_any(),
    };
    view! { <div>{card}</div> }
}

/// Asks again and again, while somebody looks at the page, until the destination is there.
fn look_until(page: Page, found: Memo<bool>) {
    let was_there = found.get_untracked();
    let look = move || {
        let is_there = found.try_get_untracked().unwrap_or(true);
        if document().hidden() || is_there && !is_old(page) {
            return;
        }
        page.look_again();
    };
    // Whoever brought the news: this look, or the stream of changes. What was typed here is no
    // news.
    follow(move || {
        if found.get() && !was_there && page.task.is_idle() {
            page.live.toast(t!(service.line_found));
        }
    });
    // Fails only where there is no window, and then nobody looks.
    if let Ok(handle) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || handle.clear());
    }
}

/// Whether the code on the screen is good no more.
fn is_old(page: Page) -> bool {
    let until = page.service.try_with_untracked(|service| {
        service.line_setup.as_ref().and_then(|setup| setup.code_expires_at)
    });
    until.flatten().is_some_and(|until| (until.timestamp_millis() as f64) < js_sys::Date::now())
}
