//! Instances out of an answer, part by part, to whoever keeps them.

use super::BadMultipart;
use super::MultipartParser;
use super::PartEvent;
use super::WebTrouble;
use super::session::Answer;
use super::session::Session;
use crate::dicom::Announced;
use crate::dicom::InstanceSink;
use crate::dicom::InstanceWriter;
use crate::dicom::Part10Beginning;
use crate::dicom::Part10Splitter;
use crate::dicom::Received;
use crate::dicom::Refusal;
use crate::pacs::Failure;
use crate::problem::Message;
use crate::problem::msg;

/// More bytes behind the last part are not waited for.
const LONGEST_EPILOGUE: usize = 256 * 1024;

/// One part of an answer that came to its end.
pub(super) struct Arrived {
    /// SOP Instance UID, as the part says; empty where it is no instance.
    pub sop_instance_uid: String,
    /// Kept, or why not.
    pub result: Result<Received, Message>,
    /// It came and has no place here, while others may.
    pub has_no_place: bool,
}

/// One part of which all bytes are here, and not yet kept.
pub(super) struct Ended {
    sop_instance_uid: String,
    whole: Result<Box<dyn InstanceWriter>, Message>,
}

impl Ended {
    /// Makes it last.
    ///
    /// # Errors
    /// A disk that is full, which ends everything; any other refusal is this instance's.
    pub(super) fn keep(self) -> Result<Arrived, Failure> {
        let mut has_no_place = false;
        let result = match self.whole.map(|writer| writer.finish()) {
            Ok(Err(Refusal::NoRoom(message))) => return Err(Failure::NoRoom(message)),
            Ok(finished) => finished.map_err(|refusal| {
                has_no_place = matches!(refusal, Refusal::Unkept(_));
                refusal.message().clone()
            }),
            Err(message) => Err(message),
        };
        Ok(Arrived {
            sop_instance_uid: self.sop_instance_uid,
            result,
            has_no_place,
        })
    }
}

/// Hands the instances of an answer to a sink, and each one's fate to `each`. `only` is the one
/// instance that was asked for: another one is not kept.
///
/// # Errors
/// The line's, a body that is none, a disk that is full. What came before is kept.
pub(super) fn receive(
    session: &Session<'_>,
    answer: Answer<'_>,
    only: Option<&str>,
    sink: &dyn InstanceSink,
    each: &mut dyn FnMut(Arrived),
) -> Result<(), Failure> {
    take_in(session, answer, only, sink, &mut |ended| {
        each(ended.keep()?);
        Ok(())
    })
}

/// As [`receive`], for those who keep what has come while the next part comes.
pub(super) fn take_in(
    session: &Session<'_>,
    answer: Answer<'_>,
    only: Option<&str>,
    sink: &dyn InstanceSink,
    each: &mut dyn FnMut(Ended) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let media_type = answer.media_type.clone();
    let mut part = Part::new(session.site.peer.as_str(), only, sink);
    let site = session.site;
    if let (true, Some(boundary)) = (media_type.is_multipart(), media_type.parameter("boundary")) {
        let mut parser = MultipartParser::new(boundary);
        let mut tell = |event: PartEvent<'_>| -> Result<(), StreamError> {
            match event {
                PartEvent::Begin(_) => part.begin(),
                PartEvent::Data(bytes) => part.push(bytes)?,
                PartEvent::End => each(part.end()?)?,
            }
            Ok(())
        };
        let failed = |error: StreamError| match error {
            StreamError::Failure(failure) => failure,
            StreamError::Multipart(BadMultipart::Truncated) => site.trouble(WebTrouble::Truncated),
            StreamError::Multipart(_) => site.trouble(WebTrouble::NotDicom {
                media_type: media_type.essence.clone(),
            }),
        };
        let mut behind = 0;
        let mut is_ours = false;
        let outcome = answer.stream(&mut |bytes| {
            parser.push(bytes, &mut tell).map_err(|error| {
                is_ours = matches!(error, StreamError::Failure(_));
                failed(error)
            })?;
            // Read to its end, so that the connection can be used again, unless there is none.
            behind += if parser.is_over() { bytes.len() } else { 0 };
            Ok(behind < LONGEST_EPILOGUE)
        });
        // What the line does behind the last part costs nothing, but a full disk is one there, too.
        if is_ours || !parser.is_over() {
            outcome?;
        }
        return parser.finish(&mut tell).map_err(failed);
    }
    let is_file = matches!(
        media_type.essence.as_str(),
        "application/dicom" | "application/octet-stream" | ""
    );
    if !is_file {
        return Err(site.trouble(other_kind(&media_type)));
    }
    if !answer.says_its_length() {
        // Nobody could tell whether such a file is whole.
        return Err(site.trouble(WebTrouble::Truncated));
    }
    part.begin();
    answer.stream(&mut |bytes| part.push(bytes).map(|()| true))?;
    each(part.end()?)
}

