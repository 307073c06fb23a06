//! `/session`: signing in to the portal with the basic ID, step-up, signing out.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpResponse, delete, get, post};
use api_types::{Confirmation, ErrorCode, FieldCode, Session, SignIn, SignOutQuery};
use store::identity::session;
use store::numbers::phone_id;
use store::{EntranceScope, Scope, new_id};

use crate::error::Failure;
use crate::http::answer;
use crate::http::client::ClientAddress;
use crate::http::extract::{Body, Query, Shared, seconds};
use crate::identity::attempts;
use crate::identity::callers::{Holder, cookie_name};
use crate::identity::digest::Digest;
use crate::platform::config::Config;
use crate::platform::crypto;
use crate::platform::spelling;

/// Sign in
///
/// With the basic ID and its password. The session is an HttpOnly cookie; `csrf_token` goes into
/// `X-CSRF-Token` with every write. Failed attempts slow further ones down, by address and by ID,
/// whether the ID exists or not.
#[utoipa::path(operation_id = "create_session", tag = "session", request_body = SignIn,
    responses((status = 200, description = "Signed in; the answer sets the session cookie.",
        body = Session)), security(()))]
#[post("/session")]
pub async fn create_session(
    app: Shared,
    address: ClientAddress,
    body: Body<SignIn>,
) -> Result<HttpResponse, Failure> {
    let SignIn { login_id, password } = body.value;
    let login_id = spelling::login_id(&login_id);
    let attempt = attempts::begin(&app, "sign-in", &address, &login_id).await?;
    let found = app
        .db
        .read(move |conn| {
            phone_id::find_by_login_id(conn, EntranceScope::authenticating(), &login_id)
        })
        .await?;
    // Only the basic ID has a hash, and only it opens the portal.
    let hash = found.as_ref().and_then(|(phone_id, _)| phone_id.password_hash.clone());
    let right = app.verify_password(password.clone(), hash).await?;
    let Some((phone_id, account)) = found.filter(|_| right) else {
        return Err(Failure::Code(ErrorCode::BadCredentials));
    };
    attempts::succeeded(&app, attempt).await?;
    if !account.is_active() {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    let now = app.clock.now_naive();
    let token = crypto::new_token();
    let scope = Scope::account(&account.id);
    let row = session::Row {
        account_id: account.id.clone(),
        id: new_id(),
        phone_id: phone_id.id.clone(),
        token_hash: crypto::hash_token(&token),
        created_at: now,
        last_seen_at: now,
        expires_at: now
            + seconds(app.config.sign_in.session_idle_s.min(app.config.sign_in.session_max_s)),
        confirmed_until: None,
    };
    let digest = Digest::missing(&app, &phone_id, &password)?;
    let checked_hash = phone_id.password_hash.clone();
    let holder = Holder { scope: scope.clone(), session: row.clone(), token, phone_id, account };
    app.db
        .write(move |conn| {
            // The password may have been changed, or the contract suspended, while this one was
            // being checked.
            let account = store::accounts::account::lock(conn, &scope)?
                .ok_or(Failure::Code(ErrorCode::BadCredentials))?;
            if !account.is_active() {
                return Err(Failure::Suspended { reason: account.suspended_reason });
            }
            let present = phone_id::find(conn, &scope, &row.phone_id)?;
            if present.is_none_or(|present| present.password_hash != checked_hash) {
                return Err(Failure::Code(ErrorCode::BadCredentials));
            }
            if let Some(sealed) = digest {
                phone_id::set_digest(conn, &scope, &row.phone_id, &sealed)?;
            }
            session::insert(conn, &scope, row)?;
            Ok(())
        })
        .await?;
    let mut response = answer::json(&view(&app, &holder));
    set_cookie(&mut response, &app.config, &holder.token);
    Ok(response)
}

/// Who is signed in
///
/// Also gives the CSRF token again, for a page that was reloaded.
#[utoipa::path(operation_id = "get_session", tag = "session",
    responses((status = 200, description = "The session of the cookie.", body = Session)),
        security(("session" = [])))]
