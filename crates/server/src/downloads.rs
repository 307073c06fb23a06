//! Links to recordings and faxes: expiring, unguessable, revocable.

use store::attachment;
use url::Url;

use crate::crypto::Secrets;

/// The links to an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The page with player and transcript.
    pub page: String,
    /// The bytes.
    pub file: String,
}

/// The links to an attachment, the same every time until it is revoked.
pub fn links(secrets: &Secrets, public_url: &Url, row: &attachment::Row) -> Links {
    let token = token(secrets, row);
    let page = public_url.join(&format!("downloads/{token}")).map(String::from).unwrap_or_default();
    let file = public_url.join(&format!("downloads/{token}/{}", row.file_name)).map(String::from).unwrap_or_default();
    Links { page, file }
}

fn token(secrets: &Secrets, row: &attachment::Row) -> String {
    let mac = secrets.keyed_hash(&format!("downloads/{}/{}", row.id, row.link_serial));
    format!("{}{}", row.id.replace('-', ""), &mac[..40])
}
