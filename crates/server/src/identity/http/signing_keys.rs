//! `/.well-known/jwks.json`: what our tokens and snapshots are checked with.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, get, web};
use api_types::JsonWebKeySet;

use crate::error::Failure;
use crate::identity::State;
use crate::identity::signing::MAX_AGE_S;

/// Public signing keys
///
/// A JSON Web Key Set (RFC 7517): what the access tokens and the switches' snapshots are signed
/// with, by `kid`. May be kept for five minutes; a new key stands here ten minutes before it signs,
/// so read it anew for a `kid` that you do not know.
#[utoipa::path(operation_id = "get_signing_keys", tag = "tokens",
    responses((status = 200, description = "The keys.", body = JsonWebKeySet)), security(()))]
#[get("/.well-known/jwks.json")]
pub async fn get_signing_keys(app: web::Data<State>) -> Result<HttpResponse, Failure> {
    let published = app.signing().await?.published();
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, format!("public, max-age={MAX_AGE_S}")))
        .json(published))
}
