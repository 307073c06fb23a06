use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Mutex;

use reqwest::header::HeaderName;

use super::*;

#[test]
fn addresses_of_the_public_internet() {
    for (address, good) in [
        ("8.8.8.8", true),
        ("203.0.114.1", true),
        ("2606:4700::1111", true),
        ("2001:4860:4860::8888", true),
        ("::ffff:8.8.8.8", true),
        ("64:ff9b::808:808", true),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("100.64.0.1", false),
        ("100.100.100.200", false),
        ("127.0.0.1", false),
        ("127.255.255.254", false),
        ("169.254.169.254", false),
        ("172.16.0.1", false),
        ("172.31.255.255", false),
        ("192.0.0.170", false),
        ("192.0.2.1", false),
        ("192.168.0.1", false),
        ("198.18.0.1", false),
        ("224.0.0.1", false),
        ("240.0.0.1", false),
        ("255.255.255.255", false),
        ("168.63.129.16", false),
        ("::ffff:168.63.129.16", false),
        ("::", false),
        ("::1", false),
        ("::127.0.0.1", false),
        ("::ffff:127.0.0.1", false),
        ("::ffff:169.254.169.254", false),
        ("::ffff:0:10.0.0.1", false),
        ("64:ff9b::7f00:1", false),
        ("64:ff9b:1::1", false),
        ("2002:7f00:1::", false),
        ("2002:a00:1::1", false),
        ("2001::1", false),
        ("2001:db8::1", false),
        ("fc00::1", false),
        ("fd00:ec2::254", false),
        ("fe80::1", false),
        ("ff02::1", false),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), good, "{address}");
    }
}

fn config(allow_private: bool) -> Config {
    let mut config = Config::for_tests("unused");
    config.egress.allow_private = allow_private;
    config.outbox.timeout_s = 2;
    config
}

#[tokio::test]
async fn urls_into_our_own_network_are_refused_however_they_are_written() {
    let client = Client::new(&config(false));
    for url in [
        "http://8.8.8.8/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1:8443/",
        "https://user:secret@192.168.0.1/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "https://localhost/",
    ] {
        let outcome = client.post(url).body("x").send().await;
        assert_eq!(outcome.unwrap_err(), Error::Refused, "{url}");
    }
}

/// Answers differently every time, as an attacker's name server would.
struct Rebinding(Mutex<Vec<Vec<SocketAddr>>>);

