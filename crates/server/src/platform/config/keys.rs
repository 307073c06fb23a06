//! Master keys: as configured, or made once in the data directory.

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox};
use serde::Deserializer;

use super::load::{self, ConfigError};
use super::{Config, private_dir};

const FILE: &str = "master.key";

/// A key of 32 bytes; wiped from memory when the last copy goes.
#[derive(Clone)]
pub struct MasterKey(Arc<SecretBox<[u8; 32]>>);

impl MasterKey {
    /// The bytes, for a cipher or a key derivation.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// Reads 32 bytes in base64.
    ///
    /// # Errors
    /// A phrase that says what is expected, without the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "is not 32 bytes in base64, such as `openssl rand -base64 32` prints";
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.trim()).map_err(|_| EXPECTED)?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| EXPECTED)?;
        Ok(Self(Arc::new(SecretBox::new(Box::new(key)))))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl Config {
    /// The master keys: the first seals, all open. Without a configured one, the key in the data
    /// directory, which is made (mode 0600) when it is not there yet.
    ///
    /// # Errors
    /// When the key file cannot be read or made, or does not hold a key.
    pub fn master_keys(&self) -> Result<Vec<MasterKey>, ConfigError> {
        if !self.secrets.master_key.is_empty() {
            return Ok(self.secrets.master_key.clone());
        }
        self.prepare_data_dir()?;
        let path = self.data_dir.join(FILE);
        let wrong = |error: &dyn fmt::Display| {
            ConfigError::setting("secrets.master_key", format!("{}: {error}", path.display()))
        };
        if !path.exists() {
            generate(&self.data_dir, &path).map_err(|error| wrong(&error))?;
            tracing::info!(file = %path.display(),
                "made a master key; keep a copy of it, sealed passwords cannot be read without");
        }
        if self.database_url().expose_secret().starts_with("postgres") {
            tracing::warn!(
                file = %path.display(),
                "secrets.master_key is not set: every replica on this PostgreSQL database must be \
                    given the key in this file"
            );
        }
        let text = Zeroizing::new(std::fs::read_to_string(&path).map_err(|error| wrong(&error))?);
        Ok(vec![MasterKey::parse(&text).map_err(|error| wrong(&error))?])
    }
}

/// Writes a new key beside its place and moves it there, so that of two processes that start at
/// once both read the same one.
fn generate(dir: &Path, path: &Path) -> std::io::Result<()> {
    private_dir(dir)?;
    let mut key = Zeroizing::new([0u8; 32]);
    getrandom::fill(key.as_mut()).map_err(std::io::Error::other)?;
    let text = Zeroizing::new(BASE64_STANDARD.encode(key.as_ref()));
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    writeln!(file, "{}", text.as_str())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => std::fs::File::open(dir)?.sync_all(),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

/// One key, or a list of them.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MasterKey>, D::Error> {
    load::list(deserializer, |text| MasterKey::parse(text).map_err(str::to_owned))
}
