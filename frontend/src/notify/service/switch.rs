//! On and off. Whoever switches on a service for which notices were kept is asked what becomes of
//! them.

use api_types::{ErrorCode, ServicePatch, Waiting};
use leptos::prelude::*;

use super::page::Page;
use crate::notify::api;
use crate::platform::api::ClientError;
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::task::Task;
use crate::ui::notes::FieldState;
use crate::ui::sheet::Sheet;
use crate::ui::states::words;
use crate::ui::switch_row::SwitchRow;
use crate::{t, text};

#[component]
pub(super) fn Switch(page: Page) -> impl IntoView {
    let asking = RwSignal::new(false);
    let task = Task::default();
    let enabled = Signal::derive(move || page.service.with(|service| service.enabled));
    let waiting = memo(move || page.service.with(|service| service.waiting));
    let set = move |on: bool, waiting: Waiting| {
        task.run(turn(page, on, waiting), move |outcome| {
            asking.set(false);
            page.live.toast(match outcome {
                Ok(()) if on => t!(service.turned_on).to_owned(),
                Ok(()) => t!(service.turned_off).to_owned(),
                Err(error) => words(&error).1,
            });
            Ok(())
        });
    };
    let toggle = Callback::new(move |on: bool| {
        if on && waiting.get_untracked() > 0 { asking.set(true) } else { set(on, Waiting::Send) }
    });
    view! {
        <section class="group">
            <div class="list">
                <SwitchRow
                    state=FieldState::plain("enabled", Signal::stored(None))
                    label=text!(service.on)
                    hint=text!(service.on_hint)
                    on=enabled
                    toggle
                />
                {redraw(move || {
                    (waiting.get() > 0)
                        .then(|| {
                            view! {
                                <div class="row" data-testid="waiting">
                                    <span class="label">
                                        {text!(service.waiting)}
                                        {redraw(move || {
                                            (!enabled.get())
                                                .then(|| view! { <small>{t!(service.waiting_off)}</small> })
                                        })}
                                    </span>
                                    <span class="value num">
                                        {text!(
                                                service.waiting_count,
                            count = format::count(waiting.get().into())
                                            )}
                                    </span>
                                </div>
                            }
                        })
                })}
            </div>
            <Sheet open=asking title=text!(service.resume_title) test_id="resume-sheet">
                <p class="say">
                    {text!(
                            service.resume_body,
                    count = format::count(waiting.get().into())
                        )}
                </p>
                <div class="stack">
                    <button
                        class="btn main \
                        wide"
                        type="button"
                        data-testid="resume-send"
                        on:click=move |_| set(true, Waiting::Send)
                    >
                        {text!(service.resume_send)}
                    </button>
                    <button
                        class="btn wide"
                        type="button"
                        data-testid="resume-skip"
                        on:click=move |_| set(true, Waiting::Skip)
                    >
                        {text!(service.resume_skip)}
                    </button>
                    <button
                        class="btn wide"
                        type="button"
                        data-testid="resume-cancel"
                        on:click=move |_| asking.set(false)
                    >
                        {text!(app.cancel)}
                    </button>
                </div>
            </Sheet>
        </section>
    }
}

/// Whatever else changed meanwhile, the switch is what the person wants: a stale version is read
/// anew once.
async fn turn(page: Page, on: bool, waiting: Waiting) -> Result<(), ClientError> {
    let patch = ServicePatch { enabled: Some(on), waiting, ..ServicePatch::default() };
    for last in [false, true] {
        let Some((rule, id, version)) = page.place() else { return Ok(()) };
        match api::rules::patch_service(page.client, &rule, &id, version, &patch).await {
            Err(error) if error.code() == Some(ErrorCode::Stale) && !last => page.reread().await?,
            Err(error) => return Err(error),
            Ok(fresh) => {
                page.heard(fresh);
                return Ok(());
            }
        }
    }
    Ok(())
}
