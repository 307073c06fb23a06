//! The services of a rule, and what keeps it from telling anything.

use api_types::{NotifyEvent, ServiceSummary};
use leptos::prelude::*;

use super::Page;
use super::fields::{EMAILS, event, picks};
use crate::platform::effect::memo;
use crate::platform::routes::NotifyPage;
use crate::ui::icon::{Chevron, Icon};
use crate::{t, text};

#[component]
pub(super) fn Destinations(page: Page) -> impl IntoView {
    let rule_id = page.id();
    let add = NotifyPage::AddService(rule_id.clone()).path();
    let services = page.rule.with_untracked(|rule| rule.services.clone());
    let none = services.is_empty();
    let rows = services.into_iter().map(|service| row(&rule_id, service)).collect_view();
    view! {
        <section class="group">
            <h2>{text!(notify.services)}</h2>
            <div class="list">
                {rows} <a class="row action" href=add data-testid="add-service">
                    <span class="lead">
                        <Icon icon=icondata_lu::LuPlus />
                    </span>
                    <span class="label">{text!(notify.add_service)}</span>
                </a>
            </div>
            {none.then(|| view! { <p>{text!(notify.services_note)}</p> })}
        </section>
    }
}

fn row(rule_id: &str, service: ServiceSummary) -> AnyView {
    let ServiceSummary { id, kind, label, destination, enabled, problem } = service;
    let name = kind.name();
    let title = if label.is_empty() { name.to_owned() } else { label };
    // Its kind goes without saying where it is called by it.
    let kind_line = (title != name).then(|| name.to_owned());
    let place = [kind_line, destination].into_iter().flatten().collect::<Vec<_>>().join(" ・ ");
    let bad = problem.is_some();
    let state = move || match (bad, enabled) {
        (true, _) => t!(notify.service_trouble),
        (false, true) => t!(notify.service_on),
        (false, false) => t!(notify.service_off),
    };
    view! {
        <a
            class="row"
            href=NotifyPage::Service(rule_id.to_owned(), id).path()
            data-testid="service"
        >
            <span class="lead">
                <Icon icon=kind.icon() />
            </span>
            <span class="label">
                {title} {(!place.is_empty()).then(|| view! { <small>{place}</small> })}
                {problem.map(|problem| view! { <small class="ailing">{problem.message}</small> })}
            </span>
            <span class="badge" class:on=enabled && !bad class:bad=bad>
                {state}
            </span>
            <Chevron />
        </a>
    }
    .into_any()
}

/// What is missing for the rule to tell anything.
#[component]
pub(super) fn Hints(page: Page) -> impl IntoView {
    let editor = page.editor;
    let has_services = page.rule.with_untracked(|rule| !rule.services.is_empty());
    let mine = StoredValue::new(page.id());
    let missing = memo(move || {
        editor.read(|it| {
            let used =
                mine.with_value(|mine| picks(it).any(|(_, rule)| rule.as_ref() == Some(mine)));
            let told = NotifyEvent::ALL.into_iter().any(|kind| it.get(event(kind)));
            [!told, !has_services && it.get(EMAILS).is_empty(), !used && picks(it).next().is_some()]
        })
    });
    let words = move || {
        let all = [t!(notify.no_event), t!(notify.no_destination), t!(notify.no_number)];
        let hint = |(words, missing): (&'static str, bool)| {
            missing.then(|| {
                view! {
                    <p class="hint" data-testid="missing">
                        <Icon icon=icondata_lu::LuInfo />
                        <span>{words}</span>
                    </p>
                }
            })
        };
        all.into_iter().zip(missing.get()).filter_map(hint).collect_view()
    };
    view! {
        <div class="hints" role="status">
            {words}
        </div>
    }
}
