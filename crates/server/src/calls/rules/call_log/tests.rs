use chrono::DateTime;
use store::Kind as _;

use super::*;

/// A report: its id, kind, outcome, reason and transcript.
fn report(text: &str) -> Row {
    let mut parts = text.split(' ');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (id, word) = (next(), next());
    let row = Row { id, ..Row::default() };
    let said = Some(next()).filter(|text| !text.is_empty());
    match word.as_str() {
        "answered" => Row { outcome: Outcome::Answered.into(), ..row },
        "out" => Row { outcome: Outcome::Answered.into(), direction: Direction::Out.into(), ..row },
        "blocked" => Row {
            kind: EventKind::MissedCall.into(),
            outcome: Outcome::Refused.into(),
            reason: Some(MissedReason::Refused.into()),
            ..row
        },
        "busy" => Row {
            kind: EventKind::MissedCall.into(),
            outcome: Outcome::Busy.into(),
            reason: Some(MissedReason::Busy.into()),
            ..row
        },
        "voicemail" | "transcript" => {
            let second = row.id.bytes().map(i64::from).sum();
            let at = DateTime::from_timestamp(second, 0).unwrap_or_default().naive_utc();
            let kind = EventKind::from_text(&word).unwrap().into();
            Row { kind, transcript: said, at, ..row }
        }
        "fax" => Row { kind: EventKind::Fax.into(), ..row },
        "forwarded_call" => Row { kind: EventKind::ForwardedCall.into(), ..row },
        reason => Row {
            kind: EventKind::MissedCall.into(),
            reason: Some(MissedReason::from_text(reason).unwrap().into()),
            ..row
        },
    }
}

fn entered(reports: &str) -> (Vec<Entry>, Vec<News>) {
    let mut entries = Vec::new();
    let news = reports.split(", ").map(|text| enter(&mut entries, report(text))).collect();
    (entries, news)
}

/// What the log says in the end: id, kind, and reason or transcript.
fn log(reports: &str) -> String {
    let line = |entry: &Entry| {
        let row = &entry.row;
        let reason = row.reason.filter(|_| row.kind == EventKind::MissedCall);
        let what = reason.map(|reason| reason.text()).or(row.transcript.as_deref());
        format!(
            "{} {}{}",
            row.id,
            row.kind.text(),
            what.map(|what| format!(" {what}")).unwrap_or_default()
        )
    };
    entered(reports).0.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_call_has_one_face_that_says_the_most_telling_reason() {
    for (reports, expected) in [
        ("1 no_answer", "1 missed_call no_answer"),
        ("1 no_answer, 2 no_answer, 3 hung_up", "1 missed_call hung_up, 2 call, 3 call"),
        ("1 hung_up, 2 refused, 3 no_answer", "1 missed_call refused, 2 call, 3 call"),
        ("1 refused, 2 busy, 3 refused", "1 missed_call busy, 2 call, 3 call"),
        ("1 answered, 2 no_answer", "1 call, 2 call"),
        ("1 blocked, 2 no_answer", "1 call, 2 call"),
        ("1 out, 2 no_answer", "1 call, 2 missed_call no_answer"),
        ("1 no_answer, 2 voicemail, 3 fax", "1 missed_call no_answer, 2 voicemail, 3 fax"),
    ] {
        assert_eq!(log(reports), expected, "{reports}");
    }
}

#[test]
fn what_was_said_finds_its_voicemail_in_any_order() {
    for (reports, expected) in [
        ("1 voicemail, 2 transcript hello", "1 voicemail hello, 2 transcript"),
        ("1 transcript hello, 2 voicemail", "1 transcript, 2 voicemail hello"),
        ("1 transcript hello, 2 voicemail hi", "1 transcript hello, 2 voicemail hi"),
        ("1 voicemail hello, 2 transcript hello", "1 voicemail hello, 2 transcript"),
        ("1 voicemail helo, 2 transcript hello", "1 voicemail hello, 2 transcript"),
        (
            "1 voicemail, 2 voicemail, 3 transcript a, 4 transcript b",
            "1 voicemail a, 2 voicemail b, 3 transcript, 4 transcript",
        ),
        ("1 transcript hello", "1 transcript hello"),
    ] {
        assert_eq!(log(reports), expected, "{reports}");
    }
    let mut entries = Vec::new();
    for (id, file) in [("1", "a"), ("2", "b")] {
        let row = report(&format!("{id} voicemail"));
        enter(&mut entries, Row { attachment_id: Some(file.into()), ..row });
    }
    enter(&mut entries, Row { attachment_id: Some("b".into()), ..report("3 transcript second") });
    let texts: Vec<_> = entries.iter().map(|entry| entry.row.transcript.as_deref()).collect();
    assert_eq!(
        texts,
        [None, Some("second"), None],
        "a transcript that names the file is that file's"
    );
}

#[test]
fn what_is_news() {
    let missed = |id: &str| News::Missed(id.into());
    let happened = |id: &str| News::Happened(id.into());
    let said = |id: &str| News::Transcribed(id.into());
    let refused = |is_first| News::Refused { is_first };
    for (reports, expected) in [
        ("1 no_answer, 2 busy", vec![missed("1"), News::Nothing]),
        (
            "1 answered, 2 no_answer, 3 answered",
            vec![News::Answered, News::Nothing, News::Answered],
        ),
        ("1 out", vec![News::Nothing]),
        ("1 blocked, 2 blocked", vec![refused(true), refused(false)]),
        ("1 no_answer, 2 blocked", vec![missed("1"), refused(true)]),
        (
            "1 voicemail, 2 transcript x, 3 transcript x, 4 transcript y",
            vec![happened("1"), said("1"), News::Nothing, News::Nothing],
        ),
        ("1 transcript x, 2 voicemail", vec![News::Nothing, happened("2")]),
        ("1 voicemail x, 2 transcript y", vec![happened("1"), News::Nothing]),
        ("1 fax, 2 forwarded_call", vec![happened("1"), happened("2")]),
    ] {
        assert_eq!(entered(reports).1, expected, "{reports}");
    }
}

#[test]
fn what_stored_rows_say_anew_is_marked() {
    let mut entries =
        vec![Entry::stored(report("1 no_answer")), Entry::stored(report("2 voicemail"))];
    enter(&mut entries, report("3 busy"));
    enter(&mut entries, report("4 transcript hello"));
    let marks: Vec<_> = entries.iter().map(|entry| (entry.is_new, entry.is_changed)).collect();
    assert_eq!(marks, [(false, true), (false, true), (true, false), (true, false)]);
    unmiss(&mut entries);
    assert_eq!(entries[0].row.kind, EventKind::Call);
}
