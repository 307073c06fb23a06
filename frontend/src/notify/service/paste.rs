//! What is wrong with something that was pasted, and what to paste instead: what the server would
//! say of it.

use api_types::{FieldCode, FieldFault, ServiceType};

use crate::notify::channel_words;
use crate::page::faults::fault_text;
use crate::t;

/// Words for a fault of a credential of a service.
pub(super) fn words(kind: ServiceType, fault: FieldFault) -> String {
    let fault = fault.of_channel(kind.key());
    let own = fault.words_key().and_then(|key| channel_words::find_text(&key));
    let words = match (own, fault.code) {
        (Some(words), _) => {
            return words.replace("%{value}", fault.value.as_deref().unwrap_or_default());
        }
        (None, FieldCode::IncompleteUrl) => t!(paste.incomplete_url),
        (None, FieldCode::NotHttps) => t!(paste.not_https),
        (None, FieldCode::UrlCredentials) => t!(paste.url_credentials),
        (None, FieldCode::OwnUrl) => t!(paste.own_url),
        (None, FieldCode::PrivateAddress) => t!(paste.private_address),
        (None, FieldCode::InvalidFormat) if fault.pointer.ends_with("/url") => t!(paste.f_url),
        _ => return fault_text(&fault),
    };
    words.to_owned()
}
