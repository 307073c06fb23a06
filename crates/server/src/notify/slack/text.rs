//! What a notice looks like in Slack.

use serde_json::{Value, json};

use crate::notify::{Notice, words};

/// `text` is kept to so many characters.
const TEXT: usize = 4_000;
/// A section's text takes so many.
const SECTION: usize = 3_000;
/// A header takes so many.
const HEADER: usize = 150;

/// Untrusted text: the three characters that begin mentions, links and entities cannot do so any more.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escaped_length(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        _ => 1,
    }
}

/// Everything as one text: what telephones show and screen readers read, and all there is where blocks are refused.
pub fn mrkdwn(notice: &Notice) -> String {
    escape(&words::lines(notice).plain(TEXT, escaped_length))
}

/// The same with a heading, two columns and a button.
pub fn blocks(notice: &Notice) -> Value {
    let lines = words::lines(notice);
    let mut blocks =
        vec![json!({"type": "header", "text": {"type": "plain_text", "text": words::cut(&lines.title, HEADER), "emoji": false}})];
    // Ten fields are the most that a section takes.
    let fields: Vec<Value> = lines
        .rows
        .iter()
        .take(10)
        .map(|(label, value)| {
            let value = words::cut_by(value, 1_500, escaped_length);
            json!({"type": "mrkdwn", "text": format!("*{}*\n{}", escape(label), escape(&value)), "verbatim": true})
        })
        .collect();
    if !fields.is_empty() {
        blocks.push(json!({"type": "section", "fields": fields}));
    }
    if let Some(transcript) = &lines.transcript {
        // Plain text: what was said is nothing but words.
        let text = words::cut(transcript, SECTION);
        blocks.push(json!({"type": "section", "text": {"type": "plain_text", "text": text, "emoji": false}}));
    }
    if let Some((label, url)) = &lines.link {
        let button = json!({"type": "button", "text": {"type": "plain_text", "text": words::cut(label, 75), "emoji": false}, "url": url});
        blocks.push(json!({"type": "actions", "elements": [button]}));
    }
    blocks.push(json!({"type": "context", "elements": [{"type": "plain_text", "text": words::cut(&lines.footer, 2_000), "emoji": false}]}));
    blocks.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escape("<!channel> & <@U1> <https://evil.example|here>"),
            "&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://evil.example|here&gt;"
        );
    }
}
