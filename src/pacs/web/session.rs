//! Requests and answers: one conversation with a web service, which ends with its job.

use std::io::Read;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

use crossbeam_channel::RecvTimeoutError;
use crossbeam_channel::Sender;
use ureq::Agent;
use ureq::SendBody;
use ureq::http;
use ureq::http::HeaderMap;
use ureq::http::header;

use super::MediaType;
use super::WebTrouble;
use super::address::Origin;
use super::address::resolved;
use super::refusal;
use super::retry_after;
use super::site::Site;
use crate::jobs::JobCtx;
use crate::pacs::Failure;

/// How soon a cancelled job is noticed while a connection waits.
const GLANCE: Duration = Duration::from_millis(50);
/// Bytes read at once.
const BUFFER: usize = 128 * 1024;
/// Times we are sent on before we stop.
const MOST_HOPS: usize = 5;
/// Times a busy service is asked again.
const MOST_WAITS: usize = 2;
/// Longest pause that a busy service may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// One conversation: connections that are kept open between requests, and cut when the job is
/// cancelled.
pub(super) struct Session<'a> {
    pub site: &'a Site,
    pub ctx: &'a JobCtx,
    agent: Agent,
    _watch: Sender<()>,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Ask<'a> {
    pub url: String,
    pub accept: &'a str,
    /// Packed as a whole (gzip), if the service likes to: for lists.
    pub may_pack: bool,
}

/// What is sent.
pub(super) struct Content<'a> {
    pub content_type: &'a str,
    pub length: u64,
    /// The bytes from their beginning, each time it is called.
    pub open: &'a dyn Fn() -> Result<Box<dyn Read>, Failure>,
}

impl<'a> Session<'a> {
    pub fn new(site: &'a Site, ctx: &'a JobCtx) -> Result<Self, Failure> {
        let agent = site.agent()?;
        Ok(Self {
            _watch: cut_when_cancelled(&agent, ctx),
            site,
            ctx,
            agent,
        })
    }

    /// Asks for something.
    ///
    /// # Errors
    /// [`Failure`]; every status but success is one.
    pub fn get(&self, ask: &Ask<'_>) -> Result<Answer<'_>, Failure> {
        let mut url = ask.url.clone();
        let mut was_renewed = false;
        let mut was_cut = false;
        let (mut hops, mut waits) = (0, 0);
        loop {
            self.ctx.check()?;
            let may_say = self.may_say_who(&url);
            let who = if may_say {
                self.site.credentials.header(self)?
            } else {
                None
            };
            let request = http::Request::get(&url).header(header::ACCEPT, ask.accept);
            let packing = if ask.may_pack { "gzip" } else { "identity" };
            let request = request.header(header::ACCEPT_ENCODING, packing);
            let answer = match self.run(request, who.as_deref(), SendBody::none()) {
                // A connection that was kept open may have been closed at that very moment.
                Err(Failure::Cut { .. } | Failure::ClosedUnanswered { .. }) if !was_cut => {
                    was_cut = true;
                    continue;
                }
                answer => answer?,
            };
            match answer.status {
                200..=299 => return Ok(answer),
                301 | 302 | 303 | 307 | 308 if hops < MOST_HOPS => {
                    hops += 1;
                    url = self.next_hop(&url, &answer)?;
                }
                401 if may_say
                    && !was_renewed
                    && self.site.credentials.renew(who.as_deref(), self)? =>
                {
                    was_renewed = true;
                }
                429 | 503 if waits < MOST_WAITS => {
                    waits += 1;
                    self.pause(answer.retry_after())?;
                }
                _ => return Err(refusal::failure(self, &url, answer)),
            }
        }
    }

    /// Sends something, and once more only where the service wants another token first, or is too
    /// busy to take anything.
    ///
    /// # Errors
    /// [`Failure`]; a status that is neither success nor 409 is one.
    pub fn post(&self, ask: &Ask<'_>, content: &Content<'_>) -> Result<Answer<'_>, Failure> {
        let mut was_renewed = false;
        let mut waits = 0;
        loop {
            self.ctx.check()?;
            let who = self.site.credentials.header(self)?;
            let mut body = (content.open)()?;
            let request = http::Request::post(&ask.url)
                .header(header::ACCEPT, ask.accept)
                .header(header::CONTENT_TYPE, content.content_type)
                .header(header::CONTENT_LENGTH, content.length);
            let mut body = Paced {
                body: &mut *body,
                session: self,
            };
            let body = SendBody::from_reader(&mut body);
            let answer = match self.run(request, who.as_deref(), body) {
                Err(Failure::ClosedUnanswered { peer }) => {
                    return Err(self.cut_or_unanswered(Failure::Cut { peer }));
                }
                answer => answer?,
            };
            match answer.status {
                200..=299 | 409 => return Ok(answer),
                401 if !was_renewed && self.site.credentials.renew(who.as_deref(), self)? => {
                    was_renewed = true;
                }
                429 | 503 if waits < MOST_WAITS => {
                    waits += 1;
                    self.pause(answer.retry_after())?;
                }
                301 | 302 | 303 | 307 | 308 => {
                    let to = answer.location().and_then(|to| resolved(&ask.url, &to));
                    let to = to.unwrap_or_default();
                    return Err(self
                        .site
                        .trouble(WebTrouble::Redirected { to: place_of(&to) }));
                }
                _ => return Err(refusal::failure(self, &ask.url, answer)),
            }
        }
    }

