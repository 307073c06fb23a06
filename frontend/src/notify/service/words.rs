//! Events of rules in words.

use api_types::NotifyEvent;

use crate::t;

/// What a rule tells of.
pub(crate) fn event(event: NotifyEvent) -> &'static str {
    match event {
        NotifyEvent::MissedCall => t!(notify.missed_call),
        NotifyEvent::Voicemail => t!(notify.voicemail),
        NotifyEvent::Fax => t!(notify.fax),
        NotifyEvent::ForwardedCall => t!(notify.forwarded_call),
    }
}

/// The same in one line more.
pub(crate) fn event_hint(event: NotifyEvent) -> &'static str {
    match event {
        NotifyEvent::MissedCall => t!(notify.missed_call_hint),
        NotifyEvent::Voicemail => t!(notify.voicemail_hint),
        NotifyEvent::Fax => t!(notify.fax_hint),
        NotifyEvent::ForwardedCall => t!(notify.forwarded_call_hint),
    }
}
