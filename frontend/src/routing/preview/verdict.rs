//! The answer: what becomes of the call, why, and in which order terminals ring.

use api_types::{MatchedRule, Ringtone, RouteAction, RouteDecision, RouteDevice, RouteNotice};
use leptos::prelude::*;

use crate::numbers::directory::use_directory;
use crate::platform::routes::{NotifyPage, RowPage, RowRef};
use crate::t;
use crate::ui::icon::{Chevron, Icon};

/// How the answer looks and what it says.
fn headline(decision: &RouteDecision) -> (&'static str, icondata_core::Icon, &'static str) {
    match (decision.action, decision.matched.rule) {
        (RouteAction::Ring, _) => ("ring", icondata_lu::LuPhoneCall, t!(preview.ring)),
        (RouteAction::Announce, _) => ("announce", icondata_lu::LuMegaphone, t!(preview.announce)),
        // Nobody refuses these on purpose.
        (RouteAction::Reject, rule) if rule.is_busy() => {
            ("announce", icondata_lu::LuPhoneMissed, t!(preview.busy))
        }
        (RouteAction::Reject, MatchedRule::NoTerminalRings) => {
            ("announce", icondata_lu::LuBellOff, t!(preview.silent))
        }
        (RouteAction::Reject, _) => ("reject", icondata_lu::LuPhoneOff, t!(preview.reject)),
    }
}

/// The setting that decided: where it is, and what the way there is called.
fn setting(row: &RowRef, rule: MatchedRule) -> (String, &'static str) {
    match rule {
        MatchedRule::ChannelLimit => (row.general(), t!(preview.to_general)),
        MatchedRule::Ringing | MatchedRule::NoTerminalRings => {
            (row.page(RowPage::Ringing), t!(preview.to_ringing))
        }
        rule if rule.refuses_caller() => (row.page(RowPage::BlockList), t!(preview.to_block_list)),
        _ => (row.home(), t!(preview.to_number)),
    }
}

/// The answer.
#[component]
pub(super) fn Verdict(
    decision: RouteDecision,
    row: RowRef,
    priority: Option<String>,
) -> impl IntoView {
    let (class, icon, title) = headline(&decision);
    let (href, to) = setting(&row, decision.matched.rule);
    // Of a call that was to be refused nobody is told.
    let may_be_missed = decision.action != RouteAction::Reject || decision.matched.rule.is_busy();
    let RouteDecision { caller, matched, sip, devices, notices, .. } = decision;
    let sip = sip.map(|sip| t!(preview.sip, code = sip.code, reason = sip.reason));
    view! {
        <section class="group" aria-label=t!(preview.verdict) role="status">
            <div class=format!("verdict {class}") data-testid="verdict">
                <p class="who num">
                    {t!(preview.understood, caller = caller.text)}
                    {caller
                        .international
                        .then(|| view! { <span class="kind">{t!(preview.international)}</span> })}
                </p>
                <h2 data-testid="verdict-title">
                    <Icon icon />
                    {title}
                </h2>
                <p class="why" data-testid="verdict-why">
                    {matched.reason}
                </p>
                {sip
                    .map(|sip| {
                        view! {
                            <p class="sip num" data-testid="verdict-sip">
                                {sip}
                            </p>
                        }
                    })}
                <a class="to" href=href data-testid="to-setting">
                    {to}
                    <Chevron />
                </a>
            </div>
        </section>
        {(!devices.is_empty()).then(|| view! { <Order devices priority /> })}
        {may_be_missed.then(|| view! { <Notices notices general=row.general() /> })}
    }
}

#[component]
fn Order(devices: Vec<RouteDevice>, priority: Option<String>) -> impl IntoView {
    let rows = use_directory().rows();
    // Of what is not known yet nothing is said.
    let is_away = |device: &RouteDevice| {
        rows.with_untracked(|rows| {
            rows.ready()
                .and_then(|rows| rows.phone_id(&device.phone_id))
                .is_some_and(|phone_id| phone_id.terminals.is_empty())
        })
    };
    let all_away = devices.iter().all(is_away);
    let device = |device: RouteDevice| {
        let away = is_away(&device);
        let first = priority.as_ref() == Some(&device.phone_id);
        let name =
            if device.terminal_name.is_empty() { device.login_id } else { device.terminal_name };
        let ringtone = match device.ringtone {
            Ringtone::Ringtone1 => t!(general.ringtone_1),
            Ringtone::Ringtone2 => t!(general.ringtone_2),
        };
        let display = (!device.display_name.is_empty())
            .then(|| t!(preview.display, name = device.display_name));
        let hint = [
            away.then(|| t!(preview.away_why).to_owned()),
            Some(t!(list.extension, extension = device.extension)),
            Some(ringtone.to_owned()).filter(|_| !away),
            display.filter(|_| !away),
        ];
        let hint = hint.into_iter().flatten().collect::<Vec<_>>().join(" ・ ");
        let when = if away {
            t!(preview.away).to_owned()
        } else if device.ring_after_s == 0 {
            t!(preview.at_once).to_owned()
        } else {
            t!(preview.after, seconds = device.ring_after_s)
        };
        view! {
            <li class="row" class:away=away data-testid="device">
                <span class="when num">{when}</span>
                <span class="dot" aria-hidden="true" />
                <span class="label">{name}<small>{hint}</small></span>
                {first.then(|| view! { <span class="badge on">{t!(setting.priority_phone_id)}</span> })}
            </li>
        }
    };
    let devices = devices.into_iter().map(device).collect_view();
    view! {
        <section class="group">
            <h2>{t!(preview.order)}</h2>
            {all_away
                .then(|| {
                    view! {
                        <p class="notice warn" role="status" data-testid="all-away">
                            {t!(preview.all_away)}
                        </p>
                    }
                })}
            <ol class="list timeline">{devices}</ol>
        </section>
    }
}

/// Who would be told; or that nobody would, and where that is chosen.
#[component]
fn Notices(notices: Vec<RouteNotice>, general: String) -> impl IntoView {
    let none = notices.is_empty();
    let notice = |notice: RouteNotice| {
        let RouteNotice { rule_id, rule_name, when, destinations } = notice;
        let destinations = destinations
            .into_iter()
            .map(|one| view! { <span class="badge">{one}</span> })
            .collect_view();
        view! {
            <li>
                <a class="row" href=NotifyPage::Rule(rule_id).path() data-testid="notice">
                    <span class="lead">
                        <Icon icon=icondata_lu::LuBell />
                    </span>
                    <span class="label">
                        {rule_name}<small>{when}</small>
                        <span class="badges \
                        told">{destinations}</span>
                    </span>
                    <Chevron />
                </a>
            </li>
        }
    };
    let choose = view! {
        <li>
            <a class="row" href=general data-testid="no-notice">
                <span class="lead">
                    <Icon icon=icondata_lu::LuBellOff />
                </span>
                <span class="label">
                    {t!(preview.no_notices)}<small>{t!(preview.choose_rule)}</small>
                </span>
                <Chevron />
            </a>
        </li>
    };
    view! {
        <section class="group">
            <h2>{t!(preview.notices)}</h2>
            <ul class="list">
                {notices.into_iter().map(notice).collect_view()}{none.then_some(choose)}
            </ul>
        </section>
    }
}
