use api_types::NotifyEvent::{self, Fax, ForwardedCall, MissedCall, Voicemail};
use store::Kind as _;
use store::calls::call_event::{Direction, Outcome, Row};

use super::*;
use crate::calls::rules::call_log::{enter, is_answered, is_refused};

fn destination(channel: &str) -> Destination {
    let kind = Channel::from_text(channel).unwrap();
    let service_id = (channel != "mail").then(|| format!("{channel}-1"));
    Destination {
        channel: kind,
        service_id,
        label: format!("to {channel}"),
        pace_key: None,
        is_off: false,
    }
}

fn rule(events: &[NotifyEvent], channels: &[&str]) -> Rule {
    Rule {
        id: "rule".into(),
        events: events.to_vec(),
        destinations: channels.iter().map(|channel| destination(channel)).collect(),
    }
}

/// Plays reports one after the other as the intake does, and says what is sent in the end: event,
/// channel, purpose. `+` in front of a report lets everything be sent that waits then.
fn play(reports: &[&str], rule: Option<&Rule>) -> Vec<String> {
    let (mut entries, mut planned): (Vec<Entry>, Vec<Planned>) = (Vec::new(), Vec::new());
    for (index, report) in reports.iter().enumerate() {
        let word = report.trim_start_matches('+');
        if word != *report {
            planned
                .iter_mut()
                .filter(|notice| notice.state == DeliveryState::Waiting)
                .for_each(|notice| notice.state = DeliveryState::Delivered);
        }
        let (kind, outcome) = match word {
            "answered" => (EventKind::Call, Outcome::Answered),
            "missed" => (EventKind::MissedCall, Outcome::Missed),
            "blocked" => (EventKind::MissedCall, Outcome::Refused),
            other => (EventKind::from_text(other).unwrap(), Outcome::Missed),
        };
        let row = Row {
            id: format!("{index}"),
            kind: kind.into(),
            outcome: outcome.into(),
            direction: Direction::In.into(),
            transcript: (kind == EventKind::Transcript).then(|| "said".into()),
            ..Row::default()
        };
        let news = enter(&mut entries, row);
        let plan = plan_notices(&entries, &news, rule, &planned);
        for id in &plan.canceled {
            planned
                .iter_mut()
                .filter(|notice| notice.id == *id)
                .for_each(|notice| notice.state = DeliveryState::Canceled);
        }
        for new in plan.new {
            assert_eq!(
                new.settles,
                entries[new.call_event_id.parse::<usize>().unwrap()].row.kind
                    == EventKind::MissedCall,
                "{reports:?}"
            );
            planned.push(Planned {
                id: format!("{}", planned.len()),
                call_event_id: new.call_event_id,
                service_id: new.destination.service_id.clone(),
                label: new.destination.label.clone(),
                purpose: new.purpose,
                state: if new.destination.is_off {
                    DeliveryState::Held
                } else {
                    DeliveryState::Waiting
                },
                progress: None,
            });
        }
    }
    assert!(!(is_answered(&entries) && is_refused(&entries)), "no table has both");
    let line = |notice: &Planned| {
        format!(
            "{} {} {}",
            reports[notice.call_event_id.parse::<usize>().unwrap()],
            notice.label,
            notice.purpose.text()
        )
    };
    planned.iter().filter(|notice| notice.state != DeliveryState::Canceled).map(line).collect()
}

