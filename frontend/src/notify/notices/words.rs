//! What happened and what was sent, in words.

use api_types::{
    AttemptOutcome, CallEvent, Channel, Delivery, DeliveryCounts, DeliveryState, MissedReason,
    NotifyEvent, ServiceType,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::numbers::directory::{Rows, number_label};
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::t;

/// What a kind is called.
pub(super) fn kind(kind: NotifyEvent) -> &'static str {
    match kind {
        NotifyEvent::MissedCall => t!(notices.missed_call),
        NotifyEvent::Voicemail => t!(notices.voicemail),
        NotifyEvent::Fax => t!(notices.fax),
        NotifyEvent::ForwardedCall => t!(notices.forwarded_call),
    }
}

/// Its picture.
pub(super) fn kind_icon(kind: NotifyEvent) -> icondata_core::Icon {
    match kind {
        NotifyEvent::MissedCall => icondata_lu::LuPhoneMissed,
        NotifyEvent::Voicemail => icondata_lu::LuVoicemail,
        NotifyEvent::Fax => icondata_lu::LuPrinter,
        NotifyEvent::ForwardedCall => icondata_lu::LuPhoneForwarded,
    }
}

/// So many seconds: `23秒`, `1分05秒`.
pub(super) fn length(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => t!(notices.seconds, seconds = seconds),
        (minutes, seconds) => {
            t!(notices.minutes, minutes = minutes, seconds = format!("{seconds:02}"))
        }
    }
}

/// How it came about: why nobody answered, how long the message is, how many pages came, where the
/// call went.
pub(super) fn circumstance(event: &CallEvent) -> Option<String> {
    match event.kind {
        NotifyEvent::MissedCall => {
            Some(match (event.reason.unwrap_or(MissedReason::NoAnswer), event.duration_s) {
                (MissedReason::Busy, _) => t!(notices.busy).to_owned(),
                (MissedReason::Refused, _) => t!(notices.refused).to_owned(),
                (MissedReason::HungUp, Some(seconds)) => {
                    t!(notices.hung_up_after, length = length(seconds))
                }
                (MissedReason::HungUp, None) => t!(notices.hung_up).to_owned(),
                (MissedReason::NoAnswer, Some(seconds)) => {
                    t!(notices.no_answer_after, length = length(seconds))
                }
                (MissedReason::NoAnswer, None) => t!(notices.no_answer).to_owned(),
            })
        }
        NotifyEvent::Voicemail => event.duration_s.map(length),
        NotifyEvent::Fax => event.pages.map(|pages| {
            if pages == 1 {
                t!(notices.one_page).to_owned()
            } else {
                t!(notices.pages, pages = pages)
            }
        }),
        NotifyEvent::ForwardedCall => event
            .forwarded_to
            .as_deref()
            .map(|to| t!(notices.forwarded_to, number = format::phone(to))),
    }
}

/// What the number is called that was called: its name, else as it is dialled.
pub(super) fn number(rows: Option<&Rows>, id: &str) -> Option<String> {
    let number = rows?.number(id)?;
    Some(if number.name.is_empty() { number_label(number) } else { number.name.clone() })
}

/// What became of the notices of an event: how it looks, its picture, and words.
pub(super) fn counts(counts: DeliveryCounts) -> Vec<(&'static str, icondata_core::Icon, String)> {
    let of = |count: u32| format::count(count.into());
    let mut all = Vec::new();
    if counts.sent > 0 {
        all.push(("ok", icondata_lu::LuCheck, t!(notices.sent, count = of(counts.sent))));
    }
    if counts.failed > 0 {
        all.push((
            "bad",
            icondata_lu::LuTriangleAlert,
            t!(notices.not_sent, count = of(counts.failed)),
        ));
    }
    if counts.waiting > 0 {
        all.push(("", icondata_lu::LuClock, t!(notices.under_way, count = of(counts.waiting))));
    }
    all
}

/// The name of a channel; most are brands.
pub(super) fn channel(channel: Channel) -> &'static str {
    channel.service().map_or_else(|| t!(notices.mail), ServiceType::name)
}

/// Where a notice went: what the destination is called, else its channel.
pub(super) fn destination(delivery: &Delivery) -> String {
    if delivery.destination.is_empty() {
        channel(delivery.channel).to_owned()
    } else {
        delivery.destination.clone()
    }
}

/// What has become of a notice: how it looks, its picture, and a word.
pub(super) fn state(state: DeliveryState) -> (&'static str, icondata_core::Icon, &'static str) {
    match state {
        DeliveryState::Waiting => ("", icondata_lu::LuClock, t!(notices.waiting)),
        DeliveryState::Sending => ("", icondata_lu::LuSend, t!(notices.sending)),
        DeliveryState::Held => ("warn", icondata_lu::LuCirclePause, t!(notices.held)),
        DeliveryState::Delivered => ("ok", icondata_lu::LuCheck, t!(notices.delivered)),
        DeliveryState::HandedOver => ("ok", icondata_lu::LuCheck, t!(notices.handed_over)),
        DeliveryState::Failed => ("bad", icondata_lu::LuTriangleAlert, t!(notices.failed)),
        DeliveryState::Canceled => ("", icondata_lu::LuCircleSlash, t!(notices.canceled)),
        DeliveryState::Skipped => ("", icondata_lu::LuCircleSlash, t!(notices.skipped)),
    }
}

