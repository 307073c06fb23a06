//! Provisioning: what the operator and its commands read and write.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::platform::validation::{
    CALLER_MAX, LOGIN_ID_MAX, MAIL_MAX, NAME_MAX, PASSWORD_MAX, extension_digits,
    login_id_characters, mail_address, no_control_characters, not_blank,
};
use crate::{AccountOptions, AccountStatus, NumberKind, PhoneIdKind, Terminal, given, present};

/// Longest name of a contract holder or a key, in characters.
pub const ACCOUNT_NAME_MAX: u64 = 100;

/// A contract, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorAccount {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21")]
    pub id: String,
    /// Name of the contract holder.
    #[schema(example = "株式会社みなと商会")]
    pub name: String,
    /// Where password links and warnings go.
    #[schema(example = "soumu@minato.example")]
    pub contact_mail: Option<String>,
    /// Whether the contract is in force.
    #[schema(example = "active")]
    pub status: AccountStatus,
    /// Why it is suspended, as the holder is told; `null` unless suspended.
    #[schema(example = json!(null))]
    pub suspended_reason: Option<String>,
    /// The number outside the contract that its calls are forwarded from or to, in E.164; it can
    /// never be refused.
    #[schema(example = "+81312345678")]
    pub forwarding_number: Option<String>,
    /// What is contracted.
    pub options: AccountOptions,
    /// What the contract still lacks to be used; empty when it is complete. Nobody can sign in to
    /// the portal without a basic ID.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub missing: Vec<MissingPart>,
    /// Grows by one with every change of any setting of the account.
    #[schema(example = 42)]
    pub revision: u64,
    /// When it was made.
    #[schema(example = "2026-11-22T09:04:12Z")]
    pub created_at: DateTime<Utc>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 3)]
    pub version: u64,
}

/// What a contract lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingPart {
    /// A primary number: `POST …/numbers` with `kind: primary`.
    PrimaryNumber,
    /// A basic ID, which signs in to the portal: `POST …/ids` with `kind: basic`.
    BasicId,
}

/// A new contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorAccountCreate {
    /// Name of the contract holder, 1 to 100 characters.
    #[validate(length(max = "ACCOUNT_NAME_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(example = "株式会社みなと商会", min_length = 1, max_length = 100)]
    pub name: String,
    /// Where password links and warnings go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAIL_MAX"), custom(function = mail_address))]
    #[schema(example = "soumu@minato.example", max_length = 254)]
    pub contact_mail: Option<String>,
    /// What is contracted; nothing when absent.
    #[serde(default)]
    pub options: AccountOptions,
}

/// Changes to a contract. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorAccountPatch {
    /// Name of the contract holder.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "ACCOUNT_NAME_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(value_type = String, example = "株式会社みなと商会", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Where password links and warnings go; `null` removes it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAIL_MAX"), custom(function = mail_address))]
    #[schema(value_type = Option<String>, example = "soumu@minato.example", max_length = 254)]
    pub contact_mail: Option<Option<String>>,
    /// `suspended` ends every session and refuses sign-in; `active` lifts it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = AccountStatus, example = "suspended")]
    pub status: Option<AccountStatus>,
    /// Why it is suspended; the holder reads it at sign-in. Only for a contract that is or becomes
    /// `suspended`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 200), custom(function = no_control_characters))]
    #[schema(value_type = Option<String>, example = "お支払いの確認ができないため", max_length = 200)]
    pub suspended_reason: Option<Option<String>>,
    /// The number outside the contract that its calls are forwarded from or to, as people write it;
    /// `null` removes it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "CALLER_MAX"))]
    #[schema(value_type = Option<String>, example = "03-1234-5678", max_length = 256)]
    pub forwarding_number: Option<Option<String>>,
}

/// A number of a contract, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorNumber {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub id: String,
    /// The number in E.164.
    #[schema(example = "+815012345678")]
    pub e164: String,
    /// 基本番号 or 追加番号.
    #[schema(example = "primary")]
    pub kind: NumberKind,
    /// 番号名称.
    #[schema(example = "代表番号")]
    pub name: String,
    /// The most calls at once that the contract allows.
    #[schema(example = 9, minimum = 1, maximum = 9)]
    pub max_channels: u8,
    /// Calls at once, as the holder has set it.
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub channel_limit: u8,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 7)]
    pub version: u64,
}

/// A new number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorNumberCreate {
    /// The number, in E.164 or as it is written in Japan.
    #[validate(length(min = 1, max = 40))]
    #[schema(example = "050-1234-5678", min_length = 1, max_length = 40)]
    pub number: String,
    /// 基本番号 or 追加番号; a contract has one primary number.
    #[schema(example = "primary")]
    pub kind: NumberKind,
    /// 番号名称.
    #[serde(default)]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(example = "代表番号", max_length = 40)]
    pub name: String,
    /// The most calls at once that the contract allows, 1 to 9.
    #[validate(range(min = 1, max = 9))]
    #[schema(example = 9, minimum = 1, maximum = 9)]
    pub max_channels: u8,
}

