//! Softphones: signing in, staying signed in, signing out.

use api_types::{AuditAction, AuditObject, FieldValue, FieldValues, TerminalRegistration};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use store::accounts::account;
use store::identity::{refresh_token, sign_in_link};
use store::numbers::phone_id;
use store::softphone::terminal;
use store::{Conn, EntranceScope, Kind as _, Scope, new_id};

use crate::error::Failure;
use crate::platform::change::{Actor, Ctx, locked, record};
use crate::platform::crypto::{self, Secrets};

/// What refresh tokens begin with, so that a leaked one is recognised by people and scanners.
const PREFIX: &str = "dwr_";

/// Softphones that may be signed in with one ID; of more, the one that was seen longest ago goes.
pub const SOFTPHONES_MAX: usize = 10;

/// A softphone that is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The account.
    pub account_id: String,
    /// The ID.
    pub phone_id: String,
    /// The terminal.
    pub terminal_id: String,
    /// The next refresh token.
    pub refresh_token: String,
}

/// What became of a refresh token.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// It was exchanged.
    Next(SignedIn),
    /// It is none of ours, or its time is over; a second use has signed its terminal out.
    Ended,
    /// The contract is suspended; the token stays good.
    Suspended(Option<String>),
}

/// Signs a softphone in; `lives` is how long it stays so without being used.
///
/// # Errors
/// When the database refuses.
pub fn sign_in_softphone(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    phone_id: &str,
    new: TerminalRegistration,
    lives: TimeDelta,
) -> Result<SignedIn, Failure> {
    let others = terminal::softphones(conn, scope, phone_id)?;
    for gone in others.iter().take((others.len() + 1).saturating_sub(SOFTPHONES_MAX)) {
        sign_out(conn, scope, ctx, gone, AuditAction::Delete)?;
    }
    let row = enter_terminal(conn, scope, ctx, phone_id, new, Some(ctx.at() + lives))?;
    let token = format!("{PREFIX}{}", crypto::new_token());
    hand_out(conn, scope, &row, &token, ctx.at(), lives)?;
    Ok(signed_in(&row, token))
}

fn signed_in(row: &terminal::Row, refresh_token: String) -> SignedIn {
    SignedIn {
        account_id: row.account_id.clone(),
        phone_id: row.phone_id.clone(),
        terminal_id: row.id.clone(),
        refresh_token,
    }
}

fn hand_out(
    conn: &mut Conn,
    scope: &Scope,
    of: &terminal::Row,
    token: &str,
    now: NaiveDateTime,
    lives: TimeDelta,
) -> Result<(), Failure> {
    let row = refresh_token::Row {
        account_id: of.account_id.clone(),
        id: new_id(),
        phone_id: of.phone_id.clone(),
        terminal_id: of.id.clone(),
        token_hash: crypto::hash_token(token),
        created_at: now,
        expires_at: now + lives,
        used_at: None,
        repeat_hash: None,
    };
    Ok(refresh_token::insert(conn, scope, row)?)
}

/// For how long the same refresh token is answered alike, whoever sends it: an app and its
/// extension, or two tabs, refresh at once and know nothing of each other.
const AT_ONCE: TimeDelta = TimeDelta::seconds(10);

