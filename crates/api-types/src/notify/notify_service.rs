//! 通知サービス: one destination of a notify rule.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use validator::Validate;

use crate::platform::validation::{NAME_MAX, no_control_characters};
use crate::{Credentials, ServiceType, given};

/// The most services of a rule.
pub const SERVICES_MAX: usize = 20;

/// What is wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceProblem {
    /// Stable code: the service, a dot, and what it said.
    #[schema(example = "slack.not_in_channel")]
    pub code: String,
    /// What it means, in the language of `Accept-Language`.
    #[schema(example = "ボットがチャンネルに参加していません。")]
    pub message: String,
    /// What to do about it.
    #[schema(example = "Slackでそのチャンネルを開き、「/invite @ボット名」と入力してください。")]
    pub advice: String,
    /// Since when; `null` where it was found just now.
    #[schema(example = "2026-11-22T09:04:12Z")]
    pub since: Option<DateTime<Utc>>,
}

/// How a destination of LINE is found out: whoever sends the word with the code to the bot in a room
/// has its id filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineSetup {
    /// To be entered as Webhook URL in the LINE Developers console.
    #[schema(example = "https://portal.example.jp/callbacks/line/Zk3…")]
    pub webhook_url: String,
    /// What to send, the code included. Without the code for API keys: only people who are signed in
    /// to the portal see it.
    #[schema(example = "登録 482913")]
    pub word: String,
    /// Until when the code is good; it is another one then.
    #[serde(default)]
    #[schema(example = "2026-11-22T09:14:12Z")]
    pub code_expires_at: Option<DateTime<Utc>>,
    /// Who registered last, as LINE calls them.
    #[serde(default)]
    #[schema(example = "営業部")]
    pub registered_name: Option<String>,
}

/// A service of a notify rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b28")]
    pub id: String,
    /// The rule that it belongs to.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24")]
    pub rule_id: String,
    /// Which service.
    #[serde(rename = "type")]
    #[schema(example = "slack")]
    pub kind: ServiceType,
    /// What its owner calls it.
    #[schema(example = "#営業")]
    pub label: String,
    /// Whether its owner wants it. We switch it off ourselves when it has failed for good;
    /// `problem` then says why.
    #[schema(example = true)]
    pub enabled: bool,
    /// Its credentials; secret ones as a hint.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"bot_token": "xoxb-…3f9a",
        "channel_id": "C0123456789"}))]
    pub credentials: Credentials,
    /// What is wrong with it; `null` while nothing is.
    #[schema(example = json!(null))]
    pub problem: Option<ServiceProblem>,
    /// What works now and may not for long; `null` where nothing is to be done.
    #[schema(example = json!(null))]
    pub warning: Option<ServiceProblem>,
    /// Notices that wait for it, be it for their time or until it is switched on again.
    #[schema(example = 0)]
    pub waiting: u32,
    /// With `line`: how its destination is found out.
    #[schema(example = json!(null))]
    pub line_setup: Option<LineSetup>,
    /// With `webhook`: the signing secret, in the answer to making the service or its secret, and
    /// never again.
    #[schema(example = json!(null))]
    pub signing_secret: Option<String>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 1)]
    pub version: u64,
}

/// A new service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceCreate {
    /// Which service.
    #[serde(rename = "type")]
    #[schema(example = "slack")]
    pub kind: ServiceType,
    /// What its owner calls it, at most 40 characters; empty = we find a name.
    #[serde(default)]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(example = "#営業", max_length = 40)]
    pub label: String,
    /// Its credentials, by type.
    #[schema(schema_with = credentials_schema)]
    pub credentials: Credentials,
    /// `true` keeps it even where the service itself says that the credentials do not work.
    #[serde(default)]
    #[schema(example = false)]
    pub unchecked: bool,
}

/// Names the credentials of every type.
#[expect(deprecated, reason = "all of the document has its examples under the older name")]
fn credentials_schema() -> Object {
    let names = |kind: ServiceType| {
        let names: Vec<_> = kind.fields().iter().map(|field| field.name).collect();
        format!("{} `{}`", kind.key(), names.join(", "))
    };
    let by_type: Vec<_> = ServiceType::ALL.into_iter().map(names).collect();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(format!("Its credentials, by type: {}.", by_type.join("; "))))
        .additional_properties(Some(Schema::from(Object::with_type(Type::String))))
        .property_names(Some(Object::with_type(Type::String)))
        .example(Some(utoipa::r#gen::serde_json::json!(
            {"bot_token": "xoxb-1234567890-abcdefghij", "channel_id": "C0123456789"}
        )))
        .build()
}

/// What becomes of the notices that waited while a service was off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// They are sent.
    #[default]
    Send,
    /// They are skipped; the log says so.
    Skip,
}

/// Changes to a service. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServicePatch {
    /// What its owner calls it, at most 40 characters.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "#営業", max_length = 40)]
    pub label: Option<String>,
    /// Whether its owner wants it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, example = true)]
    pub enabled: Option<bool>,
    /// Credentials that change; those that are not named stay.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BTreeMap<String, String>, example = json!({"channel_id": "C0123456789"}))]
    pub credentials: Option<Credentials>,
    /// With `enabled: true`: what becomes of the notices that waited meanwhile.
    #[serde(default)]
    #[schema(example = "send")]
    pub waiting: Waiting,
    /// `true` keeps it even where the service itself says that the credentials do not work.
    #[serde(default)]
    #[schema(example = false)]
    pub unchecked: bool,
}

/// What a test came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    /// It is there.
    Delivered,
    /// The service took it and does not say what becomes of it: look whether it is there.
    HandedOver,
    /// It is not there.
    Failed,
}

/// A test notice, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"outcome": "delivered", "message": "テスト通知を送りました。", "problem": null,
    "status": 200, "duration_ms": 312}))]
pub struct ServiceTest {
    /// What came of it.
    #[schema(example = "delivered")]
    pub outcome: TestOutcome,
    /// The same in words.
    #[schema(example = "テスト通知を送りました。")]
    pub message: String,
    /// What was wrong and what to do about it; with `failed`.
    #[schema(example = json!(null))]
    pub problem: Option<ServiceProblem>,
    /// HTTP status of the service's answer, where one came.
    #[schema(example = 200)]
    pub status: Option<u16>,
    /// How long it took.
    #[schema(example = 312)]
    pub duration_ms: u32,
}
