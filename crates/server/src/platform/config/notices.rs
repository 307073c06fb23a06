//! What can be set about notices.

use api_types::credentials::{GOOGLE_CHAT_HOSTS, TEAMS_HOSTS};
use secrecy::SecretString;
use serde::Deserialize;

use super::load;

/// Where the services of notify rules are: for tests and proxies.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Providers {
    /// Slack's Web API.
    pub slack: Provider,
    /// Chatwork's API.
    pub chatwork: Provider,
    /// Google Chat; users paste whole URLs, so this replaces their scheme, host and port in tests.
    /// Empty = as pasted.
    pub google_chat: HostRules,
    /// Microsoft Teams; users paste whole URLs.
    pub teams: AllowedHosts,
    /// LINE's Messaging API.
    pub line: Provider,
    /// LINE WORKS.
    pub line_works: LineWorks,
}

/// A service with one address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Without a slash at the end.
    pub base_url: String,
}

/// A service whose users paste whole URLs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AllowedHosts {
    /// Exact or `*.suffix`, with commas between them; a host without a port allows every port of
    /// it.
    pub allowed_hosts: String,
}

/// Google Chat: users paste whole URLs, and a proxy may stand in between.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HostRules {
    /// Replaces scheme, host and port of what users paste; empty = as pasted.
    pub base_url: String,
    /// As [`AllowedHosts::allowed_hosts`].
    pub allowed_hosts: String,
}

/// LINE WORKS: two addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineWorks {
    /// Of the API, without a slash at the end.
    pub base_url: String,
    /// Of the token endpoint's host, without a slash at the end.
    pub auth_url: String,
    /// Hosts that files may be uploaded to, as in [`AllowedHosts::allowed_hosts`]: the token goes
    /// there.
    pub upload_hosts: String,
}

impl Default for Providers {
    fn default() -> Self {
        let provider = |url: &str| Provider { base_url: url.into() };
        Self {
            slack: provider("https://slack.com/api"),
            chatwork: provider("https://api.chatwork.com/v2"),
            google_chat: HostRules {
                base_url: String::new(),
                allowed_hosts: GOOGLE_CHAT_HOSTS.into(),
            },
            teams: AllowedHosts { allowed_hosts: TEAMS_HOSTS.into() },
            line: provider("https://api.line.me"),
            line_works: LineWorks::default(),
        }
    }
}

impl Default for LineWorks {
    fn default() -> Self {
        Self {
            base_url: "https://www.worksapis.com/v1.0".into(),
            auth_url: "https://auth.worksmobile.com".into(),
            upload_hosts: "*.worksmobile.com".into(),
        }
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
