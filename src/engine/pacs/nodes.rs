//! Does a node answer? And the list of nodes as a file, for the next workplace.

use std::path::{Path, PathBuf};

use crate::dicom::Password;
use crate::files::{self, Readable};
use crate::jobs::JobCtx;
use crate::pacs::{Node, service};
use crate::problem::{Message, Problem, Severity, msg};
use crate::workspace::{Arrival, Command, NodeEdit, NodeTest, PacsSettings};

use super::{Network, caller, on_thread};

impl Network {
    /// Asks a node whether it is there and takes us for who we are.
    pub(in crate::engine) fn test_node(&self, node: Node, settings: &PacsSettings) {
        let (messenger, caller) = (self.messenger(), caller(settings));
        let telling = messenger.clone();
        on_thread("node test", &messenger, move || {
            let result = match service(&node, &caller).echo(&JobCtx::new()) {
                Ok(echo) => {
                    let elapsed = echo.elapsed.as_millis();
                    NodeTest::Answers(u64::try_from(elapsed).unwrap_or(u64::MAX))
                }
                Err(failure) => NodeTest::Fails(failure.message()),
            };
            telling.send(Arrival::NodeTested(node.name, result));
        });
    }

    /// Puts a password or token into the keyring.
    pub(in crate::engine) fn keep_secret(&self, _name: String, _secret: Password) {}

    /// Writes the nodes to a file, without secrets: there are none among them.
    pub(in crate::engine) fn export_nodes(&self, path: PathBuf, nodes: Vec<Node>) {
        let messenger = self.messenger();
        let telling = messenger.clone();
        on_thread("nodes", &messenger, move || {
            telling.notify(match write_nodes(&path, &nodes) {
                Ok(()) => Problem {
                    severity: Severity::Note,
                    message: Message::new(msg("nodes-exported")),
                    path: Some(path),
                },
                Err(message) => Problem::error(message).at(path),
            });
        });
    }

    /// Reads nodes from a file.
    pub(in crate::engine) fn import_nodes(&self, path: PathBuf) {
        let messenger = self.messenger();
        let telling = messenger.clone();
        on_thread("nodes", &messenger, move || match read_nodes(&path) {
            Ok(nodes) => telling.command(Command::Node(NodeEdit::Imported(nodes))),
            Err(message) => telling.notify(Problem::error(message).at(path)),
        });
    }
}

fn write_nodes(path: &Path, nodes: &[Node]) -> Result<(), Message> {
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(nodes, pretty)
        .map_err(|error| Message::new(msg("files-not-encoded")).text("error", error.to_string()))?;
    let written = files::write_atomically(path, text.as_bytes(), Readable::AsUsual);
    written.map_err(|error| error.message())
}

fn read_nodes(path: &Path) -> Result<Vec<Node>, Message> {
    let bytes = files::read(path).map_err(|error| error.message())?;
    ron::de::from_bytes(&bytes)
        .map_err(|error| Message::new(msg("nodes-unreadable")).text("error", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacs::NodeAddress;

    #[test]
    fn nodes_written_to_a_file_are_read_from_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nodes.ron");
        let nodes = vec![Node {
            name: "Hôpital".into(),
            address: NodeAddress::parse("MAIN@pacs:104+tls").unwrap(),
            is_searched: false,
            limit_bytes_per_s: None,
            is_slow: true,
        }];
        write_nodes(&path, &nodes).unwrap();
        assert_eq!(read_nodes(&path).unwrap(), nodes);
    }

    #[test]
    fn a_file_that_holds_no_nodes_is_refused_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nodes.ron");
        std::fs::write(&path, "Hello").unwrap();
        assert_eq!(read_nodes(&path).unwrap_err().id, msg("nodes-unreadable"));
    }
}
