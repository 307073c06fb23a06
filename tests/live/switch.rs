//! Kamailio with the shipped configuration, in a folder of its own.

use std::fs::{self, File};
use std::future::ready;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tests::{eventually, within};

/// Ports on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// Where terminals register and call out.
    pub phones: u16,
    /// Where the carrier's calls come in.
    pub trunk: u16,
    /// Where calls go out to.
    pub carrier: u16,
    /// What plays announcements.
    pub media: u16,
}

/// Where the ports of tests begin: below those that the system gives to whoever asks for any, so
/// that nobody takes one that is down just now.
const FIRST_PORT: u32 = 10_000;
/// As many for each process of a test.
const PORTS: u32 = 250;
/// As many processes at the same time.
const RANGES: u32 = 88;

/// The first port of the range that belongs to this process until it ends: it listens there.
fn range() -> u32 {
    static RANGE: OnceLock<(TcpListener, u32)> = OnceLock::new();
    let claim = || {
        (0..RANGES)
            .map(|index| FIRST_PORT + (std::process::id() + index) % RANGES * PORTS)
            .find_map(|first| {
                let port = u16::try_from(first).unwrap();
                TcpListener::bind(("127.0.0.1", port)).ok().map(|listener| (listener, first))
            })
            .expect("a range of ports is free")
    };
    RANGE.get_or_init(claim).1
}

/// A port that nobody listens at, and that no other test gets at the same time.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = range();
    for _ in 1..PORTS {
        let next = 1 + NEXT.fetch_add(1, Ordering::Relaxed) % (PORTS - 1);
        let port = u16::try_from(first + next).unwrap();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok()
            && TcpListener::bind(("127.0.0.1", port)).is_ok()
        {
            return port;
        }
    }
    panic!("no port from {first} on is free");
}

/// A switch that takes calls on 127.0.0.1.
pub trait Switch {
    /// Where the carrier's calls come in.
    fn trunk(&self) -> u16;
    /// Where terminals register and call out.
    fn phones(&self) -> u16;
}

impl Switch for Kamailio {
    fn trunk(&self) -> u16 {
        self.ports.trunk
    }

    fn phones(&self) -> u16 {
        self.ports.phones
    }
}

/// A running Kamailio; dropping it ends it.
pub struct Kamailio {
    /// Its ports.
    pub ports: Ports,
    folder: PathBuf,
    process: Option<Child>,
    loader: Option<Child>,
}

impl Kamailio {
    /// Copies the shipped files into `folder` and fills in the settings.
    pub fn configure(folder: &Path, settings: &[(&str, String)]) -> Self {
        let ports = Ports {
            phones: free_port(),
            trunk: free_port(),
            carrier: free_port(),
            media: free_port(),
        };
        fs::create_dir_all(folder).unwrap();
        for file in fs::read_dir(tests::repository().join("integrations/kamailio")).unwrap() {
            let file = file.unwrap();
            if file.path().is_file() {
                fs::copy(file.path(), folder.join(file.file_name())).unwrap();
            }
        }
        let local = |port: u16| format!("127.0.0.1:{port}");
        let own = [
            ("LISTEN_PHONES", format!("udp:{}", local(ports.phones))),
            ("LISTEN_TRUNK", format!("udp:{}", local(ports.trunk))),
            ("TRUNK_URI", format!("sip:{}", local(ports.carrier))),
            ("MEDIA_HOST", local(ports.media)),
            ("VOICEMAIL_URI", format!("sip:voicemail@{}", local(ports.media))),
            ("STATE_DIR", folder.join("state").display().to_string()),
            ("RPC_SOCKET", folder.join("rpc.sock").display().to_string()),
        ];
        let path = folder.join("settings.cfg");
        let mut text = fs::read_to_string(&path).unwrap();
        for (name, value) in own.iter().chain(settings) {
            let line = text
                .lines()
                .find(|line| line.starts_with(&format!("#!substdef \"!{name}!")))
                .map(str::to_owned);
            let line = line.unwrap_or_else(|| panic!("settings.cfg has no {name}"));
            text = text.replace(&line, &format!("#!substdef \"!{name}!{value}!g\""));
        }
        fs::write(&path, text).unwrap();
        let this = Self { ports, folder: folder.to_owned(), process: None, loader: None };
        let output = this.loader_command().arg("--prepare").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        this
    }

