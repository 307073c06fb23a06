use api_types::Caller;
use chrono::{DateTime, TimeZone as _, Utc};

use super::*;
use crate::notify::Attachment;

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 9, 4, 12).unwrap()
}

fn event(kind: NotifyEvent) -> Event {
    Event {
        kind,
        number_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22".into(),
        number: "+81312345678".into(),
        number_name: "代表".into(),
        caller: Caller::parse("09012345678").unwrap(),
        at: at(),
        reason: None,
        duration_s: None,
        pages: None,
        transcript: None,
        forwarded_to: None,
    }
}

fn notice(subject: Subject) -> Notice {
    Notice {
        delivery_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31".into(),
        short_id: "K7QX-2M9D".into(),
        call_event_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30".into(),
        language: NotifyLanguage::Ja,
        private_subject: false,
        subject,
        attachment: None,
        thread: None,
    }
}

fn recording(kind: AttachmentKind) -> Attachment {
    Attachment {
        kind,
        content_type: "audio/mp4".into(),
        file_name: "voicemail-20261122-1804.m4a".into(),
        size: 48_211,
        duration_ms: Some(23_000),
        object_key: "a/b".into(),
        page_url: "https://portal.example.jp/downloads/abc".into(),
        file_url: "https://portal.example.jp/downloads/abc/voicemail.m4a".into(),
        expires_at: Utc.with_ymd_and_hms(2026, 11, 29, 9, 4, 12).unwrap(),
    }
}

fn english(notice: Notice) -> Notice {
    Notice { language: NotifyLanguage::En, ..notice }
}

#[test]
fn the_four_events_in_both_languages() {
    let missed = Event {
        reason: Some(MissedReason::HungUp),
        duration_s: Some(4),
        ..event(NotifyEvent::MissedCall)
    };
    let voicemail = Event {
        duration_s: Some(83),
        transcript: Some("田中です。\r\n折り返しください。".into()),
        ..event(NotifyEvent::Voicemail)
    };
    let fax = Event { pages: Some(3), number_name: String::new(), ..event(NotifyEvent::Fax) };
    let forwarded = Event {
        forwarded_to: Some("+815011112222".into()),
        duration_s: Some(12),
        ..event(NotifyEvent::ForwardedCall)
    };
    let with = |subject, kind| Notice { attachment: Some(recording(kind)), ..notice(subject) };
    let table = [
        (
            notice(Subject::Event(missed)),
            "不在着信 090-1234-5678\n発信者：090-1234-5678\n着信番号：03-1234-5678（代表）\n日時：2026年11月22日(日) \
                18:04\n状況：4秒で切れました\n電話番　通知ID K7QX-2M9D",
            "Missed call: 090-1234-5678\nCaller: 090-1234-5678\nNumber called: 03-1234-5678 \
                (代表)\nTime: Sun, 22 Nov 2026, 18:04 (Japan)\nWhat happened: The caller hung up \
                after 4 s\nDenwaban, notification K7QX-2M9D",
        ),
        (
            with(Subject::Event(voicemail), AttachmentKind::Audio),
            "留守番電話 090-1234-5678\n発信者：090-1234-5678\n着信番号：03-1234-5678（代表）\n日時：2026年11月22日(日) \
                18:04\n録音時間：1分23秒\n\n文字起こし\n田中です。\n折り返しください。\n\n録音を聞く\nhttps://portal.example.jp/downloads/abc\n電話番　通知ID K7QX-2M9D　リンクの期限 11月29日(日) 18:04",
            "Voicemail: 090-1234-5678\nCaller: 090-1234-5678\nNumber called: 03-1234-5678 \
                (代表)\nTime: Sun, 22 Nov 2026, 18:04 (Japan)\nLength: 1 min 23 \
                s\n\nTranscript\n田中です。\n折り返しください。\n\nListen to the \
                recording\nhttps://portal.example.jp/downloads/abc\nDenwaban, notification K7QX-2M9D, \
                link works until Sun, 29 Nov, 18:04",
        ),
        (
            with(Subject::Event(fax), AttachmentKind::Fax),
            "クラウドFAX 090-1234-5678\n発信者：090-1234-5678\n着信番号：03-1234-5678\n日時：2026年11月22日(日) \
                18:04\nページ数：3ページ\nFAXを見る\nhttps://portal.example.jp/downloads/abc\n電話番　通知ID \
                K7QX-2M9D　リンクの期限 11月29日(日) 18:04",
            "Fax: 090-1234-5678\nCaller: 090-1234-5678\nNumber called: 03-1234-5678\nTime: Sun, 22 \
                Nov 2026, 18:04 (Japan)\nPages: 3\nOpen the \
                fax\nhttps://portal.example.jp/downloads/abc\nDenwaban, notification K7QX-2M9D, link \
                works until Sun, 29 Nov, 18:04",
        ),
        (
            notice(Subject::Event(forwarded)),
            "転送電話 090-1234-5678\n発信者：090-1234-5678\n着信番号：03-1234-5678（代表）\n日時：2026年11月22日(日) \
                18:04\n転送先：050-1111-2222\n呼び出し：12秒\n電話番　通知ID K7QX-2M9D",
            "Forwarded call: 090-1234-5678\nCaller: 090-1234-5678\nNumber called: 03-1234-5678 \
                (代表)\nTime: Sun, 22 Nov 2026, 18:04 (Japan)\nForwarded to: 050-1111-2222\nRang \
                for: 12 s\nDenwaban, notification K7QX-2M9D",
        ),
    ];
    for (notice, japanese, english_text) in table {
        assert_eq!(lines(&notice).plain(5_000, |_| 1), japanese);
        assert_eq!(lines(&english(notice)).plain(5_000, |_| 1), english_text);
    }
}

