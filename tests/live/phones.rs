//! SIPp as telephones, carrier and callers. The scenarios stand in `scenarios`; `@NAME@` in them is
//! filled in here.

use std::fs::{self, File};
use std::future::ready;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tests::{eventually, within};

use crate::figures::Figures;
use crate::switch::free_port;

/// The realm and host of the addresses of record.
pub const DOMAIN: &str = "sip.invalid";
/// Seconds after which a run of SIPp is given up.
const PATIENCE: &str = "60";

/// Writes a scenario, with its values, into a folder of its own.
fn scenario(folder: &Path, name: &str, values: &[(&str, &str)]) -> (PathBuf, PathBuf) {
    let own = folder.join(format!("{name}-{}", uuid::Uuid::now_v7().simple()));
    fs::create_dir_all(&own).unwrap();
    let source = tests::repository().join("tests/live/scenarios").join(format!("{name}.xml"));
    let mut text =
        fs::read_to_string(&source).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
    // A proxy asks who calls with 407, and a switch that answers itself with 401.
    let usual = [("DOMAIN", DOMAIN), ("HEADERS", ""), ("CHALLENGE", "407")];
    for (key, value) in values.iter().chain(&usual) {
        text = text.replace(&format!("@{key}@"), value);
    }
    let path = own.join(format!("{name}.xml"));
    fs::write(&path, text).unwrap();
    (path, own)
}

