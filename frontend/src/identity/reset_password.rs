//! Setting a new password with the link from the mail.

use api_types::{ErrorCode, FieldCode, FieldError, FieldFault, PasswordReset, field_faults};
use leptos::prelude::*;
use validator::Validate;

use super::api;
use super::entrance::Entrance;
use crate::page::faults::fault_text;
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::focus::focus_first;
use crate::platform::routes;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::ui::notes::FieldState;
use crate::ui::password::PasswordField;
use crate::ui::states::FormError;
use crate::{t, text};

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Asking,
    Done,
    Expired,
}

/// What the shared validators say, and whether the two entries agree.
fn faults(reset: &PasswordReset) -> Vec<FieldFault> {
    let mut found = reset.validate().err().map(|errors| field_faults(&errors)).unwrap_or_default();
    if found.is_empty() && reset.new_password != reset.new_password_confirmation {
        found.push(FieldFault::new("/new_password_confirmation", FieldCode::Mismatch));
    }
    found
}

/// The token stands behind the `#`, which browsers send to nobody; it leaves the address bar at
/// once.
fn take_token() -> Option<String> {
    let hash = window().location().hash().ok()?;
    let token = hash.trim_start_matches('#').to_owned();
    if let Ok(history) = window().history() {
        _ = history.replace_state_with_url(
            &wasm_bindgen::JsValue::NULL,
            "",
            Some(routes::RESET_PASSWORD),
        );
    }
    let sound = !token.is_empty()
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    sound.then_some(token)
}

/// The page.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let client = use_client();
    let token = StoredValue::new(take_token());
    let stage = RwSignal::new(if token.with_value(Option::is_some) {
        Stage::Asking
    } else {
        Stage::Expired
    });
    let first = RwSignal::new(String::new());
    let second = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let task = Task::default();
    let refused = RwSignal::new(Vec::<FieldError>::new());
    let reset = move || PasswordReset {
        new_password: first.get(),
        new_password_confirmation: second.get(),
    };
    let fault_of = move |pointer: &'static str| {
        Signal::derive(move || {
            let local = if tried.get() { faults(&reset()) } else { Vec::new() };
            let local = local.iter().find(|fault| fault.pointer == pointer).map(fault_text);
            local.or_else(|| {
                refused.with(|refused| {
                    refused
                        .iter()
                        .find(|error| error.pointer == pointer)
                        .map(|error| error.message.clone())
                })
            })
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        refused.update(Vec::clear);
        let body = untrack(reset);
        let Some(token) = token.get_value() else { return };
        if !faults(&body).is_empty() {
            focus_first(".cell.bad input");
            return;
        }
        let request = api::session::reset_password(client, &token, &body);
        task.run(request, move |outcome| {
            match outcome {
                Ok(()) => stage.set(Stage::Done),
                Err(failed)
                    if matches!(
                        failed.code(),
                        Some(ErrorCode::LinkExpired | ErrorCode::NotFound)
                    ) =>
                {
                    stage.set(Stage::Expired)
                }
                Err(ClientError::Problem(problem)) if !problem.errors.is_empty() => {
                    refused.set(problem.errors);
                    focus_first(".cell.bad input");
                }
                Err(failed) => return Err(failed),
            }
            Ok(())
        });
    };
    let form = move || {
        view! {
            <p class="say">{text!(reset.hint)}</p>
            <form novalidate on:submit=submit>
                <PasswordField
                    state=FieldState::plain("new_password", fault_of("/new_password"))
                    label=text!(reset.first)
                    value=first
                    autocomplete="new-password"
                />
                <PasswordField
                    state=FieldState::plain(
                        "new_password_confirmation",
                        fault_of("/new_password_confirmation"),
                    )
                    label=text!(reset.second)
                    value=second
                    autocomplete="new-password"
                />
                <FormError error=task.error().into() test_id="form-error" />
                <button
                    class="btn main \
                    wide"
                    type="submit"
                    data-testid="set-password"
                    aria-disabled=move || task.is_busy().to_string()
                >
                    {redraw(move || if task.is_busy() { t!(reset.busy) } else { t!(reset.submit) })}
                </button>
            </form>
        }
    };
    view! {
        <Entrance title=text!(
            reset.title
        )>
            {redraw(move || match stage.get() {
                Stage::Asking => form().into_any(),
                Stage::Done => {
                    view! {
                        <div class="success" role="status" data-testid="password-set">
                            <Icon icon=icondata_lu::LuCircleCheck />
                            <p>{text!(reset.done)}</p>
                        </div>
                        <a class="btn main wide" href=routes::SIGN_IN>
                            {text!(sign_in.submit)}
                        </a>
                    }
                        .into_any()
                }
                Stage::Expired => {
                    view! {
                        <div class="success" role="alert" data-testid="link-expired">
                            <Icon icon=icondata_lu::LuLink2Off />
                            <p>{text!(reset.expired)}</p>
                        </div>
                        <a class="btn main wide" href=routes::FORGOT_PASSWORD>
                            {text!(reset.again)}
                        </a>
                    }
                        .into_any()
                }
            })}
        </Entrance>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_entries_must_agree_and_be_long_enough() {
        let table = [
            ("short", "short", vec![("/new_password", FieldCode::TooShort)]),
            (
                "long enough 1",
                "long enough 2",
                vec![("/new_password_confirmation", FieldCode::Mismatch)],
            ),
            ("long enough 1", "long enough 1", vec![]),
        ];
        for (first, second, expected) in table {
            let reset = PasswordReset {
                new_password: first.into(),
                new_password_confirmation: second.into(),
            };
            let found = faults(&reset);
            assert_eq!(
                found.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect::<Vec<_>>(),
                expected,
                "{first} {second}"
            );
        }
    }
}
