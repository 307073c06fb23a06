//! Who calls: the tenant instead of a yes.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use actix_web::rt::time::timeout;
use actix_web::{FromRequest, HttpRequest};
use api_types::{ErrorCode, address_allowed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use store::accounts::account;
use store::identity::service_key::KeyKind;
use store::identity::{api_key, service_key, session};
use store::numbers::phone_id;
use store::{Db, EntranceScope, OperatorScope, Scope, StoreError, SwitchScope};

use crate::error::Failure;
use crate::http::client::client_address;
use crate::http::extract::{
    authorization, bearer_token, header, identify, is_safe, seconds, state,
};
use crate::identity::api_keys::API_KEY_PREFIX;
use crate::identity::{State, api_scopes, rate_limit, uses, view};
use crate::platform::change::{Actor, Ctx};
use crate::platform::crypto;
use crate::platform::state::Platform;

/// How long a switch waits for the database before what is known of its key counts.
const DATABASE_PATIENCE: Duration = Duration::from_millis(300);
/// For how long a switch's key that was found is good without asking again: a key that is removed
/// works no longer than this.
const KEY_IS_FRESH: Duration = Duration::from_secs(1);
/// The same while the database does not answer.
const KEY_IS_KNOWN: Duration = Duration::from_secs(600);

/// Header of the CSRF token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// The name of the session cookie: bound to this host by its prefix where the connection is safe.
pub fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-denwaban" } else { "denwaban" }
}

/// The contract holder, signed in with a session cookie. Carries the scope of the account; a write
/// has shown its CSRF token.
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

/// Whose idempotency keys these are: those of a contract, whoever of it sends them.
fn account_caller(account: &account::Row) -> String {
    format!("account/{}", account.id)
}

impl Holder {
    /// Under whom idempotency keys are kept.
    pub fn account_caller(&self) -> String {
        account_caller(&self.account)
    }

    /// Who changes something now.
    pub fn ctx(&self, app: &Platform) -> Ctx {
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
    let app = state::<Platform>(request)?;
    let Some(cookie) = request.cookie(cookie_name(app.config.is_https())) else {
        // A program would take 401 for a key that has ended, and give up.
        let key = bearer_token(request.headers()).filter(|key| key.starts_with(API_KEY_PREFIX));
        let code = if key.is_some() { ErrorCode::NotForKeys } else { ErrorCode::Unauthenticated };
        return Err(Failure::Code(code));
    };
    let token = cookie.value().to_owned();
    let (hash, now) = (crypto::hash_token(&token), app.clock.now_naive());
    let found = app
        .db
        .read(move |conn| session::find(conn, EntranceScope::authenticating(), &hash, now))
        .await?;
    let (mut session, phone_id, account) =
        found.ok_or(Failure::Code(ErrorCode::Unauthenticated))?;
    if !account.is_active() {
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
        let touched =
            app.db.write(move |conn| session::touch(conn, &scope, &id, now, expires_at)).await;
        uses::not_needed(touched)?;
    }
    Ok(Holder { scope, session, token, phone_id, account })
}

/// Whoever may touch an account's settings: its holder with a session, or an integrator with a key
/// of the holder's that opens the operation.
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
    /// Whether the session goes on, or the key still opens what it opened: for what is open for
    /// long.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_still_known(&self, app: &Platform) -> Result<bool, Failure> {
        let (entrance, now, proof) =
            (EntranceScope::authenticating(), app.clock.now_naive(), self.proof.clone());
        let account =
            app.db
                .read(move |conn| match proof {
                    Proof::Session(hash) => Ok::<_, StoreError>(
                        session::find(conn, entrance, &hash, now)?.map(|(.., account)| account),
                    ),
                    Proof::Key(hash) => Ok(api_key::find_by_hash(conn, entrance, &hash, now)?
                        .map(|(_, account)| account)),
                })
                .await?;
        Ok(account.is_some_and(|account| account.is_active()))
    }

    /// Under whom idempotency keys are kept.
    pub fn account_caller(&self) -> String {
        account_caller(&self.account)
    }

    /// Whether it is somebody who is signed in, and no key.
    pub fn is_person(&self) -> bool {
        matches!(self.proof, Proof::Session(_))
    }

    /// Who changes something now.
    pub fn ctx(&self, app: &Platform) -> Ctx {
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
            Ok(Member {
                scope: holder.scope,
                account: holder.account,
                actor: Actor::holder(&holder.phone_id.login_id),
                proof,
            })
        })
    }
}

