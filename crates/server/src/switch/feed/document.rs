//! The lines as a whole, compressed, in memory where they are few and else in a file that has no
//! name: neither all numbers nor a long answer ever stand in memory as a whole, and nobody's slow
//! line keeps a transaction open.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use actix_web::web::Bytes;
use api_types::{SwitchContract, SwitchEnd, SwitchLine, SwitchRemoved};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::stream::{self, Stream};
use sha2::{Digest, Sha256};
use store::numbers::number;
use store::routing::contract::Contract;
use store::switch::route_page;
use store::{Conn, SwitchScope};
use tempfile::{SpooledData, SpooledTempFile, spooled_tempfile_in};

use super::lines;
use crate::error::Failure;
use crate::platform::config::Switch as SwitchConfig;
use crate::platform::state::Platform;
use crate::platform::{self, crypto};

/// From how many compressed bytes on a document lies on the disk.
const IN_MEMORY: usize = 1 << 20;
/// Bytes that are sent at once.
const PART: usize = 64 << 10;
/// Entries of block lists that are read at once; a longer list by itself.
const ENTRIES: i64 = 20_000;
/// Numbers whose lists are asked for at once: each is a parameter of the query.
const NUMBERS: usize = 1_000;

/// A snapshot or changes, ready to be sent.
#[derive(Debug)]
pub struct Document {
    /// What it stands for.
    pub position: i64,
    /// Whether every snapshot of this position is the same.
    pub is_settled: bool,
    /// SHA-256 of the text, in the form of RFC 9530: what is signed.
    pub digest: String,
    /// Length of the text.
    pub size: u64,
    /// Length of the compressed text.
    pub compressed_size: u64,
    kept: Arc<Kept>,
}

#[derive(Debug)]
enum Kept {
    Memory(Vec<u8>),
    File(File),
}

/// Reads a document from its beginning, beside others who do so.
struct Reading {
    kept: Arc<Kept>,
    offset: u64,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &*self.kept {
            Kept::File(file) => file.read_at(buffer, self.offset)?,
            Kept::Memory(bytes) => {
                let rest = bytes
                    .get(usize::try_from(self.offset).unwrap_or(usize::MAX)..)
                    .unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                count
            }
        };
        self.offset += count as u64;
        Ok(count)
    }
}

impl Document {
    /// The bytes as they are sent, part by part.
    pub fn stream(&self, compressed: bool) -> impl Stream<Item = Result<Bytes, Failure>> + use<> {
        let reading = Reading { kept: self.kept.clone(), offset: 0 };
        let reader: Box<dyn Read + Send> =
            if compressed { Box::new(reading) } else { Box::new(GzDecoder::new(reading)) };
        stream::unfold(Some(reader), |reader| async move {
            let mut reader = reader?;
            let read = tokio::task::spawn_blocking(move || {
                let mut part = Vec::with_capacity(PART);
                reader.by_ref().take(PART as u64).read_to_end(&mut part).map(|_| (part, reader))
            });
            match read.await.map_err(io::Error::other).flatten() {
                Ok((part, _)) if part.is_empty() => None,
                Ok((part, reader)) => Some((Ok(Bytes::from(part)), Some(reader))),
                Err(error) => Some((Err(broken(error)), None)),
            }
        })
    }
}

/// What stays the same at every position, of the header and of what numbers are told: a snapshot of the same position under
/// another configuration is another one.
pub(super) fn shape(config: &SwitchConfig) -> String {
    let same = (lines::header(config, None, 0), config.voicemail_after_s);
    let same = serde_json::to_vec(&same).unwrap_or_default();
    crypto::hex(&Sha256::digest(same))[..8].to_owned()
}

impl Document {
    /// The entity tag of a snapshot (RFC 9110, 8.8.3), without what tells compressed bytes from
    /// plain ones.
    pub fn tag(config: &SwitchConfig, position: i64) -> String {
        format!("{position}-{}", shape(config))
    }
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(format!("what switches keep cannot be written: {error}"))
}

