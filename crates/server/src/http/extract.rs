//! What handlers take: the tenant instead of a yes, and bodies that were checked.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, IF_MATCH};
use actix_web::rt::time::timeout;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use api_types::{ErrorCode, address_allowed, field_faults};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::{EntranceScope, OperatorScope, Scope, StoreError, SwitchScope, account, api_key, phone_id, service_key, session};
use tokio::sync::watch;
use validator::Validate;

use super::{api_scopes, rate_limit, read};
use crate::App;
use crate::crypto;
use crate::error::Failure;
use crate::provisioning::{API_KEY_PREFIX, Actor, Ctx, KeyKind};
use crate::routing;
use crate::view;

/// The application, for handlers.
pub type Shared = web::Data<App>;

pub(super) fn shared(request: &HttpRequest) -> Result<Shared, Failure> {
    request.app_data::<Shared>().cloned().ok_or_else(|| Failure::Internal("the application is not registered".into()))
}

fn header(headers: &HeaderMap, name: impl Into<HeaderName>) -> Option<&str> {
    headers.get(name.into())?.to_str().ok()
}

/// Whether the caller is known by now.
struct CallerKnown(watch::Receiver<bool>);

/// Finds out who calls. All extractors of a handler run side by side; the others, which stand behind this one, wait for it.
pub(super) fn identify<T: 'static>(
    request: &HttpRequest,
    caller: impl Future<Output = Result<T, Failure>> + 'static,
) -> LocalBoxFuture<'static, Result<T, Failure>> {
    let (known, waiting) = watch::channel(false);
    request.extensions_mut().insert(CallerKnown(waiting));
    Box::pin(async move {
        let caller = caller.await?;
        known.send_replace(true);
        Ok(caller)
    })
}

/// Reads something else of the request when the caller is known, so that who may not call learns nothing but that.
pub(super) fn then<T: 'static>(
    request: &HttpRequest,
    read: impl Future<Output = Result<T, Failure>> + 'static,
) -> LocalBoxFuture<'static, Result<T, Failure>> {
    let waiting = request.extensions().get::<CallerKnown>().map(|known| known.0.clone());
    Box::pin(async move {
        if let Some(mut waiting) = waiting {
            // It ends unsent when the caller is refused, and that is the answer then.
            waiting.wait_for(|known| *known).await.map_err(|_| Failure::Code(ErrorCode::Unauthenticated))?;
        }
        read.await
    })
}

/// For how long a switch's key that was found is good without asking again: a key that is removed works no longer than this.
const KEY_IS_FRESH: Duration = Duration::from_secs(1);
/// The same while the database does not answer.
const KEY_IS_KNOWN: Duration = Duration::from_secs(600);

/// Header of the CSRF token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// Header of the idempotency key.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// The name of the session cookie: bound to this host by its prefix where the connection is safe.
pub fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-denwaban" } else { "denwaban" }
}

/// The contract holder, signed in with a session cookie. Carries the scope of the account; a write has shown its CSRF token.
#[derive(Debug)]
pub struct Holder {
    /// What may be touched.
    pub scope: Scope,
    /// The session.
    pub session: session::Row,
    /// The cookie's token, from which the CSRF token follows.
    pub token: String,
    /// The ID that signed in.
    pub phone_id: phone_id::Row,
    /// The contract.
    pub account: account::Row,
}

impl Holder {
    /// Who changes something now.
    pub fn ctx(&self, app: &App) -> Ctx {
        app.ctx(Actor::holder(&self.phone_id.login_id))
    }
}

impl FromRequest for Holder {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move { holder(&cloned).await })
    }
}

async fn holder(request: &HttpRequest) -> Result<Holder, Failure> {
    let app = shared(request)?;
    let cookie = request.cookie(cookie_name(app.config.is_https())).ok_or(Failure::Code(ErrorCode::Unauthenticated))?;
    let token = cookie.value().to_owned();
    let (hash, now) = (crypto::hash_token(&token), app.clock.now_naive());
    let found = app.db.read(move |conn| session::find(conn, EntranceScope::authenticating(), &hash, now)).await?;
    let (mut session, phone_id, account) = found.ok_or(Failure::Code(ErrorCode::Unauthenticated))?;
    if account.status != "active" {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    if !is_safe(request.method()) {
        let sent = header(request.headers(), HeaderName::from_static(CSRF_HEADER)).unwrap_or("");
        if !crypto::same(sent, &crypto::csrf_token(&token)) {
            return Err(Failure::Code(ErrorCode::CsrfFailed));
        }
    }
    let scope = Scope::account(&account.id);
    if now - session.last_seen_at >= TimeDelta::minutes(1) {
        let limits = &app.config.sign_in;
        let idle = now + seconds(limits.session_idle_s);
        let expires_at = idle.min(session.created_at + seconds(limits.session_max_s));
        (session.last_seen_at, session.expires_at) = (now, expires_at);
        let (scope, id) = (scope.clone(), session.id.clone());
        app.db.write(move |conn| session::touch(conn, &scope, &id, now, expires_at)).await?;
    }
    Ok(Holder { scope, session, token, phone_id, account })
}

/// Whoever may touch an account's settings: its holder with a session, or an integrator with a key of the holder's that opens the
/// operation.
#[derive(Debug)]
pub struct Member {
    /// What may be touched.
    pub scope: Scope,
    /// The contract.
    pub account: account::Row,
    actor: Actor,
    proof: Proof,
}

/// What a member showed, as it stands in the database.
#[derive(Clone, Debug)]
enum Proof {
    Session(String),
    Key(String),
}

impl Member {
    /// Whether the session goes on, or the key still opens what it opened: for what is open for long.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_still_known(&self, app: &App) -> Result<bool, Failure> {
        let (entrance, now, proof) = (EntranceScope::authenticating(), app.clock.now_naive(), self.proof.clone());
        let account = app
            .db
            .read(move |conn| match proof {
                Proof::Session(hash) => Ok::<_, StoreError>(session::find(conn, entrance, &hash, now)?.map(|(.., account)| account)),
                Proof::Key(hash) => {
                    let found = api_key::find_by_hash(conn, entrance, &hash)?;
                    Ok(found.filter(|(row, _)| row.expires_at.is_none_or(|end| now < end)).map(|(_, account)| account))
                }
            })
            .await?;
        Ok(account.is_some_and(|account| account.status == "active"))
    }

    /// Who changes something now.
    pub fn ctx(&self, app: &App) -> Ctx {
        app.ctx(self.actor.clone())
    }
}

