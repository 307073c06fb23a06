//! The softphone behind an access token.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use api_types::ErrorCode;
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use store::accounts::account;
use store::identity::refresh_token;
use store::numbers::phone_id;
use store::softphone::terminal;
use store::{EntranceScope, Scope, new_id};

use crate::error::Failure;
use crate::http::extract::{bearer_token, identify, seconds, state};
use crate::identity::tokens::SignedIn;
use crate::identity::{State, rate_limit, uses};
use crate::platform::change::{Actor, Ctx};
use crate::platform::state::Platform;

/// What the header of an access token says that it is (RFC 9068, 2.1).
const TYP: &str = "at+jwt";
const CLIENT_ID: &str = "softphone";

/// What an access token says (RFC 9068, 2.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The ID.
    sub: String,
    account_id: String,
    /// The terminal.
    sid: String,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: String,
}

fn issuer(app: &Platform) -> String {
    app.config.public_url().as_str().trim_end_matches('/').to_owned()
}

/// An access token for a softphone that has signed in.
///
/// # Errors
/// When there is no key to sign with.
pub async fn access_token(app: &State, of: &SignedIn) -> Result<String, Failure> {
    let now = app.clock.now();
    let iss = issuer(app);
    let claims = Claims {
        aud: format!("{iss}/api/v1"),
        iss,
        sub: of.phone_id.clone(),
        account_id: of.account_id.clone(),
        sid: of.terminal_id.clone(),
        client_id: CLIENT_ID.into(),
        iat: now.timestamp(),
        exp: (now + seconds(app.config.tokens.access_s)).timestamp(),
        jti: new_id(),
    };
    app.signing().await?.token(now.naive_utc(), TYP, &claims)
}

/// A softphone that is signed in. Carries the scope of the account; what it may touch of it is up
/// to the handlers under `/me`.
#[derive(Clone, Debug)]
pub struct Softphone {
    /// What may be touched.
    pub scope: Scope,
    /// The terminal.
    pub terminal: terminal::Row,
    /// The ID that it is signed in with.
    pub phone_id: phone_id::Row,
    /// The contract.
    pub account: account::Row,
}

impl Softphone {
    /// Who changes something now.
    pub fn ctx(&self, app: &Platform) -> Ctx {
        app.ctx(Actor::app(&self.phone_id.login_id))
    }

    /// Whether it is still signed in, and its contract active.
    pub async fn is_signed_in(&self, app: &Platform) -> Result<bool, Failure> {
        let found = find(app, (&self.scope, &self.phone_id.id, &self.terminal.id)).await?;
        Ok(found.is_some_and(|(_, _, account)| account.is_active()))
    }
}

async fn find(
    app: &Platform,
    (scope, phone_id, id): (&Scope, &str, &str),
) -> Result<Option<(terminal::Row, phone_id::Row, account::Row)>, Failure> {
    let (account_id, phone_id, id) =
        (scope.account_id().to_owned(), phone_id.to_owned(), id.to_owned());
    let (entrance, now) = (EntranceScope::authenticating(), app.clock.now_naive());
    Ok(app
        .db
        .read(move |conn| {
            refresh_token::terminal(conn, entrance, (&account_id, &phone_id, &id), now)
        })
        .await?)
}

impl FromRequest for Softphone {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cloned = request.clone();
        identify(request, async move { softphone(&cloned).await })
    }
}

async fn softphone(request: &HttpRequest) -> Result<Softphone, Failure> {
    let unauthenticated = || Failure::Code(ErrorCode::Unauthenticated);
    let app = state::<State>(request)?;
    let sent = bearer_token(request.headers()).ok_or_else(unauthenticated)?;
    let claims: Claims = app.verify_token(sent, TYP).await?.ok_or_else(unauthenticated)?;
    let (now, iss) = (app.clock.now(), issuer(&app));
    if claims.exp <= now.timestamp() || claims.iss != iss || claims.aud != format!("{iss}/api/v1") {
        return Err(unauthenticated());
    }
    let scope = Scope::account(&claims.account_id);
    let found = find(&app, (&scope, &claims.sub, &claims.sid)).await?;
    let (terminal, phone_id, account) = found.ok_or_else(unauthenticated)?;
    if !account.is_active() {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    rate_limit::count(
        &app,
        request,
        "terminal",
        &terminal.id,
        app.config.limits.terminal_per_minute,
    )?;
    if now.naive_utc() - terminal.last_seen_at >= TimeDelta::minutes(1) {
        let (scope, key) = (scope.clone(), (claims.sub, claims.sid));
        let touched = app
            .db
            .write(move |conn| terminal::touch(conn, &scope, &key.0, &key.1, now.naive_utc(), None))
            .await;
        uses::not_needed(touched)?;
    }
    Ok(Softphone { scope, terminal, phone_id, account })
}
