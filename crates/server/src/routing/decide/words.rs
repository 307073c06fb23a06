//! Why, in words.

use api_types::{BlockMatch, MatchedRule, RouteAction};

use super::{Decision, PRIORITY_HEAD_START_S};
use crate::platform;
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

/// The rule by its name, with what tells its texts apart.
fn key(decision: &Decision) -> String {
    let rule = platform::wire::word(&decision.matched);
    let more = match decision.matched {
        MatchedRule::BlockEntry => {
            match decision.entry.as_ref().map(|entry| entry.pattern.matching()) {
                Some(BlockMatch::Prefix) => "_prefix",
                Some(BlockMatch::Exact) | None => "_exact",
            }
        }
        MatchedRule::Ringing if decision.devices.iter().any(|device| device.ring_after_s > 0) => {
            "_priority"
        }
        _ if decision.action == RouteAction::Announce => "_announcement",
        _ => "",
    };
    format!("{rule}{more}")
}
