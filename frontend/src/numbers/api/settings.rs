//! 着信なりわけ, 発信外線番号, and settings taken over from another number.

use api_types::{
    BlockImportUndone, CopiedSettings, CopySettings, OutboundNumber, OutboundNumberPut, Ringing,
    RingingPut,
};

use crate::platform::api::{Client, ClientError, Versioned};

/// Which IDs ring for a number; the version is the number's.
pub async fn ringing(client: Client, number_id: &str) -> Result<Versioned<Ringing>, ClientError> {
    client.get(&format!("/numbers/{number_id}/ringing")).await
}

/// Switches IDs; the version that comes back is the number's.
pub async fn put_ringing(
    client: Client,
    number_id: &str,
    version: u64,
    put: &RingingPut,
) -> Result<Versioned<Ringing>, ClientError> {
    client.write("PUT", &format!("/numbers/{number_id}/ringing"), put, Some(version)).await
}

/// Sets the number that an ID calls out with; the version that comes back is the ID's.
pub async fn put_outbound_number(
    client: Client,
    phone_id: &str,
    version: u64,
    number_id: Option<String>,
) -> Result<Versioned<OutboundNumber>, ClientError> {
    let put = OutboundNumberPut { number_id: Some(number_id) };
    client.write("PUT", &format!("/ids/{phone_id}/outbound-number"), &put, Some(version)).await
}

/// Takes settings over from another number, or says what that would change.
pub async fn copy_settings(
    client: Client,
    number_id: &str,
    copy: &CopySettings,
) -> Result<CopiedSettings, ClientError> {
    client
        .write("POST", &format!("/numbers/{number_id}/copy-settings"), copy, None)
        .await
        .map(|answer| answer.body)
}

/// Takes the entries back that were taken over with settings.
pub async fn undo_copied_entries(
    client: Client,
    number_id: &str,
    import_id: &str,
) -> Result<BlockImportUndone, ClientError> {
    client
        .write(
            "POST",
            &format!("/numbers/{number_id}/block-list/imports/{import_id}/undo"),
            &(),
            None,
        )
        .await
        .map(|answer| answer.body)
}