/// Changes to a number. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorNumberPatch {
    /// The most calls at once that the contract allows, 1 to 9. A higher limit of the holder comes
    /// down with it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 9))]
    #[schema(value_type = u8, example = 5, minimum = 1, maximum = 9)]
    pub max_channels: Option<u8>,
    /// 番号名称.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "代表番号", max_length = 40)]
    pub name: Option<String>,
}

/// A device option of an ID: what it is set up for besides the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceOption {
    /// IP電話機; the contract must have the option.
    IpPhone,
    /// 宅内機器; the contract must have the option.
    PremisesDevice,
}

/// An ID of a contract, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorPhoneId {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub id: String,
    /// What the terminal signs in with.
    #[schema(example = "minato001")]
    pub login_id: String,
    /// 基本ID or 追加ID.
    #[schema(example = "basic")]
    pub kind: PhoneIdKind,
    /// 内線 短縮番号.
    #[schema(example = "201")]
    pub extension: String,
    /// 端末名称.
    #[schema(example = "受付 iPhone")]
    pub terminal_name: String,
    /// What it is set up for besides the app; `null` = the app only.
    #[schema(example = json!(null))]
    pub device_option: Option<DeviceOption>,
    /// The terminals that are signed in now.
    pub terminals: Vec<Terminal>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 4)]
    pub version: u64,
}

/// A new ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorPhoneIdCreate {
    /// What the terminal signs in with: 4 to 64 of `a-z 0-9 . _ -`, unique over all accounts.
    #[validate(length(min = 4, max = "LOGIN_ID_MAX"), custom(function = login_id_characters))]
    #[schema(example = "minato001", min_length = 4, max_length = 64)]
    pub login_id: String,
    /// 基本ID or 追加ID; a contract has one basic ID.
    #[schema(example = "basic")]
    pub kind: PhoneIdKind,
    /// 内線 短縮番号: 2 to 6 digits, not beginning with 0, unique in the account.
    #[validate(custom(function = extension_digits))]
    #[schema(example = "201", min_length = 2, max_length = 6)]
    pub extension: String,
    /// 端末名称.
    #[serde(default)]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(example = "受付 iPhone", max_length = 40)]
    pub terminal_name: String,
    /// What it is set up for besides the app; the contract must have the option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub device_option: Option<DeviceOption>,
    /// The initial password, 10 to 128 characters; one is made and shown once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 10, max = "PASSWORD_MAX"))]
    #[schema(example = json!(null), min_length = 10, max_length = 128, format = Password)]
    pub password: Option<String>,
}

/// Changes to an ID. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorPhoneIdPatch {
    /// 内線 短縮番号.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = extension_digits))]
    #[schema(value_type = String, example = "201", min_length = 2, max_length = 6)]
    pub extension: Option<String>,
    /// 端末名称.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "受付 iPhone", max_length = 40)]
    pub terminal_name: Option<String>,
    /// What it is set up for besides the app; `null` = the app only.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DeviceOption>, example = "ip_phone")]
    pub device_option: Option<Option<DeviceOption>>,
}

/// A new ID and, when it was made here, its password: shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorPhoneIdCreated {
    /// The ID.
    #[serde(flatten)]
    pub phone_id: OperatorPhoneId,
    /// The generated password; `null` when one was given.
    #[schema(example = "Kx7-mQ2v-9TrB-w4Hd")]
    pub generated_password: Option<String>,
}

/// Sets the password of an ID.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OperatorPasswordPut {
    /// The new password, 10 to 128 characters; one is made and shown once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 10, max = "PASSWORD_MAX"))]
    #[schema(example = json!(null), min_length = 10, max_length = 128, format = Password)]
    pub password: Option<String>,
}

/// The outcome of setting a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorPasswordSet {
    /// The generated password, shown this once; `null` when one was given.
    #[schema(example = "Kx7-mQ2v-9TrB-w4Hd")]
    pub generated_password: Option<String>,
}

/// A key of the operator or of a switch. The key itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceKey {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b27")]
    pub id: String,
    /// What it is for.
    #[schema(example = "tokyo-sbc-1")]
    pub name: String,
    /// The first characters of the key, to recognise it by.
    #[schema(example = "dwo_3fA9")]
    pub hint: String,
    /// When it was made.
    #[schema(example = "2026-11-22T09:04:12Z")]
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[schema(example = json!(null))]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A new key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceKeyCreate {
    /// What it is for, 1 to 100 characters.
    #[validate(length(max = "ACCOUNT_NAME_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(example = "tokyo-sbc-1", min_length = 1, max_length = 100)]
    pub name: String,
}

/// A key that was just made, with the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceKeyCreated {
    /// What is kept of it.
    #[serde(flatten)]
    pub service_key: ServiceKey,
    /// The key, shown this once. Send it as `Authorization: Bearer …`.
    #[schema(example = "dwo_3fA9…")]
    pub key: String,
}
