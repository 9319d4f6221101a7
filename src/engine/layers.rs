//! Objects laid over images, read as jobs.

use std::sync::Arc;

use crate::engine::Engine;
use crate::jobs::JobCtx;
use crate::model::InstanceIx;
use crate::objects::layer::read_layer;
use crate::problem::{Message, Problem, msg};
use crate::workspace::{Arrival, Workspace};

impl Engine {
    pub(super) fn spawn_read_layer(&self, instance: InstanceIx, workspace: &Workspace) {
        let Some(header) = workspace.library.header(instance) else {
            return;
        };
        let source = header.source.clone();
        let budget = Arc::clone(&self.budget);
        let title = Message::new(msg("job-read-layer"));
        let read = move |ctx: &JobCtx| {
            let read = read_layer(source, &budget, ctx);
            Some(Arrival::LayerRead {
                instance,
                result: read.map(Arc::new).map_err(|refusal| refusal.message()),
            })
        };
        let unread = move |problem: Problem| {
            Some(Arrival::LayerRead {
                instance,
                result: Err(problem.message),
            })
        };
        self.spawn_event(title, true, read, unread);
    }
}