impl Lookup for Rebinding {
    fn look_up(
        &self,
        _: String,
    ) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>> {
        let next = self.0.lock().unwrap().pop().unwrap_or_default();
        Box::pin(async move { Ok(next) })
    }
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_spoken_to() {
    let inside: SocketAddr = "127.0.0.1:443".parse().unwrap();
    let outside: SocketAddr = "192.0.2.1:443".parse().unwrap();
    let answers = vec![vec![], vec![inside, outside], vec![inside]];
    let client = Client::with_resolver(&config(false), Arc::new(Rebinding(Mutex::new(answers))));
    let url = "https://rebinding.example/hook?token=geheim";
    assert_eq!(client.post(url).send().await.unwrap_err(), Error::Refused);
    // Not even where only some of the addresses are inside; the documentation address is none of
    // the public Internet either.
    assert_eq!(client.post(url).send().await.unwrap_err(), Error::Refused);
    let error = client.post(url).send().await.unwrap_err();
    assert_eq!(error, Error::NoSuchHost);
    assert!(!format!("{error} {error:?} {client:?}").contains("geheim"));
}

#[tokio::test]
async fn of_several_addresses_only_those_outside_are_spoken_to() {
    let inside: SocketAddr = "10.0.0.1:443".parse().unwrap();
    let outside: SocketAddr = "8.8.8.8:443".parse().unwrap();
    let guard = |allow_private| Guard {
        resolver: Arc::new(Rebinding(Mutex::new(vec![vec![inside, outside]]))),
        allow_private,
    };
    let name = || "mixed.example".parse::<Name>().unwrap();
    assert_eq!(guard(false).resolve(name()).await.unwrap().collect::<Vec<_>>(), [outside]);
    assert_eq!(guard(true).resolve(name()).await.unwrap().collect::<Vec<_>>(), [inside, outside]);
}

#[tokio::test]
async fn no_request_shows_its_secrets_and_one_that_cannot_be_sent_says_so() {
    let client = Client::new(&config(true));
    let request = client
        .post("https://hooks.example/T000/geheim")
        .bearer("geheim")
        .header("x-chatworktoken", "geheim");
    assert!(
        !format!("{request:?} {:?}", request.builder)
            .replace("/T000/geheim", "")
            .contains("geheim")
    );
    assert!(!format!("{request:?}").contains("geheim"));
    let broken = client.post("https://hooks.example/").header("x-chatworktoken", "line\nbreak");
    assert_eq!(broken.send().await.unwrap_err(), Error::Invalid);
}

/// A server that answers each connection with the next of these texts, or with nothing at all.
fn server(answers: Vec<Option<String>>) -> (Url, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url =
        Url::parse(&format!("http://{}/path?sig=geheim", listener.local_addr().unwrap())).unwrap();
    let thread = std::thread::spawn(move || {
        let mut heads = Vec::new();
        for answer in answers {
            let (mut connection, _) = listener.accept().unwrap();
            let mut buffer = [0; 4096];
            let count = connection.read(&mut buffer).unwrap();
            heads.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
            match answer {
                Some(answer) => connection.write_all(answer.as_bytes()).unwrap(),
                None => drop(connection),
            }
        }
        heads
    });
    (url, thread)
}

#[tokio::test]
async fn redirects_are_answers_and_long_bodies_are_cut() {
    let long = "x".repeat(100_000);
    let (url, thread) = server(vec![
        Some(
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: \
            0\r\nconnection: close\r\n\r\n"
                .into(),
        ),
        Some(format!(
            "HTTP/1.1 200 OK\r\nretry-after: 7\r\ncontent-length: {}\r\nconnection: \
            close\r\n\r\n{long}",
            long.len()
        )),
        None,
    ]);
    let client = Client::new(&config(true));
    let redirected =
        client.post(url.as_str()).json(&serde_json::json!({"text": "日本語"})).send().await;
    assert_eq!(redirected.unwrap_err(), Error::Redirected(302));
    let answer = client.post(url.as_str()).body("x").send().await.unwrap();
    assert_eq!(
        (answer.body.len(), answer.retry_after(DateTime::UNIX_EPOCH)),
        (BODY_LIMIT, Some(TimeDelta::seconds(7)))
    );
    let error = client.post(url.as_str()).body("x").send().await.unwrap_err();
    assert!(error.may_have_arrived(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("geheim"));
    let heads = thread.join().unwrap();
    assert!(heads[0].starts_with("POST /path?sig=geheim HTTP/1.1\r\n"), "{}", heads[0]);
    assert!(
        heads[0].contains("application/json; charset=utf-8")
            && heads[0].ends_with(r#"{"text":"日本語"}"#),
        "{}",
        heads[0]
    );
}

#[tokio::test]
async fn what_was_not_sent_is_told_apart() {
    let client = Client::new(&config(true));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client.get(format!("http://{free}/")).send().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    // A server that speaks no TLS.
    let (url, thread) = server(vec![Some("HTTP/1.1 400 Bad Request\r\n\r\n".into())]);
    let error = client.get(url.as_str().replace("http:", "https:")).send().await.unwrap_err();
    assert!(!error.may_have_arrived(), "{error:?}");
    thread.join().unwrap();
}

#[test]
fn every_reason_has_words() {
    let some = || String::from("x");
    for error in [
        Error::Refused,
        Error::Invalid,
        Error::NoSuchHost,
        Error::Unreachable(some()),
        Error::Tls(some()),
        Error::Unknown(some()),
    ] {
        for lang in [crate::platform::texts::Lang::Ja, crate::platform::texts::Lang::En] {
            let explained = crate::notify::doctor::explain(lang, error.problem(), None);
            let texts: HashMap<_, _> =
                HashMap::from([("message", explained.message), ("advice", explained.advice)]);
            assert!(texts.values().all(|text| !text.starts_with("doctor.")), "{texts:?}");
        }
    }
}

#[test]
fn a_wait_is_read_as_seconds_or_as_a_time() {
    let now = DateTime::from_timestamp(1_795_306_500, 0).unwrap();
    let answer = |text: &str| Answer {
        status: 429,
        headers: HeaderMap::from_iter([(
            HeaderName::from_static("retry-after"),
            HeaderValue::from_str(text).unwrap(),
        )]),
        body: Vec::new(),
    };
    let date =
        |seconds: i64, form: &str| (now + TimeDelta::seconds(seconds)).format(form).to_string();
    for (text, seconds) in [
        ("7".to_owned(), Some(7)),
        (" 7 ".to_owned(), Some(7)),
        ("0".to_owned(), Some(0)),
        ("-3".to_owned(), Some(0)),
        ("999999999".to_owned(), Some(86_400)),
        ("soon".to_owned(), None),
        (date(90, "%a, %d %b %Y %H:%M:%S GMT"), Some(90)),
        (date(90, "%A, %d-%b-%y %H:%M:%S GMT"), Some(90)),
        (date(90, "%a %b %e %H:%M:%S %Y"), Some(90)),
        (date(-90, "%a, %d %b %Y %H:%M:%S GMT"), Some(0)),
        (date(200_000, "%a, %d %b %Y %H:%M:%S GMT"), Some(86_400)),
    ] {
        let wait = answer(&text).retry_after(now).map(|wait| wait.num_seconds());
        assert_eq!(wait, seconds, "{text}");
    }
}

#[test]
fn a_page_for_people_is_no_answer_of_a_provider() {
    for (kind, body, is_page) in [
        ("text/html", "x", true),
        ("text/html; charset=utf-8", "", true),
        ("Text/HTML", "", true),
        ("application/json", "<!DOCTYPE html><html>", true),
        ("text/plain", "\n <html lang=\"en\">", true),
        ("application/json", "{}", false),
        ("text/plain", "1", false),
        ("", "", false),
        ("application/json", "{\"text\": \"<html>\"}", false),
    ] {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("content-type"),
            HeaderValue::from_str(kind).unwrap(),
        )]);
        let answer = Answer { status: 200, headers, body: body.into() };
        assert_eq!(answer.is_page(), is_page, "{kind} {body}");
    }
}
