//! The contract, as its holder sees it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::given;
use crate::platform::validation::{MAIL_MAX, mail_address};

/// What the contract includes beyond numbers and IDs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate,
)]
#[serde(deny_unknown_fields)]
pub struct AccountOptions {
    /// IP電話機オプション.
    #[serde(default)]
    #[schema(example = true)]
    pub ip_phone: bool,
    /// 宅内機器オプション.
    #[serde(default)]
    #[schema(example = false)]
    pub premises_device: bool,
    /// 留守番電話: switches let callers leave a message where nobody answers (`voicemail_after_s` of
    /// their decisions). A voicemail that comes all the same is kept and told.
    #[serde(default)]
    #[schema(example = true)]
    pub voicemail: bool,
    /// クラウドFAX: the operator's fax service takes faxes for the contract, which it is set up for
    /// there. A fax that comes all the same is kept and told.
    #[serde(default)]
    #[schema(example = false)]
    pub fax: bool,
}

/// Whether the contract is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// In force.
    #[default]
    Active,
    /// Suspended by the operator: nobody can sign in.
    Suspended,
}

/// The contract of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21")]
    pub id: String,
    /// Name of the contract holder.
    #[schema(example = "株式会社みなと商会")]
    pub name: String,
    /// Where password links and warnings go; `null` when none is registered.
    #[schema(example = "soumu@minato.example")]
    pub contact_mail: Option<String>,
    /// The number outside the contract that its calls are forwarded from or to, in E.164; it can
    /// never be refused.
    #[schema(example = "+81312345678")]
    pub forwarding_number: Option<String>,
    /// What is contracted.
    pub options: AccountOptions,
    /// How many numbers the contract has.
    #[schema(example = 3)]
    pub number_count: u32,
    /// How many IDs the contract has.
    #[schema(example = 5)]
    pub id_count: u32,
    /// Grows by one with every change of any setting of the account.
    #[schema(example = 42)]
    pub revision: u64,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 3)]
    pub version: u64,
}

/// Changes to the contract that its holder may make. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AccountPatch {
    /// Where password links and warnings go.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAIL_MAX"), custom(function = mail_address))]
    #[schema(value_type = String, example = "soumu@minato.example", max_length = 254)]
    pub contact_mail: Option<String>,
}
