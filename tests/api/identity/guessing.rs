//! Wrong passwords: nothing tells whether an ID exists, and guessing gets slow.

use chrono::TimeDelta;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tests::{Answer, Client, PASSWORD, TestApp, on_both};
use tokio::task::JoinSet;

async fn guess(client: &Client, login_id: &str, password: &str) -> Answer {
    client.post("/session", json!({"login_id": login_id, "password": password})).await
}

/// An answer without what differs between any two.
fn comparable(answer: &Answer) -> (u16, Value, HeaderMap) {
    let (mut body, mut headers) = (answer.json.clone(), answer.headers.clone());
    body["request_id"] = Value::Null;
    for name in ["x-request-id", "date"] {
        headers.remove(name);
    }
    (answer.status, body, headers)
}

/// The seconds to wait, when an attempt was refused unseen.
#[track_caller]
fn wait(answer: Answer) -> i64 {
    let header: i64 =
        answer.header("retry-after").and_then(|value| value.parse().ok()).expect("Retry-After");
    assert_eq!(answer.header("ratelimit"), Some(format!("\"attempts\";r=0;t={header}").as_str()));
    let detail = answer.expect_problem(429, "too_many_attempts")["detail"].to_string();
    assert!(detail.contains(&header.to_string()), "{detail} names the {header} seconds");
    header
}

/// A client behind another address.
fn from_address(app: &TestApp, address: &str) -> Client {
    app.nobody().header("x-forwarded-for", address)
}

on_both!(a_wrong_password_and_an_unknown_id_are_answered_alike, async |app| {
    let holder = app.holder("minato").await;
    let nobody = app.nobody();
    let wrong = guess(&nobody, &holder.login_id, "not the password").await;
    let unknown = guess(&nobody, "nobody999", "not the password").await;
    // An additional ID exists and has a password, but it does not open the portal, with the right
    // one neither.
    let additional = guess(&nobody, "minato001", PASSWORD).await;
    let impossible = guess(&nobody, "ミナト", "x").await;
    for other in [&unknown, &additional, &impossible] {
        assert_eq!(comparable(other), comparable(&wrong));
    }
    assert!(wrong.header("set-cookie").is_none());
    wrong.expect_problem(401, "bad_credentials");
});

on_both!(each_wrong_guess_at_an_id_doubles_the_wait, async |app| {
    let holder = app.holder("minato").await;
    let nobody = app.nobody();
    for login_id in [holder.login_id.as_str(), "nobody999"] {
        for _ in 0..6 {
            guess(&nobody, login_id, "wrong").await.expect_problem(401, "bad_credentials");
        }
        for seconds in [2, 4, 8, 16] {
            assert_eq!(wait(guess(&nobody, login_id, PASSWORD).await), seconds, "{login_id}");
            // Asking again and again neither helps nor makes it worse, and capitals are no other
            // ID.
            assert_eq!(
                wait(guess(&nobody, &login_id.to_uppercase(), "wrong").await),
                seconds,
                "{login_id}"
            );
            app.clock.advance(TimeDelta::seconds(seconds - 1));
            assert_eq!(wait(guess(&nobody, login_id, PASSWORD).await), 1, "{login_id}");
            app.clock.advance(TimeDelta::seconds(1));
            guess(&nobody, login_id, "wrong").await.expect_problem(401, "bad_credentials");
        }
        app.clock.advance(TimeDelta::hours(1));
    }
});

on_both!(the_wait_has_a_ceiling_and_a_day_of_quiet_ends_it, async |app| {
    let holder = app.holder("minato").await;
    let nobody = app.nobody();
    let mut longest = 0;
    for _ in 0..20 {
        let answer = guess(&nobody, &holder.login_id, "wrong").await;
        if answer.status == 429 {
            let seconds = wait(answer);
            longest = longest.max(seconds);
            app.clock.advance(TimeDelta::seconds(seconds));
            guess(&nobody, &holder.login_id, "wrong").await.expect_problem(401, "bad_credentials");
        }
    }
    assert_eq!(longest, 900);
    app.clock.advance(TimeDelta::days(1));
    for _ in 0..6 {
        guess(&nobody, &holder.login_id, "wrong").await.expect_problem(401, "bad_credentials");
    }
    assert_eq!(wait(guess(&nobody, &holder.login_id, "wrong").await), 2);
});

on_both!(signing_in_forgets_the_wrong_guesses_at_an_id, async |app| {
    let holder = app.holder("minato").await;
    let nobody = app.nobody();
    for _ in 0..3 {
        for _ in 0..5 {
            guess(&nobody, &holder.login_id, "wrong").await.expect_problem(401, "bad_credentials");
        }
        guess(&nobody, &holder.login_id, PASSWORD).await.expect(200);
    }
});

