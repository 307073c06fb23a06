//! The keys that access tokens and snapshots are signed with, and what is signed.
//!
//! ES256 (RFC 7518, 3.4): short signatures, and every library of JSON Web Tokens knows it. A key is
//! published before it signs and for a while after, so that whoever keeps the published keys for
//! some minutes never meets one that it does not know.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{NaiveDateTime, TimeDelta};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::identity::signing_key::{self, Row};
use store::{Conn, EntranceScope, OperatorScope, StoreError};

use crate::error::Failure;
use crate::identity::State;
use crate::platform::crypto::Secrets;

/// How long a key is published before it signs: longer than anybody may keep the published keys
/// ([`MAX_AGE_S`]).
const LEAD: TimeDelta = TimeDelta::minutes(10);
/// How long a key is published after another one signs: longer than any token lives, and a snapshot
/// that a switch kept over a weekend can still be checked.
const OVERLAP: TimeDelta = TimeDelta::days(7);
/// For how long the published keys may be kept, in seconds.
pub const MAX_AGE_S: u32 = 300;
/// How long a process goes by the keys that it read.
const FRESH: Duration = Duration::from_secs(60);
/// A token under an unknown key makes the process look anew, but not more often than this.
const LOOKS: Duration = Duration::from_secs(1);

/// The keys as this process read them last.
#[derive(Debug, Default)]
pub struct Signer(RwLock<Option<(Arc<Keyring>, Instant)>>);

/// The keys that are published, and the private parts of those that may sign.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    kid: String,
    public: Jwk,
    verifies: DecodingKey,
    /// Nothing where the master key that sealed it is not known any more.
    signs: Option<EncodingKey>,
    signs_from: NaiveDateTime,
}

impl State {
    /// The keys that sign and verify now. Where there are none yet, the first is made.
    ///
    /// # Errors
    /// When none are known and the database does not answer.
    pub async fn signing(&self) -> Result<Arc<Keyring>, Failure> {
        self.keyring(FRESH).await
    }

    /// Reads the claims of a token of ours whose header says `typ`; nothing where it is none.
    /// Whether it has expired is for the caller to look at, by the clock of the application.
    ///
    /// # Errors
    /// When no keys are known and the database does not answer.
    pub async fn verify_token<T: DeserializeOwned + Clone>(
        &self,
        token: &str,
        typ: &str,
    ) -> Result<Option<T>, Failure> {
        let Ok(header) = jsonwebtoken::decode_header(token) else { return Ok(None) };
        let Some(kid) = header.kid.filter(|_| header.typ.as_deref() == Some(typ)) else {
            return Ok(None);
        };
        let mut ring = self.signing().await?;
        if !ring.keys.iter().any(|pair| pair.kid == kid) {
            ring = self.keyring(LOOKS).await?;
        }
        Ok(ring.verify(&kid, token))
    }