/// Exchanges a refresh token for the next one (RFC 9700, 4.14). A second use means that two have
/// it, and signs the terminal out. It is no second use within [`AT_ONCE`], nor under the same
/// `Idempotency-Key` as long as the next one was not used: the answer got lost on the way, and is
/// given again.
///
/// # Errors
/// When the database refuses.
pub fn refresh(
    conn: &mut Conn,
    secrets: &Secrets,
    now: DateTime<Utc>,
    token: &str,
    repeat: Option<&str>,
    lives: TimeDelta,
) -> Result<Refreshed, Failure> {
    let (hash, at) = (crypto::hash_token(token), now.naive_utc());
    let Some(account_id) =
        refresh_token::account_of(conn, EntranceScope::authenticating(), &hash, at)?
    else {
        return Ok(Refreshed::Ended);
    };
    let scope = Scope::account(account_id);
    // Of two exchanges at once the second waits here, and finds the token used.
    let Some(account) = account::lock(conn, &scope)? else { return Ok(Refreshed::Ended) };
    let Some((row, terminal, phone_id)) = refresh_token::find(conn, &scope, &hash, at)? else {
        return Ok(Refreshed::Ended);
    };
    if !account.is_active() {
        return Ok(Refreshed::Suspended(account.suspended_reason));
    }
    let repeat = repeat.map(|key| format!("repeat/{token}/{key}"));
    if let Some(used_at) = row.used_at {
        let is_repeated =
            row.repeat_hash.as_ref().zip(repeat.as_ref()).is_some_and(|(known, repeat)| {
                secrets.keyed_hashes(repeat).any(|hash| crypto::same(&hash, known))
            });
        if let Some((next, is_unused)) = successor(conn, secrets, &scope, token, at)?
            && (at - used_at <= AT_ONCE || is_repeated && is_unused)
        {
            return Ok(Refreshed::Next(signed_in(&terminal, next)));
        }
        let ctx = Ctx { actor: Actor::app(&phone_id.login_id), now };
        sign_out(conn, &scope, &ctx, &terminal, AuditAction::SignOutReused)?;
        tracing::warn!(
            terminal = terminal.id,
            "a refresh token was used twice; its terminal is signed out"
        );
        return Ok(Refreshed::Ended);
    }
    // Made from the token, so that it can be made again and need not be kept.
    let next = next_token(&secrets.keyed_hash(&about_next(token)));
    let repeat_hash = repeat.map(|repeat| secrets.keyed_hash(&repeat));
    refresh_token::spend(conn, &scope, &row.id, at, repeat_hash)?;
    hand_out(conn, &scope, &terminal, &next, at, lives)?;
    terminal::touch(conn, &scope, &terminal.phone_id, &terminal.id, at, Some(at + lives))?;
    Ok(Refreshed::Next(signed_in(&terminal, next)))
}

fn about_next(token: &str) -> String {
    format!("refresh/{token}")
}

fn next_token(hash: &str) -> String {
    format!("{PREFIX}{hash}")
}

/// The next token of one that was exchanged before, and whether it is unused.
fn successor(
    conn: &mut Conn,
    secrets: &Secrets,
    scope: &Scope,
    token: &str,
    now: NaiveDateTime,
) -> Result<Option<(String, bool)>, Failure> {
    for hash in secrets.keyed_hashes(&about_next(token)) {
        let next = next_token(&hash);
        if let Some((found, ..)) =
            refresh_token::find(conn, scope, &crypto::hash_token(&next), now)?
        {
            return Ok(Some((next, found.used_at.is_none())));
        }
    }
    Ok(None)
}

/// Signs out the terminal that a refresh token belongs to; one that is none of ours signs nobody
/// out.
///
/// # Errors
/// When the database refuses.
pub fn revoke(conn: &mut Conn, now: DateTime<Utc>, token: &str) -> Result<(), Failure> {
    let (hash, at) = (crypto::hash_token(token), now.naive_utc());
    let Some(account_id) =
        refresh_token::account_of(conn, EntranceScope::authenticating(), &hash, at)?
    else {
        return Ok(());
    };
    let scope = Scope::account(account_id);
    locked(conn, &scope)?;
    let Some((_, terminal, phone_id)) = refresh_token::find(conn, &scope, &hash, at)? else {
        return Ok(());
    };
    sign_out(
        conn,
        &scope,
        &Ctx { actor: Actor::app(&phone_id.login_id), now },
        &terminal,
        AuditAction::Delete,
    )
}

