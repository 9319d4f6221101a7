//! Zip archives: their entries are files like others, within bounds.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::dicom::ByteSource;
use crate::dicom::Password;
use crate::dicom::byte_source::open_archive;
use crate::dicom::dicomdir;
use crate::dicom::read;
use crate::jobs::Cancelled;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

use super::Outcome;
use super::ScanEvent;
use super::Scanner;
use super::guarded;
use super::index_message;
use super::instance_or_index;

/// How every archive that is not empty begins.
const MAGIC: [u8; 4] = *b"PK\x03\x04";
/// How an empty one does.
const EMPTY_MAGIC: [u8; 4] = *b"PK\x05\x06";

/// An archive may inflate to this many times its size in headers, beyond a fixed allowance.
const MAX_RATIO: u64 = 64;
const ALLOWANCE: u64 = 64 * 1024 * 1024;

/// Whether a file is an archive to open. Office documents and programs are archives, too; they
/// are opened only where the user names them.
pub(super) fn is_archive(path: &Path, is_input: bool) -> bool {
    let is_named_so = path
        .extension()
        .is_none_or(|extension| extension.eq_ignore_ascii_case("zip"));
    let mut magic = [0; 4];
    (is_named_so || is_input)
        && File::open(path)
            .and_then(|mut file| file.read_exact(&mut magic))
            .is_ok()
        && matches!(magic, MAGIC | EMPTY_MAGIC)
}

/// What is known of an entry without reading it.
struct Entry {
    source: ByteSource,
    name: Arc<str>,
    is_encrypted: bool,
    /// Inflated, as the archive's directory claims.
    size: u64,
}

impl Entry {
    /// Encrypted, and nothing is there to decrypt it.
    const fn is_locked(&self) -> bool {
        self.is_encrypted && matches!(&self.source, ByteSource::ZipEntry { password: None, .. })
    }

    fn unlock(&mut self, with: &Password) {
        if let ByteSource::ZipEntry { password, .. } = &mut self.source {
            *password = Some(with.clone());
        }
    }
}

/// Whether the password of these entries is right. The old encryption recognises it by one byte,
/// and so takes one wrong password in 256: only the checksum at the end of an entry is sure.
fn opens(entries: &[Entry]) -> bool {
    let smallest = entries
        .iter()
        .filter(|entry| entry.size > 0)
        .min_by_key(|entry| entry.size);
    smallest.is_none_or(|entry| match entry.source.read_all(ALLOWANCE) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::FileTooLarge,
    })
}

