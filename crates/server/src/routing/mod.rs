//! What calls are routed by, kept in memory: the settings of the contracts whose numbers and
//! extensions are called.
//!
//! A contract comes in when one of its numbers is called for the first time, or one of its IDs
//! calls another one, and goes when its revision has changed. A follower asks the database four
//! times a second which accounts have changed, so that what is in memory is never older than a
//! second; while it cannot ask, each question goes to the database itself, and only where that does
//! not answer either, what is in memory decides, or else the [`copy`]: telephones must ring.

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
use api_types::MatchedRule;
use chrono::NaiveDateTime;
use store::accounts::route_change;
use store::block_list::block_entry;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::routing::route;
use store::switch::route_page;
use store::{Conn, Scope, StoreError, SwitchScope};

pub use answer::{NOT_FOUND, decision, decision_of, form, xml};
pub use question::{Called, Form, PUBLIC, Question};
pub use state::{FirstCall, State};

use crate::error::Failure;
use crate::platform::state::Platform;
use crate::routing::decide::{
    Call, Decision, Entry, NumberSettings, SipCodes, candidate_keys, decide_call, decide_internal,
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

/// What a contract is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// One of its numbers, in E.164.
    Number(String),
    /// What one of its IDs signs in with.
    LoginId(String),
}

impl Key {
    /// The id of the contract's number or ID; nothing where it has gone to another contract.
    fn id_in(&self, contract: &Contract) -> Option<String> {
        match self {
            Self::Number(e164) => {
                contract.numbers.iter().find(|row| row.e164 == *e164).map(|row| row.id.clone())
            }
            Self::LoginId(login_id) => contract
                .phone_ids
                .iter()
                .find(|row| row.login_id == *login_id)
                .map(|row| row.id.clone()),
        }
    }
}

/// A call, and what it needs to be known of.
#[derive(Clone, Debug)]
struct Asked {
    key: Key,
    /// Which one the ID calls.
    extension: Option<String>,
    call: Call,
}

/// What is in memory.
#[derive(Debug, Default)]
pub struct View {
    accounts: RwLock<HashMap<String, Arc<Account>>>,
    /// Which account has it.
    keys: RwLock<HashMap<Key, String>>,
    followed: Mutex<Option<Instant>>,
    follows: AtomicBool,
}

/// What was decided, and from what.
#[derive(Debug)]
pub struct Routed {
    /// The contract, and its number that is called or ID that calls; nothing where it is nobody's.
    found: Option<(Arc<Account>, String)>,
    /// The decision.
    pub decision: Decision,
}

impl Routed {
    /// The contract and its number that is called.
    pub fn number(&self) -> Option<(&Contract, &number::Row)> {
        let (account, id) = self.found.as_ref()?;
        Some((&account.contract, account.contract.number(id)?))
    }

    /// The contract and its ID that calls another one.
    pub fn calling(&self) -> Option<(&Contract, &phone_id::Row)> {
        let (account, id) = self.found.as_ref()?;
        Some((&account.contract, account.contract.phone_id(id)?))
    }
}

impl View {
    fn known(&self, key: &Key) -> Option<(Arc<Account>, String)> {
        let account_id = read(&self.keys).get(key)?.clone();
        let account = read(&self.accounts).get(&account_id)?.clone();
        let id = key.id_in(&account.contract)?;
        Some((account, id))
    }

