//! Credentials of services: sealed in the database, opened for sending, and what may be shown of
//! them.

use api_types::{Added, Credentials, ServiceType, ValueKind, credentials};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use store::Json;
use store::notify::notify_service;

use super::pace;
use crate::error::Failure;
use crate::platform::crypto::{self, SealError, Secrets};

/// What a webhook is signed with. Made by us, like everything below.
pub const SIGNING_SECRET: &str = "signing_secret";
/// How a signing secret begins.
const SIGNING_PREFIX: &str = "whsec_";
/// What a webhook was signed with until [`SIGNING_SECRET`] took its place.
pub const PREVIOUS_SECRET: &str = "previous_signing_secret";
/// Until when both sign, in RFC 3339.
pub const PREVIOUS_UNTIL: &str = "previous_until";
/// The random part of the address that LINE calls back.
pub const CALLBACK_TOKEN: &str = "callback_token";
/// When LINE's destination was last filled in by a message, in milliseconds since 1970 as LINE
/// wrote it.
pub const REGISTERED_AT: &str = "registered_at";

/// What LINE calls whom the destination was last filled in by.
pub const REGISTERED_NAME: &str = "registered_name";

/// For how long a former signing secret signs along.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Credentials as they go into a row.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Sealed for the service.
    pub sealed: String,
    /// What may be shown.
    pub hints: Json<Credentials>,
    /// What its provider paces by.
    pub pace_key: String,
    /// Names of those that changed, for the change log.
    pub changed: Vec<String>,
}

fn place(service_id: &str) -> String {
    format!("notify_services/{service_id}")
}

/// Opens the credentials of a service.
///
/// # Errors
/// `internal` when they cannot be opened.
pub fn open(secrets: &Secrets, row: &notify_service::Row) -> Result<Credentials, Failure> {
    let opened = secrets
        .open(&place(&row.id), &row.sealed_credentials)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    // The error would quote what it cannot read.
    serde_json::from_slice(&opened)
        .map_err(|_| Failure::Internal(format!("the credentials of {} cannot be read", row.id)))
}

/// Opens the credentials of a service for looking at and changing it: those that cannot be opened,
/// because their key is gone, are none, so that their owner can enter them again.
pub fn open_or_none(secrets: &Secrets, row: &notify_service::Row) -> Credentials {
    open(secrets, row).unwrap_or_else(|error| {
        tracing::error!(service = row.id, %error, "credentials of a service cannot be opened");
        Credentials::new()
    })
}

/// Seals credentials for a service; `before` is what it has so far.
///
/// # Errors
/// When they cannot be sealed.
pub fn seal(
    secrets: &Secrets,
    service_id: &str,
    kind: ServiceType,
    before: &Credentials,
    credentials: &Credentials,
) -> Result<Sealed, SealError> {
    let names = before
        .keys()
        .chain(credentials.keys())
        .filter(|name| before.get(*name) != credentials.get(*name));
    let mut changed: Vec<String> = names.filter(|name| is_known(kind, name)).cloned().collect();
    changed.sort_unstable();
    changed.dedup();
    let plain = serde_json::to_vec(credentials).map_err(SealError::from)?;
    Ok(Sealed {
        sealed: secrets.seal(&place(service_id), &plain)?,
        hints: hints(kind, credentials).into(),
        pace_key: pace::key(secrets, kind, credentials),
        changed,
    })
}

/// Whether people know a credential by this name: their own, and the signing secret.
fn is_known(kind: ServiceType, name: &str) -> bool {
    name == SIGNING_SECRET || kind.fields().iter().any(|field| field.name == name)
}

/// As much of credentials as may be shown.
fn hints(kind: ServiceType, all: &Credentials) -> Credentials {
    let show = |(name, value): (&String, &String)| {
        let field = kind.fields().iter().find(|field| field.name == *name);
        let shown = match field {
            Some(field) if field.secret => credentials::hint(field.kind, field.begins, value),
            Some(_) => value.clone(),
            None => credentials::hint(ValueKind::Line, SIGNING_PREFIX, value),
        };
        (name.clone(), shown)
    };
    all.iter().filter(|(name, _)| is_known(kind, name)).map(show).collect()
}

/// What we add ourselves to the credentials of a new service.
pub fn complete(kind: ServiceType, credentials: &mut Credentials) {
    match kind.describe().added {
        Added::SigningSecret => {
            _ = credentials.insert(SIGNING_SECRET.into(), new_signing_secret());
        }
        Added::Callback => _ = credentials.insert(CALLBACK_TOKEN.into(), crypto::new_token()),
        Added::Nothing => {}
    }
}

