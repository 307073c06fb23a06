//! Sending notices again, because their owner asks for it.

use std::collections::HashMap;

use api_types::{Channel, DeliveryState};
use chrono::{NaiveDateTime, TimeDelta};
use store::calls::{attachment, call_event};
use store::notify::delivery::{self, Progress, Row};
use store::notify::{notify_service, resend};
use store::{Conn, Json, Scope, new_id};

use crate::error::Failure;
use crate::notify::view::{is_resendable, waits_again};
use crate::notify::words;

/// Sends notices of one account again.
pub struct Resender<'s> {
    scope: &'s Scope,
    now: NaiveDateTime,
    /// For how long links to files work.
    link_lasts: TimeDelta,
    /// Whether a service is on; `None` where it is gone.
    services: HashMap<String, Option<bool>>,
}

impl<'s> Resender<'s> {
    /// For the notices of `scope`.
    pub fn new(scope: &'s Scope, now: NaiveDateTime, link_lasts: TimeDelta) -> Self {
        Self { scope, now, link_lasts, services: HashMap::new() }
    }

    /// Sends one again and answers its id; nothing where it cannot be: it is still under way, was
    /// not needed, or whom it went to is gone.
    ///
    /// What was given up or skipped goes on under its id, with the log of its attempts. What had
    /// arrived is sent as a new notice: receivers that know its id would take it for the one that
    /// they have.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn send(&mut self, conn: &mut Conn, row: Row) -> Result<Option<String>, Failure> {
        if !is_resendable(&row) {
            return Ok(None);
        }
        let Some(state) = self.state(conn, &row)? else { return Ok(None) };
        self.renew_link(conn, &row)?;
        if waits_again(&row) {
            let hurried = resend::hurry(conn, self.scope, &row.id, self.now)?;
            return Ok(hurried.then_some(row.id));
        }
        if matches!(row.state.0, DeliveryState::Failed | DeliveryState::Skipped) {
            let revived =
                resend::revive(conn, self.scope, &row.id, state, progress(&row), self.now)?;
            return Ok(revived.then_some(row.id));
        }
        let id = new_id();
        let again = Row {
            short_id: words::short_id(&id),
            id: id.clone(),
            state: state.into(),
            attempts: 0,
            next_at: self.now,
            slot_at: None,
            lease_owner: None,
            lease_until: None,
            progress: None,
            problem: None,
            created_at: self.now,
            finished_at: None,
            ..row
        };
        delivery::insert(conn, self.scope, again)?;
        Ok(Some(id))
    }

    /// Where a service is off the notice waits for it.
    fn state(&mut self, conn: &mut Conn, row: &Row) -> Result<Option<DeliveryState>, Failure> {
        let Some(id) = &row.service_id else {
            return Ok((row.channel == Channel::Mail).then_some(DeliveryState::Waiting));
        };
        let is_on = match self.services.get(id) {
            Some(known) => *known,
            None => {
                let found =
                    notify_service::find(conn, self.scope, id)?.map(|service| service.enabled);
                self.services.insert(id.clone(), found);
                found
            }
        };
        Ok(is_on.map(|is_on| if is_on { DeliveryState::Waiting } else { DeliveryState::Held }))
    }

    /// A link that has expired is replaced, or the notice would lead nowhere. One that was revoked
    /// stays so.
    fn renew_link(&self, conn: &mut Conn, row: &Row) -> Result<(), Failure> {
        let Some(event_id) = &row.call_event_id else { return Ok(()) };
        let Some(file_id) =
            call_event::find(conn, self.scope, event_id)?.and_then(|event| event.attachment_id)
        else {
            return Ok(());
        };
        match attachment::find(conn, self.scope, &file_id)? {
            Some(file) if file.link_revoked_at.is_none() && file.link_expires_at <= self.now => {
                Ok(attachment::renew_link(conn, self.scope, &file_id, self.now + self.link_lasts)?)
            }
            _ => Ok(()),
        }
    }
}

/// What people have read already is not sent to them again; all else begins anew.
fn progress(row: &Row) -> Option<Json<Progress>> {
    let progress = row.progress.clone()?.into_inner();
    progress.text_sent.as_ref()?;
    Some(Progress { plain: false, file_done: false, ..progress }.into())
}
