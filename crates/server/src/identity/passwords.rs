//! Passwords of IDs.

use api_types::{AuditAction, AuditObject, FieldCode, PhoneIdKind};
use store::identity::{password_reset, session};
use store::numbers::phone_id;
use store::{Conn, Scope};

use crate::error::Failure;
use crate::identity::digest::Digest;
use crate::identity::tokens::sign_out_softphones;
use crate::platform::change::{Ctx, locked, record};
use crate::platform::crypto::{self, SealError, Secrets};
use crate::platform::spelling;

/// A password that is ready to be stored. Made before the transaction: hashing takes tens of
/// milliseconds, and no one should wait for the write lock that long.
#[derive(Clone)]
pub struct PreparedPassword {
    plain: String,
    pub(crate) hash: Option<String>,
    generated: bool,
    realm: String,
}

impl PreparedPassword {
    /// Hashes for the basic ID, keeps for sealing for an additional one; makes a password when none
    /// is given. Slow: call it on a blocking thread. `realm` is that of digest authentication.
    pub fn new(realm: &str, kind: PhoneIdKind, given: Option<String>) -> Self {
        let generated = given.is_none();
        let plain = given
            .map_or_else(crypto::new_password, |typed| spelling::password(&typed).into_owned());
        let hash = (kind == PhoneIdKind::Basic).then(|| crypto::hash_password(&plain));
        Self { plain, hash, generated, realm: realm.to_owned() }
    }

    /// The password, when it was made here: to be shown once.
    pub fn generated(&self) -> Option<String> {
        self.generated.then(|| self.plain.clone())
    }

    pub(crate) fn stored(
        &self,
        secrets: &Secrets,
        phone_id: &str,
        login_id: &str,
    ) -> Result<phone_id::Password, SealError> {
        let hash = self.hash.clone();
        Ok(if hash.is_some() {
            let digest = Digest::new(login_id, &self.realm, &self.plain);
            let digest = Some(digest.sealed(secrets, phone_id)?);
            phone_id::Password { hash, sealed: None, digest }
        } else {
            let sealed = secrets.seal(&password_place(phone_id), self.plain.as_bytes())?;
            phone_id::Password { hash, sealed: Some(sealed), digest: None }
        })
    }
}

/// Where an additional ID's password is sealed for.
pub fn password_place(phone_id: &str) -> String {
    format!("phone_ids.sealed_password/{phone_id}")
}

/// Refuses a password that contains the login id.
///
/// # Errors
/// `contains_login_id` at `pointer`.
pub fn check_password(pointer: &str, login_id: &str, password: &str) -> Result<(), Failure> {
    if password.to_lowercase().contains(&login_id.to_lowercase()) {
        return Err(Failure::field(pointer, FieldCode::ContainsLoginId));
    }
    Ok(())
}

/// Whom a new password has signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedOut {
    /// Sessions of the portal.
    pub sessions: usize,
    /// Softphones.
    pub softphones: usize,
}

/// Sets the password of an ID, and ends its sessions but the one with the id `keep`, and its
/// softphones.
///
/// # Errors
/// `not_found`, or `stale` when the kind changed since `password` was prepared.
pub fn set_password(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    secrets: &Secrets,
    id: &str,
    password: &PreparedPassword,
    keep: Option<&str>,
) -> Result<SignedOut, Failure> {
    locked(conn, scope)?;
    let row = phone_id::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    if row.is_basic() != password.hash.is_some() {
        return Err(Failure::Code(api_types::ErrorCode::Stale));
    }
    phone_id::set_password(
        conn,
        scope,
        id,
        password.stored(secrets, id, &row.login_id)?,
        ctx.at(),
    )?;
    // A link that waits in a mailbox would undo the change.
    password_reset::delete_of_phone_id(conn, scope, id)?;
    let sessions = match keep {
        Some(keep) => session::delete_others(conn, scope, id, keep)?,
        None => session::delete_of_phone_id(conn, scope, id)?,
    };
    record(
        conn,
        scope,
        ctx,
        (AuditObject::PhoneId, id),
        AuditAction::SetPassword,
        Default::default(),
    )?;
    let softphones = sign_out_softphones(conn, scope, ctx, id)?;
    Ok(SignedOut { sessions, softphones })
}