#[test]
fn a_missed_call_says_why() {
    use MissedReason::{Busy, HungUp, NoAnswer, Refused};
    let table = [
        (None, None, "応答がありませんでした"),
        (Some(NoAnswer), Some(0), "応答がありませんでした"),
        (Some(NoAnswer), Some(30), "30秒呼び出しましたが、応答がありませんでした"),
        (Some(Busy), None, "すべての回線が話し中でした"),
        (Some(Refused), Some(2), "着信拒否"),
        (Some(HungUp), None, "応答の前に切れました"),
        (Some(HungUp), Some(4), "4秒で切れました"),
    ];
    for (reason, duration_s, words) in table {
        let event = Event { reason, duration_s, ..event(NotifyEvent::MissedCall) };
        assert_eq!(
            lines(&notice(Subject::Event(event))).rows[3],
            ("状況".into(), words.into()),
            "{reason:?}"
        );
    }
}

#[test]
fn callers_without_a_number_and_from_abroad() {
    let table = [
        ("withheld", "不在着信 非通知", "Missed call: Withheld number"),
        ("公衆電話", "不在着信 公衆電話", "Missed call: Pay phone"),
        ("表示圏外", "不在着信 表示圏外", "Missed call: Number unavailable"),
        (
            "サービス競合",
            "不在着信 サービス競合",
            "Missed call: Number not sent (service conflict)",
        ),
        ("010819012345678", "不在着信 010-81-90-1234-5678", "Missed call: 010-81-90-1234-5678"),
        ("+12125550123", "不在着信 +12125550123", "Missed call: +12125550123"),
        ("110", "不在着信 110", "Missed call: 110"),
    ];
    for (text, japanese, english_text) in table {
        let caller = Caller::parse(text).unwrap();
        let notice = notice(Subject::Event(Event { caller, ..event(NotifyEvent::MissedCall) }));
        assert_eq!(
            (title(&notice).as_str(), title(&english(notice)).as_str()),
            (japanese, english_text)
        );
    }
}

