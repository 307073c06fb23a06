//! 「テスト送信」, and what came of it in words.

use api_types::{ServiceTest, TestOutcome};
use leptos::prelude::*;

use super::page::Page;
use crate::notify::api;
use crate::platform::effect::redraw;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::ui::states::words;
use crate::{t, text};

/// What a test came to, or why there was none.
type Result = std::result::Result<ServiceTest, String>;

#[component]
pub(super) fn Test(page: Page) -> impl IntoView {
    let task = Task::default();
    let outcome = RwSignal::new(None::<Result>);
    let go = move |_| {
        if task.is_idle() {
            outcome.set(None);
        }
        let request = async move {
            let Some((rule, id, _)) = page.place() else { return Ok(None) };
            let result = api::rules::test_service(page.client, &rule, &id).await;
            // What is known to be wrong may have changed with it. Without an answer the page stays
            // as it is.
            _ = page.reread().await;
            result.map(Some)
        };
        task.run(request, move |result| {
            outcome.set(result.map_err(|error| words(&error).1).transpose());
            Ok(())
        });
    };
    view! {
        <section class="group">
            <div class="list">
                <button
                    class="row action"
                    type="button"
                    data-testid="test"
                    aria-disabled=move || task.is_busy().to_string()
                    on:click=go
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuSend />
                    </span>
                    <span class="label">
                        {redraw(move || {
                            if task.is_busy() {
                                t!(service.testing)
                            } else {
                                t!(service.test)
                            }
                        })}
                    </span>
                </button>
                <div
                    class="outcome-cell"
                    class:none=move || outcome.with(Option::is_none)
                    role="status"
                    data-testid="test-outcome"
                >
                    {redraw(move || outcome.get().map(shown))}
                </div>
            </div>
            <p>{text!(service.test_note)}</p>
        </section>
    }
}

fn shown(result: Result) -> AnyView {
    let test = match result {
        Ok(test) => test,
        Err(words) => {
            return view! {
                <p class="outcome \
                bad">
                    <Icon icon=icondata_lu::LuCircleX />
                    <span>{words}</span>
                </p>
            }
            .into_any();
        }
    };
    let (class, icon) = match test.outcome {
        TestOutcome::Delivered => ("outcome good", icondata_lu::LuCircleCheck),
        TestOutcome::HandedOver => ("outcome", icondata_lu::LuInfo),
        TestOutcome::Failed => ("outcome bad", icondata_lu::LuCircleX),
    };
    let tenths = test.duration_ms.div_ceil(100).max(1);
    let seconds = format!("{}.{}", tenths / 10, tenths % 10);
    let status = test.status.map(|status| format!("HTTP {status} ・ "));
    let problem = test.problem.map(|problem| {
        let message = (problem.message != test.message).then_some(problem.message);
        view! {
            {message.map(|message| view! { <p>{message}</p> })}
            {(!problem.advice.is_empty()).then(|| view! { <p class="advice">{problem.advice}</p> })}
        }
    });
    view! {
        <p class=class>
            <Icon icon />
            <span>{test.message}</span>
        </p>
        {problem}
        <p class="took num">{status}{t!(service.test_duration, seconds = seconds)}</p>
    }
    .into_any()
}
