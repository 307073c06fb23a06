//! The four ways in which a call comes without a number, each with its switch.

use api_types::{BlockList, BlockListPatch, NoNumber};
use leptos::prelude::*;

use super::Page;
use crate::page::draft::Draft;
use crate::page::rows::switch_row;
use crate::page::values::{Field, Values};
use crate::text;
use crate::ui::Text;

/// Whether calls are refused that come without a number in this way.
const fn reject(kind: NoNumber) -> Field<bool> {
    Field::new(match kind {
        NoNumber::Withheld => "reject_withheld",
        NoNumber::PayPhone => "reject_pay_phone",
        NoNumber::OutOfRange => "reject_out_of_range",
        NoNumber::ServiceConflict => "reject_service_conflict",
    })
}

/// The switches of a block list.
pub(super) fn values(list: &BlockList) -> Values {
    Values::default()
        .with(reject(NoNumber::Withheld), &list.reject_withheld)
        .with(reject(NoNumber::PayPhone), &list.reject_pay_phone)
        .with(reject(NoNumber::OutOfRange), &list.reject_out_of_range)
        .with(reject(NoNumber::ServiceConflict), &list.reject_service_conflict)
}

/// The changes to the switches.
pub(super) fn block_list_patch(draft: &Draft) -> BlockListPatch {
    BlockListPatch {
        reject_withheld: draft.change(reject(NoNumber::Withheld)),
        reject_pay_phone: draft.change(reject(NoNumber::PayPhone)),
        reject_out_of_range: draft.change(reject(NoNumber::OutOfRange)),
        reject_service_conflict: draft.change(reject(NoNumber::ServiceConflict)),
    }
}

/// The group of switches.
#[component]
pub(super) fn Switches(page: Page) -> impl IntoView {
    let row = move |kind: NoNumber| {
        let (label, hint) = words(kind);
        switch_row(page.editor, reject(kind), label, hint)
    };
    view! {
        <section class="group">
            <h2>{text!(block.no_number)}</h2>
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
