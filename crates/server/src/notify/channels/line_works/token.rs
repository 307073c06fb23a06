//! Access tokens: from a JWT that the service account signs, kept until they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use api_types::Credentials;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::classify::classify_token;
use super::{api, field};
use crate::notify::{Outcome, Progress, Report, Senders};

/// Clocks differ: a JWT that seems to come from the future is refused.
const SKEW: i64 = 30;
/// For how long a JWT is good; at most 60 minutes are allowed.
const LIFE: i64 = 30 * 60;
/// A token is not used any more so long before it expires.
const MARGIN: TimeDelta = TimeDelta::seconds(60);
/// Credentials whose tokens are kept at most.
const KEPT: usize = 10_000;

type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// Access tokens, by a hash of the credentials that they were made from.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<[u8; 32], Slot>>);

struct Token {
    text: String,
    until: DateTime<Utc>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    /// The place of these credentials' token: whoever holds it asks, the others wait for the
    /// answer.
    fn slot(&self, credentials: &Credentials) -> Slot {
        let Ok(mut slots) = self.0.lock() else { return Slot::default() };
        if slots.len() >= KEPT {
            slots.clear();
        }
        slots.entry(key(credentials)).or_default().clone()
    }

    /// The token of these credentials is not good any more.
    pub fn forget(&self, credentials: &Credentials) {
        if let Ok(mut slots) = self.0.lock() {
            slots.remove(&key(credentials));
        }
    }
}

fn key(credentials: &Credentials) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in ["client_id", "client_secret", "service_account", "private_key"] {
        hash.update(field(credentials, name));
        hash.update([0]);
    }
    hash.finalize().into()
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    iat: i64,
    exp: i64,
}

/// A token for these credentials: the one that is kept, or a new one.
///
/// # Errors
/// What is wrong, as the report of the attempt.
pub async fn get(senders: &Senders, credentials: &Credentials) -> Result<String, Report> {
    let now = senders.clock.now();
    let slot = senders.line_works.slot(credentials);
    let mut kept = slot.lock().await;
    if let Some(token) = kept.as_ref().filter(|token| now < token.until) {
        return Ok(token.text.clone());
    }
    let failed = |outcome: Outcome, problem: &str, detail: &str| {
        Report::new(outcome, Some(problem), detail, Progress::default())
    };
    let assertion = sign(credentials, now)
        .map_err(|error| failed(Outcome::BadConfig, "line_works.bad_key", &error.to_string()))?;
    let form = [
        ("assertion", assertion.as_str()),
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("client_id", field(credentials, "client_id")),
        ("client_secret", field(credentials, "client_secret")),
        ("scope", "bot"),
    ];
    let answer = api::sign_in(senders, &form).await?;
    let text = answer.body["access_token"].as_str().filter(|_| answer.status == 200);
    let Some(text) = text else {
        let (outcome, problem) = classify_token(&answer, now);
        return Err(failed(outcome, problem, &answer.detail()).status(answer.status));
    };
    *kept = Some(Token { text: text.to_owned(), until: now + lifetime(&answer.body) - MARGIN });
    Ok(text.to_owned())
}

/// `expires_in` is a number in some answers and a text in others.
fn lifetime(body: &Value) -> TimeDelta {
    let seconds =
        body["expires_in"].as_i64().or_else(|| body["expires_in"].as_str()?.trim().parse().ok());
    TimeDelta::seconds(seconds.unwrap_or(3_600).clamp(0, 86_400))
}

fn sign(credentials: &Credentials, now: DateTime<Utc>) -> jsonwebtoken::errors::Result<String> {
    // As the console shows it, or as it was copied out of a JSON file.
    let pem = field(credentials, "private_key").replace("\\n", "\n");
    let iat = now.timestamp() - SKEW;
    let claims = Claims {
        iss: field(credentials, "client_id"),
        sub: field(credentials, "service_account"),
        iat,
        exp: iat + LIFE,
    };
    jsonwebtoken::encode(
        &Header::new(Algorithm::RS256),
        &claims,
        &EncodingKey::from_rsa_pem(pem.trim().as_bytes())?,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lifetimes() {
        for (value, seconds) in [
            (json!(86400), 86_400),
            (json!("3600"), 3_600),
            (json!(null), 3_600),
            (json!("x"), 3_600),
            (json!(-5), 0),
        ] {
            assert_eq!(lifetime(&json!({"expires_in": value})).num_seconds(), seconds, "{value}");
        }
    }

    #[test]
    fn other_credentials_have_another_token() {
        let one: Credentials = [("client_id", "ab"), ("client_secret", "c")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .into();
        let other: Credentials = [("client_id", "a"), ("client_secret", "bc")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .into();
        assert_ne!(key(&one), key(&other));
    }
}
