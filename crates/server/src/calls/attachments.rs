//! Recordings and faxes: where their bytes lie, and what comes in.
//!
//! Bytes are written before the row that knows of them, and removed before it is: a crash in
//! between leaves bytes that nothing knows of, which [`sweep`] finds, and never a row without
//! bytes.

mod sniff;
pub mod sweep;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use api_types::ErrorCode;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, GetOptions, ObjectStore, ObjectStoreExt as _, RetryConfig};
use secrecy::ExposeSecret as _;
use store::calls::attachment::{self, Upload};
use store::{SwitchScope, new_id};
use url::Url;

use crate::calls::State;
use crate::error::Failure;
use crate::platform::config::{Config, private_dir};

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
        let wrong = |reason: String| format!("attachments.url: {reason}");
        let url = config.attachments.url.trim();
        if url.is_empty() {
            return folder(&config.data_dir.join("attachments")).map_err(wrong);
        }
        let parsed =
            Url::parse(url).map_err(|error| wrong(format!("{url:?} is no URL: {error}")))?;
        match parsed.scheme() {
            "file" => match parsed.to_file_path() {
                Ok(path) => folder(&path).map_err(wrong),
                Err(()) => Err(wrong(format!(
                    "{url:?} is not the path of a folder, as file:///var/lib/denwaban"
                ))),
            },
            "s3" => bucket(config, &parsed).map_err(wrong),
            _ => Err(wrong(format!("{url:?} begins with neither file:// nor s3://"))),
        }
    }

    /// The bytes under a key.
    ///
    /// # Errors
    /// When they are not there or cannot be read.
    pub async fn read(&self, key: &str) -> object_store::Result<Bytes> {
        self.store.get(&Path::from(key)).await?.bytes().await
    }

    /// A part of the bytes under a key, as they come.
    ///
    /// # Errors
    /// When they are not there.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> object_store::Result<BoxStream<'static, object_store::Result<Bytes>>> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        Ok(self.store.get_opts(&Path::from(key), options).await?.into_stream())
    }

    /// Keeps bytes under a key.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn write(&self, key: &str, bytes: Bytes) -> object_store::Result<()> {
        self.store.put(&Path::from(key), bytes.into()).await.map(drop)
    }

    /// Removes the bytes under a key; those that are gone already are as good.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub async fn remove(&self, key: &str) -> object_store::Result<()> {
        match self.store.delete(&Path::from(key)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }
}

fn folder(path: &std::path::Path) -> Result<Attachments, String> {
    let wrong = |error: String| format!("{}: {error}", path.display());
    private_dir(path).map_err(|error| wrong(error.to_string()))?;
    let store = object_store::local::LocalFileSystem::new_with_prefix(path)
        .map_err(|error| wrong(error.to_string()))?;
    // Answered means durable.
    Ok(Attachments { store: Arc::new(store.with_fsync(true)) })
}

fn bucket(config: &Config, url: &Url) -> Result<Attachments, String> {
    let bucket =
        url.host_str().filter(|host| !host.is_empty()).ok_or("s3:// needs the name of a bucket")?;
    // Somebody waits for the answer: what does not work within seconds is said.
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(20),
        ..RetryConfig::default()
    };
    let options = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_secs(30));
    let mut builder = AmazonS3Builder::new()
        .with_client_options(options)
        .with_bucket_name(bucket)
        .with_retry(retry);
    for (name, value) in &config.attachments.aws {
        // The same environment configures other programs, which may know more names.
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value.expose_secret());
        }
    }
    let store = builder.build().map_err(|error| error.to_string())?;
    let prefix = url.path().trim_matches('/');
    Ok(match prefix.is_empty() {
        true => Attachments { store: Arc::new(store) },
        false => Attachments { store: Arc::new(PrefixStore::new(store, prefix)) },
    })
}

/// Keeps a file that a switch hands in, until an event claims it.
///
/// # Errors
/// `unsupported_media_type` when it is neither a recording nor a fax.
pub async fn hand_in(
    app: &State,
    scope: SwitchScope,
    switch_id: String,
    bytes: Vec<u8>,
    duration_ms: Option<u32>,
) -> Result<Upload, Failure> {
    let content_type =
        sniff::media_type(&bytes).ok_or(Failure::Code(ErrorCode::UnsupportedMediaType))?;
    let (id, now) = (new_id(), app.clock.now_naive());
    let row = Upload {
        // A folder a day: what nothing knows of is found without looking through everything.
        object_key: format!("{}/{id}", now.format("%Y-%m-%d")),
        id,
        switch_id,
        content_type: content_type.into(),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        duration_ms: duration_ms
            .or_else(|| sniff::duration_ms(content_type, &bytes))
            .and_then(|ms| i32::try_from(ms).ok()),
        created_at: now,
    };
    let unkept = |error: object_store::Error| {
        tracing::error!(%error, "a recording or fax cannot be kept");
        Failure::Code(ErrorCode::Unavailable)
    };
    app.attachments.write(&row.object_key, bytes.into()).await.map_err(unkept)?;
    let kept = row.clone();
    app.db.write(move |conn| attachment::insert_upload(conn, scope, &kept)).await?;
    Ok(row)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::platform::config::Config;

    #[test]
    fn files_lie_in_a_folder_or_a_bucket_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let open = |url: &str| {
            let mut config = Config::for_tests(dir.path().join("data"));
            config.attachments.url = url.into();
            Attachments::open(&config).map(drop)
        };
        let folder = dir.path().join("a folder").display().to_string().replace(' ', "%20");
        assert_eq!(open(&format!("file://{folder}")), Ok(()));
        assert_eq!(
            fs::metadata(dir.path().join("a folder")).unwrap().permissions().mode() & 0o777,
            0o700
        );
        for wrong in ["attachments", "ftp://files", "s3://", "file://host/x"] {
            assert!(
                open(wrong).is_err_and(|error| error.starts_with("attachments.url: ")),
                "{wrong}"
            );
        }
    }
}
