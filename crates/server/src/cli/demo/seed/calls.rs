//! Calls of the last weeks, whom the sample contract refuses, and where its calls ring.

use api_types::{
    BlockEntryCreate, BlockListPatch, BlockMatch, MissedReason, NoNumber, OperatorAccountPatch,
    RingingPut, RingingTargetPut,
};
use chrono::TimeDelta;
use store::block_list::block_entry;
use store::calls::call_event::Direction::{self, In, Out};
use store::calls::call_event::Outcome::{self, Answered, Busy, Missed, Refused};
use store::calls::call_event::{self, EventKind};
use store::numbers::ringing;
use store::routing::contract;
use store::{Stored, new_id};

use super::{Garden, LOGIN_ID, on_day};
use crate::error::Failure;
use crate::numbers::rules::change;
use crate::platform::change::{Actor, Ctx, Expected};
use crate::{accounts, block_list, numbers};

/// Who calls whom: number of the contract, direction, other side, why there is none, outcome, and
/// on which days before today.
type Calls =
    (&'static str, Direction, Option<&'static str>, Option<NoNumber>, Outcome, &'static [i64]);

const CALLS: [Calls; 8] = [
    ("+815012345678", In, Some("+81312340001"), None, Answered, &[1, 3, 6, 9, 13, 20, 27]),
    ("+815012345678", Out, Some("+819011112222"), None, Answered, &[2, 5, 12]),
    ("+815012345678", In, Some("+819033334444"), None, Missed, &[1, 4]),
    ("+815012345678", In, Some("+81120999001"), None, Refused, &[1, 2, 2, 5, 7, 8, 8, 12, 15]),
    ("+815012345678", In, Some("+81120555777"), None, Answered, &[10, 18]),
    ("+815012345678", In, None, Some(NoNumber::Withheld), Refused, &[3, 11, 16]),
    ("+81334567890", In, Some("+81669990000"), None, Answered, &[1, 1, 2, 3, 5, 8]),
    ("+81120345678", In, Some("+818055556666"), None, Busy, &[4, 6]),
];

/// Plants them, the oldest change first.
pub(super) fn plant(garden: &mut Garden<'_>) -> Result<(), Failure> {
    let forwarding = garden.operator(11, (13, 40));
    let patch = OperatorAccountPatch {
        forwarding_number: Some(Some("03-3456-0000".into())),
        ..OperatorAccountPatch::default()
    };
    accounts::provisioning::patch_account(
        garden.conn,
        &garden.scope,
        &forwarding,
        &Expected::Any,
        patch,
    )?;
    refuse(garden)?;
    ring(garden)?;
    let mut calls = Vec::new();
    for (number, direction, party, no_number, outcome, days) in CALLS {
        let number_id = garden.number(number)?.id;
        for (index, day) in days.iter().enumerate() {
            let minute = u32::try_from(index * 7 % 60).unwrap_or_default();
            let reason = match outcome {
                Missed => Some(MissedReason::NoAnswer),
                Busy => Some(MissedReason::Busy),
                Answered | Refused => None,
            };
            let row = call_event::Row {
                account_id: garden.scope.account_id().to_owned(),
                number_id: number_id.clone(),
                call_id: format!("demo-{}", new_id()),
                direction: direction.into(),
                party: party.map(str::to_owned),
                no_number: no_number.map(Stored),
                outcome: outcome.into(),
                at: on_day(garden.now, *day, (11, minute)).naive_utc(),
                kind: if reason.is_some() { EventKind::MissedCall } else { EventKind::Call }.into(),
                reason: reason.map(Stored),
                ..call_event::Row::default()
            };
            calls.push(row);
        }
    }
    // The log is in the order in which calls were reported.
    calls.sort_by_key(|row| row.at);
    for row in calls {
        call_event::insert(garden.conn, &garden.scope, call_event::Row { id: new_id(), ..row })?;
    }
    Ok(())
}

fn holder(garden: &Garden<'_>, days_ago: i64, time: (u32, u32)) -> Ctx {
    Ctx { actor: Actor::holder(LOGIN_ID), now: on_day(garden.now, days_ago, time) }
}

fn refuse(garden: &mut Garden<'_>) -> Result<(), Failure> {
    let primary = garden.number("+815012345678")?;
    let patch = BlockListPatch { reject_withheld: Some(true), ..BlockListPatch::default() };
    let ctx = holder(garden, 10, (9, 12));
    numbers::provisioning::change_number(
        garden.conn,
        &garden.scope,
        &ctx,
        &primary,
        &change::block_list(&patch),
    )?;
    let until = garden.now + TimeDelta::days(25);
    for (caller, matching, note, expires_at, hits) in [
        ("050-3333-0000", BlockMatch::Exact, "無言電話", None, 0),
        ("090-9876-5432", BlockMatch::Exact, "まちがい電話が続くため", Some(until), 1),
        ("+1 212 555 0199", BlockMatch::Exact, "海外からの自動音声", None, 2),
        ("03-6677", BlockMatch::Prefix, "不動産の営業", None, 4),
        ("0120-999", BlockMatch::Prefix, "しつこい営業", None, 9),
    ] {
        let ctx = holder(garden, 9, (10, 20));
        let new = BlockEntryCreate {
            caller: caller.into(),
            matching,
            note: note.into(),
            expires_at,
            confirm: true,
        };
        let entry = block_list::add(garden.conn, &garden.scope, &ctx, &primary.id, &new)?;
        for hit in 0..hits {
            let at = on_day(garden.now, 1 + (hits - hit) % 8, (11, 20));
            block_entry::hit(garden.conn, &garden.scope, &primary.id, &entry.id, at.naive_utc())?;
        }
    }
    Ok(())
}

fn ring(garden: &mut Garden<'_>) -> Result<(), Failure> {
    let support = garden.number("+81334567890")?;
    let ctx = holder(garden, 7, (18, 3));
    let contract = contract::load(garden.conn, &garden.scope)?.ok_or(Failure::NOT_FOUND)?;
    let silent = ["204", "206"];
    let targets = contract
        .phone_ids
        .iter()
        .map(|phone_id| RingingTargetPut {
            phone_id: phone_id.id.clone(),
            rings: !silent.contains(&phone_id.extension.as_str()),
        })
        .collect();
    let put = RingingPut { targets, busy_announcement: true };
    numbers::ringing::set_ringing(garden.conn, &garden.scope, &ctx, &contract, &support, &put)?;
    debug_assert_eq!(ringing::silent_pairs(garden.conn, &garden.scope)?.len(), silent.len());
    Ok(())
}
