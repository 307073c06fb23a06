//! One file for each channel, against a fake of its provider.

mod chatwork;
mod discord;
mod google_chat;
mod line;
mod line_callbacks;
mod line_works;
mod mail;
mod mail_server;
mod slack;
mod teams;
mod webhook;

use api_types::{Channel, Credentials};
use server::platform::clock::Clock;
use server::platform::config::Config;

/// A fake of a provider, as far as tests of all channels need it.
pub trait StandIn {
    /// Whose.
    fn channel(&self) -> Channel;

    /// Has the server speak to it.
    fn configure(&self, config: &mut Config);

    /// Credentials that it takes; none for mail.
    fn credentials(&self) -> Credentials {
        Credentials::new()
    }

    /// What people see there, message by message. Fails when anything came that the provider would
    /// not understand.
    fn said(&self) -> Vec<String>;

    /// How many of its messages have this in them.
    fn having(&self, words: &str) -> usize {
        self.said().iter().filter(|text| text.contains(words)).count()
    }

    /// The files that came; `None` where there is a link in place of the bytes.
    fn files(&self) -> Vec<Option<Vec<u8>>> {
        Vec::new()
    }
}

/// Starts one of each.
pub fn stand_ins(clock: &Clock) -> Vec<Box<dyn StandIn>> {
    [
        mail::stand_in,
        slack::stand_in,
        chatwork::stand_in,
        teams::stand_in,
        google_chat::stand_in,
        discord::stand_in,
        line::stand_in,
        line_works::stand_in,
        webhook::stand_in,
    ]
    .map(|start| start(clock))
    .into()
}
