//! ログイン中の端末: what is signed in with an ID, how to sign it out, and a QR code to sign an app in.

mod code;
mod sign_out;

use api_types::{PhoneId, Terminal};
use leptos::prelude::*;

use self::code::Code;
use self::sign_out::SignOutSheet;
use crate::numbers::directory::use_directory;
use crate::numbers::subject::{HistoryLink, NotHere, RowFrame, Subject};
use crate::numbers::terminals::{icon_of, name_of};
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::routes::RowRef;
use crate::ui::icon::Icon;
use crate::{t, text};

/// The page.
#[component]
pub fn SignInsPage(
    /// Whose terminals.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(row.terminals) row page=body /> }
}

fn body(subject: Subject) -> AnyView {
    let heading = subject.heading();
    let row = subject.row.clone();
    let content = match subject.phone_id {
        Some(phone_id) => view! {
            <SignIns phone_id />
            <HistoryLink row kind="" />
        }
        .into_any(),
        None => view! { <NotHere body=text!(sign_ins.not_here) /> }.into_any(),
    };
    view! {
        <div class="hero">{heading}</div>
        {content}
    }
    .into_any()
}

#[component]
fn SignIns(phone_id: PhoneId) -> impl IntoView {
    let directory = use_directory();
    let id = StoredValue::new(phone_id.id.clone());
    // As the list has them: the code and the sheet put there what they learn.
    let terminals = memo(move || {
        let terminals = |phone_id: &PhoneId| phone_id.terminals.clone();
        directory
            .rows()
            .with(|rows| {
                rows.ready().and_then(|rows| id.with_value(|id| rows.phone_id(id).map(terminals)))
            })
            .unwrap_or_default()
    });
    let leaving = RwSignal::new(None::<Terminal>);
    view! {
        <Code phone_id />
        <section class="group">
            <h2>{text!(row.terminals)}</h2>
            {redraw(move || match terminals.get() {
                none if none.is_empty() => {
                    view! {
                        <p class="note" data-testid="no-terminals">
                            {text!(row.no_terminals)}
                        </p>
                    }
                        .into_any()
                }
                terminals => {
                    view! {
                        <ul class="list">
                            {terminals
                                .into_iter()
                                .map(|terminal| item(terminal, leaving))
                                .collect_view()}
                        </ul>
                    }
                        .into_any()
                }
            })}
            <p>{text!(sign_ins.note)}</p>
            {redraw(move || {
                let any = terminals.with(|all| all.iter().any(|terminal| terminal.registered));
                any.then(|| {
                    view! { <p data-testid="registered-note">{text!(sign_ins.registered)}</p> }
                })
            })}
        </section>
        <SignOutSheet phone_id=id leaving />
    }
}

fn item(terminal: Terminal, leaving: RwSignal<Option<Terminal>>) -> AnyView {
    let (kind, at, name) = (terminal.kind, terminal.last_seen_at, terminal.name.clone());
    let registered = terminal.registered;
    let label = {
        let name = name.clone();
        move || t!(sign_ins.sign_out_of, name = name.clone())
    };
    let seen = text!(sign_ins.seen, day = format::short_day(locale(), at), time = format::time(at));
    view! {
        <li class="row" data-testid="terminal">
            <span class="lead">
                <Icon icon=icon_of(kind) />
            </span>
            <span class="label">
                {name}<small>{redraw(move || name_of(kind))}" · "{seen}</small>
            </span>
            {(!registered)
                .then(|| {
                    view! {
                        <button
                            class="btn danger"
                            type="button"
                            aria-haspopup="dialog"
                            aria-label=label
                            data-testid="sign-out-terminal"
                            on:click=move |_| leaving.set(Some(terminal.clone()))
                        >
                            <Icon icon=icondata_lu::LuLogOut />
                        </button>
                    }
                })}
        </li>
    }
    .into_any()
}