    fn keep(&self, key: &Key, account: &Arc<Account>, most: usize) {
        let account_id = account.contract.account.id.clone();
        let mut accounts = write(&self.accounts);
        if accounts.len() >= most && !accounts.contains_key(&account_id) {
            // Any will do: whoever is called again comes in again.
            let gone: Vec<String> = accounts.keys().take(most / 8 + 1).cloned().collect();
            gone.iter().for_each(|id| drop(accounts.remove(id)));
            write(&self.keys).retain(|_, account| accounts.contains_key(account));
        }
        accounts.insert(account_id.clone(), account.clone());
        drop(accounts);
        write(&self.keys).insert(key.clone(), account_id);
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

/// Decides about a call.
///
/// # Errors
/// When nothing is known of who is called and the database does not answer.
pub async fn route(
    app: &Arc<State>,
    scope: SwitchScope,
    called: Called,
    call: Call,
) -> Result<Routed, Failure> {
    let (key, extension) = match called {
        Called::Number(number) => (number.key().map(|e164| Key::Number(e164.to_owned())), None),
        Called::Extension { login_id, extension } => {
            (Some(Key::LoginId(login_id)), Some(extension))
        }
    };
    let codes = &app.config.switch.sip_codes;
    let Some(key) = key else { return Ok(unknown(codes, MatchedRule::UnknownNumber)) };
    if !app.view.follows.swap(true, Ordering::SeqCst) {
        rt::spawn(follow(Arc::downgrade(app), scope));
        app.first_call.clone().begin(scope);
    }
    let asked = Asked { key, extension, call };
    let known = app.view.known(&asked.key);
    if let Some((account, id)) = &known
        && app.view.is_fresh()
        && let Some(decision) = account.decide(app, id, &asked)
    {
        return Ok(Routed { found: known, decision });
    }
    let (what, now) = (asked.clone(), app.clock.now_naive());
    let reading = app.db.read(move |conn| load(conn, scope, &what, now, LONG_LIST));
    // Who waits is a caller: what is known answers soon, whatever has become of the database.
    let answer = match (&known, &app.copy) {
        (Some(_), _) => rt::time::timeout(PATIENCE, reading).await,
        (None, Some(_)) => rt::time::timeout(PATIENCE_FOR_NEWS, reading).await,
        (None, None) => Ok(reading.await),
    };
    match answer.unwrap_or(Err(StoreError::CutOff)) {
        Ok(Some((contract, id, list))) => Ok(app.view.take_in(app, contract, id, list, &asked)),
        Ok(None) => Ok(unknown(codes, asked.nobody())),
        Err(error) => last_known(app, scope, &asked, known, error).await,
    }
}

/// Decides while the database does not answer: from memory, which is what was committed last; else
/// by the copy; else from what is in memory of a contract without the block list.
async fn last_known(
    app: &Arc<State>,
    scope: SwitchScope,
    asked: &Asked,
    known: Option<(Arc<Account>, String)>,
    error: StoreError,
) -> Result<Routed, Failure> {
    tracing::warn!(%error, "the database does not answer: calls are routed by what was known last");
    if let Some((account, id)) = &known
        && let Some(decision) = account.decide(app, id, asked)
    {
        return Ok(Routed { found: known, decision });
    }
    let codes = &app.config.switch.sip_codes;
    match (copy::look_up(app, scope, asked).await, known) {
        (Ok(Some((contract, id, list))), _) => {
            let account = Arc::new(Account { contract, lists: RwLock::default() });
            let decision = account.decide_with(codes, &id, asked, list.candidates(&asked.call));
            Ok(Routed { found: Some((account, id)), decision })
        }
        (_, Some((account, id))) => {
            let decision = account.decide_without(app, &id, asked);
            Ok(Routed { found: Some((account, id)), decision })
        }
        (Ok(None), None) => Ok(unknown(codes, asked.nobody())),
        (Err(_), None) => Err(error.into()),
    }
}

impl Asked {
    /// What is said where nobody has what is called, or is the one who calls.
    fn nobody(&self) -> MatchedRule {
        match self.key {
            Key::Number(_) => MatchedRule::UnknownNumber,
            Key::LoginId(_) => MatchedRule::UnknownExtension,
        }
    }
}

/// What was read of a block list.
enum Read {
    /// There is none between extensions.
    Nothing,
    Whole(Vec<route::Entry>),
    /// Only what may match the caller.
    Part(Vec<block_entry::Row>),
}

impl Read {
    fn candidates(&self, call: &Call) -> Vec<Entry> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Whole(entries) => BlockList::new(entries).candidates(&call.caller),
            Self::Part(rows) => rows.iter().filter_map(Entry::from_row).collect(),
        }
    }
}

