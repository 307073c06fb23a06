//! From rows to what goes over the wire.

mod log;

use api_types::{
    Account, ApiKey, AuditEntry, Caller, Credentials, LineSetup, Matched, MatchedRule, Me,
    MyNumber, NotifyEvent, NotifyRule, Number, OperatorAccount, OperatorNumber, OperatorPhoneId,
    PhoneId, Ringing, RingingTarget, RouteAction, RouteCaller, RouteDecision, RouteDevice,
    RouteNotice, Service, ServiceKey, ServiceProblem, ServiceSummary, SipAnswer, Terminal,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::contract::Contract;
use store::{
    account, api_key, audit, notify_rule, notify_service, number, phone_id, service_key, terminal,
};

pub use log::{call_event, delivery, is_resendable};

use crate::error::Failure;
use crate::notify::{doctor, vault, words};
use crate::rules::capabilities;
use crate::rules::decide::{self, Call, Decision};
use crate::texts::{Lang, text};

/// The text that an enum has in JSON and in the database.
pub fn text_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// The enum that stands for a stored text.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// The enum that stands for a stored text that only we write; the first variant if somebody else
/// did, with a line in the log.
fn known<T: DeserializeOwned + Default>(what: &'static str, text: &str) -> T {
    from_text(text).unwrap_or_else(|| {
        tracing::error!(what, text, "a stored value is none of ours");
        T::default()
    })
}

/// A number as its holder sees it.
pub fn number(contract: &Contract, row: &number::Row) -> Number {
    Number {
        id: row.id.clone(),
        e164: row.e164.clone(),
        kind: number_kind(row),
        name: row.name.clone(),
        display_name: row.display_name.clone(),
        ringtone: known("ringtone", &row.ringtone),
        priority_phone_id: row.priority_phone_id.clone(),
        notify_rule_id: row.notify_rule_id.clone(),
        channel_limit: count(row.channel_limit),
        max_channels: count(row.max_channels),
        ringing_phone_ids: contract.ringing(&row.id).map(|phone_id| phone_id.id.clone()).collect(),
        capabilities: capabilities::of_number(contract, row),
        version: version(row.version),
    }
}

fn number_kind(row: &number::Row) -> api_types::NumberKind {
    if row.kind == "primary" {
        api_types::NumberKind::Primary
    } else {
        api_types::NumberKind::Additional
    }
}

fn phone_id_kind(row: &phone_id::Row) -> api_types::PhoneIdKind {
    if row.kind == "basic" {
        api_types::PhoneIdKind::Basic
    } else {
        api_types::PhoneIdKind::Additional
    }
}

fn count(value: i32) -> u8 {
    u8::try_from(value).unwrap_or_default()
}

/// A version or a count as it goes over the wire.
pub fn version(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// An ID as its holder sees it; `terminals` are those of the whole account.
pub fn phone_id(contract: &Contract, row: &phone_id::Row, terminals: &[terminal::Row]) -> PhoneId {
    let primary = contract.numbers.iter().find(|number| number.kind == "primary");
    PhoneId {
        id: row.id.clone(),
        login_id: row.login_id.clone(),
        kind: phone_id_kind(row),
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
        number_id: primary.filter(|_| row.kind == "basic").map(|number| number.id.clone()),
        outbound_number_id: row.outbound_number_id.clone(),
        terminals: terminals_of(row, terminals),
        capabilities: capabilities::of_phone_id(contract, row),
        version: version(row.version),
    }
}

fn terminals_of(row: &phone_id::Row, terminals: &[terminal::Row]) -> Vec<Terminal> {
    terminals.iter().filter(|terminal| terminal.phone_id == row.id).map(terminal).collect()
}

/// A terminal that is signed in.
pub fn terminal(row: &terminal::Row) -> Terminal {
    Terminal {
        id: row.id.clone(),
        kind: from_text(&row.kind).unwrap_or(api_types::TerminalKind::Ios),
        name: row.name.clone(),
        last_seen_at: row.last_seen_at.and_utc(),
    }
}

/// An ID as its softphone sees it.
pub fn me(account: &account::Row, row: &phone_id::Row, signed_in: &terminal::Row) -> Me {
    Me {
        phone_id: row.id.clone(),
        login_id: row.login_id.clone(),
        kind: phone_id_kind(row),
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
        account_name: account.name.clone(),
        outbound_number_id: row.outbound_number_id.clone(),
        terminal: terminal(signed_in),
        revision: version(account.revision),
        version: version(row.version),
    }
}

/// A number as the softphone of an ID shows it.
pub fn my_number(contract: &Contract, row: &number::Row, phone_id: &str) -> MyNumber {
    MyNumber {
        id: row.id.clone(),
        e164: row.e164.clone(),
        kind: number_kind(row),
        name: row.name.clone(),
        display_name: row.display_name.clone(),
        ringtone: known("ringtone", &row.ringtone),
        rings: contract.ringing(&row.id).any(|ringing| ringing.id == phone_id),
        rings_first: row.priority_phone_id.as_deref() == Some(phone_id),
    }
}

/// Which IDs ring for a number.
pub fn ringing(contract: &Contract, row: &number::Row) -> Ringing {
    let rings = |id: &str| contract.ringing(&row.id).any(|ringing| ringing.id == id);
    let target = |phone_id: &phone_id::Row| RingingTarget {
        phone_id: phone_id.id.clone(),
        rings: rings(&phone_id.id),
        login_id: phone_id.login_id.clone(),
        terminal_name: phone_id.terminal_name.clone(),
        extension: phone_id.extension.clone(),
    };
    Ringing {
        targets: contract.phone_ids.iter().map(target).collect(),
        busy_announcement: row.busy_announcement,
    }
}

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
    let name = |channel: &str| text(lang, &format!("channel.{channel}"), &[]);
    let addresses: Vec<String> = serde_json::from_str(&rule.emails).unwrap_or_default();
    let mails = addresses.into_iter().map(|address| format!("{} {address}", name("mail")));
    let of_service = |row: &notify_service::Row| {
        let shown = format!("{} {}", name(&row.kind), row.label);
        if row.enabled { shown } else { text(lang, "channel.off", &[("destination", &shown)]) }
    };
    mails.chain(services.iter().map(of_service)).collect()
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
    let device = |ringing: &decide::Ringing| {
        let row = contract.phone_id(&ringing.phone_id)?;
        Some(RouteDevice {
            phone_id: row.id.clone(),
            login_id: row.login_id.clone(),
            terminal_name: row.terminal_name.clone(),
            extension: row.extension.clone(),
            ring_after_s: ringing.ring_after_s,
            ringtone: known("ringtone", &number.ringtone),
            display_name: number.display_name.clone(),
            number_name: number.name.clone(),
        })
    };
    // A call that is refused or meets only busy lines was missed as well, but nobody is told of one
    // that was to be refused.
    let when = match decision.action {
        RouteAction::Ring => Some("route.notice.unanswered"),
        RouteAction::Announce => Some("route.notice.busy"),
        RouteAction::Reject if decision.matched == MatchedRule::ChannelLimit => {
            Some("route.notice.busy")
        }
        RouteAction::Reject => None,
    };
    // Whoever is not reached may leave a message instead.
    let tells = |rule: &&notify_rule::Row| {
        let events: Vec<NotifyEvent> = serde_json::from_str(&rule.events).unwrap_or_default();
        events.iter().any(|event| matches!(event, NotifyEvent::MissedCall | NotifyEvent::Voicemail))
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
        revision: version(contract.account.revision),
        caller,
        action: decision.action,
        matched: Matched {
            rule: decision.matched,
            entry_id: decision.entry.as_ref().map(|entry| entry.id.clone()),
            reason: decide::reason(lang, decision),
        },
        sip: decision.sip.map(|(code, reason)| SipAnswer { code, reason: reason.to_owned() }),
        announcement: decision.announcement.map(str::to_owned),
        devices: decision.devices.iter().filter_map(device).collect(),
        channel_limit: decision.channel_limit,
        notices: rule.zip(when).map(notice).into_iter().collect(),
    }
}

/// The contract as its holder sees it.
pub fn account(contract: &Contract) -> Account {
    Account {
        id: contract.account.id.clone(),
        name: contract.account.name.clone(),
        contact_mail: contract.account.contact_mail.clone(),
        forwarding_number: contract.account.forwarding_number.clone(),
        options: contract.account.options(),
        number_count: u32::try_from(contract.numbers.len()).unwrap_or(u32::MAX),
        id_count: u32::try_from(contract.phone_ids.len()).unwrap_or(u32::MAX),
        revision: version(contract.account.revision),
        version: version(contract.account.version),
    }
}

/// A notify rule with the numbers that use it.
pub fn notify_rule(
    contract: &Contract,
    row: &notify_rule::Row,
    services: Vec<ServiceSummary>,
) -> NotifyRule {
    let uses = |number: &&number::Row| number.notify_rule_id.as_ref() == Some(&row.id);
    NotifyRule {
        id: row.id.clone(),
        name: row.name.clone(),
        emails: serde_json::from_str(&row.emails).unwrap_or_default(),
        events: serde_json::from_str(&row.events).unwrap_or_default(),
        language: known("language", &row.language),
        private_subject: row.private_subject,
        services,
        number_ids: contract.numbers.iter().filter(uses).map(|number| number.id.clone()).collect(),
        version: version(row.version),
    }
}

/// What is wrong with a service, in words.
fn service_problem(row: &notify_service::Row, lang: Lang) -> Option<ServiceProblem> {
    let since = row.failing_since.or(row.stopped_at).map(|at| at.and_utc());
    row.problem.as_deref().map(|code| doctor::explain(lang, code, since))
}

/// A service as a list shows it.
///
/// # Errors
/// `internal` when its type cannot be read.
pub fn service_summary(row: &notify_service::Row, lang: Lang) -> Result<ServiceSummary, Failure> {
    let (kind, problem) = (vault::kind(row)?, service_problem(row, lang));
    Ok(ServiceSummary {
        id: row.id.clone(),
        kind,
        label: row.label.clone(),
        enabled: row.is_on(),
        problem,
    })
}

/// A service as its owner sees it; `credentials` are opened, and none of them that is secret is in
/// the answer.
///
/// # Errors
/// `internal` when its type or its hints cannot be read.
pub fn service(
    row: &notify_service::Row,
    credentials: &Credentials,
    waiting: i64,
    public_url: &url::Url,
    lang: Lang,
) -> Result<Service, Failure> {
    let kind = vault::kind(row)?;
    let hints = serde_json::from_str(&row.hints)
        .map_err(|_| Failure::Internal(format!("notify_services.hints of {}", row.id)))?;
    let line_setup = credentials.get(vault::CALLBACK_TOKEN).map(|token| LineSetup {
        webhook_url: format!(
            "{}/callbacks/line/{token}",
            public_url.as_str().trim_end_matches('/')
        ),
        word: text(lang, "service.line_word", &[]),
    });
    Ok(Service {
        id: row.id.clone(),
        rule_id: row.rule_id.clone(),
        kind,
        label: row.label.clone(),
        enabled: row.is_on(),
        credentials: hints,
        problem: service_problem(row, lang),
        warning: api_types::credentials::warning(kind, credentials)
            .map(|code| doctor::explain(lang, code, None)),
        waiting: u32::try_from(waiting).unwrap_or_default(),
        line_setup,
        signing_secret: None,
        version: version(row.version),
    })
}

/// A line of the change log.
///
/// # Errors
/// `internal` when it cannot be read.
pub fn audit_entry(row: &audit::Row) -> Result<AuditEntry, Failure> {
    let unreadable =
        |what: &str| Failure::Internal(format!("audit_log.{what} of {} cannot be read", row.id));
    Ok(AuditEntry {
        id: row.id.clone(),
        at: row.at.and_utc(),
        actor_kind: from_text(&row.actor_kind).ok_or_else(|| unreadable("actor_kind"))?,
        actor: row.actor.clone(),
        object_kind: from_text(&row.object_kind).ok_or_else(|| unreadable("object_kind"))?,
        object_id: row.object_id.clone(),
        action: from_text(&row.action).ok_or_else(|| unreadable("action"))?,
        before: serde_json::from_str(&row.before).map_err(|_| unreadable("before"))?,
        after: serde_json::from_str(&row.after).map_err(|_| unreadable("after"))?,
        revision: version(row.revision),
        restorable: crate::rules::restore::restorable(row),
    })
}

/// A contract as the operator sees it.
pub fn operator_account(row: &account::Row) -> OperatorAccount {
    OperatorAccount {
        id: row.id.clone(),
        name: row.name.clone(),
        contact_mail: row.contact_mail.clone(),
        status: known("account status", &row.status),
        suspended_reason: row.suspended_reason.clone(),
        forwarding_number: row.forwarding_number.clone(),
        options: row.options(),
        revision: version(row.revision),
        created_at: row.created_at.and_utc(),
        version: version(row.version),
    }
}

/// A number as the operator sees it.
pub fn operator_number(row: &number::Row) -> OperatorNumber {
    OperatorNumber {
        id: row.id.clone(),
        e164: row.e164.clone(),
        kind: number_kind(row),
        name: row.name.clone(),
        max_channels: count(row.max_channels),
        channel_limit: count(row.channel_limit),
        version: version(row.version),
    }
}

/// An ID as the operator sees it; `terminals` are those of the whole account.
pub fn operator_phone_id(row: &phone_id::Row, terminals: &[terminal::Row]) -> OperatorPhoneId {
    OperatorPhoneId {
        id: row.id.clone(),
        login_id: row.login_id.clone(),
        kind: phone_id_kind(row),
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
        device_option: row.device_option.as_deref().and_then(from_text),
        terminals: terminals_of(row, terminals),
        version: version(row.version),
    }
}

/// A key, without itself.
pub fn api_key(row: &api_key::Row) -> ApiKey {
    ApiKey {
        id: row.id.clone(),
        name: row.name.clone(),
        hint: row.hint.clone(),
        scopes: serde_json::from_str(&row.scopes).unwrap_or_default(),
        expires_at: row.expires_at.map(|at| at.and_utc()),
        allowed_addresses: serde_json::from_str(&row.allowed_addresses).unwrap_or_default(),
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
    }
}

/// A key of the operator or of a switch.
pub fn service_key(row: &service_key::Row) -> ServiceKey {
    ServiceKey {
        id: row.id.clone(),
        name: row.name.clone(),
        hint: row.hint.clone(),
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
    }
}
