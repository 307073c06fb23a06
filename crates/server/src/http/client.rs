//! Where a request comes from, as far as that can be believed.
//!
//! Whoever connects may write any header. So what proxies say of a client counts only where the
//! connection itself comes from one of ours.

use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::{FORWARDED, HeaderMap, X_FORWARDED_FOR};
use actix_web::{FromRequest, HttpRequest};
use api_types::address_allowed;

use super::extract::state;
use crate::error::Failure;
use crate::platform::config::{ForwardedHeader, Server};
use crate::platform::state::Platform;

/// The client's address, as far as failed attempts are counted under it: an IPv6 network of 64 bits
/// counts as one.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl FromRequest for ClientAddress {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(state::<Platform>(request).map(|app| {
            Self(match client_address(request, &app) {
                Some(IpAddr::V6(v6)) => {
                    let network: Vec<String> =
                        v6.segments()[..4].iter().map(|part| format!("{part:x}")).collect();
                    network.join(":")
                }
                Some(IpAddr::V4(v4)) => v4.to_string(),
                None => String::new(),
            })
        }))
    }
}

/// The address that a request comes from: that of the connection, or behind proxies of ours the
/// last one that is none of them.
pub(crate) fn client_address(request: &HttpRequest, app: &Platform) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(client_of(peer, request.headers(), &app.config.server))
}

fn client_of(peer: IpAddr, headers: &HeaderMap, server: &Server) -> IpAddr {
    let is_ours = |address: &IpAddr| address_allowed(&server.trusted_proxies, *address);
    let mut client = peer;
    // From the last hop backwards, as long as it was one of ours that wrote it down.
    for hop in hops(headers, server.forwarded_header).into_iter().rev() {
        if !is_ours(&client) {
            break;
        }
        // What one of ours could not name stays behind it.
        let Some(address) = hop else { break };
        client = address;
    }
    client
}

/// Every hop of all lines of the header, in the order in which they were passed; nothing for one
/// that is no address, such as `unknown`.
fn hops(headers: &HeaderMap, named: ForwardedHeader) -> Vec<Option<IpAddr>> {
    let name = match named {
        ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
        ForwardedHeader::Forwarded => FORWARDED,
    };
    let elements = headers.get_all(name).flat_map(|line| {
        let line = line.to_str().unwrap_or("?");
        split(line, ',').into_iter().map(str::to_owned)
    });
    elements
        .map(|element| match named {
            ForwardedHeader::XForwardedFor => address(&element),
            // RFC 7239, 4: `for=192.0.2.43;proto=https`.
            ForwardedHeader::Forwarded => split(&element, ';').into_iter().find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case("for").then(|| address(value))?
            }),
        })
        .collect()
}

/// Splits at a separator that stands outside quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|c: char| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    })
    .collect()
}

/// An address as proxies write it: with a port, in brackets, in quotes.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"').trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(
        peer: &str,
        trusted: &[&str],
        named: ForwardedHeader,
        lines: &[(&str, &str)],
    ) -> String {
        let mut request = TestRequest::default();
        for line in lines {
            request = request.append_header(*line);
        }
        let server = Server {
            trusted_proxies: trusted.iter().map(|&text| text.to_owned()).collect(),
            forwarded_header: named,
            ..Server::default()
        };
        client_of(peer.parse().unwrap(), request.to_http_request().headers(), &server).to_string()
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        use ForwardedHeader::{Forwarded, XForwardedFor};
        const X: &str = "X-Forwarded-For";
        const F: &str = "Forwarded";
        let ours: &[&str] = &["10.0.0.0/8", "2001:db8:1::/48"];
        type Case<'a> =
            (&'a str, &'a [&'a str], ForwardedHeader, &'a [(&'a str, &'a str)], &'a str);
        #[rustfmt::skip]
        let table: &[Case<'_>] = &[
            // Without proxies of ours the connection says it, whatever the headers say.
            ("203.0.113.9", &[], XForwardedFor, &[(X, "198.51.100.1")], "203.0.113.9"),
            ("203.0.113.9", ours, XForwardedFor, &[(X, "198.51.100.1")], "203.0.113.9"),
            ("10.0.0.1", ours, XForwardedFor, &[(X, "203.0.113.9")], "203.0.113.9"),
            // What the client wrote itself stands before what our proxy wrote.
            ("10.0.0.1", ours, XForwardedFor, &[(X, "198.51.100.1, 203.0.113.9")], "203.0.113.9"),
            (
                "10.0.0.1",
                ours,
                XForwardedFor,
                &[(X, "198.51.100.1"), (X, "203.0.113.9")],
                "203.0.113.9",
            ),
            (
                "10.0.0.1",
                ours,
                XForwardedFor,
                &[(X, "10.9.9.9, 203.0.113.9, 10.0.0.2")],
                "203.0.113.9",
            ),
            ("10.0.0.1", ours, XForwardedFor, &[(X, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            ("10.0.0.1", ours, XForwardedFor, &[], "10.0.0.1"),
            // Ports and brackets.
            ("10.0.0.1", ours, XForwardedFor, &[(X, "203.0.113.9:4711")], "203.0.113.9"),
            ("10.0.0.1", ours, XForwardedFor, &[(X, "[2001:db8:2::9]:4711")], "2001:db8:2::9"),
            ("10.0.0.1", ours, XForwardedFor, &[(X, "[2001:db8:2::9]")], "2001:db8:2::9"),
            ("10.0.0.1", ours, XForwardedFor, &[(X, "2001:db8:2::9")], "2001:db8:2::9"),
            ("::ffff:10.0.0.1", ours, XForwardedFor, &[(X, "::ffff:203.0.113.9")], "203.0.113.9"),
            ("2001:db8:1::5", ours, XForwardedFor, &[(X, "203.0.113.9")], "203.0.113.9"),
            // What is no address ends the way back.
            ("10.0.0.1", ours, XForwardedFor, &[(X, "203.0.113.9, unknown")], "10.0.0.1"),
            ("10.0.0.1", ours, XForwardedFor, &[(X, "unknown, 203.0.113.9")], "203.0.113.9"),
            // The other header is not looked at.
            ("10.0.0.1", ours, XForwardedFor, &[(F, "for=203.0.113.9")], "10.0.0.1"),
            ("10.0.0.1", ours, Forwarded, &[(X, "203.0.113.9")], "10.0.0.1"),
            ("10.0.0.1", ours, Forwarded, &[(F, "for=203.0.113.9")], "203.0.113.9"),
            (
                "10.0.0.1",
                ours,
                Forwarded,
                &[(F, "by=10.0.0.1;FOR=\"203.0.113.9:99\";proto=https")],
                "203.0.113.9",
            ),
            (
                "10.0.0.1",
                ours,
                Forwarded,
                &[(F, "for=\"[2001:db8:2::9]:4711\", for=10.0.0.2")],
                "2001:db8:2::9",
            ),
            (
                "10.0.0.1",
                ours,
                Forwarded,
                &[(F, "for=198.51.100.1"), (F, "for=203.0.113.9")],
                "203.0.113.9",
            ),
            ("10.0.0.1", ours, Forwarded, &[(F, "for=_hidden")], "10.0.0.1"),
            ("10.0.0.1", ours, Forwarded, &[(F, "proto=https")], "10.0.0.1"),
        ];
        for (peer, trusted, named, lines, expected) in table {
            let found = client(peer, trusted, *named, lines);
            assert_eq!(found, *expected, "{peer} {named:?} {lines:?}");
        }
    }
}
