//! 着信なりわけ: which IDs ring for a number, and what a caller hears when every channel is in use.

mod rows;
mod save;

use api_types::{Capability, Number, Ringing, RingingTarget};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::rows::Switches;
use super::api;
use super::directory::{Directory, use_directory};
use super::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::page::editor::Editor;
use crate::page::form::Form;
use crate::page::guard::use_guard;
use crate::page::save_bar::SaveBar;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::remote::Remote;
use crate::platform::routes::{RowPage, RowRef};
use crate::text;
use crate::ui::live::{Live, use_live};
use crate::ui::states::{ErrorState, SkeletonRows};

/// Everything a save needs.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    live: Live,
    editor: Editor,
    number: RwSignal<Number>,
    /// The IDs; whether they ring stands in the draft.
    targets: RwSignal<Vec<RingingTarget>>,
    /// The ID that rang first until a save switched it off, for the way back.
    cleared: StoredValue<Option<String>>,
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
    let id = StoredValue::new(number.id.clone());
    let loaded = RwSignal::new(Remote::<(Number, Ringing)>::Loading);
    let load = Callback::new(move |()| {
        loaded.set(Remote::Loading);
        spawn_local(async move {
            let Some(id) = id.try_get_value() else { return };
            loaded.try_set(read(client, directory, &id).await.into());
        });
    });
    load.run(());
    let key = subject.draft_key(&subject.row.page(RowPage::Ringing));
    let row = subject.row.clone();
    view! {
        {subject.heading()}
        {move || match loaded.get() {
            Remote::Loading => {
                view! {
                    <SkeletonRows count=5 />
                    <SkeletonRows count=2 />
                }
                    .into_any()
            }
            Remote::Failed(error) => view! { <ErrorState error retry=load /> }.into_any(),
            Remote::Ready((number, ringing)) => {
                view! { <Edit row=row.clone() key=key.clone() number ringing /> }.into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn Edit(row: RowRef, key: String, number: Number, ringing: Ringing) -> impl IntoView {
    let editor = Editor::new(Form::of_ringing(&ringing), key);
    let page = Page {
        client: use_client(),
        directory: use_directory(),
        live: use_live(),
        editor,
        number: RwSignal::new(number),
        targets: RwSignal::new(names(&ringing)),
        cleared: StoredValue::new(None),
    };
    let save = Callback::new(move |()| save::start(page, false));
    let undo = Callback::new(move |()| {
        if editor.restore() {
            save::start(page, true);
        }
    });
    use_guard().watch(editor.guarded(save));
    let bar = editor.bar(save, undo);
    view! {
        <Switches page row=row.clone() />
        <HistoryLink row kind="ringing" />
        <SaveBar model=bar />
    }
}
