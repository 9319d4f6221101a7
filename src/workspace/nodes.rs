//! The nodes the reader knows, how searching and fetching behave, and whether a node answers.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::archive::{CleanUpLimits, NodeOrigin, Unattended};
use crate::pacs::{AeTitle, Node, NodeAddress, ReceiverTls, Secret, SecretOwner};
use crate::problem::{Message, Problem, Severity, msg};
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, Task};

/// The port our storage service listens on, unless told otherwise: above those that only root
/// may open.
pub const LISTENING_PORT: u16 = 11113;

/// What of the network is remembered. No secrets: these are in the system's keyring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PacsSettings {
    /// Archives on the network.
    pub nodes: Vec<Node>,
    /// What we call ourselves.
    pub ae_title: AeTitle,
    /// Whether other programs may send to us at any time.
    pub is_listening: bool,
    /// On this port.
    pub port: u16,
    /// Encrypted, with this certificate.
    pub receiver_tls: Option<ReceiverTls>,
    /// Where the local archive is; the application's own folder if not set.
    pub archive_folder: Option<PathBuf>,
    /// Earlier studies fetched in the background.
    pub priors: Priors,
    /// What goes from the archive when room is made.
    pub clean_up: CleanUp,
    /// On slow lines pictures stand for images until these are here.
    pub is_previewing: bool,
}

impl Default for PacsSettings {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            ae_title: AeTitle::ours(),
            is_listening: false,
            port: LISTENING_PORT,
            receiver_tls: None,
            archive_folder: None,
            priors: Priors::default(),
            clean_up: CleanUp::default(),
            is_previewing: true,
        }
    }
}

/// Which earlier studies are fetched when a study opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Priors {
    /// Whether any are.
    pub is_on: bool,
    /// At most so many of one patient.
    pub most: u8,
    /// Of the same modality.
    pub same_modality: bool,
    /// Of the same part of the body.
    pub same_body_part: bool,
    /// Not older than so many years before the study that is read; 0: however old.
    pub most_years: u8,
    /// At most so many bytes for one patient.
    pub budget_bytes: u64,
}

impl Default for Priors {
    fn default() -> Self {
        Self {
            is_on: true,
            most: 2,
            same_modality: true,
            same_body_part: true,
            most_years: 0,
            budget_bytes: 1_000_000_000,
        }
    }
}

/// What goes from the archive when room is made, and whether that is done by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CleanUp {
    /// At the start and once a day, without being asked.
    pub is_automatic: bool,
    /// Studies not kept or opened for so many days.
    pub unused_days: Option<u32>,
    /// Those not used for longest, until the archive takes no more bytes.
    pub at_most_bytes: Option<u64>,
}

impl CleanUp {
    /// The limits; `None` if neither is set, for then nothing goes.
    #[must_use]
    pub fn limits(&self) -> Option<CleanUpLimits> {
        const DAY: Duration = Duration::from_hours(24);
        if self.unused_days.is_none() && self.at_most_bytes.is_none() {
            return None;
        }
        Some(CleanUpLimits {
            unused_for: self.unused_days.map(|days| DAY * days),
            at_most_bytes: self.at_most_bytes,
            ..CleanUpLimits::default()
        })
    }
}

/// Whether a node answers.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeTest {
    /// Asked.
    Running,
    /// It answers.
    Answers(NodeAnswers),
    /// It does not, and why that may be.
    Fails(Message),
}

/// What a node that answers does for us.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NodeAnswers {
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Each service that was tried: what it does, or why it does not.
    pub services: Vec<Result<Message, Message>>,
}

/// What the last test of each node said: of a name at an address, for another address is another
/// node.
#[derive(Debug, Default)]
pub struct NodeTests(Vec<(String, NodeAddress, NodeTest)>);

impl NodeTests {
    /// Of this node as it is.
    #[must_use]
    pub fn of(&self, node: &Node) -> Option<&NodeTest> {
        let mut all = self.0.iter();
        let found = all.find(|(name, at, _)| *name == node.name && *at == node.address);
        found.map(|(_, _, test)| test)
    }

    pub(super) fn set(&mut self, node: &Node, test: NodeTest) {
        self.0
            .retain(|(name, at, _)| *name != node.name || *at != node.address);
        let (name, address) = (node.name.clone(), node.address.clone());
        self.0.push((name, address, test));
    }

    fn forget(&mut self, name: &str) {
        self.0.retain(|(known, _, _)| known != name);
    }
}

/// A change of the nodes.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum NodeEdit {
    /// A new one; none if another has its name.
    Put(Node),
    /// This one is called and reached so from now on; no other may have the new name.
    Change(String, Node),
    Remove(String),
    ToggleSearched(String),
    /// Does it answer? Also one that is not saved yet, with a secret that is only tried.
    Test(Node, Option<Secret>),
    /// The password or token for this node, into the keyring.
    Secret(SecretOwner, Secret),
    /// Signs the reader in, in the system's browser.
    SignIn(Node),
    /// All nodes into a file.
    Export(PathBuf),
    /// The nodes of a file besides those there are; one whose name is taken gets another.
    Import(PathBuf),
    /// What a file held.
    Imported(Vec<Node>),
    AeTitle(AeTitle),
    Listen(bool),
    Port(u16),
    /// How what is sent to us is encrypted.
    ReceiverTls(Option<ReceiverTls>),
    /// Pictures first on slow lines.
    Previews(bool),
    Priors(Priors),
    CleanUp(CleanUp),
    ArchiveFolder(Option<PathBuf>),
}

