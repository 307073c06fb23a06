//! The bar that comes with the first edit and stays until everything is saved or taken back.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use super::editor::Phase;
use crate::platform::effect::{memo, redraw};
use crate::platform::later::Later;
use crate::ui::icon::Icon;
use crate::{t, text};

/// What stands beside the notice that something was saved. The app provides it; it says when there
/// is nothing more to wait for.
#[derive(Clone, Copy)]
pub struct Beside(pub fn(settled: Callback<()>) -> AnyView);

/// So long after that the notice goes. What was saved can be taken back in the change log from then
/// on.
const SETTLED: Duration = Duration::from_secs(6);

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
    /// Lets the last save be.
    pub rest: Callback<()>,
}

/// Lets the notice go after a while, but not from under a finger or the focus.
fn go_later(later: Later, bar: NodeRef<html::Div>, rest: Callback<()>) {
    later.run(SETTLED, move || {
        let in_use = bar.try_get_untracked().flatten().is_some_and(|bar| {
            bar.matches(":hover").unwrap_or(false) || bar.matches(":focus-within").unwrap_or(false)
        });
        if in_use { go_later(later, bar, rest) } else { rest.run(()) }
    });
}

/// The unsaved-changes bar.
#[component]
pub fn SaveBar(
    /// The page it stands on.
    model: SaveBarModel,
) -> impl IntoView {
    let SaveBarModel { count, busy, phase, can_undo, save, revert, undo, rest } = model;
    let bar = NodeRef::<html::Div>::new();
    let later = Later::default();
    let settled = Callback::new(move |()| go_later(later, bar, rest));
    let beside = move || match use_context::<Beside>() {
        Some(Beside(view)) => view(settled),
        None => {
            settled.run(());
            ().into_any()
        }
    };
    // Back from a tunnel: what waited can go now.
    let back = RwSignal::new(false);
    let listeners = [
        window_event_listener(leptos::ev::online, move |_| back.set(true)),
        window_event_listener(leptos::ev::offline, move |_| back.set(false)),
    ];
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("s") {
            event.prevent_default();
            if count.get_untracked() > 0 && !busy.get_untracked() {
                save.run(());
            }
        }
    });
    on_cleanup(move || {
        listeners.into_iter().for_each(|listener| listener.remove());
        keys.remove();
    });
    let dirty = memo(move || count.get() > 0);
    let saved = memo(move || !dirty.get() && !busy.get() && can_undo.get());
    let shown = memo(move || dirty.get() || busy.get() || can_undo.get());
    let message = move || match phase.get() {
        _ if busy.get() => t!(save.saving).to_string(),
        _ if saved.get() => t!(save.saved).to_string(),
        Phase::Offline if back.get() => t!(save.back_online).to_string(),
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
            node_ref=bar
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
