//! The twin migrations, embedded, and what they end up as.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Bool, Text};
use diesel::{QueryDsl, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Db, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

pub(crate) fn run(conn: &mut Conn) -> Result<(), StoreError> {
    let outcome = match conn {
        Conn::Postgres(c) => {
            // Two replicas may start at once; the second waits here and finds nothing to do.
            sql_query("SELECT pg_advisory_lock(3620917)").execute(c)?;
            let outcome = c.run_pending_migrations(POSTGRES).map(drop);
            sql_query("SELECT pg_advisory_unlock(3620917)").execute(c)?;
            outcome
        }
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(drop),
    };
    outcome.map_err(|error| StoreError::Migration(error.to_string()))
}

/// A column as the database itself describes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub struct Column {
    /// The table.
    #[diesel(sql_type = Text)]
    pub table_name: String,
    /// The column.
    #[diesel(sql_type = Text)]
    pub column_name: String,
    /// Its type, by the name that both databases have for it: `text`, `boolean`, `integer`,
    /// `bigint`, `timestamp` or `blob`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Whether it may be NULL.
    #[diesel(sql_type = Bool)]
    pub nullable: bool,
}

/// Every column of every table of ours, sorted: the twins must agree on it.
///
/// # Errors
/// When the database does not answer.
pub async fn describe_schema(db: &Db) -> Result<Vec<Column>, StoreError> {
    db.read(|conn| {
        let mut columns: Vec<Column> = match conn {
            Conn::Postgres(c) => sql_query(
                "SELECT table_name::text, column_name::text, replace(replace(data_type::text, ' \
                    without time zone', ''), 'bytea', 'blob') AS kind, is_nullable = 'YES' AS \
                    nullable FROM information_schema.columns WHERE table_schema = current_schema() \
                    AND table_name NOT LIKE '\\_\\_%'",
            )
            .load(c)?,
            Conn::Sqlite(c) => sql_query(
                "SELECT m.name AS table_name, p.name AS column_name, lower(p.type) AS kind, \
                    p.\"notnull\" = 0 AS nullable FROM sqlite_master m JOIN \
                    pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE \
                    '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
            )
            .load(c)?,
        };
        columns.sort();
        Ok(columns)
    })
    .await
}

/// Writes a text into every row of a column past its type, as a bad disk or another program may:
/// for tests of what becomes of damage. Answers how many rows there were.
///
/// # Errors
/// When the database refuses: a `CHECK` stands there.
pub async fn damage(
    db: &Db,
    table: &'static str,
    column: &'static str,
    text: &'static str,
) -> Result<usize, StoreError> {
    db.write(move |conn| {
        let statement = sql_query(format!("UPDATE {table} SET {column} = '{text}'"));
        Ok(crate::on_each!(conn, |c| statement.execute(c))?)
    })
    .await
}

/// Takes the newest migration back: for tests of upgrades from the version before.
///
/// # Errors
/// When the migration cannot be taken back.
pub async fn step_back(db: &Db) -> Result<(), StoreError> {
    db.read(|conn| {
        let outcome = match conn {
            Conn::Postgres(c) => c.revert_last_migration(POSTGRES).map(drop),
            Conn::Sqlite(c) => c.revert_last_migration(SQLITE).map(drop),
        };
        outcome.map_err(|error| StoreError::Migration(error.to_string()))
    })
    .await
}

macro_rules! probe {
    ($conn:expr, $($table:ident)+) => {{
        $(crate::platform::schema::$table::table.limit(0).execute($conn)?;)+
        Ok(vec![$(stringify!($table)),+])
    }};
}

/// Asks for every column of every table that the queries know, and answers the names of those
/// tables.
///
/// # Errors
/// When a table or a column is not there.
pub fn probe_tables(conn: &mut Conn) -> Result<Vec<&'static str>, StoreError> {
    probe!(conn,
        accounts route_changes route_position switch_reports api_keys notify_rules numbers phone_ids terminals silent_targets sessions password_resets sign_in_attempts
        service_keys signing_keys refresh_tokens sign_in_links audit_log idempotency_keys block_entries removed_block_entries block_imports call_events notify_services
        uploads attachments deliveries delivery_attempts paces)
}
