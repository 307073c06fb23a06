//! What can be said of a channel. No property has a default: whoever adds a channel answers all.

use std::collections::BTreeMap;

use crate::FieldCode;
use crate::credentials::Rules;

/// Name of a credential → its value.
pub type Credentials = BTreeMap<String, String>;

/// Why a value is refused: the code, and what its message names.
pub type Fault = (FieldCode, Option<String>);

/// Reads a credential as it was pasted, and answers it as it is kept.
pub type Read = fn(&str, &Rules) -> Result<String, Fault>;

/// A channel.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// As the API and the database write it: `google_chat`.
    pub key: &'static str,
    /// What people call it, in every language.
    pub name: &'static str,
    /// The inside of its SVG of 24 × 24, drawn as Lucide's icons are.
    pub icon: &'static str,
    /// Its credentials, in the order in which a form asks for them.
    pub fields: &'static [CredentialField],
    /// Optional credentials of which at least one has to be given; may be empty.
    pub one_of: &'static [&'static str],
    /// What we add to its credentials ourselves.
    pub added: Added,
    /// What counts as one destination for its pace, without a secret being readable from it.
    pub destination: fn(&Credentials) -> &str,
    /// Code of what works now and may not for long; the doctor has words for it.
    pub warning: fn(&Credentials) -> Option<&'static str>,
    /// Which credential a refusal is about: the first one of which a word stands in the code.
    /// An empty word stands in every code.
    pub blames: &'static [(&'static str, &'static [&'static str])],
    /// What arrives there.
    pub carries: Carries,
    /// How a transcript follows that is ready after the notice has been sent.
    pub late_transcript: LateTranscript,
    /// The most notices to one destination that go together in one message.
    pub merges: i64,
    /// How often a destination takes a message; `None` = as fast as it answers.
    pub pace: Option<Pace>,
    /// How long a message may be, in the unit by which its provider counts.
    pub text_max: usize,
    /// Settings of the configuration below `providers.<key>`, with their defaults.
    pub settings: &'static [(&'static str, &'static str)],
    /// Where the steps of the guide are taken.
    pub place: Place,
}

/// One credential of a service.
#[derive(Clone, Copy, Debug)]
pub struct CredentialField {
    /// Its name in `credentials`.
    pub name: &'static str,
    /// Whether it is never shown again, but as a hint.
    pub secret: bool,
    /// Whether a service cannot be without it.
    pub required: bool,
    /// What kind of text it is.
    pub kind: ValueKind,
    /// How every value begins, where that tells its kind and may be shown.
    pub begins: &'static str,
    /// How it looks: shown while its field is empty.
    pub looks: &'static str,
    /// Reads what was pasted.
    pub read: Read,
}

/// What kind of text a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// One line.
    Line,
    /// A web address, of which the host may be shown.
    Url,
    /// A private key of several lines.
    Key,
}

impl CredentialField {
    /// A required line that may be shown.
    pub const fn open(name: &'static str, read: Read) -> Self {
        Self {
            name,
            secret: false,
            required: true,
            kind: ValueKind::Line,
            begins: "",
            looks: "",
            read,
        }
    }

    /// A required line that is never shown again.
    pub const fn secret(name: &'static str, read: Read) -> Self {
        Self { secret: true, ..Self::open(name, read) }
    }

    /// The same, where a service can be without it.
    pub const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same of another kind.
    pub const fn of(self, kind: ValueKind) -> Self {
        Self { kind, ..self }
    }

    /// The same with a beginning that all values have.
    pub const fn begins(self, begins: &'static str) -> Self {
        Self { begins, ..self }
    }

    /// The same with an example.
    pub const fn looks(self, looks: &'static str) -> Self {
        Self { looks, ..self }
    }

    /// Whether it has several lines.
    pub const fn is_multiline(&self) -> bool {
        matches!(self.kind, ValueKind::Key)
    }
}

/// What we add to the credentials of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Nothing.
    Nothing,
    /// A secret that signs what is sent, shown once and made anew on demand.
    SigningSecret,
    /// An address that the provider calls back, by which the destination is found out.
    Callback,
}

/// What arrives at a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carries {
    /// Whether its receiver is a program that reads JSON.
    pub json: bool,
    /// Recordings.
    pub audio: Carried,
    /// Faxes.
    pub fax: Carried,
}

/// How a file arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Itself, up to so many bytes; a larger one as a link.
    File(u64),
    /// As a link.
    Link,
}

impl Carried {
    /// A file of any size.
    pub const ANY: Self = Self::File(u64::MAX);

    /// Whether a file of this size arrives itself.
    pub const fn takes(self, bytes: u64) -> bool {
        matches!(self, Carried::File(most) if bytes <= most)
    }
}

/// How a transcript follows that is ready after the notice has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateTranscript {
    /// It follows, and says by itself which call it is of: by an id that both notices have, or in
    /// words.
    Follows,
    /// It follows, and needs to know what the provider called the notice of its voicemail.
    FollowsByName,
}

/// How often a destination takes a message: one per interval in the long run, `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Milliseconds between two messages.
    pub interval_ms: u32,
    /// Messages that may come at once after a rest.
    pub burst: u32,
}

/// Where the steps of a guide are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it is.
    pub url: &'static str,
    /// What is put behind it, percent-encoded; may be empty.
    pub query: &'static str,
    /// What it is called in every language; empty = its words have a text for the link.
    pub name: &'static str,
}

/// A value of a credential as text.
pub(super) fn of<'a>(credentials: &'a Credentials, name: &str) -> &'a str {
    credentials.get(name).map(String::as_str).unwrap_or_default()
}

/// Nothing that may not work for long.
pub(super) fn no_warning(_: &Credentials) -> Option<&'static str> {
    None
}