type Loaded = Option<(Contract, String, Read)>;

fn load(
    conn: &mut Conn,
    scope: SwitchScope,
    asked: &Asked,
    now: NaiveDateTime,
    long_list: i64,
) -> Result<Loaded, StoreError> {
    let account_id = match &asked.key {
        Key::Number(e164) => route::account_of_number(conn, scope, e164)?,
        Key::LoginId(login_id) => {
            phone_id::of_login_id(conn, scope, login_id)?.map(|row| row.account_id)
        }
    };
    let Some(account_id) = account_id else { return Ok(None) };
    // Without the notify rules: telephones ring whatever is wrong with one of those.
    let found = route_page::with_ids(conn, scope, &[&account_id])?.pop();
    let Some(contract) = found else { return Ok(None) };
    let Some(id) = asked.key.id_in(&contract) else { return Ok(None) };
    let scope = scope.account(account_id);
    let Some(number) = contract.number(&id) else {
        return Ok(Some((contract, id, Read::Nothing)));
    };
    let list = match number.block_entry_count > long_list {
        true => Read::Part(block_entry::with_patterns(
            conn,
            &scope,
            &id,
            &candidate_keys(&asked.call.caller),
        )?),
        false => Read::Whole(route::entries(conn, &scope, &id, now)?),
    };
    Ok(Some((contract, id, list)))
}

impl View {
    fn take_in(
        &self,
        app: &Arc<State>,
        contract: Contract,
        id: String,
        list: Read,
        asked: &Asked,
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
        let entries = match list {
            Read::Whole(entries) => {
                let list = Arc::new(BlockList::new(&entries));
                write(&account.lists).insert(id.clone(), Some(list.clone()));
                list.candidates(&asked.call.caller)
            }
            list => {
                if matches!(list, Read::Part(_)) && !read(&account.lists).contains_key(&id) {
                    write(&account.lists).insert(id.clone(), None);
                    rt::spawn(read_list(app.clone(), account.clone(), id.clone()));
                }
                list.candidates(&asked.call)
            }
        };
        let decision = account.decide_with(&app.config.switch.sip_codes, &id, asked, entries);
        self.keep(&asked.key, &account, app.config.switch.cached_accounts.max(1));
        Routed { found: Some((account, id)), decision }
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
    fn decide(&self, app: &Platform, id: &str, asked: &Asked) -> Option<Decision> {
        let entries = match asked.call.caller.key() {
            Some(_) if asked.extension.is_none() => {
                read(&self.lists).get(id)?.as_ref()?.candidates(&asked.call.caller)
            }
            _ => Vec::new(),
        };
        Some(self.decide_with(&app.config.switch.sip_codes, id, asked, entries))
    }

    /// Decides from what there is.
    fn decide_without(&self, app: &Platform, id: &str, asked: &Asked) -> Decision {
        self.decide(app, id, asked).unwrap_or_else(|| {
            self.decide_with(&app.config.switch.sip_codes, id, asked, Vec::new())
        })
    }

    fn decide_with(
        &self,
        codes: &SipCodes,
        id: &str,
        asked: &Asked,
        entries: Vec<Entry>,
    ) -> Decision {
        if let Some(extension) = &asked.extension {
            return decide_internal(&self.contract, extension, codes);
        }
        let number = self.contract.number(id).filter(|_| self.contract.account.is_active());
        let Some(number) = number else {
            return Decision::rejected(MatchedRule::Suspended, codes.suspended);
        };
        let settings = NumberSettings {
            entries: entries.into(),
            ..NumberSettings::new(&self.contract, number, &[])
        };
        decide_call(&settings, &asked.call, codes)
    }
}

fn unknown(codes: &SipCodes, matched: MatchedRule) -> Routed {
    Routed { found: None, decision: Decision::rejected(matched, codes.unknown_number) }
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
