//! Rows of any accounts by their primary keys, in one statement whose text is always the same.

use std::cell::OnceCell;

use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Text};
use diesel::sqlite::Sqlite;

use crate::platform::conn::MultiBackend;

/// Rows by their primary keys; see [`keyed`].
#[derive(Clone, Debug)]
pub(crate) struct Keyed {
    table: &'static str,
    accounts: Vec<String>,
    ids: Vec<String>,
    /// The same as SQLite takes it: pairs of account and id.
    json: OnceCell<String>,
}

/// Rows of `table`, whose primary key is `(account_id, id)`, by that key.
///
/// PostgreSQL looks each up, whatever it believes of the table: of a queue that has just filled or
/// emptied its statistics are wrong, and it would rather read all rows of the account. Further
/// conditions of the statement must not tempt it to; see [`crate::notify::outbox`].
pub(crate) fn keyed<'a>(
    table: &'static str,
    keys: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Keyed {
    let (accounts, ids) =
        keys.into_iter().map(|(account_id, id)| (account_id.to_owned(), id.to_owned())).unzip();
    Keyed { table, accounts, ids, json: OnceCell::new() }
}

impl Keyed {
    /// Whether it names no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl QueryFragment<Pg> for Keyed {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // OFFSET 0 keeps the inner query as it is: one look-up per key.
        pass.push_sql("ctid = ANY (ARRAY (SELECT found.ctid FROM unnest(");
        pass.push_bind_param::<Array<Text>, _>(&self.accounts)?;
        pass.push_sql(", ");
        pass.push_bind_param::<Array<Text>, _>(&self.ids)?;
        pass.push_sql(") AS wanted (account_id, id) CROSS JOIN LATERAL (SELECT kept.ctid FROM ");
        pass.push_identifier(self.table)?;
        pass.push_sql(
            " kept WHERE kept.account_id = wanted.account_id AND kept.id = wanted.id OFFSET 0) \
             AS found))",
        );
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Keyed {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let pairs = || self.accounts.iter().zip(&self.ids).collect::<Vec<_>>();
        let json = self.json.get_or_init(|| serde_json::json!(pairs()).to_string());
        pass.push_sql("(account_id, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(");
        pass.push_bind_param::<Text, _>(json)?;
        pass.push_sql("))");
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for Keyed {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, pass)
    }
}

impl Expression for Keyed {
    type SqlType = Bool;
}

impl<From> AppearsOnTable<From> for Keyed {}

impl<GroupBy> ValidGrouping<GroupBy> for Keyed {
    type IsAggregate = is_aggregate::Never;
}

impl QueryId for Keyed {
    type QueryId = ();
    // The text decides, not the type: it names a table.
    const HAS_STATIC_QUERY_ID: bool = false;
}
