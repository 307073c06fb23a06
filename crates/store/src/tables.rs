//! Every table that the queries know.

use diesel::prelude::*;

use crate::numbers::number::numbers;
use crate::platform::schema::*;
use crate::{Conn, StoreError};

macro_rules! probe {
    ($conn:expr, $($table:ident)+) => {{
        $($table::table.limit(0).execute($conn)?;)+
        Ok(vec![$(stringify!($table)),+])
    }};
}

/// Asks for every column of every table, and answers the names of those tables.
///
/// # Errors
/// When a table or a column is not there.
pub fn probe_tables(conn: &mut Conn) -> Result<Vec<&'static str>, StoreError> {
    probe!(conn,
        accounts route_changes route_position switch_reports api_keys notify_rules numbers phone_ids
        terminals silent_targets sessions password_resets sign_in_attempts service_keys signing_keys
        refresh_tokens sign_in_links audit_log idempotency_keys block_entries removed_block_entries
        block_imports call_events notify_services uploads attachments deliveries delivery_attempts
        paces)
}
