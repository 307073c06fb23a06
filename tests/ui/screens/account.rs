//! Looks at the contract and its keys, the change log.

use serde_json::json;

use super::Look;
use crate::identity::api_keys::allow;

/// They, in the order in which they are reached.
pub(super) const LOOKS: &[Look] = looks! {
    "account" => |story| {
        story.open("/account").await?;
        story.at("account-name").await?;
    }
    "api-keys-empty" => |story| {
        story.open("/account/api-keys").await?;
        story.at("empty-state").await?;
    }
    "api-key-new" => |story| {
        story.touch("add-key").await?;
        allow(story, "s_numbers-write").await?;
        story.touch("create-key").await?;
        story.at("error-key-name").await?;
    }
    "api-key-made" => |story| {
        story.write_at("input-key-name", "顧客管理").await?;
        story.touch("create-key").await?;
        story.at("key-once").await?;
    }
    "api-keys" => |story| {
        story.touch("key-done").await?;
        let key = json!({"name": "夜間の集計", "scopes": ["call_events:read", "deliveries:read",
            "audit_log:read"],
            "allowed_addresses": ["198.51.100.0/24"]});
        story.minato.client.post("/api-keys", key).await.expect(201);
        story.reload().await?;
        story.count_at("key", 2).await?;
    }
    "api-key-deleting" => |story| {
        story.touch("delete-key").await?;
        story.at("delete-confirm").await?;
    }
    "signing-out-everywhere" => |story| {
        story.open("/account").await?;
        story.touch("sign-out-everywhere").await?;
        story.at("sign-out-everywhere-confirm").await?;
    }
    "history" => |story| {
        story.open("/history").await?;
        story.at("history-entry").await?;
    }
    "history-of-number" => |story| {
        story.open(&format!("/history?number={}", story.minato.numbers[1])).await?;
        story.at("history-entry").await?;
    }
};
