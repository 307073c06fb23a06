//! What was added, and the way back.

use api_types::BlockImport;
use leptos::prelude::*;

use super::{Page, Step, faults};
use crate::block_list::api;
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::{t, text};

/// The result.
#[component]
pub(super) fn Done(page: Page, import: BlockImport) -> impl IntoView {
    let task = Task::default();
    let removed = RwSignal::new(None::<u32>);
    let left_out = import.invalid + import.duplicates;
    let import_id = StoredValue::new(import.import_id);
    let undo = move |_| {
        let (number, import) = (page.number_id.get_value(), import_id.get_value());
        let request = api::undo_import(page.client, &number, &import);
        task.run(request, move |outcome| {
            let removals = outcome?.removed;
            page.live.say(t!(import.undone, count = format::count(removals.into())));
            removed.set(Some(removals));
            Ok(())
        });
    };
    let failure = move || task.error().get().map(|error| faults(&error)).unwrap_or_default();
    let words = move || match removed.get() {
        Some(count) => t!(import.undone, count = format::count(count.into())),
        None => t!(import.done, count = format::count(import.added.into())),
    };
    let undone = memo(move || removed.with(Option::is_some));
    view! {
        <section class="state" data-testid="import-result">
            {redraw(move || {
                if undone.get() {
                    view! { <Icon icon=icondata_lu::LuUndo2 /> }
                } else {
                    view! { <Icon icon=icondata_lu::LuCircleCheck /> }
                }
            })}
            <h2 tabindex="-1" data-testid="import-done">
                {words}
            </h2>
            {redraw(move || {
                (left_out > 0 && !undone.get())
                    .then(|| {
                        view! {
                            <p>
                                {t!(
                                    import.done_skipped,
                count = format::count(left_out.into())
                                )}
                            </p>
                        }
                    })
            })}
            {redraw(move || {
                failure()
                    .into_iter()
                    .map(|words| {
                        view! {
                            <p class="fault" role="alert">
                                {words}
                            </p>
                        }
                    })
                    .collect_view()
            })}
            <div class="stack">
                <a
                    class="btn main wide"
                    href=page.list_href.get_value()
                    data-up=""
                    data-testid="to-block-list"
                >
                    {text!(import.to_list)}
                </a>
                {redraw(move || {
                    (!undone.get())
                        .then(|| {
                            view! {
                                <button
                                    class="btn wide"
                                    type="button"
                                    data-testid="undo-import"
                                    aria-disabled=move || task.is_busy().to_string()
                                    on:click=undo
                                >
                                    {redraw(move || {
                                        if task.is_busy() {
                                            t!(import.undoing)
                                        } else {
                                            t!(import.undo)
                                        }
                                    })}
                                </button>
                            }
                        })
                })}
                <button
                    class="btn wide"
                    type="button"
                    data-testid="import-again"
                    on:click=move |_| page.step.set(Step::Choose(Vec::new()))
                >
                    {text!(import.another)}
                </button>
            </div>
        </section>
    }
}