/// A code is good for the rest of its span and for the next one: ten minutes at the most.
const CODE_SPAN_S: i64 = 300;

/// The codes with which a destination of LINE can be registered now, today's first, and until when
/// that one is good. They follow from the master keys and the last registration, so that each works
/// once and nothing is stored.
pub fn line_codes(
    secrets: &Secrets,
    service_id: &str,
    credentials: &Credentials,
    now: DateTime<Utc>,
) -> (Vec<String>, DateTime<Utc>) {
    let span = now.timestamp().div_euclid(CODE_SPAN_S);
    let last = credentials.get(REGISTERED_AT).map_or("", String::as_str);
    let of_span = |span: i64| {
        let text = format!("line-code/{service_id}/{last}/{span}");
        secrets.keyed_hashes(&text).map(|hash| six_digits(&hash)).collect::<Vec<_>>()
    };
    let end = DateTime::from_timestamp((span + 2) * CODE_SPAN_S, 0).unwrap_or(now);
    ([of_span(span), of_span(span - 1)].concat(), end)
}

fn six_digits(hash: &str) -> String {
    let bytes = Sha256::digest(hash.as_bytes());
    let number = bytes[..8].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// What stands under the address that a provider calls back.
pub fn callback_hash(credentials: &Credentials) -> Option<String> {
    credentials.get(CALLBACK_TOKEN).map(|token| crypto::hash_token(token))
}

/// Puts a new signing secret in; the former one signs along until the overlap is over.
pub fn rotate(credentials: &mut Credentials, now: DateTime<Utc>) {
    if let Some(former) = credentials.insert(SIGNING_SECRET.into(), new_signing_secret()) {
        credentials.insert(PREVIOUS_SECRET.into(), former);
        credentials.insert(
            PREVIOUS_UNTIL.into(),
            (now + OVERLAP).to_rfc3339_opts(SecondsFormat::Secs, true),
        );
    }
}

/// `whsec_` and 32 random bytes in base64 (Standard Webhooks asks for 24 to 64).
fn new_signing_secret() -> String {
    format!("{SIGNING_PREFIX}{}", STANDARD.encode(crypto::random::<32>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::MasterKey;

    fn secrets() -> Secrets {
        Secrets::new(vec![MasterKey::parse(&STANDARD.encode([7; 32])).unwrap()]).unwrap()
    }

    #[test]
    fn credentials_are_sealed_for_their_service_and_only_hints_are_shown() {
        let secrets = secrets();
        let before = Credentials::from([("channel_id".into(), "C0123456789".into())]);
        let token = "xoxb-1234567890-abcdefghij3f9a";
        let credentials = Credentials::from([
            ("bot_token".into(), token.into()),
            ("channel_id".into(), "C0123456789".into()),
        ]);
        let sealed = seal(&secrets, "one", ServiceType::Slack, &before, &credentials).unwrap();
        assert_eq!(sealed.changed, ["bot_token"]);
        assert_eq!(sealed.hints.text(), r#"{"bot_token":"xoxb-…3f9a","channel_id":"C0123456789"}"#);
        assert!(!format!("{sealed:?}").contains(token));
        let at = DateTime::UNIX_EPOCH.naive_utc();
        let row = |id: &str| notify_service::Row {
            sealed_credentials: sealed.sealed.clone(),
            ..notify_service::Row::new(
                "account".into(),
                id.into(),
                "rule".into(),
                ServiceType::Slack,
                at,
            )
        };
        assert_eq!(open(&secrets, &row("one")).unwrap(), credentials);
        assert!(open(&secrets, &row("two")).is_err());
    }

    #[test]
    fn a_former_signing_secret_is_kept_for_a_day() {
        let mut credentials =
            Credentials::from([("url".into(), "https://hooks.example.jp".into())]);
        complete(ServiceType::Webhook, &mut credentials);
        let first = credentials[SIGNING_SECRET].clone();
        let now = DateTime::from_timestamp(1_795_316_400, 0).unwrap();
        rotate(&mut credentials, now);
        assert_ne!(credentials[SIGNING_SECRET], first);
        assert_eq!(credentials[PREVIOUS_SECRET], first);
        assert_eq!(credentials[PREVIOUS_UNTIL], "2026-11-23T03:00:00Z");
        let second = credentials[SIGNING_SECRET].clone();
        rotate(&mut credentials, now);
        assert_eq!(credentials[PREVIOUS_SECRET], second);
        let bytes = STANDARD.decode(second.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(bytes.len(), 32);
    }
}
