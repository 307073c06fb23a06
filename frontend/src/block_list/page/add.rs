//! 「＋追加」: a caller to refuse, with what is understood of it while it is typed.

use api_types::{BlockMatch, CALLER_MAX, NOTE_MAX};
use leptos::prelude::*;

use super::list::List;
use super::typed::Typed;
use crate::platform::effect::{memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::ui::Text;
use crate::ui::icon::Icon;
use crate::ui::notes::FieldState;
use crate::ui::segment::SegmentRow;
use crate::ui::sheet::Sheet;
use crate::ui::switch_row::SwitchRow;
use crate::ui::text_row::TextRow;
use crate::{t, text};

/// The sheet; `brought` stands in it when it opens for the first time.
#[component]
pub(super) fn AddSheet(open: RwSignal<bool>, list: List, brought: Option<String>) -> impl IntoView {
    let brought = StoredValue::new(brought);
    view! {
        <Sheet open title=text!(block.add_title) test_id="add-sheet">
            <AddForm open list brought />
        </Sheet>
    }
}

#[component]
fn AddForm(
    open: RwSignal<bool>,
    list: List,
    brought: StoredValue<Option<String>>,
) -> impl IntoView {
    let typed = Typed::new(list);
    if let Some(caller) = brought.try_update_value(Option::take).flatten() {
        typed.caller.set(format::phone(&caller));
        typed.edited();
    }
    let state = move |name: &'static str, pointer: &'static str| {
        FieldState::plain(name, Signal::derive(move || typed.fault(pointer)))
    };
    let warned = memo(move || !typed.warnings().is_empty());
    // After the sheet has put the focus somewhere itself.
    request_animation_frame(|| focus_first("[data-testid=input-caller]"));
    view! {
        <form
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                typed.add(open);
            }
            on:focusout=move |_| {
                if typed.caller.try_with_untracked(|caller| !caller.is_empty()) == Some(true) {
                    typed.complete.set(true);
                }
            }
        >
            <div class="list">
                <TextRow
                    state=state("caller", "/caller")
                    label=text!(block.caller)
                    value=typed.caller.into()
                    edit=Callback::new(move |text| {
                        typed.caller.set(text);
                        typed.complete.set(false);
                        typed.edited();
                    })
                    max=CALLER_MAX
                    kind="tel"
                    placeholder=Signal::stored("090-1234-5678".to_owned())
                />
                <SegmentRow
                    state=state("match", "/match")
                    label=text!(block.matching)
                    choices=vec![
                        ("exact", text!(block.exact)),
                        ("prefix", text!(block.prefix_choice)),
                    ]
                    selected=Signal::derive(move || {
                        if typed.matching.get() == BlockMatch::Exact { "exact" } else { "prefix" }
                    })
                    pick=Callback::new(move |key| {
                        typed
                            .matching
                            .set(
                                if key == "prefix" { BlockMatch::Prefix } else { BlockMatch::Exact },
                            );
                        typed.edited();
                    })
                />
            </div>
            <Understood typed />
            {redraw(move || {
                warned
                    .get()
                    .then(|| {
                        view! {
                            <div class="list warned">
                                <SwitchRow
                                    state=FieldState::plain("confirm", Signal::stored(None))
                                    label=text!(block.confirm)
                                    on=typed.confirmed.into()
                                    toggle=Callback::new(move |on| typed.confirmed.set(on))
                                />
                            </div>
                        }
                    })
            })}
            <NoteAndEnd
                state=state("note", "/note")
                note=typed.note
                end_state=state("expires", "/expires_at")
                last_day=typed.last_day
                edited=Callback::new(move |()| {
                    typed.forget("/note");
                    typed.forget("/expires_at");
                })
            />
            {redraw(move || {
                typed
                    .failure
                    .get()
                    .map(|words| {
                        view! {
                            <p class="fault" role="alert" data-testid="add-failed">
                                {words}
                            </p>
                        }
                    })
            })}
            <button
                class="btn main \
                wide"
                type="submit"
                data-testid="submit-entry"
                aria-disabled=move || typed.adding.is_busy().to_string()
            >
                {redraw(move || {
                    if typed.adding.is_busy() {
                        t!(block.adding)
                    } else {
                        t!(block.submit)
                    }
                })}
            </button>
        </form>
    }
}

