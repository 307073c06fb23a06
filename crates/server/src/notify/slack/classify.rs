//! What Slack's errors mean.

use chrono::TimeDelta;

use crate::notify::Outcome;

/// What an error of Slack's means for a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Too fast.
    Wait,
    /// Trying again helps.
    Retry,
    /// It may have happened.
    Ambiguous,
    /// The token or the app is wrong.
    Credential,
    /// The channel is wrong.
    Destination,
    /// The content is not taken.
    Payload,
    /// The file is not taken; the link does.
    File,
    /// We speak wrongly.
    OurBug,
    /// Nobody knows it.
    Unknown,
}

/// What an error code of Slack's means.
pub fn class_of(error: &str) -> Class {
    match error {
        "ratelimited" | "rate_limited" => Class::Wait,
        "internal_error" | "service_unavailable" | "team_added_to_org" | "org_login_required" | "message_limit_exceeded" => Class::Retry,
        "fatal_error" | "request_timeout" => Class::Ambiguous,
        "not_authed"
        | "invalid_auth"
        | "token_revoked"
        | "token_expired"
        | "account_inactive"
        | "missing_scope"
        | "not_allowed_token_type"
        | "no_permission"
        | "app_access_restricted"
        | "access_denied"
        | "accesslimited"
        | "team_access_not_granted"
        | "enterprise_is_restricted"
        | "ekm_access_denied"
        | "two_factor_setup_required"
        | "as_user_not_supported"
        | "cannot_auth_user"
        | "user_is_bot"
        | "user_is_restricted" => Class::Credential,
        "channel_not_found"
        | "not_in_channel"
        | "is_archived"
        | "messages_tab_disabled"
        | "team_not_found"
        | "invalid_channel"
        | "posting_to_channel_denied"
        | "cannot_reply_to_message"
        | "thread_locked"
        | "team_access_not_granted_to_channel" => Class::Destination,
        restricted if restricted.starts_with("restricted_action") => Class::Destination,
        "no_text"
        | "invalid_blocks"
        | "invalid_blocks_format"
        | "msg_blocks_too_long"
        | "too_many_attachments"
        | "too_many_contact_cards"
        | "attachment_payload_limit_exceeded"
        | "markdown_text_conflict"
        | "metadata_too_large"
        | "metadata_must_be_sent_from_app"
        | "invalid_metadata_format"
        | "invalid_metadata_schema"
        | "invalid_arguments"
        | "invalid_arg_name"
        | "invalid_array_arg"
        | "invalid_json"
        | "json_not_object"
        | "invalid_form_data"
        | "invalid_charset"
        | "invalid_post_type"
        | "missing_post_type"
        | "missing_argument"
        | "duplicate_channel_not_found"
        | "duplicate_message_not_found"
        | "draft_already_deleted"
        | "draft_already_sent"
        | "draft_has_conflict"
        | "draft_not_found"
        | "send_on_behalf_not_allowed"
        | "channels_limit_exceeded"
        | "msg_too_long"
        | "no_dual_broadcast_content_update"
        | "invalid_team_id" => Class::Payload,
        "file_uploads_disabled"
        | "file_uploads_except_images_disabled"
        | "file_type_not_allowed"
        | "file_upload_size_restricted"
        | "storage_limit_reached"
        | "file_update_failed"
        | "file_not_found"
        | "file_deleted"
        | "unknown_subtype"
        | "malware_detected"
        | "missing_file_data"
        | "snippet_too_large"
        | "alt_txt_too_large"
        | "alt_text_too_large"
        | "blocked_file_type"
        | "unknown_snippet_type" => Class::File,
        connect if connect.starts_with("slack_connect_") => Class::File,
        "unknown_method" | "method_deprecated" | "deprecated_endpoint" | "method_not_supported_for_channel_type" => Class::OurBug,
        _ => Class::Unknown,
    }
}

