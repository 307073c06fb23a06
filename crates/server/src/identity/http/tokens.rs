//! `/tokens`: signing in with the softphone, staying signed in, signing out.

use actix_web::{HttpResponse, post, web};
use api_types::{ErrorCode, LinkTokenRequest, RefreshTokenRequest, TokenRequest, Tokens};
use store::accounts::account;
use store::identity::sign_in_link;
use store::numbers::phone_id;
use store::{EntranceScope, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::client::ClientAddress;
use crate::http::extract::{Body, IdempotencyKey, seconds};
use crate::http::headers::RefreshKeyHeader;
use crate::identity::State;
use crate::identity::digest::Digest;
use crate::identity::softphone::access_token;
use crate::identity::tokens::{self, Refreshed, SignedIn};
use crate::identity::{attempts, passwords};
use crate::platform::change::{self, Actor};
use crate::platform::crypto;
use crate::platform::spelling;
use crate::platform::state::Platform;

/// Sign in with a softphone
///
/// With any ID and its password. The access token opens `/me…`; before it ends, exchange the
/// refresh token. `terminal` is what the portal shows as 端末種類. With one ID ten softphones may be
/// signed in; of more, the one that was seen longest ago is signed out. Failed attempts slow
/// further ones down, by address and by ID, whether the ID exists or not.
#[utoipa::path(operation_id = "create_tokens", tag = "tokens", request_body = TokenRequest,
    responses((status = 200, description = "Signed in.", body = Tokens)), security(()))]
#[post("/tokens")]
pub async fn create_tokens(
    app: web::Data<State>,
    address: ClientAddress,
    body: Body<TokenRequest>,
) -> Result<HttpResponse, Failure> {
    let TokenRequest { login_id, password, terminal } = body.value;
    let login_id = spelling::login_id(&login_id);
    let attempt = attempts::begin(&app, "sign-in", &address, &login_id).await?;
    let found = app
        .db
        .read(move |conn| {
            phone_id::find_by_login_id(conn, EntranceScope::authenticating(), &login_id)
        })
        .await?;
    let right = is_right(&app, found.as_ref().map(|(row, _)| row), &password).await?;
    let Some((row, account)) = found.filter(|_| right) else {
        return Err(Failure::Code(ErrorCode::BadCredentials));
    };
    attempts::succeeded(&app, attempt).await?;
    if !account.is_active() {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    let digest = Digest::missing(&app, &row, &password)?;
    let (scope, ctx, lives) =
        (Scope::account(&account.id), app.ctx(Actor::app(&row.login_id)), lives(&app));
    let signed_in = app
        .db
        .write(move |conn| {
            // The password may have been changed, or the contract suspended, while this one was
            // being checked.
            let account =
                account::lock(conn, &scope)?.ok_or(Failure::Code(ErrorCode::BadCredentials))?;
            if !account.is_active() {
                return Err(Failure::Suspended { reason: account.suspended_reason });
            }
            let present = phone_id::find(conn, &scope, &row.id)?
                .ok_or(Failure::Code(ErrorCode::BadCredentials))?;
            if (&present.password_hash, &present.sealed_password)
                != (&row.password_hash, &row.sealed_password)
            {
                return Err(Failure::Code(ErrorCode::BadCredentials));
            }
            if let Some(sealed) = digest {
                phone_id::set_digest(conn, &scope, &row.id, &sealed)?;
            }
            tokens::sign_in_softphone(conn, &scope, &ctx, &row.id, terminal, lives)
        })
        .await?;
    tokens(&app, signed_in).await
}

/// Whether this is the password of the ID. An additional ID's is kept sealed and needs no hashing,
/// but takes as long.
async fn is_right(
    app: &Platform,
    row: Option<&phone_id::Row>,
    password: &str,
) -> Result<bool, Failure> {
    let hash = row.and_then(|row| row.password_hash.clone());
    let by_hash = app.verify_password(password.to_owned(), hash).await?;
    let Some((row, sealed)) = row.and_then(|row| Some((row, row.sealed_password.as_ref()?))) else {
        return Ok(by_hash);
    };
    let opened = app.secrets.open(&passwords::password_place(&row.id), sealed);
    let opened = opened.map_err(|error| Failure::Internal(error.to_string()))?;
    let same =
        |kept: String| crypto::same(&spelling::password(&kept), &spelling::password(password));
    Ok(String::from_utf8(opened).is_ok_and(same))
}

fn lives(app: &Platform) -> chrono::TimeDelta {
    seconds(app.config.tokens.refresh_s)
}

async fn tokens(app: &State, signed_in: SignedIn) -> Result<HttpResponse, Failure> {
    Ok(answer::json(&Tokens {
        access_token: access_token(app, &signed_in).await?,
        token_type: "Bearer".into(),
        expires_in: app.config.tokens.access_s,
        refresh_token: signed_in.refresh_token,
        refresh_expires_in: app.config.tokens.refresh_s,
        terminal_id: signed_in.terminal_id,
    }))
}

/// Sign in with a link from the portal
///
/// The holder shows the link as a QR code (`POST /ids/{phone_id}/sign-in-links`); its token stands
/// behind `#`. It works once and for five minutes.
#[utoipa::path(operation_id = "create_tokens_by_link", tag = "tokens",
    request_body = LinkTokenRequest,
    responses((status = 200, description = "Signed in.", body = Tokens)), security(()))]
