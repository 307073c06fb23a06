//! Notices by mail, against a fake SMTP server.

use api_types::{AttachmentKind, NotifyEvent, NotifyLanguage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use server::notify::{Event, Job, Notice, Outcome, Report, Subject, Target};
use server::platform::config::Config;
use tests::fakes::smtp::{Letter, Smtp};
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{BYTES, at, event, file, job, notice, told};

/// A server whose mails go to the fake. What an adapter does does not depend on the database.
pub async fn start(smtp: &Smtp) -> TestApp {
    start_with(smtp, |_| {}).await
}

pub async fn start_with(smtp: &Smtp, adjust: impl FnOnce(&mut Config)) -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config| {
        config.smtp.url = Some(smtp.url.clone().into());
        config.smtp.from = "電話番 <noreply@denwaban.example>".into();
        adjust(config);
    })
    .await
}

pub async fn send(app: &TestApp, to: &str, job: &Job) -> Report {
    app.app.notify.senders.send(&Target::Mail { to: to.to_owned() }, job).await
}

/// The value of a header, unfolded and with its encoded words decoded.
pub fn header(letter: &Letter, name: &str) -> Option<String> {
    let (head, _) = letter.data.split_once("\r\n\r\n")?;
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let value = head.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")))?;
    let (mut text, mut was_encoded) = (String::new(), true);
    for word in value.split(' ') {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        // The space between two encoded words is none (RFC 2047, 6.2).
        if !(text.is_empty() || was_encoded && encoded.is_some()) {
            text.push(' ');
        }
        was_encoded = encoded.is_some();
        text.push_str(&encoded.map_or_else(
            || word.to_owned(),
            |encoded| utf8(STANDARD.decode(encoded).expect("base64")),
        ));
    }
    Some(text)
}

fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

/// RFC 2045, 6.7.
fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).expect("two hex digits"));
        bytes.extend(&piece.as_bytes()[2..]);
    }
    bytes
}

/// The parts of a mail that have no parts: what stands in their heads, and their bytes.
fn parts(entity: &str) -> Vec<(String, Vec<u8>)> {
    let (head, body) = entity.split_once("\r\n\r\n").expect("head and body");
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    if let Some((_, rest)) = head.split_once("boundary=\"") {
        let boundary = format!("--{}", rest.split('"').next().expect("a boundary"));
        let inside = body.split(&format!("{boundary}--")).next().expect("an end");
        return inside
            .split(&format!("{boundary}\r\n"))
            .skip(1)
            .flat_map(|part| parts(part.trim_end_matches("\r\n")))
            .collect();
    }
    let bytes = if head.contains("Content-Transfer-Encoding: base64") {
        STANDARD.decode(body.replace("\r\n", "")).expect("base64")
    } else if head.contains("Content-Transfer-Encoding: quoted-printable") {
        quoted_printable(body)
    } else {
        body.as_bytes().to_vec()
    };
    vec![(head, bytes)]
}

pub fn text(letter: &Letter, kind: &str) -> String {
    let found = parts(&letter.data)
        .into_iter()
        .find(|(head, _)| head.contains(kind))
        .unwrap_or_else(|| panic!("{}", letter.data));
    utf8(found.1)
}

#[test]
fn each_event_arrives_with_its_file() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let table = [
            (NotifyEvent::MissedCall, "不在着信 090-1234-5678", "状況：4秒で切れました", None),
            (
                NotifyEvent::Voicemail,
                "留守番電話 090-1234-5678",
                "折り返し<b>お電話</b>ください。",
                Some(("audio/mp4", "voicemail-20261122-0915.m4a")),
            ),
            (
                NotifyEvent::Fax,
                "クラウドFAX 090-1234-5678",
                "ページ数：3ページ",
                Some(("application/pdf", "fax-20261122-0915.pdf")),
            ),
            (NotifyEvent::ForwardedCall, "転送電話 090-1234-5678", "転送先：050-1111-2222", None),
        ];
        for (index, (kind, subject, line, attached)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, "総務 <soumu@minato.example>", &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem, report.progress.file_done),
                (Outcome::Delivered, None, true),
                "{kind:?}"
            );
            let letter = smtp.letters()[index].clone();
            assert_eq!(
                (letter.from.as_str(), letter.to.as_slice()),
                ("noreply@denwaban.example", &["soumu@minato.example".to_owned()][..])
            );
            assert_eq!(header(&letter, "Subject").as_deref(), Some(subject));
            assert_eq!(
                header(&letter, "Message-ID"),
                Some(format!("<{}@denwaban.example>", told.delivery_id))
            );
            assert_eq!(header(&letter, "Auto-Submitted").as_deref(), Some("auto-generated"));
            assert_eq!(header(&letter, "X-Auto-Response-Suppress").as_deref(), Some("All"));
            assert_eq!(header(&letter, "Date").as_deref(), Some("Sun, 22 Nov 2026 03:00:00 +0000"));
            let (plain, html) = (text(&letter, "text/plain"), text(&letter, "text/html"));
            assert!(
                plain.contains(line)
                    && plain.contains("日時：2026年11月22日(日) 09:15")
                    && plain.contains(&told.short_id),
                "{plain}"
            );
            assert!(
                html.contains("tel:+819012345678")
                    && html.contains(&told.short_id)
                    && !html.contains("<b>"),
                "{html}"
            );
            let files: Vec<_> = parts(&letter.data)
                .into_iter()
                .filter(|(head, _)| head.contains("Content-Disposition: attachment"))
                .collect();
            match attached {
                Some((content_type, name)) => {
                    assert!(
                        header(&letter, "Content-Type")
                            .is_some_and(|kind| kind.starts_with("multipart/mixed"))
                    );
                    assert!(
                        files[0].0.contains(content_type)
                            && files[0].0.contains(&format!("filename=\"{name}\"")),
                        "{}",
                        files[0].0
                    );
                    assert_eq!((files.len(), files[0].1.as_slice()), (1, BYTES));
                    assert!(
                        html.contains(
                            "href=\"https://portal.example.jp/downloads/0123456789abcdef\""
                        ),
                        "{html}"
                    );
                }
                None => assert!(files.is_empty()),
            }
        }
        assert_eq!(smtp.connections(), 1, "a connection is used again");
    });
}

