//! `/numbers/{number_id}/copy-settings`: settings of one number taken over from another.

use std::convert::Infallible;

use actix_web::{HttpResponse, post, web};
use api_types::{CopiedSettings, CopySettings};
use store::StoreError;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, Shared};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, do_once};
use crate::identity::callers::Member;
use crate::numbers::copies;

/// Take settings over from another number
///
/// With `dry_run` it answers what would change. What does not apply to this number stays as it is
/// and is named. Entries of the block list are only added; they can be taken back like an import.
#[utoipa::path(operation_id = "copy_settings", tag = "numbers", request_body = CopySettings,
    params(("number_id" = String, Path, description = "Id of the number that gets the settings."),
        IdempotencyKeyHeader),
    responses((status = 200, description = "What changes, or has changed.", body = CopiedSettings)),
    security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/copy-settings")]
pub async fn copy_settings(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    number_id: web::Path<String>,
    body: Body<CopySettings>,
) -> Result<HttpResponse, Failure> {
    let number_id = number_id.into_inner();
    let (ctx, scope) = (holder.ctx(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let wanted = body.value;
    if !wanted.dry_run {
        let done = do_once(&app, asked, move |conn| {
            copies::copy_settings(conn, &scope, &ctx, &number_id, &wanted)
        })
        .await?;
        return Ok(answer::done(&done, None));
    }
    // What was done for a preview is rolled back, so that it cannot differ from what will be done.
    let preview = app.db.write(move |conn| {
        Err::<Infallible, _>(Stop::Preview(copies::copy_settings(
            conn, &scope, &ctx, &number_id, &wanted,
        )?))
    });
    match preview.await {
        Err(Stop::Preview(copied)) => Ok(answer::json(&copied)),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

enum Stop {
    Preview(CopiedSettings),
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Failed(error.into())
    }
}
