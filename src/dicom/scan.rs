//! From files, folders, archives and directories to instance headers.
//!
//! Every file found comes out as a header or with the reason why not, once: a file that several
//! inputs lead to is one file. Entries of an archive count as files, the archive does not.

mod archive;
mod walk;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::jobs::Cancelled;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

use super::ByteSource;
use super::InstanceHeader;
use super::Password;
use super::dicomdir;
use super::dicomdir::FileId;
use super::dicomdir::Resolver;
use super::picture;
use super::read;

use walk::Found;
use walk::Walk;

/// What a scan finds, as it finds it.
#[derive(Debug)]
pub enum ScanEvent {
    /// Instances; the first ones come in a small batch, so that the first image comes soon.
    Headers(Vec<InstanceHeader>),
    /// A file that gives no instance.
    PassedOver {
        /// The file, the folder, or the archive with the entry's name behind it.
        path: PathBuf,
        /// Why.
        reason: Message,
    },
    /// Entries of an archive are encrypted and were passed over; a password would open them.
    Locked {
        /// The archive.
        archive: PathBuf,
        /// How many of its entries.
        entries: usize,
    },
}

/// What a scan found; `files_found` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanSummary {
    /// Files and entries of archives.
    pub files_found: usize,
    /// Those that are instances.
    pub headers: usize,
    /// Those that are not, each with its reason.
    pub passed_over: usize,
}

/// How many files are read before the first headers are handed on, and at most later.
const FIRST_BATCH: usize = 8;
const MAX_BATCH: usize = 256;

/// Reads the headers of all that the inputs lead to, in parallel on the current rayon pool.
/// Events come one after the other, in the order of the inputs and of the names within a folder.
///
/// # Errors
/// [`Cancelled`]; whatever else goes wrong is an event.
pub fn scan(
    inputs: &[PathBuf],
    ctx: &JobCtx,
    on: &(dyn Fn(ScanEvent) + Sync),
) -> Result<ScanSummary, Cancelled> {
    let mut scanner = Scanner {
        ctx,
        on,
        summary: ScanSummary::default(),
        batch_size: FIRST_BATCH,
        indexes: Vec::new(),
    };
    let mut walk = Walk::new(inputs);
    loop {
        scanner.run(&mut walk)?;
        let indexes = std::mem::take(&mut scanner.indexes);
        if indexes.is_empty() {
            return Ok(scanner.summary);
        }
        for index in indexes {
            scanner.follow(&index, &mut walk)?;
        }
    }
}

/// Reads the headers of the encrypted entries of an archive, and of no others: what a scan
/// passed over. `None` if the password is wrong; then there are no events.
///
/// # Errors
/// As [`scan`].
pub fn scan_locked(
    archive: &Path,
    password: &Password,
    ctx: &JobCtx,
    on: &(dyn Fn(ScanEvent) + Sync),
) -> Result<Option<ScanSummary>, Cancelled> {
    let mut scanner = Scanner {
        ctx,
        on,
        summary: ScanSummary::default(),
        batch_size: FIRST_BATCH,
        indexes: Vec::new(),
    };
    let is_open = scanner.locked_archive(archive, password)?;
    Ok(is_open.then_some(scanner.summary))
}

/// A directory met on the way.
struct Index {
    path: PathBuf,
    files: Vec<FileId>,
}

/// What reading one file gives.
enum Outcome {
    Instance(Box<InstanceHeader>),
    /// A directory and the files it lists.
    Index(Vec<FileId>),
    Archive,
    PassedOver(Message),
}

struct Scanner<'a> {
    ctx: &'a JobCtx,
    on: &'a (dyn Fn(ScanEvent) + Sync),
    summary: ScanSummary,
    batch_size: usize,
    indexes: Vec<Index>,
}

