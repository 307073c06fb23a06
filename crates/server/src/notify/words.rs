//! What a notice says, as plain text: how it is escaped, laid out and cut is each adapter's.

use api_types::{AttachmentKind, MissedReason, NotifyEvent, NotifyLanguage, PhoneNumber};
use sha2::{Digest as _, Sha256};
use unicode_width::UnicodeWidthChar as _;

use super::{Event, Notice, Subject};
use crate::platform::texts::{Lang, text};
use crate::platform::words::{caller, date, duration, moment};

/// What a notice says. All of it is plain text that may have come from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The fact, on one line: `不在着信 090-1234-5678`.
    pub title: String,
    /// Label and value, one line each.
    pub rows: Vec<(String, String)>,
    /// What stands between a label and its value where both are one line of text: `：`.
    pub colon: String,
    /// What stands above the transcript.
    pub transcript_label: String,
    /// What was said; may have several lines.
    pub transcript: Option<String>,
    /// Label and URL.
    pub link: Option<(String, String)>,
    /// The notice's short id and until when the link works, on one line.
    pub footer: String,
}

impl Lines {
    /// Everything as plain text with line breaks; the transcript is what is cut, so that `measure`
    /// of the whole stays within `limit`.
    pub fn plain(&self, limit: usize, measure: fn(char) -> usize) -> String {
        let mut head = self.title.clone();
        for (label, value) in &self.rows {
            head.push_str(&format!("\n{label}{}{value}", self.colon));
        }
        let mut tail = String::new();
        if let Some((label, url)) = &self.link {
            tail.push_str(&format!("\n{label}\n{url}"));
        }
        tail.push_str(&format!("\n{}", self.footer));
        let length = |text: &str| text.chars().map(measure).sum::<usize>();
        let before = format!("\n\n{}\n", self.transcript_label);
        let room =
            limit.saturating_sub(length(&head) + length(&tail) + length(&before) + measure('\n'));
        match &self.transcript {
            Some(transcript) if room > 0 => {
                let transcript = cut_by(transcript, room, measure);
                format!("{head}{before}{transcript}\n{tail}")
            }
            _ => cut_by(&format!("{head}{tail}"), limit, measure),
        }
    }
}

/// The language of the texts of a rule.
pub fn lang(language: NotifyLanguage) -> Lang {
    match language {
        NotifyLanguage::Ja => Lang::Ja,
        NotifyLanguage::En => Lang::En,
    }
}

/// What a notice says.
pub fn lines(notice: &Notice) -> Lines {
    let lang = lang(notice.language);
    let say = |key: &str| text(lang, &format!("notices.{key}"), &[]);
    let (rows, transcript) = match &notice.subject {
        Subject::Event(event) => (event_rows(lang, event), event.transcript.as_deref()),
        Subject::Transcript(event) => (known_rows(lang, event), event.transcript.as_deref()),
        Subject::Test { rule_name, at } => (
            vec![
                (say("row.about"), say("about_test")),
                (say("row.rule"), one_line(rule_name)),
                (say("row.at"), moment(lang, *at)),
            ],
            None,
        ),
        Subject::ServiceStopped { rule_name, label, message, advice, waiting, .. } => {
            let mut rows = vec![
                (say("row.rule"), one_line(rule_name)),
                (say("row.service"), one_line(label)),
                (say("row.problem"), one_line(message)),
                (say("row.advice"), one_line(advice)),
            ];
            if *waiting > 0 {
                rows.push((
                    say("row.waiting"),
                    text(lang, "notices.waiting", &[("count", &waiting.to_string())]),
                ));
            }
            (rows, None)
        }
    };
    let link = match (&notice.subject, &notice.attachment) {
        (Subject::ServiceStopped { url, .. }, _) => Some((say("link.settings"), url.clone())),
        (Subject::Event(_) | Subject::Transcript(_), Some(file)) => Some((
            match file.kind {
                AttachmentKind::Audio => say("link.audio"),
                AttachmentKind::Fax => say("link.fax"),
            },
            file.page_url.clone(),
        )),
        _ => None,
    };
    Lines {
        title: title(notice),
        rows,
        colon: say("colon"),
        transcript_label: say("transcript"),
        transcript: transcript.map(several_lines).filter(|text| !text.is_empty()),
        link,
        footer: footer(lang, notice),
    }
}

/// The fact on one line: `不在着信 090-1234-5678`.
pub fn title(notice: &Notice) -> String {
    let lang = lang(notice.language);
    let key = format!("notices.title.{}", subject_key(&notice.subject));
    match &notice.subject {
        Subject::Event(event) | Subject::Transcript(event) => {
            text(lang, &key, &[("caller", &caller(lang, &event.caller))])
        }
        Subject::Test { .. } => text(lang, &key, &[]),
        Subject::ServiceStopped { label, .. } => text(lang, &key, &[("label", &one_line(label))]),
    }
}

/// The fact on one line, without who called where the rule wishes so: for the subjects of mails.
pub fn subject(notice: &Notice) -> String {
    match &notice.subject {
        Subject::Event(_) | Subject::Transcript(_) if notice.private_subject => text(
            lang(notice.language),
            &format!("notices.private_title.{}", subject_key(&notice.subject)),
            &[],
        ),
        _ => title(notice),
    }
}

fn subject_key(subject: &Subject) -> &'static str {
    match subject {
        Subject::Event(event) => match event.kind {
            NotifyEvent::MissedCall => "missed_call",
            NotifyEvent::Voicemail => "voicemail",
            NotifyEvent::Fax => "fax",
            NotifyEvent::ForwardedCall => "forwarded_call",
        },
        Subject::Transcript(_) => "transcript",
        Subject::Test { .. } => "test",
        Subject::ServiceStopped { .. } => "service_stopped",
    }
}

