//! 通知設定: every rule with what it tells, where to, and for which numbers.

mod create;

use api_types::{NotifyRule, ServiceSummary};
use leptos::prelude::*;

use self::create::CreateSheet;
use super::api;
use super::service::words;
use crate::numbers::directory::{Rows, number_label, use_directory};
use crate::page::load::Load;
use crate::platform::api::use_client;
use crate::platform::effect::redraw;
use crate::platform::router::use_router;
use crate::platform::routes::{self, NotifyPage};
use crate::ui::icon::{Chevron, Icon};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// The page. `?new` opens the sheet for a new rule at once, and `&number=` names the number that is
/// to use it.
#[component]
pub fn RulesPage() -> impl IntoView {
    let client = use_client();
    let router = use_router();
    let load = Load::new(move || api::rules::list(client));
    let number = untrack(|| router.query("number"));
    let open = RwSignal::new(untrack(|| router.query("new").is_some()));
    let list = move |rules: Vec<NotifyRule>| match rules.is_empty() {
        true => view! { <Empty open /> }.into_any(),
        false => view! { <List rules open /> }.into_any(),
    };
    view! {
        <TitleBar title=text!(notify.title) back=routes::HOME />
        {load.show(&[3], list)}
        <CreateSheet open number />
    }
}

#[component]
fn Empty(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <section class="state" data-testid="empty-state">
            <Icon icon=icondata_lu::LuBell />
            <h2>{text!(notify.empty_title)}</h2>
            <p>{text!(notify.empty_body)}</p>
            <button
                class="btn main"
                type="button"
                aria-haspopup="dialog"
                data-testid="add-rule"
                on:click=move |_| open.set(true)
            >
                <Icon icon=icondata_lu::LuPlus />
                {text!(notify.first)}
            </button>
        </section>
    }
}

#[component]
fn List(rules: Vec<NotifyRule>, open: RwSignal<bool>) -> impl IntoView {
    let rules = rules.into_iter().map(rule_row).collect_view();
    view! {
        <section class="group">
            <h2>{text!(notify.rules)}</h2>
            <div class="list">
                {rules}
                <button
                    class="row action"
                    type="button"
                    aria-haspopup="dialog"
                    data-testid="add-rule"
                    on:click=move |_| open.set(true)
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuPlus />
                    </span>
                    <span class="label">{text!(notify.add)}</span>
                </button>
            </div>
            <p>{text!(notify.rules_note)}</p>
        </section>
    }
}

/// Which numbers use a rule: the first by name, the others by count.
fn used_by(number_ids: &[String], rows: Option<&Rows>) -> String {
    let label =
        |id: &String| rows.and_then(|rows| rows.number(id)).map_or_else(String::new, number_label);
    match number_ids {
        [] => t!(notify.unused).to_owned(),
        [one] => t!(notify.used_by, number = label(one)),
        [one, others @ ..] => t!(notify.used_by_more, number = label(one), count = others.len()),
    }
}

fn rule_row(rule: NotifyRule) -> AnyView {
    let directory = use_directory();
    let NotifyRule { id, name, emails, events, services, number_ids, .. } = rule;
    let (tells_nothing, nowhere, mails) =
        (events.is_empty(), emails.is_empty() && services.is_empty(), emails.len());
    let troubled = services.iter().any(|service| service.problem.is_some());
    let events = move || {
        events
            .iter()
            .map(|event| view! { <span class="badge on">{words::event(*event)}</span> })
            .collect_view()
    };
    let channel = |service: ServiceSummary| {
        let troubled = service.problem.is_some();
        let label =
            if service.label.is_empty() { service.kind.name().to_owned() } else { service.label };
        view! {
            <span class="channel" class:off=!service.enabled class:bad=troubled>
                <Icon icon=service.kind.icon() />
                <span class="sr">{service.kind.name()}" "</span>
                {label}
            </span>
        }
    };
    let channels = services.into_iter().map(channel).collect_view();
    view! {
        <a class="row rule" href=NotifyPage::Rule(id).path() data-testid="rule">
            <span class="label">
                <b>{name}</b>
                <span class="badges">
                    {events}
                    {redraw(move || {
                        tells_nothing
                            .then(|| {
                                view! {
                                    <span class="badge \
                                    warn">{t!(notify.no_events)}</span>
                                }
                            })
                    })}
                </span>
                <span class="channels">
                    {channels}
                    {(mails > 0)
                        .then(|| {
                            view! {
                                <span class="channel">
                                    <Icon icon=icondata_lu::LuMail />
                                    {text!(notify.mail_count, count = mails)}
                                </span>
                            }
                        })}
                    {redraw(move || {
                        nowhere
                            .then(|| {
                                view! {
                                    <span class="badge \
                                    warn">{t!(notify.nowhere)}</span>
                                }
                            })
                    })}
                </span>
                <small class="num">
                    {redraw(move || {
                        directory.rows().with(|rows| used_by(&number_ids, rows.ready()))
                    })}
                </small>
                {troubled
                    .then(|| {
                        view! {
                            <small class="ailing" data-testid="rule-trouble">
                                <Icon icon=icondata_lu::LuTriangleAlert />
                                {text!(notify.trouble)}
                            </small>
                        }
                    })}
            </span>
            <Chevron />
        </a>
    }
    .into_any()
}