impl Scanner<'_> {
    /// Reads the entries of an archive.
    pub(super) fn archive(&mut self, path: &Path) -> Result<(), Cancelled> {
        let (entries, allowance) = match entries(path) {
            Ok((entries, _)) if entries.is_empty() => {
                self.pass_over(path.to_owned(), Message::new(msg("reading-archive-empty")));
                return Ok(());
            }
            Ok(found) => found,
            Err(error) => {
                let reason =
                    Message::new(msg("reading-archive-damaged")).text("reason", error.to_string());
                self.pass_over(path.to_owned(), reason);
                return Ok(());
            }
        };
        self.entries(&entries, &allowance)?;
        let locked = entries.iter().filter(|entry| entry.is_locked()).count();
        if locked > 0 {
            (self.on)(ScanEvent::Locked {
                archive: path.to_owned(),
                entries: locked,
            });
        }
        Ok(())
    }

    /// Reads the encrypted entries of an archive; whether the password opened it.
    pub(super) fn locked_archive(
        &mut self,
        path: &Path,
        password: &Password,
    ) -> Result<bool, Cancelled> {
        let Ok((mut entries, allowance)) = entries(path) else {
            return Ok(false); // gone since it was found
        };
        entries.retain(Entry::is_locked);
        for entry in &mut entries {
            entry.unlock(password);
        }
        if !opens(&entries) {
            return Ok(false);
        }
        self.entries(&entries, &allowance)?;
        Ok(true)
    }

    fn entries(&mut self, entries: &[Entry], allowance: &AtomicU64) -> Result<(), Cancelled> {
        let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
        let mut rest = entries;
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(self.batch_size.min(rest.len()));
            rest = later;
            let outcomes: Vec<Outcome> = batch
                .par_iter()
                .map(|entry| {
                    self.ctx.check()?;
                    let outcome = guarded(|| examine(entry, allowance, self.ctx));
                    self.ctx.check()?;
                    Ok(outcome)
                })
                .collect::<Result<_, Cancelled>>()?;
            let mut headers = Vec::new();
            for (entry, outcome) in batch.iter().zip(outcomes) {
                let path = entry.source.display_path();
                match outcome {
                    Outcome::Instance(header) => headers.push(*header),
                    Outcome::PassedOver(reason) => self.pass_over(path, reason),
                    Outcome::Archive => {
                        self.pass_over(path, Message::new(msg("reading-archive-nested")));
                    }
                    Outcome::Index(files) => {
                        self.pass_over(path.clone(), index_message(&files));
                        self.missing_in_archive(&path, &names, &entry.name, files);
                    }
                }
            }
            self.hand_on(headers);
        }
        Ok(())
    }

    fn missing_in_archive(
        &mut self,
        path: &Path,
        names: &[&str],
        index: &str,
        mut files: Vec<dicomdir::FileId>,
    ) {
        let lookup = dicomdir::ArchiveNames::new(names, index);
        files.sort_unstable();
        files.dedup();
        for id in files.iter().filter(|id| !lookup.has(id)) {
            let folder = path.parent().unwrap_or(path);
            self.pass_over(
                folder.join(id.join("/")),
                Message::new(msg("reading-dicomdir-missing")),
            );
        }
    }
}

fn entries(path: &Path) -> std::io::Result<(Vec<Entry>, AtomicU64)> {
    let (file, directory) = open_archive(path)?;
    let size = file.metadata()?.len();
    let archive: Arc<Path> = path.into();
    let mut entries = Vec::new();
    for index in 0..directory.len() {
        let entry = directory.entry(index)?;
        if entry.is_dir() {
            continue;
        }
        let name: Arc<str> = match entry.name() {
            Ok(name) => name.into(),
            Err(_) => String::from_utf8_lossy(entry.name_raw()).into(),
        };
        entries.push(Entry {
            source: ByteSource::ZipEntry {
                archive: Arc::clone(&archive),
                index,
                name: Arc::clone(&name),
                password: None,
            },
            name,
            is_encrypted: entry.encrypted(),
            size: entry.size(),
        });
    }
    let allowance = ALLOWANCE.saturating_add(size.saturating_mul(MAX_RATIO));
    Ok((entries, AtomicU64::new(allowance)))
}

fn examine(entry: &Entry, allowance: &AtomicU64, ctx: &JobCtx) -> Outcome {
    if entry.is_locked() {
        return Outcome::PassedOver(Message::new(msg("reading-archive-encrypted")));
    }
    let bomb = || Outcome::PassedOver(Message::new(msg("reading-archive-bomb")));
    let limit = allowance.load(Ordering::Relaxed);
    if limit == 0 {
        return bomb();
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match read::read_bounded(entry.source.clone(), limit, ctx) {
        Ok(read) => {
            let taken = read.bytes_read as u64;
            let spend = |left: u64| Some(left.saturating_sub(taken));
            let before = allowance.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend);
            if before.is_ok_and(|before| before <= taken) {
                return bomb();
            }
            instance_or_index(read)
        }
        Err(read::ReadError::NotDicom) if is_nested(entry) => Outcome::Archive,
        Err(error) => Outcome::PassedOver(error.message()),
    }
}

fn is_nested(entry: &Entry) -> bool {
    entry
        .source
        .read_range(0, MAGIC.len())
        .is_ok_and(|bytes| bytes == MAGIC)
}
