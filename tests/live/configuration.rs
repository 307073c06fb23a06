//! What is shipped is right before anybody calls.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use reqwest::Method;
use tests::block_on;

use crate::phones::DOMAIN;
use crate::scene::Scene;
use crate::switch::Kamailio;

#[test]
fn kamailio_takes_the_shipped_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("SIP_DOMAIN", DOMAIN.to_owned())];
    let switch = Kamailio::configure(&folder.path().join("switch"), &settings);
    assert_eq!(switch.faults(), None);
}

/// Answers every path with one of these bodies, until the test ends. Answers where.
fn serve(answers: Vec<(&'static str, String, Vec<u8>)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap_or_default();
            let asked = String::from_utf8_lossy(&asked[..length]).into_owned();
            let found =
                answers.iter().find(|(path, ..)| asked.starts_with(&format!("GET {path} ")));
            let Some((_, signature, body)) = found else { continue };
            let head = format!(
                "HTTP/1.1 200 OK\r\nDenwaban-Signature: {signature}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), body].concat());
        }
    });
    url
}

#[test]
fn the_loader_takes_a_snapshot_that_the_portal_has_signed_and_kamailio_has_room_for() {
    block_on(async {
        let scene = Scene::set().await;
        let rows: String = (0..120).map(|index| format!("090{index:08}\n")).collect();
        let csv = scene.holder.clone().header("content-type", "text/csv");
        let import = csv
            .send_bytes(
                Method::POST,
                &format!("{}/block-list/imports", scene.numbers[0]),
                rows.into_bytes(),
            )
            .await;
        assert!(import.status < 300, "{}", import.text);
        let portal = scene.switch_client().get("/switch/snapshot").await;
        let keys = scene.switch_client().get("//.well-known/jwks.json").await;
        let signature = portal.header("denwaban-signature").unwrap().to_owned();
        let forged = portal.text.replace("\"channel_limit\":9", "\"channel_limit\":1");
        assert_ne!(forged, portal.text);
        let other = format!("{}..{}", signature.split('.').next().unwrap(), "A".repeat(86));
        for (body, signature, entries_max, is_taken) in [
            (&portal.text, signature.clone(), "1000", true),
            (&forged, signature.clone(), "1000", false),
            (&portal.text, other, "1000", false),
            (&portal.text, String::new(), "1000", false),
            // There are more entries in the block list.
            (&portal.text, signature.clone(), "100", false),
        ] {
            let snapshot = ("/api/v1/switch/snapshot", signature, body.clone().into_bytes());
            let url = serve(vec![
                snapshot,
                ("/.well-known/jwks.json", String::new(), keys.bytes.clone()),
            ]);
            let folder = tempfile::tempdir().unwrap();
            let settings = [
                ("SIP_DOMAIN", DOMAIN.to_owned()),
                ("DENWABAN_URL", url),
                ("ENTRIES_MAX", entries_max.to_owned()),
            ];
            let mut switch = Kamailio::configure(&folder.path().join("switch"), &settings);
            switch.start().await;
            let said = switch.load_once();
            // Whoever took it then wants to report it, which nobody listens to here.
            let numbers =
                std::fs::read_to_string(folder.path().join("switch/state/denwaban_number"))
                    .unwrap();
            assert_eq!(numbers.contains("+81312345678"), is_taken, "{said}");
        }
    });
}
