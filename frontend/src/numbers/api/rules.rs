//! The notify rules that a number can use, by name.

use api_types::Page;
use serde::Deserialize;

use crate::platform::api::{Client, Request};

/// A rule as the picker shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct RuleName {
    /// UUID of the rule.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// Every rule of the account.
pub fn names(client: Client) -> Request<Vec<RuleName>> {
    client.get::<Page<RuleName>>("/notify-rules?limit=200").items()
}