impl PacsSettings {
    /// The node of this name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// What is cleaned away without being asked; `None` if nothing is.
    #[must_use]
    pub fn automatic_clean_up(&self) -> Option<CleanUpLimits> {
        let limits = self
            .clean_up
            .limits()
            .filter(|_| self.clean_up.is_automatic)?;
        let nodes = self.nodes.iter().map(|node| NodeOrigin {
            name: node.name.clone(),
            origin: node.origin(),
        });
        let nodes = nodes.collect();
        Some(CleanUpLimits {
            unattended: Some(Unattended { nodes }),
            ..limits
        })
    }

    fn secret_owners(&self) -> Vec<SecretOwner> {
        self.nodes.iter().filter_map(SecretOwner::of).collect()
    }

    /// Adds a node without touching one of the same name: who is trusted under a name is for the
    /// reader to say, not for a file. Gives the name that it got instead.
    fn put_beside(&mut self, mut node: Node) -> Option<String> {
        if self.nodes.contains(&node) {
            return None;
        }
        let is_taken = self.node(&node.name).is_some();
        if is_taken {
            let mut names = (2..).map(|n| format!("{} ({n})", node.name));
            node.name = names.find(|name| self.node(name).is_none())?;
        }
        let renamed = is_taken.then(|| node.name.clone());
        self.nodes.push(node);
        renamed
    }
}

impl Workspace {
    /// What was fetched from a node, and its password, go by its name: two are never mixed up.
    fn refuse_name(&mut self, name: &str) -> Vec<Effect> {
        let taken = Message::new(msg("node-name-taken")).text("node", name);
        self.notices.push(Problem::error(taken));
        Vec::new()
    }

    pub(super) fn edit_nodes(&mut self, edit: NodeEdit) -> Vec<Effect> {
        let pacs = &mut self.settings.pacs;
        let owners = pacs.secret_owners();
        match edit {
            NodeEdit::Test(node, secret) => {
                self.node_tests.set(&node, NodeTest::Running);
                return vec![Effect::Spawn(Task::TestNode(node, secret))];
            }
            NodeEdit::Secret(owner, secret) => {
                return vec![Effect::Spawn(Task::KeepSecret(owner, secret))];
            }
            NodeEdit::SignIn(node) => return vec![Effect::Spawn(Task::SignIn(node))],
            NodeEdit::Export(path) => {
                return vec![Effect::Spawn(Task::ExportNodes(path, pacs.nodes.clone()))];
            }
            NodeEdit::Import(path) => return vec![Effect::Spawn(Task::ImportNodes(path))],
            NodeEdit::Put(node) => {
                if pacs.node(&node.name).is_some() {
                    return self.refuse_name(&node.name);
                }
                pacs.nodes.push(node);
            }
            NodeEdit::Change(name, node) => {
                if name != node.name && pacs.node(&node.name).is_some() {
                    return self.refuse_name(&node.name);
                }
                self.node_tests.forget(&name);
                match pacs.nodes.iter_mut().find(|it| it.name == name) {
                    Some(known) => *known = node,
                    None => pacs.nodes.push(node),
                }
            }
            NodeEdit::Remove(name) => {
                self.node_tests.forget(&name);
                pacs.nodes.retain(|node| node.name != name);
            }
            NodeEdit::ToggleSearched(name) => {
                if let Some(node) = pacs.nodes.iter_mut().find(|node| node.name == name) {
                    node.is_searched = !node.is_searched;
                    // Who is searched has more than a worklist.
                    if let (true, NodeAddress::Dimse(address)) =
                        (node.is_searched, &mut node.address)
                    {
                        address.is_worklist_only = false;
                    }
                }
            }
            NodeEdit::Imported(nodes) => {
                let mut said = vec![Problem {
                    severity: Severity::Note,
                    message: Message::new(msg("nodes-imported")).count("count", nodes.len()),
                    path: None,
                }];
                let renamed: Vec<String> = nodes
                    .into_iter()
                    .filter_map(|node| pacs.put_beside(node))
                    .collect();
                if !renamed.is_empty() {
                    let beside = Message::new(msg("nodes-imported-beside"))
                        .count("count", renamed.len())
                        .text("names", renamed.join(", "));
                    said.push(Problem::warning(beside));
                }
                said.into_iter().for_each(|it| self.notices.push(it));
            }
            NodeEdit::AeTitle(title) => pacs.ae_title = title,
            NodeEdit::Listen(is_listening) => pacs.is_listening = is_listening,
            NodeEdit::Port(port) => pacs.port = port,
            NodeEdit::ReceiverTls(tls) => pacs.receiver_tls = tls,
            NodeEdit::Priors(priors) => pacs.priors = priors,
            NodeEdit::CleanUp(clean_up) => pacs.clean_up = clean_up,
            NodeEdit::Previews(is_previewing) => pacs.is_previewing = is_previewing,
            NodeEdit::ArchiveFolder(folder) => pacs.archive_folder = folder,
        }
        // Whoever is not there any more, or elsewhere now, leaves no password behind.
        let left = self.settings.pacs.secret_owners();
        let gone = owners.into_iter().filter(|owner| !left.contains(owner));
        let mut effects = vec![
            Effect::WriteSettings(self.settings.clone()),
            Effect::FollowPacs,
        ];
        effects.extend(gone.map(|owner| Effect::Spawn(Task::ForgetSecret(owner))));
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, url: &str) -> Node {
        Node {
            name: name.into(),
            address: NodeAddress::parse(url).unwrap(),
            is_searched: true,
            limit_bytes_per_s: None,
            is_slow: false,
        }
    }

