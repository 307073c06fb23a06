//! How a session begins and ends.

use api_types::ErrorCode;
use leptos::prelude::*;

use super::api;
use crate::platform::api::{Client, ClientError};
use crate::platform::session::SessionState;
use crate::platform::storage;
use crate::platform::task::background;

const HINT: &str = "signed-in";

/// Remembers that there is a session to ask for. The cookie itself is out of reach of scripts, and
/// asking without one costs a first visit a round trip and an error in the console.
pub fn follow(session: RwSignal<SessionState>) {
    crate::platform::effect::follow(move || {
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
    background(async move {
        let state = match api::session::current(client).await {
            Ok(found) => SessionState::In(found),
            Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => SessionState::Out,
            Err(error) => SessionState::Failed(error),
        };
        session.set(state);
    });
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