/// What has to be said about a notice beyond its state: when it is tried next, or why it is as it
/// is.
pub(super) fn remark(delivery: &Delivery) -> Option<String> {
    match (delivery.state, delivery.next_at) {
        (DeliveryState::Waiting, Some(at)) if delivery.attempt_count > 0 => {
            Some(t!(notices.next_at, time = moment(at)))
        }
        (DeliveryState::HandedOver, _) => Some(t!(notices.handed_over_note).to_owned()),
        (DeliveryState::Held, _) => Some(t!(notices.held_note).to_owned()),
        (DeliveryState::Canceled, _) => Some(t!(notices.canceled_note).to_owned()),
        (DeliveryState::Skipped, _) => Some(t!(notices.skipped_note).to_owned()),
        // Without advice the server's own words are all there is.
        (DeliveryState::Failed, _) if delivery.problem.is_none() => Some(delivery.message.clone()),
        _ => None,
    }
}

/// What one attempt came to.
pub(super) fn outcome(outcome: AttemptOutcome) -> (&'static str, &'static str) {
    match outcome {
        AttemptOutcome::Delivered => ("ok", t!(notices.o_delivered)),
        AttemptOutcome::HandedOver => ("ok", t!(notices.o_handed_over)),
        AttemptOutcome::Retry => ("warn", t!(notices.o_retry)),
        AttemptOutcome::BadConfig => ("bad", t!(notices.o_bad_config)),
        AttemptOutcome::BadPayload => ("bad", t!(notices.o_bad_payload)),
        AttemptOutcome::Unknown => ("warn", t!(notices.o_unknown)),
        AttemptOutcome::Interrupted => ("warn", t!(notices.o_interrupted)),
    }
}

/// Short facts in a line that breaks between them only.
pub(super) fn parts(parts: impl IntoIterator<Item = Option<String>>) -> AnyView {
    let part = |(index, part): (usize, String)| {
        view! {
            {(index > 0).then_some(" ・ \
        ")}
            <span>{part}</span>
        }
    };
    view! {
        <span class="parts">
            {parts.into_iter().flatten().enumerate().map(part).collect_view()}
        </span>
    }
    .into_any()
}

/// A day and a time.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    t!(row.last_seen, day = format::short_day(locale(), at), time = format::time(at))
}

/// The heading of a day, with a word for the two that have one.
pub(super) fn day(at: DateTime<Utc>) -> String {
    let (now, day) = (format::now(), format::iso_day(at));
    let name = if day == format::iso_day(now) {
        t!(notices.today)
    } else if day == format::iso_day(now - chrono::TimeDelta::days(1)) {
        t!(notices.yesterday)
    } else {
        ""
    };
    let date = format::day(locale(), at);
    if name.is_empty() { date } else { format!("{name} ・ {date}") }
}

#[cfg(test)]
mod tests {
    use api_types::RouteCaller;

    use super::*;

    fn event(kind: NotifyEvent) -> CallEvent {
        let caller = RouteCaller {
            text: "非通知".into(),
            e164: None,
            no_number: None,
            international: false,
            extension: None,
        };
        CallEvent {
            id: String::new(),
            kind,
            number_id: String::new(),
            number: String::new(),
            number_name: String::new(),
            call_id: String::new(),
            caller,
            reason: None,
            at: DateTime::default(),
            received_at: None,
            duration_s: None,
            pages: None,
            transcript: None,
            forwarded_to: None,
            attachment: None,
            deliveries: DeliveryCounts::default(),
        }
    }

    #[test]
    fn a_missed_call_says_why() {
        for (reason, seconds, words) in [
            (None, None, "応答なし"),
            (Some(MissedReason::NoAnswer), Some(25), "応答なし（25秒）"),
            (Some(MissedReason::Busy), Some(0), "すべての回線が話し中"),
            (Some(MissedReason::Refused), None, "着信を拒否"),
            (Some(MissedReason::HungUp), Some(4), "4秒で切れました"),
            (Some(MissedReason::HungUp), None, "すぐに切れました"),
        ] {
            let event = CallEvent { reason, duration_s: seconds, ..event(NotifyEvent::MissedCall) };
            assert_eq!(circumstance(&event).as_deref(), Some(words));
        }
    }

    #[test]
    fn the_others_say_how_much_came_and_where_it_went() {
        let voicemail = CallEvent { duration_s: Some(65), ..event(NotifyEvent::Voicemail) };
        assert_eq!(circumstance(&voicemail).as_deref(), Some("1分05秒"));
        let fax = CallEvent { pages: Some(3), ..event(NotifyEvent::Fax) };
        assert_eq!(circumstance(&fax).as_deref(), Some("3ページ"));
        let forwarded = CallEvent {
            forwarded_to: Some("+819012345678".into()),
            ..event(NotifyEvent::ForwardedCall)
        };
        assert_eq!(circumstance(&forwarded).as_deref(), Some("090-1234-5678 へ転送"));
        assert_eq!(circumstance(&event(NotifyEvent::Fax)), None);
    }
}
