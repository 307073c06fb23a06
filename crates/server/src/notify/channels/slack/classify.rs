//! What Slack's answers mean.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::notify::Outcome;
use crate::notify::egress::Answer;

/// What kind of failure an error code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Asked too often: as the header says, at least a second.
    Often,
    /// Slack has a problem.
    Trouble,
    /// Slack says that it will take hours.
    Hours,
    /// Slack says that some of it may have happened.
    Unsure,
    /// Its owner has to do something.
    Config,
    /// Slack does not take what we sent.
    Payload,
}

/// Every error code that Slack documents for the calls that we make, with the key of its texts.
const CODES: &[(&str, Class, &str)] = &[
    ("ratelimited", Class::Often, "slack.rate_limited"),
    ("rate_limited", Class::Often, "slack.rate_limited"),
    ("internal_error", Class::Trouble, "slack.trouble"),
    ("service_unavailable", Class::Trouble, "slack.trouble"),
    ("team_added_to_org", Class::Hours, "slack.migrating"),
    ("org_login_required", Class::Hours, "slack.migrating"),
    ("message_limit_exceeded", Class::Hours, "slack.message_limit"),
    ("fatal_error", Class::Unsure, "slack.unsure"),
    ("request_timeout", Class::Unsure, "slack.unsure"),
    ("not_authed", Class::Config, "slack.invalid_auth"),
    ("invalid_auth", Class::Config, "slack.invalid_auth"),
    ("token_revoked", Class::Config, "slack.invalid_auth"),
    ("token_expired", Class::Config, "slack.token_expired"),
    ("account_inactive", Class::Config, "slack.account_inactive"),
    ("not_allowed_token_type", Class::Config, "slack.wrong_token"),
    ("is_bot", Class::Config, "slack.wrong_token"),
    ("missing_scope", Class::Config, "slack.missing_scope"),
    ("no_permission", Class::Config, "slack.not_permitted"),
    ("app_access_restricted", Class::Config, "slack.not_permitted"),
    ("access_denied", Class::Config, "slack.not_permitted"),
    ("accesslimited", Class::Config, "slack.not_permitted"),
    ("team_access_not_granted", Class::Config, "slack.not_permitted"),
    ("enterprise_is_restricted", Class::Config, "slack.not_permitted"),
    ("ekm_access_denied", Class::Config, "slack.not_permitted"),
    ("two_factor_setup_required", Class::Config, "slack.not_permitted"),
    ("send_on_behalf_not_allowed", Class::Config, "slack.not_permitted"),
    ("channel_is_limited_access", Class::Config, "slack.not_permitted"),
    ("channel_not_found", Class::Config, "slack.channel_not_found"),
    ("invalid_channel", Class::Config, "slack.channel_not_found"),
    ("team_not_found", Class::Config, "slack.channel_not_found"),
    ("not_in_channel", Class::Config, "slack.not_in_channel"),
    ("is_archived", Class::Config, "slack.is_archived"),
    ("restricted_action", Class::Config, "slack.restricted_action"),
    ("restricted_action_non_threadable_channel", Class::Config, "slack.restricted_action"),
    ("restricted_action_read_only_channel", Class::Config, "slack.restricted_action"),
    ("restricted_action_thread_locked", Class::Config, "slack.restricted_action"),
    ("restricted_action_thread_only_channel", Class::Config, "slack.restricted_action"),
    ("messages_tab_disabled", Class::Config, "slack.restricted_action"),
    ("posting_to_channel_denied", Class::Config, "slack.restricted_action"),
    ("file_uploads_disabled", Class::Payload, "slack.file_not_allowed"),
    ("file_uploads_except_images_disabled", Class::Payload, "slack.file_not_allowed"),
    ("file_type_not_allowed", Class::Payload, "slack.file_not_allowed"),
    ("file_upload_size_restricted", Class::Payload, "slack.file_too_large"),
    ("storage_limit_reached", Class::Payload, "slack.file_storage_full"),
    ("slack_connect_file_upload_sharing_blocked", Class::Payload, "slack.file_not_allowed"),
    ("slack_connect_file_link_sharing_blocked", Class::Payload, "slack.file_not_allowed"),
    ("slack_connect_canvas_sharing_blocked", Class::Payload, "slack.content"),
    ("slack_connect_lists_sharing_blocked", Class::Payload, "slack.content"),
    ("file_update_failed", Class::Payload, "slack.file_failed"),
    ("file_not_found", Class::Payload, "slack.file_failed"),
    ("missing_file_data", Class::Payload, "slack.file_failed"),
    ("alt_txt_too_large", Class::Payload, "slack.content"),
    ("snippet_too_large", Class::Payload, "slack.content"),
    ("unknown_snippet_type", Class::Payload, "slack.content"),
    ("unknown_subtype", Class::Payload, "slack.content"),
    ("channels_limit_exceeded", Class::Payload, "slack.content"),
    ("missing_argument", Class::Payload, "slack.content"),
    ("no_text", Class::Payload, "slack.content"),
    ("invalid_blocks", Class::Payload, "slack.content"),
    ("invalid_blocks_format", Class::Payload, "slack.content"),
    ("msg_blocks_too_long", Class::Payload, "slack.content"),
    ("msg_too_long", Class::Payload, "slack.content"),
    ("too_many_attachments", Class::Payload, "slack.content"),
    ("too_many_contact_cards", Class::Payload, "slack.content"),
    ("attachment_payload_limit_exceeded", Class::Payload, "slack.content"),
    ("markdown_text_conflict", Class::Payload, "slack.content"),
    ("metadata_too_large", Class::Payload, "slack.content"),
    ("metadata_must_be_sent_from_app", Class::Payload, "slack.content"),
    ("invalid_metadata_format", Class::Payload, "slack.content"),
    ("invalid_metadata_schema", Class::Payload, "slack.content"),
    ("invalid_arguments", Class::Payload, "slack.content"),
    ("invalid_arg_name", Class::Payload, "slack.content"),
    ("invalid_array_arg", Class::Payload, "slack.content"),
    ("invalid_json", Class::Payload, "slack.content"),
    ("invalid_form_data", Class::Payload, "slack.content"),
    ("invalid_charset", Class::Payload, "slack.content"),
    ("invalid_post_type", Class::Payload, "slack.content"),
    ("missing_post_type", Class::Payload, "slack.content"),
    ("as_user_not_supported", Class::Payload, "slack.content"),
    ("cannot_reply_to_message", Class::Payload, "slack.content"),
    ("draft_already_deleted", Class::Payload, "slack.content"),
    ("draft_already_sent", Class::Payload, "slack.content"),
    ("draft_has_conflict", Class::Payload, "slack.content"),
    ("draft_not_found", Class::Payload, "slack.content"),
    ("duplicate_channel_not_found", Class::Payload, "slack.content"),
    ("duplicate_message_not_found", Class::Payload, "slack.content"),
    // Only we can mend these.
    ("unknown_method", Class::Payload, "slack.content"),
    ("method_deprecated", Class::Payload, "slack.content"),
    ("deprecated_endpoint", Class::Payload, "slack.content"),
];

