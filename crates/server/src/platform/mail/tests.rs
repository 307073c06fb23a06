use std::fs;
use std::os::unix::fs::PermissionsExt;

use chrono::DateTime;

use super::*;

fn mailer(folder: &Path) -> Mailer {
    let clock = Clock::set(DateTime::from_timestamp(1_795_338_252, 123_456_000).unwrap());
    Mailer::new(
        &Smtp { url: None, from: "電話番 <noreply@denwaban.example>".into() },
        folder,
        clock,
    )
    .unwrap()
}

fn mail() -> Mail {
    Mail {
        to: "総務 <soumu@minato.example>".into(),
        subject: "パスワードの再設定".into(),
        text: "お客様ページのパスワード再設定のお申し込みを受け付けました。次のリンクを開いてください。\nhttps://portal.example.jp/reset"
            .into(),
        html: "<p>次のリンクを開いてください。</p>".into(),
        ..Mail::default()
    }
}

#[tokio::test]
async fn without_smtp_a_mail_is_a_file_that_only_we_read() {
    let dir = tempfile::tempdir().unwrap();
    let mailer = mailer(dir.path());
    mailer.send_as(mail(), "reset-1").await.unwrap();
    mailer.send(mail()).await.unwrap();
    let folder = dir.path().join("mail");
    assert_eq!(mailer.describe(), folder.display().to_string());
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2);
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("20261122T090412.123456Z-") && name.ends_with(".eml")),
        "{names:?}"
    );
    let path = folder.join("20261122T090412.123456Z-reset-1.eml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let text = fs::read_to_string(&path).unwrap();
    for line in [
        "Message-ID: <reset-1@denwaban.example>\r\n",
        "Date: Sun, 22 Nov 2026 09:04:12 +0000\r\n",
        "<soumu@minato.example>\r\n",
        "Subject: =?utf-8?b?",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "お申し込みを受け付けました。次のリンクを開いてください。\r\nhttps://portal.example.jp/reset",
        "<p>次のリンクを開いてください。</p>",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn a_mail_with_a_file_has_three_parts() {
    let dir = tempfile::tempdir().unwrap();
    let file = File {
        name: "fax-20261122-0915.pdf".into(),
        content_type: "application/pdf".into(),
        bytes: Bytes::from_static(b"%PDF-1.7"),
    };
    let odd = File {
        name: "odd.bin".into(),
        content_type: "no type".into(),
        bytes: Bytes::from_static(b"\xff\x00"),
    };
    let mail = Mail { files: vec![file, odd], thread: Some("caller-1".into()), ..mail() };
    mailer(dir.path()).send_as(mail, "delivery-1").await.unwrap();
    let path = dir.path().join("mail/20261122T090412.123456Z-delivery-1.eml");
    let text = fs::read_to_string(&path).unwrap();
    for line in [
        "References: <caller-1@denwaban.example>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "Content-Type: multipart/mixed;",
        "Content-Type: multipart/alternative;",
        "<p>次のリンクを開いてください。</p>",
        "Content-Disposition: attachment; filename=\"fax-20261122-0915.pdf\"\r\n",
        "Content-Type: application/pdf\r\n",
        "JVBERi0xLjc=",
        "Content-Type: application/octet-stream\r\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn nothing_can_be_slipped_into_the_head() {
    let dir = tempfile::tempdir().unwrap();
    let mailer = mailer(dir.path());
    let table = [
        (Mail { to: "a@b.example\r\nBcc: c@d.example".into(), ..mail() }, "id-1"),
        (Mail { to: "a\r\nBcc: c <a@b.example>".into(), ..mail() }, "id-1"),
        (Mail { to: "nobody".into(), ..mail() }, "id-1"),
        (Mail { subject: "a\r\nBcc: c@d.example".into(), ..mail() }, "id-1"),
        (mail(), "id\r\nBcc: c@d.example"),
        (mail(), "../id"),
    ];
    for (mail, id) in table {
        let result = mailer.send_as(mail, id).await;
        assert!(matches!(result, Err(MailError::Permanent(_))), "{id} {result:?}");
    }
    assert!(!dir.path().join("mail").exists());
}

#[tokio::test]
async fn an_smtp_server_that_does_not_answer_is_worth_another_try_and_keeps_its_password() {
    // Nothing listens on this port: it was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = Smtp {
        url: Some(format!("smtp://user:pass@127.0.0.1:{port}").into()),
        from: "noreply@denwaban.example".into(),
    };
    let mailer = Mailer::new(&smtp, Path::new("/nowhere"), Clock::system()).unwrap();
    assert_eq!(mailer.describe(), "smtp://127.0.0.1");
    assert!(!format!("{mailer:?}").contains("pass"));
    let error = mailer.send(mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Transient(_)), "{error:?}");
    assert!(!error.to_string().contains("pass"), "{error}");
}
