//! Configuration: embedded defaults < TOML file < environment. The only place that reads the
//! environment.
//!
//! A key `server.bind` is `bind` in the section `[server]` of the file and `DENWABAN__SERVER__BIND`
//! in the environment. The keys `secrets.master_key`, `smtp.url`, `database.url` and
//! `database.direct_url` may be given as the path of a file instead, by the same name with `_file` behind it.

mod keys;
mod load;
mod notices;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

pub use crate::platform::sip::SipCodes;
pub use api_types::credentials::host_allowed;
pub use keys::MasterKey;
pub use load::{ConfigError, process_env};
pub use notices::{Attachments, Egress, Outbox, Providers};

/// Every origin, as a value of `server.cors_origins`.
pub const ANY_ORIGIN: &str = "*";

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Listeners and their limits.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// SQLite file, attachments, generated keys, mails; made with mode 0700 by
    /// [`Config::prepare_data_dir`].
    pub data_dir: PathBuf,
    /// Keys that seal what must be read again.
    pub secrets: Secrets,
    /// How mails leave.
    pub smtp: Smtp,
    /// What is logged, and how.
    pub log: Log,
    /// How hard guessing is and how long a sign-in holds.
    pub sign_in: SignIn,
    /// How long softphones stay signed in.
    pub tokens: Tokens,
    /// How often keys and softphones may call.
    pub limits: RateLimits,
    /// Where the services of notify rules are.
    pub providers: Providers,
    /// Where notices may go.
    pub egress: Egress,
    /// How notices are sent.
    pub outbox: Outbox,
    /// Recordings and faxes.
    pub attachments: Attachments,
    /// What switches are told.
    pub switch: Switch,
}

/// Listeners and their limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// `host:port` of the portal and the API; port 0 takes a free one.
    pub bind: String,
    /// Scheme, host and port under which browsers reach us, for links in mails; `None` = see
    /// [`Config::public_url`].
    #[serde(deserialize_with = "load::web_url")]
    pub public_url: Option<Url>,
    /// `host:port` of `/metrics`. `None` = 127.0.0.1:9464 if that is free; empty = no metrics
    /// listener.
    pub metrics_bind: Option<String>,
    /// Addresses and networks of our own proxies, such as `10.0.0.0/8`. Only they are believed when
    /// they say where a request comes from: a client could otherwise choose the address that its
    /// failed sign-ins are counted under.
    #[serde(deserialize_with = "load::networks")]
    pub trusted_proxies: Vec<String>,
    /// The header in which these proxies say it.
    pub forwarded_header: ForwardedHeader,
    /// Replaced by `trusted_proxies`; a start with it is refused.
    pub trust_forwarded: Option<bool>,
    /// Pages of other sites that may use the API with keys and tokens: their origins, such as
    /// `https://crm.example.jp`, with commas between them; `*` = all, empty = none.
    pub cors_origins: String,
    /// Largest request body, in bytes.
    pub body_limit_bytes: usize,
    /// How long running requests may take to finish at shutdown, in seconds.
    pub shutdown_s: u64,
    /// Threads that serve requests.
    pub workers: usize,
}

/// The header in which a proxy says where a request comes from. The other one is not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, which most proxies write.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://path` or `postgres://…`, which may hold a password; `None` = `denwaban.db` in the
    /// data directory.
    pub url: Option<SecretString>,
    /// The same past a connection pooler, for migrations; `None` = `url`. Needed where
    /// `prepared_statements` is off.
    pub direct_url: Option<SecretString>,
    /// Whether statements are prepared once for each connection. Off behind PgBouncer in
    /// transaction mode, which gives each transaction another one.
    pub prepared_statements: bool,
    /// Connections at most, of this process; on PostgreSQL beside the one that is asked once a
    /// second whether the server is still the right one.
    pub max_connections: u32,
}

/// Keys that seal what must be read again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {
    /// The first seals, all open. Empty = one is made in the data directory; see
    /// [`Config::master_keys`].
    #[serde(deserialize_with = "keys::list")]
    pub master_key: Vec<MasterKey>,
}

