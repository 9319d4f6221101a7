//! DIMSE (PS3.7, PS3.8): the services of a node over associations.

mod association;
mod command;
mod echo;
mod link;
pub(super) mod tls;
mod uids;
mod wire;

use std::path::PathBuf;

use super::Caller;
use super::DimseAddress;
use super::Echo;
use super::Failure;
use super::Found;
use super::Node;
use super::RetrieveEvent;
use super::Retrieved;
use super::SendOutcome;
use super::Sent;
use super::Service;
use super::Wanted;
use super::throttle::Throttle;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::model::StudyMatch;
use crate::model::StudyQuery;

use association::Call;

/// A receiver that is always on.
pub struct StorageScp;

/// A node that speaks DIMSE.
pub struct DimseService {
    call: Call,
}

impl DimseService {
    /// The service at this address.
    #[must_use]
    pub fn new(address: &DimseAddress, node: &Node, caller: &Caller) -> Self {
        let calling = address.calling_ae_title.as_ref();
        Self {
            call: Call {
                address: address.clone(),
                calling: calling.unwrap_or(&caller.ae_title).clone(),
                throttle: Throttle::new(node.limit_bytes_per_s),
            },
        }
    }
}

impl Service for DimseService {
    fn echo(&self, ctx: &JobCtx) -> Result<Echo, Failure> {
        echo::echo(&self.call, ctx)
    }

    fn find(
        &self,
        _query: &StudyQuery,
        _found: &mut dyn FnMut(StudyMatch),
        _ctx: &JobCtx,
    ) -> Result<Found, Failure> {
        Err(Failure::NoReception)
    }

    fn retrieve(
        &self,
        _wanted: &[Wanted],
        _sink: &dyn InstanceSink,
        _told: &(dyn Fn(RetrieveEvent) + Sync),
        _ctx: &JobCtx,
    ) -> Result<Retrieved, Failure> {
        Err(Failure::NoReception)
    }

    fn send(
        &self,
        _files: &[PathBuf],
        _told: &(dyn Fn(&SendOutcome) + Sync),
        _ctx: &JobCtx,
    ) -> Result<Sent, Failure> {
        Err(Failure::NoReception)
    }
}