#[test]
fn a_private_subject_names_nobody() {
    for kind in NotifyEvent::ALL {
        for subject_of in [Subject::Event(event(kind)), Subject::Transcript(event(kind))] {
            let open = notice(subject_of);
            assert!(subject(&open).contains("090-1234-5678"), "{kind:?}");
            for private in [
                Notice { private_subject: true, ..open.clone() },
                english(Notice { private_subject: true, ..open }),
            ] {
                let said = subject(&private);
                assert!(
                    !said.contains(|c: char| c.is_ascii_digit()) && !said.contains("notices."),
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn other_notices_in_words() {
    let test = notice(Subject::Test { rule_name: "営業チーム".into(), at: at() });
    assert_eq!(
        lines(&test).plain(5_000, |_| 1),
        "テスト通知\n内容：この通知が見えていれば、設定は完了です。\n通知ルール：営業チーム\n日時：2026年11月22日(日) 18:04\n電話番　通知ID K7QX-2M9D"
    );
    let stopped = Subject::ServiceStopped {
        rule_name: "営業チーム".into(),
        label: "#営業".into(),
        message: "トークンが無効です。".into(),
        advice: "新しいトークンを設定してください。".into(),
        url: "https://portal.example.jp/x".into(),
        waiting: 3,
    };
    let said = lines(&notice(stopped));
    assert_eq!(said.title, "通知サービス「#営業」を停止しました");
    assert_eq!(said.link, Some(("設定を開く".into(), "https://portal.example.jp/x".into())));
    assert!(
        said.rows.contains(&(
            "待っている通知".into(),
            "3件（再開するときに、送るか送らないかを選べます）".into()
        )),
        "{said:?}"
    );
}

#[test]
fn a_transcript_that_came_later_is_told_with_what_it_belongs_to() {
    let event = Event {
        transcript: Some("折り返しください。".into()),
        duration_s: Some(5),
        ..event(NotifyEvent::Voicemail)
    };
    let said = lines(&notice(Subject::Transcript(event)));
    assert_eq!(said.title, "留守番電話の文字起こし 090-1234-5678");
    assert_eq!((said.rows.len(), said.transcript.as_deref()), (3, Some("折り返しください。")));
}

#[test]
fn what_comes_from_outside_breaks_no_line_and_turns_no_direction() {
    let odd = Event {
        number_name: "受付\r\n\u{202e}発信者：110\u{0}".into(),
        transcript: Some("\u{0}一\r二\u{2028}三\u{202e}四\u{7}\n\n".into()),
        ..event(NotifyEvent::Voicemail)
    };
    let said = lines(&notice(Subject::Event(odd)));
    assert_eq!(said.rows[1].1, "03-1234-5678（受付 発信者：110）");
    assert_eq!(said.transcript.as_deref(), Some("一\n二\n三四"));
    assert!(said.rows.iter().all(|(_, value)| !value.contains(char::is_control)));
}

#[test]
fn cutting_keeps_letters_whole() {
    let table: [(&str, usize, &str); 9] = [
        ("あいうえお", 5, "あいうえお"),
        ("あいうえお", 4, "あいう…"),
        ("あい うえお", 4, "あい…"),
        ("か\u{3099}き\u{3099}く", 4, "か\u{3099}…"),
        ("👍\u{1f3fd}👍\u{1f3fd}!", 3, "👍\u{1f3fd}…"),
        ("ab👨\u{200d}👩\u{200d}👧c", 5, "ab…"),
        ("ｶﾞｷﾞｸ", 4, "ｶﾞ…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ];
    for (text, limit, expected) in table {
        assert_eq!(cut(text, limit), expected, "{text} {limit}");
    }
    assert_eq!(cut_utf16("𠮷野家です", 3), "𠮷…");
    assert_eq!(cut_utf16("野𠮷家です", 3), "野…");
    assert_eq!(cut_utf16("𠮷野家", 4), "𠮷野家");
    assert_eq!(cut_bytes("電話番です", 9), "電話…");
}

proptest::proptest! {
    #[test]
    fn what_is_cut_fits_and_begins_as_it_did(text in "\\PC*", limit in 0_usize..40) {
        for (measure, cut) in [(char::len_utf16 as fn(char) -> usize, cut_utf16(&text, limit)),
            (char::len_utf8, cut_bytes(&text, limit)), (|_| 1, self::cut(&text, limit))] {
            proptest::prop_assert!(cut.chars().map(measure).sum::<usize>() <= limit);
            proptest::prop_assert!(cut == text || cut.is_empty() || text.starts_with(cut.strip_suffix('…').unwrap_or("?")));
        }
    }

    #[test]
    fn what_comes_from_outside_stays_on_its_line(text in "\\PC*|[\\x00-\\x20a\u{85}\u{2028}\u{202e}\u{2066}]*") {
        let line = one_line(&text);
        proptest::prop_assert!(!line.contains(|c: char| c.is_control() || is_line_break(c) || turns_direction(c)), "{line:?}");
        let lines = several_lines(&text);
        proptest::prop_assert!(!lines.contains(|c: char| c != '\n' && (c.is_control() || is_line_break(c) || turns_direction(c))), "{lines:?}");
    }
}

#[test]
fn a_long_transcript_is_what_is_cut() {
    let event =
        Event { transcript: Some("あ𠮷".repeat(4_000)), ..event(NotifyEvent::Voicemail) };
    let said = lines(&Notice {
        attachment: Some(recording(AttachmentKind::Audio)),
        ..notice(Subject::Event(event))
    });
    for limit in [300, 2_000, 5_000] {
        let text = said.plain(limit, char::len_utf16);
        let units = text.encode_utf16().count();
        assert!((limit - 3..=limit).contains(&units), "{units} of {limit}");
        assert!(
            text.contains("…\n\n録音を聞く\nhttps://portal.example.jp/downloads/abc\n")
                && text.ends_with("18:04"),
            "{text}"
        );
    }
    assert!(said.plain(40, |_| 1).chars().count() <= 40);
}

#[test]
fn short_ids_are_stable_and_readable() {
    let id = short_id("01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31");
    assert_eq!(id, short_id("01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31"));
    assert_eq!((id.len(), id.find('-')), (9, Some(4)));
    let ids: std::collections::BTreeSet<String> =
        (0..10_000).map(|n| short_id(&format!("01930f5e-7a3c-7c1e-9a44-{n:012x}"))).collect();
    assert_eq!(ids.len(), 10_000);
    assert!(
        ids.iter().flat_map(|id| id.chars()).all(|c| c == '-'
            || c.is_ascii_digit()
            || c.is_ascii_uppercase() && !"ILOU".contains(c))
    );
}

#[test]
fn durations() {
    for (seconds, japanese, english_text) in [
        (0, "0秒", "0 s"),
        (23, "23秒", "23 s"),
        (60, "1分", "1 min"),
        (83, "1分23秒", "1 min 23 s"),
        (3_725, "1時間2分5秒", "1 h 2 min 5 s"),
    ] {
        assert_eq!(
            (duration(Lang::Ja, seconds).as_str(), duration(Lang::En, seconds).as_str()),
            (japanese, english_text)
        );
    }
}
