//! `denwaban health`: for a container's health check, where no other HTTP client is at hand.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::{Error, output};
use crate::platform::config::Config;

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(config: &Config) -> Result<(), Error> {
    let bind = reachable(&config.server.bind);
    let status =
        ask(&bind).map_err(|error| Error::said(format!("http://{bind}/healthz: {error}")))?;
    if status != "200" {
        return Err(Error::said(format!("http://{bind}/healthz: answers {status}")));
    }
    output::print("ok");
    Ok(())
}

/// A listener on every interface is asked on the loopback one.
fn reachable(bind: &str) -> String {
    match bind.rsplit_once(':') {
        Some(("0.0.0.0", port)) => format!("127.0.0.1:{port}"),
        Some(("[::]", port)) => format!("[::1]:{port}"),
        _ => bind.to_owned(),
    }
}

fn ask(bind: &str) -> std::io::Result<String> {
    let address = bind.to_socket_addrs()?.next().ok_or(std::io::ErrorKind::AddrNotAvailable)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {bind}\r\nConnection: close\r\n\r\n")?;
    let mut head = Vec::new();
    stream.take(64).read_to_end(&mut head)?;
    let head = String::from_utf8_lossy(&head);
    head.split(' ')
        .nth(1)
        .map(str::to_owned)
        .ok_or_else(|| std::io::Error::other("answers no HTTP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_asked_on_the_loopback_one() {
        for (bind, asked) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("portal:8080", "portal:8080"),
        ] {
            assert_eq!(reachable(bind), asked);
        }
    }
}
