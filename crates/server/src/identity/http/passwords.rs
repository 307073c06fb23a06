//! `/ids/{phone_id}/password`, `/password-checks`, `/password-proposals`: passwords of IDs.

use actix_web::{HttpResponse, post, put, web};
use api_types::{
    AuditAction, AuditObject, ErrorCode, FieldCode, FieldFault, PasswordChanged, PasswordCheck,
    PasswordCheckRequest, PasswordProposal, PasswordPut, PasswordRevealed, PhoneIdKind,
};
use store::numbers::phone_id;

use crate::error::Failure;
use crate::http::answer;
use crate::http::client::ClientAddress;
use crate::http::extract::{Body, Shared};
use crate::identity::attempts;
use crate::identity::callers::Holder;
use crate::identity::passwords::{self, PreparedPassword};
use crate::identity::rules::password::{self, Context};
use crate::platform::texts::Lang;
use crate::platform::{change, crypto};

/// Change an ID's password
///
/// The basic ID's needs the present one, and ends its sessions on other devices. Softphones that
/// are signed in with the ID are signed out. At least 10 characters, not easy to guess, without the
/// login id.
#[utoipa::path(operation_id = "set_password", tag = "ids", request_body = PasswordPut,
    params(("phone_id" = String, Path, description = "Id of the ID.")),
    responses((status = 200, description = "The new password is set.", body = PasswordChanged)),
        security(("session" = [], "csrf" = [])))]
#[put("/ids/{phone_id}/password")]
pub async fn set_password(
    app: Shared,
    holder: Holder,
    address: ClientAddress,
    phone_id: web::Path<String>,
    body: Body<PasswordPut>,
) -> Result<HttpResponse, Failure> {
    let PasswordPut { new_password, new_password_confirmation, current_password } = body.value;
    let row = find(&app, &holder, &phone_id).await?;
    let basic = row.is_basic();
    let mut faults = Vec::new();
    if basic && current_password.as_ref().is_none_or(String::is_empty) {
        faults.push(FieldFault::new("/current_password", FieldCode::Required));
    }
    if new_password != new_password_confirmation {
        faults.push(FieldFault::new("/new_password_confirmation", FieldCode::Mismatch));
    }
    let (account, login_id, extension, candidate) = (
        holder.account.name.clone(),
        row.login_id.clone(),
        row.extension.clone(),
        new_password.clone(),
    );
    let judged = app
        .hashing(move || {
            password::judge(
                "/new_password",
                &candidate,
                &Context { login_id: &login_id, words: &[&account, &extension] },
            )
        })
        .await?;
    faults.extend(judged.err());
    if !faults.is_empty() {
        return Err(Failure::Fields(faults));
    }
    if basic {
        let attempt = attempts::begin(&app, "confirm", &address, &row.login_id).await?;
        if !app
            .verify_password(current_password.unwrap_or_default(), row.password_hash.clone())
            .await?
        {
            return Err(Failure::field("/current_password", FieldCode::WrongPassword));
        }
        attempts::succeeded(&app, attempt).await?;
    }
    let kind = if basic { PhoneIdKind::Basic } else { PhoneIdKind::Additional };
    let realm = app.config.switch.sip_domain.clone();
    let prepared =
        app.hashing(move || PreparedPassword::new(&realm, kind, Some(new_password))).await?;
    let (ctx, shared) = (holder.ctx(&app), app.clone());
    let ended = app
        .db
        .write(move |conn| {
            let keep = Some(holder.session.id.as_str());
            passwords::set_password(
                conn,
                &holder.scope,
                &ctx,
                &shared.secrets,
                &row.id,
                &prepared,
                keep,
            )
        })
        .await?;
    let count = |ended: usize| u32::try_from(ended).unwrap_or(u32::MAX);
    Ok(answer::json(&PasswordChanged {
        ended_sessions: count(ended.sessions),
        ended_terminals: count(ended.softphones),
    }))
}

