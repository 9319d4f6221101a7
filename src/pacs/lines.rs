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
    heard: Arc<Heard>,
    /// Lines to other services that the node sends us to, by their places.
    beside: Arc<Mutex<BTreeMap<String, Line>>>,
}

/// What was ever heard over a line.
#[derive(Default)]
struct Heard {
    an_answer: AtomicBool,
    tls: AtomicBool,
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
            ..Line::default()
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
    /// To another service at this place, by the same limit.
    pub fn beside(&self, place: &str) -> Self {
        let mut beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
        let line = beside.entry(place.to_owned()).or_insert_with(|| Self {
            throttle: self.throttle.clone(),
            ..Self::default()
        });
        line.clone()
    }

    /// The node speaks as we thought it does.
    pub fn answered(&self) {
        self.heard.an_answer.store(true, Ordering::Relaxed);
    }

    /// Whether it ever did: then a line that is closed before an answer is no sign that it does not.
    pub fn has_answered(&self) -> bool {
        self.heard.an_answer.load(Ordering::Relaxed)
    }

    /// TLS was heard from there, whatever came of it.
    pub fn spoke_tls(&self) {
        self.heard.tls.store(true, Ordering::Relaxed);
    }

    /// Whether it ever was: then a line that is closed when we begin with it is cut.
    pub fn has_spoken_tls(&self) -> bool {
        self.heard.tls.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use crate::pacs::NodeAddress;

    use super::*;

    #[test]
    fn what_was_heard_of_a_service_beside_a_node_is_known_to_the_next_who_asks() {
        let node = Node {
            name: "N".into(),
            address: NodeAddress::parse("https://pacs.example/rs").unwrap(),
            is_searched: true,
            limit_bytes_per_s: None,
            is_slow: false,
        };
        let lines = Lines::default();
        lines.of(&node).beside("sso.example:443").answered();
        assert!(lines.of(&node).beside("sso.example:443").has_answered());
        assert!(!lines.of(&node).beside("other.example:443").has_answered());
        assert!(!lines.of(&node).has_answered());
    }
}
