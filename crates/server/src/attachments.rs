//! Recordings and faxes: where their bytes lie.

use std::sync::Arc;

use actix_web::web::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::config::Config;

/// Where bytes lie: a folder, or a bucket.
#[derive(Clone, Debug)]
pub struct Attachments {
    store: Arc<dyn ObjectStore>,
}

impl Attachments {
    /// As configured.
    ///
    /// # Errors
    /// One sentence that names the key of the configuration.
    pub fn open(config: &Config) -> Result<Self, String> {
        let folder = config.data_dir.join("attachments");
        crate::config::private_dir(&folder).map_err(|error| format!("attachments.url: {}: {error}", folder.display()))?;
        let store = object_store::local::LocalFileSystem::new_with_prefix(&folder).map_err(|error| format!("attachments.url: {error}"))?;
        Ok(Self { store: Arc::new(store) })
    }

    /// The bytes under a key.
    ///
    /// # Errors
    /// When they are not there or cannot be read.
    pub async fn read(&self, key: &str) -> object_store::Result<Bytes> {
        self.store.get(&Path::from(key)).await?.bytes().await
    }

    /// Keeps bytes under a key.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn write(&self, key: &str, bytes: Bytes) -> object_store::Result<()> {
        self.store.put(&Path::from(key), bytes.into()).await.map(drop)
    }

    /// Removes the bytes under a key.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub async fn remove(&self, key: &str) -> object_store::Result<()> {
        self.store.delete(&Path::from(key)).await
    }
}
