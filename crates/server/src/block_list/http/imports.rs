//! `/numbers/{number_id}/block-list/imports`, `/export`, `/sample`: the block list as a CSV file.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, get, post, web};
use api_types::{
    BlockImport, BlockImportApply, BlockImportQuery, BlockImportRow, BlockImportRowQuery,
    BlockImportUndone, CsvQuery, FieldCode, FieldFault, Page, PageQuery,
};
use utoipa::ToSchema;

use crate::block_list;
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, Query, Shared, body_hash};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, do_once};
use crate::http::paging::Window;
use crate::http::upload::CsvFile;
use crate::identity::callers::Member;
use crate::platform::csv::Encoding;
use crate::platform::texts::Lang;

/// A CSV file as a form sends it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the document; the extractor reads it")]
pub struct UploadForm {
    /// The file, at most 10 MB and 100,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Import entries from a CSV file
///
/// UTF-8, UTF-16, Shift_JIS, EUC-JP or ISO-2022-JP; comma, semicolon or tab; with or without a
/// header and a title above it; address books of Google, Outlook and others, and vCards (`text/csv`
/// or `text/vcard`). The
/// columns headed 電話番号, 携帯電話, Mobile Phone and the like hold the callers, or the first one; a
/// row with several numbers makes an entry of each. All rows are added, or none. With `dry_run` the
/// file is only read and judged: apply it with its `import_id`. What cannot be read is named by its
/// line: `#line=12`.
#[utoipa::path(operation_id = "create_block_import", tag = "block-list",
    request_body(content((String = "text/csv", example = "電話番号,メモ\n090-1234-5678,しつこい営業\n"),
        (UploadForm = "multipart/form-data",
        example = json!({"file": "電話番号,メモ\n090-1234-5678,しつこい営業\n"})))),
    params(("number_id" = String, Path, description = "Id of the number."), BlockImportQuery,
        IdempotencyKeyHeader),
    responses((status = 200, description = "What became, or would become, of each row.",
        body = BlockImport)),
    security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/imports")]
pub async fn create_block_import(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    lang: Lang,
    number_id: web::Path<String>,
    query: Query<BlockImportQuery>,
    file: CsvFile,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let BlockImportQuery { dry_run, repair } = query.0;
    let asked = Asked::new(&holder.account_caller(), key, &body_hash(&file.0));
    let scope = holder.scope.clone();
    let read_ctx = ctx.clone();
    // Outside the write: reading a long file takes a while, and nobody should wait for the lock
    // that long.
    let surveyed = app
        .db
        .read(move |conn| block_list::read(conn, &scope, &read_ctx, lang, &number_id, file.0))
        .await?;
    let surveyed = Arc::new(surveyed);
    let done = do_once(&app, asked, move |conn| {
        if dry_run {
            return block_list::keep(conn, &holder.scope, &surveyed);
        }
        let options = BlockImportApply { repair, skip_invalid: false };
        block_list::apply_at_once(conn, &holder.scope, &ctx, &surveyed, options)
    })
    .await?;
    Ok(answer::done(&done, None))
}

/// One import
///
/// With its first rows while it is only previewed.
#[utoipa::path(operation_id = "get_block_import", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("import_id" = String, Path, description = "Id of the import.")),
    responses((status = 200, description = "The import.", body = BlockImport)),
        security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/imports/{import_id}")]
pub async fn get_block_import(
    app: Shared,
    holder: Member,
    lang: Lang,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let import = app
        .db
        .read(move |conn| block_list::import(conn, &holder.scope, &ctx, lang, &path.0, &path.1))
        .await?;
    Ok(answer::json(&import))
}

/// List the rows of a previewed import
///
/// In the order of the file, all or those with one outcome.
#[utoipa::path(operation_id = "list_block_import_rows", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("import_id" = String, Path, description = "Id of the import."),
        BlockImportRowQuery),
    responses((status = 200, description = "Rows of the file.", body = Page<BlockImportRow>)),
        security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/imports/{import_id}/rows")]
pub async fn list_block_import_rows(
    app: Shared,
    holder: Member,
    lang: Lang,
    path: web::Path<(String, String)>,
    query: Query<BlockImportRowQuery>,
) -> Result<HttpResponse, Failure> {
    let BlockImportRowQuery { limit, cursor, outcome } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    let after = match &window.after {
        None => 0,
        Some(place) => place.parse().map_err(|_| {
            Failure::Fields(vec![FieldFault::new("?cursor", FieldCode::InvalidFormat)])
        })?,
    };
    let (ctx, wanted) = (holder.ctx(&app), (after, outcome, window.limit + 1));
    let rows = app
        .db
        .read(move |conn| {
            block_list::import_rows(conn, &holder.scope, &ctx, lang, (&path.0, &path.1), wanted)
        })
        .await?;
    let Page { items, next_cursor } = window.page(rows, |(place, _)| place.to_string());
    let items = items.into_iter().map(|(_, row)| row).collect();
    Ok(answer::json::<Page<BlockImportRow>>(&Page { items, next_cursor }))
}

