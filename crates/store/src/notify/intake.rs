//! Whom the owners of called numbers want told.

use diesel::prelude::*;

use crate::notify::{notify_rule, notify_service};
use crate::numbers::number;
use crate::platform::schema::{notify_rules, notify_services};
use crate::{Checked, Conn, StoreError, SwitchScope};

/// The rules that some numbers have picked, and the services of these rules in the order of their
/// making.
///
/// # Errors
/// When the database does not answer.
pub fn rules_of(
    conn: &mut Conn,
    _scope: SwitchScope,
    numbers: &[number::Row],
) -> Result<(Vec<notify_rule::Row>, Vec<notify_service::Row>), StoreError> {
    let mut rule_ids: Vec<&String> =
        numbers.iter().filter_map(|number| number.notify_rule_id.as_ref()).collect();
    rule_ids.sort();
    rule_ids.dedup();
    if rule_ids.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut account_ids: Vec<&String> = numbers.iter().map(|number| &number.account_id).collect();
    account_ids.sort();
    account_ids.dedup();
    let rules = notify_rules::table
        .filter(notify_rules::account_id.eq_any(account_ids.iter().copied()))
        .filter(notify_rules::id.eq_any(rule_ids.iter().copied()))
        .select(Checked::<notify_rule::Row>::as_select())
        .load(conn)?;
    let services = notify_services::table
        .filter(notify_services::account_id.eq_any(account_ids.iter().copied()))
        .filter(notify_services::rule_id.eq_any(rule_ids.iter().copied()))
        .order(notify_services::id)
        .select(Checked::<notify_service::Row>::as_select())
        .load(conn)?;
    // A damaged rule tells nobody; the reports about everybody else's calls go on.
    let rules = rules.into_iter().filter_map(Checked::ok).collect();
    let services = services.into_iter().filter_map(Checked::ok).collect();
    Ok((rules, services))
}
