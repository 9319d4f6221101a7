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
use rfd::FileHandle;

use crate::engine::Waker as WindowWaker;
use crate::problem::{Message, Problem, msg};
use crate::workspace::{Command, NodeEdit, PathOf, PickKind, SettingsEdit};

/// What the reader chose.
pub enum Chosen {
    /// To be done.
    Deed(Box<Command>),
    /// For a field of a form, which holds it until the reader does something with it.
    Path(PathOf, PathBuf),
}

impl Chosen {
    fn deed(command: Command) -> Self {
        Self::Deed(Box::new(command))
    }
}

/// Dialogs under way.
pub struct Dialogs {
    sender: Sender<Chosen>,
    chosen: Receiver<Chosen>,
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
    pub fn chosen(&self) -> Vec<Chosen> {
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
                    let files = files.iter().map(|file| file.path().to_owned());
                    Some(Chosen::deed(Command::Open(files.collect())))
                });
            }
            PickKind::Folder => self.one(dialog.pick_folder(), |folder| {
                Chosen::deed(Command::Open(vec![folder]))
            }),
            PickKind::ReportFolder => self.one(dialog.pick_folder(), |folder| {
                let edit = SettingsEdit::ReportFolder(Some(folder));
                Chosen::deed(Command::Settings(edit))
            }),
            PickKind::ArchiveFolder => self.one(dialog.pick_folder(), |folder| {
                Chosen::deed(Command::Node(NodeEdit::ArchiveFolder(Some(folder))))
            }),
            PickKind::ImportNodes => self.one(dialog.pick_file(), |file| {
                Chosen::deed(Command::Node(NodeEdit::Import(file)))
            }),
            PickKind::ExportNodes => {
                let dialog = dialog.set_file_name("nodes.ron");
                self.one(dialog.save_file(), |file| {
                    Chosen::deed(Command::Node(NodeEdit::Export(file)))
                });
            }
            PickKind::Field(field) => match field {
                PathOf::TakenIn => {
                    self.one(dialog.pick_folder(), move |path| Chosen::Path(field, path));
                }
                _ => self.one(dialog.pick_file(), move |path| Chosen::Path(field, path)),
            },
        }
    }

    /// One file or folder.
    fn one(
        &self,
        picked: impl Future<Output = Option<FileHandle>> + Send + 'static,
        chosen: impl FnOnce(PathBuf) -> Chosen + Send + 'static,
    ) {
        self.wait(async move { Some(chosen(picked.await?.path().to_owned())) });
    }

    fn wait(&self, choice: impl Future<Output = Option<Chosen>> + Send + 'static) {
        let (sender, waker) = (self.sender.clone(), Arc::clone(&self.waker));
        let spawned = std::thread::Builder::new()
            .name("file dialog".to_owned())
            .spawn(move || {
                if let Some(chosen) = block_on(choice) {
                    // The receiver is gone only when the program ends.
                    drop(sender.send(chosen));
                    waker();
                }
            });
        if spawned.is_err() {
            let message = Message::new(msg("dialog-not-opened"));
            let notice = Command::Notify(Problem::error(message));
            drop(self.sender.send(Chosen::deed(notice)));
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
