//! Settings taken over from another number: what would change is shown before anything does.

mod preview;

use api_types::{CopiedSettings, CopyPart, CopySettings, Number, NumberKind};
use leptos::prelude::*;

use self::preview::{Applied, Preview};
use super::api;
use super::directory::{Directory, number_label, use_directory};
use super::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::platform::api::{Client, use_client};
use crate::platform::effect::{follow, redraw};
use crate::platform::focus::focus_first;
use crate::platform::routes::RowRef;
use crate::platform::task::Task;
use crate::ui::choices::ChoiceList;
use crate::ui::live::{Live, use_live};
use crate::ui::notes::FieldState;
use crate::ui::picker::PickerChoice;
use crate::ui::states::words;
use crate::{t, text};

const PARTS: [CopyPart; 3] = [CopyPart::General, CopyPart::Ringing, CopyPart::BlockList];

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    live: Live,
    number_id: StoredValue<String>,
    from: RwSignal<String>,
    parts: RwSignal<Vec<CopyPart>>,
    /// What would change, as far as it is known.
    changes: RwSignal<Option<CopiedSettings>>,
    looking: Task,
    applying: Task,
    done: RwSignal<Option<CopiedSettings>>,
}

impl Page {
    fn wanted(self, dry_run: bool) -> CopySettings {
        CopySettings { from_number_id: self.from.get(), parts: self.parts.get(), dry_run }
    }

    /// Asks what would change.
    fn look(self) {
        let wanted = untrack(|| self.wanted(true));
        if wanted.parts.is_empty() {
            self.looking.stop();
            return self.changes.set(None);
        }
        let id = self.number_id.get_value();
        let request = api::settings::copy_settings(self.client, &id, &wanted);
        // What is there stays until the answer comes.
        self.looking.latest(request, move |outcome| {
            let (changes, failed) = match outcome {
                Ok(changes) => (Some(changes), Ok(())),
                Err(error) => (None, Err(error)),
            };
            self.changes.set(changes);
            failed
        });
    }

    fn apply(self) {
        let wanted = untrack(|| self.wanted(false));
        let id = self.number_id.get_value();
        let request = async move {
            let copied = api::settings::copy_settings(self.client, &id, &wanted).await?;
            if let Ok(number) = api::numbers::get(self.client, &id).await {
                self.directory.put_number(&number);
            }
            Ok(copied)
        };
        self.applying.run(request, move |outcome| {
            match outcome {
                Ok(copied) => {
                    self.done.set(Some(copied));
                    focus_first("[data-testid=copied]");
                }
                Err(error) => self.live.toast(words(&error).1),
            }
            Ok(())
        });
    }
}

/// The page.
#[component]
pub fn CopyPage(
    /// Who gets the settings.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(copy.title) row page=body /> }
}

fn others(directory: Directory, id: &str) -> Vec<Number> {
    let find = |rows: &super::directory::Rows| {
        rows.numbers.iter().filter(|number| number.id != id).cloned().collect()
    };
    directory.rows().with_untracked(|rows| rows.ready().map(find)).unwrap_or_default()
}

fn body(subject: Subject) -> AnyView {
    let directory = use_directory();
    let heading = subject.heading();
    let others =
        subject.number.as_ref().map(|number| others(directory, &number.id)).unwrap_or_default();
    let (Some(number), Some(first)) = (subject.number, others.first()) else {
        return view! {
            {heading}
            <NotHere body=text!(copy.not_here) />
        }
        .into_any();
    };
    let page = Page {
        client: use_client(),
        directory,
        live: use_live(),
        number_id: StoredValue::new(number.id),
        from: RwSignal::new(first.id.clone()),
        parts: RwSignal::new(Vec::new()),
        changes: RwSignal::new(None),
        looking: Task::default(),
        applying: Task::default(),
        done: RwSignal::new(None),
    };
    follow(move || {
        page.from.track();
        page.parts.track();
        page.look();
    });
    let again = Callback::new(move |()| {
        page.done.set(None);
        page.parts.set(Vec::new());
    });
    let row = StoredValue::new(subject.row);
    let others = StoredValue::new(others);
    view! {
        {heading}
        {redraw(move || match page.done.get() {
            Some(copied) => view! { <Applied page copied row=row.get_value() again /> }.into_any(),
            None => {
                view! {
                    <From page others=others.get_value() />
                    <Parts page />
                    <Preview page />
                    <HistoryLink row=row.get_value() kind="" />
                }
                    .into_any()
            }
        })}
    }
    .into_any()
}

#[component]
fn From(page: Page, others: Vec<Number>) -> impl IntoView {
    let choices = Signal::derive(move || {
        let choice = |number: &Number| {
            let words = [
                if number.kind == NumberKind::Primary { t!(list.primary) } else { "" },
                number.name.as_str(),
            ];
            let hint =
                words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ・ ");
            PickerChoice { key: number.id.clone(), label: number_label(number), hint }
        };
        others.iter().map(choice).collect()
    });
    view! {
        <section class="group">
            <h2>{text!(copy.from)}</h2>
            <ChoiceList
                state=FieldState::plain("from", Signal::stored(None))
                label=text!(copy.from)
                choices
                selected=page.from.into()
                pick=Callback::new(move |key| page.from.set(key))
            />
        </section>
    }
}

fn name_of(part: CopyPart) -> (&'static str, &'static str, &'static str) {
    match part {
        CopyPart::General => ("general", t!(copy.general), t!(copy.general_hint)),
        CopyPart::Ringing => ("ringing", t!(ringing.title), t!(copy.ringing_hint)),
        CopyPart::BlockList => ("block_list", t!(copy.block_list), t!(copy.block_list_hint)),
    }
}

#[component]
fn Parts(page: Page) -> impl IntoView {
    let row = |part: CopyPart| {
        let toggle = move |on: bool| {
            page.parts.update(|parts| {
                // In the order of the screen, whatever the order of the fingers.
                let picked =
                    |other: &CopyPart| if *other == part { on } else { parts.contains(other) };
                *parts = PARTS.into_iter().filter(picked).collect();
            });
        };
        view! {
            <label class="row">
                <input
                    class="check"
                    type="checkbox"
                    data-testid=format!("part-{}", name_of(part).0)
                    prop:checked=move || page.parts.with(|parts| parts.contains(&part))
                    on:change:target=move |event| toggle(event.target().checked())
                />
                <span class="label">
                    {redraw(move || name_of(part).1)}
                    <small>{redraw(move || name_of(part).2)}</small>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="group">
            <legend class="sr">{text!(copy.parts)}</legend>
            <h2 aria-hidden="true">{text!(copy.parts)}</h2>
            <div class="list">{PARTS.map(row)}</div>
        </fieldset>
    }
}
