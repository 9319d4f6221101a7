//! The desktop's file dialogs. A dialog is made on the window's thread, as some systems demand,
//! and waited for on another. Where the desktop has none, nothing comes back: the start screen
//! and the Open part have a path field beside them.

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use rfd::AsyncFileDialog;

use crate::engine::Waker as WindowWaker;
use crate::problem::{Message, Problem, msg};
use crate::workspace::{Command, PickKind, SettingsEdit};

/// Dialogs under way.
pub struct Dialogs {
    sender: Sender<Command>,
    chosen: Receiver<Command>,
    waker: WindowWaker,
}

impl Dialogs {
    /// None yet; `waker` is called when something was chosen.
    pub fn new(waker: WindowWaker) -> Self {
        let (sender, chosen) = unbounded();
        Self {
            sender,
            chosen,
            waker,
        }
    }

    /// What was chosen since the last call.
    pub fn chosen(&self) -> Vec<Command> {
        self.chosen.try_iter().collect()
    }

    /// Shows a dialog; its title is in the reader's language.
    pub fn pick(&self, kind: PickKind, title: String) {
        let dialog = AsyncFileDialog::new().set_title(title);
        match kind {
            PickKind::Files => {
                let picked = dialog.pick_files();
                self.wait(async move {
                    let files = picked.await?;
                    Some(Command::Open(
                        files.iter().map(|file| file.path().to_owned()).collect(),
                    ))
                });
            }
            PickKind::Folder => {
                let picked = dialog.pick_folder();
                self.wait(
                    async move { Some(Command::Open(vec![picked.await?.path().to_owned()])) },
                );
            }
            PickKind::ReportFolder => {
                let picked = dialog.pick_folder();
                self.wait(async move {
                    let folder: PathBuf = picked.await?.path().to_owned();
                    Some(Command::Settings(SettingsEdit::ReportFolder(Some(folder))))
                });
            }
        }
    }

    fn wait(&self, choice: impl Future<Output = Option<Command>> + Send + 'static) {
        let (sender, waker) = (self.sender.clone(), Arc::clone(&self.waker));
        let spawned = std::thread::Builder::new()
            .name("file dialog".to_owned())
            .spawn(move || {
                if let Some(command) = block_on(choice) {
                    // The receiver is gone only when the program ends.
                    drop(sender.send(command));
                    waker();
                }
            });
        if spawned.is_err() {
            let message = Message::new(msg("dialog-not-opened"));
            drop(self.sender.send(Command::Notify(Problem::error(message))));
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
