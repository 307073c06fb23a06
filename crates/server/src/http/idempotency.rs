//! `Idempotency-Key`: a POST happens once, however often it arrives.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use api_types::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::platform::idempotency;
use store::{Conn, EntranceScope};

use super::answer;
use super::extract::IdempotencyKey;
use crate::error::Failure;
use crate::platform::state::Platform;

/// What a create answers with besides its body.
pub struct Created<T> {
    /// The body.
    pub value: T,
    /// Its version, where it has one.
    pub version: Option<u64>,
    /// Path of the new resource.
    pub location: String,
}

/// What was done, now or when the same request came before.
pub struct Done<T> {
    /// The body of the answer.
    pub value: T,
    /// Whether it was done before.
    pub is_replayed: bool,
}

/// Who asks, under which key, with which body: what makes two requests the same.
#[derive(Clone, Debug)]
pub struct Asked {
    caller: String,
    key: Option<String>,
    request: String,
}

impl Asked {
    /// A request of `caller`, the id of a key or of a contract; `body_hash` is empty where there is
    /// no body.
    pub fn new(caller: &str, key: IdempotencyKey, body_hash: &str) -> Self {
        let request = format!("{}/{body_hash}", key.request);
        Self { caller: caller.to_owned(), key: key.key, request }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    body: String,
    version: Option<u64>,
    location: String,
}

/// Whether an answer is kept for this caller under this key: then nothing is asked of anybody
/// again.
///
/// # Errors
/// When the database does not answer.
pub async fn is_kept(app: &Platform, asked: &Asked) -> Result<bool, Failure> {
    let Some(key) = asked.key.clone() else { return Ok(false) };
    let caller = asked.caller.clone();
    let found = app
        .db
        .read(move |conn| idempotency::find(conn, EntranceScope::authenticating(), &caller, &key))
        .await?;
    Ok(found.is_some())
}

/// Creates something, once: see [`run`].
///
/// # Errors
/// Whatever `create` says; `idempotency_key_reused` for another request under the same key.
pub async fn once<T: Serialize>(
    app: &Platform,
    asked: Asked,
    create: impl Fn(&mut Conn) -> Result<Created<T>, Failure> + Clone + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let create = move |conn: &mut Conn| {
        let Created { value, version, location } = create(conn)?;
        Ok(Kept { body: json(&value)?, version, location })
    };
    let (kept, replayed) = run(app, asked, StatusCode::CREATED, create).await?;
    Ok(answer::created(kept.body, kept.version, &kept.location, replayed))
}

/// Does something else that must not happen twice, once: see [`run`].
///
/// # Errors
/// Whatever `act` says; `idempotency_key_reused` for another request under the same key.
pub async fn do_once<T: Serialize + DeserializeOwned>(
    app: &Platform,
    asked: Asked,
    act: impl Fn(&mut Conn) -> Result<T, Failure> + Clone + Send + 'static,
) -> Result<Done<T>, Failure> {
    let act = move |conn: &mut Conn| {
        Ok(Kept { body: json(&act(conn)?)?, version: None, location: String::new() })
    };
    let (kept, is_replayed) = run(app, asked, StatusCode::OK, act).await?;
    let value = serde_json::from_str(&kept.body)
        .map_err(|error| Failure::Internal(format!("a kept answer cannot be read: {error}")))?;
    Ok(Done { value, is_replayed })
}

/// Runs `act` in a transaction. With an idempotency key, the answer is kept in the same transaction
/// and given again to the same request; the kept answer is sealed, since it may hold a password
/// that is shown once.
async fn run(
    app: &Platform,
    asked: Asked,
    status: StatusCode,
    act: impl Fn(&mut Conn) -> Result<Kept, Failure> + Clone + Send + 'static,
) -> Result<(Kept, bool), Failure> {
    let (scope, now) = (EntranceScope::authenticating(), app.clock.now_naive());
    let attempt = || {
        let (secrets, act, asked) = (app.secrets.clone(), act.clone(), asked.clone());
        app.db.write(move |conn| -> Result<(Kept, bool), Failure> {
            let Asked { caller, key, request } = asked;
            let Some(key) = key else { return Ok((act(conn)?, false)) };
            let place = format!("idempotency_keys.sealed_answer/{caller}/{key}");
            if let Some(found) = idempotency::find(conn, scope, &caller, &key)? {
                if !secrets.keyed_hashes(&request).any(|known| known == found.request_hash) {
                    return Err(Failure::Code(ErrorCode::IdempotencyKeyReused));
                }
                let opened = secrets
                    .open(&place, &found.sealed_answer)
                    .map_err(|error| Failure::Internal(error.to_string()))?;
                let kept = serde_json::from_slice(&opened)
                    .map_err(|error| Failure::Internal(error.to_string()))?;
                return Ok((kept, true));
            }
            let kept = act(conn)?;
            let sealed_answer = secrets.seal(&place, json(&kept)?.as_bytes())?;
            let row = idempotency::Row {
                caller,
                idempotency_key: key,
                // Keyed: the body may hold a password, and a bare hash of it could be guessed.
                request_hash: secrets.keyed_hash(&request),
                status: status.as_u16().into(),
                sealed_answer,
                created_at: now,
            };
            idempotency::insert(conn, scope, row)?;
            Ok((kept, false))
        })
    };
    match attempt().await {
        // The same request was faster on another connection: its answer is there now.
        Err(Failure::Store(error)) if error.is_unique_violation() => attempt().await,
        // It may also have lost on a value that the faster one took; then the kept answer decides.
        Err(Failure::Fields(_)) if asked.key.is_some() => attempt().await,
        outcome => outcome,
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Internal(error.to_string()))
}
