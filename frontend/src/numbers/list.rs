//! The selection screen: every number and every additional ID, and the contract below them.

use api_types::{Number, PhoneId, TerminalKind};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::directory::{Rows, id_label, use_directory};
use super::heading;
use super::terminals::{TerminalBadges, kinds};
use crate::platform::effect::{follow, memo, redraw};
use crate::platform::remote::Remote;
use crate::platform::router::{Router, use_router};
use crate::platform::routes::{self, Route, RowRef};
use crate::platform::session::use_session;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::states::{EmptyState, ErrorState, SkeletonRows};
use crate::{t, text};

/// The list pane. On a phone it is the first page, on a wide screen it stands left of every other.
#[component]
pub fn ListPane(
    /// The title, focused by the layout when the list is navigated to.
    heading: NodeRef<html::H1>,
) -> impl IntoView {
    let directory = use_directory();
    let session = use_session();
    let router = use_router();
    let account =
        move || session.with(|state| state.signed_in().map(|session| session.account_name.clone()));
    let stop = Stop(RwSignal::default());
    provide_context(stop);
    follow(move || {
        let first = directory.rows().with(|rows| {
            let number = rows.ready().and_then(|rows| rows.numbers.first());
            number.map(|number| RowRef::number(number.id.clone()).home())
        });
        let current = current(router).or(first).unwrap_or_else(|| routes::NOTICES.to_owned());
        stop.0.set(current);
    });
    view! {
        <div class="pane" on:keydown=step on:focusin=move |event| stop.reach(&event)>
            <header class="list-head">
                <p class="tenant">{account}</p>
                <h1 class="big" node_ref=heading tabindex="-1" data-testid="list-title">
                    {text!(list.title)}
                </h1>
            </header>
            {redraw(move || {
                directory
                    .rows()
                    .with(|rows| match rows {
                        Remote::Loading => {
                            view! {
                                <SkeletonRows count=3 />
                                <SkeletonRows count=4 />
                            }
                                .into_any()
                        }
                        Remote::Failed(error) => {
                            view! {
                                <ErrorState
                                    error=error.clone()
                                    retry=Callback::new(move |()| directory.load())
                                />
                            }
                                .into_any()
                        }
                        Remote::Ready(rows) => view! { <RowGroups rows=rows.clone() /> }.into_any(),
                    })
            })}
            <section class="group">
                <h2>{text!(list.contract)}</h2>
                <div class="list">
                    <PlainRow
                        href=routes::NOTICES
                        icon=icondata_lu::LuInbox
                        label=text!(notices.title)
                        test_id="row-notices"
                    />
                    <PlainRow
                        href=routes::NOTIFY_RULES
                        icon=icondata_lu::LuBell
                        label=text!(notify.title)
                        test_id="row-notify-rules"
                    />
                    <PlainRow
                        href=routes::HISTORY
                        icon=icondata_lu::LuHistory
                        label=text!(history.title)
                        test_id="row-history"
                    />
                    <PlainRow
                        href=routes::ACCOUNT
                        icon=icondata_lu::LuUser
                        label=text!(account.title)
                        test_id="row-account"
                    />
                </div>
            </section>
        </div>
    }
}

/// Where Tab enters the list; arrows lead on from there. With two hundred numbers what comes after
/// the list would be out of reach otherwise.
#[derive(Clone, Copy)]
struct Stop(RwSignal<String>);

impl Stop {
    /// Follows the focus.
    fn reach(self, event: &web_sys::FocusEvent) {
        if let Some(href) = link(event.target()).and_then(|link| link.get_attribute("href")) {
            self.0.set(href);
        }
    }

    /// The `tabindex` of a row.
    fn index(self, href: &str) -> &'static str {
        if self.0.with(|stop| stop == href) { "0" } else { "-1" }
    }
}

/// Where the entry of the page on the screen leads.
fn current(router: Router) -> Option<String> {
    let entries = [routes::NOTICES, routes::NOTIFY_RULES, routes::HISTORY, routes::ACCOUNT];
    router.row().map(|row| row.home()).or_else(|| {
        let is_current =
            |href: &&str| router.route().with(|route| route.is_behind(&Route::of(href)));
        entries.into_iter().find(is_current).map(str::to_owned)
    })
}

fn link(target: Option<web_sys::EventTarget>) -> Option<web_sys::HtmlElement> {
    let element = target?.dyn_into::<web_sys::Element>().ok()?;
    element.closest("a.row").ok()??.dyn_into().ok()
}

