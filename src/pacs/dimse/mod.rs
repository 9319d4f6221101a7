//! DIMSE (PS3.7, PS3.8): the services of a node over associations.

mod accepted;
mod association;
mod callers;
mod command;
mod commitment;
mod contexts;
mod echo;
mod find;
mod get;
mod intake;
pub(super) mod keys;
mod link;
mod listening;
mod model;
mod move_;
mod move_to;
mod operation;
mod plan;
mod refused;
mod retrieve;
mod server;
mod storage_scp;
mod store;
mod tally;
mod tls;
mod trial;
mod uids;
mod wire;
mod worklist;

use std::path::PathBuf;

use super::AeTitle;
use super::Caller;
use super::Commitment;
use super::DimseAddress;
use super::Echo;
use super::Failure;
use super::Found;
use super::ListStep;
use super::MoveCounts;
use super::Moved;
use super::Node;
use super::ReceiverTls;
use super::Reception;
use super::Retrieval;
use super::RetrieveEvent;
use super::Retrieved;
use super::SendOutcome;
use super::Sent;
use super::Service;
use super::SopReference;
use super::Wanted;
use super::WorklistQuery;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::problem::Message;

use association::Call;
use retrieve::GetWorker;

pub use refused::RefusedCall;
pub use refused::WhyRefused;
pub use storage_scp::MoveOriginator;
pub use storage_scp::ScpEvent;
pub use storage_scp::ScpOptions;
pub use storage_scp::StorageScp;

/// A node that speaks DIMSE.
pub struct DimseService {
    call: Call,
    reception: Reception,
    receiver_tls: Option<ReceiverTls>,
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
                line: caller.lines.of(node),
            },
            reception: caller.reception.clone(),
            receiver_tls: caller.receiver_tls.clone(),
        }
    }
}

impl Service for DimseService {
    fn echo(&self, ctx: &JobCtx) -> Result<Echo, Failure> {
        echo::echo(&self.call, ctx)
    }

    fn find(
        &self,
        query: &StudyQuery,
        found: &mut dyn FnMut(StudyMatch),
        ctx: &JobCtx,
    ) -> Result<Found, Failure> {
        find::find(&self.call, query, found, ctx)
    }

    fn list(
        &self,
        study_uid: &str,
        series_uids: &[String],
        each: &mut dyn FnMut(ListStep) -> bool,
        ctx: &JobCtx,
    ) -> Result<(), Failure> {
        find::list(&self.call, study_uid, series_uids, each, ctx)
    }

    fn worklist(
        &self,
        query: &WorklistQuery,
        found: &mut dyn FnMut(StudyMatch),
        ctx: &JobCtx,
    ) -> Result<Found, Failure> {
        worklist::find(&self.call, query, found, ctx)
    }

    fn retrieve(
        &self,
        wanted: &[Wanted],
        sink: &dyn InstanceSink,
        told: &(dyn Fn(RetrieveEvent) + Sync),
        ctx: &JobCtx,
    ) -> Result<Retrieved, Failure> {
        let call = &self.call;
        match (call.address.retrieval, &self.reception) {
            (Retrieval::Get, _) => {
                let worker = GetWorker { call, sink };
                retrieve::retrieve(call, &worker, wanted, told, ctx)
            }
            (Retrieval::Move, Reception::None) => Err(Failure::NoReception),
            (Retrieval::Move, Reception::Listen(port)) => {
                let tls = move_::receiver_tls(call, self.receiver_tls.as_ref())?;
                move_::retrieve_listening(call, *port, tls, wanted, sink, told, ctx)
            }
            (Retrieval::Move, Reception::Running(scp)) => {
                move_::retrieve_running(call, scp, wanted, told, ctx)
            }
        }
    }

    fn move_to(
        &self,
        to: &AeTitle,
        wanted: &Wanted,
        told: &mut dyn FnMut(MoveCounts),
        ctx: &JobCtx,
    ) -> Result<Moved, Failure> {
        move_to::move_to(&self.call, to, wanted, told, ctx)
    }

    fn try_retrieval(&self, ctx: &JobCtx) -> Result<Option<Message>, Failure> {
        let tls = self.receiver_tls.as_ref();
        trial::retrieval(&self.call, &self.reception, tls, ctx).map(Some)
    }

    fn send(
        &self,
        files: &[PathBuf],
        told: &(dyn Fn(&SendOutcome) + Sync),
        ctx: &JobCtx,
    ) -> Result<Sent, Failure> {
        store::send(&self.call, files, told, ctx)
    }

    fn commit(
        &self,
        transaction_uid: &str,
        instances: &[SopReference],
        ctx: &JobCtx,
    ) -> Result<Option<Commitment>, Failure> {
        let (call, tls) = (&self.call, self.receiver_tls.as_ref());
        commitment::commit(call, &self.reception, tls, transaction_uid, instances, ctx)
    }
}
