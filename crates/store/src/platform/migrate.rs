//! The twin migrations, embedded, and what they end up as.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Bool, Text};
use diesel::{RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Damaged, Db, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// What closes sets of words; the same on both databases.
const CLOSED_SETS: &str =
    include_str!("../../../../migrations/sqlite/2026-11-29-000000_closed_sets/up.sql");

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
    // The databases say at most which constraint refused a migration, never which row.
    outcome.map_err(|error| match outside_closed_sets(conn) {
        Some(damaged) => StoreError::Damaged(damaged),
        None => StoreError::Migration(error.to_string()),
    })
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    id: String,
}

/// A row with a word outside a closed set, if there is one: why a migration was refused.
fn outside_closed_sets(conn: &mut Conn) -> Option<Damaged> {
    CLOSED_SETS.split(';').find_map(|statement| {
        let (_, rest) = statement.split_once("ALTER TABLE ")?;
        let (table, rest) = rest.split_once(' ')?;
        let check = rest.split_once("CHECK (")?.1.strip_suffix(')')?;
        let (column, _) = check.split_once(' ')?;
        let find = format!("SELECT id FROM {table} WHERE NOT ({check}) LIMIT 1");
        // A table that is not there yet has nothing to find.
        let found: Vec<Found> = sql_query(find).load(conn).ok()?;
        found.into_iter().next().map(|Found { id }| Damaged { table, column, id })
    })
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

/// Carries out a statement past all types, as another program may: for tests of damage and of
/// upgrades. Answers how many rows it touched.
///
/// # Errors
/// When the database refuses.
pub async fn tamper(db: &Db, statement: impl Into<String>) -> Result<usize, StoreError> {
    let statement = sql_query(statement);
    db.write(move |conn| Ok(crate::on_each!(conn, |c| statement.execute(c))?)).await
}

/// Takes migrations back until `version` (`2026-11-29-000000`) is undone: for tests of upgrades.
///
/// # Errors
/// When a migration cannot be taken back, or there is no such version.
pub async fn step_back(db: &Db, version: &str) -> Result<(), StoreError> {
    let wanted = version.replace('-', "");
    db.read(move |conn| {
        loop {
            let undone = match conn {
                Conn::Postgres(c) => c.revert_last_migration(POSTGRES),
                Conn::Sqlite(c) => c.revert_last_migration(SQLITE),
            };
            let undone = undone.map_err(|error| StoreError::Migration(error.to_string()))?;
            if undone.to_string() == wanted {
                return Ok(());
            }
        }
    })
    .await
}