/// Download the rows that are not added as they stand
///
/// As a CSV file in the encoding of the one that was sent, with the reason in one more column: to
/// be put right and sent again.
#[utoipa::path(operation_id = "get_block_import_failed_rows", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("import_id" = String, Path, description = "Id of the import.")),
    responses((status = 200, description = "A CSV file.", body = String,
        content_type = "text/csv")), security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/imports/{import_id}/failed-rows")]
pub async fn get_block_import_failed_rows(
    app: Shared,
    holder: Member,
    lang: Lang,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let (file, encoding) = app
        .db
        .read(move |conn| {
            block_list::import_failed_rows(conn, &holder.scope, &ctx, lang, (&path.0, &path.1))
        })
        .await?;
    Ok(download(file, encoding, "block-list-failed-rows.csv"))
}

/// Apply a previewed import
///
/// Within an hour of the preview. All rows are added, or none, unless `skip_invalid` leaves out the
/// wrong ones.
#[utoipa::path(operation_id = "apply_block_import", tag = "block-list",
    request_body = BlockImportApply,
    params(("number_id" = String, Path, description = "Id of the number."),
        ("import_id" = String, Path, description = "Id of the import."), IdempotencyKeyHeader),
    responses((status = 200, description = "What was added.", body = BlockImport)),
        security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/imports/{import_id}/apply")]
pub async fn apply_block_import(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    body: Body<BlockImportApply>,
) -> Result<HttpResponse, Failure> {
    let path = path.into_inner();
    let (ctx, scope) = (holder.ctx(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let done = do_once(&app, asked, move |conn| {
        block_list::apply(conn, &scope, &ctx, &path.0, &path.1, body.value)
    })
    .await?;
    Ok(answer::done(&done, None))
}

/// Take an import back
///
/// Removes exactly the entries that it added and that are still there.
#[utoipa::path(operation_id = "undo_block_import", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("import_id" = String, Path, description = "Id of the import."), IdempotencyKeyHeader),
    responses((status = 200, description = "How many entries were removed.",
        body = BlockImportUndone)),
    security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/imports/{import_id}/undo")]
pub async fn undo_block_import(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let path = path.into_inner();
    let (ctx, scope) = (holder.ctx(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, "");
    let done =
        do_once(&app, asked, move |conn| block_list::undo(conn, &scope, &ctx, &path.0, &path.1))
            .await?;
    Ok(answer::done(&done, None))
}

/// Download a block list
///
/// As a CSV file, the oldest entry first, without those that have expired. Importing it gives the
/// same list. What a spreadsheet would take for a formula has an apostrophe in front, which the
/// import takes away again.
#[utoipa::path(operation_id = "export_block_list", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."), CsvQuery),
    responses((status = 200, description = "A CSV file.", body = String,
        content_type = "text/csv")), security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/export")]
pub async fn export_block_list(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
    query: Query<CsvQuery>,
) -> Result<HttpResponse, Failure> {
    let (ctx, encoding) = (holder.ctx(&app), query.0.encoding);
    let file = app
        .db
        .read(move |conn| block_list::export(conn, &holder.scope, &ctx, &number_id, encoding))
        .await?;
    Ok(download(file, block_list::encoding_of(encoding), "block-list.csv"))
}

/// Download a sample file
///
/// It shows everything that can be imported.
#[utoipa::path(operation_id = "get_block_list_sample", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."), CsvQuery),
    responses((status = 200, description = "A CSV file.", body = String,
        content_type = "text/csv")), security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/sample")]
pub async fn get_block_list_sample(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
    query: Query<CsvQuery>,
) -> Result<HttpResponse, Failure> {
    app.db
        .read(move |conn| store::numbers::number::find(conn, &holder.scope, &number_id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    Ok(download(
        block_list::sample_file(query.0.encoding),
        block_list::encoding_of(query.0.encoding),
        "block-list-sample.csv",
    ))
}

fn download(file: Vec<u8>, encoding: Encoding, name: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(format!("text/csv; charset={}", encoding.charset()))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(file)
}
