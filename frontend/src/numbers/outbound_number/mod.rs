//! 発信外線番号: the number that an IP phone or premises device calls out with.

use api_types::{Capability, ErrorCode, NumberKind, PhoneId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api;
use super::directory::{Directory, number_label, use_directory};
use super::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::page::editor::Editor;
use crate::page::form::{Field, Form};
use crate::page::guard::use_guard;
use crate::page::save_bar::SaveBar;
use crate::platform::api::{Client, use_client};
use crate::platform::routes::{RowPage, RowRef};
use crate::ui::choices::ChoiceList;
use crate::ui::live::{Live, use_live};
use crate::ui::picker::PickerChoice;
use crate::{t, text};

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    live: Live,
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
    let editor = Editor::new(
        Form::of_outbound(phone_id.outbound_number_id.clone()),
        subject.draft_key(&subject.row.page(RowPage::OutboundNumber)),
    );
    let page = Page {
        client: use_client(),
        directory,
        live: use_live(),
        editor,
        phone_id: StoredValue::new(phone_id),
    };
    let save = Callback::new(move |()| start(page, false));
    let undo = Callback::new(move |()| {
        if editor.restore() {
            start(page, true);
        }
    });
    use_guard().watch(editor.guarded(save));
    let bar = editor.bar(save, undo);
    view! {
        {heading}
        <Choices page />
        <HistoryLink row=subject.row kind="" />
        <SaveBar model=bar />
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
            <h2>{move || t!(outbound.choose)}</h2>
            <ChoiceList
                state=editor
                    .state(Field::OutboundNumber, move |it| label_of(&it.outbound_number_id))
                label=text!(outbound.title)
                choices
                selected=Signal::derive(move || key_of(
                    &editor.read(|it| it.outbound_number_id.clone()),
                ))
                pick=Callback::new(move |key: String| {
                    editor
                        .edit(
                            Field::OutboundNumber,
                            |it| it.outbound_number_id = (!key.is_empty()).then_some(key),
                        )
                })
            />
            <p>{move || t!(outbound.note)}</p>
        </section>
    }
}

fn start(page: Page, undoing: bool) {
    if !page.editor.begin() {
        return;
    }
    spawn_local(async move {
        let draft = page.editor.snapshot();
        for last in [false, true] {
            let Some(phone_id) = page.phone_id.try_get_value() else { return };
            let wanted = draft.edited().outbound_number_id.clone();
            let outcome = api::settings::put_outbound_number(
                page.client,
                &phone_id.id,
                phone_id.version,
                wanted,
            )
            .await;
            if page.phone_id.is_disposed() {
                return;
            }
            match outcome {
                Ok(fresh) => {
                    let version = fresh.version.unwrap_or(phone_id.version);
                    let phone_id = PhoneId {
                        outbound_number_id: fresh.body.number_id.clone(),
                        version,
                        ..phone_id
                    };
                    page.directory.put_id(&phone_id);
                    page.phone_id.set_value(phone_id);
                    page.editor.accept(
                        draft.edited(),
                        &Form::of_outbound(fresh.body.number_id),
                        &[Field::OutboundNumber],
                    );
                    page.editor.finish(
                        (!undoing).then(|| (draft.loaded().clone(), vec![Field::OutboundNumber])),
                    );
                    if undoing {
                        page.live.toast(t!(save.undone));
                    }
                    return;
                }
                Err(error) if error.code() == Some(ErrorCode::Stale) && !last => {
                    match api::ids::get(page.client, &phone_id.id).await {
                        _ if page.phone_id.is_disposed() => return,
                        Ok(fresh) => {
                            let form = Form::of_outbound(fresh.outbound_number_id.clone());
                            page.directory.put_id(&fresh);
                            page.phone_id.set_value(fresh);
                            if page.editor.rebase(&form) {
                                return;
                            }
                        }
                        Err(error) => return page.editor.fail(&error),
                    }
                }
                Err(error) => return page.editor.fail(&error),
            }
        }
    });
}
