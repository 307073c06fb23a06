//! Keys of integrators.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::platform::validation::{no_control_characters, not_blank};

/// Keys that an account may have.
pub const API_KEYS_MAX: usize = 50;
/// Longest name of a key, in characters.
const KEY_NAME_MAX: u64 = 50;
/// Addresses and networks that one key may be bound to.
const ADDRESSES_MAX: u64 = 20;

// A `literal` would reach the derives in an invisible group, which not all of them look into.
macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $text:tt;)+) => {
        /// What a key opens: one resource, to read or to write. Writing does not include reading.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            ToSchema)]
        pub enum ApiScope {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $variant,)+
        }

        impl ApiScope {
            /// Every scope.
            pub const ALL: &[ApiScope] = &[$(ApiScope::$variant),+];

            /// As it stands in requests and in the document.
            pub fn as_str(self) -> &'static str {
                match self { $(ApiScope::$variant => $text),+ }
            }
        }
    };
}

scopes! {
    /// The contract.
    AccountRead, "account:read";
    /// The contract's contact mail.
    AccountWrite, "account:write";
    /// Numbers with their settings, ringing and channel limits; previews of calls.
    NumbersRead, "numbers:read";
    /// Settings of numbers, and copying them.
    NumbersWrite, "numbers:write";
    /// Block lists.
    BlockListRead, "block_list:read";
    /// Entries of block lists, imports, switches.
    BlockListWrite, "block_list:write";
    /// IDs.
    IdsRead, "ids:read";
    /// Names and outbound numbers of IDs; never passwords.
    IdsWrite, "ids:write";
    /// Notify rules and their services, without secrets.
    NotifyRulesRead, "notify_rules:read";
    /// Notify rules and their services.
    NotifyRulesWrite, "notify_rules:write";
    /// What happened, with recordings and faxes.
    CallEventsRead, "call_events:read";
    /// Revoking links to recordings and faxes.
    CallEventsWrite, "call_events:write";
    /// What was sent.
    DeliveriesRead, "deliveries:read";
    /// Sending again.
    DeliveriesWrite, "deliveries:write";
    /// The change log.
    AuditLogRead, "audit_log:read";
}

/// A key, without itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b2a")]
    pub id: String,
    /// What it is for.
    #[schema(example = "顧客管理システム")]
    pub name: String,
    /// The first characters of the key, to recognise it by.
    #[schema(example = "dwk_3fA9")]
    pub hint: String,
    /// What it opens.
    #[schema(example = json!(["block_list:read", "block_list:write"]))]
    pub scopes: Vec<ApiScope>,
    /// When it ends; `null` = not by itself.
    #[schema(example = "2027-11-22T00:00:00Z")]
    pub expires_at: Option<DateTime<Utc>>,
    /// From where it works: addresses such as `198.51.100.7` and networks such as `2001:db8::/32`;
    /// empty = from everywhere.
    #[schema(example = json!(["198.51.100.7", "2001:db8::/32"]))]
    pub allowed_addresses: Vec<String>,
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
pub struct ApiKeyCreate {
    /// What it is for, 1 to 50 characters.
    #[validate(length(max = "KEY_NAME_MAX"), custom(function = not_blank),
        custom(function = no_control_characters))]
    #[schema(example = "顧客管理システム", min_length = 1, max_length = 50)]
    pub name: String,
    /// What it opens, at least one.
    #[validate(length(min = 1, max = 15))]
    #[schema(example = json!(["block_list:read", "block_list:write"]), min_items = 1,
        max_items = 15)]
    pub scopes: Vec<ApiScope>,
    /// When it ends; absent or `null` = not by itself.
    #[serde(default)]
    #[schema(example = "2027-11-22T00:00:00Z")]
    pub expires_at: Option<DateTime<Utc>>,
    /// From where it works: IPv4 and IPv6 addresses and networks (`198.51.100.0/24`), at most 20;
    /// empty = from everywhere.
    #[serde(default)]
    #[validate(length(max = "ADDRESSES_MAX"), custom(function = networks))]
    #[schema(example = json!([]), max_items = 20)]
    pub allowed_addresses: Vec<String>,
}

/// A key that was just made, with the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyCreated {
    /// What is kept of it.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The key, shown this once. Send it as `Authorization: Bearer …`.
    #[schema(example = "dwk_3fA9…")]
    pub key: String,
}

fn networks(values: &[String]) -> Result<(), ValidationError> {
    if values.iter().all(|value| is_network(value)) {
        Ok(())
    } else {
        Err(ValidationError::new("invalid_format"))
    }
}

/// Whether a text is an IPv4 or IPv6 address, or a network such as `198.51.100.0/24`.
pub fn is_network(text: &str) -> bool {
    network(text).is_some()
}

/// An address with the length of its network's prefix; an address alone is a network of itself.
fn network(text: &str) -> Option<(u128, u32, bool)> {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.trim().parse().ok()?;
    let (bits, width, is_v4) = bits(address);
    let length = match length {
        None => width,
        Some(length) => length.trim().parse().ok().filter(|length| *length <= width)?,
    };
    Some((bits, length, is_v4))
}

fn bits(address: IpAddr) -> (u128, u32, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32, true),
        IpAddr::V6(address) => (address.to_bits(), 128, false),
    }
}

/// Whether an address lies in one of these networks; in none of them where there is none to lie in.
pub fn address_allowed(networks: &[String], address: IpAddr) -> bool {
    let (bits, width, is_v4) = bits(address);
    networks.iter().filter_map(|text| network(text)).any(|(network, length, network_is_v4)| {
        let shift = width.saturating_sub(length);
        network_is_v4 == is_v4 && (length == 0 || bits >> shift == network >> shift)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks() {
        let within = |networks: &[&str], address: &str| {
            let networks: Vec<String> = networks.iter().map(|&text| text.to_owned()).collect();
            address_allowed(&networks, address.parse().unwrap())
        };
        for (networks, address, allowed) in [
            (&["198.51.100.7"][..], "198.51.100.7", true),
            (&["198.51.100.7"], "198.51.100.8", false),
            (&["198.51.100.0/24"], "198.51.100.255", true),
            (&["198.51.100.0/24"], "198.51.101.0", false),
            (&["0.0.0.0/0"], "203.0.113.9", true),
            (&["0.0.0.0/0"], "2001:db8::1", false),
            (&["2001:db8::/32"], "2001:db8:ffff::1", true),
            (&["2001:db8::/32"], "2001:db9::1", false),
            (&["198.51.100.7"], "::ffff:198.51.100.7", true),
            (&["::1", "127.0.0.1"], "127.0.0.1", true),
            (&[], "127.0.0.1", false),
        ] {
            assert_eq!(within(networks, address), allowed, "{address} in {networks:?}");
        }
        for wrong in
            ["", "198.51.100", "198.51.100.0/33", "2001:db8::/129", "198.51.100.0/x", "example.com"]
        {
            assert!(networks(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scopes_are_written_as_they_are_named() {
        for scope in ApiScope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }
}