/// How mails leave.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// `smtp://`, `smtp://…?tls=required` or `smtps://` with user and password; `None` = mails go
    /// to files.
    pub url: Option<SecretString>,
    /// Sender, such as `電話番 <noreply@example.jp>`.
    pub from: String,
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Form of a line.
    pub format: LogFormat,
    /// Which lines: `info`, `debug`, `info,server=debug`, …
    pub filter: String,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What switches are told.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switch {
    /// Host of the addresses of record of IDs, `sip:login-id@host`, and realm of their digest
    /// credentials.
    pub sip_domain: String,
    /// What refused calls are answered with.
    pub sip_codes: SipCodes,
    /// Contexts of FreeSWITCH in which calls of the carrier come in. About all others, such as that
    /// of outgoing calls, the answer is "not found".
    #[serde(deserialize_with = "load::words")]
    pub freeswitch_contexts: Vec<String>,
    /// Names of the switches that mark call-backs after emergency calls (`Priority: psap-callback`)
    /// themselves and take the header from nobody; `*` = all. From the others the header counts
    /// for a while after the contract has made an emergency call.
    #[serde(deserialize_with = "load::words")]
    pub marks_psap: Vec<String>,
    /// How long after an emergency call a contract may be called back, in seconds.
    pub emergency_callback_s: u64,
    /// After how many seconds without an answer callers of contracts with 留守番電話 may leave a
    /// message, 1 to 300. More than 10, or the terminals that a priority keeps waiting never ring.
    pub voicemail_after_s: u32,
    /// Contracts of which the settings are kept in memory at most, to decide without asking the
    /// database.
    pub cached_accounts: usize,
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            sip_domain: "sip.invalid".into(),
            sip_codes: SipCodes::default(),
            marks_psap: Vec::new(),
            emergency_callback_s: 3_600,
            freeswitch_contexts: vec!["public".into()],
            voicemail_after_s: 20,
            cached_accounts: 200_000,
        }
    }
}

impl Switch {
    /// Whether the switch of this name marks call-backs after emergency calls itself.
    pub fn marks_psap(&self, name: &str) -> bool {
        self.marks_psap.iter().any(|marks| marks == "*" || marks == name)
    }
}

/// How often keys and softphones may call, in each process; 0 = as often as they like.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// Requests of an API key within a minute.
    pub key_per_minute: u32,
    /// Requests of a softphone within a minute.
    pub terminal_per_minute: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { key_per_minute: 600, terminal_per_minute: 240 }
    }
}

/// How long softphones stay signed in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// For how long an access token is good, in seconds.
    pub access_s: u64,
    /// After how long without a refresh a softphone is signed out, in seconds.
    pub refresh_s: u64,
    /// For how long a link of the portal signs an app in, in seconds.
    pub link_s: u64,
    /// What these links begin with, for an operator whose app opens links of its own; `None` =
    /// `/app/sign-in` of this server, a page that says what the code is for.
    pub app_url: Option<String>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { access_s: 600, refresh_s: 90 * 24 * 3_600, link_s: 300, app_url: None }
    }
}

/// How hard guessing is and how long a sign-in holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Failures in a row, by login id, that cost no waiting.
    pub free_attempts: u32,
    /// The first wait, in seconds; it doubles with each further failure.
    pub base_delay_s: u64,
    /// The longest wait, in seconds.
    pub max_delay_s: u64,
    /// After how long without a request a session ends, in seconds.
    pub session_idle_s: u64,
    /// After how long a session ends however busy it is, in seconds.
    pub session_max_s: u64,
    /// For how long a confirmed password opens what asks for it, in seconds.
    pub confirm_s: u64,
    /// For how long the link of a password mail works, in seconds.
    pub reset_link_s: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: Server::default(),
            database: Database::default(),
            data_dir: PathBuf::from("./data"),
            secrets: Secrets::default(),
            smtp: Smtp::default(),
            log: Log::default(),
            sign_in: SignIn::default(),
            tokens: Tokens::default(),
            limits: RateLimits::default(),
            providers: Providers::default(),
            egress: Egress::default(),
            outbox: Outbox::default(),
            attachments: Attachments::default(),
            switch: Switch::default(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8080".into(),
            public_url: None,
            metrics_bind: None,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::default(),
            trust_forwarded: None,
            cors_origins: String::new(),
            body_limit_bytes: 262_144,
            shutdown_s: 20,
            // Requests wait for the database, not for a processor; more threads would mostly cost
            // memory.
            workers: 2,
        }
    }
}

