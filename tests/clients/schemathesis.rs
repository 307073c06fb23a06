//! Every operation is called with what the document allows and with what it forbids; the answers
//! must be those of the document.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use server::app::openapi::document;
use server::identity::service_keys::KeyKind;
use tests::{PASSWORD, block_on, service_key};

use crate::known::known;
use crate::stage::Stage;
use crate::tools::{both, document as document_file, python, sources, try_run};

/// What is left out, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("get_call_event_stream", "never ends"),
    ("get_my_stream", "never ends"),
    ("get_switch_changes", "waits, as long as nothing changes"),
    ("operator_delete_account", "takes the ground from under all the others"),
    ("operator_delete_terminal", "ends what the others sign in with"),
    ("delete_session", "ends what the others sign in with"),
    ("set_password", "ends what the others sign in with"),
    ("delete_my_terminal", "ends what the others sign in with"),
    ("test_service", "calls a server that is not there, and waits for it"),
];

/// Ways in, as the document calls them.
#[derive(Clone, Copy)]
enum Way {
    Nobody,
    ApiKey,
    Session,
    Operator,
    Switch,
    Softphone,
}

impl Way {
    /// Its operations: those that it opens, but of a session only those that no key opens.
    fn operations(self) -> Vec<&'static str> {
        let paths = document()["paths"].as_object().into_iter().flatten();
        let operations = paths
            .flat_map(|(_, item)| item.as_object().into_iter().flatten())
            .map(|(_, operation)| operation);
        let is_mine = |operation: &&Value| {
            let ways =
                operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
            let names: BTreeSet<&str> = ways.flat_map(Map::keys).map(String::as_str).collect();
            match self {
                Self::Nobody => names.is_empty(),
                Self::ApiKey => names.contains("api_key"),
                Self::Session => names.contains("session") && !names.contains("api_key"),
                Self::Operator => names.contains("operator_key"),
                Self::Switch => names.contains("switch_key"),
                Self::Softphone => names.contains("access_token"),
            }
        };
        let ids =
            operations.filter(is_mine).filter_map(|operation| operation["operationId"].as_str());
        ids.filter(|id| LEFT_OUT.iter().all(|(left_out, _)| left_out != id)).collect()
    }

    /// What it sends with every request.
    async fn headers(self, stage: &Stage) -> Vec<(&'static str, String)> {
        let bearer = |key: &str| vec![("Authorization", format!("Bearer {key}"))];
        match self {
            Self::Nobody => Vec::new(),
            Self::ApiKey => bearer(&stage.key),
            Self::Session => {
                // What a password opens is open for five minutes.
                stage
                    .holder
                    .client
                    .post("/session/confirm", json!({"password": PASSWORD}))
                    .await
                    .expect(200);
                vec![
                    ("Cookie", stage.holder.session.cookie.clone()),
                    ("X-CSRF-Token", stage.holder.session.csrf.clone()),
                ]
            }
            Self::Operator => bearer(&stage.app.operator_key),
            Self::Switch => bearer(&service_key(&stage.app.app, KeyKind::Switch).await),
            Self::Softphone => {
                let sign_in = json!({"login_id": "minato001", "password": PASSWORD,
                    "terminal": {"kind": "ios", "name": "iPhone"}});
                let tokens = stage.app.nobody().post("/tokens", sign_in).await.expect(200);
                bearer(tokens["access_token"].as_str().unwrap())
            }
        }
    }
}

/// Calls everything that a way opens. `examples`: how many requests of each operation are made at
/// random, on top of those that try each bound of the document once.
fn probe(way: Way, examples: u32) {
    block_on(async {
        let stage = Stage::start_with(|config| {
            // Probing is fast.
            config.limits.key_per_minute = 0;
            config.limits.terminal_per_minute = 0;
        })
        .await;
        let known = known(&stage).await;
        let headers = way.headers(&stage).await;
        let by_name: Map<String, Value> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();

        let mut command = python("schemathesis");
        command
            .current_dir(sources().join("schemathesis"))
            .arg("--no-color")
            .arg("run")
            .arg(document_file());
        command.args([
            "--url",
            &stage.app.url,
            "--seed",
            "4711",
            "--max-examples",
            &examples.to_string(),
        ]);
        for (name, value) in &headers {
            command.arg("--header").arg(format!("{name}: {value}"));
        }
        for operation in way.operations() {
            command.args(["--include-operation-id", operation]);
        }
        command
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("PYTHONPATH", ".")
            .env("DENWABAN_URL", &stage.app.url);
        command
            .env("DENWABAN_KNOWN", known.to_string())
            .env("DENWABAN_HEADERS", Value::from(by_name).to_string());
        let output = try_run(&mut command);
        let said = both(&output);
        let summary = said
            .split_once("= SUMMARY =")
            .map_or(said.as_str(), |(_, summary)| summary.trim_start_matches('='));
        assert!(output.status.success(), "{said}");
        println!("{}", summary.trim());
    });
}

#[test]
fn integrators() {
    probe(Way::ApiKey, 15);
}

#[test]
fn the_portal() {
    probe(Way::Session, 15);
}

#[test]
fn the_operator() {
    probe(Way::Operator, 15);
}

#[test]
fn switches() {
    probe(Way::Switch, 30);
}

#[test]
fn softphones() {
    probe(Way::Softphone, 30);
}

#[test]
fn everybody() {
    probe(Way::Nobody, 15);
}

#[test]
fn every_operation_is_probed_or_left_out_for_a_reason() {
    let ways = [Way::Nobody, Way::ApiKey, Way::Session, Way::Operator, Way::Switch, Way::Softphone];
    let mut probed: Vec<&str> = ways.into_iter().flat_map(Way::operations).collect();
    probed.extend(LEFT_OUT.iter().map(|(id, _)| *id));
    probed.sort_unstable();
    let paths = document()["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let mut all: Vec<&str> =
        operations.filter_map(|(_, operation)| operation["operationId"].as_str()).collect();
    all.sort_unstable();
    assert_eq!(probed, all);
}
