//! Audio and faxes of calls: what is known of them; the bytes lie elsewhere.

use api_types::AttachmentKind;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::{attachments, uploads};
use crate::{Conn, EntranceScope, Scope, StoreError, Stored, SwitchScope, kinds, row};

kinds! {
    AttachmentKind { Audio = "audio", Fax = "fax" }
}

row! {
    uploads by id
    /// A file that a switch has handed in, before an event says whose it is.
    #[derive(Clone, Debug, Insertable)]
    pub struct Upload {
        /// UUIDv7.
        pub id: String,
        /// Id of the switch's key.
        pub switch_id: String,
        /// Media type, as we recognised it.
        pub content_type: String,
        /// Bytes.
        pub size_bytes: i64,
        /// Length of a recording in milliseconds, where it is known.
        pub duration_ms: Option<i32>,
        /// Where the bytes lie.
        pub object_key: String,
        /// When it came.
        pub created_at: NaiveDateTime,
    }
}

row! {
    attachments by id
    /// A file of a call, and the one link that leads to it from outside.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7; the upload's.
        pub id: String,
        /// The event.
        pub call_event_id: String,
        /// A recording or a fax.
        pub kind: Stored<AttachmentKind>,
        /// Media type.
        pub content_type: String,
        /// ASCII, with an ending that fits the type: `voicemail-20261122-0915.m4a`.
        pub file_name: String,
        /// Bytes.
        pub size_bytes: i64,
        /// Length of a recording in milliseconds, where it is known.
        pub duration_ms: Option<i32>,
        /// Where the bytes lie.
        pub object_key: String,
        /// Part of the link's token: counting it up revokes the link and makes another.
        pub link_serial: i32,
        /// Until when the link works.
        pub link_expires_at: NaiveDateTime,
        /// When its owner revoked the link.
        pub link_revoked_at: Option<NaiveDateTime>,
        /// How often the bytes were fetched through the link.
        pub downloads: i64,
        /// When they last were.
        pub last_download_at: Option<NaiveDateTime>,
        /// When it was made.
        pub created_at: NaiveDateTime,
    }
}

/// One attachment.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(attachments::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Some attachments.
///
/// # Errors
/// When the database does not answer.
pub fn with_ids(conn: &mut Conn, scope: &Scope, ids: &[&str]) -> Result<Vec<Row>, StoreError> {
    Ok(attachments::table
        .filter(attachments::account_id.eq(scope.account_id()))
        .filter(attachments::id.eq_any(ids))
        .select(Row::as_select())
        .load(conn)?)
}

/// The attachment that a link leads to.
///
/// # Errors
/// When the database does not answer.
pub fn of_link(
    conn: &mut Conn,
    _scope: EntranceScope,
    id: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(attachments::table
        .filter(attachments::id.eq(id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Adds an attachment.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: &Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(attachments::table).values(row).execute(conn)?;
    Ok(())
}

/// Ends the link.
///
/// # Errors
/// When the database refuses.
pub fn revoke_link(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(attachments::table.find((scope.account_id(), id)))
        .filter(attachments::link_revoked_at.is_null())
        .set(attachments::link_revoked_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Makes another link in the place of one that has ended.
///
/// # Errors
/// When the database refuses.
pub fn renew_link(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    expires_at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(attachments::table.find((scope.account_id(), id)))
        .set((
            attachments::link_serial.eq(attachments::link_serial + 1),
            attachments::link_expires_at.eq(expires_at),
            attachments::link_revoked_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Counts that the bytes were fetched through the link.
///
/// # Errors
/// When the database refuses.
pub fn count_download(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(attachments::table.find((scope.account_id(), id)))
        .set((
            attachments::downloads.eq(attachments::downloads + 1),
            attachments::last_download_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps what is known of a file that was handed in; its bytes are there already.
///
/// # Errors
/// When the database refuses.
pub fn insert_upload(conn: &mut Conn, _scope: SwitchScope, row: &Upload) -> Result<(), StoreError> {
    diesel::insert_into(uploads::table).values(row).execute(conn)?;
    Ok(())
}

/// Those of some files that no event has claimed yet.
///
/// # Errors
/// When the database does not answer.
pub fn uploads(
    conn: &mut Conn,
    _scope: SwitchScope,
    ids: &[&str],
) -> Result<Vec<Upload>, StoreError> {
    Ok(uploads::table.filter(uploads::id.eq_any(ids)).select(Upload::as_select()).load(conn)?)
}

/// Takes a file for an event; answers whether it was still there.
///
/// # Errors
/// When the database refuses.
pub fn claim(conn: &mut Conn, _scope: SwitchScope, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(uploads::table.find(id)).execute(conn)? == 1)
}

/// Files whose time is over: unclaimed ones from before `unclaimed`, and those of calls from before
/// `kept`, `limit` of each at most; id and where the bytes lie.
///
/// # Errors
/// When the database does not answer.
pub fn over(
    conn: &mut Conn,
    _scope: EntranceScope,
    unclaimed: NaiveDateTime,
    kept: NaiveDateTime,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut found: Vec<(String, String)> = uploads::table
        .filter(uploads::created_at.lt(unclaimed))
        .limit(limit)
        .select((uploads::id, uploads::object_key))
        .load(conn)?;
    let of_calls: Vec<(String, String)> = attachments::table
        .filter(attachments::created_at.lt(kept))
        .limit(limit)
        .select((attachments::id, attachments::object_key))
        .load(conn)?;
    found.extend(of_calls);
    Ok(found)
}

/// Forgets files whose bytes are gone.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, _scope: EntranceScope, ids: &[String]) -> Result<usize, StoreError> {
    let uploads = diesel::delete(uploads::table.filter(uploads::id.eq_any(ids))).execute(conn)?;
    Ok(uploads
        + diesel::delete(attachments::table.filter(attachments::id.eq_any(ids))).execute(conn)?)
}

/// Those of these ids that something is known of.
///
/// # Errors
/// When the database does not answer.
pub fn known(
    conn: &mut Conn,
    _scope: EntranceScope,
    ids: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut found: Vec<String> =
        uploads::table.filter(uploads::id.eq_any(ids)).select(uploads::id).load(conn)?;
    let of_calls: Vec<String> = attachments::table
        .filter(attachments::id.eq_any(ids))
        .select(attachments::id)
        .load(conn)?;
    found.extend(of_calls);
    Ok(found)
}
