//! Asking for a mail with a password link.

use api_types::PasswordResetRequest;
use leptos::prelude::*;

use super::api;
use super::entrance::Entrance;
use crate::platform::api::use_client;
use crate::platform::effect::redraw;
use crate::platform::focus::focus_first;
use crate::platform::routes;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::ui::notes::FieldState;
use crate::ui::password::StackedField;
use crate::ui::states::FormError;
use crate::{t, text};

/// The page. It says the same whether the ID exists or not, as the server does.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let client = use_client();
    let login_id = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let task = Task::default();
    let sent = RwSignal::new(false);
    let missing = Signal::derive(move || {
        (tried.get() && login_id.with(String::is_empty)).then(|| t!(fault.required).to_string())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if login_id.with_untracked(String::is_empty) {
            focus_first(".cell.bad input");
            return;
        }
        let request = PasswordResetRequest { login_id: login_id.get_untracked().trim().to_owned() };
        let request = api::session::ask_for_link(client, &request);
        task.run(request, move |outcome| {
            outcome?;
            sent.set(true);
            Ok(())
        });
    };
    let form = move || {
        view! {
            <p class="say">{text!(forgot.body)}</p>
            <form novalidate on:submit=submit>
                <StackedField
                    state=FieldState::plain("login_id", missing)
                    label=text!(sign_in.login_id)
                    value=login_id
                    autocomplete="username"
                />
                <FormError error=task.error().into() test_id="form-error" />
                <button
                    class="btn main \
                    wide"
                    type="submit"
                    data-testid="send-link"
                    aria-disabled=move || task.is_busy().to_string()
                >
                    {redraw(move || {
                        if task.is_busy() {
                            t!(forgot.busy)
                        } else {
                            t!(forgot.submit)
                        }
                    })}
                </button>
            </form>
        }
    };
    view! {
        <Entrance title=text!(
            forgot.title
        )>
            {redraw(move || {
                if sent.get() {
                    view! {
                        <div class="success" role="status" data-testid="link-sent">
                            <Icon icon=icondata_lu::LuMailCheck />
                            <p>{text!(forgot.sent)}</p>
                        </div>
                    }
                        .into_any()
                } else {
                    form().into_any()
                }
            })} <p class="aside">
                <a href=routes::SIGN_IN data-testid="to-sign-in">
                    {text!(forgot.back)}
                </a>
            </p>
        </Entrance>
    }
}
