//! What a screen shows while it has nothing else to show.

use leptos::prelude::*;

use super::Text;
use super::icon::Icon;
use crate::platform::api::ClientError;
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::online::Reach;
use crate::{t, text};

/// Grey rows in the place of those that are coming.
#[component]
pub fn SkeletonRows(
    /// How many are likely to come.
    #[prop(default = 3)]
    count: usize,
) -> impl IntoView {
    let rows = (0..count).map(|_| {
        view! {
            <div class="row \
            skeleton">
                <span class="ghost" />
                <span class="ghost short" />
            </div>
        }
    });
    view! {
        <div class="group loading" data-testid="loading">
            <p class="sr">{text!(states.loading)}</p>
            <div class="list" aria-hidden="true">
                {rows.collect_view()}
            </div>
        </div>
    }
}

/// What went wrong, in the words of the person it went wrong for.
pub fn words(error: &ClientError) -> (String, String) {
    match error {
        ClientError::Offline => {
            (t!(states.offline_title).to_string(), t!(states.offline_body).to_string())
        }
        ClientError::Timeout => {
            (t!(states.timeout_title).to_string(), t!(states.timeout_body).to_string())
        }
        ClientError::Malformed => {
            (t!(states.broken_title).to_string(), t!(states.broken_body).to_string())
        }
        ClientError::Problem(problem) | ClientError::Wait(problem, _) => match problem.status {
            403 => (t!(states.forbidden_title).to_string(), problem.detail.clone()),
            404 => (t!(states.not_found_title).to_string(), t!(states.not_found_body).to_string()),
            _ => (problem.title.clone(), problem.detail.clone()),
        },
    }
}

/// Why something was not taken: what is wrong with a value says more than that something is.
pub fn reason(error: &ClientError) -> String {
    match error {
        ClientError::Problem(problem) if !problem.errors.is_empty() => {
            problem.errors[0].message.clone()
        }
        error => words(error).1,
    }
}

/// Something did not come: what happened, and again.
#[component]
pub fn ErrorState(
    /// What happened.
    error: ClientError,
    /// Tries again.
    retry: Callback<()>,
) -> impl IntoView {
    let again =
        !matches!(error, ClientError::Problem(ref problem) if matches!(problem.status, 403 | 404));
    if error.is_unreachable() {
        // Back from a tunnel, nobody should have to press a button.
        let listener = window_event_listener(leptos::ev::online, move |_| retry.run(()));
        on_cleanup(move || listener.remove());
    }
    let reference = match &error {
        ClientError::Problem(problem) if problem.status >= 500 => Some(problem.request_id.clone()),
        _ => None,
    };
    let test_id = match &error {
        ClientError::Problem(problem) if problem.status == 403 => "not-permitted",
        ClientError::Problem(problem) if problem.status == 404 => "not-found",
        _ => "error-state",
    };
    let icon =
        if error.is_unreachable() { icondata_lu::LuCloudOff } else { icondata_lu::LuCircleAlert };
    let title_error = error.clone();
    view! {
        <section class="state" role="alert" data-testid=test_id>
            <Icon icon />
            <h2>{redraw(move || words(&title_error).0)}</h2>
            <p>{redraw(move || words(&error).1)}</p>
            {reference
                .map(|id| {
                    view! {
                        <p class="reference">
                            {text!(states.reference)} <code>{id.clone()}</code>
                        </p>
                    }
                })}
            {again
                .then(|| {
                    view! {
                        <button
                            class="btn \
                            main"
                            type="button"
                            data-testid="retry"
                            on:click=move |_| retry.run(())
                        >
                            {text!(states.retry)}
                        </button>
                    }
                })}
        </section>
    }
}

/// Nothing is there, and that is no mistake.
#[component]
pub fn EmptyState(
    /// Its picture.
    icon: icondata_core::Icon,
    /// What is not there.
    title: Text,
    /// What to do about it, or why it is fine.
    body: Text,
) -> impl IntoView {
    view! {
        <section class="state" data-testid="empty-state">
            <Icon icon />
            <h2>{title}</h2>
            <p>{body}</p>
        </section>
    }
}

/// The thin notice while the server cannot be reached.
#[component]
pub fn OfflineNotice(
    /// Where answers come from.
    reach: RwSignal<Reach>,
) -> impl IntoView {
    let body = move || match reach.get() {
        Reach::Server => None,
        Reach::Nowhere => Some(t!(states.offline_notice).to_owned()),
        Reach::Kept(at) => Some(t!(states.kept_notice, at = format::moment(locale(), at))),
    };
    view! {
        <div
            class="offline"
            role="status"
            data-testid="offline-notice"
            class:shown=move || reach.get() != Reach::Server
        >
            {redraw(move || {
                body()
                    .map(|body| {
                        view! {
                            <Icon icon=icondata_lu::LuCloudOff />
                            <span>{body}</span>
                        }
                    })
            })}
        </div>
    }
}

/// Why a request failed, above the button that it answers.
#[component]
pub fn FormError(
    /// What went wrong.
    error: Signal<Option<ClientError>>,
    /// What it is called in tests.
    #[prop(optional)]
    test_id: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div role="alert" class="form-error" data-testid=test_id>
            {redraw(move || error.get().map(|error| view! { <p>{words(&error).1}</p> }))}
        </div>
    }
}
