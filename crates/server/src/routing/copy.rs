//! The copy of what decides about calls, in a file of the data directory. While PostgreSQL does not
//! answer, it decides about contracts that were never asked for before, also in a process that was
//! started meanwhile.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use store::switch::copy::{Refreshed, copied, has_news, known, refresh};
use store::{Db, StoreError, SwitchScope};

use super::{Asked, Loaded, State, load};

/// How often the copy is brought up to date. A contract that was changed within this time before
/// the database went away is decided about as it was before.
const EVERY: Duration = Duration::from_secs(2);

/// Keeps the copy up to date until the process ends.
pub async fn keep(app: Arc<State>) {
    let Some(copy) = app.copy.clone() else { return };
    // Positions are what the copy follows.
    app.first_call.clone().begin(SwitchScope::authorised());
    let mut is_failing = false;
    loop {
        let refreshed = follow(&app.db, &copy).await;
        if let Err(error) = &refreshed
            && !is_failing
        {
            tracing::warn!(%error, "what decides about calls cannot be copied just now");
        }
        is_failing = refreshed.is_err();
        rt::time::sleep(EVERY).await;
    }
}

async fn follow(db: &Db, copy: &Db) -> Result<(), StoreError> {
    let scope = SwitchScope::authorised();
    // Without holding the copy: a database that hangs must keep nobody from it.
    let known = copy.read(move |copy| known(copy, scope)).await?;
    if !db.read(move |source| has_news(source, scope, &known)).await? {
        return Ok(());
    }
    match db.read_into(copy, move |source, copy| refresh(copy, scope, source)).await? {
        Refreshed::Everything => tracing::info!("what decides about calls was copied as a whole"),
        Refreshed::Changes(contracts) => tracing::debug!(contracts, "what has changed was copied"),
    }
    Ok(())
}

/// Whether calls can be decided about by the copy.
pub async fn is_there(app: &State) -> bool {
    match &app.copy {
        Some(copy) => {
            copy.read(|copy| copied(copy, SwitchScope::authorised())).await.unwrap_or(false)
        }
        None => false,
    }
}

/// What the copy says of a call. Nothing of it comes into the view: that would not hear of what
/// changed between the copy and the moment in which the database went away.
pub(super) async fn look_up(
    app: &State,
    scope: SwitchScope,
    asked: &Asked,
) -> Result<Loaded, StoreError> {
    let Some(copy) = &app.copy else { return Err(StoreError::Away) };
    let (asked, now) = (asked.clone(), app.clock.now_naive());
    copy.read(move |conn| {
        if !copied(conn, scope)? {
            return Err(StoreError::Away);
        }
        load(conn, scope, &asked, now, 0)
    })
    .await
}
