//! The bar that comes with a selection, and stays after a removal to take it back.

use leptos::prelude::*;

use super::list::{List, Removal};
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::ui::icon::Icon;
use crate::{t, text};

/// The bar of a selection: the save bar's place and look.
#[component]
pub(super) fn SelectionBar(list: List, shown: Signal<bool>) -> impl IntoView {
    let removal = list.removal;
    let done = memo(move || removal.with(|removal| matches!(removal, Removal::Deleted(..))));
    let busy = memo(move || {
        removal.with(|removal| matches!(removal, Removal::Deleting | Removal::Undoing))
    });
    let failed = memo(move || removal.with(|removal| matches!(removal, Removal::Failed(..))));
    let message = move || match removal.get() {
        Removal::Deleting => t!(block.deleting).to_owned(),
        Removal::Undoing => t!(block.undoing).to_owned(),
        Removal::Deleted(count, _) => t!(block.deleted, count = format::count(count.into())),
        Removal::Failed(words, _) => words,
        Removal::None => match list.selected() {
            Some(count) => t!(block.selected, count = format::count(count as u64)),
            None => t!(block.selected_found).to_owned(),
        },
    };
    let undo = move |_| {
        if let Removal::Deleted(_, deletions) | Removal::Failed(_, deletions) =
            removal.get_untracked()
        {
            list.undo(deletions);
        }
    };
    let can_undo = memo(move || {
        removal.with(|removal| {
            matches!(removal, Removal::Deleted(_,
            deletions) | Removal::Failed(_, deletions) if !deletions.is_empty())
        })
    });
    let can_delete = move || !done.get() && list.selected() != Some(0);
    let delete = move |_| {
        if !busy.get_untracked() {
            list.delete_selected();
        }
    };
    let drop_it = move |_| list.select_all(false);
    view! {
        <div
            class="savebar"
            class:shown=shown
            class:done=done
            role="region"
            aria-label=text!(block.selection)
            data-testid="selection-bar"
            inert=move || !shown.get()
        >
            <p data-testid="selection-status">
                {redraw(move || {
                    done.get().then(|| view! { <Icon icon=icondata_lu::LuCircleCheck /> })
                })}
                {redraw(move || {
                    failed.get().then(|| view! { <Icon icon=icondata_lu::LuTriangleAlert /> })
                })}
                <span>{message}</span>
            </p>
            <div class="buttons">
                {redraw(move || {
                    (!done.get())
                        .then(|| {
                            view! {
                                <button
                                    class="btn"
                                    type="button"
                                    data-testid="unselect"
                                    disabled=busy
                                    on:click=drop_it
                                >
                                    {text!(block.unselect)}
                                </button>
                            }
                        })
                })}
                {redraw(move || {
                    can_undo
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    class="btn"
                                    type="button"
                                    data-testid="undo-delete"
                                    on:click=undo
                                >
                                    {text!(save.undo)}
                                </button>
                            }
                        })
                })}
                {redraw(move || {
                    can_delete()
                        .then(|| {
                            view! {
                                <button
                                    class="btn danger"
                                    type="button"
                                    data-testid="delete-selected"
                                    aria-disabled=move || busy.get().to_string()
                                    on:click=delete
                                >
                                    {text!(block.delete)}
                                </button>
                            }
                        })
                })}
            </div>
        </div>
    }
}
