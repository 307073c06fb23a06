//! The present password of an additional ID: for half a minute, for whoever says their own, and
//! never kept.

use std::time::Duration;

use api_types::ErrorCode;
use leptos::prelude::*;

use crate::identity::api;
use crate::identity::confirm::ConfirmSheet;
use crate::platform::api::use_client;
use crate::platform::effect::{memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::later::Later;
use crate::platform::task::Task;
use crate::text;
use crate::ui::clipboard::CopyButton;
use crate::ui::icon::Icon;
use crate::ui::live::use_live;
use crate::ui::states::words;

const SHOWN_S: u32 = 30;

/// The password on the screen, if it is there.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    password: RwSignal<String>,
    left_s: RwSignal<u32>,
    later: Later,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            password: RwSignal::new(String::new()),
            left_s: RwSignal::new(0),
            later: Later::default(),
        }
    }
}

impl Shown {
    fn show(self, password: String) {
        self.password.set(password);
        self.tick(SHOWN_S);
    }

    fn tick(self, left_s: u32) {
        if left_s == 0 {
            return self.hide();
        }
        self.left_s.set(left_s);
        self.later.run(Duration::from_secs(1), move || self.tick(left_s - 1));
    }

    /// Takes it off the screen: it is seen, or it is the present one no more.
    pub(super) fn hide(self) {
        self.later.stop();
        self.password.try_set(String::new());
    }
}

/// The row that shows it, and the question before.
#[component]
pub(super) fn Reveal(phone_id: String, shown: Shown) -> impl IntoView {
    let client = use_client();
    let live = use_live();
    let id = StoredValue::new(phone_id);
    let open = RwSignal::new(false);
    let task = Task::default();

    // Whoever looks away or lends the screen does not show it to others.
    let listeners = [
        window_event_listener(leptos::ev::blur, move |_| shown.hide()),
        window_event_listener(
            leptos::ev::Custom::<leptos::ev::Event>::new("visibilitychange"),
            move |_| shown.hide(),
        ),
        window_event_listener(
            leptos::ev::Custom::<leptos::ev::Event>::new("pagehide"),
            move |_| shown.hide(),
        ),
    ];
    on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
    let reveal = move || {
        let phone_id = id.get_value();
        let request = api::passwords::reveal(client, &phone_id);
        task.run(request, move |outcome| {
            match outcome {
                Ok(revealed) => {
                    open.set(false);
                    shown.show(revealed.password);
                    focus_first("[data-testid=hide]");
                }
                Err(refused) if refused.code() == Some(ErrorCode::ConfirmationRequired) => {
                    open.set(true)
                }
                Err(refused) => live.toast(words(&refused).1),
            }
            Ok(())
        });
    };
    let visible = memo(move || shown.password.with(|password| !password.is_empty()));
    view! {
        <section class="group">
            <h2>{text!(password.reveal_heading)}</h2>
            <div class="list">
                {redraw(move || {
                    if visible.get() {
                        view! {
                            <div class="secret" data-testid="revealed">
                                <code data-testid="password">{shown.password}</code>
                                <p class="num" data-testid="hides-in">
                                    {text!(
                                            password.hides_in,
                                seconds = shown.left_s.get()
                                        )}
                                </p>
                                <div class="buttons">
                                    <CopyButton text=shown.password.into() />
                                    <button
                                        class="btn"
                                        type="button"
                                        data-testid="hide"
                                        on:click=move |_| shown.hide()
                                    >
                                        <Icon icon=icondata_lu::LuEyeOff />
                                        {text!(password.hide)}
                                    </button>
                                </div>
                            </div>
                        }
                            .into_any()
                    } else {
                        view! {
                            <button
                                class="row action"
                                type="button"
                                data-testid="reveal"
                                aria-disabled=move || task.is_busy().to_string()
                                on:click=move |_| reveal()
                            >
                                <span class="lead">
                                    <Icon icon=icondata_lu::LuEye />
                                </span>
                                <span class="label">{text!(password.reveal)}</span>
                            </button>
                        }
                            .into_any()
                    }
                })}
            </div>
            <p>{text!(password.reveal_note)}</p>
        </section>
        <ConfirmSheet open task confirmed=Callback::new(move |()| reveal()) />
    }
}
