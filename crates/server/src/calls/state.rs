//! What this room shares between requests.

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use super::attachments::Attachments;
use super::intake::Planner;
use super::live::Live;
use crate::platform::state::{Platform, StartError};

/// Recordings and faxes, those who look, and what plans notices.
#[derive(Debug)]
pub struct State {
    platform: Arc<Platform>,
    /// Recordings and faxes.
    pub attachments: Arc<Attachments>,
    /// Tells those who look what changes.
    pub live: Live,
    /// What plans notices while events are taken in.
    pub planner: fn(DateTime<Utc>, TimeDelta) -> Planner,
    /// Rings when notices were planned.
    pub planned: Notify,
}

impl State {
    /// Opens the place where recordings and faxes lie.
    ///
    /// # Errors
    /// One sentence that names the key of the configuration.
    pub fn open(
        platform: Arc<Platform>,
        planner: fn(DateTime<Utc>, TimeDelta) -> Planner,
    ) -> Result<Self, StartError> {
        let attachments =
            Arc::new(Attachments::open(&platform.config).map_err(StartError::Attachments)?);
        let (live, planned) = (Live::default(), Notify::new());
        Ok(Self { platform, attachments, live, planner, planned })
    }
}

impl Deref for State {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.platform
    }
}
