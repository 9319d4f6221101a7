//! Storing (STOW-RS, PS3.18 10.5): files as they are, each with an answer of its own.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::io::Cursor;
use std::io::Read;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use super::WebTrouble;
use super::list::entries_of;
use super::session::Answer;
use super::session::Ask;
use super::session::Content;
use super::session::Session;
use super::site::Site;
use super::trouble::Streak;
use crate::dicom::ByteSource;
use crate::dicom::Elements;
use crate::dicom::io_message;
use crate::dicom::part10_repair;
use crate::dicom::read_header;
use crate::dicom::tags;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::SendOutcome;
use crate::pacs::Sent;
use crate::pacs::status_message;
use crate::problem::Message;
use crate::problem::msg;

/// Files under way at once.
const AT_ONCE: usize = 4;
/// Longest answer.
const LONGEST: usize = 1024 * 1024;

/// Sends files.
pub(super) fn send(
    site: &Site,
    files: &[PathBuf],
    told: &(dyn Fn(&SendOutcome) + Sync),
    ctx: &JobCtx,
) -> Result<Sent, Failure> {
    let session = Session::new(site, ctx)?;
    let waiting: Mutex<VecDeque<&PathBuf>> = Mutex::new(files.iter().collect());
    let has_ended = AtomicBool::new(false);
    let sent = Mutex::new(Sent::default());
    let streak = Mutex::new(Streak::default());
    let lock = || sent.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || {
        while !has_ended.load(Ordering::Relaxed) {
            let next = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            let Some(path) = next else {
                return;
            };
            match send_one(&session, path) {
                Ok((outcome, trouble)) => {
                    let mut streak = streak.lock().unwrap_or_else(PoisonError::into_inner);
                    if outcome.result.is_ok() {
                        streak.succeed();
                    } else if let Some(trouble) = trouble
                        && streak.refuse(&trouble)
                    {
                        has_ended.store(true, Ordering::Relaxed);
                        lock().end.get_or_insert(site.trouble(trouble));
                    }
                    drop(streak);
                    told(&outcome);
                    lock().outcomes.push(outcome);
                }
                Err(failure) => {
                    has_ended.store(true, Ordering::Relaxed);
                    lock().end.get_or_insert(failure);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..AT_ONCE.min(files.len()) {
            scope.spawn(work);
        }
        work();
    });
    let sent = sent.into_inner().unwrap_or_else(PoisonError::into_inner);
    match sent.end {
        Some(failure) if sent.outcomes.is_empty() => Err(failure),
        _ => Ok(sent),
    }
}

/// Sends one file; beside its fate what the service refused it with, if others may go well.
fn send_one(
    session: &Session<'_>,
    path: &Path,
) -> Result<(SendOutcome, Option<WebTrouble>), Failure> {
    let source = ByteSource::File(Arc::from(path));
    let mut outcome = SendOutcome {
        path: path.to_owned(),
        sop_class_uid: String::new(),
        sop_instance_uid: String::new(),
        result: Ok(0),
        remark: None,
    };
    let failed = |outcome, message| SendOutcome {
        result: Err(message),
        ..outcome
    };
    let header = match read_header(source) {
        Ok(header) => header,
        Err(error) => return Ok((failed(outcome, error.message()), None)),
    };
    let elements = header.dataset.elements();
    outcome.sop_class_uid = elements.uid(tags::SOP_CLASS_UID).unwrap_or_default();
    outcome.sop_instance_uid = elements.uid(tags::SOP_INSTANCE_UID).unwrap_or_default();
    let body = match Body::of(path) {
        Ok(body) => body,
        Err(message) => return Ok((failed(outcome, message), None)),
    };
    let answer = session.post(
        &Ask {
            url: format!("{}/studies", session.site.base),
            accept: "application/dicom+json",
            may_pack: false,
        },
        &Content {
            content_type: &body.content_type(),
            length: body.length(),
            open: &|| body.open().map_err(Failure::Told),
        },
    );
    match answer.and_then(|answer| judged(session, answer, &outcome.sop_instance_uid)) {
        Ok(told) => {
            outcome.result = told.result.map(|()| body.file_length);
            outcome.remark = told.remark;
            Ok((outcome, None))
        }
        Err(Failure::Web { peer, trouble }) if trouble.is_of_one_instance() => {
            Ok((failed(outcome, trouble.message(&peer)), Some(trouble)))
        }
        Err(failure) => Err(failure),
    }
}

/// What the service says of one instance.
struct Judgement {
    result: Result<(), Message>,
    remark: Option<Message>,
}

/// Success is what is named as stored. Only where the service says nothing at all, not even a
/// page for people, its status alone has to do.
fn judged(session: &Session<'_>, answer: Answer<'_>, uid: &str) -> Result<Judgement, Failure> {
    let peer = &session.site.peer;
    let status = answer.status;
    let media_type = answer.media_type.clone();
    let bytes = answer.read_all(LONGEST)?;
    let is_empty = bytes.trim_ascii().is_empty();
    let entries = match entries_of(session, &media_type, &bytes) {
        Ok(entries) => entries,
        // It refused, in whatever words.
        Err(_) if status == 409 => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let find = |sequence, is_this: &dyn Fn(Option<String>) -> bool| {
        let items = entries
            .iter()
            .flat_map(|entry| entry.dataset.elements().items(sequence));
        let own = |item: &Elements<'_>| item.uid(tags::REFERENCED_SOP_INSTANCE_UID);
        items.into_iter().find(|item| is_this(own(item)))
    };
    // The request has one instance: a failure without name is its own.
    let perhaps = |own: Option<String>| own.is_none_or(|own| own == uid);
    let surely = |own: Option<String>| own.is_some_and(|own| own == uid);
    let word = |item: Elements<'_>, tag| item.integer(tag).and_then(|n| u16::try_from(n).ok());
    if let Some(item) = find(tags::FAILED_SOP_SEQUENCE, &perhaps)
        .or_else(|| find(tags::OTHER_FAILURES_SEQUENCE, &perhaps))
    {
        let reason = word(item, tags::FAILURE_REASON).unwrap_or(0x0110);
        return Ok(Judgement {
            result: Err(status_message(peer, reason, "")),
            remark: None,
        });
    }
    let stored = find(tags::REFERENCED_SOP_SEQUENCE, &surely);
    let warning = stored.and_then(|item| word(item, tags::WARNING_REASON));
    let is_stored = match status {
        409 => false,
        200 if is_empty => !media_type.is_html(),
        _ => stored.is_some(),
    };
    let result = if is_stored {
        Ok(())
    } else {
        Err(Message::new(msg("web-not-stored")).text("peer", peer))
    };
    Ok(Judgement {
        result,
        remark: warning.map(|warning| status_message(peer, warning, "")),
    })
}

/// The body of a request with one file in it.
struct Body {
    path: PathBuf,
    boundary: String,
    /// What stands before the file's own bytes: the part's header, and the beginning of a Part 10
    /// file where the file has none.
    before: Vec<u8>,
    after: Vec<u8>,
    /// Bytes of the file that are not sent.
    skipped: u64,
    file_length: u64,
}

impl Body {
    fn of(path: &Path) -> Result<Self, Message> {
        let metadata = std::fs::metadata(path).map_err(|error| io_message(&error))?;
        let file_length = metadata.len();
        // Nothing that a file may hold by chance.
        let boundary = format!("isocentre-{}", uuid::Uuid::new_v4().simple());
        let mut before =
            format!("--{boundary}\r\nContent-Type: application/dicom\r\n\r\n").into_bytes();
        let repair = part10_repair(path)?;
        before.extend(repair.head);
        Ok(Self {
            path: path.to_owned(),
            skipped: repair.skipped,
            after: format!("\r\n--{boundary}--\r\n").into_bytes(),
            boundary,
            before,
            file_length,
        })
    }

    fn content_type(&self) -> String {
        let boundary = &self.boundary;
        format!(r#"multipart/related; type="application/dicom"; boundary={boundary}"#)
    }

    fn length(&self) -> u64 {
        (self.before.len() + self.after.len()) as u64 + self.sent_of_file()
    }

    const fn sent_of_file(&self) -> u64 {
        self.file_length.saturating_sub(self.skipped)
    }

    /// The bytes from their beginning; as many as [`Self::length`] says, even if the file grew.
    fn open(&self) -> Result<Box<dyn Read>, Message> {
        let unreadable = |error: io::Error| io_message(&error);
        let mut file = File::open(&self.path).map_err(unreadable)?;
        file.seek(SeekFrom::Start(self.skipped))
            .map_err(unreadable)?;
        let before = Cursor::new(self.before.clone());
        let after = Cursor::new(self.after.clone());
        Ok(Box::new(
            before.chain(file.take(self.sent_of_file())).chain(after),
        ))
    }
}
