//! The way between browser and server: open, cut, slow or broken, as a story needs it.
//!
//! Unlike the browser's own emulation this reaches service workers and reloads too.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::thread;

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// Connections end without an answer.
    Cut,
    /// Requests whose path begins so wait.
    Held(&'static str),
    /// Requests whose path begins so get a 500.
    Broken(&'static str),
}

/// A listener in front of the server.
#[derive(Clone)]
pub struct Gate {
    shared: Arc<Shared>,
    /// Where browsers reach the server, without a slash at the end.
    pub url: String,
}

struct Shared {
    way: Mutex<Way>,
    changed: Condvar,
    server: OnceLock<SocketAddr>,
    connections: Mutex<Vec<TcpStream>>,
    requests: Mutex<Vec<String>>,
}

const BROKEN: &str = r#"{"type":"about:blank","title":"エラーが起きました","status":500,"code":"internal",
"detail":"少し待ってから、もう一度お試しください。","request_id":"019aa7f0-0000-7000-8000-000000000000"}"#;

impl Gate {
    /// Listens on a port of its own; browsers wait until [`Gate::lead_to`] says where the server
    /// is.
    pub fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            way: Mutex::new(Way::Open),
            changed: Condvar::new(),
            server: OnceLock::new(),
            connections: Mutex::default(),
            requests: Mutex::default(),
        });
        let serving = shared.clone();
        // Ends with the process; what it waits for costs nothing.
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = serving.clone();
                thread::spawn(move || _ = shared.serve(&connection));
            }
        });
        Ok(Self { shared, url })
    }

    /// Says where the server is.
    pub fn lead_to(&self, server: SocketAddr) {
        _ = self.shared.server.set(server);
    }

    /// Everything passes again, also what was held.
    pub fn open(&self) {
        self.set(Way::Open);
    }

    /// Nothing gets through: no new connection, none that stands.
    pub fn cut(&self) {
        self.set(Way::Cut);
        for connection in lock(&self.shared.connections).drain(..) {
            _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Requests whose path begins with `prefix` wait until the gate opens.
    pub fn hold(&self, prefix: &'static str) {
        self.set(Way::Held(prefix));
    }

    /// Requests whose path begins with `prefix` are answered as by a server that has a bug.
    pub fn break_down(&self, prefix: &'static str) {
        self.set(Way::Broken(prefix));
    }

    /// Every request so far that was let through: method and path.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared.requests).clone()
    }

    /// Those of [`Gate::requests`] that may change something.
    pub fn writes(&self) -> Vec<String> {
        self.requests().into_iter().filter(|request| !request.starts_with("GET ")).collect()
    }

    fn set(&self, way: Way) {
        *lock(&self.shared.way) = way;
        self.shared.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Shared {
    /// Reads request after request from a browser's connection.
    fn serve(&self, browser: &TcpStream) -> io::Result<()> {
        lock(&self.connections).push(browser.try_clone()?);
        let mut reader = BufReader::new(browser.try_clone()?);
        let mut server: Option<Server> = None;
        while let Some(request) = Request::read(&mut reader)? {
            match self.way_for(&request.path) {
                Way::Cut => break,
                Way::Broken(_) => {
                    let mut browser = browser;
                    write!(
                        browser,
                        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: \
                            application/problem+json\r\ncontent-length: {}\r\n\r\n{BROKEN}",
                        BROKEN.len()
                    )?;
                }
                // The server has closed the connection while the request was held. The browser sees
                // that and sends it again on another one.
                Way::Open | Way::Held(_) if server.as_ref().is_some_and(Server::is_gone) => break,
                Way::Open | Way::Held(_) => {
                    lock(&self.requests).push(format!("{} {}", request.method, request.path));
                    let server = match &mut server {
                        Some(server) => server,
                        none => none.insert(self.connect(browser)?),
                    };
                    server.stream.write_all(&request.bytes)?;
                }
            }
        }
        if let Some(server) = server.filter(|server| !server.is_gone()) {
            server.stream.shutdown(Shutdown::Both)?;
        }
        browser.shutdown(Shutdown::Both)
    }

    /// What is to be done with a request now, after whatever it had to wait for.
    fn way_for(&self, path: &str) -> Way {
        let mut way = lock(&self.way);
        while matches!(*way, Way::Held(prefix) if path.starts_with(prefix)) {
            way = self.changed.wait(way).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        match *way {
            Way::Broken(prefix) if !path.starts_with(prefix) => Way::Open,
            ref way => way.clone(),
        }
    }

    /// Connects to the server and hands its answers on.
    fn connect(&self, browser: &TcpStream) -> io::Result<Server> {
        let address = self.server.get().ok_or(io::ErrorKind::NotConnected)?;
        let stream = TcpStream::connect(address)?;
        let (mut answers, mut to) = (stream.try_clone()?, browser.try_clone()?);
        lock(&self.connections).push(stream.try_clone()?);
        let gone = Arc::new(AtomicBool::new(false));
        let ended = gone.clone();
        thread::spawn(move || {
            _ = io::copy(&mut answers, &mut to);
            ended.store(true, Ordering::SeqCst);
            _ = to.shutdown(Shutdown::Both);
        });
        Ok(Server { stream, gone })
    }
}

/// A connection to the server.
struct Server {
    stream: TcpStream,
    gone: Arc<AtomicBool>,
}

impl Server {
    /// Whether the server has closed it.
    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }
}

struct Request {
    method: String,
    path: String,
    bytes: Vec<u8>,
}

impl Request {
    /// Head and body as they came; `None` when the browser has closed the connection.
    fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(None);
            }
        }
        let mut first = head.split(' ');
        let mut word = || first.next().unwrap_or_default().to_owned();
        let (method, path) = (word(), word());
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let mut bytes = head.into_bytes();
        let from = bytes.len();
        bytes.resize(from + length.unwrap_or(0), 0);
        reader.read_exact(&mut bytes[from..])?;
        Ok(Some(Self { method, path, bytes }))
    }
}
