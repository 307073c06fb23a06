//! Services in words: what they are called, what they carry, and what their credentials are.

use api_types::{NotifyEvent, ServiceType};

use crate::t;

/// What a service is called, in every language.
pub(crate) fn name(kind: ServiceType) -> &'static str {
    match kind {
        ServiceType::Slack => "Slack",
        ServiceType::Chatwork => "Chatwork",
        ServiceType::Teams => "Microsoft Teams",
        ServiceType::GoogleChat => "Google Chat",
        ServiceType::Line => "LINE",
        ServiceType::LineWorks => "LINE WORKS",
        ServiceType::Webhook => "Webhook",
    }
}

/// As the API writes it: in addresses, and for those who look for it.
pub(crate) fn key(kind: ServiceType) -> &'static str {
    match kind {
        ServiceType::Slack => "slack",
        ServiceType::Chatwork => "chatwork",
        ServiceType::Teams => "teams",
        ServiceType::GoogleChat => "google_chat",
        ServiceType::Line => "line",
        ServiceType::LineWorks => "line_works",
        ServiceType::Webhook => "webhook",
    }
}

/// The service of a key.
pub(crate) fn of_key(wanted: &str) -> Option<ServiceType> {
    ServiceType::ALL.into_iter().find(|kind| key(*kind) == wanted)
}

/// Its sign.
pub(crate) fn icon(kind: ServiceType) -> icondata_core::Icon {
    match kind {
        ServiceType::Slack => icondata_lu::LuHash,
        ServiceType::Chatwork => icondata_lu::LuMessagesSquare,
        ServiceType::Teams => icondata_lu::LuUsers,
        ServiceType::GoogleChat => icondata_lu::LuMessageSquare,
        ServiceType::Line => icondata_lu::LuMessageCircle,
        ServiceType::LineWorks => icondata_lu::LuBriefcase,
        ServiceType::Webhook => icondata_lu::LuWebhook,
    }
}

/// What it does, in one line.
pub(super) fn line(kind: ServiceType) -> &'static str {
    match kind {
        ServiceType::Slack => t!(service.slack),
        ServiceType::Chatwork => t!(service.chatwork),
        ServiceType::Teams => t!(service.teams),
        ServiceType::GoogleChat => t!(service.google_chat),
        ServiceType::Line => t!(service.line),
        ServiceType::LineWorks => t!(service.line_works),
        ServiceType::Webhook => t!(service.webhook),
    }
}

/// What arrives there; a link stands for what it cannot take itself.
pub(super) fn carries(kind: ServiceType) -> Vec<&'static str> {
    let (text, audio, fax, link) =
        (t!(service.text), t!(service.audio), t!(service.fax), t!(service.link));
    match kind {
        ServiceType::Slack | ServiceType::Chatwork | ServiceType::LineWorks => {
            vec![text, audio, fax]
        }
        ServiceType::Teams | ServiceType::GoogleChat => vec![text, link],
        ServiceType::Line => vec![text, audio, link],
        ServiceType::Webhook => vec!["JSON", link],
    }
}

/// What a credential is called.
pub(crate) fn field(kind: ServiceType, name: &str) -> &'static str {
    match (kind, name) {
        (ServiceType::Slack, "bot_token") => t!(service.f_slack_bot_token),
        (ServiceType::Slack, _) => t!(service.f_slack_channel_id),
        (ServiceType::Chatwork, "api_token") => t!(service.f_chatwork_api_token),
        (ServiceType::Chatwork, _) => t!(service.f_chatwork_room_id),
        (ServiceType::Teams, _) => t!(service.f_teams_url),
        (ServiceType::GoogleChat, _) => t!(service.f_google_chat_url),
        (ServiceType::Line, "channel_access_token") => t!(service.f_line_token),
        (ServiceType::Line, "channel_secret") => t!(service.f_line_secret),
        (ServiceType::Line, _) => t!(service.f_line_to),
        (ServiceType::LineWorks, "client_id") => t!(service.f_works_client_id),
        (ServiceType::LineWorks, "client_secret") => t!(service.f_works_client_secret),
        (ServiceType::LineWorks, "service_account") => t!(service.f_works_account),
        (ServiceType::LineWorks, "private_key") => t!(service.f_works_key),
        (ServiceType::LineWorks, "bot_id") => t!(service.f_works_bot),
        (ServiceType::LineWorks, _) => t!(service.f_works_channel),
        (ServiceType::Webhook, _) => t!(service.f_webhook_url),
    }
}

/// What helps with a credential, under its field.
pub(super) fn note(kind: ServiceType, name: &str) -> Option<&'static str> {
    Some(match (kind, name) {
        (ServiceType::Slack, "channel_id") => t!(service.n_slack_channel_id),
        (ServiceType::Chatwork, "room_id") => t!(service.n_chatwork_room_id),
        (ServiceType::Teams | ServiceType::GoogleChat, "url") => t!(service.n_url),
        (ServiceType::Line, "channel_secret") => t!(service.n_line_secret),
        (ServiceType::Line, "to") => t!(service.n_line_to),
        (ServiceType::LineWorks, "private_key") => t!(service.n_works_key),
        (ServiceType::Webhook, "url") => t!(service.n_webhook_url),
        _ => return None,
    })
}

/// How a credential looks: shown while its field is empty.
pub(super) fn looks(kind: ServiceType, name: &str) -> &'static str {
    match (kind, name) {
        (ServiceType::Slack, "bot_token") => "xoxb-…",
        (ServiceType::Slack, _) => "C0123456789",
        (ServiceType::Chatwork, "room_id") => "https://www.chatwork.com/#!rid…",
        (ServiceType::GoogleChat, _) => "https://chat.googleapis.com/v1/spaces/…",
        (ServiceType::Line, "to") => "C0123456789abcdef…",
        (ServiceType::LineWorks, "service_account") => "….serviceaccount@…",
        (ServiceType::LineWorks, "private_key") => "-----BEGIN PRIVATE KEY-----",
        (ServiceType::Teams | ServiceType::Webhook, _) => "https://…",
        _ => "",
    }
}

/// What a rule tells of.
pub(crate) fn event(event: NotifyEvent) -> &'static str {
    match event {
        NotifyEvent::MissedCall => t!(notify.missed_call),
        NotifyEvent::Voicemail => t!(notify.voicemail),
        NotifyEvent::Fax => t!(notify.fax),
        NotifyEvent::ForwardedCall => t!(notify.forwarded_call),
    }
}

/// The same in one line more.
pub(crate) fn event_hint(event: NotifyEvent) -> &'static str {
    match event {
        NotifyEvent::MissedCall => t!(notify.missed_call_hint),
        NotifyEvent::Voicemail => t!(notify.voicemail_hint),
        NotifyEvent::Fax => t!(notify.fax_hint),
        NotifyEvent::ForwardedCall => t!(notify.forwarded_call_hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_is_found_by_its_key_and_every_credential_has_a_name_of_its_own() {
        for kind in ServiceType::ALL {
            assert_eq!(of_key(key(kind)), Some(kind));
            let mut names: Vec<_> = kind.fields().iter().map(|it| field(kind, it.name)).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), kind.fields().len(), "{kind:?}");
        }
        assert_eq!(of_key("mail"), None);
    }
}
