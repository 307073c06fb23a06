//! What the fakes of all channels have in common.

use api_types::{Channel, Credentials};
use server::platform::clock::Clock;
use server::platform::config::Config;

use super::chatwork::Chatwork;
use super::discord::Discord;
use super::google_chat::GoogleChat;
use super::line::Line;
use super::line_works::LineWorks;
use super::slack::Slack;
use super::smtp::Smtp;
use super::teams::Teams;
use super::webhook::{Endpoint, SECRET};

/// A fake of a provider, as far as tests of all channels need it.
pub trait StandIn: Send + Sync {
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

/// Starts one of each, in the order of [`Channel::ALL`].
pub fn stand_ins(clock: &Clock) -> Vec<Box<dyn StandIn>> {
    vec![
        Box::new(Smtp::start()),
        Box::new(Slack::start()),
        Box::new(Chatwork::start()),
        Box::new(Teams::start()),
        Box::new(GoogleChat::start()),
        Box::new(Discord::start()),
        Box::new(Line::start()),
        Box::new(LineWorks::start(clock.clone())),
        Box::new(Endpoint::start(SECRET, clock.clone())),
    ]
}

/// Credentials by name and value.
pub fn credentials(pairs: &[(&str, &str)]) -> Credentials {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
