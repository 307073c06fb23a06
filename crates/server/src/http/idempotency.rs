//! `Idempotency-Key`: a POST that creates happens once, however often it arrives.

use actix_web::HttpResponse;
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
pub async fn is_kept(app: &Platform, caller: &str, key: &IdempotencyKey) -> Result<bool, Failure> {
    let Some(key) = key.0.clone() else { return Ok(false) };
    let caller = caller.to_owned();
    let found = app
        .db
        .read(move |conn| idempotency::find(conn, EntranceScope::authenticating(), &caller, &key))
        .await?;
    Ok(found.is_some())
}

/// Runs `create` in a transaction for `caller`: the id of a key or of a contract. With an
/// idempotency key, the answer is kept in the same transaction and given again to the same request;
/// the kept answer is sealed, since it may hold a password that is shown once.
///
/// # Errors
/// Whatever `create` says; `idempotency_key_reused` for another request under the same key.
pub async fn once<T: Serialize + DeserializeOwned>(
    app: &Platform,
    caller: String,
    key: IdempotencyKey,
    request_hash: String,
    create: impl Fn(&mut Conn) -> Result<Created<T>, Failure> + Clone + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let (scope, now) = (EntranceScope::authenticating(), app.clock.now_naive());
    let attempt = || {
        let (secrets, create, caller, key, request) = (
            app.secrets.clone(),
            create.clone(),
            caller.clone(),
            key.0.clone(),
            request_hash.clone(),
        );
        app.db.write(move |conn| -> Result<(Kept, bool), Failure> {
            let Some(key) = key else { return keep(create(conn)?).map(|kept| (kept, false)) };
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
            let kept = keep(create(conn)?)?;
            let text =
                serde_json::to_vec(&kept).map_err(|error| Failure::Internal(error.to_string()))?;
            let sealed_answer = secrets.seal(&place, &text)?;
            let row = idempotency::Row {
                caller,
                idempotency_key: key,
                // Keyed: the body may hold a password, and a bare hash of it could be guessed.
                request_hash: secrets.keyed_hash(&request),
                status: 201,
                sealed_answer,
                created_at: now,
            };
            idempotency::insert(conn, scope, row)?;
            Ok((kept, false))
        })
    };
    let (kept, replayed) = match attempt().await {
        // The same request was faster on another connection: its answer is there now.
        Err(Failure::Store(error)) if error.is_unique_violation() => attempt().await?,
        // It may also have lost on a value that the faster one took; then the kept answer decides.
        Err(Failure::Fields(_)) if key.0.is_some() => attempt().await?,
        outcome => outcome?,
    };
    Ok(answer::created(kept.body, kept.version, &kept.location, replayed))
}

fn keep<T: Serialize>(created: Created<T>) -> Result<Kept, Failure> {
    let body = serde_json::to_string(&created.value)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(Kept { body, version: created.version, location: created.location })
}
