//! What adding an entry would mean.

use api_types::{
    BlockCheck, BlockCheckRequest, BlockEffect, BlockMatch, BlockPattern, FieldError, FieldFault,
};
use store::block_list::block_entry;
use store::calls::call_event;
use store::routing::contract;
use store::{Conn, Scope};

use super::{LOOK_BACK, entry, guard_for, is_expired, number_of, pattern_of};
use crate::block_list::rules::guard::Guard;
use crate::error::Failure;
use crate::platform::change::Ctx;
use crate::platform::texts::{Lang, field_error};
use crate::routing::decide::beginnings;

/// The entry that refuses all of these callers already, if there is one: the same first, then the
/// shortest beginning.
fn covering(
    rows: &[block_entry::Row],
    ctx: &Ctx,
    pattern: &BlockPattern,
) -> Result<Option<block_entry::Row>, Failure> {
    let mut found = None;
    for row in rows.iter().filter(|row| !is_expired(row, ctx.at())) {
        let other = pattern_of(row)?;
        if other == *pattern {
            return Ok(Some(row.clone()));
        }
        if found.is_none() && other.covers(pattern) {
            found = Some(row.clone());
        }
    }
    Ok(found)
}

/// Says what a typed caller means as an entry, without changing anything.
///
/// # Errors
/// `not_found`.
pub fn check(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    lang: Lang,
    number_id: &str,
    request: &BlockCheckRequest,
) -> Result<BlockCheck, Failure> {
    let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    number_of(&contract, number_id)?;
    let said = |fault: &FieldFault| field_error(lang, fault);
    let pattern = match BlockPattern::parse(request.matching, &request.caller) {
        Ok(pattern) => pattern,
        Err(error) => {
            let fault = error.fault("/caller");
            // What could not be added either is no proposal.
            let guard = Guard::new(&contract, Vec::new());
            let proposal = BlockPattern::propose(request.matching, &request.caller)
                .filter(|pattern| guard.refusal(pattern).is_none());
            return Ok(BlockCheck {
                proposal: proposal.as_ref().map(BlockPattern::japanese),
                proposal_match: proposal.as_ref().map(BlockPattern::matching),
                refusal: Some(FieldError {
                    message: super::message(lang, &fault, proposal.as_ref()),
                    ..said(&fault)
                }),
                ..BlockCheck::default()
            });
        }
    };
    let guard = guard_for(conn, scope, &contract, &pattern, ctx.at())?;
    let covered_by = covering(
        &block_entry::with_patterns(conn, scope, number_id, &beginnings(pattern.key()))?,
        ctx,
        &pattern,
    )?;
    let duplicate = covered_by
        .as_ref()
        .filter(|row| row.pattern == pattern.key() && row.matching == pattern.matching());
    let refusal = guard.refusal(&pattern).or_else(|| {
        let fault = FieldFault::new("/caller", api_types::FieldCode::Duplicate);
        Some(fault.existing(&duplicate?.id))
    });
    let prefix = pattern.matching() == BlockMatch::Prefix;
    let (calls, answered) =
        call_event::count(conn, scope, number_id, pattern.key(), prefix, ctx.at() - LOOK_BACK)?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let days = u32::try_from(LOOK_BACK.num_days()).unwrap_or(u32::MAX);
    Ok(BlockCheck {
        caller: Some(pattern.key().to_owned()),
        caller_text: Some(pattern.japanese()),
        proposal: None,
        proposal_match: None,
        warnings: if refusal.is_none() {
            guard.warnings(&pattern).iter().map(said).collect()
        } else {
            Vec::new()
        },
        refusal: refusal.as_ref().map(said),
        covered_by: covered_by.map(|row| entry(&row, ctx.at())).transpose()?,
        effect: Some(BlockEffect { days, calls: count(calls), answered: count(answered) }),
    })
}
