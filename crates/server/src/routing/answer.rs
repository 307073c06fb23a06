//! Decisions as switches read them.

use api_types::{
    RouteAction, RouteCaller, RouteCalling, RouteDecision, RouteLater, RtJson, RtJsonRoute,
    SwitchDecision,
};
use store::new_id;
use store::numbers::number;
use store::routing::contract::Contract;
use url::form_urlencoded;

use super::Routed;
use crate::platform;
use crate::platform::config::Switch as SwitchConfig;
use crate::platform::texts::Lang;
use crate::routing::decide::{Call, Decision};
use crate::routing::view;

/// The decision in JSON.
pub fn decision(routed: &Routed, call: &Call, config: &SwitchConfig, lang: Lang) -> SwitchDecision {
    let (decided, domain) = (&routed.decision, &config.sip_domain);
    if let Some((contract, number)) = routed.number() {
        return decision_of(contract, number, decided, call, config, lang);
    }
    let nobody = |caller| RouteDecision {
        revision: 0,
        caller,
        action: decided.action,
        matched: view::matched(decided, lang),
        sip: view::sip(decided),
        announcement: None,
        devices: Vec::new(),
        channel_limit: decided.channel_limit,
        notices: Vec::new(),
    };
    let Some((contract, row)) = routed.calling() else {
        return complete(nobody(RouteCaller::from(&call.caller)), domain);
    };
    let text = format!("{} {}", row.extension, row.terminal_name).trim_end().to_owned();
    let extension = Some(row.extension.clone());
    let caller = RouteCaller { text, e164: None, no_number: None, international: false, extension };
    let calling = RouteCalling {
        phone_id: row.id.clone(),
        login_id: row.login_id.clone(),
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
    };
    let devices = decided.devices.iter().filter_map(|ringing| view::device(contract, ringing));
    let revision = platform::wire::unsigned(contract.account.revision);
    let decision = RouteDecision { revision, devices: devices.collect(), ..nobody(caller) };
    SwitchDecision { calling: Some(calling), ..complete(decision, domain) }
}

/// The same for a number that somebody has.
pub fn decision_of(
    contract: &Contract,
    number: &number::Row,
    decided: &Decision,
    call: &Call,
    config: &SwitchConfig,
    lang: Lang,
) -> SwitchDecision {
    let takes_messages =
        decided.action == RouteAction::Ring && contract.account.options().voicemail;
    let decision = view::decision(contract, number, &[], call, decided, lang);
    SwitchDecision {
        voicemail_after_s: takes_messages.then_some(config.voicemail_after_s),
        ..complete(decision, &config.sip_domain)
    }
}

/// With what a switch needs besides; `domain` is the host of addresses of record.
fn complete(decision: RouteDecision, domain: &str) -> SwitchDecision {
    let RouteDecision {
        revision,
        caller,
        action,
        matched,
        sip,
        announcement,
        devices,
        channel_limit,
        notices: _,
    } = decision;
    let to = |until: u32| RtJson {
        version: "1.0".into(),
        routing: "parallel".into(),
        routes: devices
            .iter()
            .filter(|device| device.ring_after_s <= until)
            .map(|device| RtJsonRoute { uri: format!("sip:{}@{domain}", device.login_id) })
            .collect(),
    };
    let later =
        devices.iter().map(|device| device.ring_after_s).max().filter(|after_s| *after_s > 0);
    SwitchDecision {
        decision_id: new_id(),
        revision,
        caller,
        calling: None,
        action,
        matched,
        sip,
        announcement,
        channel_limit,
        rtjson: (action == RouteAction::Ring).then(|| to(0)),
        later: later.map(|after_s| RouteLater { after_s, rtjson: to(after_s) }),
        devices,
        voicemail_after_s: None,
        ttl_s: 0,
    }
}

/// For FreeSWITCH: go on to the static dialplan.
pub const NOT_FOUND: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <document type=\"freeswitch/xml\">\n  <section name=\"result\">\n    \
    <result status=\"not found\"/>\n  </section>\n</document>\n";

