//! What switches report of registrations. It is no setting: nobody is signed out by it, and neither
//! the change log nor the revision of an account knows of it.

use std::collections::{BTreeSet, HashMap};

use api_types::{FieldCode, FieldFault, Registration, RegistrationEvent};
use chrono::{DateTime, NaiveDateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::Value;
use store::switch::registration::{self, Row};
use store::{Conn, StoreError, SwitchScope, new_id};

use crate::http::read;
use crate::platform::crypto;

/// For how long a registration is believed that is not made again.
const LASTS_MAX: TimeDelta = TimeDelta::days(30);

/// Stands for all contacts of an ID.
const ALL: &str = "";

/// A report as it was understood.
#[derive(Clone, Debug)]
pub struct Heard {
    login_id: String,
    /// Of the contact; [`ALL`] only with an end.
    contact_hash: String,
    user_agent: String,
    at: NaiveDateTime,
    /// Until when; `None` = it has gone.
    until: Option<NaiveDateTime>,
}

/// A report as it was sent: its `login_id`, and what was understood or is wrong.
pub type Item = (String, Result<Heard, Vec<FieldFault>>);

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is shown so.
    Accepted,
    /// Something newer is known.
    Outdated,
    /// It is wrong.
    Rejected(Vec<FieldFault>),
}

/// Reads one report; no time lies behind `now`.
pub fn read(sent: Value, now: DateTime<Utc>) -> Item {
    let login_id = sent
        .get("login_id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .chars()
        .take(128)
        .collect();
    (login_id, understand(sent, now))
}

fn understand(sent: Value, now: DateTime<Utc>) -> Result<Heard, Vec<FieldFault>> {
    let report: Registration = read::value(sent).map_err(|fault| vec![fault])?;
    let contact = report.contact.as_deref().map(str::trim).filter(|contact| !contact.is_empty());
    let gone = report.event == RegistrationEvent::Unregistered;
    let contact_hash = match contact {
        Some("*") | None if gone => ALL.to_owned(),
        None => return Err(vec![FieldFault::new("/contact", FieldCode::Required)]),
        Some(contact) => crypto::hash_token(contact),
    };
    let until = match report.expires_at {
        _ if gone => None,
        None => return Err(vec![FieldFault::new("/expires_at", FieldCode::Required)]),
        // By the switch's clock, as `at` is: what counts is how long.
        Some(expires_at) => Some((expires_at - report.at).min(LASTS_MAX)),
    };
    // PostgreSQL keeps no more than microseconds.
    let at = report.at.min(now).naive_utc().trunc_subsecs(6);
    let ends = |lasts| at.checked_add_signed(lasts).unwrap_or(at).trunc_subsecs(6);
    Ok(Heard {
        login_id: report.login_id.trim().to_lowercase(),
        contact_hash,
        user_agent: report.user_agent.unwrap_or_default(),
        at,
        until: until.map(ends),
    })
}

/// Takes reports in, in their order, and answers what became of each.
///
/// # Errors
/// When the database refuses; then none is kept.
pub fn take(
    conn: &mut Conn,
    scope: SwitchScope,
    items: &[Item],
) -> Result<Vec<Outcome>, StoreError> {
    let heard = || items.iter().filter_map(|(_, item)| item.as_ref().ok());
    let login_ids: BTreeSet<&str> = heard().map(|heard| heard.login_id.as_str()).collect();
    let login_ids: Vec<&str> = login_ids.into_iter().collect();
    let owners = registration::owners(conn, scope, &login_ids)?;
    let mut desk = Desk::open(conn, scope, &owners)?;
    let outcomes = items
        .iter()
        .map(|(_, item)| match item {
            Ok(heard) => desk.enter(heard),
            Err(faults) => Outcome::Rejected(faults.clone()),
        })
        .collect();
    // Always in the same order, so that two switches never wait for each other.
    for key in &desk.changed {
        if let Some(row) = desk.rows.get(key) {
            registration::save(conn, scope, row)?;
        }
    }
    Ok(outcomes)
}

/// An ID and a contact.
type Key = (String, String);

/// What is known of the IDs of a request.
struct Desk<'a> {
    /// Account and ID, by login id.
    owners: HashMap<&'a str, (&'a str, &'a str)>,
    rows: HashMap<Key, Row>,
    changed: BTreeSet<Key>,
}

impl<'a> Desk<'a> {
    fn open(
        conn: &mut Conn,
        scope: SwitchScope,
        owners: &'a [(String, String, String)],
    ) -> Result<Self, StoreError> {
        let accounts: BTreeSet<&str> = owners.iter().map(|(_, account, _)| &**account).collect();
        let accounts: Vec<&str> = accounts.into_iter().collect();
        let phones: Vec<&str> = owners.iter().map(|(.., phone)| &**phone).collect();
        let known = registration::known(conn, scope, &accounts, &phones)?;
        let key = |row: &Row| (row.phone_id.clone(), row.contact_hash.clone());
        Ok(Self {
            owners: owners
                .iter()
                .map(|(login, account, id)| (&**login, (&**account, &**id)))
                .collect(),
            rows: known.into_iter().map(|row| (key(&row), row)).collect(),
            changed: BTreeSet::new(),
        })
    }

    fn enter(&mut self, heard: &Heard) -> Outcome {
        let Some(&(account_id, phone_id)) = self.owners.get(heard.login_id.as_str()) else {
            return Outcome::Rejected(vec![FieldFault::new("/login_id", FieldCode::NotFound)]);
        };
        let key = |hash: &str| (phone_id.to_owned(), hash.to_owned());
        let newer =
            |hash: &str| self.rows.get(&key(hash)).is_some_and(|row| row.reported_at > heard.at);
        // Of two reports of one second the one that came later counts.
        if newer(&heard.contact_hash) || newer(ALL) {
            return Outcome::Outdated;
        }
        if heard.contact_hash == ALL {
            let of_id = self
                .rows
                .iter_mut()
                .filter(|(of, row)| of.0 == phone_id && row.reported_at <= heard.at);
            for (key, row) in of_id {
                (row.reported_at, row.expires_at) = (heard.at, row.expires_at.min(heard.at));
                self.changed.insert(key.clone());
            }
        }
        let row = self.rows.entry(key(&heard.contact_hash)).or_insert_with(|| Row {
            account_id: account_id.to_owned(),
            phone_id: phone_id.to_owned(),
            contact_hash: heard.contact_hash.clone(),
            id: new_id(),
            user_agent: String::new(),
            reported_at: heard.at,
            expires_at: heard.at,
        });
        (row.reported_at, row.expires_at) = (heard.at, heard.until.unwrap_or(heard.at));
        if heard.until.is_some() {
            row.user_agent.clone_from(&heard.user_agent);
        }
        self.changed.insert(key(&heard.contact_hash));
        Outcome::Accepted
    }
}
