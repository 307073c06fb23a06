//! Audio and faxes of calls: what is known of them; the bytes lie elsewhere.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::{attachments, uploads};
use crate::{Conn, Scope, StoreError};

/// A file that a switch has handed in, before an event says whose it is.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads)]
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

/// A file of a call, and the one link that leads to it from outside.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// UUIDv7; the upload's.
    pub id: String,
    /// The event.
    pub call_event_id: String,
    /// `audio` or `fax`.
    pub kind: String,
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

/// One attachment.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(attachments::table.find((scope.account_id(), id)).select(Row::as_select()).first(conn).optional()?)
}
