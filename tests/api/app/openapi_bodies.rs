//! What the document says of bodies is what the server takes and answers.

use std::collections::BTreeSet;

use api_types::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

use crate::app::openapi::{object, operations, resolved};

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
    ("report_registrations", readable::<Vec<Registration>>),
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
            // Of a header of a call that is too long the rest is read past.
            let is_header = id == "decide_route";
            assert!(
                !is_text || names_something || is_time || is_header || schema["maxLength"].is_u64(),
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
    ("RegistrationAnswers", readable::<RegistrationAnswers>),
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
    ("Directory", readable::<Directory>),
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
