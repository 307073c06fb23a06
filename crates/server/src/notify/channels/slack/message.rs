//! What a message of Slack says: blocks for people who look, text for phones and screen readers.

use serde_json::{Value, json};

use crate::notify::words::{self, Lines};
use crate::notify::{Notice, Subject};

/// Longest `text`; beyond it Slack splits.
const TEXT_MAX: usize = api_types::ServiceType::Slack.describe().text_max;
/// Longest text once the blocks were refused.
const PLAIN_MAX: usize = 1_000;
/// Longest text of a section.
const SECTION_MAX: usize = 3_000;
/// Longest header.
const HEADER_MAX: usize = 150;
/// Longest field of a section.
const FIELD_MAX: usize = 2_000;
/// Label and value are two fields, and a section has ten.
const ROWS_PER_SECTION: usize = 5;

/// The body of `chat.postMessage`.
pub fn body(notice: &Notice, channel: &str, plain: bool) -> Value {
    let lines = words::lines(notice);
    let limit = if plain { PLAIN_MAX } else { TEXT_MAX };
    let mut body = json!({
        "channel": channel,
        "text": escape(&lines.plain(limit, escaped_len)),
        "mrkdwn": false,
        // A robot that looks at a link would be counted as somebody who listened.
        "unfurl_links": false,
        "unfurl_media": false,
    });
    if !plain {
        body["blocks"] = blocks(&lines).into();
        if let Some(thread) = thread(notice) {
            body["thread_ts"] = thread.into();
        }
    }
    body
}

/// The thread of the notice that told of the call, for what was said.
fn thread(notice: &Notice) -> Option<&str> {
    let Subject::Transcript(_) = notice.subject else { return None };
    notice.thread.as_deref()?.split_once('/').map(|(_, ts)| ts)
}

fn blocks(lines: &Lines) -> Vec<Value> {
    let mut blocks = vec![json!({"type": "header", "text": plain_text(&lines.title, HEADER_MAX)})];
    let rows: Vec<_> = lines.rows.iter().filter(|(_, value)| !value.is_empty()).collect();
    for rows in rows.chunks(ROWS_PER_SECTION) {
        let fields = rows
            .iter()
            .flat_map(|(label, value)| [bold(label), plain_text(value, FIELD_MAX)])
            .collect::<Vec<_>>();
        blocks.push(json!({"type": "section", "fields": fields}));
    }
    if let Some(transcript) = &lines.transcript {
        blocks.push(json!({"type": "section", "text": bold(&lines.transcript_label)}));
        blocks.push(json!({"type": "section", "text": plain_text(transcript, SECTION_MAX)}));
    }
    if let Some((label, url)) = &lines.link {
        // Not a button: Slack tells those who press one that the app does not answer.
        let link = format!("<{}|{}>", escape(url), escape(label));
        blocks.push(json!({"type": "section", "text": {"type": "mrkdwn", "text": link}}));
    }
    blocks.push(json!({"type": "context", "elements": [plain_text(&lines.footer, FIELD_MAX)]}));
    blocks
}

/// Text in which nothing is markup; `<`, `>` and `&` mean something even there.
fn plain_text(text: &str, limit: usize) -> Value {
    json!({"type": "plain_text", "text": escape(&words::cut_by(text, limit, escaped_len)),
        "emoji": false})
}

/// One of our own labels.
fn bold(label: &str) -> Value {
    json!({"type": "mrkdwn", "text": format!("*{}*", escape(label))})
}

/// The three characters that begin or end what Slack reads as links and mentions.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escaped_len(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        _ => 1,
    }
}
