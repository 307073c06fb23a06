//! What a message to a workflow says: one adaptive card, of one notice or of several.

use serde_json::{Value, json};

use crate::notify::Notice;
use crate::notify::words::{self, Lines};

/// Teams takes about 28 KB with everything; whether that counts UTF-8 or UTF-16 is not said, and
/// this is safe for both.
const MESSAGE_MAX: usize = api_types::ServiceType::Teams.describe().text_max;
/// Longest transcript of one notice, in characters.
const TRANSCRIPT_MAX: usize = 6_000;
/// Longest text of a notice once a card was refused, in characters.
const PLAIN_MAX: usize = 2_000;

/// How much of each notice a card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Everything, and so many characters of what was said.
    Rows(usize),
    /// What happened and where to find more.
    Title,
}

/// The whole message within its limit: what was said is cut first, then the rows go.
pub fn message(notices: &[Notice], plain: bool) -> Value {
    let lines: Vec<Lines> = notices.iter().map(words::lines).collect();
    if plain {
        return envelope(vec![text_block(&plain_text(&lines))]);
    }
    let mut detail = Detail::Rows(TRANSCRIPT_MAX);
    loop {
        let message = envelope(
            lines
                .iter()
                .enumerate()
                .map(|(index, lines)| container(lines, detail, index > 0))
                .collect(),
        );
        detail = match detail {
            _ if message.to_string().len() <= MESSAGE_MAX => return message,
            Detail::Rows(0) => Detail::Title,
            Detail::Rows(limit) if limit < 100 => Detail::Rows(0),
            Detail::Rows(limit) => Detail::Rows(limit * 2 / 3),
            Detail::Title => return message,
        };
    }
}

/// The one form that the workflow's template takes: it posts every attachment as a message of its
/// own.
fn envelope(body: Vec<Value>) -> Value {
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    });
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null, "content": card});
    json!({"type": "message", "attachments": [attachment]})
}

fn container(lines: &Lines, detail: Detail, separator: bool) -> Value {
    let mut items = vec![
        json!({"type": "TextBlock", "text": escape(&lines.title), "wrap": true, "weight": "Bolder",
            "size": "Medium"}),
    ];
    if let Detail::Rows(limit) = detail {
        let shown = lines.rows.iter().filter(|(_, value)| !value.is_empty());
        let facts: Vec<Value> =
            shown.map(|(label, value)| json!({"title": label, "value": escape(value)})).collect();
        if !facts.is_empty() {
            items.push(json!({"type": "FactSet", "facts": facts}));
        }
        if let Some(transcript) = lines.transcript.as_deref().filter(|_| limit > 0) {
            items.push(json!({"type": "TextBlock", "text": lines.transcript_label, "wrap": true,
                "weight": "Bolder"}));
            items.push(text_block(&escape(&words::cut(transcript, limit))));
        }
    }
    if let Some((label, url)) = &lines.link {
        items.push(json!({"type": "ActionSet", "actions": [{"type": "Action.OpenUrl",
            "title": label, "url": url}]}));
    }
    items.push(json!({"type": "TextBlock", "text": escape(&lines.footer), "wrap": true,
        "size": "Small", "isSubtle": true}));
    json!({"type": "Container", "separator": separator, "items": items})
}

fn text_block(text: &str) -> Value {
    json!({"type": "TextBlock", "text": text, "wrap": true})
}

/// A notice as one text with its link; several with no more than what happened.
fn plain_text(lines: &[Lines]) -> String {
    let one = |one: &Lines| {
        let text = match lines.len() {
            1 => Lines { link: None, ..one.clone() }.plain(PLAIN_MAX, |_| 1),
            _ => format!("{}\n{}", one.title, one.footer),
        };
        match &one.link {
            Some((label, url)) => format!("{}\n\n[{label}]({url})", escape(&text)),
            None => escape(&text),
        }
    };
    lines.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// Untrusted text: a text block reads a part of Markdown, in which a single line break is none.
fn escape(text: &str) -> String {
    text.lines().map(escape_line).collect::<Vec<_>>().join("\n\n")
}

fn escape_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    // What begins a list: `- `, `+ `, `12. `.
    let number = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    let is_list = number.starts_with("- ")
        || number.starts_with("+ ")
        || number.starts_with(". ")
        || number.starts_with(") ");
    let mark = line.len() - number.len();
    for (at, c) in line.char_indices() {
        if matches!(c, '[' | ']' | '*' | '_' | '\\' | '`' | '#' | '~' | '<' | '>')
            || is_list && at == mark
        {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        for (text, escaped) in [
            (
                "[here](https://evil.example) *a* <at>b</at>",
                r"\[here\](https://evil.example) \*a\* \<at\>b\</at\>",
            ),
            ("- a\n1. b\n 2) c\n+ d\n-e 1.5", "\\- a\n\n1\\. b\n\n 2\\) c\n\n\\+ d\n\n-e 1.5"),
            ("090-1234-5678", "090-1234-5678"),
            (r"\# `x` ~~y~~ _z_", r"\\\# \`x\` \~\~y\~\~ \_z\_"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }
}
