//! The settings home of a row: what can be set, and the terminals that are signed in.

use api_types::{PhoneId, Terminal};
use leptos::prelude::*;

use super::terminals::{icon_of, name_of};
use crate::directory::{Remote, Rows, id_label, number_label, use_directory};
use crate::format;
use crate::i18n::locale;
use crate::routes::{self, RowKind, RowRef};
use crate::ui::icon::{Chevron, Icon};
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// What a row is called and which ID's terminals belong to it.
struct Head {
    title: String,
    is_number: bool,
    name: String,
    phone_id: Option<PhoneId>,
}

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
        <TitleBar title back=routes::HOME/>
        {move || directory.rows().with(|rows| match rows {
            Remote::Loading => view! { <SkeletonRows count=2/> }.into_any(),
            Remote::Failed(error) => view! { <ErrorState error=error.clone() retry=Callback::new(move |()| directory.load())/> }.into_any(),
            Remote::Ready(rows) => match row.with_value(|row| head(rows, row)) {
                Some(head) => view! { <Body row=row.get_value() head/> }.into_any(),
                None => view! {
                    <section class="state" role="alert" data-testid="not-found">
                        <Icon icon=icondata_lu::LuSearchX/>
                        <h2>{move || t!(states.not_found_title)}</h2>
                        <p>{move || t!(states.not_found_body)}</p>
                        <a class="btn main" href=routes::HOME>{move || t!(states.to_list)}</a>
                    </section>
                }.into_any(),
            },
        })}
    }
}

fn head(rows: &Rows, row: &RowRef) -> Option<Head> {
    match row.kind {
        RowKind::Number => {
            let number = rows.number(&row.id)?;
            Some(Head {
                title: number_label(number),
                is_number: true,
                name: number.name.clone(),
                phone_id: rows.basic_id_of(number).cloned(),
            })
        }
        RowKind::PhoneId => {
            let phone_id = rows.phone_id(&row.id)?;
            Some(Head { title: id_label(phone_id), is_number: false, name: phone_id.login_id.clone(), phone_id: Some(phone_id.clone()) })
        }
    }
}

#[component]
fn Body(row: RowRef, head: Head) -> impl IntoView {
    let Head { title, is_number, name, phone_id } = head;
    let extension = phone_id.as_ref().map(|phone_id| phone_id.extension.clone());
    view! {
        <div class="hero">
            <p class="big" class:num=is_number data-testid="row-title">{title}</p>
            <p class="sub">
                {name}
                {extension.map(|extension| view! { <span class="num">{move || t!(list.extension, extension = extension.clone())}</span> })}
            </p>
        </div>
        <section class="group">
            <div class="list">
                <a class="row" href=row.general() data-testid="open-general">
                    <span class="lead"><Icon icon=icondata_lu::LuSlidersHorizontal/></span>
                    <span class="label">
                        {move || t!(general.title)}
                        <small>{move || if is_number { t!(row.general_number) } else { t!(row.general_id) }}</small>
                    </span>
                    <Chevron/>
                </a>
                <a class="row" href=row.history() data-testid="open-history">
                    <span class="lead"><Icon icon=icondata_lu::LuHistory/></span>
                    <span class="label">{move || t!(history.title)}<small>{move || t!(row.history)}</small></span>
                    <Chevron/>
                </a>
            </div>
        </section>
        {phone_id.map(|phone_id| view! { <Terminals terminals=phone_id.terminals/> })}
    }
}

#[component]
fn Terminals(terminals: Vec<Terminal>) -> impl IntoView {
    let none = terminals.is_empty();
    let rows = terminals.into_iter().map(|terminal| {
        let at = terminal.last_seen_at;
        view! {
            <li class="row">
                <span class="lead"><Icon icon=icon_of(terminal.kind)/></span>
                <span class="label">{terminal.name}<small>{move || name_of(terminal.kind)}</small></span>
                <span class="value small">{move || t!(row.last_seen, day = format::short_day(locale(), at), time = format::time(at))}</span>
            </li>
        }
    });
    view! {
        <section class="group">
            <h2>{move || t!(row.terminals)}</h2>
            {if none {
                view! { <p class="note">{move || t!(row.no_terminals)}</p> }.into_any()
            } else {
                view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
            }}
        </section>
    }
}
