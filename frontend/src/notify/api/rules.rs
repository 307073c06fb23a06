//! Notify rules and their services.

use api_types::{
    NotifyRule, NotifyRuleCreate, NotifyRulePatch, Page, Service, ServiceCreate, ServicePatch,
    ServiceTest,
};

use crate::platform::api::{Client, Request};

/// Every notify rule of the account.
pub fn list(client: Client) -> Request<Vec<NotifyRule>> {
    client.get::<Page<NotifyRule>>("/notify-rules?limit=200").items()
}

/// One rule.
pub fn get(client: Client, id: &str) -> Request<NotifyRule> {
    client.get(&format!("/notify-rules/{id}")).body()
}

/// Makes a rule.
pub fn create(client: Client, rule: &NotifyRuleCreate) -> Request<NotifyRule> {
    client.write("POST", "/notify-rules", rule, None).body()
}

/// Changes a rule.
pub fn patch(
    client: Client,
    id: &str,
    version: u64,
    patch: &NotifyRulePatch,
) -> Request<NotifyRule> {
    client.write("PATCH", &format!("/notify-rules/{id}"), patch, Some(version)).body()
}

/// Removes a rule; with `detach` also from the numbers that use it.
pub fn delete(client: Client, id: &str, version: u64, detach: bool) -> Request<()> {
    client.delete_version(&format!("/notify-rules/{id}?detach={detach}"), version)
}

fn at(rule_id: &str, service_id: &str, rest: &str) -> String {
    format!("/notify-rules/{rule_id}/services/{service_id}{rest}")
}

/// One service.
pub fn service(client: Client, rule_id: &str, id: &str) -> Request<Service> {
    client.get(&at(rule_id, id, "")).body()
}

/// Adds a service. The server asks its provider whether the credentials work, which takes longer
/// than a setting.
pub fn add_service(client: Client, rule_id: &str, service: &ServiceCreate) -> Request<Service> {
    client.work(&format!("/notify-rules/{rule_id}/services"), service)
}

/// Changes a service.
pub fn patch_service(
    client: Client,
    rule_id: &str,
    id: &str,
    version: u64,
    patch: &ServicePatch,
) -> Request<Service> {
    client.write("PATCH", &at(rule_id, id, ""), patch, Some(version)).body()
}

/// Removes a service.
pub fn delete_service(client: Client, rule_id: &str, id: &str, version: u64) -> Request<()> {
    client.delete_version(&at(rule_id, id, ""), version)
}

/// Sends a test notice and waits for what comes of it.
pub fn test_service(client: Client, rule_id: &str, id: &str) -> Request<ServiceTest> {
    client.work(&at(rule_id, id, "/test"), &())
}

/// Makes a new signing secret for a webhook; it stands in the answer, and nowhere else.
pub fn rotate_secret(client: Client, rule_id: &str, id: &str, version: u64) -> Request<Service> {
    client.write("POST", &at(rule_id, id, "/rotate-secret"), &(), Some(version)).body()
}
