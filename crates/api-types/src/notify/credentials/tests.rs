use super::*;

fn given(pairs: &[(&str, &str)]) -> Credentials {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What one field becomes, or why it is refused.
fn field(kind: ServiceType, name: &str, value: &str) -> Result<String, FieldCode> {
    field_by(kind, name, value, &Rules::of(kind))
}

fn field_by(
    kind: ServiceType,
    name: &str,
    value: &str,
    rules: &Rules,
) -> Result<String, FieldCode> {
    match read(kind, &given(&[(name, value)]), true, rules) {
        Ok(kept) => Ok(kept[name].clone()),
        Err(faults) => {
            assert_eq!(faults.len(), 1, "{value}");
            assert_eq!(faults[0].pointer, format!("/credentials/{name}"));
            Err(faults[0].code)
        }
    }
}

/// Value → what it becomes, by one field.
fn table(kind: ServiceType, name: &str, rows: &[(&str, Result<&str, FieldCode>)]) {
    for (value, expected) in rows {
        assert_eq!(field(kind, name, value), expected.map(str::to_owned), "{name}: {value}");
    }
}

#[test]
fn slack() {
    use FieldCode::*;
    let token = "xoxb-123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx";
    table(
        ServiceType::Slack,
        "bot_token",
        &[
            (token, Ok(token)),
            (&format!("  {token}\n"), Ok(token)),
            (&format!("\"{token}\""), Ok(token)),
            (&format!("Bearer {token}"), Ok(token)),
            (&format!("\u{feff}{token}\u{200b}"), Ok(token)),
            ("xoxp-123456789012-123456789012", Err(NotBotToken)),
            ("xapp-1-A0123456789-123456789012-abcdef", Err(NotBotToken)),
            ("https://hooks.slack.com/services/T0/B0/0123456789abcdef", Err(NotBotToken)),
            ("xoxe.xoxb-1-Mi0yLTEyMzQ1Njc4OTAxMi", Err(RotatingToken)),
            ("xoxe-1-My0xLTEyMzQ1Njc4OTAxMi", Err(RotatingToken)),
            ("xoxb-short", Err(InvalidFormat)),
            ("xoxb-1234567890 abcdefghij", Err(InvalidFormat)),
            ("8f742231b10e8888abcd99yyyzzz85a5", Err(InvalidFormat)),
            ("", Err(Required)),
            ("　", Err(Required)),
        ],
    );
    table(
        ServiceType::Slack,
        "channel_id",
        &[
            ("C0123456789", Ok("C0123456789")),
            ("G0123456789", Ok("G0123456789")),
            ("U0123456789", Ok("U0123456789")),
            ("Ｃ０１２３４５６７８９", Ok("C0123456789")),
            ("https://minato.slack.com/archives/C0123456789", Ok("C0123456789")),
            (
                "https://minato.slack.com/archives/C0123456789/p1700000000123456?thread_ts=1700000000.000100&cid=C0123456789",
                Ok("C0123456789"),
            ),
            ("https://app.slack.com/client/T0123456789/C0123456789", Ok("C0123456789")),
            ("slack://channel?team=T0123456789&id=C0123456789", Ok("C0123456789")),
            ("<#C0123456789|general>", Ok("C0123456789")),
            ("#general", Err(ChannelName)),
            ("#営業", Err(ChannelName)),
            ("general", Err(ChannelName)),
            ("https://minato.slack.com/", Err(ChannelName)),
            ("c0123456789", Err(ChannelName)),
        ],
    );
}

#[test]
fn chatwork() {
    use FieldCode::*;
    let token = "0123456789abcdef0123456789abcdef";
    table(
        ServiceType::Chatwork,
        "api_token",
        &[
            (token, Ok(token)),
            (&format!(" {token} "), Ok(token)),
            ("0123456789abcdef", Err(InvalidFormat)),
            ("", Err(Required)),
        ],
    );
    table(
        ServiceType::Chatwork,
        "room_id",
        &[
            ("123456789", Ok("123456789")),
            ("１２３", Ok("123")),
            ("https://www.chatwork.com/#!rid123456789", Ok("123456789")),
            ("https://www.chatwork.com/#!rid123456789-1700000000", Ok("123456789")),
            ("#!rid42", Ok("42")),
            ("rid42", Ok("42")),
            ("https://www.chatwork.com/", Err(InvalidFormat)),
            ("1234567890123", Err(InvalidFormat)),
            ("営業", Err(InvalidFormat)),
        ],
    );
}

#[test]
fn teams() {
    use FieldCode::*;
    let new = "https://default0123456789abcdef.7a.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aB3_x-9";
    let old = "https://prod-12.japaneast.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aB3_x-9";
    table(
        ServiceType::Teams,
        "url",
        &[
            (new, Ok(new)),
            (old, Ok(old)),
            (&new.replace('&', "&amp;"), Ok(new)),
            (&new.replace("&sv", "\n  &sv"), Ok(new)),
            (&new.replace(":443", ""), Ok(&new.replace(":443", ""))),
            (&new.replace("invoke?", "invoke/?"), Ok(&new.replace("invoke?", "invoke/?"))),
            (&new.replace("invoke?", "Invoke?"), Ok(&new.replace("invoke?", "Invoke?"))),
            (&old.replace("invoke?", "invoke/?"), Ok(&old.replace("invoke?", "invoke/?"))),
            (&new.replace("invoke?", "?"), Err(IncompleteUrl)),
            (&new.replace(":443", ":8443"), Err(NotTeamsWorkflow)),
            (&new.replace("https", "http"), Err(NotHttps)),
            (&new.replace("&sig=aB3_x-9", ""), Err(IncompleteUrl)),
            (&new.replace("sig=aB3_x-9", "sig="), Err(IncompleteUrl)),
            (new.split('?').next().unwrap(), Err(IncompleteUrl)),
            (
                &new.replace("powerplatform.com", "powerplatform.com.evil.example"),
                Err(NotTeamsWorkflow),
            ),
            (&new.replace("https://", "https://user:secret@"), Err(UrlCredentials)),
            (
                "https://minato.webhook.office.com/webhookb2/0123@4567/IncomingWebhook/89ab/cdef",
                Err(RetiredConnector),
            ),
            (
                "https://outlook.office.com/webhook/0123@4567/IncomingWebhook/89ab/cdef",
                Err(RetiredConnector),
            ),
            ("https://outlook.office365.com/webhook/0123", Err(RetiredConnector)),
            ("https://teams.microsoft.com/l/channel/19%3a0123", Err(NotTeamsWorkflow)),
            ("営業チャネル", Err(NotTeamsWorkflow)),
        ],
    );
    let warning = ServiceType::Teams.describe().warning;
    assert_eq!(warning(&given(&[("url", old)])), Some("teams.old_url"));
    assert_eq!(warning(&given(&[("url", new)])), None);
    let local =
        Rules { hosts: Some("127.0.0.1"), allow_private: true, ..Rules::of(ServiceType::Teams) };
    let fake = "http://127.0.0.1:4711/workflows/1/triggers/manual/paths/invoke?sig=x";
    assert_eq!(field_by(ServiceType::Teams, "url", fake, &local), Ok(fake.into()));
    assert_eq!(field_by(ServiceType::Teams, "url", new, &local), Err(NotTeamsWorkflow));
}

#[test]
fn google_chat() {
    use FieldCode::*;
    let url = "https://chat.googleapis.com/v1/spaces/AAAAabc_-12/messages?key=AIzaSy0123&token=aBc_D-e%3D";
    let turned = "https://chat.googleapis.com/v1/spaces/AAAAabc_-12/messages?token=aBc_D-e%3D&key=AIzaSy0123";
    table(
        ServiceType::GoogleChat,
        "url",
        &[
            (url, Ok(url)),
            (turned, Ok(turned)),
            (&url.replace('&', "&amp;"), Ok(url)),
            (&format!("<{url}>"), Ok(url)),
            (&url.replace("&token=aBc_D-e%3D", ""), Err(IncompleteUrl)),
            ("https://chat.googleapis.com/v1/spaces/AAAAabc_-12/messages", Err(IncompleteUrl)),
            ("https://chat.googleapis.com/v1/spaces/AAAAabc_-12", Err(IncompleteUrl)),
            ("https://chat.google.com/room/AAAAabc?cls=7", Err(NotGoogleChatWebhook)),
            ("https://chat.googleapis.com/v1/media/x?key=a&token=b", Err(NotGoogleChatWebhook)),
            (
                "https://x.chat.googleapis.com/v1/spaces/A/messages?key=a&token=b",
                Err(NotGoogleChatWebhook),
            ),
            (&url.replace("https", "http"), Err(NotHttps)),
        ],
    );
}

#[test]
fn line() {
    use FieldCode::*;
    let token = "a1B2+/=".repeat(24);
    let hex = "0123456789abcdef0123456789abcdef";
    table(
        ServiceType::Line,
        "channel_access_token",
        &[
            (&token, Ok(&token)),
            (&format!("{}\n{}", &token[..80], &token[80..]), Ok(&token)),
            ("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg", Err(LineNotifyToken)),
            (hex, Err(InvalidFormat)),
        ],
    );
    table(
        ServiceType::Line,
        "channel_secret",
        &[
            (hex, Ok(hex)),
            (&hex.to_uppercase(), Ok(hex)),
            ("1234567890", Err(InvalidFormat)),
            ("", Ok("")),
        ],
    );
    table(
        ServiceType::Line,
        "to",
        &[
            (&format!("U{hex}"), Ok(&format!("U{hex}"))),
            (&format!("C{hex}"), Ok(&format!("C{hex}"))),
            (&format!(" R{hex} "), Ok(&format!("R{hex}"))),
            (&format!("C{}", &hex[..30]), Err(InvalidFormat)),
            ("@123abcde", Err(LineDisplayId)),
            ("minato_shokai", Err(LineDisplayId)),
            ("https://line.me/R/ti/p/@123abcde", Err(LineDisplayId)),
            ("", Ok("")),
        ],
    );
    let whole = |pairs: &[(&str, &str)]| {
        read(ServiceType::Line, &given(pairs), false, &Rules::of(ServiceType::Line))
    };
    let (token, to) = (("channel_access_token", token.as_str()), format!("U{hex}"));
    assert!(whole(&[token, ("to", &to)]).is_ok());
    assert!(whole(&[token, ("channel_secret", hex)]).is_ok(), "somebody sends the word then");
    assert_eq!(whole(&[token]), Err(vec![FieldFault::new("/credentials/to", Required)]));
}

#[test]
fn line_works() {
    use FieldCode::*;
    table(
        ServiceType::LineWorks,
        "service_account",
        &[
            ("abc12.serviceaccount@minato", Ok("abc12.serviceaccount@minato")),
            ("tanaka@minato", Err(InvalidFormat)),
            ("abc12.serviceaccount", Err(InvalidFormat)),
        ],
    );
    table(
        ServiceType::LineWorks,
        "bot_id",
        &[("1234567", Ok("1234567")), ("bot", Err(InvalidFormat))],
    );
    table(
        ServiceType::LineWorks,
        "channel_id",
        &[
            ("12a345b6-78c9-0d12-3456-e7890f12a345", Ok("12a345b6-78c9-0d12-3456-e7890f12a345")),
            ("tanaka@minato.example", Ok("tanaka@minato.example")),
            ("営業トーク", Err(InvalidFormat)),
        ],
    );
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ+/".repeat(20);
    let lines: Vec<&str> =
        (0..body.len()).step_by(64).map(|from| &body[from..body.len().min(from + 64)]).collect();
    let pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    table(
        ServiceType::LineWorks,
        "private_key",
        &[
            (&pem, Ok(&pem)),
            (&pem.replace('\n', "\r\n"), Ok(&pem)),
            (&pem.replace('\n', "\\n"), Ok(&pem)),
            (&format!("\"{}\"", pem.replace('\n', "\\n")), Ok(&pem)),
            (&pem.replace('\n', " "), Ok(&pem)),
            (&pem.replace("PRIVATE", "RSA PRIVATE"), Err(Pkcs1Key)),
            (&pem.replace("PRIVATE", "ENCRYPTED PRIVATE"), Err(EncryptedKey)),
            (&pem.replace("PRIVATE", "PUBLIC"), Err(NotPrivateKey)),
            (&pem[..pem.len() - 40], Err(NotPrivateKey)),
            (&pem.replace(lines[1], ""), Ok(&pem.replace(&format!("{}\n", lines[1]), ""))),
            (&body, Err(NotPrivateKey)),
        ],
    );
}

#[test]
fn webhook() {
    use FieldCode::*;
    let url = "https://hooks.minato.example/denwaban?from=phone";
    table(
        ServiceType::Webhook,
        "url",
        &[
            (url, Ok(url)),
            (&format!("{url}#top"), Ok(url)),
            ("https://hooks.minato.example:8443", Ok("https://hooks.minato.example:8443")),
            ("http://hooks.minato.example/denwaban", Err(NotHttps)),
            ("hooks.minato.example/denwaban", Err(NotHttps)),
            ("ftp://hooks.minato.example/denwaban", Err(InvalidFormat)),
            ("denwaban", Err(InvalidFormat)),
            ("https://user:secret@hooks.minato.example/", Err(UrlCredentials)),
            ("https://127.0.0.1/", Err(PrivateAddress)),
            ("https://2130706433/", Err(PrivateAddress)),
            ("https://[::ffff:10.0.0.1]/", Err(PrivateAddress)),
            ("https://localhost:8443/", Err(PrivateAddress)),
            ("https://169.254.169.254/latest/meta-data", Err(PrivateAddress)),
            ("https://hooks.minato.example\\@127.0.0.1/", Err(InvalidFormat)),
        ],
    );
    let rules = Rules { own_authority: "portal.example.jp:443", ..Rules::of(ServiceType::Webhook) };
    assert_eq!(
        field_by(ServiceType::Webhook, "url", "https://Portal.example.jp/hook", &rules),
        Err(OwnUrl)
    );
    assert!(
        field_by(ServiceType::Webhook, "url", "https://portal.example.jp:8443/hook", &rules)
            .is_ok()
    );
    let local = Rules {
        own_authority: "127.0.0.1:80",
        allow_private: true,
        ..Rules::of(ServiceType::Webhook)
    };
    assert!(field_by(ServiceType::Webhook, "url", "http://127.0.0.1:4711/hook", &local).is_ok());
    assert_eq!(field_by(ServiceType::Webhook, "url", "http://127.0.0.1/hook", &local), Err(OwnUrl));
}

#[test]
fn what_is_missing_unknown_or_too_long_is_named() {
    let faults = read(
        ServiceType::Slack,
        &given(&[("bot_token", " "), ("webhook/url", "x")]),
        false,
        &Rules::of(ServiceType::Slack),
    )
    .unwrap_err();
    let faults: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    let expected = [
        ("/credentials/webhook~1url", FieldCode::UnknownField),
        ("/credentials/bot_token", FieldCode::Required),
        ("/credentials/channel_id", FieldCode::Required),
    ];
    assert_eq!(faults, expected);
    assert_eq!(
        field(ServiceType::Webhook, "url", &format!("https://a.example/{}", "x".repeat(2_048))),
        Err(FieldCode::TooLong)
    );
    assert_eq!(
        read(ServiceType::Slack, &given(&[]), true, &Rules::of(ServiceType::Slack)),
        Ok(Credentials::new())
    );
    let secret = read(
        ServiceType::Webhook,
        &given(&[("url", "https://a.example"), ("signing_secret", "mine")]),
        false,
        &Rules::of(ServiceType::Webhook),
    );
    assert_eq!(
        secret,
        Err(vec![FieldFault::new("/credentials/signing_secret", FieldCode::UnknownField)])
    );
}

#[test]
fn hints_show_no_more_than_four_characters() {
    for (name, value, expected) in [
        ("slack.bot_token", "xoxb-123456789012-abcdef3f9a", "xoxb-…3f9a"),
        ("chatwork.api_token", "0123456789abcdef0123456789abcdef", "…cdef"),
        ("line_works.client_secret", "abc123", "…"),
        (
            "google_chat.url",
            "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=abcdefgh",
            "chat.googleapis.com/…efgh",
        ),
        (
            "line_works.private_key",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhki\nabcdEFGH\n-----END PRIVATE \
                KEY-----\n",
            "PRIVATE KEY …EFGH",
        ),
    ] {
        let (kind, name) = name.split_once('.').unwrap();
        let fields = ServiceType::of_key(kind).unwrap().fields();
        let field = fields.iter().find(|field| field.name == name).unwrap();
        assert_eq!(hint(field.kind, field.begins, value), expected);
    }
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(hint(ValueKind::Line, "whsec_", secret), "whsec_…LaSw");
}

#[test]
fn hosts() {
    let teams = "*.environment.api.powerplatform.com, *.logic.azure.com";
    for (rules, host, good) in [
        (teams, "prod-01.japaneast.logic.azure.com", true),
        (teams, "logic.azure.com", false),
        (teams, ".logic.azure.com", false),
        (teams, "evillogic.azure.com", false),
        (teams, "prod.logic.azure.com.evil.example", false),
        ("chat.googleapis.com", "chat.googleapis.com", true),
        ("chat.googleapis.com", "x.chat.googleapis.com", false),
        ("", "chat.googleapis.com", false),
        ("127.0.0.1", "127.0.0.1", true),
    ] {
        assert_eq!(host_allowed(rules, host), good, "{rules} {host}");
    }
}