    /// One request, one answer, whatever its status.
    fn run(
        &self,
        request: http::request::Builder,
        who: Option<&str>,
        body: SendBody<'_>,
    ) -> Result<Answer<'_>, Failure> {
        let request = match who {
            Some(who) => request.header(header::AUTHORIZATION, who),
            None => request,
        };
        let request = request
            .body(body)
            .map_err(|_not_a_url| self.site.trouble(WebTrouble::Address))?;
        let response = self
            .agent
            .run(request)
            .map_err(|error| refusal::of_line(self, error))?;
        self.site.line.answered();
        let (parts, body) = response.into_parts();
        let media_type = parts.headers.get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        Ok(Answer {
            session: self,
            status: parts.status.as_u16(),
            media_type: MediaType::parse(media_type.unwrap_or_default()),
            headers: parts.headers,
            body,
        })
    }

    /// A line that is cut while we send may be a bad line, or nobody there speaks HTTP: a small
    /// question tells which.
    fn cut_or_unanswered(&self, cut: Failure) -> Failure {
        let ask = Ask {
            url: format!("{}/studies?limit=1", self.site.base),
            accept: "application/dicom+json",
            may_pack: true,
        };
        match self.get(&ask) {
            Err(unanswered @ Failure::ClosedUnanswered { .. }) => unanswered,
            _ => cut,
        }
    }

    fn may_say_who(&self, url: &str) -> bool {
        Origin::of(url).is_some_and(|origin| self.site.origin.trusts(&origin))
    }

    /// Where we are sent on to, if we go there.
    fn next_hop(&self, from: &str, answer: &Answer<'_>) -> Result<String, Failure> {
        let to = answer.location().and_then(|to| resolved(from, &to));
        let to = to.unwrap_or_default();
        let leads_out_of_encryption = match (Origin::of(from), Origin::of(&to)) {
            (Some(from), Some(to)) => from.is_secure && !to.is_secure,
            _ => true,
        };
        if leads_out_of_encryption {
            let to = place_of(&to);
            return Err(self.site.trouble(WebTrouble::Redirected { to }));
        }
        Ok(to)
    }

    pub fn pause(&self, pause: Duration) -> Result<(), Failure> {
        let until = Instant::now() + pause;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            self.ctx.check()?;
            std::thread::sleep(left.min(GLANCE));
        }
        Ok(())
    }
}

/// What is sent, no faster than the line may be used.
struct Paced<'a> {
    body: &'a mut dyn Read,
    session: &'a Session<'a>,
}

impl Read for Paced<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.body.read(buffer)?;
        if let Some(throttle) = &self.session.site.line.throttle {
            throttle.pass(read, self.session.ctx);
        }
        Ok(read)
    }
}

/// Cuts the connections when the job is cancelled; ends when what is returned is dropped.
fn cut_when_cancelled(agent: &Agent, ctx: &JobCtx) -> Sender<()> {
    let (ended, end) = crossbeam_channel::bounded(0);
    let (agent, ctx) = (agent.clone(), ctx.clone());
    let watch = move || {
        while end.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout) {
            if ctx.check().is_err() {
                agent.shutdown();
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("web watch".to_owned());
    if let Err(error) = thread.spawn(watch) {
        // Cancelling waits for the time-outs then.
        tracing::warn!(%error, "no thread to watch over a connection");
    }
    ended
}

fn place_of(url: &str) -> String {
    Origin::of(url).map_or_else(|| "?".to_owned(), |origin| origin.place())
}

/// An answer; its body is still to come.
pub(super) struct Answer<'s> {
    session: &'s Session<'s>,
    pub status: u16,
    pub media_type: MediaType,
    pub headers: HeaderMap,
    body: ureq::Body,
}

impl Answer<'_> {
    /// Part of what was asked for (206): whole instances, or a page of a list; never all.
    pub const fn is_partial(&self) -> bool {
        self.status == 206
    }

    /// Whether its end can be told from a line that was cut.
    pub fn says_its_length(&self) -> bool {
        self.body.content_length().is_some() || self.headers.contains_key(header::TRANSFER_ENCODING)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn location(&self) -> Option<String> {
        self.header("location").map(str::to_owned)
    }

    /// How long to wait before asking again: what it says, else a moment.
    fn retry_after(&self) -> Duration {
        let said = self.header("retry-after");
        let said = said.and_then(|text| retry_after::pause(text, SystemTime::now()));
        said.unwrap_or(Duration::from_secs(1)).min(LONGEST_PAUSE)
    }

    /// Hands the body on as it comes, until its end or until `take` says that it has enough.
    ///
    /// # Errors
    /// The line's, or the first of `take`.
    pub fn stream(
        self,
        take: &mut dyn FnMut(&[u8]) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let session = self.session;
        let mut reader = self.body.into_reader();
        let mut buffer = vec![0; BUFFER];
        loop {
            session.ctx.check()?;
            let read = reader
                .read(&mut buffer)
                .map_err(|error| refusal::of_body(session, error))?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                // A line that was cut for a cancelled job looks like the end of some bodies.
                session.ctx.check()?;
                return Ok(());
            }
            if let Some(throttle) = &session.site.line.throttle {
                throttle.pass(read, session.ctx);
            }
            if !take(bytes)? {
                return Ok(());
            }
        }
    }

    /// The whole body.
    ///
    /// # Errors
    /// The line's, or [`WebTrouble::TooLong`].
    pub fn read_all(self, limit: usize) -> Result<Vec<u8>, Failure> {
        let site = self.session.site;
        let mut all = Vec::new();
        self.stream(&mut |bytes| {
            if all.len() + bytes.len() > limit {
                return Err(site.trouble(WebTrouble::TooLong));
            }
            all.extend_from_slice(bytes);
            Ok(true)
        })?;
        Ok(all)
    }
}
