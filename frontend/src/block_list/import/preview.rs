//! What would become of each row, and the decision.

use api_types::{BlockImport, BlockImportApply, ErrorCode};
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
    let how =
        RwSignal::new(BlockImportApply { repair: counts.repairable > 0, skip_invalid: false });
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
        </section>
        <Listing rows counts />
        <section class="group">
            <h2>{text!(import.another)}</h2>
            <FileField page />
        </section>
    }
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
    let blocked = memo(move || wrong.get() > 0 && !how.get().skip_invalid);
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
        if blocked.get_untracked() {
            return focus_first("[data-testid=input-skip_invalid]");
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
            {redraw(move || {
                (wrong.get() > 0)
                    .then(|| {
                        view! {
                            <SwitchRow
                                state=plain("skip_invalid")
                                label=text!(import.skip)
                                hint=text!(import.skip_hint, count = number(wrong.get()))
                                on=Signal::derive(move || how.get().skip_invalid)
                                toggle=Callback::new(move |on| {
                                    how.update(|how| how.skip_invalid = on)
                                })
                            />
                        }
                    })
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
                    (blocked.get() && to_add.get() > 0)
                        .then(|| {
                            view! {
                                <p class="hint" data-testid="import-blocked">
                                    <Icon icon=icondata_lu::LuTriangleAlert />
                                    <span>
                                        {text!(import.blocked, count = number(wrong.get()))}
                                    </span>
                                </p>
                            }
                        })
                })}
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
                                aria-disabled=move || (task.is_busy() || blocked.get()).to_string()
                                on:click=apply
                            >
                                {redraw(move || {
                                    if task.is_busy() {
                                        t!(import.applying).to_owned()
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
