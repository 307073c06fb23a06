//! Which hosts of a URL are private on the face of it. What a name resolves to is checked where it
//! is connected to.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether a host, in lower case, names this machine or a network that is not the internet:
/// `localhost`, `printer.local`, `10.0.0.1` in any of the forms that browsers take, `[::1]`.
pub(crate) fn is_private(host: &str) -> bool {
    if let Some(text) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        // What cannot be read cannot be let through.
        return text.parse().map_or(true, is_private_v6);
    }
    let name = host.trim_end_matches('.');
    let ends = |suffix: &str| name == suffix || name.ends_with(&format!(".{suffix}"));
    if ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "corp"]
        .into_iter()
        .any(ends)
        || !name.contains(['.', ':'])
    {
        // A name without a dot is one of the network that it is looked up in; a bare number is an
        // address.
        return !is_number(name) || v4(name).is_none_or(is_private_v4);
    }
    match name.rsplit('.').next() {
        // A name whose last part is a number is an address, or is none at all (WHATWG URL, "ends in
        // a number").
        Some(last) if is_number(last) => v4(name).is_none_or(is_private_v4),
        _ => false,
    }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_digit())
        || part.starts_with("0x")
        || part.starts_with("0X")
}

/// One to four parts, each decimal, octal or hexadecimal; the last one fills what is left.
fn v4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = text.split('.').collect();
    let mut numbers = Vec::with_capacity(4);
    for part in &parts {
        let number = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            Some("") => 0,
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok()?,
            None => part.parse().ok()?,
        };
        numbers.push(number);
    }
    let (last, front) = numbers.split_last()?;
    let room = 4usize.checked_sub(front.len()).filter(|room| *room > 0)?;
    if front.iter().any(|number| *number > 255) || (room < 4 && u64::from(*last) >= 1 << (8 * room))
    {
        return None;
    }
    let high =
        front.iter().enumerate().fold(0, |sum, (index, number)| sum | (number << (24 - 8 * index)));
    Some(Ipv4Addr::from_bits(high | last))
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _) | (240..=255, ..)
        )
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        is_private_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
    };
    match segments {
        // Unspecified, loopback, IPv4-compatible and IPv4-mapped.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] => true,
        // NAT64 and 6to4 carry an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        [0x64, 0xff9b, ..] | [0x2001, 0 | 0xdb8, ..] => true,
        // Unique local, link-local, site-local, multicast.
        [first, ..] => {
            matches!(first & 0xfe00, 0xfc00)
                || matches!(first & 0xffc0, 0xfe80 | 0xfec0)
                || first & 0xff00 == 0xff00
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn private_on_the_face_of_it() {
        let private = [
            "localhost",
            "api.localhost",
            "printer.local",
            "db.internal",
            "hooks",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "10.0.0.1",
            "10.1",
            "172.16.0.1",
            "192.168.1.1",
            "192.168.257",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "127.0.0.1.",
            "1.2.3.4.5",
            "256.1.1.1",
            "08.8.8.8",
            "[::1]",
            "[::]",
            "[::ffff:8.8.8.8]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[fd00::1]",
            "[fe80::1]",
            "[ff02::1]",
            "[64:ff9b::10.0.0.1]",
            "[2002:7f00:1::]",
            "[2001:db8::1]",
            "[nonsense]",
        ];
        for host in private {
            assert!(is_private(host), "{host}");
        }
        let public = [
            "hooks.example.jp",
            "8.8.8.8",
            "134744072",
            "みなと.example",
            "1.example.jp",
            "[2400:4050::1]",
            "[64:ff9b::808:808]",
            "localhost.example.jp",
        ];
        for host in public {
            assert!(!is_private(host), "{host}");
        }
    }
}
