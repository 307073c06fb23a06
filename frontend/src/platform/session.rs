//! Who is signed in.

use api_types::Session;
use leptos::prelude::*;

use super::api::ClientError;

use crate::platform::effect::memo;

/// What is known about the session.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionState {
    /// Being asked for.
    Loading,
    /// Could not be asked for.
    Failed(ClientError),
    /// Nobody is signed in.
    Out,
    /// Somebody signed out on purpose.
    Left,
    /// Somebody was signed in until the server ended it.
    Ended,
    /// Somebody is signed in.
    In(Session),
}

impl SessionState {
    /// The session, while somebody is signed in.
    pub fn signed_in(&self) -> Option<&Session> {
        match self {
            SessionState::In(session) => Some(session),
            _ => None,
        }
    }
}

/// The session signal of this window.
pub fn use_session() -> RwSignal<SessionState> {
    expect_context()
}

/// The account of whoever is signed in; changes only when somebody else signs in.
pub fn account_id(session: RwSignal<SessionState>) -> Memo<Option<String>> {
    memo(move || session.with(|state| state.signed_in().map(|session| session.account_id.clone())))
}

/// Where the draft of a page is kept: drafts of one contract are never shown to the holder of
/// another.
pub fn draft_key(page: &str) -> String {
    let account = use_session()
        .with_untracked(|state| state.signed_in().map(|session| session.account_id.clone()));
    format!("{}:{page}", account.unwrap_or_default())
}
