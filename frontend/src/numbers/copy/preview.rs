//! What would change, and what has changed.

use api_types::{CopiedChange, CopiedSettings, CopyPart, FieldValue};
use leptos::prelude::*;

use super::{PARTS, Page, name_of};
use crate::numbers::api;
use crate::numbers::directory::Rows;
use crate::numbers::words;
use crate::platform::effect::{memo, redraw};
use crate::platform::routes::RowRef;
use crate::platform::task::Task;
use crate::ui::change::{Change, change_line};
use crate::ui::icon::Icon;
use crate::ui::states::{self, ErrorState, SkeletonRows};
use crate::{t, text};

fn is_nothing(copied: &CopiedSettings) -> bool {
    copied.changes.is_empty() && copied.entries_added == 0
}

/// The name of a setting. One that a later version of the server knows is shown by its own name
/// rather than hidden.
fn name_words(name: &str, rows: Option<&Rows>) -> String {
    words::field(name, rows).unwrap_or_else(|| name.replace('_', " "))
}

fn value_words(name: &str, value: &FieldValue, rows: Option<&Rows>) -> String {
    words::value(name, value, rows).unwrap_or_else(|| match value {
        FieldValue::Text(text) => text.clone(),
        _ => String::new(),
    })
}

/// What would change, and the button that does it.
#[component]
pub(super) fn Preview(page: Page) -> impl IntoView {
    let ready = memo(move || {
        page.changes.with(|changes| changes.as_ref().is_some_and(|copied| !is_nothing(copied)))
    });
    view! {
        <section class="group" aria-live="polite">
            <h2>{text!(copy.changes)}</h2>
            {redraw(move || match (page.changes.get(), page.looking.error().get()) {
                _ if page.parts.with(Vec::is_empty) => {
                    view! {
                        <p class="note" data-testid="nothing-picked">
                            {text!(copy.nothing_picked)}
                        </p>
                    }
                        .into_any()
                }
                (_, Some(error)) => {
                    view! { <ErrorState error retry=Callback::new(move |()| page.look()) /> }
                        .into_any()
                }
                (Some(copied), None) => view! { <Changes page copied /> }.into_any(),
                (None, None) => view! { <SkeletonRows count=2 /> }.into_any(),
            })}
        </section>
        {redraw(move || {
            ready
                .get()
                .then(|| {
                    view! {
                        <button
                            class="btn main wide \
                            apply"
                            type="button"
                            data-testid="apply"
                            aria-disabled=move || page.applying.is_busy().to_string()
                            on:click=move |_| page.apply()
                        >
                            {redraw(move || {
                                if page.applying.is_busy() { t!(copy.applying) } else { t!(copy.apply) }
                            })}
                        </button>
                    }
                })
        })}
    }
}

#[component]
fn Changes(page: Page, copied: CopiedSettings) -> impl IntoView {
    let nothing = is_nothing(&copied);
    let copied = StoredValue::new(copied);
    let groups = move || {
        page.directory.rows().with(|rows| {
            copied.with_value(|copied| {
                PARTS.map(|part| group(part, copied, rows.ready())).collect_view()
            })
        })
    };
    let left_out = move || {
        page.directory.rows().with(|rows| {
            let names = copied.with_value(|copied| {
                copied
                    .left_out
                    .iter()
                    .map(|name| name_words(name, rows.ready()))
                    .collect::<Vec<_>>()
            });
            (!names.is_empty()).then(|| {
                view! {
                    <p data-testid="left-out">
                        {t!(copy.left_out,
                names = names.join("、"))}
                    </p>
                }
            })
        })
    };
    let refused = copied.with_value(|copied| copied.entries_refused);
    view! {
        {nothing
            .then(|| {
                view! {
                    <div class="note" data-testid="no-difference">
                        <b>{text!(copy.same_title)}</b>
                        <p>{text!(copy.same_body)}</p>
                    </div>
                }
            })}
        <div class="list" data-testid="copy-changes">
            {groups}
        </div>
        {(refused > 0)
            .then(|| {
                view! {
                    <p data-testid="refused">
                        {text!(copy.refused,
            count = refused)}
                    </p>
                }
            })}
        {left_out}
    }
}

fn group(part: CopyPart, copied: &CopiedSettings, rows: Option<&Rows>) -> Option<AnyView> {
    let line = |change: &CopiedChange| Change {
        field: name_words(&change.field, rows),
        before: Some(value_words(&change.field, &change.before, rows)),
        after: Some(value_words(&change.field, &change.after, rows)),
    };
    let mut lines: Vec<_> =
        copied.changes.iter().filter(|change| change.part == part).map(line).collect();
    if part == CopyPart::BlockList && copied.entries_added > 0 {
        let after = Some(t!(copy.entries_added, count = copied.entries_added));
        lines.push(Change { field: t!(copy.entries).to_owned(), before: None, after });
    }
    if lines.is_empty() {
        return None;
    }
    let lines = lines.into_iter().map(change_line).collect_view();
    Some(
        view! {
            <div class="entry">
                <p class="what">
                    <b>{name_of(part).1}</b>
                </p>
                <dl>{lines}</dl>
            </div>
        }
        .into_any(),
    )
}

/// What has changed, and the ways back.
#[component]
pub(super) fn Applied(
    page: Page,
    copied: CopiedSettings,
    row: RowRef,
    again: Callback<()>,
) -> impl IntoView {
    let import = RwSignal::new(copied.import_id.clone());
    let undoing = Task::default();
    let undo = move |_| {
        let Some(import_id) = import.get_untracked() else { return };
        let number_id = page.number_id.get_value();
        let request = async move {
            api::settings::undo_copied_entries(page.client, &number_id, &import_id).await
        };
        undoing.run(request, move |outcome| {
            match outcome {
                Ok(_) => {
                    import.set(None);
                    page.live.toast(t!(copy.undone_entries));
                }
                Err(error) => page.live.toast(states::words(&error).1),
            }
            Ok(())
        });
    };
    view! {
        <section class="group">
            <div class="done-note" role="status" tabindex="-1" data-testid="copied">
                <Icon icon=icondata_lu::LuCircleCheck />
                <div>
                    <p>{text!(copy.done)}</p>
                    <p>{text!(copy.done_undo)}</p>
                </div>
            </div>
        </section>
        <section class="group">
            <h2>{text!(copy.changed)}</h2>
            <Changes page copied />
        </section>
        <div class="stack apply">
            <a class="btn wide" href=row.history() data-testid="to-history">
                {text!(copy.to_history)}
            </a>
            {redraw(move || {
                import
                    .with(Option::is_some)
                    .then(|| {
                        view! {
                            <button
                                class="btn wide"
                                type="button"
                                data-testid="undo-entries"
                                on:click=undo
                            >
                                {text!(copy.undo_entries)}
                            </button>
                        }
                    })
            })}
            <button
                class="btn wide"
                type="button"
                data-testid="copy-again"
                on:click=move |_| again.run(())
            >
                {text!(copy.more)}
            </button>
        </div>
    }
}
