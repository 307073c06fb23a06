//! What switches keep for the time in which nobody can be asked: all numbers at one moment, and
//! what has changed since.
//!
//! Positions are what holds it together (see [`store::accounts::route_change`]): one process after the other
//! gives the next one to all changes that are committed by then, four times a second.

mod document;
mod lines;
pub mod state;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::rt;
use api_types::ErrorCode;
use store::accounts::route_change;
use store::switch::route_page;
use store::{Conn, StoreError, SwitchScope};
use tokio::sync::{Mutex, watch};

pub use document::Document;
use document::Writer;

use crate::error::Failure;
use crate::switch::State;

/// How often changes get their positions.
const NUMBERS: Duration = Duration::from_millis(250);
/// How often a snapshot is begun in the hope that no change comes in between.
const ATTEMPTS: u32 = 20;
/// Contracts that are read at once.
const CONTRACTS: i64 = 200;

/// How far the order of changes goes, and the last snapshot.
#[derive(Debug)]
pub struct Feed {
    position: watch::Sender<i64>,
    numbers: AtomicBool,
    /// Held while one is made: who asks meanwhile waits for it rather than making another one.
    snapshot: Mutex<Option<Arc<Document>>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            position: watch::Sender::new(0),
            numbers: AtomicBool::new(false),
            snapshot: Mutex::default(),
        }
    }
}

/// Sees to it that changes get their positions from now on, for as long as the application runs.
pub fn start(app: &Arc<State>, scope: SwitchScope) {
    if !app.feed.numbers.swap(true, Ordering::SeqCst) {
        rt::spawn(keep_numbering(Arc::downgrade(app), scope));
    }
}

async fn keep_numbering(app: Weak<State>, scope: SwitchScope) {
    let mut is_failing = false;
    loop {
        let Some(app) = app.upgrade() else { return };
        let numbered = number(&app, scope).await;
        // Four times a second would be too often.
        if let Err(error) = &numbered
            && !is_failing
        {
            tracing::warn!(%error, "changes cannot be given their positions just now");
        }
        is_failing = numbered.is_err();
        drop(app);
        rt::time::sleep(NUMBERS).await;
    }
}

/// Gives changes their positions where there are new ones, and answers the last position.
async fn number(app: &State, scope: SwitchScope) -> Result<i64, StoreError> {
    let read = |conn: &mut Conn, scope| -> Result<_, StoreError> {
        Ok((route_change::has_new(conn, scope)?, route_change::known(conn, scope)?.position))
    };
    let (has_new, mut position) = app.db.read(move |conn| read(conn, scope)).await?;
    if has_new || position == 0 {
        let now = app.clock.now_naive();
        position = app.db.write(move |conn| route_change::number(conn, scope, now)).await?.position;
    }
    app.feed.position.send_if_modified(|known| {
        let is_news = *known < position;
        *known = position.max(*known);
        is_news
    });
    Ok(position)
}

/// The position of now.
///
/// # Errors
/// When the database does not answer.
pub async fn position(app: &Arc<State>, scope: SwitchScope) -> Result<i64, Failure> {
    start(app, scope);
    Ok(number(app, scope).await?)
}

/// All numbers as they are now.
///
/// # Errors
/// When the database does not answer, or the disk is full.
pub async fn snapshot(app: &Arc<State>, scope: SwitchScope) -> Result<Arc<Document>, Failure> {
    let mut kept = app.feed.snapshot.lock().await;
    let position = position(app, scope).await?;
    if let Some(document) =
        kept.as_ref().filter(|document| document.position == position && document.is_settled)
    {
        return Ok(document.clone());
    }
    // The disk is wanted for one only.
    *kept = None;
    for attempt in 1..=ATTEMPTS {
        number(app, scope).await?;
        let (shared, is_last) = (app.clone(), attempt == ATTEMPTS);
        let made = app
            .db
            .read(move |conn| {
                route_page::at_one_moment(conn, scope, |conn| whole(conn, scope, &shared, is_last))
            })
            .await?;
        if let Some(document) = made {
            let document = Arc::new(document);
            *kept = Some(document.clone());
            return Ok(document);
        }
    }
    Err(Failure::Internal("no snapshot came about".into()))
}