#[test]
fn mails_about_one_caller_belong_together() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let from = |caller: &str| Event {
            caller: api_types::Caller::parse(caller).expect("a caller"),
            ..event(NotifyEvent::MissedCall)
        };
        let later = Subject::Transcript(event(NotifyEvent::Voicemail));
        for subject in [
            Subject::Event(from("09012345678")),
            later,
            Subject::Event(from("09012345679")),
            Subject::Event(from("withheld")),
        ] {
            send(&app, "a@minato.example", &job(notice(subject))).await;
        }
        let threads: Vec<_> =
            smtp.letters().iter().map(|letter| header(letter, "References")).collect();
        assert!(
            threads[0].is_some()
                && threads[0] == threads[1]
                && threads[0] != threads[2]
                && threads[3].is_none(),
            "{threads:?}"
        );
        assert!(
            threads.iter().flatten().all(|thread| !thread.contains("9012345678")),
            "{threads:?}"
        );
    });
}

#[test]
fn a_private_subject_says_nothing_about_the_caller() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let private = Notice {
            private_subject: true,
            language: NotifyLanguage::En,
            ..told(&app, NotifyEvent::Voicemail).await
        };
        send(&app, "a@minato.example", &job(private)).await;
        let letter = &smtp.letters()[0];
        assert_eq!(header(letter, "Subject").as_deref(), Some("You have a voicemail"));
        assert!(text(letter, "text/plain").contains("Caller: 090-1234-5678"));
    });
}

#[test]
fn tests_and_stopped_services_are_told() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let stopped = Subject::ServiceStopped {
            rule_name: "営業<チーム>".into(),
            label: "#営業\r\nBcc: x@evil.example".into(),
            message: "トークンが無効です。".into(),
            advice: "新しいトークンを設定してください。".into(),
            url: "https://portal.example.jp/services/1".into(),
            waiting: 3,
        };
        for subject in [Subject::Test { rule_name: "営業チーム".into(), at: at() }, stopped] {
            assert_eq!(
                send(&app, "a@minato.example", &job(notice(subject))).await.outcome,
                Outcome::Delivered
            );
        }
        let letters = smtp.letters();
        assert_eq!(header(&letters[0], "Subject").as_deref(), Some("テスト通知"));
        assert_eq!(
            header(&letters[1], "Subject").as_deref(),
            Some("通知サービス「#営業 Bcc: x@evil.example」を停止しました")
        );
        assert_eq!(
            (header(&letters[1], "Bcc"), letters[1].to.as_slice()),
            (None, &["a@minato.example".to_owned()][..])
        );
        let html = text(&letters[1], "text/html");
        assert!(
            html.contains("営業&lt;チーム&gt;")
                && html.contains("href=\"https://portal.example.jp/services/1\""),
            "{html}"
        );
        assert!(text(&letters[1], "text/plain").contains("待っている通知：3件"));
    });
}

#[test]
fn what_does_not_fit_or_is_gone_stays_behind_the_link() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let large = vec![7; 10 * 1024 * 1024 + 1];
        let large = file(&app, AttachmentKind::Audio, "long.m4a", "audio/mp4", &large).await;
        let mut lost = file(&app, AttachmentKind::Audio, "lost.m4a", "audio/mp4", BYTES).await;
        lost.object_key = "test/nothing".into();
        for attachment in [large, lost] {
            let told = Notice {
                attachment: Some(attachment),
                ..notice(Subject::Event(event(NotifyEvent::Voicemail)))
            };
            assert_eq!(
                send(&app, "a@minato.example", &job(told)).await.outcome,
                Outcome::Delivered
            );
        }
        for letter in smtp.letters() {
            assert!(!letter.data.contains("Content-Disposition: attachment"));
            assert!(
                text(&letter, "text/plain")
                    .contains("https://portal.example.jp/downloads/0123456789abcdef")
            );
        }
    });
}

#[test]
fn addresses_of_all_kinds() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let told = told(&app, NotifyEvent::MissedCall).await;
        let table = [
            ("info@日本語.jp", Some("info@xn--wgv71a119e.jp")),
            ("総務 <info@例え.テスト>", Some("info@xn--r8jz45g.xn--zckzah")),
            ("総務@minato.example", None),
            ("a@minato.example, b@minato.example", None),
            ("a@minato.example\r\nBcc: b@minato.example", None),
            ("nobody", None),
        ];
        for (to, envelope) in table {
            let before = smtp.letters().len();
            let report = send(&app, to, &job(told.clone())).await;
            match envelope {
                Some(envelope) => {
                    assert_eq!(report.outcome, Outcome::Delivered, "{to} {}", report.detail);
                    assert_eq!(smtp.letters()[before].to, [envelope]);
                }
                None => {
                    assert_eq!(
                        (report.outcome, report.problem.as_deref()),
                        (Outcome::BadConfig, Some("mail.bad_address")),
                        "{to}"
                    );
                    assert_eq!(smtp.letters().len(), before);
                }
            }
        }
    });
}