#[test]
fn what_is_told_of_a_call() {
    let all = [MissedCall, Voicemail, Fax, ForwardedCall];
    let table: [(&[NotifyEvent], &[&str], &[&str]); 19] = [
        (&all, &["missed"], &["missed to mail event"]),
        (&all, &["missed", "missed", "missed"], &["missed to mail event"]),
        (&all, &["missed", "answered"], &[]),
        (&all, &["answered", "missed"], &[]),
        (&all, &["+missed", "+answered"], &["+missed to mail event"]),
        (&all, &["missed", "blocked"], &[]),
        (&all, &["blocked", "missed"], &[]),
        (&all, &["missed", "voicemail"], &["voicemail to mail event"]),
        (&all, &["voicemail", "missed"], &["voicemail to mail event"]),
        (&all, &["fax", "missed"], &["fax to mail event"]),
        (&all, &["answered", "voicemail"], &["voicemail to mail event"]),
        (&all, &["+missed", "+voicemail"], &["+missed to mail event", "+voicemail to mail event"]),
        // What the rule says nothing of takes nothing's place.
        (&[MissedCall], &["missed", "voicemail"], &["missed to mail event"]),
        (&[MissedCall], &["voicemail", "missed"], &["missed to mail event"]),
        (&[Voicemail], &["missed"], &[]),
        (
            &all,
            &["forwarded_call", "missed"],
            &["forwarded_call to mail event", "missed to mail event"],
        ),
        (
            &all,
            &["missed", "forwarded_call"],
            &["missed to mail event", "forwarded_call to mail event"],
        ),
        (
            &all,
            &["voicemail", "voicemail"],
            &["voicemail to mail event", "voicemail to mail event"],
        ),
        (&[], &["missed", "voicemail", "fax", "forwarded_call"], &[]),
    ];
    for (events, reports, told) in table {
        assert_eq!(play(reports, Some(&rule(events, &["mail"]))), told, "{events:?} {reports:?}");
        assert_eq!(play(reports, None), Vec::<String>::new());
    }
}

#[test]
fn everybody_is_told_once() {
    let rule = rule(&[MissedCall], &["mail", "slack", "line"]);
    let told = ["missed to mail event", "missed to slack event", "missed to line event"];
    assert_eq!(play(&["missed", "missed"], Some(&rule)), told);
}

#[test]
fn what_is_said_later_follows_everywhere() {
    let channels: Vec<_> = Channel::ALL.iter().map(|channel| channel.text()).collect();
    let rule = rule(&[Voicemail], &channels);
    let follows = |reports: &[&str]| -> Vec<String> {
        play(reports, Some(&rule)).into_iter().filter(|line| line.ends_with("transcript")).collect()
    };
    // It goes along with what still waits.
    assert_eq!(follows(&["voicemail", "transcript"]), Vec::<String>::new());
    assert_eq!(follows(&["transcript", "voicemail"]), Vec::<String>::new());
    let expected: Vec<_> =
        channels.iter().map(|channel| format!("voicemail to {channel} transcript")).collect();
    assert_eq!(follows(&["voicemail", "+transcript"]), expected);
    assert_eq!(follows(&["voicemail", "+transcript", "+transcript"]), expected);
}

#[test]
fn a_transcript_follows_only_what_people_have_read() {
    let rule = rule(&[Voicemail], &["slack"]);
    let voicemail = Row { id: "v".into(), kind: EventKind::Voicemail.into(), ..Row::default() };
    let entries = [Entry::stored(voicemail)];
    let news = News::Transcribed("v".into());
    let sent = Some(Progress { text_sent: Some("C1/1.2".into()), ..Progress::default() });
    for (state, progress, follows) in [
        ("delivered", None, true),
        ("handed_over", None, true),
        ("sending", None, true),
        ("waiting", None, false),
        // The text is out, the file is tried again.
        ("waiting", sent.clone(), true),
        ("held", sent, true),
        ("held", Some(Progress::default()), false),
        ("failed", None, false),
        ("canceled", None, false),
        ("skipped", None, false),
    ] {
        let notice = Planned {
            id: "d".into(),
            call_event_id: "v".into(),
            service_id: Some("slack-1".into()),
            label: String::new(),
            purpose: Purpose::Event,
            state: DeliveryState::from_text(state).unwrap(),
            progress: progress.clone(),
        };
        let plan = plan_notices(&entries, &news, Some(&rule), std::slice::from_ref(&notice));
        assert_eq!(plan.new.len(), usize::from(follows), "{state} {progress:?}");
        let elsewhere = Planned { service_id: Some("slack-2".into()), ..notice };
        assert_eq!(
            plan_notices(&entries, &news, Some(&rule), &[elsewhere]),
            Plan::default(),
            "a service that the rule has lost"
        );
    }
}