/// Moves the focus to the row above or below.
fn step(event: web_sys::KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let pane = event.current_target().and_then(|pane| pane.dyn_into::<web_sys::Element>().ok());
    let rows = pane.and_then(|pane| pane.query_selector_all("a.row").ok());
    let (Some(here), Some(rows)) = (link(event.target()), rows) else { return };
    let at = (0..rows.length()).find(|at| rows.get(*at).is_some_and(|row| row == *here.as_ref()));
    let to = at.and_then(|at| if down { at.checked_add(1) } else { at.checked_sub(1) });
    if let Some(row) = link(to.and_then(|to| rows.get(to)).map(Into::into)) {
        event.prevent_default();
        _ = row.focus();
    }
}

#[component]
fn RowGroups(rows: Rows) -> impl IntoView {
    let numbers = rows
        .numbers
        .iter()
        .map(|number| number_row(number, rows.basic_id_of(number)))
        .collect_view();
    let ids = rows.additional_ids().map(id_row).collect::<Vec<_>>();
    let no_ids = ids.is_empty();
    if rows.numbers.is_empty() {
        // Additional IDs can be there before the first number is.
        return view! {
            <EmptyState
                icon=icondata_lu::LuPhoneOff
                title=text!(list.empty_title)
                body=text!(list.empty_body)
            />
            {(!no_ids)
                .then(|| {
                    view! {
                        <section class="group">
                            <h2>{text!(list.ids)}</h2>
                            <div class="list">{ids.collect_view()}</div>
                        </section>
                    }
                })}
        }
        .into_any();
    }
    view! {
        <section class="group first">
            <h2>{text!(list.numbers)}</h2>
            <div class="list">{numbers}</div>
        </section>
        <section class="group">
            <h2>{text!(list.ids)}</h2>
            {if no_ids {
                view! { <p class="note">{text!(list.no_ids)}</p> }.into_any()
            } else {
                view! { <div class="list">{ids.collect_view()}</div> }.into_any()
            }}
        </section>
    }
    .into_any()
}

fn number_row(number: &Number, basic_id: Option<&PhoneId>) -> AnyView {
    let row = RowRef::number(number.id.clone());
    let heading = heading::in_list(number, basic_id);
    let badges = basic_id.map(kinds).unwrap_or_default();
    view! {
        <Row row test_id=format!("row-number-{}", number.e164) badges>
            {heading}
        </Row>
    }
    .into_any()
}

fn id_row(phone_id: &PhoneId) -> AnyView {
    let row = RowRef::phone_id(phone_id.id.clone());
    let extension = phone_id.extension.clone();
    let signed_in = !phone_id.terminals.is_empty();
    let title = id_label(phone_id);
    view! {
        <Row row test_id=format!("row-id-{}", phone_id.login_id) badges=kinds(phone_id)>
            <b>{title}</b>
            <small>
                {text!(list.extension, extension = extension.clone())}
                {redraw(move || (!signed_in).then(|| format!(" ・ {}", t!(list.no_terminal))))}
            </small>
        </Row>
    }
    .into_any()
}

#[component]
fn Row(
    row: RowRef,
    test_id: String,
    badges: Vec<TerminalKind>,
    children: Children,
) -> impl IntoView {
    let router = use_router();
    let home = row.home();
    let stop = expect_context::<Stop>();
    let entry = home.clone();
    let current = memo(move || router.row().is_some_and(|here| here == row));
    view! {
        <a
            class="row"
            class:current=current
            href=home
            tabindex=move || stop.index(&entry)
            aria-current=move || current.get().then_some("page")
            data-testid=test_id
        >
            <span class="label">
                {children()}
                {(!badges.is_empty())
                    .then(|| {
                        view! {
                            <span class="badges">
                                <TerminalBadges kinds=badges />
                            </span>
                        }
                    })}
            </span>
            <Chevron />
        </a>
    }
}

#[component]
fn PlainRow(
    href: &'static str,
    icon: icondata_core::Icon,
    label: Signal<String>,
    test_id: &'static str,
) -> impl IntoView {
    let router = use_router();
    let stop = expect_context::<Stop>();
    let target = Route::of(href);
    let current = memo(move || {
        router.route().with(|route| route.is_behind(&target)) && router.row().is_none()
    });
    view! {
        <a
            class="row"
            class:current=current
            href=href
            tabindex=move || stop.index(href)
            aria-current=move || current.get().then_some("page")
            data-testid=test_id
        >
            <span class="lead">
                <Icon icon />
            </span>
            <span class="label">{label}</span>
            <Chevron />
        </a>
    }
}
