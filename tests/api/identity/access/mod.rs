//! Who may call what: one row per operation of the document, tried as everybody.

mod rows;
mod stage;

use std::collections::BTreeSet;

use serde_json::Value;
use server::app::openapi::document;
use tests::on_both;

use rows::ROWS;
use rows::Who::{Anyone, Operator, Phone, Portal, Switch};
use stage::Stage;

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let mut operations = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let security = operation["security"].to_string();
            let who = match (
                security.contains("session"),
                security.contains("operator_key"),
                security.contains("switch_key"),
            ) {
                (false, false, false) if security.contains("access_token") => Phone,
                (true, false, false) => Portal,
                (false, true, false) => Operator,
                (false, false, true) => Switch,
                _ => Anyone,
            };
            let id = operation["operationId"].as_str().unwrap_or("?").to_owned();
            // A path at the root is written with two slashes in the rows.
            let path =
                path.strip_prefix("/api/v1").map_or_else(|| format!("/{path}"), str::to_owned);
            operations.insert(format!("{id}: {} {path} for {who:?}", method.to_uppercase()));
            let with_token = security.contains("csrf");
            assert_eq!(
                with_token,
                who == Portal && method != "get",
                "{id}: every write with a session needs the CSRF token, nothing else"
            );
        }
    }
    let rows: BTreeSet<String> =
        ROWS.iter().map(|row| format!("{}: {} {} for {:?}", row.0, row.1, row.2, row.3)).collect();
    let without_row: Vec<_> = operations.difference(&rows).collect();
    let without_operation: Vec<_> = rows.difference(&operations).collect();
    assert!(
        without_row.is_empty() && without_operation.is_empty(),
        "operations without a row: {without_row:#?}\nrows without an operation: \
            {without_operation:#?}"
    );
}

on_both!(nobody_is_answered_without_a_session_or_key, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    for row in ROWS.iter().filter(|row| row.3 != Anyone) {
        stage.call(&stage.app.nobody(), row).await.expect_problem(401, "unauthenticated");
        stage.nonsense(&stage.app.nobody(), row).await.expect_problem(401, "unauthenticated");
    }
    assert_eq!(stage.everything().await, before);
});

on_both!(what_belongs_to_a_stranger_does_not_exist, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    let client = &stage.stranger.client;
    for row in ROWS.iter().filter(|row| row.3 == Portal && row.0 != "delete_session") {
        let answer = stage.call(client, row).await;
        if row.2.contains('{') {
            answer.expect_problem(404, "not_found");
        } else {
            assert_eq!(answer.status, row.5, "{}", row.0);
            let of_minato = stage
                .ids
                .values()
                .chain(&stage.minato.numbers)
                .chain(&stage.minato.ids)
                .find(|id| answer.text.contains(*id));
            assert_eq!(of_minato, None, "{}: {}", row.0, answer.text);
        }
    }
    for row in ROWS.iter().filter(|row| matches!(row.3, Operator | Switch | Phone)) {
        stage.call(client, row).await.expect_problem(401, "unauthenticated");
    }
    // Signing out everywhere ends the sessions of the stranger alone.
    client.delete("/session?everywhere=true").await.expect(204);
    let mut after = stage.everything().await;
    // The operator's list of contracts shows what the stranger did with the own one.
    let of_stranger = |list: &Value| list["items"][1].clone();
    assert_ne!(of_stranger(&after[6]), of_stranger(&before[6]));
    after[6]["items"][1] = of_stranger(&before[6]);
    assert_eq!(after, before);
});

on_both!(a_contract_of_the_operator_that_does_not_exist_is_not_found, async |app| {
    let stage = Stage::set(app).await;
    let operator = stage.app.operator();
    let known = &stage.ids["{account_id}"];
    for row in ROWS.iter().filter(|row| row.2.contains("{account_id}")) {
        // A contract that never was, and the contract of someone else.
        for other in ["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", &stage.stranger.account_id] {
            let inside = row.2.contains("{number_id}") || row.2.contains("{phone_id}");
            if other == stage.stranger.account_id && !inside {
                continue;
            }
            let path = stage.fill(row.2).replace(known, other);
            let body = (!row.4.is_empty()).then(|| row.4.to_owned());
            operator
                .if_match(1)
                .send(row.1.clone(), &path, body)
                .await
                .expect_problem(404, "not_found");
        }
    }
});