/// Nothing where there are changes without a position: they would be in it, and another snapshot of
/// the same position might be without them. With `in_any_case` such a one is made all the same; who
/// follows it is told of them once more.
fn whole(
    conn: &mut Conn,
    scope: SwitchScope,
    app: &State,
    in_any_case: bool,
) -> Result<Option<Document>, Failure> {
    let position = route_change::known(conn, scope)?.position;
    let is_settled = !route_change::has_new(conn, scope)?;
    if !is_settled && !in_any_case {
        return Ok(None);
    }
    let mut writer = Writer::new(app, None, position)?;
    let mut after = String::new();
    loop {
        let contracts = route_page::after(conn, scope, &after, CONTRACTS)?;
        let Some(last) = contracts.last() else { break };
        after.clone_from(&last.account.id);
        contracts.iter().try_for_each(|contract| writer.contract(lines::contract(contract)))?;
        writer.numbers(conn, scope, &contracts, |_| true)?;
    }
    Ok(Some(writer.finish(is_settled)?))
}

/// What has changed since a position, at once where something has, else when something does, or
/// after `wait`.
///
/// # Errors
/// `snapshot_needed` for a position that is not known; when the database does not answer.
pub async fn changes(
    app: &Arc<State>,
    scope: SwitchScope,
    since: i64,
    wait: Duration,
) -> Result<Document, Failure> {
    // Before the look: what comes in between rings at once.
    let mut positions = app.feed.position.subscribe();
    let position = position(app, scope).await?;
    known(app, scope, since).await?;
    if position == since {
        let mut closing = app.closing();
        tokio::select! {
            _ = positions.wait_for(|position| *position > since) => {}
            _ = closing.wait_for(|is_closing| *is_closing) => {}
            () = rt::time::sleep(wait) => {}
        }
    }
    let shared = app.clone();
    app.db
        .read(move |conn| {
            route_page::at_one_moment(conn, scope, |conn| part(conn, scope, &shared, since))
        })
        .await
}

async fn known(app: &State, scope: SwitchScope, position: i64) -> Result<(), Failure> {
    match app.db.read(move |conn| route_change::knows(conn, scope, position)).await? {
        true => Ok(()),
        false => Err(Failure::Code(ErrorCode::SnapshotNeeded)),
    }
}

fn part(conn: &mut Conn, scope: SwitchScope, app: &State, since: i64) -> Result<Document, Failure> {
    if !route_change::knows(conn, scope, since)? {
        return Err(Failure::Code(ErrorCode::SnapshotNeeded));
    }
    let position = route_change::known(conn, scope)?.position;
    let changed = lines::Changed::new(route_change::since(conn, scope, since, position)?);
    let mut writer = Writer::new(app, Some(since), position)?;
    let accounts: Vec<&str> = changed.accounts().collect();
    for ids in accounts.chunks(CONTRACTS as usize) {
        let contracts = route_page::with_ids(conn, scope, ids)?;
        for id in ids.iter().filter(|id| changed.is_whole(id)) {
            let there = contracts.iter().find(|contract| contract.account.id == **id);
            writer.contract(there.map_or_else(|| lines::gone(id), lines::contract))?;
        }
        writer.numbers(conn, scope, &contracts, |number| changed.touches(number))?;
    }
    let gone: Vec<&str> = changed.gone().collect();
    for numbers in gone.chunks(CONTRACTS as usize) {
        // Another contract may have got it since.
        let there = route_page::still_there(conn, scope, numbers)?;
        let gone = numbers.iter().filter(|number| !there.iter().any(|there| there == *number));
        gone.into_iter().try_for_each(|number| writer.removed(number))?;
    }
    writer.finish(false)
}

/// Notes that a switch serves a position.
///
/// # Errors
/// `snapshot_needed` for a position that is not known; when the database does not answer.
pub async fn applied(
    app: &State,
    scope: SwitchScope,
    switch_id: String,
    position: i64,
) -> Result<(), Failure> {
    let now = app.clock.now_naive();
    app.db
        .write(move |conn| {
            if !route_change::knows(conn, scope, position)? {
                return Err(Failure::Code(ErrorCode::SnapshotNeeded));
            }
            Ok(store::switch::switch_report::note(conn, scope, &switch_id, position, now)?)
        })
        .await
}
