//! Keys of integrators.

use api_types::{
    API_KEYS_MAX, ApiKeyCreate, ApiKeyCreated, AuditAction, AuditObject, FieldCode, FieldValue,
    FieldValues,
};
use store::identity::api_key;
use store::{Conn, Scope, new_id};

use crate::error::Failure;
use crate::identity::view;
use crate::platform::change::{Ctx, locked, record};
use crate::platform::crypto;

/// What keys begin with, so that a leaked one is recognised by people and scanners.
pub const API_KEY_PREFIX: &str = "dwk_";

/// Makes a key; the answer is the only time that it is seen.
///
/// # Errors
/// An end in the past; more keys than an account may have.
pub fn create_api_key(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    new: ApiKeyCreate,
) -> Result<ApiKeyCreated, Failure> {
    locked(conn, scope)?;
    if new.expires_at.is_some_and(|end| end <= ctx.now) {
        return Err(Failure::field("/expires_at", FieldCode::InThePast));
    }
    if usize::try_from(api_key::count(conn, scope)?).unwrap_or(usize::MAX) >= API_KEYS_MAX {
        return Err(Failure::field("", FieldCode::LimitReached));
    }
    let mut scopes = new.scopes;
    scopes.sort();
    scopes.dedup();
    let allowed_addresses: Vec<_> =
        new.allowed_addresses.iter().map(|text| text.trim().to_owned()).collect();
    let key = format!("{API_KEY_PREFIX}{}", crypto::new_token());
    let row = api_key::Row {
        account_id: scope.account_id().to_owned(),
        id: new_id(),
        name: new.name.trim().to_owned(),
        hint: key.chars().take(8).collect(),
        key_hash: crypto::hash_token(&key),
        scopes: scopes.into(),
        allowed_addresses: allowed_addresses.into(),
        expires_at: new.expires_at.map(|end| end.naive_utc()),
        created_at: ctx.at(),
        last_used_at: None,
    };
    record(
        conn,
        scope,
        ctx,
        (AuditObject::ApiKey, &row.id),
        AuditAction::Create,
        (FieldValues::new(), fields(&row)),
    )?;
    let made = view::api_key(&row);
    api_key::insert(conn, scope, row)?;
    Ok(ApiKeyCreated { api_key: made, key })
}

/// Removes a key.
///
/// # Errors
/// `not_found`.
pub fn delete_api_key(conn: &mut Conn, scope: &Scope, ctx: &Ctx, id: &str) -> Result<(), Failure> {
    locked(conn, scope)?;
    let row = api_key::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    api_key::delete(conn, scope, id)?;
    record(
        conn,
        scope,
        ctx,
        (AuditObject::ApiKey, id),
        AuditAction::Delete,
        (fields(&row), FieldValues::new()),
    )?;
    Ok(())
}

fn fields(row: &api_key::Row) -> FieldValues {
    let scopes: Vec<_> = row.scopes.iter().map(|scope| scope.as_str()).collect();
    let text = |name: &str, value: String| (name.to_owned(), FieldValue::Text(value));
    FieldValues::from([text("name", row.name.clone()), text("scopes", scopes.join(" "))])
}
