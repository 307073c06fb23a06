//! The rows of a judged file, all or those with one outcome.

use api_types::{BlockImportApply, BlockImportRow, BlockMatch, ErrorCode, FieldCode, RowOutcome};
use leptos::prelude::*;

use super::{Page, faults};
use crate::block_list::api;
use crate::block_list::words::until_text;
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::remote::Remote;
use crate::platform::task::Task;
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::{t, text};

/// The counts of a judged file.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) total: u32,
    pub(super) added: u32,
    pub(super) warned: u32,
    pub(super) duplicates: u32,
    pub(super) repairable: u32,
    pub(super) invalid: u32,
}

impl Counts {
    /// Rows that would be added.
    pub(super) fn to_add(self, how: BlockImportApply) -> u32 {
        self.added + self.warned + if how.repair { self.repairable } else { 0 }
    }

    /// Rows that stand in the way, or that would be left out.
    pub(super) fn wrong(self, how: BlockImportApply) -> u32 {
        self.invalid + if how.repair { 0 } else { self.repairable }
    }

    fn of(self, outcome: Option<RowOutcome>) -> u32 {
        match outcome {
            None => self.total,
            Some(RowOutcome::Added) => self.added,
            Some(RowOutcome::Warned) => self.warned,
            Some(RowOutcome::Duplicate) => self.duplicates,
            Some(RowOutcome::Repairable) => self.repairable,
            Some(RowOutcome::Invalid) => self.invalid,
        }
    }
}

fn chip(outcome: Option<RowOutcome>, count: u32) -> String {
    let count = format::count(count.into());
    match outcome {
        None => t!(import.count_all, count = count),
        Some(RowOutcome::Added) => t!(import.count_added, count = count),
        Some(RowOutcome::Warned) => t!(import.count_warned, count = count),
        Some(RowOutcome::Duplicate) => t!(import.count_duplicate, count = count),
        Some(RowOutcome::Repairable) => t!(import.count_repairable, count = count),
        Some(RowOutcome::Invalid) => t!(import.count_invalid, count = count),
    }
}

fn name(outcome: Option<RowOutcome>) -> &'static str {
    match outcome {
        None => "all",
        Some(RowOutcome::Added) => "added",
        Some(RowOutcome::Warned) => "warned",
        Some(RowOutcome::Duplicate) => "duplicate",
        Some(RowOutcome::Repairable) => "repairable",
        Some(RowOutcome::Invalid) => "invalid",
    }
}

/// The rows on the screen.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) page: Page,
    pub(super) import_id: StoredValue<String>,
    pub(super) outcome: RwSignal<Option<RowOutcome>>,
    pub(super) rows: RwSignal<Vec<BlockImportRow>>,
    pub(super) cursor: RwSignal<Option<String>>,
    pub(super) task: Task,
}

impl Rows {
    fn show(self, outcome: Option<RowOutcome>) {
        self.outcome.set(outcome);
        self.rows.set(Vec::new());
        self.cursor.set(None);
        self.more();
    }

    fn more(self) {
        let (outcome, cursor) = (self.outcome.get_untracked(), self.cursor.get_untracked());
        let (number, import) = (self.page.number_id.get_value(), self.import_id.get_value());
        let request = async move {
            api::import_rows(self.page.client, &number, &import, outcome, cursor.as_deref()).await
        };
        self.task.latest(request, move |fresh| {
            match fresh {
                Ok(fresh) => {
                    self.cursor.set(fresh.next_cursor);
                    self.rows.update(|rows| rows.extend(fresh.items));
                }
                Err(error) if error.code() == Some(ErrorCode::Gone) => {
                    self.page.refuse(faults(&error))
                }
                Err(error) => return Err(error),
            }
            Ok(())
        });
    }
}

