//! Effects as jobs.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::demo;
use crate::dicom::{Password, ScanEvent, scan, scan_locked};
use crate::engine::Engine;
use crate::engine::duplicates::Duplicates;
use crate::files::{self, AppFolders, Readable};
use crate::jobs::{Cancelled, JobCtx, JobRequest, Outcome, Priority};
use crate::problem::{Message, Problem, msg};
use crate::workspace::{Arrival, Command, Settings, Task, Workspace};

/// The settings' file in the configuration folder.
pub(super) const SETTINGS_FILE: &str = "settings.ron";

impl Engine {
    pub(super) fn spawn(&mut self, task: Task, workspace: &Workspace) {
        match task {
            Task::Scan(paths) => self.spawn_scan(paths, Duplicates::of(&workspace.library)),
            Task::Unlock(archive, password) => {
                self.spawn_unlock(archive, password, Duplicates::of(&workspace.library))
            }
            Task::Demo => self.spawn_demo(Duplicates::of(&workspace.library)),
            Task::Search {
                generation,
                request,
                nodes,
                worklists,
            } => {
                let settings = &workspace.settings.pacs;
                self.network
                    .search(generation, &request, nodes, worklists, settings);
            }
            Task::Worklist {
                generation,
                request,
                nodes,
            } => {
                let settings = &workspace.settings.pacs;
                self.network.worklist(generation, &request, nodes, settings);
            }
            Task::Archive(work) => self.network.archive_work(work, &self.queue),
            Task::TestNode(node, secret) => {
                self.network
                    .test_node(node, secret, &workspace.settings.pacs);
            }
            Task::KeepSecret(owner, secret) => self.network.keep_secret(owner, secret),
            Task::ForgetSecret(owner) => self.network.forget_secret(owner),
            Task::SignIn(node) => self.network.sign_in(node, workspace),
            Task::ExportNodes(path, nodes) => self.network.export_nodes(path, nodes),
            Task::ImportNodes(path) => self.network.import_nodes(path),
            Task::FindJournal(study) => self.find_journal(study, workspace),
            Task::ReadReport(set) => self.spawn_read_report(set, workspace),
            Task::ReadLayer(instance) => self.spawn_read_layer(instance, workspace),
            Task::SaveReport {
                study,
                document,
                folder,
            } => self.spawn_save_report(study, document, folder, workspace),
        }
    }

    /// Tells the workspace what arrived, from any thread.
    fn messenger(&self) -> impl Fn(Arrival) + Send + Sync + 'static {
        let (sender, waker) = (self.sender.clone(), Arc::clone(&self.waker));
        move |arrival| {
            // The receiver is gone only when the program ends.
            drop(sender.send(Command::Arrived(arrival)));
            waker();
        }
    }

    /// Tells the reader something, from any thread.
    fn crier(&self) -> impl Fn(Problem) + Send + Sync + 'static {
        let (sender, waker) = (self.sender.clone(), Arc::clone(&self.waker));
        move |problem| {
            super::notify(&sender, problem);
            waker();
        }
    }

    /// Runs a reading that gives the number of files it found. Whatever becomes of it, also
    /// before it began, the workspace hears that it ended, and the reader that it was stopped.
    fn spawn_reading(
        &self,
        title: Message,
        work: impl FnOnce(&JobCtx) -> Result<usize, Cancelled> + Send + 'static,
        ended: impl FnOnce(bool) + Send + 'static,
    ) {
        let (send, say) = (self.messenger(), self.crier());
        let request = JobRequest {
            title,
            priority: Priority::Interaction,
            generation: None,
            is_shown: true,
        };
        self.queue.submit(request, work, move |outcome| {
            let is_stopped = matches!(outcome, Outcome::Cancelled);
            if is_stopped {
                say(stopped());
            }
            ended(is_stopped);
            let files_found = match outcome {
                Outcome::Done(files_found) => files_found,
                Outcome::Cancelled | Outcome::Panicked(_) => 0,
            };
            send(Arrival::ScanEnded { files_found });
        });
    }

    fn spawn_scan(&self, paths: Vec<PathBuf>, duplicates: Duplicates) {
        let send = self.messenger();
        self.spawn_reading(
            Message::new(msg("job-scan")),
            move |ctx| {
                let found = scan(&paths, ctx, &|event| hand_on(event, &duplicates, &send));
                found.map(|summary| summary.files_found)
            },
            |_| (),
        );
    }

    fn spawn_unlock(&self, archive: PathBuf, password: Password, duplicates: Duplicates) {
        let (send, tell) = (self.messenger(), self.messenger());
        // Told before what it holds, so that what was passed over is found but once.
        let unlocked = Arc::new(OnceLock::new());
        let (was_unlocked, of) = (Arc::clone(&unlocked), archive.clone());
        self.spawn_reading(
            Message::new(msg("job-unlock")),
            move |ctx| {
                let found = scan_locked(&archive, &password, ctx, &|event| {
                    unlocked.get_or_init(|| send(Arrival::Unlocked(archive.clone())));
                    hand_on(event, &duplicates, &send);
                })?;
                Ok(found.map_or(0, |summary| summary.files_found))
            },
            move |is_stopped| {
                if was_unlocked.get().is_none() {
                    let (archive, is_wrong) = (of, !is_stopped);
                    tell(Arrival::StillLocked { archive, is_wrong });
                }
            },
        );
    }

    fn spawn_demo(&self, duplicates: Duplicates) {
        let send = self.messenger();
        self.spawn_reading(
            Message::new(msg("job-demo")),
            move |_ctx| {
                let mut headers = demo::study();
                // Opened twice it is still one study.
                headers.retain(|header| duplicates.check(header).is_ok());
                let files_found = headers.len();
                send(Arrival::headers(headers));
                Ok(files_found)
            },
            |_| (),
        );
    }

    /// Runs work whose result is one event; `otherwise` makes one of the reason why there is none.
    pub(super) fn spawn_event(
        &self,
        title: Message,
        is_shown: bool,
        work: impl FnOnce(&JobCtx) -> Option<Arrival> + Send + 'static,
        otherwise: impl FnOnce(Problem) -> Option<Arrival> + Send + 'static,
    ) {
        let send = self.messenger();
        let request = JobRequest {
            title,
            priority: Priority::Compute,
            generation: None,
            is_shown,
        };
        let work = |ctx: &JobCtx| Ok(work(ctx));
        self.queue.submit(request, work, move |outcome| {
            let arrival = match outcome {
                Outcome::Done(arrival) => arrival,
                Outcome::Cancelled => otherwise(Problem::warning(Message::new(msg("job-stopped")))),
                Outcome::Panicked(problem) => otherwise(problem),
            };
            if let Some(arrival) = arrival {
                send(arrival);
            }
        });
    }
}