impl FromRequest for Member {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move {
            if cloned.headers().contains_key(AUTHORIZATION) {
                return integrator(&cloned).await;
            }
            let holder = holder(&cloned).await?;
            let proof = Proof::Session(holder.session.token_hash);
            Ok(Member { scope: holder.scope, account: holder.account, actor: Actor::holder(&holder.phone_id.login_id), proof })
        })
    }
}

async fn integrator(request: &HttpRequest) -> Result<Member, Failure> {
    let unauthenticated = || Failure::Code(ErrorCode::Unauthenticated);
    let app = shared(request)?;
    let sent = header(request.headers(), AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let sent = sent.filter(|key| key.starts_with(API_KEY_PREFIX)).ok_or_else(unauthenticated)?;
    let (hash, now) = (crypto::hash_token(sent), app.clock.now_naive());
    let proof = Proof::Key(hash.clone());
    let found = app.db.read(move |conn| api_key::find_by_hash(conn, EntranceScope::authenticating(), &hash)).await?;
    let (row, account) = found.filter(|(row, _)| row.expires_at.is_none_or(|end| now < end)).ok_or_else(unauthenticated)?;
    if account.status != "active" {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    let known = view::api_key(&row);
    let from = || client_address(request, &app).is_some_and(|address| address_allowed(&known.allowed_addresses, address));
    if !known.allowed_addresses.is_empty() && !from() {
        return Err(Failure::Code(ErrorCode::AddressNotAllowed));
    }
    rate_limit::count(&app, request, "key", &row.id, app.config.limits.key_per_minute)?;
    let path = request.match_pattern().unwrap_or_default();
    let needed = api_scopes::needed(request.method().as_str(), &path);
    if !needed.is_some_and(|needed| known.scopes.contains(&needed)) {
        return Err(Failure::Code(ErrorCode::ScopeMissing));
    }
    let scope = Scope::account(&account.id);
    if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(1)) {
        let (scope, id) = (scope.clone(), row.id);
        app.db.write(move |conn| api_key::touch(conn, &scope, &id, now)).await?;
    }
    Ok(Member { scope, account, actor: Actor::api_key(row.name), proof })
}

/// Seconds of the configuration as a span of time.
pub fn seconds(value: u64) -> TimeDelta {
    i64::try_from(value).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX)
}

/// Whether a method changes nothing (RFC 9110, 9.2.1).
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The operator, by key.
#[derive(Debug)]
pub struct Operator {
    /// What may be touched.
    pub scope: OperatorScope,
    /// Id of the key.
    pub key_id: String,
    /// Name of the key, for the change log.
    pub name: String,
}

impl Operator {
    /// Who changes something now.
    pub fn ctx(&self, app: &App) -> Ctx {
        app.ctx(Actor::operator(&self.name))
    }
}

impl FromRequest for Operator {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move {
            let app = shared(&cloned)?;
            let row = key(&app, cloned.headers(), KeyKind::Operator).await?;
            Ok(Operator { scope: OperatorScope::authorised(), key_id: row.id, name: row.name })
        })
    }
}

/// A switch of the operator, by key.
#[derive(Debug)]
pub struct Switch {
    /// What may be touched.
    pub scope: SwitchScope,
    /// Id of the key.
    pub key_id: String,
}

impl FromRequest for Switch {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move {
            let app = shared(&cloned)?;
            let row = key(&app, cloned.headers(), KeyKind::Switch).await?;
            Ok(Switch { scope: SwitchScope::authorised(), key_id: row.id })
        })
    }
}

