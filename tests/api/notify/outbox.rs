//! What was planned arrives: once, in its turn, or the log says why not.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::platform::config::Config;
use store::notify::outbox::Lease;
use store::{Scope, WorkerScope};
use tests::fakes::Reply;
use tests::{Replica, on_both, within};

use crate::notify::outbox_helpers::{Told, came, counts, well};

fn outcomes(delivery: &Value) -> Vec<&str> {
    delivery["attempts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|attempt| attempt["outcome"].as_str())
        .collect()
}

/// Long enough to see that something does not happen.
const A_WHILE: Duration = Duration::from_millis(300);

/// Sends, into fakes on this machine.
fn sending(config: &mut Config) {
    config.egress.allow_private = true;
    config.outbox.workers = 64;
    config.outbox.retry_schedule_s = vec![5, 30, 300];
    config.outbox.settle_s = 0;
}

on_both!(
    a_voicemail_reaches_everybody_whom_its_rule_names,
    |config| { sending(config) },
    async |app| {
        let told =
            Told::new(&app, "minato", &["soumu@minato.example", "eigyo@minato.example"]).await;
        let (first, second) = (well(), well());
        told.webhook(&first.url).await;
        told.webhook(&second.url).await;
        told.voicemails(&app, ["one".to_owned()].into_iter()).await;
        let deliveries = told.all_are(&["delivered"]).await;
        assert_eq!((deliveries.len(), first.count(), second.count()), (4, 1, 1));
        let mails = app.wait_for_mails(2).await;
        for one in &deliveries {
            let whole = told.delivery(one).await;
            assert_eq!(
                (&whole["attempts"][0]["outcome"], whole["attempts"].as_array().map(Vec::len)),
                (&json!("delivered"), Some(1))
            );
        }
        let ids: BTreeSet<&str> =
            deliveries.iter().filter_map(|one| one["short_id"].as_str()).collect();
        assert_eq!(ids.len(), 4);
        assert!(
            mails.iter().all(|mail| ids.iter().any(|id| mail.contains(id))),
            "every mail says its id"
        );
        // What was told before is not told again.
        told.switch.post("/switch/events", json!([told.voicemail(&app, "one")])).await.expect(200);
        assert_eq!(told.deliveries().await.len(), 4);
    }
);

on_both!(
    what_fails_comes_back_as_the_schedule_says_and_is_given_up_in_the_end,
    |config| { sending(config) },
    async |app| {
        let told = Told::new(&app, "minato", &[]).await;
        let fake = well();
        told.webhook(&fake.url).await;
        fake.next([Reply::empty(500), Reply::empty(429).with("retry-after", "60"), Reply::HangUp]);
        told.voicemails(&app, ["one".to_owned()].into_iter()).await;
        let attempts = |count: u64| {
            move |all: &[Value]| all[0]["attempt_count"] == count && all[0]["state"] == "waiting"
        };
        told.until("the first attempt failed", attempts(1)).await;
        // Not before its time.
        app.clock.advance(TimeDelta::seconds(3));
        within(A_WHILE).throughout("it waits", async || fake.count() == 1).await;
        app.clock.advance(TimeDelta::seconds(4));
        told.until("the second one was told to wait", attempts(2)).await;
        app.clock.advance(TimeDelta::seconds(40));
        let waits = within(A_WHILE);
        waits.throughout("as long as the receiver says", async || fake.count() == 2).await;
        app.clock.advance(TimeDelta::seconds(40));
        told.until("the third one got no answer", attempts(3)).await;
        app.clock.advance(TimeDelta::seconds(400));
        let delivered = told.all_are(&["delivered"]).await;
        let whole = told.delivery(&delivered[0]).await;
        let outcomes = outcomes(&whole);
        assert_eq!(outcomes, ["retry", "retry", "unknown", "delivered"]);
        assert_eq!(whole["attempts"][1]["status"], 429);
        assert_eq!(
            counts(&fake).into_values().collect::<Vec<_>>(),
            [4],
            "under the same id each time"
        );

        // Whoever never answers well is given up when the schedule ends.
        let refuses = tests::fakes::Fake::start(|_| Reply::empty(503));
        told.webhook(&refuses.url).await;
        told.voicemails(&app, ["two".to_owned()].into_iter()).await;
        for (attempts, seconds) in [(1, 10), (2, 60), (3, 500)] {
            told.until("one more attempt failed", |all| {
                all.iter().any(|one| {
                    one["destination"] == refuses.url
                        && (&one["attempt_count"], &one["state"])
                            == (&json!(attempts), &json!("waiting"))
                })
            })
            .await;
            app.clock.advance(TimeDelta::seconds(seconds));
        }
        let failed = told
            .until("it is given up", |all| all.iter().any(|one| one["state"] == "failed"))
            .await;
        let failed = failed.iter().find(|one| one["state"] == "failed").expect("it was there");
        assert_eq!((&failed["attempt_count"], &failed["resendable"]), (&json!(4), &json!(true)));
        assert!(
            failed["problem"]["advice"].as_str().is_some_and(|advice| !advice.is_empty()),
            "{failed}"
        );
    }
);

on_both!(
    a_service_that_fails_for_good_is_switched_off_and_its_owner_is_told,
    |config| { sending(config) },
    async |app| {
        let told = Told::new(&app, "minato", &["soumu@minato.example"]).await;
        let fake = tests::fakes::Fake::start(|_| Reply::empty(410));
        let service = told.webhook(&fake.url).await;
        told.voicemails(&app, ["one".to_owned()].into_iter()).await;
        told.until("it is held", |all| all.iter().any(|one| one["state"] == "held")).await;
        let off = told.holder.client.get(&service).await;
        assert_eq!((&off["enabled"], &off["waiting"]), (&json!(false), &json!(1)));
        assert_eq!(off["problem"]["code"], "webhook.gone");
        // The voicemail by mail, and the word about the service to the rule's address and to the
        // contract's.
        let mails = app.wait_for_mails(3).await;
        assert_eq!(
            mails.iter().filter(|mail| mail.contains("/services/")).count(),
            2,
            "{mails:#?}"
        );
        // While it is off, what comes waits, and nobody is told again.
        told.voicemails(&app, ["two".to_owned()].into_iter()).await;
        told.until("both are held", |all| {
            all.iter().filter(|one| one["state"] == "held").count() == 2
        })
        .await;
        assert_eq!(fake.count(), 1);
        app.wait_for_mails(4).await;
        // Switched on again, what waited is sent.
        fake.next([Reply::empty(204), Reply::empty(204)]);
        let version = told.holder.client.get(&service).await.version();
        told.holder
            .client
            .if_match(version)
            .patch(&service, json!({"enabled": true, "waiting": "send"}))
            .await
            .expect(200);
        told.all_are(&["delivered"]).await;
        assert_eq!(fake.count(), 3);
    }
);

on_both!(two_workers_send_nothing_twice, |config| { sending(config) }, async |app| {
    let told = Told::new(&app, "minato", &[]).await;
    let fake = well();
    told.webhook(&fake.url).await;
    let _second = Replica::of(&app);
    told.voicemails(&app, (0..300).map(|index| index.to_string())).await;
    came(&fake, 300).await;
    told.until("the latest are delivered", |all| all.iter().all(|one| one["state"] == "delivered"))
        .await;
    let counts = counts(&fake);
    assert_eq!(counts.len(), 300);
    assert!(
        counts.values().all(|count| *count == 1),
        "{:?}",
        counts.iter().filter(|(_, count)| **count > 1).collect::<Vec<_>>()
    );
});

on_both!(
    one_account_with_much_does_not_keep_another_waiting,
    |config| { sending(config) },
    async |app| {
        let (much, little) =
            (Told::new(&app, "minato", &[]).await, Told::new(&app, "kawasaki", &[]).await);
        let fake = well();
        for _ in 0..4 {
            much.webhook(&format!("{}/much", fake.url)).await;
        }
        little.webhook(&format!("{}/little", fake.url)).await;
        much.voicemails(&app, (0..500).map(|index| index.to_string())).await;
        little.voicemails(&app, ["only".to_owned()].into_iter()).await;
        came(&fake, 2_001).await;
        let requests = fake.requests();
        let before =
            requests.iter().position(|request| request.path == "/little").expect("it came");
        // Reporting took a while, in which the first ones left already.
        let reported_after = requests.len() - before;
        assert!(reported_after > 200, "{before} of {} came before it", requests.len());
    }
);

on_both!(
    a_destination_that_hangs_keeps_nobody_else_waiting,
    |config| { sending(config) },
    async |app| {
        let told = Told::new(&app, "minato", &[]).await;
        let hangs = tests::fakes::Fake::start(|_| Reply::Stall(Duration::from_secs(30)));
        told.webhook(&hangs.url).await;
        told.voicemails(&app, (0..200).map(|index| format!("before-{index}"))).await;
        came(&hangs, 1).await;
        let healthy = well();
        told.webhook(&healthy.url).await;
        told.voicemails(&app, (0..100).map(|index| index.to_string())).await;
        came(&healthy, 100).await;
        assert!(
            hangs.count() <= server::notify::outbox::turn::PER_DESTINATION,
            "{} at once",
            hangs.count()
        );
    }
);

on_both!(
    what_a_silent_worker_had_taken_comes_back,
    |config| {
        sending(config);
        config.outbox.workers = 0;
    },
    async |app| {
        let told = Told::new(&app, "minato", &[]).await;
        let fake = well();
        told.webhook(&fake.url).await;
        told.voicemails(&app, ["one".to_owned()].into_iter()).await;
        // A worker takes it and is never heard of again.
        let waiting = told.all_are(&["waiting"]).await;
        let scope = Scope::account(&told.holder.account_id);
        let id = waiting[0]["id"].as_str().unwrap_or_default().to_owned();
        let lease =
            Lease { owner: "gone".into(), until: app.clock.now_naive() + TimeDelta::seconds(60) };
        app.app
            .db
            .write(move |conn| {
                let row = store::notify::delivery::find(conn, &scope, &id)?;
                store::notify::outbox::lease(conn, WorkerScope::sending(), &row, &lease)
            })
            .await
            .expect("it is taken");
        let _other = Replica::with(&app, |config| config.outbox.workers = 4);
        within(A_WHILE)
            .throughout("nobody else takes it as long as its lease runs", async || {
                fake.count() == 0 && told.deliveries().await[0]["state"] == "sending"
            })
            .await;
        app.clock.advance(TimeDelta::seconds(61));
        let delivered = told.all_are(&["delivered"]).await;
        let whole = told.delivery(&delivered[0]).await;
        let outcomes = outcomes(&whole);
        assert_eq!((outcomes, fake.count()), (vec!["interrupted", "delivered"], 1));
    }
);