async fn find(app: &Shared, holder: &Holder, id: &str) -> Result<phone_id::Row, Failure> {
    let (scope, id) = (holder.scope.clone(), id.to_owned());
    app.db.read(move |conn| phone_id::find(conn, &scope, &id)).await?.ok_or(Failure::NOT_FOUND)
}

/// Show an additional ID's password
///
/// Only within 5 minutes of `POST /session/confirm`, and every look is in the change log. The basic
/// ID's password is known to nobody but its holder.
#[utoipa::path(operation_id = "reveal_password", tag = "ids",
    params(("phone_id" = String, Path, description = "Id of the ID.")),
    responses((status = 200, description = "The present password.", body = PasswordRevealed)),
        security(("session" = [], "csrf" = [])))]
#[post("/ids/{phone_id}/password/reveal")]
pub async fn reveal_password(
    app: Shared,
    holder: Holder,
    phone_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let row = find(&app, &holder, &phone_id).await?;
    if row.is_basic() {
        return Err(Failure::field("", FieldCode::NotApplicable));
    }
    if holder.session.confirmed_until.is_none_or(|until| until <= app.clock.now_naive()) {
        return Err(Failure::Code(ErrorCode::ConfirmationRequired));
    }
    let (ctx, shared) = (holder.ctx(&app), app.clone());
    // The line in the log comes first: a look that could not be written down does not happen.
    let plain = app
        .db
        .write(move |conn| -> Result<Vec<u8>, Failure> {
            change::locked(conn, &holder.scope)?;
            let row = phone_id::find(conn, &holder.scope, &phone_id)?.ok_or(Failure::NOT_FOUND)?;
            let sealed =
                row.sealed_password.ok_or_else(|| Failure::field("", FieldCode::NotApplicable))?;
            let object = (AuditObject::PhoneId, row.id.as_str());
            change::record(
                conn,
                &holder.scope,
                &ctx,
                object,
                AuditAction::RevealPassword,
                Default::default(),
            )?;
            let place = passwords::password_place(&row.id);
            shared
                .secrets
                .open(&place, &sealed)
                .map_err(|error| Failure::Internal(error.to_string()))
        })
        .await?;
    let password = String::from_utf8(plain)
        .map_err(|_| Failure::Internal("a sealed password is no text".into()))?;
    Ok(answer::json(&PasswordRevealed { password }))
}

/// Check how good a password is
///
/// While it is typed. Nothing is kept of it.
#[utoipa::path(operation_id = "check_password", tag = "ids", request_body = PasswordCheckRequest,
    responses((status = 200, description = "How good it is, and what would help.",
        body = PasswordCheck)),
    security(("session" = [], "csrf" = [])))]
#[post("/password-checks")]
pub async fn check_password(
    app: Shared,
    holder: Holder,
    lang: Lang,
    body: Body<PasswordCheckRequest>,
) -> Result<HttpResponse, Failure> {
    let PasswordCheckRequest { password, phone_id } = body.value;
    let row = match phone_id {
        None => holder.phone_id.clone(),
        Some(id) => match find(&app, &holder, &id).await {
            Err(Failure::Code(ErrorCode::NotFound)) => {
                return Err(Failure::field("/phone_id", FieldCode::NotFound));
            }
            found => found?,
        },
    };
    let account = holder.account.name.clone();
    let check = app
        .hashing(move || {
            password::check(
                lang,
                &password,
                &Context { login_id: &row.login_id, words: &[&account, &row.extension] },
            )
        })
        .await?;
    Ok(answer::json(&check))
}

/// Make a password
///
/// Random, and easy to type on a phone. Nothing is kept of it until it is set.
#[utoipa::path(operation_id = "create_password_proposal", tag = "ids",
    responses((status = 200, description = "A password that nobody has thought of.",
        body = PasswordProposal)),
    security(("session" = [], "csrf" = [])))]
#[post("/password-proposals")]
pub async fn create_password_proposal(_holder: Holder) -> Result<HttpResponse, Failure> {
    Ok(answer::json(&PasswordProposal { password: crypto::new_password() }))
}