impl Server {
    /// The origins of [`Server::cors_origins`], one by one.
    pub fn cors_origins(&self) -> impl Iterator<Item = &str> {
        self.cors_origins
            .split(',')
            .map(|origin| origin.trim().trim_end_matches('/'))
            .filter(|origin| !origin.is_empty())
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, direct_url: None, prepared_statements: true, max_connections: 8 }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self { url: None, from: "電話番 <noreply@localhost>".into() }
    }
}

impl Default for Log {
    fn default() -> Self {
        // The HTTP library tells about every worker thread; our own line says that we serve.
        Self { format: LogFormat::Text, filter: "info,actix_server=warn".into() }
    }
}

impl Default for SignIn {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            free_attempts: 5,
            base_delay_s: 2,
            max_delay_s: 900,
            session_idle_s: 14 * 24 * HOUR,
            session_max_s: 90 * 24 * HOUR,
            confirm_s: 300,
            reset_link_s: HOUR,
        }
    }
}

impl Config {
    /// The configuration of one test: everything under `data_dir`, a free port, no metrics
    /// listener.
    pub fn for_tests(data_dir: impl Into<PathBuf>) -> Self {
        let mut config = Self { data_dir: data_dir.into(), ..Self::default() };
        config.server.bind = "127.0.0.1:0".into();
        config.server.metrics_bind = Some(String::new());
        config.server.workers = 1;
        // What is about sending says so.
        config.outbox.workers = 0;
        config.outbox.poll_ms = 20;
        config
    }

    /// The URL of the database; a secret, since it may hold a password.
    pub fn database_url(&self) -> SecretString {
        self.database.url.clone().unwrap_or_else(|| {
            format!("sqlite://{}", self.data_dir.join("denwaban.db").display()).into()
        })
    }

    /// How to open the database.
    pub fn db_options(&self) -> store::DbOptions {
        let mut options = store::DbOptions::new(self.database_url().expose_secret());
        options.direct_url =
            self.database.direct_url.as_ref().map(|url| url.expose_secret().to_owned());
        options.prepared_statements = self.database.prepared_statements;
        options.max_connections = self.database.max_connections;
        options
    }

    /// Where browsers reach us: as configured, else where we listen.
    pub fn public_url(&self) -> Url {
        self.server.public_url.clone().unwrap_or_else(|| {
            let (host, port) =
                self.server.bind.rsplit_once(':').unwrap_or((&self.server.bind, "80"));
            // An address that means "every interface" is none that a browser can open.
            let host = if matches!(host, "0.0.0.0" | "[::]") { "localhost" } else { host };
            let origin = format!("http://{host}:{port}");
            Url::parse(&origin).unwrap_or_else(|_| local_url())
        })
    }

    /// What the links begin with that sign an app in.
    pub fn app_url(&self) -> String {
        self.tokens.app_url.clone().unwrap_or_else(|| {
            format!("{}/app/sign-in", self.public_url().as_str().trim_end_matches('/'))
        })
    }

    /// Whether browsers reach us by TLS, so that cookies and links may insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url().scheme() == "https"
    }

    /// The `host:port` of the metrics listener, and whether failing to bind it is an error; `None`
    /// = it is off.
    pub fn metrics_bind(&self) -> Option<(&str, bool)> {
        match self.server.metrics_bind.as_deref() {
            None => Some(("127.0.0.1:9464", false)),
            Some("") => None,
            Some(bind) => Some((bind, true)),
        }
    }

    /// Makes the data directory, readable by nobody else.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare_data_dir(&self) -> Result<(), ConfigError> {
        private_dir(&self.data_dir).map_err(|error| {
            ConfigError::setting("data_dir", format!("{}: {error}", self.data_dir.display()))
        })
    }
}

/// Makes a directory with its parents, readable by nobody else; leaves one that is there as it is.
pub(crate) fn private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn local_url() -> Url {
    #[expect(clippy::expect_used, reason = "a constant that a test parses")]
    Url::parse("http://localhost").expect("a constant URL")
}