#[post("/tokens/link")]
pub async fn create_tokens_by_link(
    app: web::Data<State>,
    body: Body<LinkTokenRequest>,
) -> Result<HttpResponse, Failure> {
    let LinkTokenRequest { link_token, terminal } = body.value;
    let (hash, now, lives) = (crypto::hash_token(link_token.trim()), app.clock.now(), lives(&app));
    let signed_in = app
        .db
        .write(move |conn| {
            let ended = || Failure::Code(ErrorCode::LinkExpired);
            let at = now.naive_utc();
            let account_id =
                sign_in_link::account_of(conn, EntranceScope::authenticating(), &hash, at)?
                    .ok_or_else(ended)?;
            let scope = Scope::account(account_id);
            let account = account::lock(conn, &scope)?.ok_or_else(ended)?;
            if !account.is_active() {
                return Err(Failure::Suspended { reason: account.suspended_reason });
            }
            let link = sign_in_link::take(conn, &scope, &hash, at)?.ok_or_else(ended)?;
            let row = phone_id::find(conn, &scope, &link.phone_id)?.ok_or_else(ended)?;
            let ctx = change::Ctx { actor: Actor::app(&row.login_id), now };
            tokens::sign_in_softphone(conn, &scope, &ctx, &row.id, terminal, lives)
        })
        .await?;
    tokens(&app, signed_in).await
}

/// Exchange a refresh token
///
/// Each refresh token works once and answers the next one; within ten seconds it answers the same
/// one again, for an app that asks twice at once. When one is used later, somebody else may have
/// it, and the terminal is signed out. An answer can get lost, so send an `Idempotency-Key` and
/// repeat the request under the same one: as long as the next token was not used, it is answered
/// again.
#[utoipa::path(operation_id = "refresh_tokens", tag = "tokens", request_body = RefreshTokenRequest,
    params(RefreshKeyHeader),
    responses((status = 200, description = "The next tokens.", body = Tokens)), security(()))]
#[post("/tokens/refresh")]
pub async fn refresh_tokens(
    app: web::Data<State>,
    key: IdempotencyKey,
    body: Body<RefreshTokenRequest>,
) -> Result<HttpResponse, Failure> {
    let (shared, now, lives, token) =
        (app.clone(), app.clock.now(), lives(&app), body.value.refresh_token);
    let refreshed = app
        .db
        .write(move |conn| {
            tokens::refresh(conn, &shared.secrets, now, token.trim(), key.key.as_deref(), lives)
        })
        .await?;
    match refreshed {
        Refreshed::Next(signed_in) => tokens(&app, signed_in).await,
        Refreshed::Ended => Err(Failure::Code(ErrorCode::RefreshTokenEnded)),
        Refreshed::Suspended(reason) => Err(Failure::Suspended { reason }),
    }
}

/// Sign out with a softphone
///
/// Ends the refresh token, every access token of the terminal, and its line in the portal. A token
/// that is none of ours is answered alike (RFC 7009, 2.2).
#[utoipa::path(operation_id = "revoke_tokens", tag = "tokens", request_body = RefreshTokenRequest,
    responses((status = 204, description = "Signed out.")), security(()))]
#[post("/tokens/revoke")]
pub async fn revoke_tokens(
    app: web::Data<State>,
    body: Body<RefreshTokenRequest>,
) -> Result<HttpResponse, Failure> {
    let (now, token) = (app.clock.now(), body.value.refresh_token);
    app.db.write(move |conn| tokens::revoke(conn, now, token.trim())).await?;
    Ok(answer::no_content())
}
