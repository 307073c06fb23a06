//! 着信なりわけ: which IDs ring for a number, and what a caller hears when every channel is in use.

mod rows;
mod save;

use api_types::{Capability, Number, Ringing, RingingTarget};
use leptos::prelude::*;

use self::rows::Switches;
use super::api;
use super::directory::{Directory, use_directory};
use super::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::page::editor::Editor;
use crate::page::faults::Checks;
use crate::page::load::Load;
use crate::page::save_bar::SaveBar;
use crate::page::values::{Field, Values};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::routes::{RowPage, RowRef};
use crate::platform::session::draft_key;
use crate::text;

/// Everything a save needs.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    editor: Editor,
    number: RwSignal<Number>,
    /// The IDs; whether they ring stands in the draft.
    targets: RwSignal<Vec<RingingTarget>>,
    /// The ID that rang first until a save switched it off, for the way back.
    cleared: StoredValue<Option<String>>,
}

const RINGS: &str = "rings:";
/// 話中アナウンス.
const BUSY_ANNOUNCEMENT: Field<bool> = Field::new("busy_announcement");

/// Whether an ID rings.
fn rings(phone_id: &str) -> Field<bool> {
    Field::of_each(RINGS, phone_id)
}

fn values(ringing: &Ringing) -> Values {
    let targets = ringing.targets.iter();
    let values = targets
        .fold(Values::default(), |all, target| all.with(rings(&target.phone_id), &target.rings));
    values.with(BUSY_ANNOUNCEMENT, &ringing.busy_announcement)
}

/// The IDs without what the draft knows better.
fn names(ringing: &Ringing) -> Vec<RingingTarget> {
    ringing.targets.iter().map(|target| RingingTarget { rings: false, ..target.clone() }).collect()
}

/// Both halves of the page. They share a version; should one be older, the older one makes the save
/// read both anew.
async fn read(
    client: Client,
    directory: Directory,
    number_id: &str,
) -> Result<(Number, Ringing), ClientError> {
    let (number, ringing) = futures_util::future::join(
        api::numbers::get(client, number_id),
        api::settings::ringing(client, number_id),
    )
    .await;
    let (mut number, ringing) = (number?, ringing?);
    directory.put_number(&number);
    number.version = number.version.min(ringing.version.unwrap_or(number.version));
    Ok((number, ringing.body))
}

/// The page.
#[component]
pub fn RingingPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(ringing.title) row page=body /> }
}

fn body(subject: Subject) -> AnyView {
    let Some(number) = subject.number.as_ref().filter(|number| number.can(Capability::Ringing))
    else {
        return view! { <NotHere body=text!(ringing.not_here) /> }.into_any();
    };
    let (client, directory) = (use_client(), use_directory());
    let id = number.id.clone();
    let load = Load::new(move || {
        let id = id.clone();
        async move { read(client, directory, &id).await }
    });
    let heading = subject.heading();
    let row = subject.row;
    let key = draft_key(&row.page(RowPage::Ringing));
    let content = load.show(&[5, 2], move |(number, ringing)| {
        let editor = Editor::new(values(&ringing), key.clone(), &Checks::NONE);
        let page = Page {
            client,
            directory,
            editor,
            number: RwSignal::new(number),
            targets: RwSignal::new(names(&ringing)),
            cleared: StoredValue::new(None),
        };
        editor.saves(page);
        view! {
            <Switches page row=row.clone() />
            <HistoryLink row=row.clone() kind="ringing" />
            <SaveBar model=editor.bar() />
        }
        .into_any()
    });
    view! {
        {heading}
        {content}
    }
    .into_any()
}