/// The two rows that an entry can be edited in later.
#[component]
pub(super) fn NoteAndEnd(
    state: FieldState,
    note: RwSignal<String>,
    end_state: FieldState,
    last_day: RwSignal<String>,
    edited: Callback<()>,
) -> impl IntoView {
    let set = move |to: RwSignal<String>| {
        Callback::new(move |text| {
            to.set(text);
            edited.run(());
        })
    };
    view! {
        <div class="list spaced">
            <TextRow state label=text!(block.note) value=note.into() edit=set(note) max=NOTE_MAX />
            <TextRow
                state=end_state
                label=text!(block.expires)
                value=last_day.into()
                edit=set(last_day)
                max=10_000
                kind="date"
            />
        </div>
        <p class="footnote">{text!(block.expires_hint)}</p>
    }
}

/// What the server makes of the number: read out as it changes.
#[component]
fn Understood(typed: Typed) -> impl IntoView {
    let words = move || {
        typed.check.with(|check| {
            let check = check.as_ref().filter(|check| check.refusal.is_none())?;
            let caller = check.caller_text.clone()?;
            Some(match typed.matching.get() {
                BlockMatch::Exact => t!(block.will_exact, caller = caller),
                BlockMatch::Prefix => t!(block.will_prefix, caller = caller),
            })
        })
    };
    let covered = move || {
        typed.check.with(|check| {
            let by = check.as_ref()?.covered_by.as_ref()?;
            Some(match by.matching {
                BlockMatch::Exact => t!(block.covered_exact, caller = by.caller_text.clone()),
                BlockMatch::Prefix => t!(block.covered_prefix, caller = by.caller_text.clone()),
            })
        })
    };
    let effect = move || {
        typed.check.with(|check| {
            let effect = check.as_ref().filter(|check| check.refusal.is_none())?.effect?;
            let (days, calls, answered) = (
                effect.days,
                format::count(effect.calls.into()),
                format::count(effect.answered.into()),
            );
            Some(match (effect.calls, effect.answered) {
                (0, _) => t!(block.effect_none, days = days),
                (_, 0) => t!(block.effect_unanswered, days = days, calls = calls),
                _ => t!(block.effect, days = days, calls = calls, answered = answered),
            })
        })
    };
    let proposal = move || {
        typed.check.with(|check| {
            let check = check.as_ref()?;
            let matching = check.proposal_match.unwrap_or(typed.matching.get_untracked());
            Some((check.proposal.clone()?, matching))
        })
    };
    let take = move |text: String, matching: BlockMatch| {
        typed.caller.set(text);
        typed.matching.set(matching);
        typed.edited();
        focus_first("[data-testid=input-caller]");
    };
    let line =
        |class: &'static str, test_id: &'static str, icon: icondata_core::Icon, words: Text| {
            view! {
                <p class=class data-testid=test_id>
                    <Icon icon />
                    <span>{words}</span>
                </p>
            }
        };
    view! {
        <div class="understood" aria-live="polite">
            {redraw(move || {
                words()
                    .map(|words| line(
                        "reading num",
                        "understood",
                        icondata_lu::LuCheck,
                        Signal::stored(words),
                    ))
            })}
            {redraw(move || {
                effect()
                    .map(|words| line(
                        "reading",
                        "effect",
                        icondata_lu::LuPhoneOff,
                        Signal::stored(words),
                    ))
            })}
            {redraw(move || {
                covered()
                    .map(|words| line(
                        "hint",
                        "covered",
                        icondata_lu::LuInfo,
                        Signal::stored(words),
                    ))
            })}
            {redraw(move || {
                typed
                    .warnings()
                    .into_iter()
                    .map(|words| line(
                        "hint",
                        "warning",
                        icondata_lu::LuTriangleAlert,
                        Signal::stored(words),
                    ))
                    .collect_view()
            })}
            {redraw(move || {
                proposal()
                    .map(|(text, matching)| {
                        let shown = text.clone();
                        view! {
                            <button
                                class="btn wide"
                                type="button"
                                data-testid="proposal"
                                on:click=move |_| take(text.clone(), matching)
                            >
                                <Icon icon=icondata_lu::LuCornerDownLeft />
                                <span class="num">
                                    {redraw(move || {
                                        if matching == BlockMatch::Prefix {
                                            t!(block.propose_prefix, caller = shown.clone())
                                        } else {
                                            t!(block.propose, caller = shown.clone())
                                        }
                                    })}
                                </span>
                            </button>
                        }
                    })
            })}
        </div>
    }
}
