//! One entry: what it did, what is noted beside it, and its removal.

use api_types::{BlockEntry, BlockEntryPatch, BlockMatch, ErrorCode, NOTE_MAX};
use leptos::prelude::*;

use super::add::NoteAndEnd;
use super::entries::caller_text;
use super::list::{List, Removal};
use crate::block_list::api;
use crate::platform::api::ClientError;
use crate::platform::effect::{follow, memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::task::Task;
use crate::ui::notes::FieldState;
use crate::ui::sheet::Sheet;
use crate::ui::{Text, states};
use crate::{t, text};

/// The sheet of the entry that is open.
#[component]
pub(super) fn DetailSheet(open: RwSignal<Option<BlockEntry>>, list: List) -> impl IntoView {
    let shown = RwSignal::new(false);
    follow(move || shown.set(open.with(Option::is_some)));
    let notice = RwSignal::new(None::<String>);
    follow(move || {
        // Only what was open is closed: each write wakes the other effect.
        if !shown.get() && open.with_untracked(Option::is_some) {
            open.set(None);
            notice.set(None);
        }
    });
    view! {
        <Sheet open=shown title=text!(block.detail) test_id="entry-sheet">
            {redraw(move || open.get().map(|entry| view! { <Detail entry open list notice /> }))}
        </Sheet>
    }
}

fn fact(label: Text, value: Text, test_id: &'static str) -> AnyView {
    view! {
        <div class="row" data-testid=test_id>
            <span class="label">{label}</span>
            <span class="value num">{value}</span>
        </div>
    }
    .into_any()
}

fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    t!(row.last_seen, day = format::full_day(locale(), at), time = format::time(at))
}

#[component]
fn Detail(
    entry: BlockEntry,
    open: RwSignal<Option<BlockEntry>>,
    list: List,
    notice: RwSignal<Option<String>>,
) -> impl IntoView {
    let note = RwSignal::new(entry.note.clone());
    let loaded_day =
        entry.expires_at.map(|at| format::iso_day(format::last_day(at))).unwrap_or_default();
    let last_day = RwSignal::new(loaded_day.clone());
    let task = Task::default();
    let refused = RwSignal::new(Vec::<(String, String)>::new());
    let state = move |name: &'static str, pointer: &'static str| {
        let error = move || {
            refused.with(|refused| {
                refused.iter().find(|(at, _)| at == pointer).map(|(_, words)| words.clone())
            })
        };
        FieldState::plain(name, Signal::derive(error))
    };
    let (id, version) = (entry.id.clone(), entry.version);
    let doomed = id.clone();
    let patch = StoredValue::new((entry.note.clone(), loaded_day));
    let changes = move || {
        patch.with_value(|(old_note, old_day)| BlockEntryPatch {
            note: note.with(|note| (note != old_note).then(|| note.clone())),
            expires_at: last_day.with(|day| (day != old_day).then(|| format::end_of_day(day))),
        })
    };
    let changed = memo(move || changes() != BlockEntryPatch::default());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !task.is_idle() || !changed.get_untracked() {
            return;
        }
        if note.with_untracked(|note| note.chars().count() as u64 > NOTE_MAX) {
            refused.set(vec![("/note".to_owned(), t!(fault.too_long, limit = NOTE_MAX))]);
            return focus_first(".sheet[open] .cell.bad input");
        }
        notice.set(None);
        let (id, patch) = (id.clone(), untrack(changes));
        let number_id = list.number_id.get_value();
        let request = async move {
            match api::change(list.client, &number_id, &id, version, &patch).await {
                Err(error) if error.code() == Some(ErrorCode::Stale) => {
                    Ok((false, api::entry(list.client, &number_id, &id).await?))
                }
                outcome => outcome.map(|fresh| (true, fresh)),
            }
        };
        task.run(request, move |outcome| {
            match outcome {
                Ok((true, fresh)) => {
                    list.put(fresh);
                    list.was_saved();
                    open.set(None);
                    list.live.toast(t!(block.saved));
                }
                Ok((false, fresh)) => {
                    list.put(fresh.clone());
                    open.set(Some(fresh));
                    notice.set(Some(t!(block.changed_since).to_owned()));
                }
                Err(ClientError::Problem(problem)) if !problem.errors.is_empty() => {
                    refused.set(
                        problem
                            .errors
                            .iter()
                            .map(|fault| (fault.pointer.clone(), fault.message.clone()))
                            .collect(),
                    );
                    focus_first(".sheet[open] .cell.bad input");
                }
                Err(error) => notice.set(Some(states::words(&error).1)),
            }
            Ok(())
        });
    };
    let delete = move |_| {
        open.set(None);
        list.delete_one(doomed.clone());
    };
    let (matching, created, imported) =
        (entry.matching, entry.created_at, entry.import_id.is_some());
    let (hits, last_hit) = (entry.hits, entry.last_hit_at);
    let heading = entry.clone();
    let has_changes = move || changed.get() || task.is_busy();
    // A removal that was said in the bar is past once something else is edited.
    list.removal.update_untracked(|removal| {
        if let Removal::Failed(..) = removal {
            *removal = Removal::None;
        }
    });
    view! {
        <form novalidate on:submit=save>
            <p class="big num" data-testid="entry-caller">
                {redraw(move || caller_text(&heading))}
            </p>
            {redraw(move || {
                notice
                    .get()
                    .map(|words| {
                        view! {
                            <p class="hint" role="alert" data-testid="entry-notice">
                                <span>{words}</span>
                            </p>
                        }
                    })
            })}
            <NoteAndEnd
                state=state("note", "/note")
                note
                end_state=state("expires", "/expires_at")
                last_day
                edited=Callback::new(move |()| refused.set(Vec::new()))
            />
            <div class="list spaced">
                {fact(
                    text!(block.kind),
                    Signal::derive(move || match matching {
                        BlockMatch::Exact => t!(block.exact).to_owned(),
                        BlockMatch::Prefix => t!(block.prefix).to_owned(),
                    }),
                    "entry-kind",
                )}
                {fact(
                    text!(block.hits_label),
                    text!(block.hits,
                    count = format::count(hits)),
                    "entry-hits",
                )}
                {fact(
                    text!(block.last_hit),
                    Signal::derive(move || {
                        last_hit.map_or_else(|| t!(block.never).to_owned(), moment)
                    }),
                    "entry-last-hit",
                )}
                {fact(
                    text!(block.added_at),
                    Signal::derive(move || {
                        let day = format::full_day(locale(), created);
                        if imported { t!(block.added_by_import, day = day) } else { day }
                    }),
                    "entry-added",
                )}
            </div>
            <div class="stack spaced">
                <button
                    class="btn main \
                    wide"
                    type="submit"
                    data-testid="save-entry"
                    aria-disabled=move || (task.is_busy() || !has_changes()).to_string()
                >
                    {redraw(move || if task.is_busy() { t!(block.saving) } else { t!(block.save) })}
                </button>
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="delete-entry"
                    on:click=delete
                >
                    {text!(block.delete_one)}
                </button>
            </div>
        </form>
    }
}