    async fn keyring(&self, age: Duration) -> Result<Arc<Keyring>, Failure> {
        let known = self.signer.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = self.clock.now_naive();
        if let Some((ring, read_at)) = &known
            && read_at.elapsed() < age
            && ring.can_sign(now)
        {
            return Ok(ring.clone());
        }
        match (self.read_keyring(now).await, known) {
            (Ok(ring), _) => {
                let ring = Arc::new(ring);
                *self.signer.0.write().unwrap_or_else(PoisonError::into_inner) =
                    Some((ring.clone(), Instant::now()));
                Ok(ring)
            }
            (Err(error), Some((ring, _))) => {
                tracing::warn!(%error,
                    "the signing keys cannot be read just now; those read last are used");
                Ok(ring)
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn read_keyring(&self, now: NaiveDateTime) -> Result<Keyring, Failure> {
        let scope = EntranceScope::authenticating();
        let rows = self.db.read(move |conn| signing_key::published(conn, scope, now)).await?;
        let ring = Keyring::open(&self.secrets, &rows)?;
        if ring.can_sign(now) {
            return Ok(ring);
        }
        if !rows.is_empty() {
            tracing::error!(
                "no signing key can be opened with secrets.master_key; a new one is made"
            );
        }
        let first = make(&self.secrets, now, now)?;
        let rows = self
            .db
            .write(move |conn| -> Result<Vec<Row>, StoreError> {
                signing_key::insert_first(conn, scope, first)?;
                signing_key::published(conn, scope, now)
            })
            .await?;
        Keyring::open(&self.secrets, &rows)
    }
}

impl Keyring {
    fn open(secrets: &Secrets, rows: &[Row]) -> Result<Self, Failure> {
        let open = |row: &Row| -> Result<Pair, Failure> {
            let wrong = |error: &dyn std::fmt::Display| {
                Failure::Internal(format!("signing_keys.public_jwk of {}: {error}", row.kid))
            };
            let public: Jwk =
                serde_json::from_str(&row.public_jwk).map_err(|error| wrong(&error))?;
            let opened = secrets.open(&place(&row.kid), &row.sealed_private);
            let opened = opened.inspect_err(
                |error| tracing::error!(kid = row.kid, %error, "a signing key cannot be opened"),
            );
            Ok(Pair {
                kid: row.kid.clone(),
                verifies: DecodingKey::from_jwk(&public).map_err(|error| wrong(&error))?,
                public,
                signs: opened.ok().map(|der| EncodingKey::from_ec_der(&Zeroizing::new(der))),
                signs_from: row.signs_from,
            })
        };
        Ok(Self { keys: rows.iter().map(open).collect::<Result<_, _>>()? })
    }

    fn can_sign(&self, now: NaiveDateTime) -> bool {
        self.signing(now).is_some()
    }

    /// The youngest key that may sign.
    fn signing(&self, now: NaiveDateTime) -> Option<(&Pair, &EncodingKey)> {
        self.keys
            .iter()
            .rev()
            .filter(|pair| pair.signs_from <= now)
            .find_map(|pair| Some((pair, pair.signs.as_ref()?)))
    }

    /// What is published (RFC 7517, 5).
    pub fn published(&self) -> JwkSet {
        JwkSet { keys: self.keys.iter().map(|pair| pair.public.clone()).collect() }
    }

    /// A token with these claims; `typ` says what it is for (RFC 8725, 3.11), so that one cannot
    /// pass for another.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn token<T: Serialize>(
        &self,
        now: NaiveDateTime,
        typ: &str,
        claims: &T,
    ) -> Result<String, Failure> {
        let (pair, key) = self.signing(now).ok_or_else(no_key)?;
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: Some(pair.kid.clone()),
            ..Header::new(Algorithm::ES256)
        };
        jsonwebtoken::encode(&header, claims, key)
            .map_err(|error| Failure::Internal(error.to_string()))
    }

    /// A detached signature of bytes that stand elsewhere: `HEADER..SIGNATURE`, where the bytes are
    /// signed as they are (RFC 7515, appendix F; RFC 7797, `b64` = false).
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn detached(&self, now: NaiveDateTime, payload: &[u8]) -> Result<String, Failure> {
        let (pair, key) = self.signing(now).ok_or_else(no_key)?;
        let header =
            serde_json::json!({"alg": "ES256", "kid": pair.kid, "b64": false, "crit": ["b64"]});
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let signed = [header.as_bytes(), b".", payload].concat();
        let signature = jsonwebtoken::crypto::sign(&signed, key, Algorithm::ES256)
            .map_err(|error| Failure::Internal(error.to_string()))?;
        Ok(format!("{header}..{signature}"))
    }

    fn verify<T: DeserializeOwned + Clone>(&self, kid: &str, token: &str) -> Option<T> {
        let pair = self.keys.iter().find(|pair| pair.kid == kid)?;
        let mut validation = Validation::new(Algorithm::ES256);
        // By the application's clock, and by the claims that the caller knows.
        validation.required_spec_claims.clear();
        (validation.validate_exp, validation.validate_aud) = (false, false);
        jsonwebtoken::decode::<T>(token, &pair.verifies, &validation).ok().map(|token| token.claims)
    }
}

fn no_key() -> Failure {
    Failure::Internal("there is no signing key that can be opened".into())
}

fn place(kid: &str) -> String {
    format!("signing_keys/{kid}")
}

fn make(secrets: &Secrets, now: NaiveDateTime, signs_from: NaiveDateTime) -> Result<Row, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::Internal(format!("a signing key cannot be made: {error}"))
    };
    let random = SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
        .map_err(|error| wrong(&error))?;
    let mut public =
        Jwk::from_encoding_key(&EncodingKey::from_ec_der(der.as_ref()), Algorithm::ES256)
            .map_err(|error| wrong(&error))?;
    let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(|error| wrong(&error))?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    let public_jwk = serde_json::to_string(&public).map_err(|error| wrong(&error))?;
    let sealed_private = secrets.seal(&place(&kid), der.as_ref())?;
    Ok(Row { kid, public_jwk, sealed_private, created_at: now, signs_from, retired_at: None })
}

/// Makes a new key. It signs in ten minutes, and the others stay published for a week after that;
/// `at_once` it signs now, and what the others have signed counts no longer: for a key that others
/// may know.
///
/// # Errors
/// When the database refuses.
pub fn rotate(
    conn: &mut Conn,
    scope: OperatorScope,
    secrets: &Secrets,
    now: NaiveDateTime,
    at_once: bool,
) -> Result<Row, Failure> {
    let signs_from = if at_once { now } else { now + LEAD };
    let retired_at = if at_once { now } else { signs_from + OVERLAP };
    let row = make(secrets, now, signs_from)?;
    signing_key::rotate(conn, scope, row.clone(), retired_at)?;
    Ok(row)
}
