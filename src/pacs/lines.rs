//! The lines to nodes, for all who use them at once: what one of them takes counts for the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use super::Node;
use super::throttle::Throttle;

/// The lines to nodes. Clones are the same lines.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<BTreeMap<String, Known>>>);

struct Known {
    limit_bytes_per_s: Option<u64>,
    /// Where the node was then.
    address: String,
    line: Line,
}

/// The line to one node. Clones are the same line.
#[derive(Clone, Default)]
pub(super) struct Line {
    /// What all its connections share, if they are limited.
    pub throttle: Option<Throttle>,
    has_answered: Arc<AtomicBool>,
}

impl Lines {
    /// That of a node, by its name; a new one where the node's limit or address is another now.
    pub(super) fn of(&self, node: &Node) -> Line {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (limit, address) = (node.limit_bytes_per_s, node.address.to_string());
        let known = lines
            .get(&node.name)
            .filter(|known| known.limit_bytes_per_s == limit && known.address == address);
        if let Some(known) = known {
            return known.line.clone();
        }
        let line = Line {
            throttle: Throttle::new(limit),
            has_answered: Arc::default(),
        };
        let known = Known {
            limit_bytes_per_s: limit,
            address,
            line: line.clone(),
        };
        lines.insert(node.name.clone(), known);
        line
    }

    /// What all connections to a node share, if they are limited.
    #[must_use]
    pub fn throttle(&self, node: &Node) -> Option<Throttle> {
        self.of(node).throttle
    }
}

impl Line {
    /// To another node, by the same limit.
    pub fn beside(&self) -> Self {
        Self {
            throttle: self.throttle.clone(),
            ..Self::default()
        }
    }

    /// The node speaks as we thought it does.
    pub fn answered(&self) {
        self.has_answered.store(true, Ordering::Relaxed);
    }

    /// Whether it ever did: then a line that is closed before an answer is no sign that it does not.
    pub fn has_answered(&self) -> bool {
        self.has_answered.load(Ordering::Relaxed)
    }
}