/// The rows with a choice of their outcomes.
#[component]
pub(super) fn Listing(rows: Rows, counts: Counts) -> impl IntoView {
    let outcomes = [
        None,
        Some(RowOutcome::Invalid),
        Some(RowOutcome::Repairable),
        Some(RowOutcome::Warned),
        Some(RowOutcome::Added),
        Some(RowOutcome::Duplicate),
    ];
    let chips = outcomes
        .into_iter()
        .filter(|outcome| outcome.is_none() || counts.of(*outcome) > 0)
        .map(|outcome| {
            view! {
                <label>
                    <input
                        type="radio"
                        name="outcome"
                        data-testid=format!("filter-{}", name(outcome))
                        prop:checked=move || rows.outcome.get() == outcome
                        on:change=move |_| rows.show(outcome)
                    />
                    <span class="num">{redraw(move || chip(outcome, counts.of(outcome)))}</span>
                </label>
            }
        });
    view! {
        <section class="group">
            <h2>{text!(import.rows)}</h2>
            <div
                class="chips bare"
                role="radiogroup"
                aria-label=text!(import.filter)>
                {chips.collect_view()}
            </div>
            {redraw(move || {
                rows
                    .rows
                    .with(|shown| {
                        (!shown.is_empty())
                            .then(|| {
                                let list = shown.iter().map(import_row).collect_view();
                                view! {
                                    <ul class="list file-rows" data-testid="file-rows">
                                        {list}
                                    </ul>
                                }
                            })
                    })
            })}
            {redraw(move || match rows.task.state() {
                Remote::Loading => view! { <SkeletonRows count=4 /> }.into_any(),
                Remote::Failed(error) => {
                    view! { <ErrorState error retry=Callback::new(move |()| rows.more()) /> }
                        .into_any()
                }
                Remote::Ready(()) => {
                    (rows.cursor.with(Option::is_some))
                        .then(|| {
                            view! {
                                <button
                                    class="btn wide \
                                    more"
                                    type="button"
                                    data-testid="more-rows"
                                    on:click=move |_| rows.more()
                                >
                                    {text!(import.more)}
                                </button>
                            }
                        })
                        .into_any()
                }
            })}
        </section>
    }
}

fn import_row(row: &BlockImportRow) -> AnyView {
    let (line, outcome) = (row.line, row.outcome);
    let prefix = row.matching == BlockMatch::Prefix;
    let lost_zero = row.code == Some(FieldCode::LostZero);
    let word = move || match outcome {
        RowOutcome::Added => t!(import.outcome_added),
        RowOutcome::Warned => t!(import.outcome_warned),
        RowOutcome::Duplicate => t!(import.outcome_duplicate),
        RowOutcome::Repairable if lost_zero => t!(import.outcome_lost_zero),
        RowOutcome::Repairable => t!(import.outcome_repairable),
        RowOutcome::Invalid => t!(import.outcome_invalid),
    };
    let until = row.expires_at;
    let note = row.note.clone().filter(|note| !note.is_empty());
    let has_details = until.is_some() || note.is_some();
    let details = move || {
        let parts: Vec<String> = until.map(until_text).into_iter().chain(note.clone()).collect();
        parts.join(" ・ ")
    };
    let understood = row.caller_text.clone().filter(|text| *text != row.value).map(move |text| {
        view! {
            <span class="understood-as num">
                "→ "
                {redraw(move || {
                    if prefix {
                        t!(block.begins,
        caller = text.clone())
                    } else {
                        text.clone()
                    }
                })}
            </span>
        }
    });
    view! {
        <li class="file-row" data-testid="file-row">
            <span class="line num">{text!(import.line, line = line)}</span>
            <span class="value-read num">{row.value.clone()}</span>
            {understood}
            <span class=format!("outcome {}", name(Some(outcome)))>{word}</span>
            {has_details
                .then(|| view! { <small data-testid="row-details">{redraw(details)}</small> })}
            {row.reason.clone().map(|reason| view! { <small>{reason}</small> })}
        </li>
    }
    .into_any()
}
