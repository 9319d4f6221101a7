//! A node that speaks DICOMweb.

use std::path::PathBuf;
use std::time::Instant;

use super::bulk_data;
use super::instance::Forms;
use super::instance::InstancePlace;
use super::preview;
use super::preview::FramePart;
use super::preview::PreviewSession;
use super::refusal;
use super::retrieve;
use super::search;
use super::send;
use super::session::Ask;
use super::session::Session;
use super::site::Site;
use super::window::RenderWindow;
use crate::dicom::InstanceHeader;
use crate::dicom::InstanceSink;
use crate::dicom::JsonDataset;
use crate::jobs::JobCtx;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::Authorities;
use crate::pacs::Caller;
use crate::pacs::Echo;
use crate::pacs::Failure;
use crate::pacs::Found;
use crate::pacs::ListStep;
use crate::pacs::Node;
use crate::pacs::RetrieveEvent;
use crate::pacs::Retrieved;
use crate::pacs::SendOutcome;
use crate::pacs::Sent;
use crate::pacs::Service;
use crate::pacs::Wanted;
use crate::pacs::WebAddress;
use crate::pacs::listing;

/// A node that speaks DICOMweb, and what only such nodes can do.
pub struct WebService {
    site: Result<Site, Failure>,
    forms: Forms,
}

impl WebService {
    /// The service at this address.
    #[must_use]
    pub fn new(address: &WebAddress, node: &Node, caller: &Caller) -> Self {
        Self {
            site: Site::new(address, node, &caller.secrets, caller.lines.of(node)),
            forms: Forms::new(node.has_slow_line()),
        }
    }

    /// Fetches what `next` says, over several connections at once, until it says no more: it is
    /// asked at the last moment, so that what the reader looks at may come first.
    ///
    /// # Errors
    /// As [`Service::retrieve`].
    pub fn retrieve_ordered(
        &self,
        next: &(dyn Fn() -> Option<InstancePlace> + Sync),
        sink: &dyn InstanceSink,
        told: &(dyn Fn(RetrieveEvent) + Sync),
        ctx: &JobCtx,
    ) -> Result<Retrieved, Failure> {
        retrieve::retrieve_ordered(self.site()?, &self.forms, next, sink, told, ctx)
    }

    /// A picture of an instance, or of one frame of it counted from 1, made by the service: to look
    /// at while the real data are on their way, never to measure on. With this window, and at most
    /// `size` pixels wide and high, if the service can do it.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn rendered(
        &self,
        place: &InstancePlace,
        frame: Option<u32>,
        size: Option<[u32; 2]>,
        window: Option<&RenderWindow>,
        ctx: &JobCtx,
    ) -> Result<InstanceHeader, Failure> {
        preview::rendered(&self.session(ctx)?, place, frame, size, window)
    }

    /// A conversation about pictures of instances whose data are not here yet. Ends with its job.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn previews<'a>(&'a self, ctx: &'a JobCtx) -> Result<PreviewSession<'a>, Failure> {
        self.session(ctx).map(PreviewSession::new)
    }

    /// A small picture that stands for an instance.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn thumbnail(
        &self,
        place: &InstancePlace,
        ctx: &JobCtx,
    ) -> Result<InstanceHeader, Failure> {
        preview::thumbnail(&self.session(ctx)?, place)
    }

    /// Frames of an instance, counted from 1, in one of these transfer syntaxes (the first is the
    /// best) or else in any.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn frames(
        &self,
        place: &InstancePlace,
        frames: &[u32],
        preferred: &[&str],
        ctx: &JobCtx,
    ) -> Result<Vec<FramePart>, Failure> {
        preview::frames(&self.session(ctx)?, place, frames, preferred)
    }

    /// The elements of an instance, and where its bulk data are.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn metadata(
        &self,
        place: &InstancePlace,
        ctx: &JobCtx,
    ) -> Result<Vec<JsonDataset>, Failure> {
        preview::metadata(&self.session(ctx)?, place)
    }

    /// The same as the JSON that the service sent, byte for byte.
    ///
    /// # Errors
    /// [`Failure`]; it is no list of data sets.
    pub fn metadata_as_sent(
        &self,
        place: &InstancePlace,
        ctx: &JobCtx,
    ) -> Result<(Vec<u8>, Vec<JsonDataset>), Failure> {
        preview::metadata_as_sent(&self.session(ctx)?, place)
    }

    /// A value that metadata leave out, at the address they give: its parts.
    ///
    /// # Errors
    /// [`Failure`]; the address may lead out of the service.
    pub fn bulk_data(
        &self,
        place: &InstancePlace,
        uri: &str,
        ctx: &JobCtx,
    ) -> Result<Vec<FramePart>, Failure> {
        bulk_data::bulk_data(&self.session(ctx)?, place, uri)
    }

    fn site(&self) -> Result<&Site, Failure> {
        self.site.as_ref().map_err(Clone::clone)
    }

    fn session<'a>(&'a self, ctx: &'a JobCtx) -> Result<Session<'a>, Failure> {
        Session::new(self.site()?, ctx)
    }
}

impl Service for WebService {
    fn echo(&self, ctx: &JobCtx) -> Result<Echo, Failure> {
        let session = self.session(ctx)?;
        let site = session.site;
        let begin = Instant::now();
        let at_address = |failure| refusal::at_address(failure, &site.address.url);
        let answer = session.get(&Ask {
            url: format!("{}/studies?limit=1", site.base),
            accept: "application/dicom+json",
            may_pack: true,
        });
        let answer = answer.map_err(at_address)?;
        let implementation = answer.header("server").unwrap_or_default().to_owned();
        let is_verified =
            site.origin.is_secure && site.address.tls.authorities != Authorities::Anyone;
        if answer.status != 204 {
            search::checked(&session, answer).map_err(at_address)?;
        }
        Ok(Echo {
            elapsed: begin.elapsed(),
            implementation,
            is_verified,
        })
    }

    fn find(
        &self,
        query: &StudyQuery,
        found: &mut dyn FnMut(StudyMatch),
        ctx: &JobCtx,
    ) -> Result<Found, Failure> {
        search::find(&self.session(ctx)?, query, found)
    }

    fn list(
        &self,
        study_uid: &str,
        series_uids: &[String],
        each: &mut dyn FnMut(ListStep) -> bool,
        ctx: &JobCtx,
    ) -> Result<(), Failure> {
        let session = self.session(ctx)?;
        let mut ask = |query: &StudyQuery, found: &mut dyn FnMut(StudyMatch)| {
            search::find(&session, query, found)
        };
        listing::list(&mut ask, study_uid, series_uids, each)
    }

    fn retrieve(
        &self,
        wanted: &[Wanted],
        sink: &dyn InstanceSink,
        told: &(dyn Fn(RetrieveEvent) + Sync),
        ctx: &JobCtx,
    ) -> Result<Retrieved, Failure> {
        retrieve::retrieve(self.site()?, &self.forms, wanted, sink, told, ctx)
    }

    fn send(
        &self,
        files: &[PathBuf],
        told: &(dyn Fn(&SendOutcome) + Sync),
        ctx: &JobCtx,
    ) -> Result<Sent, Failure> {
        send::send(self.site()?, files, told, ctx)
    }
}
