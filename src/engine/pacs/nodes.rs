//! Does a node answer? And the list of nodes as a file, for the next workplace.

use std::path::{Path, PathBuf};

use crate::files::{self, Readable};
use crate::jobs::JobCtx;
use crate::model::{DateRange, StudyQuery};
use crate::pacs::web::{SignInPage, sign_in};
use crate::pacs::{
    Failure, Kept, KeyringTrouble, Lines, Node, Secret, SecretKind, SecretOwner, Secrets, Service,
    WorklistQuery, service,
};
use crate::problem::{Message, MessageId, Problem, Severity, msg};
use crate::text::Words;
use crate::workspace::{
    Arrival, Command, NodeAnswers, NodeEdit, NodeTest, PacsSettings, Workspace,
};

use super::search::today;
use super::{Messenger, Network, on_thread};

impl Network {
    /// Asks a node whether it is there and takes us for who we are.
    /// A secret given with it is tried and not kept: it may be another's of the same name.
    pub(in crate::engine) fn test_node(
        &self,
        node: Node,
        secret: Option<Secret>,
        settings: &PacsSettings,
    ) {
        let (messenger, mut caller) = (self.messenger(), self.caller(settings));
        // What it said before tells nothing of what it is now.
        caller.lines = Lines::default();
        if let (Some(owner), Some(secret)) = (SecretOwner::of(&node), secret) {
            caller.secrets = Secrets::of_this_run();
            caller.secrets.set(&owner, SecretKind::Password, &secret);
        }
        let telling = messenger.clone();
        on_thread("node test", &messenger, move || {
            let result = tested(&*service(&node, &caller), &node);
            telling.send(Arrival::NodeTested(Box::new(node), result));
        });
    }

    /// Puts a password or token into the keyring.
    pub(in crate::engine) fn keep_secret(&self, owner: SecretOwner, secret: Secret) {
        let messenger = self.messenger();
        let telling = messenger.clone();
        on_thread("keyring", &messenger, move || {
            let kept = Secrets::of_user().set(&owner, SecretKind::Password, &secret);
            tell_where(&telling, owner.name(), kept);
        });
    }

    /// Takes a node's secrets out of the keyring.
    pub(in crate::engine) fn forget_secret(&self, owner: SecretOwner) {
        let messenger = self.messenger();
        let telling = messenger.clone();
        on_thread("keyring", &messenger, move || {
            if Secrets::of_user().forget(&owner).is_err() {
                let message = Message::new(msg("node-secret-not-forgotten"));
                telling.notify(Problem::warning(message.text("node", owner.name())));
            }
        });
    }

    /// Signs the reader in, in the system's browser.
    pub(in crate::engine) fn sign_in(&self, node: Node, workspace: &Workspace) {
        let words = Words::of(workspace.settings.language.spoken());
        let page = SignInPage {
            done: words.id(msg("node-signed-in-page")),
            failed: words.id(msg("node-sign-in-failed-page")),
        };
        let messenger = self.messenger();
        let telling = messenger.clone();
        on_thread("sign-in", &messenger, move || {
            let open = |url: &str| telling.command(Command::Browse(url.to_owned()));
            let secrets = Secrets::of_user();
            match sign_in(&node, &secrets, &page, &open, &JobCtx::new()) {
                Ok(Some(kept)) => tell_where(&telling, &node.name, kept),
                Ok(None) => {}
                Err(failure) => telling.notify(Problem::error(failure.message())),
            }
        });
    }

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

/// Whether a node is there, and what of what we would ask for it would do.
fn tested(service: &dyn Service, node: &Node) -> NodeTest {
    let ctx = JobCtx::new();
    let echo = match service.echo(&ctx) {
        Ok(echo) => echo,
        Err(failure) => return NodeTest::Fails(failure.message()),
    };
    let planned = node.has_worklist().then(|| tested_worklist(service, &ctx));
    let services = if node.is_worklist_only() {
        planned.into_iter().collect()
    } else {
        let mut services = tested_archive(service, &ctx);
        // Few archives have one, and nobody said that this one does.
        services.extend(planned.filter(Result::is_ok));
        services
    };
    NodeTest::Answers(NodeAnswers {
        elapsed_ms: u64::try_from(echo.elapsed.as_millis()).unwrap_or(u64::MAX),
        services,
    })
}

fn failed(id: MessageId, failure: &Failure) -> Message {
    Message::new(id).message("reason", failure.message())
}

/// Whether it says what is planned today.
fn tested_worklist(service: &dyn Service, ctx: &JobCtx) -> Result<Message, Message> {
    let query = WorklistQuery {
        day: DateRange::day(today()),
        limit: 1,
        ..WorklistQuery::default()
    };
    match service.worklist(&query, &mut |_| {}, ctx) {
        Ok(_) => Ok(Message::new(msg("nodes-test-worklist"))),
        Err(failure) => Err(failed(msg("nodes-test-no-worklist"), &failure)),
    }
}

/// Whether it can be searched and fetched from.
fn tested_archive(service: &dyn Service, ctx: &JobCtx) -> Vec<Result<Message, Message>> {
    // Some archives refuse to list all they have.
    let query = StudyQuery {
        study_date: DateRange::day(today()),
        limit: 1,
        ..StudyQuery::default()
    };
    let search = match service.find(&query, &mut |_| {}, ctx) {
        Ok(_) => Ok(Message::new(msg("nodes-test-search"))),
        Err(failure) => Err(failed(msg("nodes-test-no-search"), &failure)),
    };
    let retrieval = match service.try_retrieval(ctx) {
        Ok(offered) => offered.map(Ok),
        Err(failure) => Some(Err(failed(msg("nodes-test-no-retrieval"), &failure))),
    };
    std::iter::once(search).chain(retrieval).collect()
}

/// Where a secret went.
fn tell_where(messenger: &Messenger, node: &str, kept: Kept) {
    let id = match kept {
        Kept::InKeyring => msg("node-secret-kept"),
        Kept::ForThisRun(KeyringTrouble::Absent) => msg("node-secret-for-now"),
        Kept::ForThisRun(KeyringTrouble::Locked) => msg("node-secret-locked"),
        Kept::ForThisRun(KeyringTrouble::Silent) => msg("node-secret-silent"),
    };
    messenger.notify(Problem {
        severity: Severity::Note,
        message: Message::new(id).text("node", node),
        path: None,
    });
}

fn write_nodes(path: &Path, nodes: &[Node]) -> Result<(), Message> {
    let nodes: Vec<Node> = nodes.iter().cloned().map(Node::without_user_info).collect();
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(&nodes, pretty)
        .map_err(|error| Message::new(msg("files-not-encoded")).text("error", error.to_string()))?;
    let written = files::write_atomically(path, text.as_bytes(), Readable::AsUsual);
    written.map_err(|error| error.message())
}

fn read_nodes(path: &Path) -> Result<Vec<Node>, Message> {
    let bytes = files::read(path).map_err(|error| error.message())?;
    let nodes: Vec<Node> = ron::de::from_bytes(&bytes)
        .map_err(|error| Message::new(msg("nodes-unreadable")).text("error", error.to_string()))?;
    Ok(nodes.into_iter().map(Node::without_user_info).collect())
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
