//! 発信外線番号: the number that an IP phone or premises device calls out with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::present;

/// The number that an ID calls out with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboundNumber {
    /// One of the account's numbers; `null` = the primary number.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub number_id: Option<String>,
}

/// The number that an ID is to call out with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OutboundNumberPut {
    /// One of the account's numbers; `null` = the primary number. Must be given.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true,
        example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub number_id: Option<Option<String>>,
}
