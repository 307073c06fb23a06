//! Taking what is due, many notices in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use api_types::ServiceType;
use chrono::{NaiveDateTime, TimeDelta};
use store::delivery::Row;
use store::outbox::{self, Lease};
use store::{Conn, Scope, StoreError, WorkerScope};

use super::turn::{Busy, Turn};
use crate::notify::pace;
use crate::view;

/// Accounts that one claim looks at.
const ACCOUNTS: usize = 64;
/// Notices to Microsoft Teams that go in one message.
const MERGED: i64 = 20;

/// What one claim is to take.
#[derive(Clone, Debug)]
pub struct Claim {
    /// This worker, and until when it holds what it takes.
    pub lease: Lease,
    /// Attempts that have room.
    pub room: usize,
    /// The account that the last claim ended with: every one has its turn.
    pub after: String,
    /// What is under way.
    pub busy: Busy,
}

/// What one claim took.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Notices that go together, in the order in which they were due.
    pub groups: Vec<Vec<Row>>,
    /// The account that it ended with.
    pub after: String,
    /// Whether there may be more that is due.
    pub more: bool,
}

impl Claim {
    /// Takes what is due, a fair share of every account.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn take(mut self, conn: &mut Conn, now: NaiveDateTime) -> Result<Claimed, StoreError> {
        let worker = WorkerScope::sending();
        let limit = i64::try_from(ACCOUNTS).unwrap_or(i64::MAX);
        let mut accounts = outbox::due_accounts(conn, worker, now, &self.after, limit)?;
        if accounts.len() < ACCOUNTS && !self.after.is_empty() {
            let again = outbox::due_accounts(conn, worker, now, "", limit)?;
            let fresh: Vec<String> = again.into_iter().filter(|account| *account <= self.after).collect();
            accounts.extend(fresh);
            accounts.truncate(ACCOUNTS);
        }
        let mut claimed = Claimed { after: accounts.last().cloned().unwrap_or_default(), ..Claimed::default() };
        let count = accounts.len();
        for (index, account) in accounts.into_iter().enumerate() {
            let room = self.room.saturating_sub(claimed.groups.len());
            if room == 0 {
                claimed.more = true;
                break;
            }
            // What one does not use is left to the next ones.
            let share = room.div_ceil(count - index).max(1);
            claimed.more |= self.take_of(conn, &Scope::account(&account), share, now, &mut claimed.groups)?;
            claimed.after = account;
        }
        Ok(claimed)
    }

    /// Takes what is due of one account; answers whether there may be more.
    fn take_of(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        share: usize,
        now: NaiveDateTime,
        groups: &mut Vec<Vec<Row>>,
    ) -> Result<bool, StoreError> {
        let rows = outbox::due(conn, scope, now, i64::try_from(share).unwrap_or(i64::MAX))?;
        let more = rows.len() == share;
        let keys: BTreeSet<String> = rows.iter().filter_map(|row| row.pace_key.clone()).collect();
        let before = outbox::paces(conn, WorkerScope::sending(), &keys)?;
        let mut paces: BTreeMap<String, NaiveDateTime> = before.clone();
        let mut taken: Vec<Vec<Row>> = Vec::new();
        let mut ids: Vec<String> = Vec::new();
        for row in rows {
            if ids.contains(&row.id) {
                continue;
            }
            let kind: Option<ServiceType> = view::from_text(&row.channel);
            let pace = kind.and_then(pace::of).filter(|_| row.pace_key.is_some());
            let free_at = paces.entry(row.pace_key.clone().unwrap_or_default()).or_insert(now - TimeDelta::days(1));
            match self.busy.turn(&row, pace, free_at, now) {
                Turn::Now => {
                    self.busy.begin(&row);
                    ids.push(row.id.clone());
                    let mut group = vec![row];
                    if kind == Some(ServiceType::Teams) {
                        group.extend(companions(conn, scope, &group[0], &ids, now)?);
                        ids.extend(group[1..].iter().map(|row| row.id.clone()));
                    }
                    taken.push(group);
                }
                Turn::Slot(at) => outbox::postpone(conn, scope, &row.id, at, true)?,
                Turn::Later(at) => outbox::postpone(conn, scope, &row.id, at, false)?,
            }
        }
        for (key, free_at) in paces.iter().filter(|(key, free_at)| !key.is_empty() && before.get(*key) != Some(free_at)) {
            outbox::set_pace(conn, WorkerScope::sending(), key, *free_at)?;
        }
        if !ids.is_empty() {
            outbox::lease(conn, scope, &ids, &self.lease)?;
        }
        for row in taken.iter_mut().flatten() {
            row.attempts += 1;
        }
        groups.extend(taken);
        Ok(more)
    }
}

/// What else waits for the same service and goes along in the same message. What was refused as it is goes alone.
fn companions(conn: &mut Conn, scope: &Scope, row: &Row, ids: &[String], now: NaiveDateTime) -> Result<Vec<Row>, StoreError> {
    let Some(service_id) = row.service_id.as_deref().filter(|_| row.progress.is_none()) else { return Ok(Vec::new()) };
    let rows = outbox::companions(conn, scope, service_id, ids, now, MERGED - 1)?;
    Ok(rows.into_iter().filter(|row| row.progress.is_none()).collect())
}
