//! What carries notices out: one folder per channel, of the same name as its description.

pub(crate) mod chatwork;
pub(crate) mod discord;
pub(crate) mod google_chat;
pub mod line;
pub mod line_works;
pub mod mail;
pub(crate) mod slack;
pub(crate) mod teams;
pub mod webhook;

use api_types::{Channel, Credentials};

use super::{Job, Report, Senders};

/// What carries notices to one channel. It decides what an answer means, since only it knows its
/// provider; it has no state and does not touch the database.
pub(crate) trait Adapter {
    /// Makes one attempt. Never an error: whatever happens is a report. Of a late transcript the
    /// notice says so ([`super::Subject::Transcript`]).
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report;

    /// Asks the provider whether the credentials work, where it can be asked without anybody seeing
    /// it: `None` = it cannot, or all is well; else the report that says what is wrong.
    async fn check(_senders: &Senders, _credentials: &Credentials) -> Option<Report> {
        None
    }
}

/// Makes the two functions that choose the adapter.
macro_rules! adapters {
    ($($variant:ident = $module:ident,)+) => {
        /// See [`Adapter::send`].
        pub(super) async fn send(
            channel: Channel,
            senders: &Senders,
            credentials: &Credentials,
            job: &Job,
        ) -> Report {
            match channel {
                $(Channel::$variant => {
                    <$module::Adapter as Adapter>::send(senders, credentials, job).await
                })+
            }
        }

        /// See [`Adapter::check`].
        pub(super) async fn check(
            channel: Channel,
            senders: &Senders,
            credentials: &Credentials,
        ) -> Option<Report> {
            match channel {
                $(Channel::$variant => {
                    <$module::Adapter as Adapter>::check(senders, credentials).await
                })+
            }
        }
    };
}

adapters! {
    Mail = mail,
    Slack = slack,
    Chatwork = chatwork,
    Teams = teams,
    GoogleChat = google_chat,
    Discord = discord,
    Line = line,
    LineWorks = line_works,
    Webhook = webhook,
}

/// A credential.
pub(crate) fn field<'a>(credentials: &'a Credentials, name: &str) -> &'a str {
    credentials.get(name).map(String::as_str).unwrap_or_default()
}

/// The file of a notice, where it is sent itself: once, with the notice that tells of it.
pub(crate) fn file_of<'a>(notice: &'a super::Notice, job: &Job) -> Option<&'a super::Attachment> {
    let told = matches!(notice.subject, super::Subject::Event(_));
    notice.attachment.as_ref().filter(|_| !job.plain && told)
}
