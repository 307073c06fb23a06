//! Every screen of the portal in every state that looks different, for those who look at all of
//! them.
//!
//! Nothing here depends on the language: things are found by their `data-testid`.

use std::pin::Pin;

use tests::{Outcome, PASSWORD};

use crate::stage::Story;
use crate::stage::minato::LOGIN_ID;

/// One look at the portal.
pub struct Look {
    /// What the picture is called.
    pub name: &'static str,
    open: fn(&Story) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>>,
}

impl Look {
    /// Brings it onto the screen, wherever the story is.
    pub async fn open(&self, story: &Story) -> Outcome {
        story.gate.open();
        (self.open)(story)
            .await
            .map_err(|failed| failed.with(&format!("on the way to {}", self.name)))
    }
}

macro_rules! looks {
    ($($name:literal => |$story:ident| $body:block)*) => {
        &[$(Look { name: $name, open: |$story| Box::pin(async move { $body; Ok(()) }) }),*]
    };
}

mod account;
mod log;
mod notify;
mod numbers;
pub mod pictures;
mod terminals;
mod tour;

/// The looks at the portal before signing in, in the order in which they are reached.
pub const OUTSIDE: &[Look] = looks! {
    "sign-in" => |story| {
        story.open("/sign-in").await?;
        story.at("sign-in").await?;
    }
    "sign-in-refused" => |story| {
        story.provokes("status of 401");
        story.write_at("input-login_id", LOGIN_ID).await?;
        story.write_at("input-password", "not my password").await?;
        story.touch("sign-in").await?;
        story.see_at("form-error", "").await?;
    }
    "sign-in-incomplete" => |story| {
        story.open("/sign-in").await?;
        story.touch("sign-in").await?;
        story.at("error-password").await?;
    }
    "forgot-password" => |story| {
        story.open("/forgot-password").await?;
        story.at("send-link").await?;
    }
    "link-sent" => |story| {
        story.write_at("input-login_id", LOGIN_ID).await?;
        story.touch("send-link").await?;
        story.at("link-sent").await?;
    }
    "reset-password" => |story| {
        story.open("/reset-password#some-token").await?;
        story.at("set-password").await?;
    }
    "reset-refused" => |story| {
        story.write_at("input-new_password", "short").await?;
        story.touch("show-new_password").await?;
        story.touch("set-password").await?;
        story.at("error-new_password").await?;
    }
    "link-expired" => |story| {
        story.open("/reset-password").await?;
        story.at("link-expired").await?;
    }
    "page-not-found" => |story| {
        story.open("/nowhere").await?;
        story.at("not-found").await?;
    }
};

/// The looks at the portal after signing in, in the order in which they are reached.
pub fn inside() -> impl Iterator<Item = &'static Look> {
    [numbers::LOOKS, notify::LOOKS, account::LOOKS, terminals::LOOKS, log::LOOKS]
        .into_iter()
        .flatten()
}

/// Signs in without a word.
pub async fn enter(story: &Story, login_id: &str) -> Outcome {
    story.open("/sign-in").await?;
    story.write_at("input-login_id", login_id).await?;
    story.write_at("input-password", PASSWORD).await?;
    story.touch("sign-in").await?;
    story.is_at("/").await
}
