//! The document says what the handlers do, completely.

use std::collections::BTreeSet;

use api_types::*;
use serde_json::{Map, Value};
use server::app::openapi::{document, document_text};
use tests::on_both;

/// Every operation: its id and itself.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().expect("paths");
    paths.values().flat_map(|item| item.as_object().expect("operations")).map(
        |(method, operation)| {
            let id = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("an operation has no operationId: {operation}"));
            (id, method.as_str(), operation)
        },
    )
}

/// What stands behind a `$ref`.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let found = reference.strip_prefix('#').and_then(|pointer| document().pointer(pointer));
            resolved(found.unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => value,
    }
}

pub fn object(value: &'static Value) -> &'static Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{value} is no object"))
}

#[test]
fn the_checked_in_document_is_the_served_one() {
    let path = tests::repository().join("openapi/openapi.json");
    let generated = document_text();
    #[expect(clippy::disallowed_methods, reason = "asks for the file to be written anew")]
    let update = std::env::var_os("UPDATE_OPENAPI").is_some();
    if update {
        std::fs::write(&path, &generated).expect("openapi/openapi.json is written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    let difference =
        checked_in.lines().zip(generated.lines()).enumerate().find(|(_, (old, new))| old != new);
    assert!(
        checked_in == generated,
        "openapi/openapi.json is out of date, first at {difference:?}; run: UPDATE_OPENAPI=1 cargo \
            test -p tests --test api openapi"
    );
}

on_both!(the_document_is_served_with_a_page_to_browse_it, async |app| {
    let served = app.nobody().get("/openapi.json").await;
    assert_eq!((served.status, served.header("content-type")), (200, Some("application/json")));
    assert_eq!(served.text, document_text());

    let page = app.nobody().get("//api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")),
        "{:?}",
        page.headers
    );
    assert!(!page.text.contains("://"), "the page names another host: {}", page.text);
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'self'") && !policy.contains("http"), "{policy}");
    let parts =
        ["src=\"", "href=\""].into_iter().flat_map(|attribute| page.text.split(attribute).skip(1));
    let files: BTreeSet<&str> = parts.filter_map(|rest| rest.split('"').next()).collect();
    assert!(
        files.iter().any(|file| file.ends_with(".js"))
            && files.iter().any(|file| file.ends_with(".css")),
        "{files:?}"
    );
    for file in files {
        let path = if file.starts_with('/') {
            format!("/{file}")
        } else {
            format!("//api/docs/{}", file.trim_start_matches("./"))
        };
        assert_eq!(app.nobody().get(&path).await.status, 200, "{path}");
    }
    let redirect = app.nobody().get("//api/docs").await;
    assert_eq!(redirect.text, page.text, "without a slash at the end it is the same page");
});

#[test]
fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
    fn walk(value: &'static Value, seen: &mut usize) {
        match value {
            Value::Object(fields) => {
                if fields.contains_key("$ref") {
                    resolved(value);
                    *seen += 1;
                }
                fields.values().for_each(|field| walk(field, seen));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, seen)),
            _ => {}
        }
    }
    assert!(
        document()["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")),
        "{}",
        document()["openapi"]
    );
    let mut seen = 0;
    walk(document(), &mut seen);
    assert!(seen > 100, "only {seen} references were found");
}