/// Every key of texts that this file and the upload can answer.
#[cfg(test)]
pub fn problems() -> std::collections::BTreeSet<&'static str> {
    CODES
        .iter()
        .map(|(_, _, problem)| *problem)
        .chain(super::upload::PROBLEMS.iter().copied())
        .collect()
}

/// What an answer means: its body where all is well.
///
/// # Errors
/// What it comes to and the key of its texts.
pub fn answer(answer: &Answer, now: DateTime<Utc>) -> Result<Value, (Outcome, &'static str)> {
    let body = answer.json();
    match body["ok"].as_bool() {
        Some(true) if answer.is_success() => Ok(body),
        _ => Err(failure(answer.status, answer.retry_after(now), &body)),
    }
}

fn failure(status: u16, retry_after: Option<TimeDelta>, body: &Value) -> (Outcome, &'static str) {
    let often = |least: i64| Outcome::Retry {
        after: Some(retry_after.unwrap_or_default().max(TimeDelta::seconds(least))),
    };
    let code = body["error"].as_str().unwrap_or_default();
    match (status, code) {
        (429, _) => {
            return (often(if retry_after.is_some() { 1 } else { 30 }), "slack.rate_limited");
        }
        (500.., _) => return (Outcome::Retry { after: retry_after }, "slack.trouble"),
        // Something in between answers instead of Slack: whether the message went through is not
        // known.
        (_, "") if body["ok"].as_bool() != Some(false) => {
            return (Outcome::Unknown, "slack.unsure");
        }
        _ => {}
    }
    // New codes appear without notice, most of them for troubles of Slack's own.
    let (_, class, problem) = CODES.iter().find(|(known, ..)| *known == code).unwrap_or(&(
        "",
        Class::Trouble,
        "slack.trouble",
    ));
    let outcome = match class {
        Class::Often => often(1),
        Class::Trouble => Outcome::Retry { after: retry_after },
        Class::Hours => Outcome::Retry { after: Some(TimeDelta::hours(1)) },
        Class::Unsure => Outcome::Unknown,
        Class::Config => Outcome::BadConfig,
        Class::Payload => Outcome::BadPayload,
    };
    (outcome, problem)
}

