//! `/ids/{phone_id}/terminals` and `/ids/{phone_id}/sign-in-links`: which terminals are signed in
//! with an ID, and signing one in by a link.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post, web};
use api_types::{ErrorCode, SignInLink};
use maud::html;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{IdempotencyKey, Shared, seconds};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, do_once};
use crate::http::plain_page;
use crate::identity::callers::{Holder, Member};
use crate::platform::texts::{Lang, text};
use crate::{identity, numbers};

/// Sign a terminal out
///
/// At once: its tokens end. The terminals that are signed in stand in `terminals` of the ID.
#[utoipa::path(operation_id = "delete_terminal", tag = "ids",
    params(("phone_id" = String, Path, description = "Id of the ID."),
        ("terminal_id" = String, Path, description = "Id of the terminal.")),
    responses((status = 204, description = "It is signed out.")),
        security(("session" = [], "csrf" = [])))]
#[delete("/ids/{phone_id}/terminals/{terminal_id}")]
pub async fn delete_terminal(
    app: Shared,
    holder: Member,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (ctx, (phone_id, terminal_id)) = (holder.ctx(&app), path.into_inner());
    app.db
        .write(move |conn| {
            numbers::phone_ids::delete_terminal(conn, &holder.scope, &ctx, &phone_id, &terminal_id)
        })
        .await?;
    Ok(answer::no_content())
}

/// Make a link that signs an app in
///
/// For a QR code: the app sends what stands behind `#` to `POST /tokens/link`. It works once and
/// for five minutes, and ends former links of the same ID. Only within 5 minutes of `POST
/// /session/confirm`, and every link is in the change log.
#[utoipa::path(operation_id = "create_sign_in_link", tag = "ids",
    params(("phone_id" = String, Path, description = "Id of the ID."), IdempotencyKeyHeader),
    responses((status = 200, description = "The link.", body = SignInLink)),
        security(("session" = [], "csrf" = [])))]
#[post("/ids/{phone_id}/sign-in-links")]
pub async fn create_sign_in_link(
    app: Shared,
    holder: Holder,
    key: IdempotencyKey,
    phone_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let phone_id = phone_id.into_inner();
    if holder.session.confirmed_until.is_none_or(|until| until <= app.clock.now_naive()) {
        return Err(Failure::Code(ErrorCode::ConfirmationRequired));
    }
    let ctx = holder.ctx(&app);
    let expires_at = app.clock.now() + seconds(app.config.tokens.link_s);
    let (page, expires_in) = (app.config.app_url(), app.config.tokens.link_s);
    let asked = Asked::new(&holder.account_caller(), key, "");
    let done = do_once(&app, asked, move |conn| {
        let (scope, until) = (&holder.scope, expires_at.naive_utc());
        let token = identity::tokens::create_sign_in_link(conn, scope, &ctx, &phone_id, until)?;
        // In the fragment: browsers send it to nobody, so it stands in no log of ours or of a
        // proxy.
        Ok(SignInLink { url: format!("{page}#{token}"), expires_at, expires_in })
    })
    .await?;
    Ok(answer::done(&done, None))
}

/// The page that a link leads to where it is opened in a browser instead of the app. It cannot know
/// the token, and says what to do with the code. Not in the document: what it answers is for no
/// program.
#[get("/app/sign-in{fragment:([#%].*)?}")]
pub async fn get_app_page(lang: Lang) -> HttpResponse {
    let say = |key: &str| text(lang, &format!("app_page.{key}"), &[]);
    let body = html! {
        h1 { (say("title")) }
        p { (say("lead")) }
        ol {
            @for step in ["open", "scan", "done"] {
                li { (say(step)) }
            }
        }
        p.note { (say("note")) }
    };
    plain_page::answer(StatusCode::OK, lang, &say("title"), &body)
}
