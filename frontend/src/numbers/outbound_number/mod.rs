//! 発信外線番号: the number that an IP phone or premises device calls out with.

use std::sync::Arc;

use api_types::{Capability, NumberKind, PhoneId};
use leptos::prelude::*;

use super::api;
use super::directory::{Directory, number_label, use_directory};
use super::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::page::editor::Editor;
use crate::page::faults::Checks;
use crate::page::save::{Round, Saves};
use crate::page::save_bar::SaveBar;
use crate::page::values::{Field, Held, Values};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::routes::{RowPage, RowRef};
use crate::platform::session::draft_key;
use crate::platform::task::Boxed;
use crate::ui::choices::ChoiceList;
use crate::ui::picker::PickerChoice;
use crate::{t, text};

/// 発信外線番号; `None` = the primary number.
const OUTBOUND_NUMBER: Field<Option<String>> = Field::new("number_id");

fn values(phone_id: &PhoneId) -> Values {
    Values::default().with(OUTBOUND_NUMBER, &phone_id.outbound_number_id)
}

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    editor: Editor,
    phone_id: StoredValue<PhoneId>,
}

/// The page.
#[component]
pub fn OutboundNumberPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(outbound.title) row page=body /> }
}

fn body(subject: Subject) -> AnyView {
    let directory = use_directory();
    let heading = subject.heading();
    let Some(phone_id) =
        subject.phone_id.clone().filter(|phone_id| phone_id.can(Capability::OutboundNumber))
    else {
        let one = directory
            .rows()
            .with_untracked(|rows| rows.ready().is_some_and(|rows| rows.numbers.len() < 2));
        let body = if one { text!(outbound.one_number) } else { text!(outbound.app_decides) };
        return view! {
            {heading}
            <NotHere body />
        }
        .into_any();
    };
    let row = subject.row;
    let key = draft_key(&row.page(RowPage::OutboundNumber));
    let editor = Editor::new(values(&phone_id), key, &Checks::NONE);
    let page =
        Page { client: use_client(), directory, editor, phone_id: StoredValue::new(phone_id) };
    editor.saves(page);
    view! {
        {heading}
        <Choices page />
        <HistoryLink row kind="" />
        <SaveBar model=editor.bar() />
    }
    .into_any()
}

#[component]
fn Choices(page: Page) -> impl IntoView {
    let editor = page.editor;
    let rows = page.directory.rows();
    let primary = move || {
        let find = |rows: &super::directory::Rows| {
            rows.numbers.iter().find(|number| number.kind == NumberKind::Primary).cloned()
        };
        rows.with(|rows| rows.ready().and_then(find))
    };
    // Whoever named the primary number and whoever named none call out alike.
    let key_of = move |id: &Option<String>| {
        id.clone().filter(|id| primary().is_none_or(|number| number.id != *id)).unwrap_or_default()
    };
    let label_of = move |id: &Option<String>| {
        let number = match id {
            None => primary(),
            Some(id) => rows.with(|rows| rows.ready().and_then(|rows| rows.number(id)).cloned()),
        };
        number.map_or_else(|| t!(audit.gone).to_owned(), |number| number_label(&number))
    };
    let choices = Signal::derive(move || {
        let numbers =
            rows.with(|rows| rows.ready().map(|rows| rows.numbers.clone())).unwrap_or_default();
        let choice = |number: api_types::Number| {
            let first = number.kind == NumberKind::Primary;
            let words = [if first { t!(list.primary) } else { "" }, number.name.as_str()];
            let hint =
                words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ・ ");
            PickerChoice {
                label: number_label(&number),
                hint,
                key: if first { String::new() } else { number.id },
            }
        };
        numbers.into_iter().map(choice).collect()
    });
    view! {
        <section class="group">
            <h2>{text!(outbound.choose)}</h2>
            <ChoiceList
                state=editor.state(OUTBOUND_NUMBER.name, Arc::new(move |id| label_of(&Held::of_text(id))))
                label=text!(outbound.title)
                choices
                selected=Signal::derive(move || key_of(&editor.get(OUTBOUND_NUMBER)))
                pick=Callback::new(move |key: String| editor.set(OUTBOUND_NUMBER, &Held::of_text(&key)))
            />
            <p>{text!(outbound.note)}</p>
        </section>
    }
}

impl Saves for Page {
    fn send(&self, round: Round) -> Boxed<Result<(), ClientError>> {
        Box::pin(send(*self, round))
    }

    fn reread(&self) -> Boxed<Result<Values, ClientError>> {
        Box::pin(reread(*self))
    }
}

async fn send(page: Page, round: Round) -> Result<(), ClientError> {
    let Some(phone_id) = page.phone_id.try_get_value() else { return Ok(()) };
    let wanted = round.draft.edited().get(OUTBOUND_NUMBER);
    let fresh =
        api::settings::put_outbound_number(page.client, &phone_id.id, phone_id.version, wanted)
            .await?;
    let version = fresh.version.unwrap_or(phone_id.version);
    let phone_id = PhoneId { outbound_number_id: fresh.body.number_id, version, ..phone_id };
    page.directory.put_id(&phone_id);
    round.accept(&values(&phone_id), &[OUTBOUND_NUMBER.name]);
    page.phone_id.try_set_value(phone_id);
    Ok(())
}

async fn reread(page: Page) -> Result<Values, ClientError> {
    let id = page.phone_id.try_with_value(|phone_id| phone_id.id.clone()).unwrap_or_default();
    let fresh = api::ids::get(page.client, &id).await?;
    let values = values(&fresh);
    page.directory.put_id(&fresh);
    page.phone_id.try_set_value(fresh);
    Ok(values)
}
