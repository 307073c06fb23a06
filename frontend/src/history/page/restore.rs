//! Putting the values before a change back.

use api_types::{AuditAction, AuditEntry, ErrorCode};
use leptos::prelude::*;

use super::words;
use crate::history::api;
use crate::numbers::directory::use_directory;
use crate::platform::api::use_client;
use crate::platform::effect::{follow, redraw};
use crate::platform::task::Task;
use crate::ui::change::{Change, change_line};
use crate::ui::live::use_live;
use crate::ui::sheet::Sheet;
use crate::ui::states;
use crate::{t, text};

/// The question before values are put back, and what became of it.
#[component]
pub(super) fn Restore(
    /// The entry that was picked.
    restoring: RwSignal<Option<AuditEntry>>,
    /// Called when the log has to be read anew.
    restored: Callback<()>,
) -> impl IntoView {
    let client = use_client();
    let directory = use_directory();
    let live = use_live();
    let open = RwSignal::new(false);
    let task = Task::default();
    let error = task.error();
    follow(move || {
        if restoring.with(Option::is_some) {
            error.set(None);
            open.set(true);
        }
    });
    follow(move || {
        if !open.get() {
            restoring.set(None);
        }
    });
    let since = move || {
        error.with(|error| {
            error.as_ref().is_some_and(|error| error.code() == Some(ErrorCode::ChangedSince))
        })
    };
    let go = move |_| {
        let Some(entry) = restoring.get_untracked() else { return };
        let overwrite = untrack(since);
        let request = api::restore(client, &entry.id, overwrite);
        task.run(request, move |outcome| {
            outcome?;
            open.set(false);
            live.toast(t!(history.restored));
            directory.load();
            restored.run(());
            Ok(())
        });
    };
    let label = move || match (task.is_busy(), since()) {
        (true, _) => t!(history.restoring),
        (false, true) => t!(history.overwrite),
        (false, false) => t!(history.restore_confirm),
    };
    let message = move || {
        error.get().map(|error| match error.code() {
            Some(ErrorCode::ChangedSince) => t!(history.changed_since).to_owned(),
            Some(ErrorCode::Invalid) => states::reason(&error),
            _ => states::words(&error).1,
        })
    };
    view! {
        <Sheet open title=text!(history.restore_title) test_id="restore-sheet">
            <p class="say">{text!(history.restore_body)}</p>
            {redraw(move || {
                restoring
                    .get()
                    .map(|entry| {
                        directory
                            .rows()
                            .with(|rows| {
                                let lines = lines(&entry, rows.ready())
                                    .into_iter()
                                    .map(change_line)
                                    .collect_view();
                                view! {
                                    <div class="put-back" data-testid="put-back">
                                        <b class="num">{words::object(&entry, rows.ready())}</b>
                                        {sentence(&entry)
                                            .map(|sentence| view! { <p>{sentence}</p> })}
                                        <dl>{lines}</dl>
                                    </div>
                                }
                            })
                    })
            })}
            <div role="alert" class="form-error" data-testid="restore-error">
                {redraw(move || message().map(|message| view! { <p>{message}</p> }))}
            </div>
            <div class="stack">
                <button
                    class="btn wide"
                    class:main=move || !since()
                    class:danger=since
                    type="button"
                    data-testid="restore-confirm"
                    aria-disabled=move || task.is_busy().to_string()
                    on:click=go
                >
                    {label}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="restore-cancel"
                    on:click=move |_| open.set(false)
                >
                    {text!(app.cancel)}
                </button>
            </div>
        </Sheet>
    }
}

/// What happens to entries of a list, which are not values.
fn sentence(entry: &AuditEntry) -> Option<&'static str> {
    match entry.action {
        AuditAction::AddEntry | AuditAction::PutBackEntries => Some(t!(history.remove_entry)),
        AuditAction::RemoveEntries | AuditAction::UndoImport => Some(t!(history.put_back_entries)),
        AuditAction::Import => Some(t!(history.undo_import)),
        _ => None,
    }
}

/// The values as they will be.
fn lines(entry: &AuditEntry, rows: Option<&crate::numbers::directory::Rows>) -> Vec<Change> {
    let back = |change: Change| match sentence(entry) {
        Some(_) => Change { after: change.after.or(change.before), before: None, ..change },
        None => Change { before: None, after: change.before.or(change.after), ..change },
    };
    words::changes(entry, rows).into_iter().map(back).collect()
}
