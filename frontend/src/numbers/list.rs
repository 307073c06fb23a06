//! The selection screen: every number and every additional ID, and the contract below them.

use api_types::{Number, PhoneId, TerminalKind};
use leptos::html;
use leptos::prelude::*;

use super::directory::{Rows, id_label, use_directory};
use super::heading;
use super::terminals::{TerminalBadges, kinds};
use crate::platform::effect::{memo, redraw};
use crate::platform::remote::Remote;
use crate::platform::router::use_router;
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
    let account =
        move || session.with(|state| state.signed_in().map(|session| session.account_name.clone()));
    view! {
        <div class="pane">
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
    let current = memo(move || router.row().is_some_and(|here| here == row));
    view! {
        <a
            class="row"
            class:current=current
            href=home
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
    let target = Route::of(href);
    let current = memo(move || {
        router.route().with(|route| route.is_behind(&target)) && router.row().is_none()
    });
    view! {
        <a
            class="row"
            class:current=current
            href=href
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
