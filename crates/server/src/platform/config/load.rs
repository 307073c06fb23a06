//! Layers, files of secrets, and errors of one sentence that name the key.

use std::path::Path;

use ::config::{FileFormat, Map, Value, ValueKind};
use api_types::is_network;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};
use url::Url;

use super::{ANY_ORIGIN, Config};

const PREFIX: &str = "DENWABAN";

/// Settings that may be given as the path of a file instead.
const FROM_FILE: &[(&str, &str)] =
    &[("secrets", "master_key"), ("smtp", "url"), ("database", "url"), ("database", "direct_url")];

/// Why a configuration cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is unknown or wrong.
    #[error("{key}: {reason}")]
    Setting {
        /// The key, such as `server.bind`.
        key: String,
        /// What is wrong with it; never holds the value of a secret.
        reason: String,
    },
    /// The file cannot be read, or is no TOML.
    #[error("configuration file {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl ConfigError {
    pub(crate) fn setting(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Setting { key: key.into(), reason: reason.into() }
    }
}

/// The environment of this process, without what is not UTF-8: such a variable is none of ours.
pub fn process_env() -> impl Iterator<Item = (String, String)> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

impl Config {
    /// Reads defaults, then the file, then the environment; each overrides what came before it.
    ///
    /// # Errors
    /// The first key that is unknown or wrong, or that the file cannot be read.
    pub fn load(
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers = ::config::Config::builder();
        if let Some(path) = path {
            let wrong =
                |reason: String| ConfigError::File { path: path.display().to_string(), reason };
            let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
            let file = ::config::Config::builder()
                .add_source(::config::File::from_str(&text, FileFormat::Toml))
                .build();
            layers =
                layers.add_source(with_files(file.map_err(|error| wrong(parse_error(&error)))?)?);
        }
        let (ours, others): (Vec<_>, Vec<_>) = env.partition(|(name, _)| name.starts_with(PREFIX));
        let env = ours.into_iter().collect::<Map<_, _>>();
        let env = ::config::Environment::with_prefix(PREFIX)
            .prefix_separator("__")
            .separator("__")
            .source(Some(env));
        let env = ::config::Config::builder()
            .add_source(env)
            .build()
            .map_err(|error| ConfigError::setting("environment", error.to_string()))?;
        let merged = layers
            .add_source(with_files(env)?)
            .build()
            .map_err(|error| ConfigError::setting("configuration", error.to_string()))?;

        let mut config: Self = serde_path_to_error::deserialize(merged).map_err(|error| {
            let key = error.path().to_string();
            ConfigError::Setting { key, reason: reason(error.into_inner()) }
        })?;
        let aws = others.into_iter().filter(|(name, _)| name.starts_with("AWS_"));
        config.attachments.aws = aws.map(|(name, value)| (name, value.into())).collect();
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key: &str, reason: String| Err(ConfigError::setting(key, reason));
        if !is_address(&self.server.bind) {
            return wrong(
                "server.bind",
                format!("{:?} is not an address such as 127.0.0.1:8080", self.server.bind),
            );
        }
        if let Some(bind) = self.server.metrics_bind.as_deref()
            && !bind.is_empty()
            && !is_address(bind)
        {
            return wrong(
                "server.metrics_bind",
                format!("{bind:?} is neither empty nor an address such as 127.0.0.1:9464"),
            );
        }
        if self.server.trust_forwarded.is_some() {
            return wrong(
                "server.trust_forwarded",
                "was replaced: give the addresses of your proxies in server.trusted_proxies, and in \
                    server.forwarded_header the header that they write"
                    .into(),
            );
        }
        for origin in self.server.cors_origins().filter(|origin| *origin != ANY_ORIGIN) {
            if Url::parse(origin).map_or(true, |url| url.origin().ascii_serialization() != origin) {
                return wrong(
                    "server.cors_origins",
                    format!("{origin:?} is not an origin such as https://crm.example.jp"),
                );
            }
        }
        let server = &self.server;
        let sign_in = &self.sign_in;
        for (key, value, least, most) in [
            ("server.workers", server.workers as u64, 1, 256),
            ("server.body_limit_bytes", server.body_limit_bytes as u64, 1024, 64 << 20),
            ("server.shutdown_s", server.shutdown_s, 0, 3600),
            ("database.max_connections", u64::from(self.database.max_connections), 1, 1000),
            ("sign_in.base_delay_s", sign_in.base_delay_s, 0, 3600),
            ("sign_in.max_delay_s", sign_in.max_delay_s, sign_in.base_delay_s, 86_400),
            ("sign_in.session_idle_s", sign_in.session_idle_s, 60, 400 * 86_400),
            ("sign_in.session_max_s", sign_in.session_max_s, sign_in.session_idle_s, 400 * 86_400),
            ("sign_in.confirm_s", sign_in.confirm_s, 1, 86_400),
            ("tokens.access_s", self.tokens.access_s, 30, 86_400),
            ("tokens.refresh_s", self.tokens.refresh_s, self.tokens.access_s, 400 * 86_400),
            ("tokens.link_s", self.tokens.link_s, 30, 3_600),
            ("sign_in.reset_link_s", sign_in.reset_link_s, 60, 7 * 86_400),
            ("switch.voicemail_after_s", self.switch.voicemail_after_s.into(), 1, 300),
            ("attachments.kept_days", self.attachments.kept_days.into(), 1, 3_650),
            ("attachments.link_days", self.attachments.link_days.into(), 1, 365),
            ("attachments.limit_bytes", self.attachments.limit_bytes as u64, 1024, 1 << 30),
        ] {
            if !(least..=most).contains(&value) {
                return wrong(key, format!("{value} is not between {least} and {most}"));
            }
        }
        if let Some(url) = &self.database.url
            && !["sqlite://", "postgres://", "postgresql://"]
                .iter()
                .any(|scheme| url.expose_secret().starts_with(scheme))
        {
            return wrong("database.url", "does not begin with sqlite:// or postgres://".into());
        }
        if let Some(url) = &self.database.direct_url
            && !["postgres://", "postgresql://"]
                .iter()
                .any(|scheme| url.expose_secret().starts_with(scheme))
        {
            return wrong("database.direct_url", "does not begin with postgres://".into());
        }
        let is_postgres = self.database_url().expose_secret().starts_with("postgres");
        if is_postgres && !self.database.prepared_statements && self.database.direct_url.is_none() {
            return wrong(
                "database.direct_url",
                "is missing: where database.prepared_statements is off, migrations need a \
                    connection past the pooler"
                    .into(),
            );
        }
        if let Some(url) = &self.smtp.url
            && !Url::parse(url.expose_secret())
                .is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host())
        {
            return wrong(
                "smtp.url",
                "is not a URL such as smtps://user:password@mail.example.jp".into(),
            );
        }
        if self.smtp.from.parse::<lettre::message::Mailbox>().is_err() {
            return wrong(
                "smtp.from",
                format!(
                    "{:?} is not a mail address such as \"電話番 <noreply@example.jp>\"",
                    self.smtp.from
                ),
            );
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log.filter) {
            return wrong(
                "log.filter",
                format!(
                    "{:?} is not a filter such as info or info,server=debug: {error}",
                    self.log.filter
                ),
            );
        }
        if self.data_dir.as_os_str().is_empty() {
            return wrong("data_dir", "is empty".into());
        }
        Ok(())
    }
}

