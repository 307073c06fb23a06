//! The answer: what becomes of the call, why, and in which order terminals ring.

use api_types::{MatchedRule, Ringtone, RouteAction, RouteDecision, RouteDevice, RouteNotice};
use leptos::prelude::*;

use crate::routes::{RowPage, RowRef};
use crate::t;
use crate::ui::icon::{Chevron, Icon};

/// How the answer looks and what it says.
fn headline(decision: &RouteDecision) -> (&'static str, icondata_core::Icon, &'static str) {
    match (decision.action, decision.matched.rule) {
        (RouteAction::Ring, _) => ("ring", icondata_lu::LuPhoneCall, t!(preview.ring)),
        (RouteAction::Announce, _) => ("announce", icondata_lu::LuMegaphone, t!(preview.announce)),
        // Nobody refuses these on purpose.
        (RouteAction::Reject, MatchedRule::ChannelLimit) => ("announce", icondata_lu::LuPhoneMissed, t!(preview.busy)),
        (RouteAction::Reject, MatchedRule::NoTerminalRings) => ("announce", icondata_lu::LuBellOff, t!(preview.silent)),
        (RouteAction::Reject, _) => ("reject", icondata_lu::LuPhoneOff, t!(preview.reject)),
    }
}

/// The setting that decided: where it is, and what the way there is called.
fn setting(row: &RowRef, rule: MatchedRule) -> (String, &'static str) {
    match rule {
        MatchedRule::ChannelLimit => (row.general(), t!(preview.to_general)),
        MatchedRule::Ringing | MatchedRule::NoTerminalRings => (row.page(RowPage::Ringing), t!(preview.to_ringing)),
        _ => (row.page(RowPage::BlockList), t!(preview.to_block_list)),
    }
}

/// The answer.
#[component]
pub(super) fn Verdict(decision: RouteDecision, row: RowRef, priority: Option<String>) -> impl IntoView {
    let (class, icon, title) = headline(&decision);
    let (href, to) = setting(&row, decision.matched.rule);
    let RouteDecision { caller, matched, sip, devices, notices, .. } = decision;
    let sip = sip.map(|sip| t!(preview.sip, code = sip.code, reason = sip.reason));
    view! {
        <section class="group" aria-label=t!(preview.verdict) role="status">
            <div class=format!("verdict {class}") data-testid="verdict">
                <p class="who num">
                    {t!(preview.understood, caller = caller.text)}
                    {caller.international.then(|| view! { <span class="kind">{t!(preview.international)}</span> })}
                </p>
                <h2 data-testid="verdict-title"><Icon icon/>{title}</h2>
                <p class="why" data-testid="verdict-why">{matched.reason}</p>
                {sip.map(|sip| view! { <p class="sip num" data-testid="verdict-sip">{sip}</p> })}
                <a class="to" href=href data-testid="to-setting">{to}<Chevron/></a>
            </div>
        </section>
        {(!devices.is_empty()).then(|| view! { <Order devices priority/> })}
        {(!notices.is_empty()).then(|| view! { <Notices notices/> })}
    }
}

#[component]
fn Order(devices: Vec<RouteDevice>, priority: Option<String>) -> impl IntoView {
    let device = |device: RouteDevice| {
        let first = priority.as_ref() == Some(&device.phone_id);
        let name = if device.terminal_name.is_empty() { device.login_id } else { device.terminal_name };
        let ringtone = match device.ringtone {
            Ringtone::Ringtone1 => t!(general.ringtone_1),
            Ringtone::Ringtone2 => t!(general.ringtone_2),
        };
        let display = (!device.display_name.is_empty()).then(|| t!(preview.display, name = device.display_name));
        let hint = [Some(t!(list.extension, extension = device.extension)), Some(ringtone.to_owned()), display];
        let hint = hint.into_iter().flatten().collect::<Vec<_>>().join(" ・ ");
        let when = if device.ring_after_s == 0 { t!(preview.at_once).to_owned() } else { t!(preview.after, seconds = device.ring_after_s) };
        view! {
            <li class="row" data-testid="device">
                <span class="when num">{when}</span>
                <span class="dot" aria-hidden="true"></span>
                <span class="label">{name}<small>{hint}</small></span>
                {first.then(|| view! { <span class="badge on">{t!(general.priority)}</span> })}
            </li>
        }
    };
    let devices = devices.into_iter().map(device).collect_view();
    view! {
        <section class="group">
            <h2>{t!(preview.order)}</h2>
            <ol class="list timeline">{devices}</ol>
        </section>
    }
}

#[component]
fn Notices(notices: Vec<RouteNotice>) -> impl IntoView {
    let notice = |notice: RouteNotice| {
        view! {
            <li class="row" data-testid="notice">
                <span class="lead"><Icon icon=icondata_lu::LuBell/></span>
                <span class="label">
                    {notice.rule_name}<small>{notice.when}</small>
                    {notice.destinations.into_iter().map(|one| view! { <small>{one}</small> }).collect_view()}
                </span>
            </li>
        }
    };
    view! {
        <section class="group">
            <h2>{t!(preview.notices)}</h2>
            <ul class="list">{notices.into_iter().map(notice).collect_view()}</ul>
        </section>
    }
}