/// Whether Slack takes the message only outside a thread.
pub fn no_thread(answer: &Answer) -> bool {
    const CODES: [&str; 5] = [
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "cannot_reply_to_message",
        "thread_not_found",
        "invalid_thread_ts",
    ];
    answer.json()["error"].as_str().is_some_and(|code| CODES.contains(&code))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::notify::doctor;
    use crate::platform::texts::Lang;

    #[test]
    fn answers() {
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let error = |code: &str| json!({"ok": false, "error": code});
        let table = [
            (429, Some(30), Value::Null, retry(30), "slack.rate_limited"),
            (429, Some(0), error("ratelimited"), retry(1), "slack.rate_limited"),
            (429, None, Value::Null, retry(30), "slack.rate_limited"),
            (200, None, error("rate_limited"), retry(1), "slack.rate_limited"),
            (500, None, Value::Null, Outcome::Retry { after: None }, "slack.trouble"),
            (503, Some(9), error("service_unavailable"), retry(9), "slack.trouble"),
            (200, None, error("internal_error"), Outcome::Retry { after: None }, "slack.trouble"),
            (200, None, error("team_added_to_org"), retry(3_600), "slack.migrating"),
            (200, None, error("message_limit_exceeded"), retry(3_600), "slack.message_limit"),
            (200, None, error("fatal_error"), Outcome::Unknown, "slack.unsure"),
            (200, None, Value::Null, Outcome::Unknown, "slack.unsure"),
            (302, None, Value::Null, Outcome::Unknown, "slack.unsure"),
            (200, None, error("invalid_auth"), Outcome::BadConfig, "slack.invalid_auth"),
            (200, None, error("channel_not_found"), Outcome::BadConfig, "slack.channel_not_found"),
            (200, None, error("msg_blocks_too_long"), Outcome::BadPayload, "slack.content"),
            (
                200,
                None,
                error("never_seen_before"),
                Outcome::Retry { after: None },
                "slack.trouble",
            ),
        ];
        for (status, after, body, outcome, problem) in table {
            assert_eq!(
                failure(status, after.map(TimeDelta::seconds), &body),
                (outcome, problem),
                "{status} {body}"
            );
        }
    }

    /// The error codes that Slack's own reference lists for the calls that we make.
    #[test]
    fn every_documented_code_has_its_class() {
        let specs = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/provider-specs/slack/docs-methods"
        );
        if !std::path::Path::new(specs).is_dir() {
            println!("skipped: the published reference of Slack is not here");
            return;
        }
        let mut codes = 0;
        for method in [
            "auth.test",
            "conversations.info",
            "chat.postMessage",
            "chat.postMessage.with-common-errors",
            "files.getUploadURLExternal",
            "files.completeUploadExternal",
        ] {
            let text = std::fs::read_to_string(format!("{specs}/{method}.json")).unwrap();
            let reference: Value = serde_json::from_str(&text).unwrap();
            for code in reference["errors"].as_object().unwrap().keys() {
                assert!(CODES.iter().any(|(known, ..)| known == code), "{method}: {code}");
                codes += 1;
            }
        }
        assert!(codes > 100, "{codes}");
    }

    #[test]
    fn every_problem_has_words() {
        for problem in problems() {
            for lang in [Lang::Ja, Lang::En] {
                let words = doctor::explain(lang, problem, None);
                assert!(
                    !words.message.starts_with("doctor.") && !words.advice.starts_with("doctor."),
                    "{problem} {lang:?}"
                );
            }
        }
    }
}
