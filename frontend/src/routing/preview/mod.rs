//! 「この番号から掛かってきたら？」: what becomes of a call, tried out while it is typed.

mod verdict;

use std::time::Duration;

use api_types::{CALLER_MAX, ErrorCode, Number, RouteDecision, RoutePreviewRequest};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;

use self::verdict::Verdict;
use super::api;
use crate::numbers::subject::{NotHere, RowFrame, Subject};
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::{follow, memo, redraw};
use crate::platform::format;
use crate::platform::later::Later;
use crate::platform::routes::{RowPage, RowRef};
use crate::platform::session::draft_key;
use crate::platform::storage;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::ui::notes::{Cell, FieldState};
use crate::ui::segment::SegmentRow;
use crate::ui::states::ErrorState;
use crate::ui::text_row::TextRow;
use crate::{t, text};

const PAUSE: Duration = Duration::from_millis(300);
/// Numbers go by this key, the others by the word that the server takes.
const NUMBER: &str = "number";
const KINDS: [&str; 5] = [NUMBER, "withheld", "pay_phone", "out_of_range", "service_conflict"];

/// The call as it stands on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Call {
    caller: String,
    kind: String,
    /// As the browser's own field writes it; empty = now.
    at: String,
    active: u8,
}

impl Default for Call {
    fn default() -> Self {
        Self { caller: String::new(), kind: NUMBER.to_owned(), at: String::new(), active: 0 }
    }
}

impl Call {
    /// Nothing while there is nothing to ask.
    fn request(&self) -> Option<RoutePreviewRequest> {
        let caller = if self.kind == NUMBER { self.caller.trim() } else { &self.kind };
        let at = match self.at.as_str() {
            "" => None,
            at => Some(format::of_field_time(at)?),
        };
        let request = RoutePreviewRequest {
            caller: caller.to_owned(),
            at,
            active_calls: self.active,
            emergency_callback: false,
        };
        (!caller.is_empty()).then_some(request)
    }
}

#[derive(Clone, Copy)]
struct Page {
    call: RwSignal<Call>,
    decision: RwSignal<Option<RouteDecision>>,
    fault: RwSignal<Option<String>>,
    /// What stands there is the answer to another call.
    stale: RwSignal<bool>,
    task: Task,
}

/// The page.
#[component]
pub fn PreviewPage(
    /// Whose settings decide.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(preview.title) row page=body /> }
}

fn body(subject: Subject) -> AnyView {
    let heading = subject.heading();
    let key = draft_key(&subject.row.page(RowPage::Preview));
    let Some(number) = subject.number else {
        return view! { <NotHere body=text!(preview.not_here) /> }.into_any();
    };
    // Whoever comes back from the setting that decided finds the same call.
    let call = RwSignal::new(storage::draft::<Call>(&key).unwrap_or_default());
    let page = Page {
        call,
        decision: RwSignal::new(None),
        fault: RwSignal::new(None),
        stale: RwSignal::new(false),
        task: Task::default(),
    };
    let client = use_client();
    let later = Later::default();
    let id = StoredValue::new(number.id.clone());
    let ask = Callback::new(move |()| {
        later.stop();
        let Some(request) = page.call.try_with_untracked(Call::request).flatten() else { return };
        let Some(id) = id.try_get_value() else { return };
        let request = api::preview(client, &id, &request);
        page.task.latest(request, move |outcome| page.settle(outcome));
    });
    let arrived = StoredValue::new(false);
    follow(move || {
        let request = call.with(Call::request);
        page.task.stop();
        call.with(|call| storage::keep_draft(&key, call));
        if request.is_none() {
            later.stop();
            page.settle_nothing();
        } else if arrived.get_value() {
            page.fault.set(None);
            page.stale.set(true);
            later.run(PAUSE, move || ask.run(()));
        } else {
            ask.run(());
        }
        arrived.set_value(true);
    });
    let row = subject.row;
    view! {
        {heading}
        <Inputs page max=number.max_channels ask />
        <Answer page row number ask />
    }
    .into_any()
}

impl Page {
    /// Whether the answer that stands there is on its way out; tracked.
    fn is_asking(self) -> bool {
        self.stale.get() || self.task.is_busy()
    }

    fn settle_nothing(self) {
        self.stale.set(false);
        self.decision.set(None);
        self.fault.set(None);
        self.task.error().set(None);
    }