on_both!(keys_and_sessions_open_only_what_they_are_for, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    let nobody = stage.app.nobody();
    let cookie = |value: &str| nobody.clone().header("cookie", &format!("denwaban={value}"));
    let token = stage.minato.session.cookie.split_once('=').expect("a cookie has a value").1;
    for row in ROWS {
        let wrong = match row.3 {
            Anyone => continue,
            Portal => vec![
                stage.app.operator(),
                nobody.clone().bearer(&stage.access_token),
                nobody.clone().bearer(token),
                cookie(&stage.app.operator_key),
                cookie(""),
            ],
            Operator => vec![
                stage.minato.client.clone(),
                nobody.clone().bearer(&stage.switch_key),
                nobody.clone().bearer(token),
                nobody.clone().bearer("dwo_0000000000000000000000000000000000000000000"),
                nobody.clone().header("authorization", &stage.app.operator_key),
            ],
            Phone => vec![
                stage.minato.client.clone(),
                stage.app.operator(),
                nobody.clone().bearer(&stage.switch_key),
                nobody.clone().bearer(token),
                nobody.clone().bearer(&format!("{}x", stage.access_token)),
                nobody.clone().header("authorization", &stage.access_token),
            ],
            Switch => vec![
                stage.minato.client.clone(),
                stage.app.operator(),
                nobody.clone().bearer(token),
                nobody.clone().bearer("dws_0000000000000000000000000000000000000000000"),
                nobody.clone().header("authorization", &stage.switch_key),
            ],
        };
        for client in wrong {
            stage.call(&client, row).await.expect_problem(401, "unauthenticated");
            stage.nonsense(&client, row).await.expect_problem(401, "unauthenticated");
        }
    }
    assert_eq!(stage.everything().await, before);
});

on_both!(a_write_with_a_session_needs_its_own_csrf_token, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    let client = &stage.minato.client;
    for row in ROWS.iter().filter(|row| row.3 == Portal && row.is_write()) {
        stage
            .call(&client.clone().without("x-csrf-token"), row)
            .await
            .expect_problem(403, "csrf_failed");
        for wrong in ["", "x", &stage.stranger.session.csrf] {
            stage
                .call(&client.clone().header("x-csrf-token", wrong), row)
                .await
                .expect_problem(403, "csrf_failed");
        }
    }
    for row in ROWS.iter().filter(|row| row.3 == Portal && !row.is_write()) {
        assert_eq!(
            stage.call(&client.clone().without("x-csrf-token"), row).await.status,
            row.5,
            "{}",
            row.0
        );
    }
    assert_eq!(stage.everything().await, before);
});

on_both!(no_page_of_another_site_can_write, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    for row in ROWS.iter().filter(|row| matches!(row.3, Anyone | Portal) && row.is_write()) {
        let client = stage.rightful(row);
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            stage
                .call(&client.clone().header(name, value), row)
                .await
                .expect_problem(403, "foreign_origin");
        }
    }
    assert_eq!(stage.everything().await, before);
    // Our own pages say where they are from, too.
    let own = stage
        .minato
        .client
        .clone()
        .header("origin", &stage.app.url)
        .header("sec-fetch-site", "same-origin");
    for row in ROWS.iter().filter(|row| row.3 == Portal && row.0 != "delete_session") {
        assert_eq!(stage.call(&own, row).await.status, row.5, "{}", row.0);
    }
});

on_both!(whoever_may_call_is_answered, async |app| {
    let stage = Stage::set(app).await;
    for row in ROWS.iter().filter(|row| row.3 != Operator) {
        let answer = stage.call(&stage.rightful(row), row).await;
        assert_eq!(answer.status, row.5, "{}: {}", row.0, answer.text);
    }
    // The operator's rows are in an order in which each still finds what it needs.
    for row in ROWS.iter().filter(|row| row.3 == Operator) {
        let answer = stage.call(&stage.rightful(row), row).await;
        assert_eq!(answer.status, row.5, "{}: {}", row.0, answer.text);
    }
});
