//! What a settings page is about: its row, once the list of numbers and IDs has come.

use api_types::{Number, PhoneId};
use leptos::prelude::*;

use super::directory::{Rows, id_label, number_label, use_directory};
use crate::page::load::skeleton;
use crate::platform::effect::memo;
use crate::platform::remote::Remote;
use crate::platform::routes::{self, RowKind, RowRef};
use crate::text;
use crate::ui::Text;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::states::{EmptyState, ErrorState};
use crate::ui::title_bar::TitleBar;

/// A row with what the list says of it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The row.
    pub row: RowRef,
    /// The number, when it is a number's row.
    pub number: Option<Number>,
    /// The ID: of an ID's row, or the basic ID of the primary number.
    pub phone_id: Option<PhoneId>,
}

impl Subject {
    /// Finds a row in the list.
    pub fn of(rows: &Rows, row: &RowRef) -> Option<Self> {
        let row = row.clone();
        match row.kind {
            RowKind::Number => {
                let number = rows.number(&row.id)?.clone();
                Some(Self {
                    phone_id: rows.basic_id_of(&number).cloned(),
                    number: Some(number),
                    row,
                })
            }
            RowKind::PhoneId => {
                Some(Self { phone_id: Some(rows.phone_id(&row.id)?.clone()), number: None, row })
            }
        }
    }

    /// What the row is called.
    pub fn heading(&self) -> AnyView {
        match (&self.number, &self.phone_id) {
            (Some(number), _) => view! { <p class="big num">{number_label(number)}</p> }.into_any(),
            (None, phone_id) => {
                view! { <p class="big">{phone_id.as_ref().map(id_label)}</p> }.into_any()
            }
        }
    }
}

/// Draws a page once the list of numbers and IDs has come. `rows` says how many grey rows stand in
/// its place, group by group.
pub fn once_listed(
    rows: &'static [usize],
    draw: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let directory = use_directory();
    // A memo, so that a row that changes in the list does not draw the page anew.
    let state = memo(move || {
        directory.rows().with(|rows| match rows {
            Remote::Loading => Remote::Loading,
            Remote::Failed(error) => Remote::Failed(error.clone()),
            Remote::Ready(_) => Remote::Ready(()),
        })
    });
    let content = move || match state.get() {
        Remote::Loading => skeleton(rows),
        Remote::Failed(error) => {
            view! { <ErrorState error retry=Callback::new(move |()| directory.load()) /> }
                .into_any()
        }
        Remote::Ready(()) => draw(),
    };
    content.into_any()
}

/// Title bar and page of a row.
#[component]
pub fn RowFrame(
    /// Title of the page.
    title: Text,
    /// Whose settings.
    row: RowRef,
    /// The page that this one belongs to, where that is not the home of the row.
    #[prop(optional, into)]
    back: Option<String>,
    /// Draws the page.
    page: fn(Subject) -> AnyView,
) -> impl IntoView {
    let rows = use_directory().rows();
    let back = back.unwrap_or_else(|| row.home());
    let row = StoredValue::new(row);
    let subject = move |rows: &Rows| row.with_value(|row| Subject::of(rows, row));
    // Of a list that is being read anew nothing is known to be gone.
    let is_there =
        memo(move || rows.with(|rows| rows.ready().is_none_or(|rows| subject(rows).is_some())));
    let content = once_listed(&[3, 3], move || {
        let draw = move || {
            if is_there.get() {
                rows.with_untracked(|rows| rows.ready().and_then(subject)).map(page).into_any()
            } else {
                gone()
            }
        };
        draw.into_any()
    });
    view! {
        <TitleBar title back />
        {content}
    }
}

/// There is no such row in the list.
fn gone() -> AnyView {
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

/// A page that is not for this row, and why.
#[component]
pub fn NotHere(
    /// Why.
    body: Text,
) -> impl IntoView {
    view! { <EmptyState icon=icondata_lu::LuInfo title=text!(row.not_here) body /> }
}

/// The way to the change log of this screen, at its end.
#[component]
pub fn HistoryLink(
    /// Whose log.
    row: RowRef,
    /// Which part of it, as in the address; empty for all.
    kind: &'static str,
) -> impl IntoView {
    let href =
        if kind.is_empty() { row.history() } else { format!("{}&kind={kind}", row.history()) };
    view! {
        <section class="group">
            <div class="list">
                <a class="row" href=href data-testid="open-history">
                    <span class="lead">
                        <Icon icon=icondata_lu::LuHistory />
                    </span>
                    <span class="label">{text!(history.title)}</span>
                    <Chevron />
                </a>
            </div>
        </section>
    }
}