/// Writes the settings whole or not at all.
pub(super) fn write_settings(folders: &AppFolders, settings: &Settings) -> Result<(), Problem> {
    let path = folders.config.join(SETTINGS_FILE);
    let text = ron::ser::to_string_pretty(settings, ron::ser::PrettyConfig::default()).map_err(
        |error| {
            Problem::error(
                Message::new(msg("settings-not-written")).text("detail", error.to_string()),
            )
        },
    )?;
    files::make_folder(&folders.config, Readable::ByUserAlone)
        .and_then(|()| files::write_atomically(&path, text.as_bytes(), Readable::ByUserAlone))
        .map_err(|error| Problem::error(error.message()).at(&path))
}

/// The settings of the last run. An unreadable file is put aside and named; defaults stand in.
#[must_use]
pub fn read_settings(folders: &AppFolders) -> (Settings, Option<Problem>) {
    let path = folders.config.join(SETTINGS_FILE);
    let Ok(text) = std::fs::read_to_string(&path) else {
        return (Settings::default(), None);
    };
    match ron::from_str(&text) {
        Ok(settings) => (settings, None),
        Err(error) => {
            let aside = path.with_extension("ron.unreadable");
            let moved = std::fs::rename(&path, &aside).is_ok();
            let place = if moved { aside } else { path };
            let message =
                Message::new(msg("settings-unreadable")).text("detail", error.to_string());
            (
                Settings::default(),
                Some(Problem::warning(message).at(place)),
            )
        }
    }
}

/// A study of which the rest was not read looks like a whole one.
fn stopped() -> Problem {
    Problem::warning(Message::new(msg("scan-stopped")))
}

/// What a scan finds to the workspace; copies are told apart here, not on the window's thread.
fn hand_on(event: ScanEvent, duplicates: &Duplicates, send: &dyn Fn(Arrival)) {
    match event {
        ScanEvent::Headers(headers) => {
            let mut distinct = Vec::with_capacity(headers.len());
            for header in headers {
                match duplicates.check(&header) {
                    Ok(()) => distinct.push(header),
                    Err(reason) => send(Arrival::PassedOver {
                        path: header.source.display_path(),
                        reason,
                    }),
                }
            }
            send(Arrival::headers(distinct));
        }
        ScanEvent::PassedOver { path, reason } => send(Arrival::PassedOver { path, reason }),
        ScanEvent::Locked { archive, entries } => send(Arrival::Locked { archive, entries }),
    }
}
