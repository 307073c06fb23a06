//! 「ご本人の確認」: the own password again, before something delicate.

use api_types::FieldCode;
use leptos::prelude::*;

use super::api;
use super::sign_in::count_down;
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::follow;
use crate::platform::focus::focus_first;
use crate::platform::session::use_session;
use crate::platform::task::Task;
use crate::ui::notes::FieldState;
use crate::ui::password::PasswordField;
use crate::ui::sheet::Sheet;
use crate::ui::states::FormError;
use crate::{t, text};

/// The sheet that asks.
#[component]
pub fn ConfirmSheet(
    /// Whether it is open; whoever opened it closes it when what was wanted has happened.
    open: RwSignal<bool>,
    /// What was wanted; it waits for the answer to this question, too.
    task: Task,
    /// Goes on with it.
    confirmed: Callback<()>,
) -> impl IntoView {
    let client = use_client();
    let login_id = use_session()
        .with_untracked(|state| state.signed_in().map(|session| session.login_id.clone()))
        .unwrap_or_default();
    let own = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let error = task.error();
    let wait_s = RwSignal::new(0_u32);
    follow(move || {
        if !open.get() {
            own.set(String::new());
            fault.set(None);
            error.set(None);
        }
    });
    let confirm = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !task.is_idle() || wait_s.get_untracked() > 0 {
            return;
        }
        let typed = own.get_untracked();
        if typed.is_empty() {
            fault.set(Some(t!(fault.required).to_owned()));
            return focus_first("#input-own_password");
        }
        fault.set(None);
        let request = api::passwords::confirm(client, typed);
        task.run(request, move |outcome| {
            if let Err(ClientError::Wait(_, seconds)) = outcome {
                count_down(wait_s, seconds);
            }
            match outcome {
                Ok(_) => confirmed.run(()),
                Err(refused) if is_wrong(&refused) => {
                    fault.set(Some(t!(fault.wrong_password).to_owned()));
                    focus_first("#input-own_password");
                }
                Err(refused) => return Err(refused),
            }
            Ok(())
        });
    };
    let label = move || match wait_s.get() {
        0 => t!(password.confirm).to_string(),
        seconds => t!(sign_in.wait, seconds = seconds),
    };
    let login_id = StoredValue::new(login_id);
    view! {
        <Sheet open title=text!(password.confirm_title) test_id="confirm-sheet">
            <p class="say">{text!(password.confirm_body, login_id = login_id.get_value())}</p>
            <form novalidate on:submit=confirm>
                <PasswordField
                    state=FieldState::plain("own_password", fault.into())
                    label=text!(password.your_password)
                    value=own
                    autocomplete="current-password"
                />
                <FormError error=error.into() test_id="form-error" />
                <button
                    class="btn main wide \
                    num"
                    type="submit"
                    data-testid="confirm"
                    aria-disabled=move || (task.is_busy() || wait_s.get() > 0).to_string()
                >
                    {label}
                </button>
            </form>
        </Sheet>
    }
}

fn is_wrong(error: &ClientError) -> bool {
    matches!(error,
        ClientError::Problem(problem) if problem.errors.iter().any(|error| error.code == FieldCode::WrongPassword))
}
