//! Notices: what is told, and the adapters that carry it to where people look.
//!
//! An adapter takes a [`Job`], speaks to one provider, and answers a [`Report`]. It decides what an
//! answer means, since only it knows its provider; when to try again, whom to tell and what to
//! write down is the outbox's. No adapter touches the database.

pub mod channels;
pub mod doctor;
pub mod egress;
pub mod http;
pub mod intake;
pub mod notify_rules;
pub mod notify_services;
pub mod outbox;
pub mod pace;
pub mod refusal;
pub mod resend;
pub mod rules;
pub mod senders;
pub mod state;
pub mod vault;
pub mod view;
pub mod words;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
pub use store::notify::delivery::Progress;

use api_types::{AttachmentKind, Caller, MissedReason, NotifyEvent, NotifyLanguage};

pub use senders::{Senders, Target};
pub use state::State;

/// What a notice tells of. Everything in it that came from outside (transcript, names) is
/// untrusted: each adapter escapes it.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The delivery's UUIDv7: the idempotency key of those who take one, and the same on every
    /// attempt.
    pub delivery_id: String,
    /// What people read of it: `K7QX-2M9D`.
    pub short_id: String,
    /// The event's UUIDv7; empty for a test.
    pub call_event_id: String,
    /// The language in which the rule's notices are written.
    pub language: NotifyLanguage,
    /// Whether the subject of a mail leaves out the caller's number.
    pub private_subject: bool,
    /// What is told.
    pub subject: Subject,
    /// The file, with the link that leads to it.
    pub attachment: Option<Attachment>,
    /// With a transcript that comes later: what the provider called the notice that told of the
    /// call ([`Progress::text_sent`]).
    pub thread: Option<String>,
}

/// What a notice is about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// Something that happened.
    Event(Event),
    /// What was said in a voicemail that was told of before.
    Transcript(Event),
    /// A test, asked for by the owner.
    Test {
        /// Name of the rule.
        rule_name: String,
        /// When it was asked for.
        at: DateTime<Utc>,
    },
    /// A service of theirs was switched off. Mail only.
    ServiceStopped {
        /// Name of the rule.
        rule_name: String,
        /// What its owner calls the service.
        label: String,
        /// What was wrong, in words.
        message: String,
        /// What to do about it, in words.
        advice: String,
        /// The service's page in the portal.
        url: String,
        /// Notices that wait for it.
        waiting: u32,
    },
}

/// Something that happened on a number.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub kind: NotifyEvent,
    /// Id of the number that was called.
    pub number_id: String,
    /// The number that was called, in E.164.
    pub number: String,
    /// Its name; empty when it has none.
    pub number_name: String,
    /// Who called.
    pub caller: Caller,
    /// When the call came; people read it in Asia/Tokyo.
    pub at: DateTime<Utc>,
    /// Why nobody answered; with a missed call.
    pub reason: Option<MissedReason>,
    /// Length of the recording, or for how long it rang, in seconds.
    pub duration_s: Option<u32>,
    /// Pages of a fax.
    pub pages: Option<u32>,
    /// What was said.
    pub transcript: Option<String>,
    /// Where a forwarded call went, in E.164.
    pub forwarded_to: Option<String>,
}

/// The file of an event.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What kind of file.
    pub kind: AttachmentKind,
    /// Media type.
    pub content_type: String,
    /// ASCII, with an ending that fits the type.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    /// Length of a recording in milliseconds, where it is known.
    pub duration_ms: Option<u32>,
    /// Where the bytes lie, for the attachment store.
    pub object_key: String,
    /// The expiring link to the page with player and transcript; needs no sign-in.
    pub page_url: String,
    /// The expiring link to the bytes.
    pub file_url: String,
    /// Until when both work.
    pub expires_at: DateTime<Utc>,
}

/// One attempt that is to be made.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to tell. Teams merges bursts: it may be given several; everybody else is given one.
    pub notices: Vec<Notice>,
    /// What earlier attempts have done already.
    pub progress: Progress,
    /// The content was refused before: send it as short plain text with the link.
    pub plain: bool,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Delivered,
    /// The provider took it and does not say what becomes of it.
    HandedOver,
    /// It can be tried again.
    Retry {
        /// Not sooner than in so long, as the provider says; everything else for the same
        /// destination waits as long.
        after: Option<TimeDelta>,
    },
    /// This one can be tried again then; others for the same destination need not wait.
    Defer {
        /// In so long.
        after: TimeDelta,
    },
    /// The settings are wrong: its owner has to do something.
    BadConfig,
    /// The provider does not take this content.
    BadPayload,
    /// No answer came after the request had been sent: it may be there.
    Unknown,
}

/// What an attempt came to, for the outbox and for the log.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it came to.
    pub outcome: Outcome,
    /// HTTP status or SMTP code, where one came.
    pub status: Option<u16>,
    /// Code of what was wrong (`slack.invalid_auth`): a key of `doctor` in the locale files; `None`
    /// when all is well.
    pub problem: Option<String>,
    /// The provider's answer, at most 500 characters, without secrets and without query strings.
    pub detail: String,
    /// What is done by now.
    pub progress: Progress,
    /// How long it took.
    pub took: Duration,
    /// For how long the destination takes nothing more, though it may have taken this.
    pub rest: Option<TimeDelta>,
}

impl Report {
    /// An attempt that ended with `outcome`; `detail` is cut to 500 characters.
    pub fn new(outcome: Outcome, problem: Option<&str>, detail: &str, progress: Progress) -> Self {
        let detail = detail.chars().take(500).collect();
        Self {
            outcome,
            status: None,
            problem: problem.map(str::to_owned),
            detail,
            progress,
            took: Duration::ZERO,
            rest: None,
        }
    }

    /// The same with the status that the provider answered.
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }
}
