//! A QR code that signs an app in: for five minutes, once, for whoever says their own password.

use std::time::Duration;

use api_types::{ErrorCode, PhoneId, SignInLink, Terminal};
use chrono::{DateTime, TimeDelta, Utc};
use fast_qr::{ECL, QRBuilder};
use leptos::prelude::*;

use crate::identity::confirm::ConfirmSheet;
use crate::numbers;
use crate::numbers::directory::use_directory;
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::later::Later;
use crate::platform::task::{Boxed, Task};
use crate::softphone::api;
use crate::ui::icon::Icon;
use crate::ui::live::use_live;
use crate::ui::states::words;
use crate::{t, text};

/// How often it is asked whether the app has signed in.
const LOOK: Duration = Duration::from_secs(2);

/// The button, the code, and what becomes of it.
#[component]
pub(super) fn Code(phone_id: PhoneId) -> impl IntoView {
    let client = use_client();
    let directory = use_directory();
    let live = use_live();
    let id = StoredValue::new(phone_id.id);
    let link = RwSignal::new(None::<SignInLink>);
    let left_s = RwSignal::new(0_i64);
    let known = StoredValue::new(Vec::<String>::new());
    let (ticks, looks) = (Later::default(), Later::default());
    let open = RwSignal::new(false);
    let (task, looking) = (Task::default(), Task::default());

    let hide = move || {
        ticks.stop();
        looks.stop();
        looking.stop();
        link.try_set(None);
    };
    let listener = window_event_listener(
        leptos::ev::Custom::<leptos::ev::Event>::new("pagehide"),
        move |_| hide(),
    );
    on_cleanup(move || listener.remove());

    let came = Callback::new(move |fresh: PhoneId| {
        let new = fresh
            .terminals
            .iter()
            .filter(|terminal| !terminal.registered)
            .find(|terminal| !known.with_value(|known| known.contains(&terminal.id)))
            .cloned();
        directory.put_id(&fresh);
        if let Some(Terminal { name, .. }) = new {
            hide();
            live.toast(t!(sign_ins.signed_in, name = name));
            focus_first("[data-testid=show-code]");
        }
    });
    let look = move || {
        look(looks, looking, came, move || {
            let id = id.try_get_value().unwrap_or_default();
            Box::pin(numbers::api::ids::get(client, &id))
        })
    };
    let show = move |made: SignInLink, before: PhoneId| {
        known.set_value(before.terminals.into_iter().map(|terminal| terminal.id).collect());
        // By the clock of this device, whatever it says.
        let end =
            format::now() + TimeDelta::seconds(i64::try_from(made.expires_in).unwrap_or_default());
        link.set(Some(made));
        tick(ticks, left_s, end, Callback::new(move |()| hide()));
        look();
        focus_first("[data-testid=hide-code]");
    };
    let make = move || {
        let phone_id = id.get_value();
        let request = async move {
            let made = api::create_link(client, &phone_id).await?;
            // Who is signed in before: what comes later came by the code.
            let before = numbers::api::ids::get(client, &phone_id).await?;
            Ok((made, before))
        };
        task.run(request, move |outcome| {
            match outcome {
                Ok((made, before)) => {
                    open.set(false);
                    show(made, before);
                }
                Err(refused) if refused.code() == Some(ErrorCode::ConfirmationRequired) => {
                    open.set(true)
                }
                Err(refused) => live.toast(words(&refused).1),
            }
            Ok(())
        });
    };
    let minutes = move || format!("{}:{:02}", left_s.get() / 60, left_s.get() % 60);
    view! {
        <section class="group">
            <h2>{text!(sign_ins.code_heading)}</h2>
            <div class="list">
                {redraw(move || match link.get() {
                    Some(made) => {
                        view! {
                            <div class="secret" data-testid="code">
                                {picture(&made.url)}
                                <p>{text!(sign_ins.scan)}</p>
                                <p class="num" data-testid="code-ends">
                                    {text!(
                                            sign_ins.ends_in,
                                minutes = minutes()
                                        )}
                                </p>
                                <div class="buttons">
                                    <a class="btn" href=made.url data-testid="open-app">
                                        <Icon icon=icondata_lu::LuSmartphone />
                                        {text!(sign_ins.this_device)}
                                    </a>
                                    <button
                                        class="btn"
                                        type="button"
                                        data-testid="hide-code"
                                        on:click=move |_| hide()
                                    >
                                        <Icon icon=icondata_lu::LuEyeOff />
                                        {text!(sign_ins.hide)}
                                    </button>
                                </div>
                            </div>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <button
                                class="row action"
                                type="button"
                                data-testid="show-code"
                                aria-disabled=move || task.is_busy().to_string()
                                on:click=move |_| make()
                            >
                                <span class="lead">
                                    <Icon icon=icondata_lu::LuQrCode />
                                </span>
                                <span class="label">{text!(sign_ins.show)}</span>
                            </button>
                        }
                            .into_any()
                    }
                })}
            </div>
            <p>{text!(sign_ins.code_note)}</p>
        </section>
        <ConfirmSheet open task confirmed=Callback::new(move |()| make()) />
    }
}

/// Counts down to the end, and then calls `over`.
fn tick(later: Later, left_s: RwSignal<i64>, end: DateTime<Utc>, over: Callback<()>) {
    let left = (end - format::now()).num_seconds();
    if left <= 0 {
        return over.run(());
    }
    if left_s.try_set(left).is_none() {
        later.run(Duration::from_secs(1), move || tick(later, left_s, end, over));
    }
}

/// Asks again and again; what the network does not answer is asked for the next time.
fn look(
    later: Later,
    task: Task,
    came: Callback<PhoneId>,
    ask: impl Fn() -> Boxed<Result<PhoneId, ClientError>> + Copy + 'static,
) {
    later.run(LOOK, move || {
        task.latest(ask(), move |answer| {
            // First of all the next look: what has come may end it.
            look(later, task, came, ask);
            if let Ok(fresh) = answer {
                came.run(fresh);
            }
            Ok(())
        });
    });
}

/// The code, dark on light whatever the colours of the screen are: readers expect it so. Four
/// modules around it stay free (ISO/IEC 18004).
fn picture(url: &str) -> AnyView {
    let Ok(code) = QRBuilder::new(url).ecl(ECL::M).build() else {
        return view! { <p role="alert">{t!(sign_ins.no_code)}</p> }.into_any();
    };
    let mut path = String::new();
    for y in 0..code.size {
        for x in 0..code.size {
            if code[y][x].value() {
                path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
            }
        }
    }
    let view_box = format!("0 0 {0} {0}", code.size + 8);
    view! {
        <svg
            class="qr"
            viewBox=view_box
            role="img"
            aria-label=t!(sign_ins.code_label)
            shape-rendering="crispEdges"
            data-testid="qr"
        >
            <path fill="#fff" d="M0 0h200v200H0z" />
            <path fill="#000" d=path />
        </svg>
    }
    .into_any()
}