/// Puts the content of files of secrets in the place of their paths.
fn with_files(mut layer: ::config::Config) -> Result<::config::Config, ConfigError> {
    let ValueKind::Table(sections) = &mut layer.cache.kind else { return Ok(layer) };
    for &(section, key) in FROM_FILE {
        let Some(Value { kind: ValueKind::Table(settings), .. }) = sections.get_mut(section) else {
            continue;
        };
        let Some(path) = settings.remove(&format!("{key}_file")) else { continue };
        let wrong =
            |reason: String| Err(ConfigError::setting(format!("{section}.{key}_file"), reason));
        if settings.contains_key(key) {
            return wrong(format!("{section}.{key} is given beside it; give one of the two"));
        }
        let path = match path.into_string() {
            Ok(path) => path,
            Err(error) => return wrong(reason(error)),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => settings.insert(
                key.to_owned(),
                Value::new(Some(&path), ValueKind::String(text.trim().to_owned())),
            ),
            Err(error) => return wrong(format!("{path}: {error}")),
        };
    }
    Ok(layer)
}

/// The library's error without key and origin, which the sentence names already.
fn reason(error: ::config::ConfigError) -> String {
    match error {
        ::config::ConfigError::At { error, .. } => reason(*error),
        ::config::ConfigError::Type { unexpected, expected, .. } => {
            format!("{unexpected} is not {expected}")
        }
        ::config::ConfigError::Message(message) if message.starts_with("unknown field") => message
            .replacen("unknown field", "there is no setting", 1)
            .replacen(", expected", "; there is", 1),
        other => other.to_string(),
    }
}

/// Where the TOML is wrong and why, without the line itself: it may hold a secret.
fn parse_error(error: &::config::ConfigError) -> String {
    let text = match error {
        ::config::ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    match (lines.next(), lines.next_back()) {
        (Some(place), Some(reason)) => format!("{place}: {reason}"),
        (Some(only), None) => only.to_owned(),
        _ => "is no TOML".into(),
    }
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let bracketed = host.starts_with('[') && host.ends_with(']');
        !host.is_empty()
            && (bracketed || !host.contains([':', '/', ' ']))
            && port.parse::<u16>().is_ok()
    })
}

/// A URL with http or https, a host, and nothing behind it: everything that we serve stands at the
/// root.
pub(super) fn web_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let url = Url::parse(&text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    match url {
        Some(url) => Ok(Some(url)),
        None => Err(de::Error::custom(format!(
            "{text:?} is not a URL such as https://portal.example.jp"
        ))),
    }
}

/// A list: items with commas or line breaks between them, as the environment has them, or a list of
/// the file. `parse` reads one item and says what it expects.
pub(super) fn list<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "neither a text nor a list of texts or numbers")]
    enum Given {
        Number(u64),
        Text(SecretString),
        Items(Vec<Given>),
    }

    fn read<T>(
        given: Given,
        parse: fn(&str) -> Result<T, String>,
        items: &mut Vec<T>,
    ) -> Result<(), String> {
        match given {
            Given::Number(number) => items.push(parse(&number.to_string())?),
            Given::Text(text) => {
                for part in
                    text.expose_secret().split([',', '\n']).filter(|part| !part.trim().is_empty())
                {
                    items.push(parse(part.trim())?);
                }
            }
            Given::Items(list) => {
                for item in list {
                    read(item, parse, items)?;
                }
            }
        }
        Ok(())
    }

    let mut items = Vec::new();
    read(Given::deserialize(deserializer)?, parse, &mut items).map_err(de::Error::custom)?;
    Ok(items)
}

/// Addresses and networks.
pub(super) fn networks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    list(deserializer, |text| match is_network(text) {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is no address or network such as 10.0.0.0/8")),
    })
}

/// Seconds, or a list of them.
pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    list(deserializer, |text| {
        text.parse().map_err(|_| format!("{text:?} is no whole number of seconds"))
    })
}

/// Words, or a list of them.
pub(super) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    list(deserializer, |text| Ok(text.to_owned()))
}
