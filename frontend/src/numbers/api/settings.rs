//! 着信なりわけ, 発信外線番号, and settings taken over from another number.

use api_types::{
    BlockImportUndone, CopiedSettings, CopySettings, OutboundNumber, OutboundNumberPut, Ringing,
    RingingPut,
};

use crate::platform::api::{Client, Request, Versioned};

/// Which IDs ring for a number; the version is the number's.
pub fn ringing(client: Client, number_id: &str) -> Request<Versioned<Ringing>> {
    client.get(&format!("/numbers/{number_id}/ringing"))
}

/// Switches IDs; the version that comes back is the number's.
pub fn put_ringing(
    client: Client,
    number_id: &str,
    version: u64,
    put: &RingingPut,
) -> Request<Versioned<Ringing>> {
    client.write("PUT", &format!("/numbers/{number_id}/ringing"), put, Some(version))
}

/// Sets the number that an ID calls out with; the version that comes back is the ID's.
pub fn put_outbound_number(
    client: Client,
    phone_id: &str,
    version: u64,
    number_id: Option<String>,
) -> Request<Versioned<OutboundNumber>> {
    let put = OutboundNumberPut { number_id: Some(number_id) };
    client.write("PUT", &format!("/ids/{phone_id}/outbound-number"), &put, Some(version))
}

/// Takes settings over from another number, or says what that would change.
pub fn copy_settings(
    client: Client,
    number_id: &str,
    copy: &CopySettings,
) -> Request<CopiedSettings> {
    client.write("POST", &format!("/numbers/{number_id}/copy-settings"), copy, None).body()
}

/// Takes the entries back that were taken over with settings.
pub fn undo_copied_entries(
    client: Client,
    number_id: &str,
    import_id: &str,
) -> Request<BlockImportUndone> {
    client
        .write(
            "POST",
            &format!("/numbers/{number_id}/block-list/imports/{import_id}/undo"),
            &(),
            None,
        )
        .body()
}
