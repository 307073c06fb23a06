//! Conditions with a list of texts as one parameter: the statement stays the same however long the
//! list is, so that it is prepared once.

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
    json: String,
}

/// What is none of some texts; see [`none_of`].
#[derive(Clone, Debug)]
pub(crate) struct NoneOf {
    expression: &'static str,
    values: Vec<String>,
    json: String,
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
    let (accounts, ids): (Vec<String>, Vec<String>) =
        keys.into_iter().map(|(account_id, id)| (account_id.to_owned(), id.to_owned())).unzip();
    let pairs: Vec<_> = accounts.iter().zip(&ids).collect();
    let json = serde_json::json!(pairs).to_string();
    Keyed { table, accounts, ids, json }
}

impl Keyed {
    /// Whether it names no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Whether the SQL `expression` is none of `values`.
pub(crate) fn none_of(expression: &'static str, values: &[String]) -> NoneOf {
    let json = serde_json::json!(values).to_string();
    NoneOf { expression, values: values.to_vec(), json }
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
        pass.push_sql("(account_id, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(");
        pass.push_bind_param::<Text, _>(&self.json)?;
        pass.push_sql("))");
        Ok(())
    }
}

impl QueryFragment<Pg> for NoneOf {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql(self.expression);
        pass.push_sql(" <> ALL (");
        pass.push_bind_param::<Array<Text>, _>(&self.values)?;
        pass.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for NoneOf {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql(self.expression);
        pass.push_sql(" NOT IN (SELECT value FROM json_each(");
        pass.push_bind_param::<Text, _>(&self.json)?;
        pass.push_sql("))");
        Ok(())
    }
}

/// A condition that each database writes in its own way.
macro_rules! condition {
    ($type:ty) => {
        impl Expression for $type {
            type SqlType = Bool;
        }

        impl<From> AppearsOnTable<From> for $type {}

        impl<GroupBy> ValidGrouping<GroupBy> for $type {
            type IsAggregate = is_aggregate::Never;
        }

        impl QueryId for $type {
            type QueryId = ();
            // The text decides, not the type: it names a table.
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl QueryFragment<MultiBackend> for $type {
            fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
                MultiBackend::walk_variant_ast(self, pass)
            }
        }
    };
}

condition!(Keyed);
condition!(NoneOf);