/// For Asterisk: pairs that `hashcompat` makes a hash of, whether it reads `+` or not. Lists have
/// commas between their values. `channel_limit` always comes last: an answer without it was cut off.
pub fn form(decision: &SwitchDecision) -> String {
    let joined = |value: &dyn Fn(&api_types::RouteDevice) -> String| {
        decision.devices.iter().map(value).collect::<Vec<_>>().join(",")
    };
    let (code, reason) = decision
        .sip
        .as_ref()
        .map(|sip| (sip.code.to_string(), sip.reason.clone()))
        .unwrap_or_default();
    let (device, calling) = (decision.devices.first(), decision.calling.as_ref());
    form_urlencoded::Serializer::new(String::new())
        .append_pair("decision_id", &decision.decision_id)
        .append_pair("revision", &decision.revision.to_string())
        .append_pair("action", &platform::wire::word(&decision.action))
        .append_pair("matched", &platform::wire::word(&decision.matched.rule))
        .append_pair("caller", decision.caller.e164.as_deref().unwrap_or_default())
        .append_pair("calling_extension", calling.map_or("", |calling| &calling.extension))
        .append_pair("calling_name", calling.map_or("", |calling| &calling.terminal_name))
        .append_pair("sip_code", &code)
        .append_pair("sip_reason", &reason)
        .append_pair("announcement", decision.announcement.as_deref().unwrap_or_default())
        .append_pair("devices", &joined(&|device| device.login_id.clone()))
        .append_pair("ring_after_s", &joined(&|device| device.ring_after_s.to_string()))
        .append_pair(
            "ringtone",
            &device.map(|device| platform::wire::word(&device.ringtone)).unwrap_or_default(),
        )
        .append_pair("display_name", device.map_or("", |device| &device.display_name))
        .append_pair("number_name", device.map_or("", |device| &device.number_name))
        .append_pair(
            "voicemail_after_s",
            &decision.voicemail_after_s.map(|seconds| seconds.to_string()).unwrap_or_default(),
        )
        .append_pair("channel_limit", &decision.channel_limit.to_string())
        .finish()
        .replace('+', "%20")
}

/// For FreeSWITCH: a dialplan of one extension.
pub fn xml(decision: &SwitchDecision, context: &str, domain: &str) -> String {
    let mut actions = vec![
        ("set", format!("denwaban_decision_id={}", decision.decision_id)),
        ("set", format!("denwaban_action={}", platform::wire::word(&decision.action))),
        ("set", format!("denwaban_matched={}", platform::wire::word(&decision.matched.rule))),
    ];
    match decision.action {
        RouteAction::Ring => {
            if let Some(device) = decision.devices.first() {
                actions.push((
                    "set",
                    format!("denwaban_ringtone={}", platform::wire::word(&device.ringtone)),
                ));
                actions
                    .push(("set", format!("denwaban_number_name={}", plain(&device.number_name))));
                actions.push((
                    "set",
                    format!("denwaban_display_name={}", plain(&device.display_name)),
                ));
            }
            if decision.caller.no_number.is_some() {
                // From and P-Asserted-Identity may have the number all the same.
                for name in ["number=anonymous", "name=Anonymous"] {
                    actions.push(("set", format!("effective_caller_id_{name}")));
                }
            }
            if let Some(calling) = &decision.calling {
                let (number, name) = (&calling.extension, plain(&calling.terminal_name));
                actions.push(("set", format!("effective_caller_id_number={number}")));
                actions.push(("set", format!("effective_caller_id_name={name}")));
            }
            let leg = |device: &api_types::RouteDevice| {
                let delay = if device.ring_after_s > 0 {
                    format!("[leg_delay_start={}]", device.ring_after_s)
                } else {
                    String::new()
                };
                format!("{delay}user/{}@{domain}", device.login_id)
            };
            let legs = decision.devices.iter().map(leg).collect::<Vec<_>>().join(",");
            // For the end of the call: what rang last rings while the portal is away.
            actions.push(("set", format!("denwaban_legs={legs}")));
            actions.push(("bridge", legs));
        }
        RouteAction::Reject => {
            let sip = decision.sip.as_ref();
            actions.push((
                "respond",
                sip.map_or_else(|| "480".to_owned(), |sip| format!("{} {}", sip.code, sip.reason)),
            ));
        }
        RouteAction::Announce => {
            // Not `answer`: the caller would pay for it.
            actions.push(("pre_answer", String::new()));
            actions.push((
                "playback",
                format!("denwaban/{}.wav", decision.announcement.as_deref().unwrap_or("busy")),
            ));
            actions.push(("hangup", "USER_BUSY".to_owned()));
        }
    }
    let action = |(application, data): &(&str, String)| {
        format!("          <action application=\"{application}\" data=\"{}\"/>\n", escape(data))
    };
    let actions: String = actions.iter().map(action).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document type=\"freeswitch/xml\">\n  \
            <section name=\"dialplan\">\n    \
         <context name=\"{}\">\n      <extension name=\"denwaban\">\n        \
             <condition>\n{actions}        </condition>\n      \
         </extension>\n    </context>\n  </section>\n</document>\n",
        escape(context)
    )
}

/// A name as a channel variable may hold it: nothing that FreeSWITCH would expand or take for the
/// end.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !matches!(c, '$' | '{' | '}' | '[' | ']' | '\'' | '\\' | ',' | '|' | '^')
                && !c.is_control()
        })
        .collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 knows no other control characters.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => {}
            c => escaped.push(c),
        }
    }
    escaped
}