    fn settle(self, outcome: Result<RouteDecision, ClientError>) -> Result<(), ClientError> {
        self.settle_nothing();
        match outcome {
            Ok(decision) => self.decision.set(Some(decision)),
            Err(ClientError::Problem(problem))
                if problem.code == ErrorCode::Invalid && !problem.errors.is_empty() =>
            {
                self.fault.set(problem.errors.first().map(|error| error.message.clone()));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

#[component]
fn Inputs(page: Page, max: u8, ask: Callback<()>) -> impl IntoView {
    let Page { call, .. } = page;
    let none = Signal::stored(None);
    let with_number = memo(move || call.with(|call| call.kind == NUMBER));
    let dated = memo(move || call.with(|call| !call.at.is_empty()));
    let name = |kind: &str| match kind {
        "withheld" => t!(preview.withheld),
        "pay_phone" => t!(preview.pay_phone),
        "out_of_range" => t!(preview.out_of_range),
        "service_conflict" => t!(preview.service_conflict),
        _ => t!(preview.number),
    };
    let chips = KINDS.map(|kind| {
        view! {
            <label data-testid=format!("kind-{kind}")>
                <input
                    type="radio"
                    name="kind"
                    value=kind
                    prop:checked=move || call.with(|call| call.kind == kind)
                    on:change=move |_| call.update(|call| kind.clone_into(&mut call.kind))
                />
                <span>{redraw(move || name(kind))}</span>
            </label>
        }
    });
    view! {
        <form
            class="group"
            novalidate
            on:submit=move |event| event.prevent_default()
            on:keydown=move |event| {
                let in_field = event
                    .target()
                    .is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>());
                if event.key() == "Enter" && in_field {
                    ask.run(());
                }
            }
        >
            <h2>{text!(preview.call)}</h2>
            <div class="list">
                {redraw(move || {
                    with_number
                        .get()
                        .then(|| {
                            view! {
                                <TextRow
                                    state=FieldState::plain("caller", page.fault.into())
                                    label=text!(preview.caller)
                                    value=Signal::derive(move || {
                                        call.with(|call| call.caller.clone())
                                    })
                                    edit=Callback::new(move |text| {
                                        call.update(|call| call.caller = text)
                                    })
                                    max=CALLER_MAX
                                    placeholder=text!(preview.caller_example)
                                    kind="tel"
                                    autocomplete="off"
                                />
                            }
                        })
                })} <div class="cell">
                    <div class="chips" role="radiogroup" aria-label=text!(preview.kind)>
                        {chips}
                    </div>
                </div>
                <SegmentRow
                    state=FieldState::plain("when", none)
                    label=text!(preview.when)
                    choices=vec![("now", text!(preview.now)), ("later", text!(preview.later))]
                    selected=Signal::derive(move || if dated.get() { "later" } else { "now" })
                    pick=Callback::new(move |key| {
                        call
                            .update(|call| {
                                call.at = if key == "later" {
                                    format::field_time(format::now())
                                } else {
                                    String::new()
                                };
                            })
                    })
                />
                {redraw(move || {
                    dated
                        .get()
                        .then(|| {
                            view! {
                                <Cell state=FieldState::plain("at", none)>
                                    <label class="row">
                                        <span class="label">{text!(preview.at)}</span>
                                        <input
                                            class="field num"
                                            type="datetime-local"
                                            name="at"
                                            data-testid="input-at"
                                            prop:value=move || call.with(|call| call.at.clone())
                                            on:change:target=move |event| {
                                                let at = event.target().value();
                                                if !at.is_empty() {
                                                    call.update(|call| call.at = at);
                                                }
                                            }
                                        />
                                    </label>
                                </Cell>
                            }
                        })
                })} <Stepper page max />
            </div>
        </form>
    }
}

#[component]
fn Stepper(page: Page, max: u8) -> impl IntoView {
    let active = memo(move || page.call.with(|call| call.active.min(max)));
    let step = move |by: i8| {
        page.call
            .update(|call| call.active = call.active.min(max).saturating_add_signed(by).min(max))
    };
    view! {
        <div class="cell">
            <div class="row">
                <span class="label" id="label-active">
                    {text!(preview.active)}
                    <small>{text!(preview.active_hint)}</small>
                </span>
                <div class="stepper" role="group" aria-labelledby="label-active">
                    <button
                        type="button"
                        data-testid="fewer"
                        aria-label=text!(preview.fewer)
                        disabled=move || active.get() == 0
                        on:click=move |_| step(-1)
                    >
                        <Icon icon=icondata_lu::LuMinus />
                    </button>
                    <output class="num" data-testid="active" aria-live="polite">
                        {active}
                    </output>
                    <button
                        type="button"
                        data-testid="more-calls"
                        aria-label=text!(preview.more)
                        disabled=move || active.get() == max
                        on:click=move |_| step(1)
                    >
                        <Icon icon=icondata_lu::LuPlus />
                    </button>
                </div>
            </div>
        </div>
    }
}

#[component]
fn Answer(page: Page, row: RowRef, number: Number, ask: Callback<()>) -> impl IntoView {
    let row = StoredValue::new(row);
    let number = StoredValue::new(number);
    let empty = memo(move || page.call.with(|call| call.request().is_none()));
    view! {
        <div
            class:asking=move || page.is_asking()
            aria-busy=move || page.is_asking().to_string()
            data-testid="answer"
        >
            <p class="sr" role="status">
                {redraw(move || page.is_asking().then(|| t!(preview.asking)))}
            </p>
            {redraw(move || match (page.task.error().get(), page.decision.get()) {
                (Some(error), _) => view! { <ErrorState error retry=ask /> }.into_any(),
                (None, Some(decision)) => {
                    view! {
                        <Verdict
                            decision
                            row=row.get_value()
                            priority=number.with_value(|number| number.priority_phone_id.clone())
                        />
                    }
                        .into_any()
                }
                (None, None) if empty.get() => {
                    view! {
                        <p class="prompt" data-testid="prompt">
                            {text!(preview.prompt)}
                        </p>
                    }
                        .into_any()
                }
                (None, None) => ().into_any(),
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_asked_for_once_it_has_a_caller() {
        let call = |caller: &str, kind: &str, at: &str| Call {
            caller: caller.into(),
            kind: kind.into(),
            at: at.into(),
            active: 1,
        };
        assert_eq!(call(" ", NUMBER, "").request(), None);
        let asked = call(" 090 ", NUMBER, "").request().expect("a request");
        assert_eq!((asked.caller.as_str(), asked.at, asked.active_calls), ("090", None, 1));
        let asked = call("090", "withheld", "2026-11-22T18:04").request().expect("a request");
        assert_eq!(
            (asked.caller.as_str(), asked.at.map(|at| at.to_rfc3339())),
            ("withheld", Some("2026-11-22T09:04:00+00:00".to_owned()))
        );
    }
}
