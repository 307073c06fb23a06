//! Why, in words.

use api_types::{BlockMatch, MatchedRule, RouteAction};

use super::{Decision, PRIORITY_HEAD_START_S};
use crate::platform::texts::{Lang, text};

/// The setting that decided, in words.
pub fn reason(lang: Lang, decision: &Decision) -> String {
    let pattern = decision.entry.as_ref().map(|entry| entry.pattern.japanese()).unwrap_or_default();
    let (limit, seconds) = (decision.channel_limit.to_string(), PRIORITY_HEAD_START_S.to_string());
    let values = [("pattern", pattern.as_str()), ("limit", &limit), ("seconds", &seconds)];
    let reason = text(lang, &format!("route.{}", key(decision)), &values);
    if !decision.exempted {
        return reason;
    }
    let exempted = text(lang, "route.exempted", &[]);
    match lang {
        Lang::Ja => format!("{exempted}{reason}"),
        Lang::En => format!("{exempted} {reason}"),
    }
}

fn key(decision: &Decision) -> &'static str {
    match decision.matched {
        MatchedRule::RejectWithheld => "reject_withheld",
        MatchedRule::RejectPayPhone => "reject_pay_phone",
        MatchedRule::RejectOutOfRange => "reject_out_of_range",
        MatchedRule::RejectServiceConflict => "reject_service_conflict",
        MatchedRule::BlockEntry => {
            match decision.entry.as_ref().map(|entry| entry.pattern.matching()) {
                Some(BlockMatch::Prefix) => "block_entry_prefix",
                Some(BlockMatch::Exact) | None => "block_entry_exact",
            }
        }
        MatchedRule::ChannelLimit if decision.action == RouteAction::Announce => {
            "channel_limit_announcement"
        }
        MatchedRule::ChannelLimit => "channel_limit",
        MatchedRule::NoTerminalRings => "no_terminal_rings",
        MatchedRule::Ringing if decision.devices.iter().any(|device| device.ring_after_s > 0) => {
            "ringing_priority"
        }
        MatchedRule::Ringing => "ringing",
        MatchedRule::UnknownNumber => "unknown_number",
        MatchedRule::Suspended => "suspended",
    }
}
