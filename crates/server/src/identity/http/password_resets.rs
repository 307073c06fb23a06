//! `/password-resets`: a mail with a single-use link, and setting the new password with it.

use actix_web::{HttpResponse, post, web};
use api_types::{ErrorCode, FieldCode, PasswordReset, PasswordResetRequest, PhoneIdKind};
use store::identity::password_reset;
use store::numbers::phone_id;
use store::{EntranceScope, Scope, new_id};

use crate::error::Failure;
use crate::http::answer;
use crate::http::client::ClientAddress;
use crate::http::extract::{Body, Shared, seconds};
use crate::identity::attempts;
use crate::identity::passwords::{self, PreparedPassword};
use crate::identity::rules::password::{self, Context};
use crate::platform::change::{self, Actor};
use crate::platform::crypto;
use crate::platform::mail::Mail;
use crate::platform::spelling;
use crate::platform::texts::{Lang, text};

/// Ask for a new password
///
/// Sends a mail with a link to the contract's contact address. The answer is the same whether the
/// ID exists or not, and does not wait for the mail.
#[utoipa::path(operation_id = "create_password_reset", tag = "session",
    request_body = PasswordResetRequest,
    responses((status = 202,
        description = "If the ID exists and a contact address is registered, a mail is on its \
        way.")), security(()))]
#[post("/password-resets")]
pub async fn create_password_reset(
    app: Shared,
    address: ClientAddress,
    lang: Lang,
    body: Body<PasswordResetRequest>,
) -> Result<HttpResponse, Failure> {
    let login_id = spelling::login_id(&body.value.login_id);
    attempts::begin(&app, "password-reset", &address, &login_id).await?;
    // Everything that differs between an ID that exists and one that does not happens after the
    // answer.
    actix_web::rt::spawn(async move {
        if let Err(failure) = send_link(&app, lang, login_id).await {
            tracing::error!(error = %failure, "a password mail could not be sent: {failure}");
        }
    });
    Ok(answer::accepted())
}

async fn send_link(app: &Shared, lang: Lang, login_id: String) -> Result<(), Failure> {
    let found = app
        .db
        .read(move |conn| {
            phone_id::find_by_login_id(conn, EntranceScope::authenticating(), &login_id)
        })
        .await?;
    let Some((phone_id, account)) =
        found.filter(|(phone_id, account)| phone_id.is_basic() && account.is_active())
    else {
        return Ok(());
    };
    let Some(to) = account.contact_mail.clone() else {
        tracing::warn!(
            account_id = account.id,
            "a password mail was asked for, but the contract has no contact address"
        );
        return Ok(());
    };
    let token = crypto::new_token();
    let now = app.clock.now_naive();
    let valid_for_s = app.config.sign_in.reset_link_s;
    let row = password_reset::Row {
        account_id: account.id.clone(),
        id: new_id(),
        phone_id: phone_id.id,
        token_hash: crypto::hash_token(&token),
        created_at: now,
        expires_at: now + seconds(valid_for_s),
    };
    let scope = Scope::account(&account.id);
    let message_id = row.id.clone();
    app.db.write(move |conn| password_reset::replace(conn, &scope, row)).await?;
    // In the fragment: browsers send it to nobody, so it stands in no log of ours or of a proxy.
    let link = format!(
        "{}/reset-password#{token}",
        app.config.public_url().as_str().trim_end_matches('/')
    );
    let mail = reset_mail(lang, to, &account.name, &link, valid_for_s / 60);
    let sent = app.mailer.send_patiently(mail, &message_id).await;
    sent.map_err(|error| Failure::Internal(error.to_string()))
}

fn reset_mail(lang: Lang, to: String, account: &str, link: &str, minutes: u64) -> Mail {
    let say = |key: &str| {
        text(
            lang,
            &format!("mail.reset.{key}"),
            &[("account", account), ("minutes", &minutes.to_string())],
        )
    };
    let (greeting, body, button, note) = (say("greeting"), say("body"), say("button"), say("note"));
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let html = format!(
        "<!doctype html><html lang=\"{}\"><body \
            style=\"font-family:sans-serif;line-height:1.6\"><p>{}</p><p>{}</p><p><a \
            href=\"{}\">{}</a></p><p style=\"color:#566066\">{}</p></body></html>",
        lang.tag(),
        escape(&greeting),
        escape(&body),
        escape(link),
        escape(&button),
        escape(&note)
    );
    Mail {
        to,
        subject: say("subject"),
        text: format!("{greeting}\n\n{body}\n\n{link}\n\n{note}\n"),
        html,
        ..Mail::default()
    }
}

/// Set the new password
///
/// With the token from the mail. Every session of the ID ends, and the link cannot be used again.
#[utoipa::path(operation_id = "complete_password_reset", tag = "session",
    request_body = PasswordReset,
    params(("token" = String, Path, description = "The token from the mail.",
        example = "0b5Yw1eQ3xJt2mV7c9r4sA")),
    responses((status = 204, description = "The new password is set.")), security(()))]
#[post("/password-resets/{token}")]
pub async fn complete_password_reset(
    app: Shared,
    token: web::Path<String>,
    body: Body<PasswordReset>,
) -> Result<HttpResponse, Failure> {
    let PasswordReset { new_password, new_password_confirmation } = body.value;
    let (hash, now) = (crypto::hash_token(&token), app.clock.now_naive());
    let found = app
        .db
        .read(move |conn| password_reset::find(conn, EntranceScope::authenticating(), &hash, now))
        .await?;
    let expired = || Failure::Code(ErrorCode::LinkExpired);
    let (reset, phone_id, account) = found.ok_or_else(expired)?;
    if !account.is_active() {
        return Err(Failure::Suspended { reason: account.suspended_reason });
    }
    if new_password != new_password_confirmation {
        return Err(Failure::field("/new_password_confirmation", FieldCode::Mismatch));
    }
    let (name, login_id, candidate) =
        (account.name.clone(), phone_id.login_id.clone(), new_password.clone());
    app.hashing(move || {
        password::judge(
            "/new_password",
            &candidate,
            &Context { login_id: &login_id, words: &[&name] },
        )
    })
    .await?
    .map_err(|fault| Failure::Fields(vec![fault]))?;
    let realm = app.config.switch.sip_domain.clone();
    let prepared = app
        .hashing(move || PreparedPassword::new(&realm, PhoneIdKind::Basic, Some(new_password)))
        .await?;
    let ctx = app.ctx(Actor::holder(phone_id.login_id));
    let shared = app.clone();
    app.db
        .write(move |conn| {
            let scope = Scope::account(&reset.account_id);
            change::locked(conn, &scope)?;
            if password_reset::delete_of_phone_id(conn, &scope, &reset.phone_id)? == 0 {
                return Err(Failure::Code(ErrorCode::LinkExpired));
            }
            passwords::set_password(
                conn,
                &scope,
                &ctx,
                &shared.secrets,
                &reset.phone_id,
                &prepared,
                None,
            )
            .map(drop)
        })
        .await?;
    Ok(answer::no_content())
}
