//! A new password, typed twice or made.

use api_types::{
    FieldCode, FieldError, FieldFault, PasswordPut, PhoneId, PhoneIdKind, field_faults,
};
use leptos::prelude::*;
use validator::Validate;

use super::meter::Meter;
use super::reveal::Shown;
use crate::identity::api;
use crate::identity::sign_in::count_down;
use crate::numbers::directory::use_directory;
use crate::page::faults::fault_text;
use crate::page::guard::{Guarded, use_guard};
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::{memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::task::Task;
use crate::ui::clipboard::{CopyButton, copy};
use crate::ui::icon::Icon;
use crate::ui::live::use_live;
use crate::ui::notes::FieldState;
use crate::ui::password::PasswordField;
use crate::ui::states::FormError;
use crate::ui::states::words;
use crate::{t, text};

/// What the shared validators say, whether the two entries agree, and whether the present one is
/// there where it is needed.
fn faults(put: &PasswordPut) -> Vec<FieldFault> {
    let mut found = put.validate().err().map(|errors| field_faults(&errors)).unwrap_or_default();
    if put.current_password.as_ref().is_some_and(String::is_empty) {
        found.insert(0, FieldFault::new("/current_password", FieldCode::Required));
    }
    if put.new_password != put.new_password_confirmation {
        found.push(FieldFault::new("/new_password_confirmation", FieldCode::Mismatch));
    }
    found
}

/// The form, and what a change did.
#[component]
pub(super) fn Change(phone_id: PhoneId, shown: Shown) -> impl IntoView {
    let client = use_client();
    let directory = use_directory();
    let live = use_live();
    let basic = phone_id.kind == PhoneIdKind::Basic;
    let login_id = phone_id.login_id.clone();
    let id = StoredValue::new(phone_id.id);
    let current = RwSignal::new(String::new());
    let first = RwSignal::new(String::new());
    let second = RwSignal::new(String::new());
    let proposal = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let (task, proposing) = (Task::default(), Task::default());
    let wait_s = RwSignal::new(0_u32);
    let refused = RwSignal::new(Vec::<FieldError>::new());
    let done = RwSignal::new(None::<u32>);
    // A password that nobody has typed is known to nobody: it stays until somebody has it.
    let made = RwSignal::new(String::new());
    let put = move || PasswordPut {
        new_password: first.get(),
        new_password_confirmation: second.get(),
        current_password: basic.then(|| current.get()),
    };
    let fault_of = move |pointer: &'static str| {
        Signal::derive(move || {
            let local = if tried.get() { faults(&put()) } else { Vec::new() };
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
    let propose = move |_| {
        proposing.run(api::passwords::propose(client), move |outcome| {
            match outcome {
                Ok(made) => {
                    first.set(made.password.clone());
                    second.set(made.password.clone());
                    copy(live, &made.password);
                    proposal.set(made.password);
                }
                Err(failed) => live.toast(words(&failed).1),
            }
            Ok(())
        });
    };
    let send = move || {
        tried.set(true);
        refused.update(Vec::clear);
        done.set(None);
        let body = untrack(put);
        if !faults(&body).is_empty() {
            focus_first(".form .cell.bad input");
            return;
        }
        if wait_s.get_untracked() > 0 {
            return;
        }
        let id = id.get_value();
        let request = async move {
            let changed = api::passwords::put(client, &id, &body).await?;
            Ok((changed, id, body.new_password))
        };
        task.run(request, move |outcome| {
            if let Err(ClientError::Wait(_, seconds)) = outcome {
                count_down(wait_s, seconds);
            }
            match outcome {
                Ok((changed, id, password)) => {
                    directory.reload_id(id);
                    shown.hide();
                    tried.set(false);
                    let is_made = proposal.with_untracked(|made| *made == password);
                    made.set(if is_made { password } else { String::new() });
                    for field in [current, first, second, proposal] {
                        field.set(String::new());
                    }
                    done.set(Some(changed.ended_sessions + changed.ended_terminals));
                    focus_first("[data-testid=password-changed]");
                }
                Err(ClientError::Problem(problem)) if !problem.errors.is_empty() => {
                    refused.set(problem.errors);
                    focus_first(".form .cell.bad input");
                }
                Err(failed) => return Err(failed),
            }
            Ok(())
        });
    };
    use_guard().watch(Guarded {
        // One that was made and not yet noted down would be lost, too.
        dirty: Signal::derive(move || {
            [first, second, made].iter().any(|field| field.with(|text| !text.is_empty()))
        }),
        busy: task.busy(),
        save: Callback::new(move |()| send()),
        discard: Callback::new(move |()| {
            for field in [current, first, second, proposal, made] {
                field.set(String::new());
            }
        }),
    });
    // What was refused is another password now.
    let edited = |pointer: &'static str, value: RwSignal<String>| {
        crate::platform::effect::follow(move || {
            value.track();
            if refused
                .with_untracked(|refused| refused.iter().any(|error| error.pointer == pointer))
            {
                refused.update(|refused| refused.retain(|error| error.pointer != pointer));
            }
        });
    };
    edited("/current_password", current);
    edited("/new_password", first);
    let label = move || match (wait_s.get(), task.is_busy()) {
        (0, true) => t!(reset.busy).to_string(),
        (0, false) => t!(password.change).to_string(),
        (seconds, _) => t!(sign_in.wait, seconds = seconds),
    };
    let shown_proposal =
        memo(move || proposal.with(|made| !made.is_empty() && first.with(|typed| typed == made)));
    view! {
        <section class="group">
            <h2>{text!(password.heading)}</h2>
            <Done done basic />
            <Made made basic />
            <form
                class="form"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                // Password managers keep the password under this name.
                <input type="text" autocomplete="username" value=login_id hidden />
                {basic
                    .then(|| {
                        view! {
                            <PasswordField
                                state=FieldState::plain(
                                    "current_password",
                                    fault_of("/current_password"),
                                )
                                label=text!(password.current)
                                value=current
                                autocomplete="current-password"
                            />
                        }
                    })}
                <PasswordField
                    state=FieldState::plain("new_password", fault_of("/new_password"))
                    label=text!(password.first)
                    value=first
                    autocomplete="new-password"
                />
                <Meter phone_id=id.get_value() password=first />
                {redraw(move || {
                    shown_proposal
                        .get()
                        .then(|| {
                            view! {
                                <div class="proposal" role="status" data-testid="proposal">
                                    <span class="sr">{text!(password.proposed)}</span>
                                    <code data-testid="proposed">{proposal}</code>
                                    <CopyButton text=proposal.into() />
                                </div>
                            }
                        })
                })}
                <PasswordField
                    state=FieldState::plain(
                        "new_password_confirmation",
                        fault_of("/new_password_confirmation"),
                    )
                    label=text!(password.second)
                    value=second
                    autocomplete="new-password"
                />
                <FormError error=task.error().into() test_id="form-error" />
                <button
                    class="btn main wide \
                    num"
                    type="submit"
                    data-testid="change-password"
                    aria-disabled=move || (task.is_busy() || wait_s.get() > 0).to_string()
                >
                    {label}
                </button>
                <button
                    class="btn wide \
                    propose"
                    type="button"
                    data-testid="propose"
                    on:click=propose
                >
                    <Icon icon=icondata_lu::LuWandSparkles />
                    {text!(password.propose)}
                </button>
            </form>
            <p>
                {redraw(move || if basic { t!(password.note_basic) } else { t!(password.note_id) })}
            </p>
        </section>
    }
}

/// What the change did.
#[component]
fn Done(done: RwSignal<Option<u32>>, basic: bool) -> impl IntoView {
    let ended = |count: u32| match count {
        0 => String::new(),
        1 => t!(password.ended_one).to_owned(),
        count => t!(password.ended, count = count),
    };
    view! {
        {redraw(move || {
            done
                .get()
                .map(|count| {
                    view! {
                        <div
                            class="done-note"
                            role="status"
                            tabindex="-1"
                            data-testid="password-changed"
                        >
                            <Icon icon=icondata_lu::LuCircleCheck />
                            <div>
                                <p>{text!(password.done)}</p>
                                <p>
                                    {redraw(move || {
                                        if basic {
                                            ended(count)
                                        } else {
                                            format!("{}{}", ended(count), t!(password.again_id))
                                        }
                                    })}
                                </p>
                            </div>
                        </div>
                    }
                })
        })}
    }
}

/// The password that was made and is in force now, until somebody says that they have it.
#[component]
fn Made(made: RwSignal<String>, basic: bool) -> impl IntoView {
    let there = memo(move || made.with(|made| !made.is_empty()));
    let note = move || if basic { t!(password.keep_basic) } else { t!(password.keep_id) };
    view! {
        {redraw(move || {
            there
                .get()
                .then(|| {
                    view! {
                        <div class="secret" role="group" data-testid="made">
                            <p>{note()}</p>
                            <code data-testid="made-password">{made}</code>
                            <div class="buttons">
                                <CopyButton text=made.into() />
                                <button
                                    class="btn main"
                                    type="button"
                                    data-testid="kept"
                                    on:click=move |_| made.set(String::new())
                                >
                                    {text!(password.kept)}
                                </button>
                            </div>
                        </div>
                    }
                })
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_password_is_asked_of_the_basic_id_only() {
        let put = |current: Option<&str>, first: &str, second: &str| PasswordPut {
            new_password: first.into(),
            new_password_confirmation: second.into(),
            current_password: current.map(str::to_owned),
        };
        let table = [
            (
                put(Some(""), "long enough 1", "long enough 1"),
                vec![("/current_password", FieldCode::Required)],
            ),
            (put(None, "short", "short"), vec![("/new_password", FieldCode::TooShort)]),
            (
                put(None, "long enough 1", "long enough 2"),
                vec![("/new_password_confirmation", FieldCode::Mismatch)],
            ),
            (put(Some("mine"), "long enough 1", "long enough 1"), vec![]),
        ];
        for (put, expected) in table {
            let found = faults(&put);
            assert_eq!(
                found.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect::<Vec<_>>(),
                expected,
                "{put:?}"
            );
        }
    }
}
