//! What the mail server says decides, and how it is spoken to.

use std::time::Duration;

use api_types::NotifyEvent;
use chrono::TimeDelta;
use server::notify::{Job, Outcome};
use tests::block_on;
use tests::fakes::smtp::{Mood, Smtp};

use crate::notify::helpers::{job, told};

use crate::notify::channels::mail::{header, send, start, start_with, text};

#[test]
fn what_the_server_says_decides() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let retry = || Outcome::Retry { after: None };
        let defer = |after| Outcome::Defer { after };
        let table = [
            (Mood::AtGreeting("421 4.3.2 too busy"), retry(), "mail.later", Some(421)),
            (
                Mood::AtRecipient("451 4.7.1 Greylisted, try again"),
                defer(TimeDelta::minutes(5)),
                "mail.later",
                Some(451),
            ),
            (
                Mood::AtRecipient("550 5.1.1 no such user"),
                Outcome::BadConfig,
                "mail.no_mailbox",
                Some(550),
            ),
            (Mood::AtRecipient("550 5.7.1 not from you"), retry(), "mail.relay", Some(550)),
            (
                Mood::AtRecipient("552 5.2.2 mailbox full"),
                defer(TimeDelta::days(1)),
                "mail.full",
                Some(552),
            ),
            (
                Mood::AtEnd("552 5.3.4 message too big"),
                Outcome::BadPayload,
                "mail.too_large",
                Some(552),
            ),
            (Mood::AtEnd("554 5.6.0 bad content"), Outcome::BadPayload, "mail.content", Some(554)),
            (
                Mood::AtEnd("451 4.3.0 try later"),
                defer(TimeDelta::minutes(5)),
                "mail.later",
                Some(451),
            ),
            (Mood::LostAtRecipient, retry(), "mail.unreachable", None),
            (Mood::LostAtEnd, Outcome::Unknown, "mail.unknown", None),
        ];
        let told = told(&app, NotifyEvent::Voicemail).await;
        for (mood, outcome, problem, status) in table {
            smtp.next([mood.clone()]);
            let report = send(&app, "a@minato.example", &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref(), report.status),
                (outcome, Some(problem), status),
                "{mood:?} {}",
                report.detail
            );
            assert!(!report.progress.file_done, "{mood:?}");
            // The one after it finds a server in its right mind.
            let report = send(&app, "a@minato.example", &job(told.clone())).await;
            assert_eq!(report.outcome, Outcome::Delivered, "after {mood:?}: {}", report.detail);
        }
        let ids: std::collections::BTreeSet<_> =
            smtp.letters().iter().map(|letter| header(letter, "Message-ID")).collect();
        assert_eq!(ids.len(), 1, "every attempt is the same mail: {ids:?}");
    });
}

#[test]
fn a_server_that_falls_silent_is_left() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start_with(&smtp, |config| config.outbox.timeout_s = 1).await;
        let told = told(&app, NotifyEvent::MissedCall).await;
        let silence = Duration::from_secs(30);
        for (mood, outcome, problem) in [
            (Mood::StallAtRecipient(silence), Outcome::Retry { after: None }, "mail.unreachable"),
            (Mood::StallAtEnd(silence), Outcome::Unknown, "mail.unknown"),
        ] {
            smtp.next([mood]);
            let report = send(&app, "a@minato.example", &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (outcome, Some(problem)),
                "{}",
                report.detail
            );
            assert_eq!(
                send(&app, "a@minato.example", &job(told.clone())).await.outcome,
                Outcome::Delivered
            );
        }
    });
}

#[test]
fn many_mails_at_once_share_few_connections() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let told = told(&app, NotifyEvent::MissedCall).await;
        let job = job(told);
        let reports =
            futures_util::future::join_all((0..100).map(|_| send(&app, "a@minato.example", &job)))
                .await;
        assert!(reports.iter().all(|report| report.outcome == Outcome::Delivered), "{reports:?}");
        assert_eq!(smtp.letters().len(), 100);
        assert!(smtp.connections() <= 16, "{} connections", smtp.connections());
    });
}

#[test]
fn signing_in_at_the_mail_server() {
    block_on(async {
        let smtp = Smtp::start_with(Some(("post@minato", "p/ss:w%rd")));
        let table = [
            ("post%40minato:p%2Fss%3Aw%25rd", Outcome::Delivered, None, None),
            ("post%40minato:geheim", Outcome::Retry { after: None }, Some("mail.relay"), Some(535)),
            ("", Outcome::Retry { after: None }, Some("mail.relay"), Some(530)),
        ];
        for (login, outcome, problem, status) in table {
            let url = if login.is_empty() {
                smtp.url.clone()
            } else {
                smtp.url.replace("smtp://", &format!("smtp://{login}@"))
            };
            let app = start_with(&smtp, |config| config.smtp.url = Some(url.into())).await;
            let report =
                send(&app, "a@minato.example", &job(told(&app, NotifyEvent::MissedCall).await))
                    .await;
            assert_eq!(
                (report.outcome, report.problem.as_deref(), report.status),
                (outcome, problem, status),
                "{login}: {}",
                report.detail
            );
            assert!(
                !report.detail.contains("geheim")
                    && !format!("{:?}", app.app.mailer).contains("minato"),
                "{}",
                report.detail
            );
        }
        assert_eq!(smtp.letters().len(), 1);
    });
}

#[test]
fn a_server_without_encryption_is_not_spoken_to_where_it_is_required() {
    block_on(async {
        let smtp = Smtp::start();
        for (tls, arrives) in [("required", false), ("opportunistic", true), ("nonsense", false)] {
            let before = smtp.letters().len();
            let url = format!("{}?tls={tls}", smtp.url);
            let app = start_with(&smtp, |config| config.smtp.url = Some(url.into())).await;
            let report =
                send(&app, "a@minato.example", &job(told(&app, NotifyEvent::MissedCall).await))
                    .await;
            assert_eq!(
                (report.outcome == Outcome::Delivered, smtp.letters().len() > before),
                (arrives, arrives),
                "{tls} {}",
                report.detail
            );
        }
    });
}

#[test]
fn refused_as_too_large_it_goes_without_the_file() {
    block_on(async {
        let smtp = Smtp::start();
        let app = start(&smtp).await;
        let told = told(&app, NotifyEvent::Fax).await;
        let report = send(&app, "a@minato.example", &Job { plain: true, ..job(told) }).await;
        assert_eq!(report.outcome, Outcome::Delivered);
        let letter = &smtp.letters()[0];
        assert!(
            !letter.data.contains("Content-Disposition: attachment")
                && text(letter, "text/plain").contains("/downloads/")
        );
    });
}
