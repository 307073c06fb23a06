//! The terminals of an account: those that are signed in, and those that its switch has registered.

use api_types::{DeviceOption, Terminal, TerminalKind};
use chrono::NaiveDateTime;
use store::numbers::phone_id;
use store::softphone::terminal;
use store::switch::registration;
use store::{Conn, Scope, StoreError};

use crate::numbers::rules::user_agents;
use crate::numbers::view;

/// All of an account.
#[derive(Clone, Debug, Default)]
pub struct Terminals {
    signed_in: Vec<terminal::Row>,
    registered: Vec<registration::Row>,
}

impl Terminals {
    /// Those of the account now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn load(conn: &mut Conn, scope: &Scope, now: NaiveDateTime) -> Result<Self, StoreError> {
        Ok(Self {
            signed_in: terminal::list(conn, scope)?,
            registered: registration::list(conn, scope, now)?,
        })
    }

    /// Those of one ID: first what is signed in.
    pub fn of(&self, row: &phone_id::Row) -> Vec<Terminal> {
        let signed_in =
            self.signed_in.iter().filter(|it| it.phone_id == row.id).map(view::terminal);
        let registered = self.registered.iter().filter(|it| it.phone_id == row.id);
        signed_in.chain(registered.map(|it| view_of(row, it))).collect()
    }

    /// Whether it is the switch that knows this terminal of an ID.
    pub fn is_registered(&self, phone_id: &str, id: &str) -> bool {
        self.registered.iter().any(|it| it.phone_id == phone_id && it.id == id)
    }

    /// Whether a telephone is registered or an app is signed in with an ID. What the operator has
    /// entered says nothing about now.
    pub fn is_online(&self, phone_id: &str, now: NaiveDateTime) -> bool {
        let lasts = |it: &terminal::Row| it.expires_at.is_some_and(|end| end > now);
        self.signed_in.iter().any(|it| it.phone_id == phone_id && lasts(it))
            || self.registered.iter().any(|it| it.phone_id == phone_id)
    }
}

/// A terminal that is registered: what it is stands in its user agent, else in the contract.
fn view_of(phone_id: &phone_id::Row, row: &registration::Row) -> Terminal {
    let contracted = match phone_id.device_option.map(|option| option.0) {
        Some(DeviceOption::PremisesDevice) => TerminalKind::PremisesDevice,
        Some(DeviceOption::IpPhone) | None => TerminalKind::IpPhone,
    };
    let name = [user_agents::name_of(&row.user_agent), phone_id.terminal_name.clone()]
        .into_iter()
        .find(|name| !name.is_empty());
    Terminal {
        id: row.id.clone(),
        kind: user_agents::kind_of(&row.user_agent).unwrap_or(contracted),
        name: name.unwrap_or_else(|| phone_id.login_id.clone()),
        last_seen_at: row.reported_at.and_utc(),
        registered: true,
    }
}