#[get("/session")]
pub async fn get_session(app: Shared, holder: Holder) -> HttpResponse {
    answer::json(&view(&app, &holder))
}

/// Sign out
///
/// Ends this session, or with `everywhere=true` every session of this ID on every device.
#[utoipa::path(operation_id = "delete_session", tag = "session", params(SignOutQuery),
    responses((status = 204, description = "Signed out; the cookie is removed.")),
        security(("session" = [], "csrf" = [])))]
#[delete("/session")]
pub async fn delete_session(
    app: Shared,
    holder: Holder,
    query: Query<SignOutQuery>,
) -> Result<HttpResponse, Failure> {
    let (scope, id, phone_id) = (holder.scope, holder.session.id, holder.phone_id.id);
    app.db
        .write(move |conn| -> Result<(), Failure> {
            match query.0.everywhere {
                true => session::delete_of_phone_id(conn, &scope, &phone_id).map(drop)?,
                false => session::delete(conn, &scope, &id)?,
            }
            Ok(())
        })
        .await?;
    let mut response = answer::no_content();
    remove_cookie(&mut response, &app.config);
    Ok(response)
}

/// Confirm the password
///
/// Step-up before something delicate: for the next 5 minutes the session counts as confirmed.
#[utoipa::path(operation_id = "confirm_session", tag = "session", request_body = Confirmation,
    responses((status = 200, description = "Confirmed.", body = Session)),
        security(("session" = [], "csrf" = [])))]
#[post("/session/confirm")]
pub async fn confirm_session(
    app: Shared,
    mut holder: Holder,
    address: ClientAddress,
    body: Body<Confirmation>,
) -> Result<HttpResponse, Failure> {
    let attempt = attempts::begin(&app, "confirm", &address, &holder.phone_id.login_id).await?;
    if !app.verify_password(body.value.password, holder.phone_id.password_hash.clone()).await? {
        return Err(Failure::field("/password", FieldCode::WrongPassword));
    }
    attempts::succeeded(&app, attempt).await?;
    let until = app.clock.now_naive() + seconds(app.config.sign_in.confirm_s);
    holder.session.confirmed_until = Some(until);
    let (scope, id) = (holder.scope.clone(), holder.session.id.clone());
    app.db.write(move |conn| session::confirm(conn, &scope, &id, until)).await?;
    Ok(answer::json(&view(&app, &holder)))
}

fn view(app: &Shared, holder: &Holder) -> Session {
    let now = app.clock.now_naive();
    Session {
        login_id: holder.phone_id.login_id.clone(),
        account_id: holder.account.id.clone(),
        account_name: holder.account.name.clone(),
        csrf_token: crypto::csrf_token(&holder.token),
        expires_at: holder.session.expires_at.and_utc(),
        confirmed_until: holder
            .session
            .confirmed_until
            .filter(|until| *until > now)
            .map(|until| until.and_utc()),
    }
}

fn cookie<'a>(config: &Config, value: &'a str) -> Cookie<'a> {
    // A browser keeps a `Secure` cookie off plain http; only on this very machine plain http is
    // safe (and some browsers do not see that themselves).
    let loopback = config
        .public_url()
        .host_str()
        .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    Cookie::build(cookie_name(config.is_https()), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.is_https() || !loopback)
        .finish()
}

fn set_cookie(response: &mut HttpResponse, config: &Config, token: &str) {
    let mut cookie = cookie(config, token);
    cookie.set_max_age(
        i64::try_from(config.sign_in.session_max_s)
            .ok()
            .map(actix_web::cookie::time::Duration::seconds),
    );
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "the session cookie could not be set");
    }
}

fn remove_cookie(response: &mut HttpResponse, config: &Config) {
    let mut cookie = cookie(config, "");
    cookie.make_removal();
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "the session cookie could not be removed");
    }
}
