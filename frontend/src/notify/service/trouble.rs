//! What is wrong with a service, since when, and what to do about it.

use leptos::prelude::*;

use super::page::Page;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::t;
use crate::ui::icon::Icon;

#[component]
pub(super) fn Trouble(page: Page) -> impl IntoView {
    let card = move || {
        let (problem, enabled) =
            page.service.with(|service| (service.problem.clone(), service.enabled));
        let problem = problem?;
        let since = problem.since;
        let since = since.map(|at| {
            t!(service.since, day = format::short_day(locale(), at), time = format::time(at))
        });
        Some(view! {
            <section class="trouble-card" data-testid="trouble">
                <h2>
                    <Icon icon=icondata_lu::LuTriangleAlert />
                    {t!(service.trouble)}
                </h2>
                <p class="say-what">{problem.message}</p>
                {(!problem.advice.is_empty()).then(|| view! { <p>{problem.advice}</p> })}
                <p>{if enabled { t!(service.again) } else { t!(service.again_off) }}</p>
                <p class="when num">
                    {since}
                    {(!enabled).then(|| view! { <span>{t!(service.trouble_stopped)}</span> })}
                </p>
            </section>
        })
    };
    // What works now and may not for long. Beside a trouble it would only distract.
    let warning = move || {
        let warning = page
            .service
            .with(|service| service.warning.clone().filter(|_| service.problem.is_none()))?;
        Some(view! {
            <p class="hint" data-testid="warning">
                <Icon icon=icondata_lu::LuInfo />
                <span>{warning.message}" "{warning.advice}</span>
            </p>
        })
    };
    view! { <div role="status">{card}{warning}</div> }
}
