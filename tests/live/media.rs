//! What takes messages beside the switch, as an operator's media server does: it answers, records
//! what is said (RTP into a WAV file), and hands it in with the key of the switch.

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use server::platform::clock::Clock;
use tests::switch::{Switch, wav};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// G.711 µ-law has as many samples, of a byte each, in a second.
const BYTES_PER_SECOND: usize = 8_000;
/// Of RTP, before what is said (RFC 3550, 5.1).
const RTP_HEAD: usize = 12;
/// The format of a WAV file with µ-law in it.
const MU_LAW: u16 = 7;

/// Takes one message after the other until it is dropped.
pub struct Media {
    task: JoinHandle<()>,
}

/// A message that is being left.
struct Message {
    invite: String,
    at: DateTime<Utc>,
    said: Vec<u8>,
}

impl Media {
    /// Listens at the port of the media server.
    pub async fn start(port: u16, switch: Switch) -> Self {
        let sip = UdpSocket::bind(("127.0.0.1", port)).await.unwrap();
        let rtp = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
        Self { task: tokio::spawn(listen(sip, rtp, switch)) }
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(sip: UdpSocket, rtp: UdpSocket, switch: Switch) {
    let mut message: Option<Message> = None;
    let (mut asked, mut heard) = (vec![0; 65_536], vec![0; 2_048]);
    loop {
        tokio::select! {
            received = sip.recv_from(&mut asked) => {
                let (length, from) = received.unwrap();
                let text = String::from_utf8_lossy(&asked[..length]).into_owned();
                match text.split(' ').next() {
                    Some("INVITE") => {
                        let sdp = offer(rtp.local_addr().unwrap());
                        answer(&sip, from, &text, &sdp).await;
                        let at = Clock::system().now();
                        message = Some(Message { invite: text, at, said: Vec::new() });
                    }
                    Some("BYE") => {
                        answer(&sip, from, &text, "").await;
                        if let Some(message) = message.take() {
                            message.hand_in(&switch).await;
                        }
                    }
                    _ => {}
                }
            }
            received = rtp.recv(&mut heard) => {
                let length = received.unwrap();
                if let Some(message) = &mut message {
                    message.said.extend(heard[..length].iter().skip(RTP_HEAD));
                }
            }
        }
    }
}

/// What is to be sent where (RFC 4566).
fn offer(rtp: SocketAddr) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 0\r\n",
        rtp.port()
    )
}

/// The lines of a header, without its name.
fn headers<'a>(message: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = message.lines().take_while(|line| !line.is_empty());
    let parts = lines.filter_map(|line| line.split_once(':'));
    parts.filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn header<'a>(message: &'a str, name: &'a str) -> Option<&'a str> {
    headers(message, name).next()
}

/// The user of the address in a header.
fn user<'a>(message: &'a str, name: &'a str) -> Option<&'a str> {
    header(message, name)?.split_once("sip:")?.1.split(['@', '>']).next()
}

/// 200, with what the answer repeats of the question (RFC 3261, 8.2.6).
async fn answer(sip: &UdpSocket, to: SocketAddr, asked: &str, sdp: &str) {
    let mut text = "SIP/2.0 200 OK\r\n".to_owned();
    for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
        for value in headers(asked, name) {
            let tag = if name == "To" && !value.contains("tag=") { ";tag=media" } else { "" };
            text.push_str(&format!("{name}: {value}{tag}\r\n"));
        }
    }
    let contact = sip.local_addr().unwrap();
    text.push_str(&format!("Contact: <sip:{contact}>\r\nContent-Type: application/sdp\r\n"));
    text.push_str(&format!("Content-Length: {}\r\n\r\n{sdp}", sdp.len()));
    sip.send_to(text.as_bytes(), to).await.unwrap();
}

impl Message {
    async fn hand_in(self, switch: &Switch) {
        let seconds = self.said.len() / BYTES_PER_SECOND;
        // Who says nothing has left no message.
        if seconds == 0 {
            return;
        }
        let attachment_id = switch.hand_in(&wav(MU_LAW, &self.said)).await;
        let of = |name| header(&self.invite, name);
        let call_id = of("Call-ID").unwrap_or_default();
        let event: Value = json!({
            "id": format!("message {call_id}"), "type": "voicemail", "call_id": call_id,
            "called": user(&self.invite, "P-Called-Party-ID"),
            "from_user": user(&self.invite, "From"), "pai": of("P-Asserted-Identity"),
            "privacy": of("Privacy"), "at": self.at, "duration_s": seconds,
            "attachment_id": attachment_id,
        });
        switch.tell(json!([event])).await;
    }
}
