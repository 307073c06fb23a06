//! Notify rules and their services.

use api_types::{
    NotifyRule, NotifyRuleCreate, NotifyRulePatch, Page, Service, ServiceCreate, ServicePatch,
    ServiceTest,
};

use crate::platform::api::{Client, ClientError};

/// Every notify rule of the account.
pub async fn list(client: Client) -> Result<Vec<NotifyRule>, ClientError> {
    client.get::<Page<NotifyRule>>("/notify-rules?limit=200").await.map(|answer| answer.body.items)
}

/// One rule.
pub async fn get(client: Client, id: &str) -> Result<NotifyRule, ClientError> {
    client.get(&format!("/notify-rules/{id}")).await.map(|answer| answer.body)
}

/// Makes a rule.
pub async fn create(client: Client, rule: &NotifyRuleCreate) -> Result<NotifyRule, ClientError> {
    client.write("POST", "/notify-rules", rule, None).await.map(|answer| answer.body)
}

/// Changes a rule.
pub async fn patch(
    client: Client,
    id: &str,
    version: u64,
    patch: &NotifyRulePatch,
) -> Result<NotifyRule, ClientError> {
    client
        .write("PATCH", &format!("/notify-rules/{id}"), patch, Some(version))
        .await
        .map(|answer| answer.body)
}

/// Removes a rule; with `detach` also from the numbers that use it.
pub async fn delete(
    client: Client,
    id: &str,
    version: u64,
    detach: bool,
) -> Result<(), ClientError> {
    client.delete_version(&format!("/notify-rules/{id}?detach={detach}"), version).await
}

fn at(rule_id: &str, service_id: &str, rest: &str) -> String {
    format!("/notify-rules/{rule_id}/services/{service_id}{rest}")
}

/// One service.
pub async fn service(client: Client, rule_id: &str, id: &str) -> Result<Service, ClientError> {
    client.get(&at(rule_id, id, "")).await.map(|answer| answer.body)
}

/// Adds a service. The server asks its provider whether the credentials work, which takes longer
/// than a setting.
pub async fn add_service(
    client: Client,
    rule_id: &str,
    service: &ServiceCreate,
) -> Result<Service, ClientError> {
    client.work(&format!("/notify-rules/{rule_id}/services"), service).await
}

/// Changes a service.
pub async fn patch_service(
    client: Client,
    rule_id: &str,
    id: &str,
    version: u64,
    patch: &ServicePatch,
) -> Result<Service, ClientError> {
    client
        .write("PATCH", &at(rule_id, id, ""), patch, Some(version))
        .await
        .map(|answer| answer.body)
}

/// Removes a service.
pub async fn delete_service(
    client: Client,
    rule_id: &str,
    id: &str,
    version: u64,
) -> Result<(), ClientError> {
    client.delete_version(&at(rule_id, id, ""), version).await
}

/// Sends a test notice and waits for what comes of it.
pub async fn test_service(
    client: Client,
    rule_id: &str,
    id: &str,
) -> Result<ServiceTest, ClientError> {
    client.work(&at(rule_id, id, "/test"), &()).await
}

/// Makes a new signing secret for a webhook; it stands in the answer, and nowhere else.
pub async fn rotate_secret(
    client: Client,
    rule_id: &str,
    id: &str,
    version: u64,
) -> Result<Service, ClientError> {
    client
        .write("POST", &at(rule_id, id, "/rotate-secret"), &(), Some(version))
        .await
        .map(|answer| answer.body)
}
