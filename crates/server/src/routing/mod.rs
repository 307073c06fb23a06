//! What calls are routed by, kept in memory: the settings of the contracts whose numbers are
//! called.
//!
//! A contract comes in when one of its numbers is called for the first time, and goes when its
//! revision has changed. A follower asks the database four times a second which accounts have
//! changed, so that what is in memory is never older than a second; while it cannot ask, each
//! question goes to the database itself, and only where that does not answer either, what is in
//! memory decides, or else the [`copy`]: telephones must ring.

mod answer;
pub mod copy;
pub mod decide;
pub mod http;
mod list;
mod question;
pub mod state;
pub mod view;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use actix_web::rt;
use api_types::{Caller, MatchedRule, RouteAction};
use chrono::NaiveDateTime;
use store::accounts::route_change;
use store::block_list::block_entry;
use store::numbers::number;
use store::routing::contract::Contract;
use store::routing::route;
use store::switch::route_page;
use store::{Conn, Scope, StoreError, SwitchScope};

pub use answer::{NOT_FOUND, decision, decision_of, form, xml};
pub use question::{Form, PUBLIC, Question};
pub use state::{FirstCall, State};

use crate::error::Failure;
use crate::platform::state::Platform;
use crate::routing::decide::{
    Call, Decision, Entry, NumberSettings, SipCodes, candidate_keys, decide_call, reason_phrase,
};
use list::BlockList;

/// How often the follower asks.
const FOLLOWS: Duration = Duration::from_millis(250);
/// How long what it saw last is good for.
const FRESH: Duration = Duration::from_millis(900);
/// For how long what was seen is looked at again: a contract may be read before a change and come
/// in after it was seen.
const LOOKS_AGAIN: Duration = Duration::from_secs(15);
/// The same at the beginning, in the microseconds of positions.
const LOOKS_BACK_US: i64 = 60_000_000;
/// How long the database is waited for where something is known already.
pub const PATIENCE: Duration = Duration::from_millis(300);
/// The same where only the copy knows something, which may be two seconds old.
const PATIENCE_FOR_NEWS: Duration = Duration::from_millis(500);
/// Longer lists are read beside the question that needs them first.
const LONG_LIST: i64 = 2_000;

/// A contract in memory.
#[derive(Debug)]
struct Account {
    contract: Contract,
    /// Block lists by number; `None` while one is being read.
    lists: RwLock<HashMap<String, Option<Arc<BlockList>>>>,
}

/// What is in memory.
#[derive(Debug, Default)]
pub struct View {
    accounts: RwLock<HashMap<String, Arc<Account>>>,
    /// By E.164: account and number.
    numbers: RwLock<HashMap<String, (String, String)>>,
    followed: Mutex<Option<Instant>>,
    follows: AtomicBool,
}

/// What was decided, and from what.
#[derive(Debug)]
pub struct Routed {
    /// The contract and its number; nothing where the number belongs to nobody.
    found: Option<(Arc<Account>, String)>,
    /// The decision.
    pub decision: Decision,
}

impl Routed {
    /// The contract and the number.
    pub fn found(&self) -> Option<(&Contract, &number::Row)> {
        let (account, number_id) = self.found.as_ref()?;
        Some((&account.contract, account.contract.number(number_id)?))
    }
}

impl View {
    fn known(&self, e164: &str) -> Option<(Arc<Account>, String)> {
        let (account_id, number_id) = read(&self.numbers).get(e164)?.clone();
        let account = read(&self.accounts).get(&account_id)?.clone();
        // The number may have gone to another contract since.
        (account.contract.number(&number_id)?.e164 == e164).then_some((account, number_id))
    }

    fn keep(&self, e164: &str, account: &Arc<Account>, number_id: &str, most: usize) {
        let account_id = account.contract.account.id.clone();
        let mut accounts = write(&self.accounts);
        if accounts.len() >= most && !accounts.contains_key(&account_id) {
            // Any will do: whoever is called again comes in again.
            let gone: Vec<String> = accounts.keys().take(most / 8 + 1).cloned().collect();
            gone.iter().for_each(|id| drop(accounts.remove(id)));
            write(&self.numbers).retain(|_, (account, _)| accounts.contains_key(account));
        }
        accounts.insert(account_id.clone(), account.clone());
        drop(accounts);
        write(&self.numbers).insert(e164.to_owned(), (account_id, number_id.to_owned()));
    }

    fn is_fresh(&self) -> bool {
        self.followed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some_and(|at| at.elapsed() < FRESH)
    }

