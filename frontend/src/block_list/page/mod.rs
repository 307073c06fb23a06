//! 着信拒否: whom a number refuses, and the four switches for calls without a number.

mod add;
mod bar;
mod detail;
mod entries;
mod list;
mod save;
mod switches;
mod typed;

use api_types::{BlockList, Capability};
use leptos::prelude::*;

use self::entries::Entries;
use self::list::List;
use self::switches::{Switches, values};
use super::api;
use crate::numbers::directory::{Directory, use_directory};
use crate::numbers::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::page::editor::Editor;
use crate::page::faults::Checks;
use crate::page::load::Load;
use crate::page::save_bar::{SaveBar, SaveBarModel};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::{memo, redraw};
use crate::platform::routes::{RowPage, RowRef};
use crate::platform::session::draft_key;
use crate::switch::reflected;
use crate::text;
use crate::ui::live::use_live;

/// Everything a save of the switches needs.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    editor: Editor,
    number_id: StoredValue<String>,
    version: StoredValue<u64>,
}

impl Page {
    /// Takes over what the server just sent; the version is the number's, for the pages beside this
    /// one.
    fn heard(self, version: Option<u64>) {
        let Some(version) = version else { return };
        if self.version.try_set_value(version).is_some() {
            return;
        }
        self.number_id.with_value(|id| put_version(self.directory, id, version));
    }
}

fn put_version(directory: Directory, number_id: &str, version: u64) {
    let number = directory
        .rows()
        .with_untracked(|rows| rows.ready().and_then(|rows| rows.number(number_id)).cloned());
    if let Some(mut number) = number.filter(|number| number.version != version) {
        number.version = version;
        directory.put_number(&number);
    }
}

/// The page.
#[component]
pub fn BlockListPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(block.title) row page=body /> }
}

fn body(subject: Subject) -> AnyView {
    let Some(number) = subject.number.as_ref().filter(|number| number.can(Capability::BlockList))
    else {
        return view! { <NotHere body=text!(block.not_here) /> }.into_any();
    };
    let (client, directory) = (use_client(), use_directory());
    let (id, known) = (number.id.clone(), number.version);
    let load = Load::new(move || {
        let id = id.clone();
        async move { read(client, directory, &id, known).await }
    });
    let key = draft_key(&subject.row.page(RowPage::BlockList));
    let heading = subject.heading();
    let row = subject.row;
    let content = load.show(&[4, 5], move |(switches, version)| {
        view! { <Edit row=row.clone() key=key.clone() switches version /> }.into_any()
    });
    view! {
        {heading}
        {content}
    }
    .into_any()
}

async fn read(
    client: Client,
    directory: Directory,
    id: &str,
    known: u64,
) -> Result<(BlockList, u64), ClientError> {
    let fresh = api::get(client, id).await?;
    let version = fresh.version.unwrap_or(known);
    put_version(directory, id, version);
    Ok((fresh.body, version))
}

#[component]
fn Edit(row: RowRef, key: String, switches: BlockList, version: u64) -> impl IntoView {
    let editor = Editor::new(values(&switches), key, &Checks::NONE);
    let page = Page {
        client: use_client(),
        directory: use_directory(),
        editor,
        number_id: StoredValue::new(row.id.clone()),
        version: StoredValue::new(version),
    };
    editor.saves(page);
    let list = List::new(page.client, use_live(), row.id.clone(), switches.entry_count);
    let bar = editor.bar();
    // One bar at a time: what is not saved comes first, then what is selected, then what was saved.
    let editing = memo(move || bar.count.get() > 0 || bar.busy.get());
    let selecting = memo(move || !editing.get() && list.has_bar());
    let can_undo = Signal::derive(move || bar.can_undo.get() && !selecting.get());
    let bar = SaveBarModel { can_undo, ..bar };
    view! {
        <Switches page />
        {redraw(move || {
            (list.saved.get() > 0).then(|| reflected::view(Callback::new(|()| {})))
        })}
        <Entries list row=row.clone() />
        <HistoryLink row kind="block_list" />
        <SaveBar model=bar />
        <bar::SelectionBar list shown=selecting.into() />
    }
}