impl Scanner<'_> {
    /// Reads what the walk finds.
    fn run(&mut self, walk: &mut Walk) -> Result<(), Cancelled> {
        loop {
            let mut batch = Vec::new();
            while batch.len() < self.batch_size {
                self.ctx.check()?;
                match walk.next() {
                    Some(Found::File(file)) => batch.push(file),
                    Some(Found::Unreadable(path, reason)) => self.pass_over(path, reason),
                    None => break,
                }
            }
            if batch.is_empty() {
                return Ok(());
            }
            let outcomes: Vec<(walk::FoundFile, Outcome)> = batch
                .into_par_iter()
                .map(|file| {
                    self.ctx.check()?;
                    let outcome = guarded(|| examine(&file, self.ctx));
                    self.ctx.check()?; // a video was perhaps not looked through
                    Ok((file, outcome))
                })
                .collect::<Result<_, Cancelled>>()?;
            let mut archives = Vec::new();
            let mut headers = Vec::new();
            for (file, outcome) in outcomes {
                match outcome {
                    Outcome::Instance(header) => headers.push(*header),
                    Outcome::Archive => archives.push(file.path),
                    Outcome::PassedOver(reason) => self.pass_over(file.path, reason),
                    Outcome::Index(files) => {
                        self.pass_over(file.path.clone(), index_message(&files));
                        self.indexes.push(Index {
                            path: file.path,
                            files,
                        });
                    }
                }
            }
            self.hand_on(headers);
            for path in archives {
                self.archive(&path)?;
            }
        }
    }

    /// Queues the files an index lists that were not found without it.
    fn follow(&mut self, index: &Index, walk: &mut Walk) -> Result<(), Cancelled> {
        let folder = index.path.parent().unwrap_or(Path::new(""));
        let mut resolver = Resolver::default();
        let mut missing = HashSet::new();
        for id in &index.files {
            self.ctx.check()?;
            match resolver.find(folder, id) {
                Some(path) => walk.add(path),
                None if missing.insert(id) => {
                    let path = folder.join(id.join("/"));
                    self.pass_over(path, Message::new(msg("reading-dicomdir-missing")));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn hand_on(&mut self, headers: Vec<InstanceHeader>) {
        self.batch_size = (self.batch_size * 4).min(MAX_BATCH);
        self.summary.files_found += headers.len();
        self.summary.headers += headers.len();
        self.progress();
        if !headers.is_empty() {
            (self.on)(ScanEvent::Headers(headers));
        }
    }

    fn pass_over(&mut self, path: PathBuf, reason: Message) {
        self.summary.files_found += 1;
        self.summary.passed_over += 1;
        self.progress();
        (self.on)(ScanEvent::PassedOver { path, reason });
    }

    /// How many there are in all is not known before the end.
    fn progress(&self) {
        self.ctx.progress(self.summary.files_found, 0);
    }
}

/// A panic costs one file.
fn guarded(examine: impl FnOnce() -> Outcome) -> Outcome {
    catch_unwind(AssertUnwindSafe(examine))
        .unwrap_or_else(|_| Outcome::PassedOver(Message::new(msg("reading-failed-inside"))))
}

fn index_message(files: &[FileId]) -> Message {
    Message::new(msg("reading-dicomdir")).count("count", files.len())
}

fn examine(file: &walk::FoundFile, ctx: &JobCtx) -> Outcome {
    let source = ByteSource::File(file.path.as_path().into());
    match read::read_bounded(source.clone(), usize::MAX, ctx) {
        Ok(read) => instance_or_index(read),
        Err(read::ReadError::NotDicom) if archive::is_archive(&file.path, file.is_input) => {
            Outcome::Archive
        }
        Err(read::ReadError::NotDicom) => picture_or_nothing(source, file.is_input),
        Err(error) => Outcome::PassedOver(error.message()),
    }
}

/// Pictures are opened where the user names them: study media are full of those of other viewers.
fn picture_or_nothing(source: ByteSource, is_input: bool) -> Outcome {
    let is_picture = source
        .read_range(0, 8)
        .is_ok_and(|beginning| picture::is_picture(&beginning));
    match (is_picture, is_input) {
        (false, _) => Outcome::PassedOver(read::ReadError::NotDicom.message()),
        (true, false) => Outcome::PassedOver(Message::new(msg("reading-picture"))),
        (true, true) => match picture::header(source) {
            Ok(header) => Outcome::Instance(Box::new(header)),
            Err(reason) => Outcome::PassedOver(reason),
        },
    }
}

fn instance_or_index(read: read::ReadOutcome) -> Outcome {
    if dicomdir::is_directory(&read.header) {
        let records = read.header.dataset.elements();
        Outcome::Index(dicomdir::listed_files(records, &read.record_offsets))
    } else {
        Outcome::Instance(Box::new(read.header))
    }
}
