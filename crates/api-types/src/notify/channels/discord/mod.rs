//! Discord, by the URL of a webhook.

use super::description::*;
use crate::FieldCode;
use crate::credentials::{PastedUrl, Rules, fault, healed, invalid, pattern, secure, usual_port};

/// Where webhooks are; the old name and the two early versions show URLs of their own.
const HOSTS: &str = "discord.com,discordapp.com,ptb.discord.com,canary.discord.com";

pub(super) const CHANNEL: Description = Description {
    key: "discord",
    name: "Discord",
    icon: r#"<line x1="6" x2="10" y1="11" y2="11"/><line x1="8" x2="8" y1="9" y2="13"/><line x1="15" x2="15.01" y1="12" y2="12"/><line x1="18" x2="18.01" y1="10" y2="10"/><path d="M17.32 5H6.68a4 4 0 0 0-3.978 3.59c-.006.052-.01.101-.017.152C2.604 9.416 2 14.456 2 16a3 3 0 0 0 3 3c1 0 1.5-.5 2-1l1.414-1.414A2 2 0 0 1 9.828 16h4.344a2 2 0 0 1 1.414.586L17 18c.5.5 1 1 2 1a3 3 0 0 0 3-3c0-1.545-.604-6.584-.685-7.258-.007-.05-.011-.1-.017-.151A4 4 0 0 0 17.32 5z"/>"#,
    fields: &[
        CredentialField::secret("url", webhook)
            .of(ValueKind::Url)
            .looks("https://discord.com/api/webhooks/…"),
        CredentialField::open("thread_id", thread)
            .optional()
            .looks("https://discord.com/channels/…"),
    ],
    one_of: &[],
    added: Added::Nothing,
    // Limits hold for the webhook, whichever thread it posts to.
    destination: |all| of(all, "url"),
    warning: no_warning,
    blames: &[("thread_id", &["thread"]), ("url", &[""])],
    // A server without boosts takes 10 MiB.
    carries: Carries { json: false, audio: Carried::File(10 << 20), fax: Carried::File(10 << 20) },
    late_transcript: LateTranscript::FollowsByName,
    merges: 1,
    // 30 a minute and channel, five at once.
    pace: Some(Pace { interval_ms: 2_000, burst: 5 }),
    // In characters; counted in UTF-16 units, which are never fewer.
    text_max: 2_000,
    settings: &[("base_url", ""), ("allowed_hosts", HOSTS)],
    place: Place { url: "https://discord.com/channels/@me", query: "", name: "Discord" },
};

fn is_id(text: &str) -> bool {
    (17..=20).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
}

/// The address of a webhook, without what stands behind it.
fn webhook(value: &str, rules: &Rules) -> Result<String, Fault> {
    let text = healed(value);
    let Some(url) = PastedUrl::parse(&text) else { return invalid() };
    if !rules.allow(&url.host) || !usual_port(&url, rules) {
        return invalid();
    }
    secure(&url, rules)?;
    let mut parts = url.path.split('/').filter(|part| !part.is_empty());
    let versions = |part: &&str| part.starts_with('v');
    let path = (parts.next(), parts.next());
    let (Some("api"), Some(next)) = path else { return invalid() };
    let next = if versions(&next) { parts.next() } else { Some(next) };
    let (Some("webhooks"), Some(id)) = (next, parts.next()) else { return invalid() };
    if !is_id(id) {
        return invalid();
    }
    let token = parts.next().unwrap_or_default();
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if pattern(token, 60..=100, good).is_err() {
        return fault(FieldCode::IncompleteUrl);
    }
    // What somebody has put behind it, such as `/slack`, is not for us.
    let end = text.find(token).map_or(text.len(), |start| start + token.len());
    Ok(text[..end].to_owned())
}

/// The id of a thread, from itself or from a link to the thread or to a message in it.
fn thread(value: &str, _: &Rules) -> Result<String, Fault> {
    if is_id(value) {
        return Ok(value.to_owned());
    }
    let Some(url) = PastedUrl::parse(value) else { return invalid() };
    let parameter = url.query.split('&').find_map(|pair| pair.strip_prefix("thread_id="));
    let parts: Vec<&str> = url.path.split('/').filter(|part| !part.is_empty()).collect();
    let id = match (parameter, parts.as_slice()) {
        (Some(id), _) => id,
        (None, ["channels", _, _, "threads", id, ..] | ["channels", _, id, ..]) => id,
        _ => return invalid(),
    };
    if is_id(id) { Ok(id.to_owned()) } else { invalid() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceType;
    use crate::credentials::read;

    const URL: &str = "https://discord.com/api/webhooks/1234567890123456789/\
        aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_-aBcDeFgHiJkLmNoPqRsTuVwXyZ0123";

    fn field(name: &str, value: &str) -> Result<String, FieldCode> {
        let given = Credentials::from([(name.to_owned(), value.to_owned())]);
        let read = read(ServiceType::Discord, &given, true, &Rules::of(ServiceType::Discord));
        read.map(|kept| kept[name].clone()).map_err(|faults| faults[0].code)
    }

    #[test]
    fn urls_as_they_are_pasted() {
        use FieldCode::{IncompleteUrl, InvalidFormat, NotHttps, UrlCredentials};
        let at = |host: &str| URL.replace("discord.com", host);
        for (value, expected) in [
            (URL.to_owned(), Ok(URL.to_owned())),
            (format!("<{URL}>"), Ok(URL.to_owned())),
            (format!("{URL}/"), Ok(URL.to_owned())),
            (format!("{URL}/slack?wait=true"), Ok(URL.to_owned())),
            (at("discordapp.com"), Ok(at("discordapp.com"))),
            (at("ptb.discord.com"), Ok(at("ptb.discord.com"))),
            (at("canary.discord.com"), Ok(at("canary.discord.com"))),
            (URL.replace("/api/", "/api/v10/"), Ok(URL.replace("/api/", "/api/v10/"))),
            (URL.replace("https", "http"), Err(NotHttps)),
            (URL.replace("https://", "https://me:secret@"), Err(UrlCredentials)),
            (URL[..100].to_owned(), Err(IncompleteUrl)),
            (URL[..53].to_owned(), Err(IncompleteUrl)),
            (at("discord.com.evil.example"), Err(InvalidFormat)),
            ("https://discord.gg/abcdef".to_owned(), Err(InvalidFormat)),
            ("https://discord.com/channels/1/2".to_owned(), Err(InvalidFormat)),
        ] {
            assert_eq!(field("url", &value), expected, "{value}");
        }
    }

    #[test]
    fn threads_as_they_are_pasted() {
        let (thread, other) = ("2234567890123456789", "3234567890123456789");
        for value in [
            thread.to_owned(),
            format!("https://discord.com/channels/{other}/{thread}"),
            format!("https://discord.com/channels/{other}/{thread}/{other}"),
            format!("https://discord.com/channels/{other}/{other}/threads/{thread}"),
            format!("{URL}?thread_id={thread}"),
        ] {
            assert_eq!(field("thread_id", &value).as_deref(), Ok(thread), "{value}");
        }
        for value in ["受付", "12345", "https://discord.com/channels/@me"] {
            assert_eq!(field("thread_id", value), Err(FieldCode::InvalidFormat), "{value}");
        }
        assert_eq!(field("thread_id", ""), Ok(String::new()));
    }
}
