//! A stand-in for an SMTP server (RFC 5321): takes mails, and refuses, loses or stalls as a test
//! wishes.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_types::Channel;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use server::platform::config::Config;

use super::stand_in::StandIn;

/// A mail as it came, up to the final dot.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Head and body, without the doubled dots of the transfer.
    pub data: String,
    /// Whether we said that we have it.
    pub accepted: bool,
}

/// What happens to the next mail.
#[derive(Clone, Debug)]
pub enum Mood {
    /// This reply to the recipient.
    AtRecipient(&'static str),
    /// This reply after the final dot.
    AtEnd(&'static str),
    /// This reply to the greeting.
    AtGreeting(&'static str),
    /// The connection is lost after the final dot, whatever became of the mail.
    LostAtEnd,
    /// The connection is lost before the mail itself.
    LostAtRecipient,
    /// Silence for so long after the final dot.
    StallAtEnd(Duration),
    /// Silence for so long at the recipient.
    StallAtRecipient(Duration),
}

#[derive(Default)]
struct Shared {
    letters: Mutex<Vec<Letter>>,
    moods: Mutex<VecDeque<Mood>>,
    connections: Mutex<usize>,
    /// User and password, where one has to sign in.
    login: Option<(&'static str, &'static str)>,
    problems: Mutex<Vec<String>>,
}

/// A fake SMTP server on a port of its own.
pub struct Smtp {
    /// For `smtp.url`.
    pub url: String,
    shared: Arc<Shared>,
}

impl Smtp {
    /// Starts it.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// Starts one that takes mails only of who signs in with this name and password.
    pub fn start_with(login: Option<(&'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { login, ..Shared::default() });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                *serving.connections.lock().unwrap() += 1;
                let shared = serving.clone();
                std::thread::spawn(move || {
                    // A client that goes away ends its conversation, nothing else.
                    _ = talk(&shared, &stream);
                    _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { url, shared }
    }

    /// What happens to the next mails, one after the other.
    pub fn next(&self, moods: impl IntoIterator<Item = Mood>) {
        self.shared.moods.lock().unwrap().extend(moods);
    }

    /// Every mail that came as far as the final dot.
    pub fn letters(&self) -> Vec<Letter> {
        let problems = self.shared.problems.lock().unwrap();
        assert!(problems.is_empty(), "what came is not SMTP: {problems:?}");
        self.shared.letters.lock().unwrap().clone()
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }
}

fn talk(shared: &Shared, stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let say = |line: &str| -> std::io::Result<()> {
        (&mut &*stream).write_all(format!("{line}\r\n").as_bytes())
    };
    let mut mood: Option<Mood> = None;
    let take = |mood: &mut Option<Mood>| {
        if mood.is_none() {
            *mood = shared.moods.lock().unwrap().pop_front();
        }
        mood.clone()
    };
    let greeting = {
        let mut moods = shared.moods.lock().unwrap();
        matches!(moods.front(), Some(Mood::AtGreeting(_))).then(|| moods.pop_front()).flatten()
    };
    if let Some(Mood::AtGreeting(reply)) = greeting {
        return say(reply);
    }
    say("220 fake.example ESMTP")?;
    let (mut from, mut to) = (None::<String>, Vec::new());
    let mut signed_in = shared.login.is_none();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                say("250-fake.example")?;
                say("250-8BITMIME")?;
                if shared.login.is_some() {
                    say("250-AUTH PLAIN")?;
                }
                say("250 ENHANCEDSTATUSCODES")?;
            }
            "AUTH" => {
                let given = line
                    .split(' ')
                    .nth(2)
                    .and_then(|text| STANDARD.decode(text).ok())
                    .unwrap_or_default();
                signed_in = shared.login.is_some_and(|(user, password)| {
                    given == format!("\0{user}\0{password}").into_bytes()
                });
                say(if signed_in {
                    "235 2.7.0 welcome"
                } else {
                    "535 5.7.8 wrong name or password"
                })?;
            }
            "MAIL" if !signed_in => say("530 5.7.0 sign in first")?,
            "MAIL" => {
                if from.is_some() {
                    shared.problems.lock().unwrap().push(format!("a mail within a mail: {line}"));
                }
                from = Some(address(line));
                to.clear();
                say("250 2.1.0 Ok")?;
            }
            "RCPT" => match take(&mut mood) {
                Some(Mood::AtRecipient(reply)) => {
                    mood = None;
                    say(reply)?;
                }
                Some(Mood::LostAtRecipient) => return Ok(()),
                Some(Mood::StallAtRecipient(time)) => {
                    std::thread::sleep(time);
                    return Ok(());
                }
                _ => {
                    to.push(address(line));
                    say("250 2.1.5 Ok")?;
                }
            },
            "DATA" if to.is_empty() => say("503 5.5.1 no recipient")?,
            "DATA" => {
                say("354 go ahead")?;
                let Some(data) = read_data(&mut reader)? else { return Ok(()) };
                let mood = take(&mut mood);
                let accepted =
                    !matches!(mood, Some(Mood::AtEnd(_) | Mood::LostAtEnd | Mood::StallAtEnd(_)));
                let letter = Letter {
                    from: from.take().unwrap_or_default(),
                    to: std::mem::take(&mut to),
                    data,
                    accepted,
                };
                shared.letters.lock().unwrap().push(letter);
                match mood {
                    Some(Mood::AtEnd(reply)) => say(reply)?,
                    Some(Mood::LostAtEnd) => return Ok(()),
                    Some(Mood::StallAtEnd(time)) => {
                        std::thread::sleep(time);
                        return Ok(());
                    }
                    _ => say("250 2.0.0 queued")?,
                }
            }
            "RSET" => {
                (from, to) = (None, Vec::new());
                say("250 2.0.0 Ok")?;
            }
            "NOOP" => say("250 2.0.0 Ok")?,
            "QUIT" => return say("221 2.0.0 bye"),
            _ => {
                shared.problems.lock().unwrap().push(line.to_owned());
                say("500 5.5.2 what?")?;
            }
        }
        if matches!(verb.as_str(), "DATA" | "RSET") {
            mood = None;
        }
    }
}

fn address(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}

fn read_data(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line == ".\r\n" {
            return Ok(Some(data));
        }
        assert!(line.len() <= 1_000, "RFC 5321, 4.5.3.1.6: a line has at most 1,000 bytes");
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

impl StandIn for Smtp {
    fn channel(&self) -> Channel {
        Channel::Mail
    }

    fn configure(&self, config: &mut Config) {
        config.smtp.url = Some(self.url.clone().into());
    }

    fn said(&self) -> Vec<String> {
        self.letters().into_iter().map(|letter| letter.data).collect()
    }

    // What letters say is encoded.
    fn having(&self, _: &str) -> usize {
        self.letters().len()
    }

    fn files(&self) -> Vec<Option<Vec<u8>>> {
        let having = |kind: &str| {
            let head = format!("Content-Type: {kind}");
            self.letters().iter().filter(|letter| letter.data.contains(&head)).count()
        };
        vec![None; having("audio/") + having("application/pdf")]
    }
}
