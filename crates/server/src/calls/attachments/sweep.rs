//! Takes files away whose time is over, and bytes that nothing knows of.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};
use futures_util::TryStreamExt as _;
use object_store::ObjectStore as _;
use object_store::path::Path;
use store::EntranceScope;
use store::calls::attachment;

use crate::calls::State;
use crate::error::Failure;

/// How long a file waits for the event that claims it.
const UNCLAIMED: TimeDelta = TimeDelta::hours(24);
/// Files that one pass removes before it looks again.
const AT_ONCE: i64 = 500;

/// Removes what is over, and answers how many files that were.
///
/// # Errors
/// When the database or the files do not answer.
pub async fn run(app: &State) -> Result<usize, Failure> {
    let now = app.clock.now_naive();
    let kept = now - TimeDelta::days(app.config.attachments.kept_days.into());
    let mut removed = 0;
    loop {
        let scope = EntranceScope::authenticating();
        let over = app
            .db
            .read(move |conn| attachment::over(conn, scope, now - UNCLAIMED, kept, AT_ONCE))
            .await?;
        if over.is_empty() {
            break;
        }
        for (_, key) in &over {
            app.attachments.remove(key).await.map_err(failed)?;
        }
        let ids: Vec<String> = over.into_iter().map(|(id, _)| id).collect();
        removed += app.db.write(move |conn| attachment::forget(conn, scope, &ids)).await?;
    }
    Ok(removed + orphans(app, now).await?)
}

/// Removes bytes that no row knows of: what a crash left, and what belonged to a contract that is
/// gone. Each folder has its hour of the day.
async fn orphans(app: &State, now: NaiveDateTime) -> Result<usize, Failure> {
    let folders =
        app.attachments.store.list_with_delimiter(None).await.map_err(failed)?.common_prefixes;
    let mut removed = 0;
    for folder in folders {
        let Some(day) = folder.filename().and_then(|name| name.parse::<NaiveDate>().ok()) else {
            continue;
        };
        let is_settled = now.date() - day >= TimeDelta::days(2);
        let has_its_hour = (now.date() - day).num_days().rem_euclid(24) == i64::from(now.hour());
        if is_settled && has_its_hour {
            removed += orphans_of(app, &folder).await?;
        }
    }
    Ok(removed)
}

async fn orphans_of(app: &State, folder: &Path) -> Result<usize, Failure> {
    let files: Vec<Path> = app
        .attachments
        .store
        .list(Some(folder))
        .map_ok(|file| file.location)
        .try_collect()
        .await
        .map_err(failed)?;
    let mut removed = 0;
    for files in files.chunks(500) {
        let name = |path: &Path| path.filename().unwrap_or_default().to_owned();
        let ids: Vec<String> = files.iter().map(name).collect();
        let known = app
            .db
            .read(move |conn| attachment::known(conn, EntranceScope::authenticating(), &ids))
            .await?;
        for file in files.iter().filter(|file| !known.contains(&name(file))) {
            app.attachments.remove(file.as_ref()).await.map_err(failed)?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn failed(error: object_store::Error) -> Failure {
    Failure::Internal(format!("files: {error}"))
}