#[test]
fn every_operation_says_what_it_is() {
    let changes = ["create", "list", "get", "update", "set", "delete"];
    let acts = [
        "confirm", "complete", "check", "preview", "copy", "reveal", "restore", "apply", "undo",
        "export", "receive", "test", "rotate", "resend", "revoke", "decide", "refresh", "report",
    ];
    let verbs: Vec<&str> = changes.into_iter().chain(acts).collect();
    let tags: BTreeSet<&str> = document()["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let schemes = object(&document()["components"]["securitySchemes"]);
    let (mut ids, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (id, _, operation) in operations() {
        assert!(ids.insert(id), "{id} is there twice");
        let verb = id.trim_start_matches("operator_").split('_').next();
        assert!(
            verb.is_some_and(|verb| verbs.contains(&verb)),
            "{id} does not begin with a verb of ours"
        );
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(
            !summary.is_empty() && !summary.contains('\n') && summary.chars().count() <= 60,
            "{id}: the summary is {summary:?}"
        );
        let of_operation: Vec<&str> =
            operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(
            of_operation.len() == 1 && tags.contains(of_operation[0]),
            "{id}: the tags are {of_operation:?}"
        );
        used.extend(of_operation);
        let security = operation["security"]
            .as_array()
            .unwrap_or_else(|| panic!("{id} does not say who may call it"));
        let names: Vec<&String> =
            security.iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
        assert!(
            (security.len() == 1 || (security.len() == 2 && security[1]["api_key"].is_array()))
                && names.iter().all(|name| schemes.contains_key(*name)),
            "{id}: {security:?}"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{id}: {} says nothing",
                parameter["name"]
            );
        }
    }
    let of_webhooks = object(&document()["webhooks"])
        .values()
        .filter_map(|item| item["post"]["tags"][0].as_str());
    used.extend(of_webhooks);
    assert_eq!(used, tags, "every tag is used");
}

#[test]
fn every_json_body_has_an_example() {
    for (id, _, operation) in operations() {
        let request = operation.get("requestBody").into_iter();
        let answers = object(&operation["responses"]).values().map(resolved);
        for body in request.chain(answers) {
            for (kind, content) in body["content"].as_object().into_iter().flatten() {
                let example = content
                    .get("example")
                    .or_else(|| content["examples"].as_object()?.values().next());
                assert!(
                    example.is_some_and(|example| !example.is_null()),
                    "{id}: a body of {kind} has no example"
                );
                assert!(content["schema"].is_object(), "{id}: a body of {kind} has no schema");
            }
        }
    }
}

#[test]
fn every_error_answer_is_a_problem_with_codes_that_exist() {
    for (id, method, operation) in operations() {
        let answers = object(&operation["responses"]);
        assert_eq!(
            answers.keys().filter(|status| status.starts_with('2') && *status != "206").count(),
            1,
            "{id} has one answer when all is well, and maybe a part of it"
        );
        // 304 is no error: the caller has it already.
        for (status, answer) in
            answers.iter().filter(|(status, _)| !status.starts_with('2') && *status != "304")
        {
            let answer = resolved(answer);
            let problem = &answer["content"]["application/problem+json"];
            assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{id} {status}");
            let examples = object(&problem["examples"]);
            assert!(!examples.is_empty(), "{id} {status} names no code");
            for (name, example) in examples {
                let value = &resolved(example)["value"];
                let read: Problem = serde_json::from_value(value.clone())
                    .unwrap_or_else(|error| panic!("{id} {status} {name}: {error}"));
                assert_eq!(
                    (read.code.as_str(), read.code.status().to_string()),
                    (name.as_str(), status.clone()),
                    "{id}"
                );
                assert!(
                    answer["description"]
                        .as_str()
                        .is_some_and(|text| text.contains(&format!("`{name}`"))),
                    "{id} {status} {name}"
                );
            }
        }
        for (status, needed) in [
            ("500", true),
            ("503", true),
            (
                "400",
                operation["requestBody"].is_object()
                    || takes(operation, "If-Match")
                    || method == "post",
            ),
            ("412", takes(operation, "If-Match")),
        ] {
            assert_eq!(answers.contains_key(status), needed, "{id} ({method}): {status}");
        }
    }
}

pub fn takes(operation: &Value, header: &str) -> bool {
    operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|parameter| parameter["name"] == header)
}

#[test]
fn every_create_can_be_repeated_and_every_change_names_its_version() {
    // Signing in and mails are no resources that a client would hold twice. The others answer a
    // question, or do nothing the second time: what is copied, imported, removed, restored or
    // undone already stays so.
    let others = [
        "create_session",
        // A link works once, and a second one ends the first.
        "create_tokens",
        "create_tokens_by_link",
        "revoke_tokens",
        "create_sign_in_link",
        "create_password_reset",
        "confirm_session",
        "complete_password_reset",
        "delete_session",
        "check_block_entry",
        "check_password",
        "create_password_proposal",
        "preview_route",
        "reveal_password",
        "set_password",
        "copy_settings",
        "create_block_import",
        "apply_block_import",
        "undo_block_import",
        "delete_block_entries",
        "undo_block_deletion",
        "restore_audit_entry",
        // Events carry ids of their own, and a file that was handed in twice goes when nobody
        // claims it.
        "create_switch_events",
        "create_switch_attachment",
        // A question.
        "decide_route",
        // What is so, said as often as one likes.
        "report_switch_applied",
        "report_registrations",
        // What a provider calls, what is asked of one, and what waits to be sent already.
        "receive_line_callback",
        "test_service",
        "rotate_service_secret",
        "revoke_call_event_link",
        "resend_delivery",
        "resend_deliveries",
    ];
    // These have no version: they are made and removed, never changed.
    let unversioned = [
        "set_my_terminal",
        "delete_my_terminal",
        "delete_terminal",
        "operator_delete_terminal",
        "operator_delete_key",
        "operator_delete_switch",
        "delete_api_key",
    ];
    for (id, method, operation) in operations().filter(|(id, ..)| !others.contains(id)) {
        assert_eq!(takes(operation, "Idempotency-Key"), method == "post", "{id}");
        let changes = matches!(method, "patch" | "put" | "delete") && !unversioned.contains(&id);
        assert_eq!(takes(operation, "If-Match"), changes, "{id}");
    }
}

#[test]
fn a_block_list_is_sent_as_a_file_or_a_form_and_comes_back_as_a_file() {
    let of = |wanted: &str| {
        operations()
            .find(|(id, ..)| *id == wanted)
            .unwrap_or_else(|| panic!("{wanted} is not there"))
            .2
    };
    let sent = object(&of("create_block_import")["requestBody"]["content"]);
    assert_eq!(sent.keys().collect::<Vec<_>>(), ["multipart/form-data", "text/csv"]);
    let form = resolved(&sent["multipart/form-data"]["schema"]);
    assert_eq!(
        (&form["properties"]["file"]["format"], &form["required"][0]),
        (&"binary".into(), &"file".into())
    );
    assert_eq!(of("create_block_import")["requestBody"]["required"], true);
    for id in ["get_block_import_failed_rows", "export_block_list", "get_block_list_sample"] {
        let answer = &of(id)["responses"]["200"];
        assert_eq!(object(&answer["content"]).keys().collect::<Vec<_>>(), ["text/csv"], "{id}");
        assert_eq!(
            answer["headers"]["Content-Disposition"]["schema"]["type"], "string",
            "{id} says what the file is called"
        );
    }
}
