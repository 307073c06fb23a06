//! Taking what is due, many notices in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, TimeDelta};
use store::notify::delivery::Row;
use store::notify::outbox::{self, Lease};
use store::{Conn, Scope, StoreError, WorkerScope};

use super::turn::{self, Busy, Turn};

/// Accounts that one claim looks at.
const ACCOUNTS: usize = 64;
/// How often one claim looks into the queue of an account: those whose destination is left alone
/// for a while come first in it.
const LOOKS: usize = 8;
/// Notices that a look takes in at least, where the first one did not find enough.
const LOOK: usize = 32;

/// What one claim is to take.
#[derive(Clone, Debug)]
pub struct Claim {
    /// This worker, and until when it holds what it takes.
    pub lease: Lease,
    /// Attempts that have room.
    pub room: usize,
    /// The account that the last claim ended with, or nothing where the list had ended: every one
    /// has its turn.
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
        let mut claimed = Claimed { after: self.after.clone(), ..Claimed::default() };
        // From where the last claim ended to the end of the list; from its beginning where that had
        // nothing to send, else the next time.
        loop {
            let from_the_middle = !claimed.after.is_empty();
            let end = self.take_some(conn, now, &mut claimed)?;
            claimed.more |= from_the_middle && !claimed.groups.is_empty();
            if !end || !from_the_middle || claimed.more {
                break;
            }
        }
        outbox::lease(conn, WorkerScope::sending(), claimed.groups.iter().flatten(), &self.lease)?;
        for row in claimed.groups.iter_mut().flatten() {
            row.attempts += 1;
        }
        Ok(claimed)
    }

    /// Takes what is due of the accounts that come next; answers whether that was the end of the
    /// list.
    fn take_some(
        &mut self,
        conn: &mut Conn,
        now: NaiveDateTime,
        claimed: &mut Claimed,
    ) -> Result<bool, StoreError> {
        let limit = i64::try_from(ACCOUNTS).unwrap_or(i64::MAX);
        let accounts =
            outbox::due_accounts(conn, WorkerScope::sending(), now, &claimed.after, limit)?;
        let count = accounts.len();
        for (index, account) in accounts.into_iter().enumerate() {
            let room = self.room.saturating_sub(claimed.groups.len());
            if room == 0 {
                claimed.more = true;
                return Ok(false);
            }
            // What one does not use is left to the next ones.
            let share = room.div_ceil(count - index).max(1);
            claimed.more |=
                self.take_of(conn, &Scope::account(&account), share, now, &mut claimed.groups)?;
            claimed.after = account;
        }
        let end = count < ACCOUNTS;
        if end {
            claimed.after.clear();
        }
        claimed.more |= !end;
        Ok(end)
    }

    /// Takes what is due of one account; answers whether there may be more that could be sent at
    /// once.
    fn take_of(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        share: usize,
        now: NaiveDateTime,
        groups: &mut Vec<Vec<Row>>,
    ) -> Result<bool, StoreError> {
        let account = scope.account_id();
        let mut room = share.min(self.busy.room(account));
        let mut ids = Vec::new();
        for look in 0..LOOKS {
            if room == 0 {
                return Ok(self.busy.room(account) > 0);
            }
            let limit = if look == 0 { room } else { room.max(LOOK) };
            let rows = outbox::due(
                conn,
                scope,
                now,
                &ids,
                &self.busy.full(account),
                i64::try_from(limit).unwrap_or(i64::MAX),
            )?;
            let all = rows.len() < limit;
            let taken = self.sort_out(conn, scope, rows, room, &mut ids, now)?;
            room = room.saturating_sub(taken.len());
            groups.extend(taken);
            if all {
                return Ok(room == 0 && self.busy.room(account) > 0);
            }
        }
        Ok(true)
    }

    /// Picks those whose turn it is, `room` groups at most, and adds them to the `ids` that are
    /// picked; the others wait for their slots or until their destination is asked again.
    fn sort_out(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        rows: Vec<Row>,
        room: usize,
        ids: &mut Vec<String>,
        now: NaiveDateTime,
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let worker = WorkerScope::sending();
        let keys: BTreeSet<String> = rows.iter().filter_map(|row| row.pace_key.clone()).collect();
        let before = outbox::paces(conn, worker, &keys)?;
        let mut paces: BTreeMap<String, NaiveDateTime> = before.clone();
        let mut taken: Vec<Vec<Row>> = Vec::new();
        let mut later: BTreeMap<NaiveDateTime, Vec<String>> = BTreeMap::new();
        for row in rows {
            if taken.len() == room {
                break;
            }
            if ids.contains(&row.id) {
                continue;
            }
            let free_at = paces
                .entry(row.pace_key.clone().unwrap_or_default())
                .or_insert(now - TimeDelta::days(1));
            match self.busy.turn(&row, turn::pace(&row), free_at, now) {
                Turn::Now => {
                    self.busy.begin(&row);
                    ids.push(row.id.clone());
                    let mut group = vec![row];
                    let most = group[0].channel.describe().merges;
                    if most > 1 {
                        group.extend(companions(conn, scope, &group[0], ids, now, most - 1)?);
                        ids.extend(group[1..].iter().map(|row| row.id.clone()));
                    }
                    taken.push(group);
                }
                Turn::Slot(at) => outbox::postpone(conn, scope, &[row.id], at, true)?,
                Turn::Later(at) => later.entry(at).or_default().push(row.id),
                Turn::Full => {}
            }
        }
        for (until, ids) in later {
            outbox::postpone(conn, scope, &ids, until, false)?;
        }
        for (key, free_at) in paces
            .iter()
            .filter(|(key, free_at)| !key.is_empty() && before.get(*key) != Some(free_at))
        {
            outbox::set_pace(conn, worker, key, *free_at)?;
        }
        Ok(taken)
    }
}

/// What else waits for the same service and goes along in the same message. What was refused as it
/// is goes alone.
fn companions(
    conn: &mut Conn,
    scope: &Scope,
    row: &Row,
    ids: &[String],
    now: NaiveDateTime,
    most: i64,
) -> Result<Vec<Row>, StoreError> {
    let Some(service_id) = row.service_id.as_deref().filter(|_| row.progress.is_none()) else {
        return Ok(Vec::new());
    };
    let rows = outbox::companions(conn, scope, service_id, ids, now, most)?;
    Ok(rows.into_iter().filter(|row| row.progress.is_none()).collect())
}
