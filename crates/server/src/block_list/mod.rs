//! 着信拒否: what the API does with a number's block list, inside `Db::read` and `Db::write`.

mod check;
mod copy;
mod entries;
mod exports;
pub mod http;
mod imports;
mod rows;
pub mod rules;

pub use check::*;
pub use copy::copy;
pub use entries::*;
pub use exports::*;
pub use imports::*;
pub use rows::*;

use api_types::{BlockEntry, BlockMatch, BlockPattern, FieldCode, FieldFault};
use chrono::{NaiveDateTime, TimeDelta};
use store::block_list::block_entry;
use store::calls::call_event;
use store::numbers::number;
use store::routing::contract::{self, Contract};
use store::{Conn, Scope};

use crate::block_list::rules::guard::Guard;
use crate::error::Failure;
use crate::platform;
use crate::platform::texts::{Lang, field_message, text};

/// How far back calls are looked at.
pub const LOOK_BACK: TimeDelta = TimeDelta::days(30);

/// How long removed entries can be put back.
pub const REMOVED_KEPT: TimeDelta = TimeDelta::days(30);

/// How long a previewed file is kept.
pub const PREVIEW_KEPT: TimeDelta = TimeDelta::hours(1);

/// What an entry matches.
///
/// # Errors
/// `internal` when the stored pattern is none.
pub fn pattern_of(row: &block_entry::Row) -> Result<BlockPattern, Failure> {
    BlockPattern::from_key(row.matching.0, &row.pattern).ok_or_else(|| {
        Failure::Internal(format!("block_entries.pattern of {} cannot be read", row.id))
    })
}

/// An entry as its holder sees it.
///
/// # Errors
/// `internal` when the stored pattern is none.
pub fn entry(row: &block_entry::Row, now: NaiveDateTime) -> Result<BlockEntry, Failure> {
    let pattern = pattern_of(row)?;
    Ok(BlockEntry {
        id: row.id.clone(),
        caller: row.pattern.clone(),
        caller_text: pattern.japanese(),
        matching: pattern.matching(),
        note: row.note.clone(),
        expires_at: row.expires_at.map(|at| at.and_utc()),
        expired: is_expired(row, now),
        hits: platform::wire::unsigned(row.hits),
        last_hit_at: row.last_hit_at.map(|at| at.and_utc()),
        import_id: row.import_id.clone(),
        created_at: row.created_at.and_utc(),
        version: platform::wire::unsigned(row.version),
    })
}

/// Whether an entry no longer refuses.
pub fn is_expired(row: &block_entry::Row, now: NaiveDateTime) -> bool {
    row.expires_at.is_some_and(|at| at <= now)
}

/// What is wrong, and what can be added instead.
fn message(lang: Lang, fault: &FieldFault, proposal: Option<&BlockPattern>) -> String {
    let message = field_message(lang, fault);
    // A lost 0 has words of its own.
    let Some(proposal) = proposal.filter(|_| fault.code != FieldCode::LostZero) else {
        return message;
    };
    let key = match proposal.matching() {
        BlockMatch::Exact => "csv.proposal",
        BlockMatch::Prefix => "csv.proposal_prefix",
    };
    let proposal = text(lang, key, &[("caller", &proposal.japanese())]);
    let blank = if lang == Lang::Ja { "" } else { " " };
    format!("{message}{blank}{proposal}")
}

fn number_of<'a>(contract: &'a Contract, id: &str) -> Result<&'a number::Row, Failure> {
    contract.number(id).ok_or(Failure::NOT_FOUND)
}

/// The guard for one pattern: of what was called or answered lately it needs no more than one
/// number that the pattern covers.
fn guard_for(
    conn: &mut Conn,
    scope: &Scope,
    contract: &Contract,
    pattern: &BlockPattern,
    now: NaiveDateTime,
) -> Result<Guard, Failure> {
    Ok(Guard::new(
        contract,
        call_event::known_parties(conn, scope, pattern.key(), now - LOOK_BACK, 1)?,
    ))
}

fn locked(conn: &mut Conn, scope: &Scope, number_id: &str) -> Result<Contract, Failure> {
    let contract = contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    number_of(&contract, number_id)?;
    Ok(contract)
}