/// What an answer without `ok: true` means, and the code of its texts.
pub fn classify(status: u16, error: &str, retry_after: Option<TimeDelta>) -> (Outcome, String) {
    let wait = || Outcome::Retry { after: Some(retry_after.unwrap_or(TimeDelta::seconds(1)).max(TimeDelta::seconds(1))) };
    if status == 429 {
        return (wait(), "slack.ratelimited".into());
    }
    if status >= 500 {
        return (Outcome::Retry { after: None }, "slack.unavailable".into());
    }
    // Those whose cure is the same share their texts.
    let known = [
        "invalid_auth",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "missing_scope",
        "not_allowed_token_type",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
    ];
    let problem = |general: &str| match known.contains(&error) {
        true => format!("slack.{error}"),
        false => format!("slack.{general}"),
    };
    match class_of(error) {
        Class::Wait => (wait(), "slack.ratelimited".into()),
        Class::Retry => (Outcome::Retry { after: None }, "slack.unavailable".into()),
        Class::Ambiguous => (Outcome::Unknown, "slack.unavailable".into()),
        Class::Credential => (Outcome::BadConfig, problem("credential")),
        Class::Destination => (Outcome::BadConfig, problem("destination")),
        Class::File => (Outcome::BadPayload, "slack.file_refused".into()),
        Class::Payload | Class::OurBug | Class::Unknown => {
            if matches!(class_of(error), Class::OurBug | Class::Unknown) {
                tracing::error!(status, error, "Slack answered with an error that is not expected");
            }
            (Outcome::BadPayload, "slack.refused".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let table = [
            (429, "", Some(30), retry(30), "slack.ratelimited"),
            (429, "ratelimited", None, retry(1), "slack.ratelimited"),
            (200, "rate_limited", None, retry(1), "slack.ratelimited"),
            (503, "", None, Outcome::Retry { after: None }, "slack.unavailable"),
            (200, "internal_error", None, Outcome::Retry { after: None }, "slack.unavailable"),
            (200, "fatal_error", None, Outcome::Unknown, "slack.unavailable"),
            (200, "invalid_auth", None, Outcome::BadConfig, "slack.invalid_auth"),
            (200, "ekm_access_denied", None, Outcome::BadConfig, "slack.credential"),
            (200, "not_in_channel", None, Outcome::BadConfig, "slack.not_in_channel"),
            (200, "restricted_action_read_only_channel", None, Outcome::BadConfig, "slack.destination"),
            (200, "invalid_blocks", None, Outcome::BadPayload, "slack.refused"),
            (200, "something_new", None, Outcome::BadPayload, "slack.refused"),
            (200, "storage_limit_reached", None, Outcome::BadPayload, "slack.file_refused"),
        ];
        for (status, error, seconds, outcome, problem) in table {
            let found = classify(status, error, seconds.map(TimeDelta::seconds));
            assert_eq!(found, (outcome, problem.to_owned()), "{status} {error}");
        }
    }

    /// Every error that Slack documents for what we call has a class.
    #[test]
    fn documented_errors_are_known() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/provider-specs/slack/docs-methods");
        let Ok(entries) = std::fs::read_dir(&folder) else {
            println!("skipped: the published methods of Slack are not beside the repository (../shared/provider-specs)");
            return;
        };
        let (mut seen, mut unknown) = (0, Vec::new());
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !["chat.postMessage.json", "auth.test.json", "files.completeUploadExternal.json", "files.getUploadURLExternal.json"]
                .contains(&name.as_str())
            {
                continue;
            }
            let method: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for error in method["errors"].as_object().into_iter().flatten().map(|(error, _)| error) {
                seen += 1;
                if class_of(error) == Class::Unknown {
                    unknown.push(format!("{name}: {error}"));
                }
            }
        }
        assert!(seen > 40, "only {seen} errors were found");
        assert!(unknown.is_empty(), "{unknown:#?}");
    }
}
