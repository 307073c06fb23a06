//! Who is signed in.

use api_types::{ErrorCode, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Client, ClientError};
use crate::storage;

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

const HINT: &str = "signed-in";

/// Remembers that there is a session to ask for. The cookie itself is out of reach of scripts, and
/// asking without one costs a first visit a round trip and an error in the console.
pub fn follow(session: RwSignal<SessionState>) {
    crate::effect::follow(move || {
        session.with(|state| match state {
            SessionState::In(_) => storage::remember_choice(HINT, "1"),
            SessionState::Out | SessionState::Left | SessionState::Ended => {
                storage::forget_choice(HINT)
            }
            SessionState::Loading | SessionState::Failed(_) => {}
        });
    });
}

/// Asks the server whether the cookie still stands for somebody.
pub fn restore(client: Client, session: RwSignal<SessionState>) {
    if storage::choice(HINT).is_none() {
        session.set(SessionState::Out);
        return;
    }
    session.set(SessionState::Loading);
    spawn_local(async move {
        let state = match api::session::current(client).await {
            Ok(found) => SessionState::In(found),
            Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => SessionState::Out,
            Err(error) => SessionState::Failed(error),
        };
        session.set(state);
    });
}

/// The account of whoever is signed in; changes only when somebody else signs in.
pub fn account_id(session: RwSignal<SessionState>) -> Memo<Option<String>> {
    Memo::new(move |_| {
        session.with(|state| state.signed_in().map(|session| session.account_id.clone()))
    })
}

/// Signs out. Where the server cannot be reached the cookie still stands, so the person is told
/// instead.
pub async fn sign_out(
    client: Client,
    session: RwSignal<SessionState>,
    everywhere: bool,
) -> Result<(), ClientError> {
    match api::session::sign_out(client, everywhere).await {
        Err(error) if error.code() != Some(ErrorCode::Unauthenticated) => return Err(error),
        _ => {}
    }
    storage::forget_all_drafts();
    session.set(SessionState::Left);
    Ok(())
}