/// Enters a terminal that signs in; `expires_at` is until when a softphone stays so without being
/// used.
///
/// # Errors
/// When the database refuses.
pub(crate) fn enter_terminal(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    phone_id: &str,
    new: TerminalRegistration,
    expires_at: Option<NaiveDateTime>,
) -> Result<terminal::Row, Failure> {
    let row = terminal::Row {
        account_id: scope.account_id().to_owned(),
        phone_id: phone_id.to_owned(),
        id: new_id(),
        kind: new.kind.into(),
        name: new.name.trim().to_owned(),
        last_seen_at: ctx.at(),
        created_at: ctx.at(),
        expires_at,
    };
    terminal::insert(conn, scope, row.clone())?;
    record(
        conn,
        scope,
        ctx,
        (AuditObject::Terminal, &row.id),
        AuditAction::Create,
        (FieldValues::new(), of_terminal(&row)),
    )?;
    Ok(row)
}

/// Signs a terminal out.
///
/// # Errors
/// When the database refuses.
pub(crate) fn sign_out(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    row: &terminal::Row,
    action: AuditAction,
) -> Result<(), Failure> {
    terminal::delete(conn, scope, &row.phone_id, &row.id)?;
    record(
        conn,
        scope,
        ctx,
        (AuditObject::Terminal, &row.id),
        action,
        (of_terminal(row), FieldValues::new()),
    )?;
    Ok(())
}

/// Signs out every softphone of an ID, since its password was changed, and ends its links; answers
/// how many there were.
///
/// # Errors
/// When the database refuses.
pub fn sign_out_softphones(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    phone_id: &str,
) -> Result<usize, Failure> {
    sign_in_link::delete_of_phone_id(conn, scope, phone_id)?;
    let softphones = terminal::softphones(conn, scope, phone_id)?;
    for row in &softphones {
        sign_out(conn, scope, ctx, row, AuditAction::Delete)?;
    }
    Ok(softphones.len())
}

/// Changes what a softphone says of itself.
///
/// # Errors
/// `not_found`.
pub fn rename_terminal(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    (phone_id, id): (&str, &str),
    new: TerminalRegistration,
) -> Result<terminal::Row, Failure> {
    locked(conn, scope)?;
    let before = terminal::find(conn, scope, phone_id, id)?.ok_or(Failure::NOT_FOUND)?;
    let after =
        terminal::Row { kind: new.kind.into(), name: new.name.trim().to_owned(), ..before.clone() };
    if (&before.kind, &before.name) != (&after.kind, &after.name) {
        terminal::rename(conn, scope, phone_id, id, after.kind.0, &after.name)?;
        let values =
            crate::platform::change::fields::differences(of_terminal(&before), of_terminal(&after));
        record(conn, scope, ctx, (AuditObject::Terminal, id), AuditAction::Update, values)?;
    }
    Ok(after)
}

/// Makes a link that signs an app in with an ID; answers its token.
///
/// # Errors
/// `not_found`.
pub fn create_sign_in_link(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    phone_id: &str,
    expires_at: NaiveDateTime,
) -> Result<String, Failure> {
    locked(conn, scope)?;
    phone_id::find(conn, scope, phone_id)?.ok_or(Failure::NOT_FOUND)?;
    let token = crypto::new_token();
    let row = sign_in_link::Row {
        account_id: scope.account_id().to_owned(),
        id: new_id(),
        phone_id: phone_id.to_owned(),
        token_hash: crypto::hash_token(&token),
        created_at: ctx.at(),
        expires_at,
    };
    sign_in_link::replace(conn, scope, row)?;
    record(
        conn,
        scope,
        ctx,
        (AuditObject::PhoneId, phone_id),
        AuditAction::CreateSignInLink,
        Default::default(),
    )?;
    Ok(token)
}

fn of_terminal(row: &terminal::Row) -> FieldValues {
    FieldValues::from([
        ("kind".into(), FieldValue::Text(row.kind.text().to_owned())),
        ("name".into(), FieldValue::Text(row.name.clone())),
    ])
}
