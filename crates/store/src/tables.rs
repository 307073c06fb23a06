//! Every table that the queries know.

use api_types::{
    AccountStatus, AttachmentKind, AttemptOutcome, BlockImportState, BlockMatch, DeliveryState,
    NumberKind, PhoneIdKind,
};
use diesel::prelude::*;

use crate::calls::call_event::{Direction, Outcome};
use crate::identity::service_key::KeyKind;
use crate::numbers::number::numbers;
use crate::platform::schema::*;
use crate::{Conn, Kind, StoreError};

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
        terminals registrations silent_targets sessions password_resets sign_in_attempts
        service_keys signing_keys refresh_tokens sign_in_links audit_log idempotency_keys
        block_entries removed_block_entries block_imports call_events notify_services uploads
        attachments deliveries delivery_attempts paces)
}

/// A column whose set of words is closed: the databases refuse others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedSet {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The words.
    pub words: Vec<&'static str>,
}

fn closed<K: Kind>(table: &'static str, column: &'static str) -> ClosedSet {
    ClosedSet { table, column, words: K::ALL.iter().map(|kind| kind.text()).collect() }
}

/// Every closed set.
pub fn closed_sets() -> [ClosedSet; 12] {
    [
        closed::<AccountStatus>("accounts", "status"),
        closed::<NumberKind>("numbers", "kind"),
        closed::<PhoneIdKind>("phone_ids", "kind"),
        closed::<KeyKind>("service_keys", "kind"),
        closed::<BlockMatch>("block_entries", "matching"),
        closed::<BlockMatch>("removed_block_entries", "matching"),
        closed::<BlockImportState>("block_imports", "state"),
        closed::<Direction>("call_events", "direction"),
        closed::<Outcome>("call_events", "outcome"),
        closed::<AttachmentKind>("attachments", "kind"),
        closed::<DeliveryState>("deliveries", "state"),
        closed::<AttemptOutcome>("delivery_attempts", "outcome"),
    ]
}