    fn forgotten(effects: &[Effect]) -> Vec<SecretOwner> {
        let owner = |effect: &Effect| match effect {
            Effect::Spawn(Task::ForgetSecret(owner)) => Some(owner.clone()),
            _ => None,
        };
        effects.iter().filter_map(owner).collect()
    }

    #[test]
    fn a_node_that_goes_or_moves_leaves_no_secret_behind() {
        let here = node("Main", "https://pacs.example/rs");
        let path = node("Main", "https://pacs.example/dicom-web");
        let away = node("Main", "https://evil.example/rs");
        let renamed = node("Other", "https://pacs.example/rs");
        let owner = SecretOwner::of(&here).unwrap();
        let change = |node: &Node| NodeEdit::Change("Main".into(), node.clone());
        for (edit, is_forgotten) in [
            (NodeEdit::Remove("Main".into()), true),
            (change(&renamed), true),
            (change(&away), true),
            (NodeEdit::Put(away.clone()), false),
            (NodeEdit::Imported(vec![away.clone()]), false),
            (change(&path), false),
            (NodeEdit::ToggleSearched("Main".into()), false),
        ] {
            let mut workspace = Workspace::default();
            workspace.edit_nodes(NodeEdit::Put(here.clone()));
            let gone = forgotten(&workspace.edit_nodes(edit.clone()));
            let expected = if is_forgotten {
                vec![owner.clone()]
            } else {
                Vec::new()
            };
            assert_eq!(gone, expected, "{edit:?}");
        }
    }

    #[test]
    fn nodes_of_a_file_stand_beside_those_of_the_same_name_and_that_is_said() {
        let mine = node("Main", "MAIN@pacs:104+tls");
        let mut other = mine.clone();
        if let NodeAddress::Dimse(address) = &mut other.address {
            address.tls.as_mut().unwrap().authorities = crate::pacs::Authorities::Anyone;
        }
        let mut workspace = Workspace::default();
        workspace.edit_nodes(NodeEdit::Put(mine.clone()));
        let second = node("Second", "SECOND@pacs:104");
        for _ in 0..2 {
            let nodes = vec![mine.clone(), other.clone(), second.clone()];
            workspace.edit_nodes(NodeEdit::Imported(nodes));
        }
        let nodes = &workspace.settings.pacs.nodes;
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["Main", "Main (2)", "Second", "Main (3)"]);
        assert_eq!(nodes[0], mine);
        assert!(nodes[1].is_unverified() && !nodes[0].is_unverified());
        let mut said = workspace
            .notices
            .shown()
            .iter()
            .map(|it| it.problem.message.id);
        assert!(said.any(|id| id == msg("nodes-imported-beside")));
    }

    #[test]
    fn a_node_is_never_saved_in_the_place_of_another_of_its_name() {
        let (main, second) = (
            node("Main", "MAIN@pacs:104"),
            node("Second", "SECOND@pacs:104"),
        );
        let renamed = node("Main", "SECOND@pacs:104");
        for edit in [
            NodeEdit::Put(renamed.clone()),
            NodeEdit::Change("Second".into(), renamed),
        ] {
            let mut workspace = Workspace::default();
            workspace.edit_nodes(NodeEdit::Put(main.clone()));
            workspace.edit_nodes(NodeEdit::Put(second.clone()));
            assert!(workspace.edit_nodes(edit).is_empty());
            let nodes = &workspace.settings.pacs.nodes;
            assert_eq!(*nodes, [main.clone(), second.clone()]);
            let said = workspace.notices.shown().iter();
            let said: Vec<_> = said.map(|it| it.problem.message.id).collect();
            assert_eq!(said, [msg("node-name-taken")]);
        }
    }

    #[test]
    fn a_test_says_nothing_of_a_node_of_the_same_name_elsewhere() {
        let (here, away) = (
            node("Main", "https://pacs.example/rs"),
            node("Main", "https://other.example/rs"),
        );
        let mut tests = NodeTests::default();
        tests.set(&here, NodeTest::Running);
        assert_eq!(tests.of(&here), Some(&NodeTest::Running));
        assert_eq!(tests.of(&away), None);
    }
}
