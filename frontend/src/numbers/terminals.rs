//! Kinds of terminals: a picture and a word for each, never a picture alone.

use api_types::{PhoneId, TerminalKind};
use leptos::prelude::*;

use crate::platform::effect::redraw;
use crate::t;
use crate::ui::icon::Icon;

const ALL: [TerminalKind; 6] = [
    TerminalKind::Ios,
    TerminalKind::Android,
    TerminalKind::Windows,
    TerminalKind::Macos,
    TerminalKind::IpPhone,
    TerminalKind::PremisesDevice,
];

/// Its picture.
pub fn icon_of(kind: TerminalKind) -> icondata_core::Icon {
    match kind {
        TerminalKind::Ios | TerminalKind::Android => icondata_lu::LuSmartphone,
        TerminalKind::Windows => icondata_lu::LuMonitor,
        TerminalKind::Macos => icondata_lu::LuLaptop,
        TerminalKind::IpPhone => icondata_lu::LuPhone,
        TerminalKind::PremisesDevice => icondata_lu::LuRouter,
    }
}

/// Its name.
pub fn name_of(kind: TerminalKind) -> &'static str {
    match kind {
        TerminalKind::Ios => t!(terminal.ios),
        TerminalKind::Android => t!(terminal.android),
        TerminalKind::Windows => t!(terminal.windows),
        TerminalKind::Macos => t!(terminal.macos),
        TerminalKind::IpPhone => t!(terminal.ip_phone),
        TerminalKind::PremisesDevice => t!(terminal.premises_device),
    }
}

/// The kinds that are signed in with an ID, each once.
pub fn kinds(phone_id: &PhoneId) -> Vec<TerminalKind> {
    ALL.into_iter()
        .filter(|kind| phone_id.terminals.iter().any(|terminal| terminal.kind == *kind))
        .collect()
}

/// The kinds that are signed in now, as badges.
#[component]
pub fn TerminalBadges(
    /// Each once.
    kinds: Vec<TerminalKind>,
) -> impl IntoView {
    kinds
        .into_iter()
        .map(|kind| {
            view! {
                <span class="badge \
                on">
                    <Icon icon=icon_of(kind) />
                    {redraw(move || name_of(kind))}
                </span>
            }
        })
        .collect_view()
}
