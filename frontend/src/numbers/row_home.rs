//! The settings home of a row: what can be set, and the terminals that are signed in.

use api_types::{Capability, NumberKind, Terminal};
use leptos::prelude::*;

use super::directory::{number_label, use_directory};
use super::heading;
use super::pause::Pause;
use super::subject::Subject;
use super::terminals::{icon_of, name_of};
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::remote::Remote;
use crate::platform::routes::{self, RowPage, RowRef};
use crate::text;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;

/// The page.
#[component]
pub fn RowHome(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    let directory = use_directory();
    let title = text!(row.title);
    let row = StoredValue::new(row);
    view! {
        <TitleBar title back=routes::HOME />
        {redraw(move || {
            directory
                .rows()
                .with(|rows| match rows {
                    Remote::Loading => view! { <SkeletonRows count=2 /> }.into_any(),
                    Remote::Failed(error) => {
                        view! {
                            <ErrorState
                                error=error.clone()
                                retry=Callback::new(move |()| directory.load())
                            />
                        }
                            .into_any()
                    }
                    Remote::Ready(rows) => {
                        match row.with_value(|row| Subject::of(rows, row)) {
                            Some(subject) => view! { <Body subject /> }.into_any(),
                            None => {
                                view! {
                                    <section class="state" role="alert" data-testid="not-found">
                                        <Icon icon=icondata_lu::LuSearchX />
                                        <h2>{text!(states.not_found_title)}</h2>
                                        <p>{text!(states.not_found_body)}</p>
                                        <a class="btn main" href=routes::HOME>
                                            {text!(states.to_list)}
                                        </a>
                                    </section>
                                }
                                    .into_any()
                            }
                        }
                    }
                })
        })}
    }
}

#[component]
fn Body(subject: Subject) -> impl IntoView {
    let heading = heading::on_page(&subject);
    let manage = subject.row.page(RowPage::SignIns);
    let (phone_id, number) = (subject.phone_id.clone(), subject.number.clone());
    view! {
        {heading}
        {number.map(|number| view! { <Pause number /> })}
        <Settings subject />
        {phone_id.map(|phone_id| view! { <Terminals terminals=phone_id.terminals manage /> })}
    }
}

