//! Secrets: sealing, tokens, password hashes.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};

use crate::platform::config::MasterKey;

/// Why something cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key that sealed it is not configured any more.
    #[error("the key that sealed this value is not in secrets.master_key")]
    UnknownKey,
    /// The text was changed, or sealed for another place.
    #[error("the sealed value is damaged or belongs elsewhere")]
    Damaged,
    /// It could not be sealed; nothing may be stored in its place.
    #[error("a value cannot be sealed")]
    NotSealed,
}

impl From<serde_json::Error> for SealError {
    fn from(_: serde_json::Error) -> Self {
        SealError::NotSealed
    }
}

/// What is sealed under a key that was derived has this behind the id of its master key. Before,
/// master keys sealed and hashed themselves; what they made stays readable.
const DERIVED: char = 'h';

/// A master key and what is derived from it, a key for each use (RFC 5869): what one use gives away
/// is worth nothing to another.
#[derive(Clone)]
struct Key {
    id: String,
    master: MasterKey,
    sealing: Zeroizing<[u8; 32]>,
    hashing: Zeroizing<[u8; 32]>,
}

impl Key {
    fn new(master: MasterKey) -> Self {
        let id = hex(&Sha256::digest(master.expose()))[..8].to_owned();
        let derived = Hkdf::<Sha256>::new(None, master.expose());
        let derive = |what: &str| {
            let mut key = Zeroizing::new([0; 32]);
            derived
                .expand(what.as_bytes(), &mut *key)
                .unwrap_or_else(|_| unreachable!("32 bytes are less than HKDF gives"));
            key
        };
        Self {
            id,
            sealing: derive("denwaban sealing 1"),
            hashing: derive("denwaban hashing 1"),
            master,
        }
    }
}

/// The master keys; the first seals, all open.
#[derive(Clone)]
pub struct Secrets {
    keys: Vec<Key>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

impl Secrets {
    /// From the configured keys, the sealing one first. `None` when there is none.
    pub fn new(keys: Vec<MasterKey>) -> Option<Self> {
        let keys: Vec<_> = keys.into_iter().map(Key::new).collect();
        (!keys.is_empty()).then_some(Self { keys })
    }

    /// Seals `plain` for `place` (table, column and row): it opens nowhere else. The id of the key
    /// stands in the answer, so that keys can be rotated.
    ///
    /// # Errors
    /// When the cipher refuses: more than it takes at once.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<String, SealError> {
        let key = &self.keys[0];
        let nonce: [u8; 24] = random();
        let sealed = cipher(&key.sealing)
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place.as_bytes() });
        envelope(&format!("{}{DERIVED}", key.id), nonce, sealed)
    }

    /// Opens what [`Secrets::seal`] made for the same place.
    ///
    /// # Errors
    /// An unknown key, or a damaged or displaced text.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(id), Some(nonce), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealError::Damaged);
        };
        let master = id.strip_suffix(DERIVED);
        let key = self.keys.iter().find(|key| key.id == master.unwrap_or(id));
        let key = key.ok_or(SealError::UnknownKey)?;
        let key = if master.is_some() { &*key.sealing } else { key.master.expose() };
        let nonce: [u8; 24] = URL_SAFE_NO_PAD
            .decode(nonce)
            .ok()
            .and_then(|n| n.try_into().ok())
            .ok_or(SealError::Damaged)?;
        let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Damaged)?;
        cipher(key)
            .decrypt(&XNonce::from(nonce), Payload { msg: &text, aad: place.as_bytes() })
            .map_err(|_| SealError::Damaged)
    }

    /// A keyed hash: what is kept of an address or a login id that tried to sign in.
    pub fn keyed_hash(&self, text: &str) -> String {
        hex(&hmac(&*self.keys[0].hashing, text.as_bytes()))
    }

    /// The same under each of the keys, the sealing one first: what was made before a rotation, or
    /// by a master key itself, is known again.
    pub fn keyed_hashes(&self, text: &str) -> impl Iterator<Item = String> {
        let each = |key: &Key| [*key.hashing, *key.master.expose()];
        self.keys.iter().flat_map(each).map(move |key| hex(&hmac(&key, text.as_bytes())))
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&chacha20poly1305::Key::from(*key))
}

/// What is stored of something sealed.
fn envelope(
    key_id: &str,
    nonce: [u8; 24],
    sealed: chacha20poly1305::aead::Result<Vec<u8>>,
) -> Result<String, SealError> {
    let sealed = sealed.map_err(|_| SealError::NotSealed)?;
    Ok(format!("{key_id}.{}.{}", URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed)))
}

/// HMAC-SHA256.
pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so making it cannot fail.
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes any key length"));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// In lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness nothing here may go on: a predictable token would be worse than a crash.
    getrandom::fill(&mut bytes)
        .unwrap_or_else(|error| panic!("the operating system gives no random bytes: {error}"));
    bytes
}

/// A token of 256 random bits, URL-safe.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What is kept of a token or key.
pub fn hash_token(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The CSRF token of a session: it follows from the cookie and does not lead back to it.
pub fn csrf_token(session_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&hmac(session_token.as_bytes(), b"csrf")[..18])
}

/// Whether two texts are equal, in a time that does not depend on where they differ.
pub fn same(a: &str, b: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.as_bytes(), b.as_bytes()).into()
}

