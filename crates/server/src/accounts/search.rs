//! Looking for contracts.

use api_types::{Caller, FieldCode, OperatorAccountQuery};
use store::accounts::account;
use store::numbers::number;
use store::{Conn, EntranceScope, OperatorScope};

use crate::error::Failure;
use crate::platform::change::trimmed;
use crate::platform::spelling;

/// Contracts that are read at once while looking for a name.
const BATCH: i64 = 1_000;

/// Which contracts are wanted; all that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    reference: Option<String>,
    /// As [`spelling::search`] writes it.
    name: Option<String>,
    /// In E.164.
    number: Option<String>,
}

impl Wanted {
    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong with `?number`.
    pub fn new(query: &OperatorAccountQuery) -> Result<Self, Failure> {
        let number = |text: &String| match Caller::from_network(text) {
            Ok(Caller::Number { number, .. }) => Ok(number.e164().to_owned()),
            Ok(Caller::NoNumber(_)) => Err(Failure::field("?number", FieldCode::NoNumberGiven)),
            Ok(_) => Err(Failure::field("?number", FieldCode::InvalidFormat)),
            Err(error) => Err(Failure::Fields(vec![error.fault("?number")])),
        };
        Ok(Self {
            reference: query.reference.as_deref().map(trimmed),
            name: query.name.as_deref().map(spelling::search).filter(|name| !name.is_empty()),
            number: query.number.as_ref().map(number).transpose()?,
        })
    }

    fn has_name(&self, row: &account::Row) -> bool {
        self.name.as_ref().is_none_or(|name| spelling::search(&row.name).contains(name))
    }

    /// The only contract that can fit; `None` where any one can.
    fn only(
        &self,
        conn: &mut Conn,
        operator: OperatorScope,
    ) -> Result<Option<Option<account::Row>>, Failure> {
        let named = match &self.reference {
            Some(reference) => Some(account::find_reference(conn, operator, reference)?),
            None => None,
        };
        let Some(e164) = &self.number else { return Ok(named) };
        let owner = match number::owner(conn, EntranceScope::authenticating(), e164)? {
            Some(id) => account::find(conn, &operator.account(id))?,
            None => None,
        };
        let is_named = |row: &account::Row| {
            named
                .as_ref()
                .is_none_or(|named| named.as_ref().is_some_and(|named| named.id == row.id))
        };
        Ok(Some(owner.filter(is_named)))
    }
}

/// The wanted contracts after the id `after` in the order of their making, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    operator: OperatorScope,
    wanted: &Wanted,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<account::Row>, Failure> {
    if let Some(only) = wanted.only(conn, operator)? {
        let is_next = |row: &account::Row| after.is_none_or(|after| row.id.as_str() > after);
        return Ok(only.into_iter().filter(|row| is_next(row) && wanted.has_name(row)).collect());
    }
    if wanted.name.is_none() {
        return Ok(account::list(conn, operator, after, limit)?);
    }
    // No database folds width as we do, and an operator looks for a name by hand.
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut found, mut after) = (Vec::new(), after.map(str::to_owned));
    loop {
        let rows = account::list(conn, operator, after.as_deref(), BATCH)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id.clone());
        found.extend(rows.into_iter().filter(|row| wanted.has_name(row)));
        if found.len() >= limit {
            found.truncate(limit);
            break;
        }
    }
    Ok(found)
}
