//! What would become of each row, and the decision.

use api_types::{BlockImport, BlockImportApply, BlockImportColumns, ErrorCode};
use leptos::prelude::*;

use super::choose::FileField;
use super::rows::{Counts, Listing, Rows};
use super::{Page, Step, faults};
use crate::block_list::api;
use crate::platform::api::ClientError;
use crate::platform::effect::{follow, memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::ui::notes::FieldState;
use crate::ui::states;
use crate::ui::switch_row::SwitchRow;
use crate::{t, text};

/// The judged file.
#[component]
pub(super) fn Preview(page: Page, import: BlockImport) -> impl IntoView {
    let counts = Counts {
        total: import.total,
        added: import.added,
        warned: import.warned,
        duplicates: import.duplicates,
        repairable: import.repairable,
        invalid: import.invalid,
    };
    let import_id = StoredValue::new(import.import_id);
    let rows = Rows {
        page,
        import_id,
        outcome: RwSignal::new(None),
        rows: RwSignal::new(import.rows),
        cursor: RwSignal::new(import.next_cursor),
        task: Task::default(),
    };
    // The button says how many rows are left out, so nobody has to allow it first.
    let how = RwSignal::new(BlockImportApply { repair: counts.repairable > 0, skip_invalid: true });
    let columns = import.columns.map(columns_read);
    let (empty, encoding) = (
        import.empty,
        import.encoding.to_ascii_uppercase().replace("SHIFT_JIS", "Shift_JIS").replace("-BOM", ""),
    );
    view! {
        <section class="group">
            <h2 tabindex="-1" data-testid="import-heading">
                {text!(import.preview_title)}
            </h2>
            <Decision page import_id counts how />
            <p>
                {text!(import.read_as, encoding = encoding.clone())}
                {redraw(move || {
                    (empty > 0)
                        .then(|| {
                            format!(
                                " ・ {}",
                                t!(import.summary_empty, count = format::count(empty.into())),
                            )
                        })
                })}
            </p>
            {columns}
        </section>
        <Listing rows counts />
        <section class="group">
            <h2>{text!(import.another)}</h2>
            <FileField page />
        </section>
    }
}

/// Which columns are read, and which are not.
fn columns_read(columns: BlockImportColumns) -> AnyView {
    let columns = StoredValue::new(columns);
    let list = |names: &[String]| (!names.is_empty()).then(|| names.join(t!(import.comma)));
    let taken = move || {
        columns.with_value(|columns| {
            let parts = [
                list(&columns.callers).map(|names| t!(import.column_callers, names = names)),
                list(&columns.notes).map(|names| t!(import.column_notes, names = names)),
                columns.matching.clone().map(|names| t!(import.column_match, names = names)),
                columns.expires_at.clone().map(|names| t!(import.column_expires, names = names)),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ・ ")
        })
    };
    let left_out = move || {
        columns.with_value(|columns| {
            list(&columns.left_out).map(|names| t!(import.columns_left_out, names = names))
        })
    };
    let title = columns.with_value(|columns| columns.header_line.filter(|line| *line > 1));
    view! {
        <p data-testid="import-columns">{redraw(taken)}</p>
        {left_out()
            .map(|_| view! { <p data-testid="import-left-out">{redraw(left_out)}</p> })}
        {title
            .map(|line| {
                view! {
                    <p data-testid="import-header">{text!(import.header_line, line = line)}</p>
                }
            })}
    }
    .into_any()
}

#[component]
fn Decision(
    page: Page,
    import_id: StoredValue<String>,
    counts: Counts,
    how: RwSignal<BlockImportApply>,
) -> impl IntoView {
    let task = Task::default();
    let wrong = memo(move || counts.wrong(how.get()));
    let to_add = memo(move || counts.to_add(how.get()));
    let number = |count: u32| format::count(count.into());
    let plain = |name| FieldState::plain(name, Signal::stored(None));
    follow(move || {
        how.track();
        task.error().set(None);
    });
    let apply = move |_| {
        if !task.is_idle() || to_add.get_untracked() == 0 {
            return;
        }
        let (number, import) = (page.number_id.get_value(), import_id.get_value());
        let how = how.get_untracked();
        let request = api::apply(page.client, &number, &import, &how);
        task.run(request, move |outcome| {
            match outcome {
                Ok(done) => {
                    page.live.say(t!(import.done, count = format::count(done.added.into())));
                    page.step.set(Step::Done(Box::new(done)));
                    focus_first("[data-testid=import-done]");
                }
                Err(error) if error.code() == Some(ErrorCode::Gone) => page.refuse(faults(&error)),
                Err(error) => return Err(error),
            }
            Ok(())
        });
    };
    let failure = move || task.error().get().map(|error| refusal(&error)).unwrap_or_default();
    let failed_rows = page
        .number_id
        .with_value(|number| import_id.with_value(|import| api::failed_rows_href(number, import)));
    view! {
        <div class="list">
            {(counts.repairable > 0)
                .then(|| {
                    view! {
                        <SwitchRow
                            state=plain("repair")
                            label=text!(import.repair)
                            hint=text!(
                                    import.repair_hint,
                        count = number(counts.repairable)
                                )
                            on=Signal::derive(move || how.get().repair)
                            toggle=Callback::new(move |on| how.update(|how| how.repair = on))
                        />
                    }
                })}
            {(counts.invalid + counts.repairable > 0)
                .then(|| {
                    view! {
                        <a class="row" href=failed_rows download="" data-testid="failed-rows">
                            <span class="lead">
                                <Icon icon=icondata_lu::LuDownload />
                            </span>
                            <span class="label">
                                {text!(import.failed_rows)}
                                <small>{text!(import.failed_rows_hint)}</small>
                            </span>
                        </a>
                    }
                })}
            <div class="cell decide">
                {redraw(move || {
                    failure()
                        .into_iter()
                        .map(|words| {
                            view! {
                                <p class="fault" role="alert" data-testid="import-failed">
                                    {words}
                                </p>
                            }
                        })
                        .collect_view()
                })}
                {redraw(move || {
                    if to_add.get() == 0 {
                        let all_there = counts.duplicates > 0 && wrong.get() == 0;
                        view! {
                            <p class="nothing" data-testid="import-nothing">
                                {redraw(move || {
                                    if all_there {
                                        t!(import.nothing_new)
                                    } else {
                                        t!(import.nothing)
                                    }
                                })}
                            </p>
                        }
                            .into_any()
                    } else {
                        view! {
                            <button
                                class="btn main \
                                wide"
                                type="button"
                                data-testid="apply-import"
                                aria-disabled=move || task.is_busy().to_string()
                                on:click=apply
                            >
                                {redraw(move || {
                                    if task.is_busy() {
                                        t!(import.applying).to_owned()
                                    } else if wrong.get() > 0 {
                                        t!(
                                            import.apply_without,
                                            count = number(to_add.get()),
                                            wrong = number(wrong.get())
                                        )
                                    } else {
                                        t!(import.apply, count = number(to_add.get()))
                                    }
                                })}
                            </button>
                        }
                            .into_any()
                    }
                })}
            </div>
        </div>
    }
}

fn refusal(error: &ClientError) -> Vec<String> {
    match error {
        ClientError::Problem(problem) if problem.errors.is_empty() => vec![states::words(error).1],
        error => faults(error),
    }
}
