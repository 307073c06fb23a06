//! The bar that comes with the first edit and stays until everything is saved or taken back.

use leptos::prelude::*;

use super::editor::Phase;
use crate::platform::effect::{memo, redraw};
use crate::ui::icon::Icon;
use crate::{t, text};

/// What stands beside the notice that something was saved. The app provides it.
#[derive(Clone, Copy)]
pub struct Beside(pub fn() -> AnyView);

fn beside() -> Option<AnyView> {
    use_context::<Beside>().map(|beside| (beside.0)())
}

/// What the bar needs to know of a page.
#[derive(Clone, Copy)]
pub struct SaveBarModel {
    /// How many fields differ from what is saved.
    pub count: Signal<usize>,
    /// Whether a save is under way.
    pub busy: Signal<bool>,
    /// What happened last.
    pub phase: Signal<Phase>,
    /// Whether the last save can be taken back.
    pub can_undo: Signal<bool>,
    /// Saves.
    pub save: Callback<()>,
    /// Takes the edits back.
    pub revert: Callback<()>,
    /// Takes the last save back.
    pub undo: Callback<()>,
}

/// The unsaved-changes bar.
#[component]
pub fn SaveBar(
    /// The page it stands on.
    model: SaveBarModel,
) -> impl IntoView {
    let SaveBarModel { count, busy, phase, can_undo, save, revert, undo } = model;
    let dirty = memo(move || count.get() > 0);
    let saved = memo(move || !dirty.get() && !busy.get() && can_undo.get());
    let shown = memo(move || dirty.get() || busy.get() || can_undo.get());
    let message = move || match phase.get() {
        _ if busy.get() => t!(save.saving).to_string(),
        _ if saved.get() => t!(save.saved).to_string(),
        Phase::Offline => t!(save.offline).to_string(),
        Phase::Conflict => t!(save.conflict).to_string(),
        Phase::Refused(detail) => detail,
        Phase::Idle => match count.get() {
            1 => t!(save.one_change).to_string(),
            count => t!(save.changes, count = count),
        },
    };
    let troubled = move || {
        !busy.get()
            && phase
                .with(|phase| matches!(phase, Phase::Offline | Phase::Conflict | Phase::Refused(_)))
    };
    let save_label = move || if troubled() { t!(save.again) } else { t!(save.save) };
    view! {
        <div
            class="savebar"
            class:shown=shown
            class:done=saved
            role="region"
            aria-label=text!(save.region)
            data-testid="save-bar"
            inert=move || !shown.get()
        >
            <p data-testid="save-status">
                {redraw(move || {
                    saved.get().then(|| view! { <Icon icon=icondata_lu::LuCircleCheck /> })
                })}
                {redraw(move || {
                    troubled().then(|| view! { <Icon icon=icondata_lu::LuTriangleAlert /> })
                })}
                <span>{message}</span>
            </p>
            {redraw(move || saved.get().then(beside))}
            <div class="buttons">
                {redraw(move || {
                    if saved.get() {
                        view! {
                            <button
                                class="btn"
                                type="button"
                                data-testid="undo"
                                on:click=move |_| undo.run(())
                            >
                                {text!(save.undo)}
                            </button>
                        }
                            .into_any()
                    } else {
                        view! {
                            <button
                                class="btn"
                                type="button"
                                data-testid="revert"
                                disabled=busy
                                on:click=move |_| revert.run(())
                            >
                                {text!(save.revert)}
                            </button>
                            <button
                                class="btn main"
                                type="button"
                                data-testid="save"
                                aria-disabled=move || busy.get().to_string()
                                on:click=move |_| {
                                    if !busy.get_untracked() {
                                        save.run(())
                                    }
                                }
                            >
                                {save_label}
                            </button>
                        }
                            .into_any()
                    }
                })}
            </div>
        </div>
    }
}
