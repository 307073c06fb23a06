//! What a provider says of credentials that are being saved: which field it is about.

use api_types::{Credentials, FieldCode, FieldFault, ServiceType};

use super::{Outcome, Report, Senders};

/// How long somebody who saves waits for a provider. One that does not answer refuses nothing.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(12);

/// Asks the provider whether credentials work.
///
/// # Errors
/// The field that is wrong, where the provider says that it is. One that cannot be asked or is not
/// reached says nothing.
pub async fn check(
    senders: &Senders,
    kind: ServiceType,
    credentials: &Credentials,
) -> Result<(), FieldFault> {
    let Ok(Some(report)) = tokio::time::timeout(PATIENCE, senders.check(kind, credentials)).await
    else {
        return Ok(());
    };
    fault(kind, credentials, &report).map_or(Ok(()), Err)
}

fn fault(kind: ServiceType, credentials: &Credentials, report: &Report) -> Option<FieldFault> {
    // Whatever is not the owner's to mend is no reason not to save.
    let code = report.problem.as_deref().filter(|_| report.outcome == Outcome::BadConfig)?;
    let mut field = field_of(kind, code);
    if !credentials.contains_key(field) {
        field = kind.fields().first().map_or("", |first| first.name);
    }
    Some(FieldFault::new(format!("/credentials/{field}"), FieldCode::ServiceRefused).value(code))
}

/// The credential that a code is about: the destination where it names one, else what opens the
/// door.
fn field_of(kind: ServiceType, code: &str) -> &'static str {
    let channel = kind.describe();
    // The key is in every code: its words say nothing.
    let code = code.strip_prefix(channel.key).unwrap_or(code);
    let is_about = |words: &[&str]| words.iter().any(|word| code.contains(word));
    let blamed = channel.blames.iter().find(|(_, words)| is_about(words));
    blamed.map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Progress;

    #[test]
    fn a_refusal_is_shown_at_the_field_that_it_is_about() {
        for (kind, code, field) in [
            (ServiceType::Slack, "slack.invalid_auth", "bot_token"),
            (ServiceType::Slack, "slack.missing_scope", "bot_token"),
            (ServiceType::Slack, "slack.not_in_channel", "channel_id"),
            (ServiceType::Slack, "slack.is_archived", "channel_id"),
            (ServiceType::Chatwork, "chatwork.unauthorized", "api_token"),
            (ServiceType::Chatwork, "chatwork.invalid_token", "api_token"),
            (ServiceType::Chatwork, "chatwork.readonly", "room_id"),
            (ServiceType::Line, "line.unauthorized", "channel_access_token"),
            (ServiceType::Line, "line.no_access", "channel_access_token"),
            (ServiceType::Line, "line.not_friend", "to"),
            (ServiceType::LineWorks, "line_works.bad_client", "client_id"),
            (ServiceType::LineWorks, "line_works.bad_key", "private_key"),
            (ServiceType::LineWorks, "line_works.bad_account", "service_account"),
            (ServiceType::LineWorks, "line_works.token_refused", "client_secret"),
            (ServiceType::LineWorks, "line_works.not_found", "bot_id"),
        ] {
            assert_eq!(field_of(kind, code), field, "{code}");
            assert!(kind.fields().iter().any(|known| known.name == field));
        }
    }

    #[test]
    fn only_what_its_owner_has_to_mend_refuses() {
        let credentials = Credentials::from([("bot_token".into(), "x".into())]);
        let report =
            |outcome| Report::new(outcome, Some("slack.not_in_channel"), "", Progress::default());
        let refused = fault(ServiceType::Slack, &credentials, &report(Outcome::BadConfig)).unwrap();
        // The channel was not given, so it is shown at the field that was.
        assert_eq!(
            (refused.pointer.as_str(), refused.code),
            ("/credentials/bot_token", FieldCode::ServiceRefused)
        );
        for outcome in [
            Outcome::Retry { after: None },
            Outcome::Unknown,
            Outcome::BadPayload,
            Outcome::Delivered,
        ] {
            assert_eq!(fault(ServiceType::Slack, &credentials, &report(outcome)), None);
        }
    }
}