/// The pages of the row: those that apply, with what is set now where that is known already.
#[component]
fn Settings(subject: Subject) -> impl IntoView {
    let Subject { row, number, phone_id } = subject;
    let directory = use_directory();
    let is_number = number.is_some();
    let can_number = |capability| number.as_ref().is_some_and(|number| number.can(capability));
    let can_id = |capability| phone_id.as_ref().is_some_and(|phone_id| phone_id.can(capability));
    let (ids, numbers) = directory.rows().with_untracked(|rows| {
        rows.ready().map_or((0, 0), |rows| (rows.ids.len(), rows.numbers.len()))
    });
    let none = Signal::stored(String::new());

    let block_list = can_number(Capability::BlockList).then(|| {
        view! {
            <Entry
                href=row.page(RowPage::BlockList)
                icon=icondata_lu::LuBan
                label=text!(block.title)
                hint=text!(block.row_hint)
                value=none
                test_id="open-block-list"
            />
        }
    });
    let ringing = can_number(Capability::Ringing).then(|| {
        let on = number.as_ref().map_or(0, |number| number.ringing_phone_ids.len());
        let value = text!(row.ringing_count, on = on, all = ids);
        view! {
            <Entry
                href=row.page(RowPage::Ringing)
                icon=icondata_lu::LuBellRing
                label=text!(ringing.title)
                hint=text!(row.ringing)
                value
                test_id="open-ringing"
            />
        }
    });
    let outbound = can_id(Capability::OutboundNumber).then(|| {
        let chosen = phone_id.as_ref().and_then(|phone_id| phone_id.outbound_number_id.clone());
        let value = directory.rows().with_untracked(|rows| {
            let rows = rows.ready()?;
            let number = match chosen {
                Some(id) => rows.number(&id),
                None => rows.numbers.iter().find(|number| number.kind == NumberKind::Primary),
            };
            number.map(number_label)
        });
        let value = Signal::stored(value.unwrap_or_default());
        view! {
            <Entry
                href=row.page(RowPage::OutboundNumber)
                icon=icondata_lu::LuPhoneOutgoing
                label=text!(outbound.title)
                hint=text!(row.outbound)
                value
                test_id="open-outbound"
            />
        }
    });
    // An ID of the app is told where to look instead.
    let app_decides = (outbound.is_none() && numbers > 1 && phone_id.is_some()).then(|| {
        view! { <p data-testid="app-decides">{text!(row.app_decides)}</p> }
    });
    let password = can_id(Capability::PasswordChange).then(|| {
        let hint = if is_number { text!(row.password_basic) } else { text!(row.password_id) };
        view! {
            <Entry
                href=row.page(RowPage::Password)
                icon=icondata_lu::LuKeyRound
                label=text!(password.title)
                hint
                value=none
                test_id="open-password"
            />
        }
    });
    let preview = is_number.then(|| {
        view! {
            <Entry
                href=row.page(RowPage::Preview)
                icon=icondata_lu::LuPhoneIncoming
                label=text!(preview.title)
                hint=text!(row.preview)
                value=none
                test_id="open-preview"
            />
        }
    });
    let copy = (is_number && numbers > 1).then(|| {
        view! {
            <Entry
                href=row.page(RowPage::Copy)
                icon=icondata_lu::LuCopy
                label=text!(copy.title)
                hint=text!(row.copy)
                value=none
                test_id="open-copy"
            />
        }
    });
    let notices = is_number.then(|| {
        view! {
            <Entry
                href=row.notices()
                icon=icondata_lu::LuInbox
                label=text!(notices.title)
                hint=text!(notices.row_hint)
                value=none
                test_id="open-notices"
            />
        }
    });
    let general = if is_number { text!(row.general_number) } else { text!(row.general_id) };
    view! {
        <section class="group">
            <div class="list">
                <Entry
                    href=row.general()
                    icon=icondata_lu::LuSlidersHorizontal
                    label=text!(general.title)
                    hint=general
                    value=none
                    test_id="open-general"
                />
                {block_list}
                {ringing}
                {outbound}
                {password}
                {preview}
                {copy}
                {notices}
                <Entry
                    href=row.history()
                    icon=icondata_lu::LuHistory
                    label=text!(history.title)
                    hint=text!(row.history)
                    value=none
                    test_id="open-history"
                />
            </div>
            {app_decides}
        </section>
    }
}

#[component]
fn Entry(
    href: String,
    icon: icondata_core::Icon,
    label: Signal<String>,
    hint: Signal<String>,
    value: Signal<String>,
    test_id: &'static str,
) -> impl IntoView {
    view! {
        <a class="row" href=href data-testid=test_id>
            <span class="lead">
                <Icon icon />
            </span>
            <span class="label">{label}<small>{hint}</small></span>
            <span class="value num">{value}</span>
            <Chevron />
        </a>
    }
}

#[component]
fn Terminals(terminals: Vec<Terminal>, manage: String) -> impl IntoView {
    let none = terminals.is_empty();
    let rows = terminals.into_iter().map(|terminal| {
        let at = terminal.last_seen_at;
        view! {
            <li class="row">
                <span class="lead">
                    <Icon icon=icon_of(terminal.kind) />
                </span>
                <span class="label">
                    {terminal.name}<small>{redraw(move || name_of(terminal.kind))}</small>
                </span>
                <span class="value small">
                    {text!(
                            row.last_seen,
                    day = format::short_day(locale(), at), time = format::time(at)
                        )}
                </span>
            </li>
        }
    });
    view! {
        <section class="group">
            <h2>{text!(row.terminals)}</h2>
            <ul class="list">
                {rows.collect_view()} <li>
                    <a class="row action" href=manage data-testid="open-terminals">
                        <span class="lead">
                            <Icon icon=icondata_lu::LuQrCode />
                        </span>
                        <span class="label">{text!(row.manage)}</span>
                        <Chevron />
                    </a>
                </li>
            </ul>
            {none.then(|| view! { <p>{text!(row.no_terminals)}</p> })}
        </section>
    }
}
