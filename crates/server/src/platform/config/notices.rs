//! What can be set about notices.

use std::collections::BTreeMap;

use api_types::ServiceType;
use secrecy::SecretString;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::load;

/// Where the services of notify rules are, for tests and proxies: by service, what its channel
/// names ([`api_types::Description::settings`]). `base_url` has no slash at the end; where users
/// paste whole URLs it replaces their scheme, host and port, and empty leaves them as they are.
/// Hosts are exact or `*.suffix`, with commas between them; one without a port allows every port.
#[derive(Clone, Debug)]
pub struct Providers(BTreeMap<ServiceType, BTreeMap<String, String>>);

impl Providers {
    /// A setting of a service; empty where its channel has none of this name.
    pub fn get(&self, kind: ServiceType, name: &str) -> &str {
        self.0.get(&kind).and_then(|of| of.get(name)).map(String::as_str).unwrap_or_default()
    }

    /// Puts a setting in the place of its default.
    ///
    /// # Errors
    /// The names that the channel of the service has, where this is none of them.
    pub fn set(
        &mut self,
        kind: ServiceType,
        name: &str,
        value: impl Into<String>,
    ) -> Result<(), String> {
        match self.0.get_mut(&kind).and_then(|of| of.get_mut(name)) {
            Some(setting) => *setting = value.into(),
            None => {
                let known = kind.describe().settings.iter().map(|(known, _)| format!("`{known}`"));
                return Err(known.collect::<Vec<_>>().join(", "));
            }
        }
        Ok(())
    }
}

impl Default for Providers {
    fn default() -> Self {
        let defaults = |kind: ServiceType| {
            let settings = kind.describe().settings.iter();
            settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        Self(ServiceType::ALL.into_iter().map(|kind| (kind, defaults(kind))).collect())
    }
}

impl<'de> Deserialize<'de> for Providers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given: BTreeMap<String, BTreeMap<String, String>> =
            Deserialize::deserialize(deserializer)?;
        let mut all = Self::default();
        for (key, settings) in given {
            let kind = ServiceType::of_key(&key)
                .ok_or_else(|| D::Error::custom(format!("unknown field `{key}`")))?;
            for (name, value) in settings {
                all.set(kind, &name, value).map_err(|known| {
                    D::Error::custom(format!("unknown field `{key}.{name}`, expected {known}"))
                })?;
            }
        }
        Ok(all)
    }
}

/// Where notices may go.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Egress {
    /// Whether private, loopback and link-local addresses and plain http are allowed: for tests and
    /// on-premises gateways.
    pub allow_private: bool,
}

/// How notices are sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// Waits after a failed attempt, in seconds, one after the other; after the last one a notice
    /// is given up. Jitter of 20 % is added.
    #[serde(deserialize_with = "load::seconds")]
    pub retry_schedule_s: Vec<u64>,
    /// Notices that one process sends at once; 0 = `serve` sends none and leaves it to `denwaban
    /// worker`.
    pub workers: usize,
    /// For how long a worker may be silent before another takes its notices over, in seconds.
    pub lease_s: u64,
    /// How long one exchange with a service may take, in seconds.
    pub timeout_s: u64,
    /// How long a missed call waits for the news that somebody answered after all, in seconds.
    pub settle_s: u64,
    /// How long a service may fail before it is switched off, in seconds; what its provider calls
    /// wrong for good ends it at once.
    pub grace_s: u64,
    /// How long finished deliveries are kept, in days.
    pub kept_days: u32,
    /// How often the queue is looked at when nothing else says that something is due, in
    /// milliseconds.
    pub poll_ms: u64,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            retry_schedule_s: vec![5, 30, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
            workers: 256,
            lease_s: 60,
            timeout_s: 20,
            settle_s: 3,
            grace_s: 86_400,
            kept_days: 90,
            poll_ms: 1_000,
        }
    }
}

/// Recordings and faxes.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attachments {
    /// `file:///path` or `s3://bucket/prefix`; empty = `attachments/` in the data directory.
    pub url: String,
    /// How long they are kept, in days.
    pub kept_days: u32,
    /// For how long links in notices work, in days.
    pub link_days: u32,
    /// The largest one, in bytes.
    pub limit_bytes: usize,
    /// The environment's `AWS_…` variables, by which S3 is reached as by every other program: keys,
    /// region, `AWS_ENDPOINT_URL`.
    #[serde(skip)]
    pub aws: Vec<(String, SecretString)>,
}

impl Default for Attachments {
    fn default() -> Self {
        Self {
            url: String::new(),
            kept_days: 90,
            link_days: 7,
            limit_bytes: 25 * 1024 * 1024,
            aws: Vec::new(),
        }
    }
}