fn sipp(scenario: &Path, folder: &Path, port: u16) -> Command {
    let mut command = Command::new("sipp");
    command.current_dir(folder).arg("-sf").arg(scenario).args([
        "-i",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-nostdin",
    ]);
    command.args([
        "-trace_err",
        "-error_file",
        "errors.log",
        "-trace_logs",
        "-log_file",
        "calls.log",
    ]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// One that is called: a terminal, the carrier, or what plays announcements. Dropping it switches
/// it off.
pub struct Called {
    folder: PathBuf,
    child: Child,
}

/// A call as the one who was called saw it.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The header From.
    pub from: String,
    /// The header P-Asserted-Identity.
    pub asserted: String,
    /// The header Alert-Info.
    pub alert: String,
    /// Seconds since 1970.
    pub at: f64,
}

impl Called {
    /// Starts one that does as the scenario says, and waits until it listens.
    pub async fn start(folder: &Path, port: u16, name: &str, values: &[(&str, &str)]) -> Self {
        let (path, own) = scenario(folder, name, values);
        let child = sipp(&path, &own, port)
            .spawn()
            .expect("sipp starts: `cargo xtask test` installs it on Debian");
        let mut this = Self { folder: own, child };
        eventually(&format!("sipp {name} listens"), || {
            if let Some(status) = this.child.try_wait().unwrap() {
                panic!("sipp {name} ended with {status}: {}", this.file("errors.log"));
            }
            // Whose port is taken listens.
            ready(UdpSocket::bind(("127.0.0.1", port)).is_err())
        })
        .await;
        this
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// The calls that came so far.
    pub fn rings(&self) -> Vec<Ring> {
        let log = self.file("calls.log");
        let lines = log.lines().filter_map(|line| line.strip_prefix("rang|"));
        lines
            .map(|line| {
                let fields: Vec<&str> = line.split('|').map(str::trim).collect();
                let field =
                    |index: usize| fields.get(index).copied().unwrap_or_default().to_owned();
                let at = fields
                    .last()
                    .and_then(|stamp| stamp.split_whitespace().last())
                    .and_then(|seconds| seconds.parse().ok());
                Ring {
                    from: field(1),
                    asserted: field(2),
                    alert: field(3),
                    at: at.unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Waits until at least so many calls have come.
    pub async fn reach(&self, count: usize) {
        let come = within(Duration::from_secs(90)).every(Duration::from_millis(50));
        come.eventually("calls come", async || {
            let came = self.rings().len();
            if came < count { Err(format!("{came} of {count}")) } else { Ok(()) }
        })
        .await;
    }

    /// Waits until so many calls have come.
    pub async fn wait_for(&self, count: usize) -> Vec<Ring> {
        self.reach(count).await;
        let rings = self.rings();
        assert_eq!(rings.len(), count, "calls that came: {rings:?}");
        rings
    }
}

impl Drop for Called {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A run of calls that somebody makes.
#[derive(Clone, Debug)]
pub struct Calls<'a> {
    /// The scenario.
    pub name: &'a str,
    /// What is filled in.
    pub values: Vec<(&'a str, String)>,
    /// How many.
    pub count: u32,
    /// How many a second.
    pub rate: u32,
}

impl<'a> Calls<'a> {
    /// One call.
    pub fn one(name: &'a str, values: &[(&'a str, &str)]) -> Self {
        Self {
            name,
            values: values.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
            count: 1,
            rate: 10,
        }
    }

    /// So many, so many a second.
    pub fn many(mut self, count: u32, rate: u32) -> Self {
        (self.count, self.rate) = (count, rate);
        self
    }

    /// Makes them, by way of the port of the switch. Answers how they went.
    pub async fn make(self, folder: &Path, to: u16) -> Figures {
        self.start(folder, to).finish().await
    }

    /// Begins to make them.
    pub fn start(mut self, folder: &Path, to: u16) -> Running {
        // A list of numbers is called one after the other: SIPp reads them from a file.
        let called =
            self.values.iter_mut().find(|(key, value)| *key == "CALLED" && value.contains(','));
        let list = called.map(|(_, value)| std::mem::replace(value, "[field0]".to_owned()));
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let (path, own) = scenario(folder, self.name, &values);
        let mut command = sipp(&path, &own, free_port());
        command.arg(format!("127.0.0.1:{to}"));
        command.args([
            "-m",
            &self.count.to_string(),
            "-r",
            &self.rate.to_string(),
            "-l",
            "2000",
            "-timeout",
            PATIENCE,
        ]);
        command.args([
            "-trace_rtt",
            "-rtt_freq",
            "1",
            "-trace_stat",
            "-stf",
            "stat.csv",
            "-fd",
            "1",
        ]);
        if let Some(list) = list {
            fs::write(own.join("called.csv"), format!("SEQUENTIAL\n{}\n", list.replace(',', "\n")))
                .unwrap();
            command.args(["-inf", "called.csv"]);
        }
        command.stderr(File::create(own.join("stderr.log")).unwrap());
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn();
        Running {
            name: self.name.to_owned(),
            folder: own,
            child: child.expect("sipp starts: `cargo xtask test` installs it on Debian"),
        }
    }
}

/// Calls that are being made.
pub struct Running {
    name: String,
    folder: PathBuf,
    child: tokio::process::Child,
}

impl Running {
    /// Waits for their end; none of them may have gone another way than the scenario says.
    pub async fn finish(self) -> Figures {
        let name = self.name.clone();
        let (figures, errors) = self.outcome().await;
        assert!(
            errors.is_empty() && figures.failed == 0 && figures.right > 0,
            "{name}: {figures}\n{errors}"
        );
        figures
    }

    /// Waits for their end. Answers with what SIPp says of those that went another way.
    pub async fn outcome(mut self) -> (Figures, String) {
        let status = self.child.wait().await.unwrap();
        let figures = Figures::read(&self.folder);
        if status.success() {
            return (figures, String::new());
        }
        let errors = fs::read_to_string(self.folder.join("errors.log")).unwrap_or_default();
        let head: String = errors.lines().take(60).map(|line| format!("{line}\n")).collect();
        (figures, format!("{status}\n{head}"))
    }
}

/// Three seconds of a tone, in G.711 µ-law, for a caller who speaks.
pub fn tone(folder: &Path) -> String {
    let path = folder.join("tone.ulaw");
    let samples = (0..24_000_u32).map(|at| if at / 10 % 2 == 0 { 0x20 } else { 0xa0 });
    fs::write(&path, samples.collect::<Vec<u8>>()).unwrap();
    path.display().to_string()
}
