//! What notices are made of.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::calls::{attachment, call_event};
use crate::notify::delivery::{Progress, Purpose, Row};
use crate::notify::{notify_rule, notify_service};
use crate::numbers::number;
use crate::numbers::number::numbers;
use crate::platform::keyed::keyed;
use crate::platform::schema::{
    attachments, call_events, deliveries, notify_rules, notify_services,
};
use crate::{Checked, Conn, Json, StoreError, Stored, WorkerScope, row};

/// What notices are made of, for many of them at once.
#[derive(Debug, Default)]
pub struct Material {
    /// Calls, by id.
    pub events: BTreeMap<String, call_event::Row>,
    /// Numbers, by id.
    pub numbers: BTreeMap<String, number::Row>,
    /// Rules, by id.
    pub rules: BTreeMap<String, notify_rule::Row>,
    /// Services, by id.
    pub services: BTreeMap<String, notify_service::Row>,
    /// Files, by id.
    pub attachments: BTreeMap<String, attachment::Row>,
    /// By service and call: how far the notice got that told of the call, for those that follow it.
    pub told: BTreeMap<(String, String), Progress>,
    /// The ids of what is there and cannot be read.
    pub damaged: BTreeSet<String>,
}

impl Material {
    /// Whether something that a notice is made of cannot be read: it is there, so the notice must
    /// not be sent without it.
    pub fn is_damaged(&self, row: &Row) -> bool {
        let event = row.call_event_id.as_ref().and_then(|id| self.events.get(id));
        [&row.call_event_id, &row.number_id, &row.rule_id, &row.service_id]
            .into_iter()
            .chain(event.map(|event| &event.attachment_id))
            .flatten()
            .any(|id| self.damaged.contains(id))
    }
}

/// The rows that can be read; the ids of the others are noted.
fn readable<T>(found: Vec<Checked<T>>, damaged: &mut BTreeSet<String>) -> Vec<T> {
    let read = |row: Checked<T>| row.read().map_err(|found| damaged.insert(found.id)).ok();
    found.into_iter().filter_map(read).collect()
}

/// Reads what the notices are made of: a few queries, however many there are.
///
/// # Errors
/// When the database does not answer.
pub fn load(conn: &mut Conn, scope: WorkerScope, rows: &[Row]) -> Result<Material, StoreError> {
    let all = |pick: &dyn Fn(&Row) -> Option<&String>| -> Vec<String> {
        rows.iter().filter_map(pick).collect::<BTreeSet<_>>().into_iter().cloned().collect()
    };
    let accounts = all(&|row| Some(&row.account_id));
    let mut damaged = BTreeSet::new();
    macro_rules! load {
        ($table:ident, $row:ty, $ids:expr) => {{
            let ids: Vec<String> = $ids;
            let found: Vec<Checked<$row>> = match ids.is_empty() {
                true => Vec::new(),
                false => $table::table
                    .filter($table::account_id.eq_any(&accounts))
                    .filter($table::id.eq_any(&ids))
                    .select(Checked::<$row>::as_select())
                    .load(conn)?,
            };
            let found = readable(found, &mut damaged).into_iter();
            found.map(|row| (row.id.clone(), row)).collect::<BTreeMap<_, _>>()
        }};
    }
    // The only ones that are many: by their keys, since every account with every id is many more
    // look-ups.
    let keys: BTreeSet<(&str, &str)> = rows
        .iter()
        .filter_map(|row| Some((row.account_id.as_str(), row.call_event_id.as_deref()?)))
        .collect();
    let found: Vec<Checked<call_event::Row>> = match keys.is_empty() {
        true => Vec::new(),
        false => call_events::table
            .filter(keyed("call_events", keys))
            .select(Checked::<call_event::Row>::as_select())
            .load(conn)?,
    };
    let events: BTreeMap<_, _> =
        readable(found, &mut damaged).into_iter().map(|row| (row.id.clone(), row)).collect();
    let files = events
        .values()
        .filter_map(|event| event.attachment_id.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let told = told_before(
        conn,
        scope,
        &accounts,
        all(&|row| row.call_event_id.as_ref().filter(|_| row.purpose == Purpose::Transcript)),
    )?;
    Ok(Material {
        told,
        numbers: load!(numbers, number::Row, all(&|row| row.number_id.as_ref())),
        rules: load!(notify_rules, notify_rule::Row, all(&|row| row.rule_id.as_ref())),
        services: load!(notify_services, notify_service::Row, all(&|row| row.service_id.as_ref())),
        attachments: load!(attachments, attachment::Row, files),
        events,
        damaged,
    })
}

row! {
    deliveries by id
    /// How far a notice got.
    #[derive(Clone, Debug)]
    struct Before {
        #[expect(dead_code, reason = "names the row where it is damaged")]
        id: String,
        service_id: Option<String>,
        call_event_id: Option<String>,
        progress: Option<Json<Progress>>,
    }
}

/// How far the notices got that told services of these calls.
fn told_before(
    conn: &mut Conn,
    _scope: WorkerScope,
    accounts: &[String],
    events: Vec<String>,
) -> Result<BTreeMap<(String, String), Progress>, StoreError> {
    if events.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found: Vec<Checked<Before>> = deliveries::table
        .filter(deliveries::account_id.eq_any(accounts))
        .filter(deliveries::call_event_id.eq_any(events))
        .filter(deliveries::purpose.eq(Stored(Purpose::Event)))
        .filter(deliveries::progress.is_not_null())
        .select(Checked::<Before>::as_select())
        .load(conn)?;
    Ok(found
        .into_iter()
        .filter_map(Checked::ok)
        .filter_map(|Before { service_id, call_event_id, progress, .. }| {
            Some(((service_id?, call_event_id?), progress?.into_inner()))
        })
        .collect())
}
