//! The network and the local archive as the window uses them: each search, each node's test and
//! each transfer on a thread of its own, so that a peer that is silent holds up nobody else.
//!
//! | file | what it owns |
//! |---|---|
//! | `search.rs` | one search: the archive and every node at once |
//! | `worklist.rs` | what the nodes plan |
//! | `nodes.rs` | tests of nodes; nodes into a file and out of one |
//! | `local.rs` | the archive, opened off the window's thread, and what is asked of it |
//! | `transfers.rs`, `told.rs` | the queue's runner; how far all is, for the window |
//! | `run.rs` | a transfer under way |
//! | `retrieve.rs`, `send.rs` | one attempt of a transfer |
//! | `commitment.rs` | whether nodes keep what was sent to them |
//! | `previews.rs` | pictures that stand for what is still on its way |
//! | `beginnings.rs` | pictures out of what of it has arrived |
//! | `order.rs`, `speed.rs` | which instances are wanted first; bytes a second |
//! | `archive_work.rs`, `tidying.rs` | the archive's upkeep, as jobs; when it is done by itself |
//! | `asks.rs`, `priors.rs` | transfers made from what was found |
//! | `listener.rs` | others send to us |

mod archive_work;
mod asks;
mod beginnings;
mod commitment;
mod listener;
mod local;
mod nodes;
mod order;
mod previews;
mod priors;
mod retrieve;
mod right_of_way;
mod run;
mod search;
mod send;
mod speed;
mod tidying;
mod told;
mod transfers;
mod urgent;
mod worklist;

use std::sync::Arc;

use crossbeam_channel::Sender;

use crate::engine::Waker;
use crate::files::AppFolders;
use crate::jobs::JobCtx;
use crate::pacs::{Caller, Lines, Reception, Secrets};
use crate::problem::{Message, Problem, msg};
use crate::text::Words;
use crate::workspace::{Arrival, Command, InUse, PacsSettings, TransferEdit, Workspace};

use local::{Ask, Local};
use order::Focus;

/// The local archive's folder, below the application's data, unless the settings name another.
pub const ARCHIVE_FOLDER: &str = "archive";

/// The network side of the engine.
pub(super) struct Network {
    sender: Sender<Command>,
    waker: Waker,
    /// Those of the search that runs, to stop it.
    searches: Vec<JobCtx>,
    /// Those of the question what is planned.
    plans: Vec<JobCtx>,
    folders: AppFolders,
    lines: Lines,
    /// Begun when it is first asked for something.
    local: Option<Local>,
    looked_at: Option<Focus>,
    /// What is open, as the archive was last told.
    in_use: InUse,
}

impl Network {
    pub(super) fn new(sender: Sender<Command>, waker: Waker, folders: &AppFolders) -> Self {
        Self {
            sender,
            waker,
            searches: Vec::new(),
            plans: Vec::new(),
            folders: folders.clone(),
            lines: Lines::default(),
            local: None,
            looked_at: None,
            in_use: InUse::new(),
        }
    }

    /// The archive's thread.
    fn local(&mut self) -> &Local {
        let messenger = self.messenger();
        self.local
            .get_or_insert_with(|| Local::begin(&self.folders, &messenger, &self.lines))
    }

    /// The settings of the network are these now.
    pub(super) fn follow(&mut self, workspace: &Workspace) {
        let words = Words::of(workspace.settings.language.spoken());
        let settings = workspace.settings.pacs.clone();
        self.local().ask(Ask::Follow(settings, words));
    }

    /// Changes the queue.
    pub(super) fn transfer(&mut self, edit: TransferEdit, workspace: &Workspace) {
        let is_part_enough = matches!(edit, TransferEdit::SendPart(..));
        let ask = match edit {
            TransferEdit::Send(study, node) | TransferEdit::SendPart(study, node) => {
                match asks::sending(workspace, study, &node, is_part_enough) {
                    Ok(new) => Ask::Send(Box::new(new)),
                    Err(why) => {
                        self.messenger().notify_now(Problem::error(why));
                        return;
                    }
                }
            }
            edit => Ask::Transfer(edit),
        };
        self.local().ask(ask);
    }

    /// What is on screen comes first, of what is on its way; what is open is not cleaned away.
    pub(super) fn look_at(&mut self, workspace: &Workspace) {
        let in_use = workspace.studies_in_use();
        if in_use != self.in_use {
            self.in_use.clone_from(&in_use);
            self.local().ask(Ask::InUse(in_use));
        }
        if workspace.transfers.open_count() == 0 {
            return;
        }
        let focus = order::looked_at(workspace);
        if focus != self.looked_at {
            self.looked_at.clone_from(&focus);
            self.local().ask(Ask::LookAt(focus));
        }
    }

    /// Who we are to nodes.
    fn caller(&self, settings: &PacsSettings) -> Caller {
        caller(settings, &self.lines)
    }

    /// Tells the workspace what arrived, from any thread.
    fn messenger(&self) -> Messenger {
        Messenger {
            sender: self.sender.clone(),
            waker: Arc::clone(&self.waker),
        }
    }
}

/// Tells the workspace what arrived, from any thread.
#[derive(Clone)]
struct Messenger {
    sender: Sender<Command>,
    waker: Waker,
}

impl Messenger {
    fn send(&self, arrival: Arrival) {
        // The receiver is gone only when the program ends.
        drop(self.sender.send(Command::Arrived(arrival)));
        (self.waker)();
    }

    fn command(&self, command: Command) {
        drop(self.sender.send(command));
        (self.waker)();
    }

    /// From the window's thread, which empties the channel and so must not wait for room in it.
    fn notify_now(&self, problem: Problem) {
        if self.sender.try_send(Command::Notify(problem)).is_err() {
            tracing::warn!("a notice found no room");
        }
        (self.waker)();
    }

    fn notify(&self, problem: Problem) {
        self.command(Command::Notify(problem));
    }
}

/// Who we are to nodes.
fn caller(settings: &PacsSettings, lines: &Lines) -> Caller {
    Caller {
        ae_title: settings.ae_title.clone(),
        reception: Reception::Listen(settings.port),
        receiver_tls: settings.receiver_tls.clone(),
        lines: lines.clone(),
        secrets: Secrets::of_user(),
    }
}

/// Work on a thread of its own. What cannot be begun, for want of threads, is said.
fn on_thread(name: &str, messenger: &Messenger, work: impl FnOnce() + Send + 'static) -> bool {
    let begun = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work);
    if begun.is_err() {
        messenger.notify_now(Problem::error(Message::new(msg("pacs-no-thread"))));
    }
    begun.is_ok()
}