/// What every event has: which number, who called, when.
fn known_rows(lang: Lang, event: &Event) -> Vec<(String, String)> {
    let row = |key: &str, value: String| (text(lang, &format!("notices.row.{key}"), &[]), value);
    vec![
        row("caller", caller(lang, &event.caller)),
        row("number", called(lang, event)),
        row("at", moment(lang, event.at)),
    ]
}

fn event_rows(lang: Lang, event: &Event) -> Vec<(String, String)> {
    let row = |key: &str, value: String| (text(lang, &format!("notices.row.{key}"), &[]), value);
    let mut rows = known_rows(lang, event);
    let length =
        event.duration_s.filter(|seconds| *seconds > 0).map(|seconds| duration(lang, seconds));
    match event.kind {
        NotifyEvent::MissedCall => {
            rows.push(row("reason", missed(lang, event.reason, length.as_deref())))
        }
        NotifyEvent::Voicemail => rows.extend(length.map(|length| row("recorded", length))),
        NotifyEvent::Fax => {
            let pages = event
                .pages
                .map(|pages| text(lang, "notices.pages", &[("count", &pages.to_string())]));
            rows.extend(pages.map(|pages| row("pages", pages)));
        }
        NotifyEvent::ForwardedCall => {
            rows.extend(
                event.forwarded_to.as_deref().map(|to| row("forwarded_to", phone_number(to))),
            );
            rows.extend(length.map(|length| row("rang", length)));
        }
    }
    rows
}

/// Why nobody answered, in words.
fn missed(lang: Lang, reason: Option<MissedReason>, length: Option<&str>) -> String {
    let key = match (reason.unwrap_or(MissedReason::NoAnswer), length) {
        (MissedReason::NoAnswer, None) => "no_answer",
        (MissedReason::NoAnswer, Some(_)) => "no_answer_after",
        (MissedReason::Busy, _) => "busy",
        (MissedReason::Refused, _) => "refused",
        (MissedReason::HungUp, None) => "hung_up",
        (MissedReason::HungUp, Some(_)) => "hung_up_after",
    };
    text(lang, &format!("notices.reason.{key}"), &[("duration", length.unwrap_or_default())])
}

/// The number that was called, with its name.
fn called(lang: Lang, event: &Event) -> String {
    let number = phone_number(&event.number);
    match one_line(&event.number_name) {
        name if name.is_empty() => number,
        name => text(lang, "notices.named", &[("number", &number), ("name", &name)]),
    }
}

fn phone_number(e164: &str) -> String {
    PhoneNumber::parse(e164).map_or_else(|_| one_line(e164), |number| number.japanese())
}

fn footer(lang: Lang, notice: &Notice) -> String {
    let id = ("id", notice.short_id.as_str());
    match (&notice.subject, &notice.attachment) {
        (Subject::Event(_) | Subject::Transcript(_), Some(file)) => text(
            lang,
            "notices.footer_with_link",
            &[id, ("until", &date(lang, "until", file.expires_at))],
        ),
        _ => text(lang, "notices.footer", &[id]),
    }
}

/// What people read of a delivery: eight characters of Crockford's alphabet (no I, L, O, U) in two
/// groups, `K7QX-2M9D`.
pub fn short_id(delivery_id: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    // All of the id goes into it: the first half of a UUIDv7 is the time.
    let hash = Sha256::digest(delivery_id.as_bytes());
    let bits = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letters: String = (0..8)
        .rev()
        .map(|group| char::from(ALPHABET[(bits >> (5 * group) & 31) as usize]))
        .collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// At most `limit` characters; ends with `…` where something was cut off.
pub fn cut(text: &str, limit: usize) -> String {
    cut_by(text, limit, |_| 1)
}

/// At most `limit` UTF-16 units; ends with `…` where something was cut off.
pub fn cut_utf16(text: &str, limit: usize) -> String {
    cut_by(text, limit, char::len_utf16)
}

/// At most `limit` bytes of UTF-8; ends with `…` where something was cut off.
pub fn cut_bytes(text: &str, limit: usize) -> String {
    cut_by(text, limit, char::len_utf8)
}

/// At most `limit` as `measure` counts characters; ends with `…` where something was cut off, and
/// never between a letter and its marks.
pub fn cut_by(text: &str, limit: usize, measure: fn(char) -> usize) -> String {
    if text.chars().map(measure).sum::<usize>() <= limit {
        return text.to_owned();
    }
    let Some(room) = limit.checked_sub(measure('…')) else { return String::new() };
    let mut used = 0;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        used += measure(c);
        if used > room {
            end = at;
            break;
        }
    }
    while let Some(before) = text[..end].chars().next_back() {
        let continues = text[end..].chars().next().is_some_and(continues_letter);
        if !continues && before != ZERO_WIDTH_JOINER {
            break;
        }
        end -= before.len_utf8();
    }
    format!("{}…", text[..end].trim_end())
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Whether a character belongs to the one before it: marks, variation selectors, joiners, skin
/// tones, half-width voicing marks.
fn continues_letter(c: char) -> bool {
    !c.is_control() && c.width() == Some(0) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | 'ﾞ' | 'ﾟ')
}

/// Text from outside on one line, without control characters and without marks that turn the
/// direction of what follows.
pub fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if c.is_control() || is_line_break(c) { ' ' } else { c })
        .collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Text from outside with its line breaks, without other control characters and without marks that
/// turn the direction of what follows.
pub fn several_lines(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], "\n")
        .replace('\t', " ");
    let kept: String =
        text.chars().filter(|c| *c == '\n' || !(c.is_control() || turns_direction(*c))).collect();
    kept.trim().to_owned()
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn turns_direction(c: char) -> bool {
    matches!(c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

#[cfg(test)]
mod tests;
