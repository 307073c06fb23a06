//! Links to recordings and faxes: expiring, unguessable, revocable.
//!
//! A link is made of the attachment's id, a serial number that counts up when a link is revoked,
//! and a code that only we can make of both. So the same attachment has the same link in every
//! notice and on every attempt, nothing secret is stored, and a link that was guessed is refused
//! before the database is asked.

use store::calls::attachment;
use url::Url;

use crate::platform::crypto::Secrets;

/// The links to an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The page with player and transcript.
    pub page: String,
    /// The bytes.
    pub file: String,
}

/// The links to an attachment, the same every time until it is revoked.
pub fn links(secrets: &Secrets, public_url: &Url, row: &attachment::Row) -> Links {
    let token = token(secrets, &row.id, row.link_serial);
    let page = public_url.join(&format!("downloads/{token}")).map(String::from).unwrap_or_default();
    let file = public_url
        .join(&format!("downloads/{token}/{}", row.file_name))
        .map(String::from)
        .unwrap_or_default();
    Links { page, file }
}

/// What a link names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Id of the attachment.
    pub id: String,
    /// Serial number of the link.
    pub serial: i32,
}

/// Digits of the id, of the serial number and of the code.
const PARTS: [usize; 3] = [32, 4, 40];

fn place(id: &str, serial: i32) -> String {
    format!("downloads/{id}/{serial}")
}

fn token(secrets: &Secrets, id: &str, serial: i32) -> String {
    let code = secrets.keyed_hash(&place(id, serial));
    format!("{}{serial:04x}{}", id.replace('-', ""), &code[..PARTS[2]])
}

/// What a token names, where it is one of ours; made with whichever of the configured keys.
pub fn read(secrets: &Secrets, token: &str) -> Option<Named> {
    if token.len() != PARTS.iter().sum::<usize>()
        || !token.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return None;
    }
    let (digits, rest) = token.split_at(PARTS[0]);
    let (serial, code) = rest.split_at(PARTS[1]);
    let id = uuid::Uuid::try_parse(digits).ok()?.to_string();
    let serial = i32::from_str_radix(serial, 16).ok()?;
    let place = place(&id, serial);
    let known = secrets
        .keyed_hashes(&place)
        .any(|known| crate::platform::crypto::same(&known[..PARTS[2]], code));
    known.then_some(Named { id, serial })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use crate::platform::config::MasterKey;

    fn secrets(seeds: &[u8]) -> Secrets {
        let key = |seed: &u8| {
            MasterKey::parse(&base64::prelude::BASE64_STANDARD.encode([*seed; 32])).unwrap()
        };
        Secrets::new(seeds.iter().map(key).collect()).unwrap()
    }

    #[test]
    fn only_our_own_tokens_name_something() {
        let id = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29";
        let ours = secrets(&[1]);
        let made = token(&ours, id, 3);
        assert_eq!(read(&ours, &made), Some(Named { id: id.into(), serial: 3 }));
        // A key that seals no more still reads.
        assert_eq!(read(&secrets(&[2, 1]), &made), Some(Named { id: id.into(), serial: 3 }));
        assert_eq!(read(&secrets(&[2]), &made), None);
        let other_serial = format!("{}0004{}", &made[..32], &made[36..]);
        for wrong in [
            "",
            "x",
            &other_serial,
            &made[1..],
            &format!("{made}0"),
            &made.replace(&made[40..44], "zzzz"),
        ] {
            assert_eq!(read(&ours, wrong), None, "{wrong}");
        }
    }
}
