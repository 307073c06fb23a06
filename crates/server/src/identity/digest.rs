//! What digest authentication asks for (RFC 7616; RFC 8760 for SIP): a hash of login id, realm and
//! password. Whoever has it can register as the terminal, so it is sealed like a password and shown
//! to switches only.

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::numbers::phone_id;

use crate::platform::crypto::{SealError, Secrets, hex};
use crate::platform::spelling;
use crate::platform::state::Platform;

/// HA1 of an ID.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The realm.
    pub realm: String,
    /// With MD5, in lower-case hexadecimal digits.
    pub md5: String,
    /// With SHA-256.
    pub sha256: String,
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digest").field("realm", &self.realm).finish_non_exhaustive()
    }
}

impl Digest {
    /// Of a password.
    pub fn new(login_id: &str, realm: &str, password: &str) -> Self {
        let text = format!("{login_id}:{realm}:{password}");
        Self {
            realm: realm.to_owned(),
            md5: hex(&Md5::digest(&text)),
            sha256: hex(&Sha256::digest(&text)),
        }
    }

    /// Sealed for an ID.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn sealed(&self, secrets: &Secrets, phone_id: &str) -> Result<String, SealError> {
        secrets.seal(&place(phone_id), &serde_json::to_vec(self)?)
    }

    /// Of an ID, in this realm: from the password where that is kept, else as it was sealed; `None`
    /// where its password has not been seen since digests are kept, or was set for another realm.
    pub fn of(secrets: &Secrets, row: &phone_id::Row, realm: &str) -> Option<Self> {
        if let Some(sealed) = &row.sealed_password {
            let password =
                secrets.open(&crate::identity::passwords::password_place(&row.id), sealed).ok()?;
            return Some(Self::new(&row.login_id, realm, &String::from_utf8(password).ok()?));
        }
        let opened = secrets.open(&place(&row.id), row.sealed_digest.as_deref()?).ok()?;
        serde_json::from_slice(&opened).ok().filter(|digest: &Self| digest.realm == realm)
    }

    /// What is to be kept now that the basic ID's password was seen, where that is not kept yet.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn missing(
        app: &Platform,
        row: &phone_id::Row,
        password: &str,
    ) -> Result<Option<String>, SealError> {
        let realm = &app.config.switch.sip_domain;
        let is_missing =
            row.password_hash.is_some() && Self::of(&app.secrets, row, realm).is_none();
        is_missing
            .then(|| Self::new(&row.login_id, realm, &spelling::password(password)))
            .map(|digest| digest.sealed(&app.secrets, &row.id))
            .transpose()
    }
}

fn place(phone_id: &str) -> String {
    format!("phone_ids.sealed_digest/{phone_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7616() {
        // Section 3.9.1 has the answers that follow from these.
        let digest = Digest::new("Mufasa", "http-auth@example.org", "Circle of Life");
        assert_eq!(digest.md5, "3d78807defe7de2157e2b0b6573a855f");
        assert_eq!(
            digest.sha256,
            "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
        );
        assert!(!format!("{digest:?}").contains(&digest.md5));
    }
}