async fn integrator(request: &HttpRequest) -> Result<Member, Failure> {
    let unauthenticated = || Failure::Code(ErrorCode::Unauthenticated);
    let app = state::<State>(request)?;
    let sent = bearer_token(request.headers())
        .filter(|key| key.starts_with(API_KEY_PREFIX))
        .ok_or_else(unauthenticated)?;
    let (hash, now) = (crypto::hash_token(sent), app.clock.now_naive());
    let proof = Proof::Key(hash.clone());
    let found = app
        .db
        .read(move |conn| api_key::find_by_hash(conn, EntranceScope::authenticating(), &hash, now))
        .await?;
    let (row, account) = found.ok_or_else(unauthenticated)?;
    if !account.is_active() {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    let known = view::api_key(&row);
    let from = || {
        client_address(request, &app)
            .is_some_and(|address| address_allowed(&known.allowed_addresses, address))
    };
    if !known.allowed_addresses.is_empty() && !from() {
        return Err(Failure::Code(ErrorCode::AddressNotAllowed));
    }
    rate_limit::count(&app, request, "key", &row.id, app.config.limits.key_per_minute)?;
    let path = request.match_pattern().unwrap_or_default();
    let needed = api_scopes::needed(request.method().as_str(), &path);
    let needed = needed.ok_or(Failure::Code(ErrorCode::NotForKeys))?;
    if !known.scopes.contains(&needed) {
        return Err(Failure::ScopeMissing(needed));
    }
    let scope = Scope::account(&account.id);
    if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(1)) {
        let (scope, id) = (scope.clone(), row.id);
        let touched = app.db.write(move |conn| api_key::touch(conn, &scope, &id, now)).await;
        uses::not_needed(touched)?;
    }
    Ok(Member { scope, account, actor: Actor::api_key(row.name), proof })
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
    pub fn ctx(&self, app: &Platform) -> Ctx {
        app.ctx(Actor::operator(&self.name))
    }
}

impl FromRequest for Operator {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move {
            let app = state::<State>(&cloned)?;
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
    /// Its name.
    pub name: String,
}

impl FromRequest for Switch {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move {
            let app = state::<State>(&cloned)?;
            let row = key(&app, cloned.headers(), KeyKind::Switch).await?;
            Ok(Switch { scope: SwitchScope::authorised(), key_id: row.id, name: row.name })
        })
    }
}

/// The key in `Authorization`: a bearer token, or from a switch the password of HTTP basic
/// authentication (RFC 7617): some can send nothing else.
fn bearer(headers: &HeaderMap, kind: KeyKind) -> Option<String> {
    if let Some(token) = bearer_token(headers) {
        return Some(token.to_owned());
    }
    let pair = authorization(headers, "Basic").filter(|_| matches!(kind, KeyKind::Switch))?;
    let pair = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
    Some(pair.split_once(':')?.1.to_owned())
}

async fn key(
    app: &Arc<State>,
    headers: &HeaderMap,
    kind: KeyKind,
) -> Result<service_key::Row, Failure> {
    let unauthenticated = || Failure::Code(ErrorCode::Unauthenticated);
    let sent = bearer(headers, kind).ok_or_else(unauthenticated)?;
    let hash = crypto::hash_token(&sent);
    let is_switch = matches!(kind, KeyKind::Switch);
    if is_switch && let Some(row) = app.known_keys.get(&hash, KEY_IS_FRESH) {
        return Ok(row);
    }
    let (now, asked) = (app.clock.now_naive(), hash.clone());
    let reading = app.db.read(move |conn| {
        service_key::find_by_hash(conn, EntranceScope::authenticating(), kind, &asked)
    });
    // Telephones must ring: a key that was good a moment ago, or when the database answered last, is
    // good while it does not.
    let found = match app.known_keys.get(&hash, KEY_IS_KNOWN).filter(|_| is_switch) {
        Some(known) => match timeout(DATABASE_PATIENCE, reading).await {
            Ok(Ok(found)) => found,
            Ok(Err(_)) | Err(_) => return Ok(known),
        },
        None => match app.copy.as_ref().filter(|_| is_switch) {
            None => reading.await?,
            Some(copy) => match timeout(DATABASE_PATIENCE, reading).await {
                Ok(Ok(found)) => found,
                Ok(Err(_)) | Err(_) => {
                    return in_copy(copy, hash).await;
                }
            },
        },
    };
    let mut row = found.ok_or_else(unauthenticated)?;
    if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(1)) {
        row.last_used_at = Some(now);
        if is_switch {
            uses::note(app, &row.id, now);
        } else {
            let (scope, id) = (EntranceScope::authenticating(), row.id.clone());
            let touched = app.db.write(move |conn| service_key::touch(conn, scope, &id, now)).await;
            uses::not_needed(touched)?;
        }
    }
    if is_switch {
        app.known_keys.keep(hash, row.clone());
    }
    Ok(row)
}

/// A switch's key in the copy of what decides about calls. One that is not there may have been made
/// since.
async fn in_copy(copy: &Db, hash: String) -> Result<service_key::Row, Failure> {
    let scope = EntranceScope::authenticating();
    let found = copy
        .read(move |conn| service_key::find_by_hash(conn, scope, KeyKind::Switch, &hash))
        .await?;
    found.ok_or(Failure::Store(StoreError::Away))
}
