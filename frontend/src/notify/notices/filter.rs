//! Which events are shown: of one kind, on one number. The choice stands in the address.

use api_types::NotifyEvent;
use leptos::prelude::*;

use super::{Filter, words};
use crate::numbers::directory::{number_label, use_directory};
use crate::platform::effect::{memo, redraw};
use crate::platform::router::use_router;
use crate::platform::routes;
use crate::ui::choices::ChoiceList;
use crate::ui::icon::Icon;
use crate::ui::notes::FieldState;
use crate::ui::picker::PickerChoice;
use crate::ui::sheet::Sheet;
use crate::{t, text};

fn short(kind: Option<NotifyEvent>) -> &'static str {
    match kind {
        None => t!(history.all),
        Some(NotifyEvent::Voicemail) => t!(notices.voicemail_short),
        Some(NotifyEvent::ForwardedCall) => t!(notices.forwarded_short),
        Some(kind) => words::kind(kind),
    }
}

/// Numbers and kinds to choose from, and the way to what was sent.
#[component]
pub(super) fn Filters(filter: Memo<Filter>) -> impl IntoView {
    let router = use_router();
    let rows = use_directory().rows();
    let choosing = RwSignal::new(false);
    let several =
        memo(move || rows.with(|rows| rows.ready().is_some_and(|rows| rows.numbers.len() > 1)));
    let number = memo(move || filter.with(|filter| filter.number.clone()));
    let go = move |change: &dyn Fn(&mut Filter)| {
        let mut wanted = filter.get_untracked();
        change(&mut wanted);
        router.replace(&wanted.address());
    };
    let chip = move |kind: Option<NotifyEvent>| {
        let key = kind.map_or("all", crate::calls::api::kind_key);
        view! {
            <label data-testid=format!("kind-{key}")>
                <input
                    type="radio"
                    name="kind"
                    value=key
                    prop:checked=move || filter.with(|filter| filter.kind == kind)
                    on:change=move |_| go(&|filter| filter.kind = kind)
                />
                <span>{redraw(move || short(kind))}</span>
            </label>
        }
    };
    let chips = std::iter::once(None).chain(NotifyEvent::ALL.map(Some)).map(chip).collect_view();
    let choices = Signal::derive(move || {
        let all = PickerChoice {
            key: String::new(),
            label: t!(notices.all_numbers).to_owned(),
            hint: String::new(),
        };
        let number = |number: &api_types::Number| PickerChoice {
            key: number.id.clone(),
            label: number_label(number),
            hint: number.name.clone(),
        };
        let numbers = rows.with(|rows| {
            rows.ready().map(|rows| rows.numbers.iter().map(number).collect::<Vec<_>>())
        });
        std::iter::once(all).chain(numbers.unwrap_or_default()).collect()
    });
    let pick = Callback::new(move |id: String| {
        choosing.set(false);
        go(&|filter| filter.number = Some(id.clone()).filter(|id| !id.is_empty()));
    });
    let chosen = move || match number.get() {
        Some(id) => rows.with(|rows| words::number(rows.ready(), &id)).unwrap_or_default(),
        None => t!(notices.all_numbers).to_owned(),
    };
    view! {
        <div class="tools even filters">
            {redraw(move || {
                several
                    .get()
                    .then(|| {
                        view! {
                            <button
                                class="btn"
                                type="button"
                                aria-haspopup="dialog"
                                data-testid="choose-number"
                                on:click=move |_| choosing.set(true)
                            >
                                <Icon icon=icondata_lu::LuPhone />
                                {chosen}
                            </button>
                        }
                    })
            })} <a class="btn" href=routes::DELIVERIES data-testid="open-deliveries">
                <Icon icon=icondata_lu::LuSend />
                {text!(notices.deliveries)}
            </a>
        </div>
        <div class="chips bare" role="radiogroup" aria-label=text!(notices.filter)>
            {chips}
        </div>
        <Sheet open=choosing title=text!(notices.number) test_id="number-sheet">
            <ChoiceList
                state=FieldState::plain("number", Signal::stored(None))
                label=text!(notices.number)
                choices
                selected=Signal::derive(move || number.get().unwrap_or_default())
                pick
            />
        </Sheet>
    }
}
