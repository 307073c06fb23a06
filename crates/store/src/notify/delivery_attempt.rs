//! Attempts to send notices.

use api_types::AttemptOutcome;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::delivery_attempts;
use crate::{Conn, Scope, StoreError, Stored, WorkerScope, insert_many, kinds, row};

kinds! {
    AttemptOutcome {
        Delivered = "delivered",
        HandedOver = "handed_over",
        Retry = "retry",
        BadConfig = "bad_config",
        BadPayload = "bad_payload",
        Unknown = "unknown",
        Interrupted = "interrupted",
    }
}

row! {
    delivery_attempts by id
    /// An attempt to send a notice.
    #[derive(Clone, Debug, Insertable)]
    #[diesel(treat_none_as_default_value = false)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// The delivery.
        pub delivery_id: String,
        /// UUIDv7.
        pub id: String,
        /// When it began.
        pub at: NaiveDateTime,
        /// What it came to.
        pub outcome: Stored<AttemptOutcome>,
        /// HTTP status or SMTP code, where one came.
        pub status: Option<i32>,
        /// Code of what was wrong.
        pub problem: Option<String>,
        /// The answer, shortened and without secrets.
        pub detail: String,
        /// Milliseconds.
        pub duration_ms: i32,
    }
}

/// The attempts of a delivery, the first one first.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope, delivery_id: &str) -> Result<Vec<Row>, StoreError> {
    Ok(delivery_attempts::table
        .filter(delivery_attempts::account_id.eq(scope.account_id()))
        .filter(delivery_attempts::delivery_id.eq(delivery_id))
        .order(delivery_attempts::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// Writes attempts down.
///
/// # Errors
/// When the database refuses.
pub fn record(conn: &mut Conn, _scope: WorkerScope, attempts: &[Row]) -> Result<(), StoreError> {
    insert_many!(conn, delivery_attempts::table, attempts);
    Ok(())
}
