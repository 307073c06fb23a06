//! Sign-in with the basic ID.

use std::time::Duration;

use api_types::SignIn;
use leptos::prelude::*;

use super::api;
use super::entrance::Entrance;
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::follow;
use crate::platform::focus::focus_first;
use crate::platform::router::use_router;
use crate::platform::routes;
use crate::platform::session::{SessionState, use_session};
use crate::platform::task::Task;
use crate::ui::notes::FieldState;
use crate::ui::password::{PasswordField, StackedField};
use crate::ui::states::FormError;
use crate::{t, text};

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let client = use_client();
    let session = use_session();
    let router = use_router();
    let login_id = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let task = Task::default();
    let wait_s = RwSignal::new(0_u32);
    // The notice belongs to this visit of the page: a further 401 must not bring it back.
    let ended = session.with_untracked(|state| *state == SessionState::Ended);

    follow(move || {
        if session.with(|state| state.signed_in().is_some()) {
            let next = untrack(|| router.query("next"));
            router.replace(&routes::safe_return(next.as_deref()));
        }
    });

    let missing = move |value: RwSignal<String>| {
        Signal::derive(move || {
            (tried.get() && value.with(String::is_empty)).then(|| t!(fault.required).to_string())
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if login_id.with_untracked(String::is_empty) || password.with_untracked(String::is_empty) {
            focus_first(".cell.bad input");
            return;
        }
        if wait_s.get_untracked() > 0 {
            return;
        }
        let credentials = SignIn {
            login_id: login_id.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
        };
        let request = api::session::sign_in(client, &credentials);
        task.run(request, move |outcome| {
            if let Err(ClientError::Wait(_, seconds)) = outcome {
                count_down(wait_s, seconds);
            }
            match outcome {
                Ok(signed_in) => session.set(SessionState::In(signed_in)),
                Err(refused) => {
                    focus_first("#input-password");
                    return Err(refused);
                }
            }
            Ok(())
        });
    };
    let label = move || match (wait_s.get(), task.is_busy()) {
        (0, true) => t!(sign_in.busy).to_string(),
        (0, false) => t!(sign_in.submit).to_string(),
        (seconds, _) => t!(sign_in.wait, seconds = seconds),
    };

    view! {
        <Entrance title=text!(
            sign_in.title
        )>
            {ended
                .then(|| {
                    view! {
                        <p class="notice" role="status" data-testid="session-ended">
                            {text!(sign_in.ended)}
                        </p>
                    }
                })} <form novalidate on:submit=submit>
                <StackedField
                    state=FieldState::plain("login_id", missing(login_id))
                    label=text!(sign_in.login_id)
                    value=login_id
                    autocomplete="username"
                />
                <p class="field-hint">{text!(sign_in.only_basic)}</p>
                <PasswordField
                    state=FieldState::plain("password", missing(password))
                    label=text!(sign_in.password)
                    value=password
                    autocomplete="current-password"
                />
                <FormError error=task.error().into() test_id="form-error" />
                <button
                    class="btn main wide \
                    num"
                    type="submit"
                    data-testid="sign-in"
                    aria-disabled=move || (task.is_busy() || wait_s.get() > 0).to_string()
                >
                    {label}
                </button>
            </form> <p class="aside">
                <a href=routes::FORGOT_PASSWORD data-testid="forgot-password">
                    {text!(sign_in.forgot)}
                </a>
            </p>
        </Entrance>
    }
}

/// Counts the seconds of a wait.
pub(super) fn count_down(left: RwSignal<u32>, seconds: u32) {
    left.try_set(seconds);
    if seconds > 0 {
        set_timeout(
            move || {
                // Counts on only while the page is there.
                if left.try_get_untracked().is_some() {
                    count_down(left, seconds - 1);
                }
            },
            Duration::from_secs(1),
        );
    }
}
