//! Where notices do not go: our own network, and wherever somebody else redirects them.

use api_types::{NotifyEvent, ServiceType};
use server::notify::{Outcome, Report};
use tests::fakes::webhook::SECRET;
use tests::fakes::{Fake, Reply};
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{credentials, job, send, told};

async fn to(app: &TestApp, url: &str) -> Report {
    let credentials = credentials(&[("url", url), ("signing_secret", SECRET)]);
    send(app, ServiceType::Webhook, &credentials, &job(told(app, NotifyEvent::MissedCall).await))
        .await
}

#[test]
fn our_own_network_is_never_spoken_to() {
    block_on(async {
        let inside = Fake::start(|_| Reply::empty(204));
        let app = TestApp::start(Backend::Sqlite).await;
        let port = inside.url.rsplit(':').next().expect("a port");
        for host in [
            "127.0.0.1",
            "localhost",
            "127.1",
            "2130706433",
            "0177.0.0.1",
            "0x7f000001",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "169.254.169.254",
            "10.0.0.1",
        ] {
            for scheme in ["http", "https"] {
                let report =
                    to(&app, &format!("{scheme}://{host}:{port}/hook?secret=geheim")).await;
                // Its owner has to know: it will not get better by waiting.
                assert_eq!(
                    (report.outcome, report.problem.as_deref()),
                    (Outcome::BadConfig, Some("network.refused")),
                    "{scheme} {host}"
                );
                assert!(!report.detail.contains("geheim"), "{}", report.detail);
            }
        }
        assert_eq!(inside.count(), 0);
    });
}

#[test]
fn plain_http_is_for_gateways_of_ones_own() {
    block_on(async {
        let inside = Fake::start(|_| Reply::empty(204));
        let app =
            TestApp::start_with(Backend::Sqlite, |config| config.egress.allow_private = true).await;
        assert_eq!(to(&app, &format!("{}/hook", inside.url)).await.outcome, Outcome::Delivered);
        assert_eq!(inside.count(), 1);
    });
}

#[test]
fn nobody_is_followed_elsewhere() {
    block_on(async {
        let inside = Fake::start(|_| Reply::empty(204));
        let target = inside.url.clone();
        let moved = Fake::start(move |request| {
            let status = request.path.trim_start_matches('/').parse().unwrap_or(302);
            Reply::empty(status).with("location", &target)
        });
        let app =
            TestApp::start_with(Backend::Sqlite, |config| config.egress.allow_private = true).await;
        for status in [301, 302, 303, 307, 308] {
            let report = to(&app, &format!("{}/{status}", moved.url)).await;
            assert_eq!(
                (report.status, report.problem.as_deref()),
                (Some(status), Some("webhook.redirect")),
                "{status}"
            );
        }
        assert_eq!((moved.count(), inside.count()), (5, 0));
    });
}
