//! What a push says: messages of LINE's Messaging API.

use api_types::AttachmentKind;
use serde_json::{Value, json};

use crate::notify::words::{self, Lines, cut_utf16};
use crate::notify::{Attachment, Notice, Subject};

/// Longest text, in UTF-16 units.
const TEXT_MAX: usize = api_types::ServiceType::Line.describe().text_max;
/// Longest text that stands in lists and notifications for a flex message, in UTF-16 units.
const ALT_MAX: usize = 400;
/// Longest URL of a recording.
const AUDIO_URL_MAX: usize = 2_000;
/// Longest URL of an action.
const ACTION_URL_MAX: usize = 1_000;

/// The messages of a notice, at most five: a text, and with a voicemail the recording; or a card
/// with a button for a fax.
pub fn messages(notice: &Notice, plain: bool) -> Vec<Value> {
    let lines = words::lines(notice);
    let text = json!({"type": "text", "text": lines.plain(TEXT_MAX, char::len_utf16)});
    let Some(file) = notice
        .attachment
        .as_ref()
        .filter(|_| !plain && matches!(notice.subject, Subject::Event(_)))
    else {
        return vec![text];
    };
    match file.kind {
        AttachmentKind::Audio if is_playable(file) => {
            let told =
                if let Subject::Event(event) = &notice.subject { event.duration_s } else { None };
            // A wrong length is only cosmetic, a missing one is refused.
            let duration = file
                .duration_ms
                .or(told.map(|seconds| seconds.saturating_mul(1_000)))
                .unwrap_or(1_000);
            vec![
                text,
                json!({"type": "audio", "originalContentUrl": file.file_url,
                    "duration": duration.max(1)}),
            ]
        }
        AttachmentKind::Fax
            if lines.link.as_ref().is_some_and(|(_, url)| url.len() <= ACTION_URL_MAX) =>
        {
            vec![card(&lines)]
        }
        AttachmentKind::Audio | AttachmentKind::Fax => vec![text],
    }
}

/// LINE and its phones fetch the recording themselves: by TLS, as m4a.
fn is_playable(file: &Attachment) -> bool {
    let is_m4a = matches!(file.content_type.as_str(), "audio/mp4" | "audio/x-m4a" | "audio/m4a");
    is_m4a && file.file_url.starts_with("https://") && file.file_url.len() <= AUDIO_URL_MAX
}

/// Bots cannot send files: a card with the button that opens it.
fn card(lines: &Lines) -> Value {
    let quiet = "#566066";
    let rows = lines.rows.iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| {
        json!({"type": "box", "layout": "horizontal", "spacing": "md", "contents": [
            {"type": "text", "text": label, "size": "sm", "color": quiet, "flex": 3, "wrap": true},
            {"type": "text", "text": value, "size": "sm", "flex": 7, "wrap": true},
        ]})
    });
    let title =
        json!({"type": "text", "text": lines.title, "weight": "bold", "size": "lg", "wrap": true});
    let footer =
        json!({"type": "text", "text": lines.footer, "size": "xs", "color": quiet, "wrap": true});
    let contents: Vec<Value> = [title].into_iter().chain(rows).chain([footer]).collect();
    let button = lines.link.as_ref().map(|(label, url)| {
        let action = json!({"type": "uri", "label": cut_utf16(label, 40), "uri": url});
        json!({"type": "button", "style": "primary", "color": "#00737d", "action": action})
    });
    let in_words: Vec<String> =
        lines.rows.iter().map(|(label, value)| format!("{label}{}{value}", lines.colon)).collect();
    json!({
        "type": "flex",
        "altText": cut_utf16(&format!("{}\n{}", lines.title, in_words.join("\n")), ALT_MAX),
        "contents": {
            "type": "bubble",
            "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents},
            "footer": {"type": "box", "layout": "vertical",
                "contents": button.into_iter().collect::<Vec<_>>()},
        },
    })
}
