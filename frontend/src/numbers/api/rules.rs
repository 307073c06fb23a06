//! The notify rules that a number can use, by name.

use api_types::Page;
use serde::Deserialize;

use crate::platform::api::{Client, ClientError};

/// A rule as the picker shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct RuleName {
    /// UUID of the rule.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// Every rule of the account.
pub async fn names(client: Client) -> Result<Vec<RuleName>, ClientError> {
    client.get::<Page<RuleName>>("/notify-rules?limit=200").await.map(|answer| answer.body.items)
}
