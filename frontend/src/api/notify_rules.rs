//! Notify rules, as choices for a number.

use api_types::{NotifyRule, Page};

use super::{Client, ClientError};

/// Every notify rule of the account.
pub async fn list(client: Client) -> Result<Vec<NotifyRule>, ClientError> {
    client.get::<Page<NotifyRule>>("/notify-rules?limit=200").await.map(|answer| answer.body.items)
}
