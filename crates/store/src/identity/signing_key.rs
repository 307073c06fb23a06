//! What access tokens and snapshots are signed with.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::signing_keys;
use crate::{Conn, EntranceScope, OperatorScope, StoreError, row};

row! {
    signing_keys by kid
    /// A key pair.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// Thumbprint of the public key (RFC 7638), in base64url.
        pub kid: String,
        /// JSON Web Key (RFC 7517) of the public key.
        pub public_jwk: String,
        /// PKCS #8 of the private key, sealed.
        pub sealed_private: String,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// From when it signs.
        pub signs_from: NaiveDateTime,
        /// From when it is published no longer; `None` = not known yet.
        pub retired_at: Option<NaiveDateTime>,
    }
}

/// The keys that are published at `now`, the one that signs last.
///
/// # Errors
/// When the database does not answer.
pub fn published(
    conn: &mut Conn,
    _scope: EntranceScope,
    now: NaiveDateTime,
) -> Result<Vec<Row>, StoreError> {
    Ok(signing_keys::table
        .filter(signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(now)))
        .order((signing_keys::signs_from, signing_keys::kid))
        .select(Row::as_select())
        .load(conn)?)
}

/// Adds the first key, on the first start. Two processes may do so at once: both keys are good
/// then, and all agree on which one signs.
///
/// # Errors
/// When the database refuses.
pub fn insert_first(conn: &mut Conn, _scope: EntranceScope, row: Row) -> Result<(), StoreError> {
    diesel::insert_into(signing_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// Adds a key, and lets the others go at `retired_at` at the latest.
///
/// # Errors
/// When the database refuses.
pub fn rotate(
    conn: &mut Conn,
    _scope: OperatorScope,
    row: Row,
    retired_at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(
        signing_keys::table
            .filter(signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(retired_at))),
    )
    .set(signing_keys::retired_at.eq(Some(retired_at)))
    .execute(conn)?;
    diesel::insert_into(signing_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// Every key that there ever was, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, _scope: OperatorScope) -> Result<Vec<Row>, StoreError> {
    Ok(signing_keys::table
        .order((signing_keys::signs_from, signing_keys::kid))
        .select(Row::as_select())
        .load(conn)?)
}