    fn command(&self) -> Command {
        let mut command = Command::new(tests::program("kamailio").unwrap_or("kamailio".into()));
        command
            .current_dir(&self.folder)
            .arg("-f")
            .arg(self.folder.join("kamailio.cfg"))
            .arg("-Y")
            .arg(&self.folder);
        command
    }

    fn loader_command(&self) -> Command {
        let mut command = Command::new("python3");
        command
            .arg(self.folder.join("denwaban-snapshot.py"))
            .arg("--settings")
            .arg(self.folder.join("settings.cfg"));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// What Kamailio says of the configuration: nothing when it is right.
    pub fn faults(&self) -> Option<String> {
        let output = self
            .command()
            .arg("-c")
            .output()
            .expect("kamailio starts: `cargo xtask test` installs it on Debian");
        (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("kamailio.log"))
            .unwrap();
        let mut command = self.command();
        command
            .args(["-DD", "-E", "-m", "64", "-M", "8"])
            .arg("-P")
            .arg(self.folder.join("kamailio.pid"));
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        self.process =
            Some(process.expect("kamailio starts: `cargo xtask test` installs it on Debian"));
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        eventually("kamailio answers", || {
            if let Some(status) = self.process.as_mut().unwrap().try_wait().unwrap() {
                panic!("kamailio ended with {status}: {}", self.log());
            }
            ready(if self.answers(&socket) { Ok(()) } else { Err(self.log()) })
        })
        .await;
    }

    fn answers(&self, socket: &UdpSocket) -> bool {
        let own = socket.local_addr().unwrap();
        let asked = format!(
            "OPTIONS sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK-{1}\r\nMax-Forwards: \
                1\r\nFrom: <sip:test@{own}>;tag=1\r\n\
             To: <sip:{0}>\r\nCall-ID: {1}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
            format_args!("127.0.0.1:{}", self.ports.phones),
            uuid::Uuid::now_v7(),
        );
        let sent = socket.send_to(asked.as_bytes(), ("127.0.0.1", self.ports.phones)).is_ok();
        let mut answer = [0; 2048];
        sent && socket
            .recv(&mut answer)
            .is_ok_and(|length| answer[..length].starts_with(b"SIP/2.0 200"))
    }

    /// Ends it, as `systemctl stop` would.
    pub fn stop(&mut self) {
        end(&mut self.process);
    }

    /// Starts what follows the snapshot.
    pub fn follow(&mut self) {
        let log =
            File::options().create(true).append(true).open(self.folder.join("loader.log")).unwrap();
        self.loader = Some(
            self.loader_command()
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap(),
        );
    }

    /// Loads one snapshot. Answers what the loader says.
    pub fn load_once(&self) -> String {
        let output = self.loader_command().arg("--once").output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Waits until either has logged something.
    pub async fn wait_for_log(&self, what: &str) {
        eventually(&format!("somebody says `{what}`"), async || self.log().contains(what)).await;
    }

    /// What both have logged.
    pub fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        format!("{}{}", read("kamailio.log"), read("loader.log"))
    }
}

/// Asks a process to end, and waits for it.
pub fn end(process: &mut Option<Child>) {
    let Some(mut child) = process.take() else { return };
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    if within(Duration::from_secs(10)).blocking(|| !matches!(child.try_wait(), Ok(None))) {
        return;
    }
    let _ = child.kill();
    let _ = child.wait();
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        end(&mut self.loader);
        end(&mut self.process);
        if std::thread::panicking() {
            println!("--- the switch's log\n{}", self.log());
        }
    }
}
