//! The four ways in which a call comes without a number, each with its switch.

use api_types::NoNumber;
use leptos::prelude::*;

use super::Page;
use crate::page::form::Field;
use crate::ui::Text;
use crate::ui::switch_row::SwitchRow;
use crate::{t, text};

/// The group of switches.
#[component]
pub(super) fn Switches(page: Page) -> impl IntoView {
    let editor = page.editor;
    let row = move |kind: NoNumber| {
        let field = Field::Reject(kind);
        let (label, hint) = words(kind);
        view! {
            <SwitchRow
                state=editor
                    .state(
                        field,
                        move |it| {
                            if it.reject[kind as usize] { t!(audit.on) } else { t!(audit.off) }
                                .to_owned()
                        },
                    )
                label
                hint
                on=editor.value(move |it| it.reject[kind as usize])
                toggle=Callback::new(move |on| {
                    editor.edit(field, |it| it.reject[kind as usize] = on)
                })
            />
        }
    };
    view! {
        <section class="group">
            <h2>{move || t!(block.no_number)}</h2>
            <div class="list">{NoNumber::ALL.map(row).into_iter().collect_view()}</div>
        </section>
    }
}

fn words(kind: NoNumber) -> (Text, Text) {
    match kind {
        NoNumber::Withheld => (text!(block.withheld), text!(block.withheld_hint)),
        NoNumber::PayPhone => (text!(block.pay_phone), text!(block.pay_phone_hint)),
        NoNumber::OutOfRange => (text!(block.out_of_range), text!(block.out_of_range_hint)),
        NoNumber::ServiceConflict => {
            (text!(block.service_conflict), text!(block.service_conflict_hint))
        }
    }
}