on_both!(
    guessing_from_one_address_gets_slow_whatever_the_id,
    |config| {
        config.server.trusted_proxies = vec!["127.0.0.1".into()];
    },
    async |app| {
        let holder = app.holder("minato").await;
        let attacker = from_address(&app, "203.0.113.7");
        for index in 0..21 {
            guess(&attacker, &format!("guess{index:03}"), "wrong")
                .await
                .expect_problem(401, "bad_credentials");
        }
        assert_eq!(wait(guess(&attacker, "guess900", "wrong").await), 2);
        assert_eq!(
            wait(guess(&attacker, &holder.login_id, PASSWORD).await),
            2,
            "the right password has to wait, too"
        );
        // Others are not held up by it, and the address cannot be made up by the client.
        guess(&from_address(&app, "203.0.113.8"), &holder.login_id, PASSWORD).await.expect(200);
        let disguised = from_address(&app, "198.51.100.1, 203.0.113.7");
        assert_eq!(wait(guess(&disguised, &holder.login_id, PASSWORD).await), 2);
        app.clock.advance(TimeDelta::seconds(2));
        guess(&attacker, "guess900", "wrong").await.expect_problem(401, "bad_credentials");
        assert_eq!(wait(guess(&attacker, "guess901", "wrong").await), 4);
    }
);

on_both!(
    an_own_id_does_not_buy_more_guesses,
    |config| {
        config.server.trusted_proxies = vec!["127.0.0.1".into()];
    },
    async |app| {
        let holder = app.holder("minato").await;
        let attacker = from_address(&app, "203.0.113.7");
        for index in 0..20 {
            guess(&attacker, &format!("guess{index:03}"), "wrong")
                .await
                .expect_problem(401, "bad_credentials");
            guess(&attacker, &holder.login_id, PASSWORD).await.expect(200);
        }
        guess(&attacker, "guess900", "wrong").await.expect_problem(401, "bad_credentials");
        assert_eq!(wait(guess(&attacker, "guess901", "wrong").await), 2);
    }
);

on_both!(
    an_ipv6_network_counts_as_one_address,
    |config| {
        config.server.trusted_proxies = vec!["127.0.0.1".into()];
    },
    async |app| {
        for index in 0..21 {
            let client = from_address(&app, &format!("2001:db8:1:2:{index:x}::1"));
            guess(&client, &format!("guess{index:03}"), "wrong")
                .await
                .expect_problem(401, "bad_credentials");
        }
        assert_eq!(
            wait(guess(&from_address(&app, "2001:db8:1:2:ffff::9"), "guess900", "wrong").await),
            2
        );
        guess(&from_address(&app, "2001:db8:1:3::1"), "guess901", "wrong")
            .await
            .expect_problem(401, "bad_credentials");
    }
);

on_both!(an_address_in_a_header_means_nothing_without_our_proxy, async |app| {
    for index in 0..21 {
        let client = from_address(&app, &format!("203.0.113.{index}"));
        guess(&client, &format!("guess{index:03}"), "wrong")
            .await
            .expect_problem(401, "bad_credentials");
    }
    assert_eq!(wait(guess(&from_address(&app, "203.0.113.99"), "guess900", "wrong").await), 2);
});

/// The statuses of guesses that are all under way at once.
async fn at_once(client: &Client, count: usize, login_id: &str, password: &str) -> Vec<u16> {
    let mut guesses = JoinSet::new();
    for _ in 0..count {
        let (client, login_id, password) =
            (client.clone(), login_id.to_owned(), password.to_owned());
        guesses.spawn(async move { guess(&client, &login_id, &password).await.status });
    }
    let mut statuses = guesses.join_all().await;
    statuses.sort_unstable();
    statuses
}

on_both!(
    guesses_at_once_cannot_outrun_the_count,
    |config| {
        config.server.trusted_proxies = vec!["127.0.0.1".into()];
    },
    async |app| {
        let holder = app.holder("minato").await;
        let targets = [
            holder.login_id.as_str(),
            "nobody901",
            "nobody902",
            "nobody903",
            "nobody904",
            "nobody905",
        ];
        for (index, login_id) in targets.into_iter().enumerate() {
            let client = from_address(&app, &format!("203.0.113.{index}"));
            let statuses = at_once(&client, 24, login_id, "wrong").await;
            let looked_at = statuses.iter().filter(|status| **status == 401).count();
            assert_eq!((looked_at, statuses.len()), (6, 24), "{login_id}: {statuses:?}");
            assert!(
                statuses.iter().all(|status| matches!(status, 401 | 429)),
                "{login_id}: {statuses:?}"
            );
        }
    }
);

on_both!(many_may_sign_in_at_once, async |app| {
    let holder = app.holder("minato").await;
    for _ in 0..3 {
        // As many as are free of waiting while nobody knows yet that they are right.
        assert_eq!(at_once(&app.nobody(), 5, &holder.login_id, PASSWORD).await, [200; 5]);
    }
    let mut all = JoinSet::new();
    for index in 0..16 {
        let (client, login_id) = (app.nobody(), holder.login_id.clone());
        let password = if index % 2 == 0 { PASSWORD } else { "wrong" };
        all.spawn(async move { guess(&client, &login_id, password).await.status });
    }
    let statuses = all.join_all().await;
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401 | 429)), "{statuses:?}");
});
