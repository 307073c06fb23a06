//! Provisioning: what the operator and its commands read and write.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::platform::validation::{
    CALLER_MAX, LOGIN_ID_MAX, MAIL_MAX, NAME_MAX, PASSWORD_MAX, extension_digits,
    login_id_characters, mail_address, no_control_characters, not_blank,
};
use crate::{AccountOptions, AccountStatus, NumberKind, PhoneIdKind, Terminal, given, present};

/// Longest name of a contract holder or a key, in characters.
pub const ACCOUNT_NAME_MAX: u64 = 100;
/// Longest reference of the operator's own, in characters.
pub const REFERENCE_MAX: u64 = 64;
/// The most numbers, and the most IDs, that are made together with their contract.
pub const MADE_AT_ONCE_MAX: u64 = 100;

/// A contract, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorAccount {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21")]
    pub id: String,
    /// Name of the contract holder.
    #[schema(example = "株式会社みなと商会")]
    pub name: String,
    /// The operator's own name for it, such as the customer number of another system; no two
    /// contracts have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "C-10234", nullable = false)]
    pub reference: Option<String>,
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
    /// The numbers that were made with it, in the order of the request; only in the answer to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub numbers: Option<Vec<OperatorNumber>>,
    /// The IDs that were made with it, likewise; generated passwords are shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ids: Option<Vec<OperatorPhoneIdCreated>>,
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

/// A new contract, with its first numbers and IDs: all of it is made, or nothing.
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
    /// The operator's own name for it, 1 to 64 characters; no other contract may have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "REFERENCE_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(example = "C-10234", min_length = 1, max_length = 64)]
    pub reference: Option<String>,
    /// Its first numbers, at most 100. What is wrong with one is named as `/numbers/1/number`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = "MADE_AT_ONCE_MAX"), nested)]
    #[schema(max_items = 100)]
    pub numbers: Vec<OperatorNumberCreate>,
    /// Its first IDs, at most 100; without a basic one nobody can sign in to the portal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = "MADE_AT_ONCE_MAX"), nested)]
    #[schema(max_items = 100)]
    pub ids: Vec<OperatorPhoneIdCreate>,
}

/// Which contracts are wanted; all that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OperatorAccountQuery {
    /// How many items at most, 1 to 200; 100 when absent.
    #[param(minimum = 1, maximum = 200, example = 100)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only the contract with this reference, as it was given.
    #[param(example = "C-10234")]
    pub reference: Option<String>,
    /// Only contracts with this in their names; capitals and full-width letters are the same as
    /// others.
    #[param(example = "みなと")]
    pub name: Option<String>,
    /// Only the contract with this number, in any form in which a number can be read.
    #[param(example = "050-1234-5678")]
    pub number: Option<String>,
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
    /// The operator's own name for it; no other contract may have it; `null` removes it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "REFERENCE_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(value_type = Option<String>, example = "C-10234", min_length = 1, max_length = 64)]
    pub reference: Option<Option<String>>,
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
    /// The operator's own name for it; several may have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "line-7", nullable = false)]
    pub reference: Option<String>,
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
    /// The operator's own name for it, 1 to 64 characters; several may have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "REFERENCE_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(example = "line-7", min_length = 1, max_length = 64)]
    pub reference: Option<String>,
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
    /// The operator's own name for it; `null` removes it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "REFERENCE_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(value_type = Option<String>, example = "line-7", min_length = 1, max_length = 64)]
    pub reference: Option<Option<String>>,
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
    /// The operator's own name for it; several may have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "seat-12", nullable = false)]
    pub reference: Option<String>,
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
    /// The operator's own name for it, 1 to 64 characters; several may have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "REFERENCE_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(example = "seat-12", min_length = 1, max_length = 64)]
    pub reference: Option<String>,
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
    /// The operator's own name for it; `null` removes it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "REFERENCE_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(value_type = Option<String>, example = "seat-12", min_length = 1, max_length = 64)]
    pub reference: Option<Option<String>>,
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
