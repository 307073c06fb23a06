//! A decision as it goes over the wire.

use crate::platform::texts::{Lang, text};
use crate::platform::wire::unsigned;
use crate::platform::words;
use crate::routing::decide::{self, Call, Decision};
use api_types::{
    Caller, Matched, NotifyEvent, Ringtone, RouteAction, RouteCaller, RouteDecision, RouteDevice,
    RouteNotice, SipAnswer,
};
use store::notify::{notify_rule, notify_service};
use store::numbers::number;
use store::routing::contract::Contract;

/// A caller as people read it.
pub fn route_caller(caller: &Caller, lang: Lang) -> RouteCaller {
    RouteCaller { text: words::caller(lang, caller), ..RouteCaller::from(caller) }
}

/// Whom a rule tells, in words.
fn destinations(
    rule: &notify_rule::Row,
    services: &[notify_service::Row],
    lang: Lang,
) -> Vec<String> {
    let mails =
        rule.emails.iter().map(|address| text(lang, "channel.mail", &[("address", address)]));
    let of_service = |row: &notify_service::Row| {
        let shown = format!("{} {}", row.kind.name(), row.label);
        if row.enabled { shown } else { text(lang, "channel.off", &[("destination", &shown)]) }
    };
    mails.chain(services.iter().map(of_service)).collect()
}

/// The setting that decided.
pub fn matched(decision: &Decision, lang: Lang) -> Matched {
    Matched {
        rule: decision.matched,
        entry_id: decision.entry.as_ref().map(|entry| entry.id.clone()),
        reason: decide::reason(lang, decision),
    }
}

/// What the switch answers with.
pub fn sip(decision: &Decision) -> Option<SipAnswer> {
    decision.sip.map(|(code, reason)| SipAnswer { code, reason: reason.to_owned() })
}

/// A terminal that rings, without what a number adds to it.
pub fn device(contract: &Contract, ringing: &decide::Ringing) -> Option<RouteDevice> {
    let row = contract.phone_id(&ringing.phone_id)?;
    Some(RouteDevice {
        phone_id: row.id.clone(),
        login_id: row.login_id.clone(),
        terminal_name: row.terminal_name.clone(),
        extension: row.extension.clone(),
        ring_after_s: ringing.ring_after_s,
        ringtone: Ringtone::default(),
        display_name: String::new(),
        number_name: String::new(),
    })
}

/// The decision about a call. `services` are those of the number's rule.
pub fn decision(
    contract: &Contract,
    number: &number::Row,
    services: &[notify_service::Row],
    call: &Call,
    decision: &Decision,
    lang: Lang,
) -> RouteDecision {
    let caller = route_caller(&call.caller, lang);
    let device_of_number = |ringing: &decide::Ringing| {
        let of_id = device(contract, ringing)?;
        Some(RouteDevice {
            ringtone: number.ringtone.0,
            display_name: number.display_name.clone(),
            number_name: number.name.clone(),
            ..of_id
        })
    };
    // A call that is refused or meets only busy lines was missed as well, but nobody is told of one
    // that was to be refused.
    let when = match decision.action {
        RouteAction::Ring => Some("route.notice.unanswered"),
        RouteAction::Announce => Some("route.notice.busy"),
        RouteAction::Reject if decision.matched.is_busy() => Some("route.notice.busy"),
        RouteAction::Reject => None,
    };
    // Whoever is not reached may leave a message instead.
    let tells = |rule: &&notify_rule::Row| {
        rule.events
            .iter()
            .any(|event| matches!(event, NotifyEvent::MissedCall | NotifyEvent::Voicemail))
    };
    let rule = contract
        .notify_rules
        .iter()
        .find(|rule| number.notify_rule_id.as_ref() == Some(&rule.id))
        .filter(tells);
    let notice = |(rule, when): (&notify_rule::Row, &str)| RouteNotice {
        rule_id: rule.id.clone(),
        rule_name: rule.name.clone(),
        when: text(lang, when, &[]),
        destinations: destinations(rule, services, lang),
    };
    RouteDecision {
        revision: unsigned(contract.account.revision),
        caller,
        action: decision.action,
        matched: matched(decision, lang),
        sip: sip(decision),
        announcement: decision.announcement.map(str::to_owned),
        devices: decision.devices.iter().filter_map(device_of_number).collect(),
        channel_limit: decision.channel_limit,
        notices: rule.zip(when).map(notice).into_iter().collect(),
    }
}