/// What to say of an answer of another kind.
pub(super) fn other_kind(media_type: &super::MediaType) -> WebTrouble {
    if media_type.is_html() {
        WebTrouble::Html
    } else {
        WebTrouble::NotDicom {
            media_type: media_type.essence.clone(),
        }
    }
}

enum StreamError {
    Multipart(BadMultipart),
    Failure(Failure),
}

impl From<BadMultipart> for StreamError {
    fn from(error: BadMultipart) -> Self {
        Self::Multipart(error)
    }
}

impl From<Failure> for StreamError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The part that arrives at the moment.
struct Part<'a> {
    from: &'a str,
    only: Option<&'a str>,
    sink: &'a dyn InstanceSink,
    state: State,
    sop_instance_uid: String,
}

enum State {
    Beginning(Part10Splitter),
    Arriving(Box<dyn InstanceWriter>),
    Refused(Message),
}

impl<'a> Part<'a> {
    fn new(from: &'a str, only: Option<&'a str>, sink: &'a dyn InstanceSink) -> Self {
        Self {
            from,
            only,
            sink,
            state: State::Beginning(Part10Splitter::new()),
            sop_instance_uid: String::new(),
        }
    }

    fn begin(&mut self) {
        self.state = State::Beginning(Part10Splitter::new());
        self.sop_instance_uid.clear();
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match &mut self.state {
            State::Beginning(splitter) => match splitter.push(bytes, self.from) {
                Ok(None) => Ok(()),
                Ok(Some(beginning)) => self.open(&beginning),
                Err(message) => {
                    self.state = State::Refused(message);
                    Ok(())
                }
            },
            State::Arriving(writer) => {
                let written = writer.write(bytes);
                self.check(written)
            }
            State::Refused(_) => Ok(()),
        }
    }

    fn open(&mut self, beginning: &Part10Beginning) -> Result<(), Failure> {
        let Announced {
            sop_instance_uid, ..
        } = &beginning.announced;
        self.sop_instance_uid.clone_from(sop_instance_uid);
        if self.only.is_some_and(|only| only != sop_instance_uid) {
            let message = Message::new(msg("web-other-instance"));
            self.state = State::Refused(message.text("peer", self.from));
            return Ok(());
        }
        match self.sink.begin(&beginning.announced) {
            Ok(mut writer) => {
                let written = writer.write(&beginning.data_set);
                self.state = State::Arriving(writer);
                self.check(written)
            }
            Err(refusal) => self.check(Err(refusal)),
        }
    }

    /// A full disk ends everything, any other refusal this instance.
    fn check(&mut self, outcome: Result<(), Refusal>) -> Result<(), Failure> {
        match outcome {
            Ok(()) => Ok(()),
            Err(Refusal::NoRoom(message)) => Err(Failure::NoRoom(message)),
            Err(refusal) => {
                self.state = State::Refused(refusal.message().clone());
                Ok(())
            }
        }
    }

    fn end(&mut self) -> Result<Ended, Failure> {
        let next = State::Beginning(Part10Splitter::new());
        let mut state = std::mem::replace(&mut self.state, next);
        if let State::Beginning(splitter) = state {
            // A small one, of which nothing was handed on yet.
            match splitter.end(self.from) {
                Ok(beginning) => self.open(&beginning)?,
                Err(message) => self.state = State::Refused(message),
            }
            let next = State::Beginning(Part10Splitter::new());
            state = std::mem::replace(&mut self.state, next);
        }
        let whole = match state {
            State::Arriving(writer) => Ok(writer),
            State::Refused(message) => Err(message),
            State::Beginning(_) => {
                Err(Message::new(msg("web-other-instance")).text("peer", self.from))
            }
        };
        Ok(Ended {
            sop_instance_uid: std::mem::take(&mut self.sop_instance_uid),
            whole,
        })
    }
}