/// Writes lines.
pub(super) struct Writer<'a> {
    app: &'a Platform,
    position: i64,
    compressed: GzEncoder<SpooledTempFile>,
    digest: Sha256,
    size: u64,
    contracts: u64,
    numbers: u64,
    removed: u64,
    entries: u64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        app: &'a Platform,
        since: Option<i64>,
        position: i64,
    ) -> Result<Self, Failure> {
        let kept = spooled_tempfile_in(IN_MEMORY, &app.config.data_dir);
        let compressed = GzEncoder::new(kept, Compression::fast());
        let mut writer = Self {
            app,
            position,
            compressed,
            digest: Sha256::new(),
            size: 0,
            contracts: 0,
            numbers: 0,
            removed: 0,
            entries: 0,
        };
        writer.line(&SwitchLine::Header(lines::header(&app.config.switch, since, position)))?;
        Ok(writer)
    }

    fn line(&mut self, line: &SwitchLine) -> Result<(), Failure> {
        let mut text = serde_json::to_vec(line).map_err(broken)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.size += text.len() as u64;
        self.compressed.write_all(&text).map_err(broken)
    }

    /// The IDs of a contract.
    pub(super) fn contract(&mut self, line: SwitchContract) -> Result<(), Failure> {
        self.contracts += 1;
        self.line(&SwitchLine::Contract(line))
    }

    /// The numbers of some contracts that are wanted.
    pub(super) fn numbers(
        &mut self,
        conn: &mut Conn,
        scope: SwitchScope,
        contracts: &[Contract],
        wanted: impl Fn(&number::Row) -> bool,
    ) -> Result<(), Failure> {
        let all = contracts
            .iter()
            .flat_map(|contract| contract.numbers.iter().map(move |number| (contract, number)));
        let (mut group, mut weight) = (Vec::new(), 0);
        for (contract, number) in all.filter(|(_, number)| wanted(number)) {
            let is_full = weight + number.block_entry_count > ENTRIES || group.len() >= NUMBERS;
            if is_full && !group.is_empty() {
                self.group(conn, scope, &group)?;
                (group, weight) = (Vec::new(), 0);
            }
            weight += number.block_entry_count;
            group.push((contract, number));
        }
        self.group(conn, scope, &group)
    }

    fn group(
        &mut self,
        conn: &mut Conn,
        scope: SwitchScope,
        group: &[(&Contract, &number::Row)],
    ) -> Result<(), Failure> {
        let with_list: Vec<&number::Row> = group
            .iter()
            .map(|(_, number)| *number)
            .filter(|number| number.block_entry_count > 0)
            .collect();
        let mut entries = if with_list.is_empty() {
            Default::default()
        } else {
            route_page::entries(conn, scope, &with_list)?
        };
        let now = self.app.clock.now_naive();
        for (contract, number) in group {
            let list = entries.remove(&number.id).unwrap_or_default();
            let line = lines::number(&self.app.config.switch, contract, number, &list, now);
            self.numbers += 1;
            self.entries += (line.exact.len() + line.prefix.len()) as u64;
            self.line(&SwitchLine::Number(line))?;
        }
        Ok(())
    }

    pub(super) fn removed(&mut self, e164: &str) -> Result<(), Failure> {
        self.removed += 1;
        self.line(&SwitchLine::Removed(SwitchRemoved {
            number: e164.to_owned(),
            dialled: lines::dialled(e164),
        }))
    }

    pub(super) fn finish(mut self, is_settled: bool) -> Result<Document, Failure> {
        let (contracts, numbers) = (self.contracts, self.numbers);
        let (removed, entries) = (self.removed, self.entries);
        self.line(&SwitchLine::End(SwitchEnd {
            position: platform::wire::unsigned(self.position),
            contracts,
            numbers,
            removed,
            entries,
        }))?;
        let kept = match self.compressed.finish().map_err(broken)?.into_inner() {
            SpooledData::InMemory(bytes) => Kept::Memory(bytes.into_inner()),
            SpooledData::OnDisk(file) => Kept::File(file),
        };
        let compressed_size = match &kept {
            Kept::Memory(bytes) => bytes.len() as u64,
            Kept::File(file) => file.metadata().map_err(broken)?.len(),
        };
        Ok(Document {
            position: self.position,
            is_settled,
            digest: format!("sha-256=:{}:", STANDARD.encode(self.digest.finalize())),
            size: self.size,
            compressed_size,
            kept: Arc::new(kept),
        })
    }
}