    /// Forgets the accounts whose revision is another one by now.
    fn apply(&self, changed: &[(String, Option<i64>)]) {
        let stale = |accounts: &HashMap<String, Arc<Account>>,
                     (id, revision): &(String, Option<i64>)| {
            accounts.get(id).is_some_and(|known| *revision != Some(known.contract.account.revision))
        };
        let accounts = read(&self.accounts);
        let gone: Vec<&String> =
            changed.iter().filter(|change| stale(&accounts, change)).map(|(id, _)| id).collect();
        drop(accounts);
        if !gone.is_empty() {
            let mut accounts = write(&self.accounts);
            gone.into_iter().for_each(|id| drop(accounts.remove(id)));
        }
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Decides about a call to a number.
///
/// # Errors
/// When nothing is known of the number and the database does not answer.
pub async fn route(
    app: &Arc<State>,
    scope: SwitchScope,
    called: &Caller,
    call: Call,
) -> Result<Routed, Failure> {
    let Some(e164) = called.key().map(str::to_owned) else {
        return Ok(unknown(&app.config.switch.sip_codes));
    };
    if !app.view.follows.swap(true, Ordering::SeqCst) {
        rt::spawn(follow(Arc::downgrade(app), scope));
        app.first_call.clone().begin(scope);
    }
    let known = app.view.known(&e164);
    if let Some((account, number_id)) = &known
        && app.view.is_fresh()
        && let Some(decision) = account.decide(app, number_id, &call)
    {
        return Ok(Routed { found: known, decision });
    }
    let (asked, what, now) = (e164.clone(), call.clone(), app.clock.now_naive());
    let reading = app.db.read(move |conn| load(conn, scope, &asked, &what.caller, now, LONG_LIST));
    // Who waits is a caller: what is known answers soon, whatever has become of the database.
    let answer = match (&known, &app.copy) {
        (Some(_), _) => rt::time::timeout(PATIENCE, reading).await,
        (None, Some(_)) => rt::time::timeout(PATIENCE_FOR_NEWS, reading).await,
        (None, None) => Ok(reading.await),
    };
    match answer.unwrap_or(Err(StoreError::CutOff)) {
        Ok(Some((contract, number_id, list))) => {
            Ok(app.view.take_in(app, &e164, contract, number_id, list, &call))
        }
        Ok(None) => Ok(unknown(&app.config.switch.sip_codes)),
        Err(error) => last_known(app, scope, &e164, known, &call, error).await,
    }
}

/// Decides while the database does not answer: from memory, which is what was committed last; else
/// by the copy; else from what is in memory of a contract without the block list.
async fn last_known(
    app: &Arc<State>,
    scope: SwitchScope,
    e164: &str,
    known: Option<(Arc<Account>, String)>,
    call: &Call,
    error: StoreError,
) -> Result<Routed, Failure> {
    tracing::warn!(%error, "the database does not answer: calls are routed by what was known last");
    if let Some((account, number_id)) = &known
        && let Some(decision) = account.decide(app, number_id, call)
    {
        return Ok(Routed { found: known, decision });
    }
    match (copy::look_up(app, scope, e164, call).await, known) {
        (Ok(Some((contract, number_id, list))), _) => {
            let account = Arc::new(Account { contract, lists: RwLock::default() });
            let codes = &app.config.switch.sip_codes;
            let decision = account.decide_with(codes, &number_id, call, list.candidates(call));
            Ok(Routed { found: Some((account, number_id)), decision })
        }
        (_, Some((account, number_id))) => {
            let decision = account.decide_without(app, &number_id, call);
            Ok(Routed { found: Some((account, number_id)), decision })
        }
        (Ok(None), None) => Ok(unknown(&app.config.switch.sip_codes)),
        (Err(_), None) => Err(error.into()),
    }
}

/// What was read of a block list.
enum Read {
    Whole(Vec<route::Entry>),
    /// Only what may match the caller.
    Part(Vec<block_entry::Row>),
}

impl Read {
    fn candidates(&self, call: &Call) -> Vec<Entry> {
        match self {
            Self::Whole(entries) => BlockList::new(entries).candidates(&call.caller),
            Self::Part(rows) => rows.iter().filter_map(Entry::from_row).collect(),
        }
    }
}

type Loaded = Option<(Contract, String, Read)>;

fn load(
    conn: &mut Conn,
    scope: SwitchScope,
    e164: &str,
    caller: &Caller,
    now: NaiveDateTime,
    long_list: i64,
) -> Result<Loaded, StoreError> {
    let Some((account_id, number_id)) = route::find_number(conn, scope, e164)? else {
        return Ok(None);
    };
    // Without the notify rules: telephones ring whatever is wrong with one of those.
    let found = route_page::with_ids(conn, scope, &[&account_id])?.pop();
    let Some(contract) = found else { return Ok(None) };
    let scope = scope.account(account_id);
    let Some(number) = contract.number(&number_id) else { return Ok(None) };
    let list = match number.block_entry_count > long_list {
        true => Read::Part(block_entry::with_patterns(
            conn,
            &scope,
            &number_id,
            &candidate_keys(caller),
        )?),
        false => Read::Whole(route::entries(conn, &scope, &number_id, now)?),
    };
    Ok(Some((contract, number_id, list)))
}

impl View {
    fn take_in(
        &self,
        app: &Arc<State>,
        e164: &str,
        contract: Contract,
        number_id: String,
        list: Read,
        call: &Call,
    ) -> Routed {
        let account = Arc::new(Account { contract, lists: RwLock::default() });
        // What is known of the account already, with the lists of its other numbers, stays.
        let same = |known: &Arc<Account>| {
            known.contract.account.revision == account.contract.account.revision
        };
        let account = read(&self.accounts)
            .get(&account.contract.account.id)
            .filter(|known| same(known))
            .cloned()
            .unwrap_or(account);
        let decision = match list {
            Read::Whole(entries) => {
                let list = Arc::new(BlockList::new(&entries));
                write(&account.lists).insert(number_id.clone(), Some(list.clone()));
                account.decide_with(
                    &app.config.switch.sip_codes,
                    &number_id,
                    call,
                    list.candidates(&call.caller),
                )
            }
            list @ Read::Part(_) => {
                if !read(&account.lists).contains_key(&number_id) {
                    write(&account.lists).insert(number_id.clone(), None);
                    rt::spawn(read_list(app.clone(), account.clone(), number_id.clone()));
                }
                let entries = list.candidates(call);
                account.decide_with(&app.config.switch.sip_codes, &number_id, call, entries)
            }
        };
        self.keep(e164, &account, &number_id, app.config.switch.cached_accounts.max(1));
        Routed { found: Some((account, number_id)), decision }
    }
}

/// Reads a long list for the questions that come after.
async fn read_list(app: Arc<State>, account: Arc<Account>, number_id: String) {
    let (scope, id, now) =
        (Scope::account(&account.contract.account.id), number_id.clone(), app.clock.now_naive());
    let list = app
        .db
        .read(move |conn| {
            route::entries(conn, &scope, &id, now).map(|entries| BlockList::new(&entries))
        })
        .await;
    match list {
        Ok(list) => drop(write(&account.lists).insert(number_id, Some(Arc::new(list)))),
        Err(error) => {
            tracing::warn!(%error, "a block list cannot be read just now");
            write(&account.lists).remove(&number_id);
        }
    }
}

impl Account {
    /// Decides from memory; nothing where the block list is not there and the caller might stand on
    /// it.
    fn decide(&self, app: &Platform, number_id: &str, call: &Call) -> Option<Decision> {
        let entries = match call.caller.key() {
            None => Vec::new(),
            Some(_) => read(&self.lists).get(number_id)?.as_ref()?.candidates(&call.caller),
        };
        Some(self.decide_with(&app.config.switch.sip_codes, number_id, call, entries))
    }

    /// Decides from what there is.
    fn decide_without(&self, app: &Platform, number_id: &str, call: &Call) -> Decision {
        self.decide(app, number_id, call).unwrap_or_else(|| {
            self.decide_with(&app.config.switch.sip_codes, number_id, call, Vec::new())
        })
    }

    fn decide_with(
        &self,
        codes: &SipCodes,
        number_id: &str,
        call: &Call,
        entries: Vec<Entry>,
    ) -> Decision {
        let number = self.contract.number(number_id).filter(|_| self.contract.account.is_active());
        let Some(number) = number else { return refused(MatchedRule::Suspended, codes.suspended) };
        let settings = NumberSettings {
            entries: entries.into(),
            ..NumberSettings::new(&self.contract, number, &[])
        };
        decide_call(&settings, call, codes)
    }
}

fn unknown(codes: &SipCodes) -> Routed {
    Routed { found: None, decision: refused(MatchedRule::UnknownNumber, codes.unknown_number) }
}

fn refused(matched: MatchedRule, code: u16) -> Decision {
    Decision {
        action: RouteAction::Reject,
        matched,
        entry: None,
        sip: Some((code, reason_phrase(code))),
        announcement: None,
        devices: Vec::new(),
        channel_limit: 0,
        exempted: false,
    }
}

/// Keeps what is in memory true, for as long as the application runs.
async fn follow(app: Weak<State>, scope: SwitchScope) {
    let mut seen: VecDeque<(Instant, i64)> = VecDeque::new();
    let mut is_failing = false;
    loop {
        let Some(app) = app.upgrade() else { return };
        let begun = Instant::now();
        while seen.len() > 1 && seen[0].0.elapsed() > LOOKS_AGAIN {
            seen.pop_front();
        }
        let since = seen.front().map(|(_, position)| *position);
        let look = move |conn: &mut Conn| -> Result<_, StoreError> {
            let position = route_change::known(conn, scope)?.position;
            Ok((
                position,
                route_change::accounts_since(
                    conn,
                    scope,
                    since.unwrap_or(position - LOOKS_BACK_US),
                )?,
            ))
        };
        match app.db.read(look).await {
            Ok((position, changed)) => {
                app.view.apply(&changed);
                *app.view.followed.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
                seen.push_back((begun, position));
                is_failing = false;
            }
            // Four times a second would be too often.
            Err(error) if !is_failing => {
                tracing::warn!(%error, "what has changed cannot be asked just now");
                is_failing = true;
            }
            Err(_) => {}
        }
        drop(app);
        rt::time::sleep(FOLLOWS).await;
    }
}
