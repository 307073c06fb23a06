//! `/numbers/{number_id}/copy-settings`: settings of one number taken over from another.

use actix_web::{HttpResponse, post, web};
use api_types::{CopiedSettings, CopySettings};
use store::StoreError;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, Shared};
use crate::identity::callers::Member;
use crate::numbers::copies;

/// Take settings over from another number
///
/// With `dry_run` it answers what would change. What does not apply to this number stays as it is
/// and is named. Entries of the block list are only added; they can be taken back like an import.
#[utoipa::path(operation_id = "copy_settings", tag = "numbers", request_body = CopySettings,
    params(("number_id" = String, Path, description = "Id of the number that gets the settings.")),
    responses((status = 200, description = "What changes, or has changed.", body = CopiedSettings)),
    security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/copy-settings")]
pub async fn copy_settings(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
    body: Body<CopySettings>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let outcome = app
        .db
        .write(move |conn| {
            let copied = copies::copy_settings(conn, &holder.scope, &ctx, &number_id, &body.value)?;
            // What was done for a preview is rolled back, so that it cannot differ from what will
            // be done.
            if body.value.dry_run { Err(Stop::Preview(copied)) } else { Ok(copied) }
        })
        .await;
    match outcome {
        Ok(copied) | Err(Stop::Preview(copied)) => Ok(answer::json(&copied)),
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
