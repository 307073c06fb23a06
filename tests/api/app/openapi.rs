//! The document says what the handlers do, completely.

use std::collections::BTreeSet;

use api_types::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use server::app::openapi::{document, document_text};
use tests::on_both;
use validator::Validate;

/// Every operation: its id and itself.
fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
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
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let found = reference.strip_prefix('#').and_then(|pointer| document().pointer(pointer));
            resolved(found.unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => value,
    }
}

fn object(value: &'static Value) -> &'static Map<String, Value> {
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
            answers.keys().filter(|status| status.starts_with('2')).count(),
            1,
            "{id} has one answer when all is well"
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
            ("400", operation["requestBody"].is_object()),
            ("412", takes(operation, "If-Match")),
        ] {
            assert_eq!(answers.contains_key(status), needed, "{id} ({method}): {status}");
        }
    }
}

fn takes(operation: &Value, header: &str) -> bool {
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

fn json_body(operation: &'static Value) -> Option<&'static Value> {
    operation.pointer("/requestBody/content/application~1json")
}

/// Reads an example as the server would.
fn accepted<T: DeserializeOwned + Validate>(example: &Value) -> Result<(), String> {
    let value: T = serde_json::from_value(example.clone()).map_err(|error| error.to_string())?;
    value.validate().map_err(|errors| errors.to_string())
}

fn accepted_events(example: &Value) -> Result<(), String> {
    let events = example.as_array().ok_or("not an array")?;
    events.iter().try_for_each(accepted::<SwitchEvent>)
}

type Reader = fn(&Value) -> Result<(), String>;

const REQUESTS: &[(&str, Reader)] = &[
    ("create_session", accepted::<SignIn>),
    ("create_tokens", accepted::<TokenRequest>),
    ("create_tokens_by_link", accepted::<LinkTokenRequest>),
    ("refresh_tokens", accepted::<RefreshTokenRequest>),
    ("revoke_tokens", accepted::<RefreshTokenRequest>),
    ("set_my_terminal", accepted::<TerminalRegistration>),
    ("set_my_outbound_number", accepted::<OutboundNumberPut>),
    ("confirm_session", accepted::<Confirmation>),
    ("create_password_reset", accepted::<PasswordResetRequest>),
    ("complete_password_reset", accepted::<PasswordReset>),
    ("update_account", accepted::<AccountPatch>),
    ("update_number", accepted::<NumberPatch>),
    ("set_channel_limit", accepted::<ChannelLimitPut>),
    ("preview_route", accepted::<RoutePreviewRequest>),
    ("copy_settings", accepted::<CopySettings>),
    ("set_ringing", accepted::<RingingPut>),
    ("update_block_list", accepted::<BlockListPatch>),
    ("create_block_entry", accepted::<BlockEntryCreate>),
    ("check_block_entry", accepted::<BlockCheckRequest>),
    ("update_block_entry", accepted::<BlockEntryPatch>),
    ("delete_block_entries", accepted::<BlockEntriesDelete>),
    ("apply_block_import", accepted::<BlockImportApply>),
    ("update_id", accepted::<PhoneIdPatch>),
    ("set_outbound_number", accepted::<OutboundNumberPut>),
    ("set_password", accepted::<PasswordPut>),
    ("check_password", accepted::<PasswordCheckRequest>),
    ("restore_audit_entry", accepted::<AuditRestore>),
    ("create_switch_events", accepted_events),
    ("create_api_key", accepted::<ApiKeyCreate>),
    ("decide_route", accepted::<RouteQuestion>),
    ("report_switch_applied", accepted::<SwitchApplied>),
    ("create_notify_rule", accepted::<NotifyRuleCreate>),
    ("update_notify_rule", accepted::<NotifyRulePatch>),
    ("create_service", accepted::<ServiceCreate>),
    ("update_service", accepted::<ServicePatch>),
    ("resend_deliveries", accepted::<DeliveriesResend>),
    ("operator_create_account", accepted::<OperatorAccountCreate>),
    ("operator_update_account", accepted::<OperatorAccountPatch>),
    ("operator_set_options", accepted::<AccountOptions>),
    ("operator_create_number", accepted::<OperatorNumberCreate>),
    ("operator_update_number", accepted::<OperatorNumberPatch>),
    ("operator_create_id", accepted::<OperatorPhoneIdCreate>),
    ("operator_update_id", accepted::<OperatorPhoneIdPatch>),
    ("operator_set_password", accepted::<OperatorPasswordPut>),
    ("operator_create_terminal", accepted::<TerminalRegistration>),
    ("operator_create_key", accepted::<ServiceKeyCreate>),
    ("operator_create_switch", accepted::<ServiceKeyCreate>),
];

#[test]
fn the_lengths_in_the_document_are_those_of_the_server() {
    let mut seen = 0;
    for (id, _, operation) in operations() {
        let Some((_, accepts)) = REQUESTS.iter().find(|(known, _)| *known == id) else { continue };
        let content = &operation["requestBody"]["content"]["application/json"];
        for (field, schema) in
            resolved(&content["schema"])["properties"].as_object().into_iter().flatten()
        {
            let bounds = [
                ("minLength", schema["minLength"].as_u64().and_then(|least| least.checked_sub(1))),
                ("maxLength", schema["maxLength"].as_u64().map(|most| most + 1)),
            ];
            for (name, length) in
                bounds.into_iter().filter_map(|(name, length)| Some((name, length?)))
            {
                let mut body = content["example"].clone();
                body[field] = "2".repeat(usize::try_from(length).unwrap_or_default()).into();
                assert!(accepts(&body).is_err(), "{id}: {field} beyond its {name} is accepted");
                seen += 1;
            }
            // What names something else of the account has no length of its own.
            let names_something = field.ends_with("_id") && field != "login_id";
            let is_text = schema["type"] == "string"
                || schema["type"].as_array().is_some_and(|types| types.contains(&"string".into()));
            let is_time = schema["format"] == "date-time";
            assert!(
                !is_text || names_something || is_time || schema["maxLength"].is_u64(),
                "{id}: {field} has no maxLength"
            );
        }
    }
    assert!(seen > 30, "only {seen} bounds were found");
}

#[test]
fn every_example_of_a_request_is_one_that_the_server_accepts() {
    let with_body =
        operations().filter(|(.., operation)| json_body(operation).is_some()).map(|(id, ..)| id);
    // What LINE sends is LINE's, and may have fields that nobody knows yet.
    let with_body: BTreeSet<&str> = with_body.filter(|id| *id != "receive_line_callback").collect();
    let rows: BTreeSet<&str> = REQUESTS.iter().map(|(id, _)| *id).collect();
    assert_eq!(rows, with_body, "one row per operation with a JSON body");
    for (id, _, operation) in operations() {
        let Some((_, accepts)) = REQUESTS.iter().find(|(known, _)| *known == id) else { continue };
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        accepts(example).unwrap_or_else(|error| panic!("{id}: {example} is refused: {error}"));
        let mut unknown = example.clone();
        let object = if unknown.is_array() { &mut unknown[0] } else { &mut unknown };
        object["surprise"] = true.into();
        assert!(
            accepts(&unknown).is_err_and(|error| error.contains("surprise")),
            "{id} takes fields that it does not know"
        );
    }
}

/// Reads an example as a client would.
fn readable<T: DeserializeOwned + serde::Serialize>(example: &Value) -> Result<(), String> {
    let value: T = serde_json::from_value(example.clone()).map_err(|error| error.to_string())?;
    let again = serde_json::to_value(&value).map_err(|error| error.to_string())?;
    if again == *example { Ok(()) } else { Err(format!("it is {again} when the server writes it")) }
}

/// What the operations of the portal answer, by the names of the schemas.
const ANSWERS: &[(&str, Reader)] = &[
    ("Account", readable::<Account>),
    ("ApiKey", readable::<ApiKey>),
    ("ApiKeyCreated", readable::<ApiKeyCreated>),
    ("AuditEntry", readable::<AuditEntry>),
    ("BlockCheck", readable::<BlockCheck>),
    ("BlockEntriesDeleted", readable::<BlockEntriesDeleted>),
    ("BlockEntriesRestored", readable::<BlockEntriesRestored>),
    ("BlockEntry", readable::<BlockEntry>),
    ("BlockEntryPage", readable::<BlockEntryPage>),
    ("BlockImport", readable::<BlockImport>),
    ("BlockImportUndone", readable::<BlockImportUndone>),
    ("BlockList", readable::<BlockList>),
    ("CallEvent", readable::<CallEvent>),
    ("ChannelLimit", readable::<ChannelLimit>),
    ("CopiedSettings", readable::<CopiedSettings>),
    ("DeliveriesResent", readable::<DeliveriesResent>),
    ("Delivery", readable::<Delivery>),
    ("Me", readable::<Me>),
    ("Number", readable::<Number>),
    ("OutboundNumber", readable::<OutboundNumber>),
    ("PasswordChanged", readable::<PasswordChanged>),
    ("PasswordCheck", readable::<PasswordCheck>),
    ("PasswordProposal", readable::<PasswordProposal>),
    ("PasswordRevealed", readable::<PasswordRevealed>),
    ("PhoneId", readable::<PhoneId>),
    ("Ringing", readable::<Ringing>),
    ("RouteDecision", readable::<RouteDecision>),
    ("Session", readable::<Session>),
    ("SignInLink", readable::<SignInLink>),
    ("Terminal", readable::<Terminal>),
    ("Tokens", readable::<Tokens>),
    ("SwitchAttachment", readable::<SwitchAttachment>),
    ("SwitchDecision", readable::<SwitchDecision>),
    ("SwitchEventAnswers", readable::<SwitchEventAnswers>),
    ("SwitchPhoneId", readable::<SwitchPhoneId>),
    ("SwitchState", readable::<SwitchState>),
    ("Page_ApiKey", readable::<Page<ApiKey>>),
    ("Page_AuditEntry", readable::<Page<AuditEntry>>),
    ("Page_BlockImportRow", readable::<Page<BlockImportRow>>),
    ("JsonWebKeySet", readable::<JsonWebKeySet>),
    ("NotifyRule", readable::<NotifyRule>),
    ("Service", readable::<Service>),
    ("ServiceTest", readable::<ServiceTest>),
    ("Page_Service", readable::<Page<Service>>),
    ("Page_CallEvent", readable::<Page<CallEvent>>),
    ("Page_Delivery", readable::<Page<Delivery>>),
    ("Page_NotifyRule", readable::<Page<NotifyRule>>),
    ("Page_MyNumber", readable::<Page<MyNumber>>),
    ("Page_Number", readable::<Page<Number>>),
    ("Page_PhoneId", readable::<Page<PhoneId>>),
];

#[test]
fn every_example_of_an_answer_is_one_that_the_server_could_give() {
    let mut seen = BTreeSet::new();
    for (id, _, operation) in operations().filter(|(id, ..)| !id.starts_with("operator_")) {
        let answers =
            object(&operation["responses"]).iter().filter(|(status, _)| status.starts_with('2'));
        for content in
            answers.filter_map(|(_, answer)| answer.pointer("/content/application~1json"))
        {
            let name = content["schema"]["$ref"]
                .as_str()
                .and_then(|reference| reference.rsplit('/').next())
                .unwrap_or("?");
            let row = ANSWERS
                .iter()
                .find(|(known, _)| *known == name)
                .unwrap_or_else(|| panic!("{id}: {name} has no row"));
            row.1(&content["example"]).unwrap_or_else(|error| {
                panic!("{id}: {} is no {name}: {error}", content["example"])
            });
            seen.insert(row.0);
        }
    }
    assert_eq!(seen, ANSWERS.iter().map(|(name, _)| *name).collect(), "every row is needed");
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