/// The key in `Authorization`: a bearer token, or from a switch the password of HTTP basic authentication (RFC 7617): some can send nothing
/// else.
fn bearer(value: &str, kind: KeyKind) -> Option<String> {
    if let Some(token) = value.strip_prefix("Bearer ") {
        return Some(token.trim().to_owned());
    }
    let pair = value.strip_prefix("Basic ").filter(|_| matches!(kind, KeyKind::Switch))?;
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    Some(pair.split_once(':')?.1.to_owned())
}

async fn key(app: &Shared, headers: &HeaderMap, kind: KeyKind) -> Result<service_key::Row, Failure> {
    let unauthenticated = || Failure::Code(ErrorCode::Unauthenticated);
    let sent = header(headers, AUTHORIZATION).and_then(|value| bearer(value, kind)).ok_or_else(unauthenticated)?;
    let hash = crypto::hash_token(&sent);
    let is_switch = matches!(kind, KeyKind::Switch);
    if is_switch && let Some(row) = app.routing.key(&hash, KEY_IS_FRESH) {
        return Ok(row);
    }
    let (now, asked) = (app.clock.now_naive(), hash.clone());
    let reading = app.db.read(move |conn| service_key::find_by_hash(conn, EntranceScope::authenticating(), kind.as_str(), &asked));
    // Telephones must ring: a key that was good a moment ago is good while the database does not answer.
    let found = match app.routing.key(&hash, KEY_IS_KNOWN).filter(|_| is_switch) {
        None => reading.await?,
        Some(known) => match timeout(routing::PATIENCE, reading).await {
            Ok(Ok(found)) => found,
            Ok(Err(_)) | Err(_) => return Ok(known),
        },
    };
    let mut row = found.ok_or_else(unauthenticated)?;
    if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(1)) {
        let id = row.id.clone();
        app.db.write(move |conn| service_key::touch(conn, EntranceScope::authenticating(), &id, now)).await?;
        row.last_used_at = Some(now);
    }
    if is_switch {
        app.routing.keep_key(hash, row.clone());
    }
    Ok(row)
}

/// A JSON body that was read and checked; every wrong field is named.
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes, to recognise a repeated request by.
    pub hash: String,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = header(request.headers(), CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return then(request, ready(Err(Failure::Code(ErrorCode::UnsupportedMediaType))));
        }
        let bytes = whole_body(request, payload);
        then(request, async move {
            let bytes = bytes.await?;
            let value: T = read::json(&bytes)?;
            value.validate().map_err(|errors| Failure::Fields(field_faults(&errors)))?;
            Ok(Body { value, hash: crypto::hex(&Sha256::digest(&bytes)) })
        })
    }
}

/// A body as it was sent, of the usual limit.
pub(super) fn whole_body(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<web::Bytes, Failure>> + use<> {
    let bytes = web::Bytes::from_request(request, payload);
    async move {
        bytes.await.map_err(|error| match error.as_response_error().status_code().as_u16() {
            413 => Failure::Code(ErrorCode::BodyTooLarge),
            _ => Failure::Code(ErrorCode::MalformedRequest),
        })
    }
}

/// The query of the URL; unknown and unreadable parameters are named.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        then(request, ready(read::query(request.query_string()).map(Self)))
    }
}

/// The version that a write was made from: `If-Match: "7"`.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = match request.headers().get(IF_MATCH) {
            None => Err(Failure::Code(ErrorCode::PreconditionRequired)),
            // What is none of our ETags can match nothing.
            Some(value) => {
                let tag = value.to_str().ok().and_then(|value| value.trim().strip_prefix('"')?.strip_suffix('"'));
                tag.and_then(|tag| tag.parse().ok()).map(IfMatch).ok_or(Failure::Code(ErrorCode::Stale))
            }
        };
        then(request, ready(read))
    }
}

/// The `Idempotency-Key` of a POST that creates, if there is one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = match request.headers().get(IDEMPOTENCY_HEADER) {
            None => Ok(Self(None)),
            Some(value) => match value.to_str().map(str::trim) {
                Ok(value) if (1..=255).contains(&value.len()) => Ok(Self(Some(value.to_owned()))),
                // Ignored, it would make twice what was wanted once.
                _ => Err(Failure::Code(ErrorCode::MalformedRequest)),
            },
        };
        then(request, ready(read))
    }
}

/// The client's address, as far as failed attempts are counted under it: an IPv6 network of 64 bits counts as one.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl FromRequest for ClientAddress {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(shared(request).map(|app| {
            Self(match client_address(request, &app) {
                Some(std::net::IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
                    let network: Vec<String> = v6.segments()[..4].iter().map(|part| format!("{part:x}")).collect();
                    network.join(":")
                }
                Some(other) => other.to_canonical().to_string(),
                None => String::new(),
            })
        }))
    }
}

/// Where a request comes from, as far as that can be believed.
fn client_address(request: &HttpRequest, app: &App) -> Option<std::net::IpAddr> {
    let forwarded =
        app.config.server.trust_forwarded.then(|| header(request.headers(), HeaderName::from_static("x-forwarded-for"))).flatten();
    // The last entry was written by our own proxy; everything before it by whoever likes.
    let forwarded = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    forwarded.or_else(|| request.peer_addr().map(|peer| peer.ip()))
}
