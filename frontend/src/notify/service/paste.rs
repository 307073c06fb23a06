//! What is wrong with something that was pasted, and what to paste instead: what the server would
//! say of it.

use api_types::{FieldCode, FieldFault};

use crate::page::editor::fault_text;
use crate::t;

/// Words for a fault of the credential `name`.
pub(super) fn words(name: &str, fault: &FieldFault) -> String {
    let words = match (fault.code, name) {
        (FieldCode::NotBotToken, _) => {
            return t!(paste.not_bot_token, value = fault.value.clone().unwrap_or_default());
        }
        (FieldCode::RotatingToken, _) => t!(paste.rotating_token),
        (FieldCode::ChannelName, _) => t!(paste.channel_name),
        (FieldCode::RetiredConnector, _) => t!(paste.retired_connector),
        (FieldCode::NotTeamsWorkflow, _) => t!(paste.not_teams_workflow),
        (FieldCode::NotGoogleChatWebhook, _) => t!(paste.not_google_chat_webhook),
        (FieldCode::IncompleteUrl, _) => t!(paste.incomplete_url),
        (FieldCode::NotHttps, _) => t!(paste.not_https),
        (FieldCode::LineNotifyToken, _) => t!(paste.line_notify_token),
        (FieldCode::LineDisplayId, _) => t!(paste.line_display_id),
        (FieldCode::Pkcs1Key, _) => t!(paste.pkcs1_key),
        (FieldCode::EncryptedKey, _) => t!(paste.encrypted_key),
        (FieldCode::NotPrivateKey, _) => t!(paste.not_private_key),
        (FieldCode::UrlCredentials, _) => t!(paste.url_credentials),
        (FieldCode::OwnUrl, _) => t!(paste.own_url),
        (FieldCode::PrivateAddress, _) => t!(paste.private_address),
        (FieldCode::InvalidFormat, "bot_token") => t!(paste.f_bot_token),
        (FieldCode::InvalidFormat, "api_token") => t!(paste.f_api_token),
        (FieldCode::InvalidFormat, "room_id") => t!(paste.f_room_id),
        (FieldCode::InvalidFormat, "channel_access_token") => t!(paste.f_channel_access_token),
        (FieldCode::InvalidFormat, "channel_secret") => t!(paste.f_channel_secret),
        (FieldCode::InvalidFormat, "to") => t!(paste.f_to),
        (FieldCode::InvalidFormat, "client_id") => t!(paste.f_client_id),
        (FieldCode::InvalidFormat, "client_secret") => t!(paste.f_client_secret),
        (FieldCode::InvalidFormat, "service_account") => t!(paste.f_service_account),
        (FieldCode::InvalidFormat, "bot_id") => t!(paste.f_bot_id),
        (FieldCode::InvalidFormat, "channel_id") => t!(paste.f_channel_id),
        (FieldCode::InvalidFormat, "url") => t!(paste.f_url),
        _ => return fault_text(fault),
    };
    words.to_owned()
}
