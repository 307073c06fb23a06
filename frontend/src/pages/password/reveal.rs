//! The present password of an additional ID: for half a minute, for whoever says their own, and never kept.

use std::time::Duration;

use api_types::{ErrorCode, FieldCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ClientError, use_client};
use crate::effect::follow;
use crate::focus::focus_first;
use crate::later::Later;
use crate::pages::entrance::FormError;
use crate::pages::sign_in::count_down;
use crate::session::use_session;
use crate::ui::clipboard::CopyButton;
use crate::ui::icon::Icon;
use crate::ui::live::use_live;
use crate::ui::notes::FieldState;
use crate::ui::password::PasswordField;
use crate::ui::sheet::Sheet;
use crate::ui::states::words;
use crate::{t, text};

const SHOWN_S: u32 = 30;

#[derive(Clone, Copy)]
struct Shown {
    password: RwSignal<String>,
    left_s: RwSignal<u32>,
    later: Later,
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

    fn hide(self) {
        self.later.stop();
        self.password.try_set(String::new());
    }
}

/// The row that shows it, and the question before.
#[component]
pub(super) fn Reveal(phone_id: String) -> impl IntoView {
    let client = use_client();
    let live = use_live();
    let login_id = use_session().with_untracked(|state| state.signed_in().map(|session| session.login_id.clone())).unwrap_or_default();
    let id = StoredValue::new(phone_id);
    let shown = Shown { password: RwSignal::new(String::new()), left_s: RwSignal::new(0), later: Later::default() };
    let open = RwSignal::new(false);
    let own = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<ClientError>);
    let wait_s = RwSignal::new(0_u32);
    let busy = RwSignal::new(false);

    // Whoever looks away or lends the screen does not show it to others.
    let listeners = [
        window_event_listener(leptos::ev::blur, move |_| shown.hide()),
        window_event_listener(leptos::ev::Custom::<leptos::ev::Event>::new("visibilitychange"), move |_| shown.hide()),
        window_event_listener(leptos::ev::Custom::<leptos::ev::Event>::new("pagehide"), move |_| shown.hide()),
    ];
    on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
    follow(move || {
        if !open.get() {
            own.set(String::new());
            fault.set(None);
            error.set(None);
        }
    });

    let reveal = move || {
        busy.set(true);
        spawn_local(async move {
            let Some(phone_id) = id.try_get_value() else { return };
            let outcome = api::passwords::reveal(client, &phone_id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(revealed) => {
                    open.set(false);
                    shown.show(revealed.password);
                    focus_first("[data-testid=hide]");
                }
                Err(refused) if refused.code() == Some(ErrorCode::ConfirmationRequired) => open.set(true),
                Err(refused) => live.toast(words(&refused).1),
            }
        });
    };
    let confirm = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || wait_s.get_untracked() > 0 {
            return;
        }
        let typed = own.get_untracked();
        if typed.is_empty() {
            fault.set(Some(t!(fault.required).to_owned()));
            return focus_first("#input-own_password");
        }
        fault.set(None);
        error.set(None);
        busy.set(true);
        spawn_local(async move {
            let outcome = api::passwords::confirm(client, typed).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(_) => reveal(),
                Err(refused) if is_wrong(&refused) => {
                    fault.set(Some(t!(fault.wrong_password).to_owned()));
                    focus_first("#input-own_password");
                }
                Err(refused) => {
                    if let ClientError::Wait(_, seconds) = refused {
                        count_down(wait_s, seconds);
                    }
                    error.set(Some(refused));
                }
            }
        });
    };
    let label = move || match wait_s.get() {
        0 => t!(password.confirm).to_string(),
        seconds => t!(sign_in.wait, seconds = seconds),
    };
    let login_id = StoredValue::new(login_id);
    let visible = Memo::new(move |_| shown.password.with(|password| !password.is_empty()));
    view! {
        <section class="group">
            <h2>{move || t!(password.reveal_heading)}</h2>
            <div class="list">
                {move || if visible.get() {
                    view! {
                        <div class="secret" data-testid="revealed">
                            <code data-testid="password">{shown.password}</code>
                            <p class="num" data-testid="hides-in">{move || t!(password.hides_in, seconds = shown.left_s.get())}</p>
                            <div class="buttons">
                                <CopyButton text=shown.password.into()/>
                                <button class="btn" type="button" data-testid="hide" on:click=move |_| shown.hide()><Icon icon=icondata_lu::LuEyeOff/>{move || t!(password.hide)}</button>
                            </div>
                        </div>
                    }.into_any()
                } else {
                    view! {
                        <button class="row action" type="button" data-testid="reveal" aria-disabled=move || busy.get().to_string() on:click=move |_| if !busy.get_untracked() { reveal() }>
                            <span class="lead"><Icon icon=icondata_lu::LuEye/></span>
                            <span class="label">{move || t!(password.reveal)}</span>
                        </button>
                    }.into_any()
                }}
            </div>
            <p>{move || t!(password.reveal_note)}</p>
        </section>
        <Sheet open title=text!(password.confirm_title) test_id="confirm-sheet">
            <p class="say">{move || t!(password.confirm_body, login_id = login_id.get_value())}</p>
            <form novalidate on:submit=confirm>
                <PasswordField state=FieldState::plain("own_password", fault.into()) label=text!(password.your_password) value=own autocomplete="current-password"/>
                <FormError error=error.into()/>
                <button class="btn main wide num" type="submit" data-testid="confirm" aria-disabled=move || (busy.get() || wait_s.get() > 0).to_string()>{label}</button>
            </form>
        </Sheet>
    }
}

fn is_wrong(error: &ClientError) -> bool {
    matches!(error, ClientError::Problem(problem) if problem.errors.iter().any(|error| error.code == FieldCode::WrongPassword))
}
