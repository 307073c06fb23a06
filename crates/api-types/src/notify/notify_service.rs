//! 通知サービス: one destination of a notify rule.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::given;
use crate::platform::validation::{NAME_MAX, no_control_characters};

/// The most services of a rule.
pub const SERVICES_MAX: usize = 20;

/// The services that can be told, beside mail.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ServiceType {
    /// Slack, by a bot token.
    Slack,
    /// Chatwork, by an API token.
    Chatwork,
    /// Microsoft Teams, by the URL of a workflow.
    Teams,
    /// Google Chat, by the URL of a webhook.
    GoogleChat,
    /// LINE, by the Messaging API of an official account.
    Line,
    /// LINE WORKS, by a bot and a service account.
    LineWorks,
    /// An endpoint of one's own, by Standard Webhooks.
    Webhook,
}

/// One credential of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialField {
    /// Its name in `credentials`.
    pub name: &'static str,
    /// Whether it is never shown again, but as a hint.
    pub secret: bool,
    /// Whether a service cannot be without it.
    pub required: bool,
    /// Whether it has several lines.
    pub multiline: bool,
}

const fn field(
    name: &'static str,
    secret: bool,
    required: bool,
    multiline: bool,
) -> CredentialField {
    CredentialField { name, secret, required, multiline }
}

impl ServiceType {
    /// All seven, in the order in which they are offered.
    pub const ALL: [ServiceType; 7] = [
        ServiceType::Slack,
        ServiceType::Chatwork,
        ServiceType::Teams,
        ServiceType::GoogleChat,
        ServiceType::Line,
        ServiceType::LineWorks,
        ServiceType::Webhook,
    ];

    /// Its credentials, in the order in which a form asks for them.
    pub const fn fields(self) -> &'static [CredentialField] {
        const SLACK: &[CredentialField] =
            &[field("bot_token", true, true, false), field("channel_id", false, true, false)];
        const CHATWORK: &[CredentialField] =
            &[field("api_token", true, true, false), field("room_id", false, true, false)];
        const SECRET_URL: &[CredentialField] = &[field("url", true, true, false)];
        const LINE: &[CredentialField] = &[
            field("channel_access_token", true, true, false),
            field("channel_secret", true, false, false),
            field("to", false, false, false),
        ];
        const LINE_WORKS: &[CredentialField] = &[
            field("client_id", false, true, false),
            field("client_secret", true, true, false),
            field("service_account", false, true, false),
            field("private_key", true, true, true),
            field("bot_id", false, true, false),
            field("channel_id", false, true, false),
        ];
        const OWN_URL: &[CredentialField] = &[field("url", false, true, false)];
        match self {
            ServiceType::Slack => SLACK,
            ServiceType::Chatwork => CHATWORK,
            ServiceType::Teams | ServiceType::GoogleChat => SECRET_URL,
            ServiceType::Line => LINE,
            ServiceType::LineWorks => LINE_WORKS,
            ServiceType::Webhook => OWN_URL,
        }
    }
}

/// Name of a credential → its value.
pub type Credentials = BTreeMap<String, String>;

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

/// How a destination of LINE is found out: whoever sends the word to the bot in a room has its id
/// filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineSetup {
    /// To be entered as Webhook URL in the LINE Developers console.
    #[schema(example = "https://portal.example.jp/callbacks/line/Zk3…")]
    pub webhook_url: String,
    /// The word.
    #[schema(example = "登録")]
    pub word: String,
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
    /// Its credentials, by type: slack `bot_token, channel_id`; chatwork `api_token, room_id`;
    /// teams `url`; google_chat `url`; line `channel_access_token, to, channel_secret`; line_works
    /// `client_id, client_secret, service_account, private_key, bot_id, channel_id`; webhook `url`.
    #[schema(value_type = BTreeMap<String, String>,
        example = json!({"bot_token": "xoxb-1234567890-abcdefghij", "channel_id": "C0123456789"}))]
    pub credentials: Credentials,
    /// `true` keeps it even where the service itself says that the credentials do not work.
    #[serde(default)]
    #[schema(example = false)]
    pub unchecked: bool,
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
