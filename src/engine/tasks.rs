//! Effects as jobs.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::demo;
use crate::dicom::{Password, ScanEvent, scan, scan_locked};
use crate::engine::Engine;
use crate::engine::duplicates::Duplicates;
use crate::files::{self, AppFolders, Readable};
use crate::jobs::{JobCtx, Priority};
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
            Task::FindJournal(study) => self.find_journal(study, workspace),
            Task::ReadReport(set) => self.spawn_read_report(set, workspace),
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

    fn spawn_scan(&self, paths: Vec<PathBuf>, duplicates: Duplicates) {
        let (send, say) = (self.messenger(), self.crier());
        self.queue.spawn(
            Message::new(msg("job-scan")),
            Priority::Interaction,
            true,
            move |ctx| {
                let found = scan(&paths, ctx, &|event| hand_on(event, &duplicates, &send));
                if found.is_err() {
                    say(stopped());
                }
                send(Arrival::ScanEnded {
                    files_found: found.map_or(0, |summary| summary.files_found),
                });
            },
        );
    }

    fn spawn_unlock(&self, archive: PathBuf, password: Password, duplicates: Duplicates) {
        let (send, say) = (self.messenger(), self.crier());
        self.queue.spawn(
            Message::new(msg("job-unlock")),
            Priority::Interaction,
            true,
            move |ctx| {
                // Told before what it holds, so that what was passed over is found but once.
                let unlocked = OnceLock::new();
                let found = scan_locked(&archive, &password, ctx, &|event| {
                    unlocked.get_or_init(|| send(Arrival::Unlocked(archive.clone())));
                    hand_on(event, &duplicates, &send);
                });
                let summary = found.unwrap_or_default();
                if found.is_err() {
                    say(stopped());
                }
                if unlocked.get().is_none() {
                    send(Arrival::StillLocked {
                        archive: archive.clone(),
                        is_wrong: found == Ok(None),
                    });
                }
                send(Arrival::ScanEnded {
                    files_found: summary.map_or(0, |summary| summary.files_found),
                });
            },
        );
    }

    fn spawn_demo(&self, duplicates: Duplicates) {
        let (sender, waker) = (self.sender.clone(), Arc::clone(&self.waker));
        self.queue.spawn(
            Message::new(msg("job-demo")),
            Priority::Interaction,
            true,
            move |_ctx| {
                let mut headers = demo::study();
                // Opened twice it is still one study.
                headers.retain(|header| duplicates.check(header).is_ok());
                let files_found = headers.len();
                drop(sender.send(Command::Arrived(Arrival::Headers(headers))));
                drop(sender.send(Command::Arrived(Arrival::ScanEnded { files_found })));
                waker();
            },
        );
    }

    /// Runs work whose result is one event.
    pub(super) fn spawn_event(
        &self,
        title: Message,
        is_shown: bool,
        work: impl FnOnce(&JobCtx) -> Option<Arrival> + Send + 'static,
    ) {
        let (sender, waker) = (self.sender.clone(), Arc::clone(&self.waker));
        self.queue
            .spawn(title, Priority::Compute, is_shown, move |ctx| {
                if let Some(arrival) = work(ctx) {
                    drop(sender.send(Command::Arrived(arrival)));
                    waker();
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
            send(Arrival::Headers(distinct));
        }
        ScanEvent::PassedOver { path, reason } => send(Arrival::PassedOver { path, reason }),
        ScanEvent::Locked { archive, entries } => send(Arrival::Locked { archive, entries }),
    }
}