/// A password that can be read out on the telephone: 16 characters without look-alikes in groups of
/// four, about 93 bits.
pub fn new_password() -> String {
    const ALPHABET: &[u8] = b"23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut password = String::new();
    while password.len() < 19 {
        for byte in random::<32>() {
            // Only a whole multiple of the alphabet, so that every character is equally likely.
            if usize::from(byte) < ALPHABET.len() * (256 / ALPHABET.len()) && password.len() < 19 {
                if password.len() % 5 == 4 {
                    password.push('-');
                }
                password.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            }
        }
    }
    password
}

/// Argon2id with the parameters of the OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1
/// lane).
fn argon2() -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19 * 1024, 2, 1, None)
            .unwrap_or_else(|error| unreachable!("fixed parameters are right: {error}")),
    )
}

/// Hashes a password; takes tens of milliseconds and 19 MiB, so call it on a blocking thread and
/// outside transactions.
pub fn hash_password(password: &str) -> String {
    argon2()
        .hash_password_with_salt(password.as_bytes(), &random::<16>())
        .map(|hash| hash.to_string())
        .unwrap_or_else(|error| unreachable!("hashing with fixed parameters cannot fail: {error}"))
}

/// A hash that no password is known for, with the parameters of the others: checking against it
/// takes as long.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zf0Sdk4i/DiDpPbaWjXhNzoQd5yQdfJ8GZqPjKCcdZ0";

/// Checks a password against a hash; as slow as hashing.
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(seeds: &[u8]) -> Secrets {
        Secrets::new(
            seeds
                .iter()
                .map(|seed| {
                    MasterKey::parse(&base64::prelude::BASE64_STANDARD.encode([*seed; 32])).unwrap()
                })
                .collect(),
        )
        .unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_with_its_key_and_in_its_place() {
        let old = secrets(&[1]);
        let rotated = secrets(&[2, 1]);
        let without = secrets(&[2]);
        let sealed = old.seal("phone_ids/1", b"secret").unwrap();
        assert_eq!(rotated.open("phone_ids/1", &sealed).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(old.open("phone_ids/2", &sealed), Err(SealError::Damaged));
        assert_eq!(without.open("phone_ids/1", &sealed), Err(SealError::UnknownKey));
        assert_eq!(old.open("phone_ids/1", "nonsense"), Err(SealError::Damaged));
        assert_ne!(
            sealed,
            old.seal("phone_ids/1", b"secret").unwrap(),
            "two seals of one text differ"
        );
    }

    #[test]
    fn what_cannot_be_sealed_is_not_stored() {
        let refused = Err(chacha20poly1305::aead::Error);
        assert_eq!(envelope("key", [0; 24], refused), Err(SealError::NotSealed));
    }

    /// What master keys made before keys were derived from them.
    #[test]
    fn what_a_master_key_made_itself_stays_readable() {
        let (secrets, master) = (secrets(&[1]), [1; 32]);
        let id = secrets.keys[0].id.clone();
        let sealed = cipher(&master)
            .encrypt(&XNonce::from([7; 24]), Payload { msg: b"secret", aad: b"phone_ids/1" });
        let sealed = envelope(&id, [7; 24], sealed).unwrap();
        assert_eq!(secrets.open("phone_ids/1", &sealed).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(secrets.open("phone_ids/2", &sealed), Err(SealError::Damaged));
        let hash = hex(&hmac(&master, b"link"));
        assert!(secrets.keyed_hashes("link").any(|known| known == hash));
        assert_ne!(secrets.keyed_hash("link"), hash, "a master key hashes nothing itself");
        assert!(secrets.seal("phone_ids/1", b"secret").unwrap().starts_with(&format!("{id}h.")));
    }

    /// RFC 5869 with these words, so that another version of this program derives the same keys.
    #[test]
    fn derived_keys_are_what_they_were() {
        let key = &secrets(&[1]).keys[0];
        assert_eq!(
            hex(&*key.sealing),
            "b93bb3466bf37906ad7029efd1535f81ed228aabb52e330854f9a5e8866975bf"
        );
        assert_eq!(
            hex(&*key.hashing),
            "d6f0ae8bc5059a1d14f18cc04689a89da5d48000d704240c6a931ac5e470735a"
        );
    }

    #[test]
    fn passwords_are_argon2id_and_verify() {
        let hash = hash_password("correct horse");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("correct horsf", &hash));
        assert!(!verify_password("", "not a hash"));
    }

    #[test]
    fn nobody_is_hashed_like_everybody() {
        let (nobody, somebody) =
            (PasswordHash::new(NOBODY).unwrap(), hash_password("correct horse"));
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!(
            (nobody.algorithm, nobody.version, &nobody.params),
            (somebody.algorithm, somebody.version, &somebody.params)
        );
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), somebody.hash.unwrap().as_bytes().len());
        assert_eq!(nobody.salt.unwrap().as_ref().len(), somebody.salt.unwrap().as_ref().len());
    }

    #[test]
    fn generated_passwords_have_four_groups_of_four() {
        let password = new_password();
        assert_eq!(
            password.split('-').map(str::len).collect::<Vec<_>>(),
            [4, 4, 4, 4],
            "{password}"
        );
        assert_ne!(password, new_password());
    }
}
