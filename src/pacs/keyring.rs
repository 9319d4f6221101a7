//! The system's keyring, asked on a thread of its own: it may wait for its password, or for ever,
//! and nobody should wait with it longer than makes sense.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use crossbeam_channel::Sender;

use crate::problem::Message;
use crate::problem::MessageId;
use crate::problem::msg;

/// The name under which the keyring lists what is ours.
const SERVICE: &str = "isocentre";
/// Long enough to type a password.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Why the keyring gave or took nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringTrouble {
    /// There is none that can be used.
    Absent,
    /// It is locked, and nobody unlocked it.
    Locked,
    /// It does not answer: perhaps it still waits for its password.
    Silent,
}

impl KeyringTrouble {
    /// What a node asks for in vain; `variable` would say it instead.
    pub(super) fn message(self, peer: &str, variable: &str) -> Message {
        let id: MessageId = match self {
            Self::Absent => msg("web-keyring-absent"),
            Self::Locked => msg("web-keyring-locked"),
            Self::Silent => msg("web-keyring-silent"),
        };
        Message::new(id)
            .text("peer", peer)
            .text("variable", variable)
    }
}

/// What stands under a name, if anything does.
pub(super) fn get(name: &str, patience: Duration) -> Result<Option<String>, KeyringTrouble> {
    within(patience, name, |entry| match entry.get_password() {
        Ok(secret) => Ok(Some(secret)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
}

/// Puts a secret under a name, in place of what stood there.
pub(super) fn set(name: &str, secret: &str, patience: Duration) -> Result<(), KeyringTrouble> {
    let secret = secret.to_owned();
    within(patience, name, move |entry| entry.set_password(&secret))
}

/// Takes away what stands under a name.
pub(super) fn remove(name: &str, patience: Duration) -> Result<(), KeyringTrouble> {
    within(patience, name, |entry| match entry.delete_credential() {
        Err(keyring::Error::NoEntry) => Ok(()),
        removed => removed,
    })
}

type Job = Box<dyn FnOnce() + Send>;

/// One at a time, as the keyring itself works.
struct Asker {
    jobs: Sender<(u64, Job)>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    running: Option<u64>,
    /// The last that nobody waits for any more.
    abandoned: u64,
}

impl Asker {
    /// `None` where no thread is to be had.
    fn only() -> Option<&'static Self> {
        static ONLY: OnceLock<Option<Asker>> = OnceLock::new();
        let only = ONLY.get_or_init(|| {
            let (jobs, waiting) = crossbeam_channel::unbounded::<(u64, Job)>();
            let thread = std::thread::Builder::new().name("keyring".to_owned());
            let work = move || {
                for (number, job) in waiting {
                    let running = |running| {
                        if let Some(Some(asker)) = ONLY.get() {
                            asker.state().running = running;
                        }
                    };
                    running(Some(number));
                    job();
                    running(None);
                }
            };
            thread.spawn(work).ok()?;
            let state = Mutex::default();
            Some(Self { jobs, state })
        });
        only.as_ref()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within<T: Send + 'static>(
    patience: Duration,
    name: &str,
    ask: impl FnOnce(&keyring::Entry) -> Result<T, keyring::Error> + Send + 'static,
) -> Result<T, KeyringTrouble> {
    let asker = Asker::only().ok_or(KeyringTrouble::Absent)?;
    let number = {
        let mut state = asker.state();
        // Somebody waited for it already, and in vain.
        if state.running.is_some_and(|it| it <= state.abandoned) {
            return Err(KeyringTrouble::Silent);
        }
        state.last += 1;
        state.last
    };
    let (answer, answered) = crossbeam_channel::bounded(1);
    let name = name.to_owned();
    let job: Job = Box::new(move || {
        let result = keyring::Entry::new(SERVICE, &name).and_then(|entry| ask(&entry));
        // Who asked may have given up.
        drop(answer.send(result));
    });
    if asker.jobs.send((number, job)).is_err() {
        return Err(KeyringTrouble::Absent);
    }
    match answered.recv_timeout(patience) {
        Ok(result) => result.map_err(|error| trouble(&error)),
        Err(RecvTimeoutError::Timeout) => {
            let mut state = asker.state();
            state.abandoned = state.abandoned.max(number);
            Err(KeyringTrouble::Silent)
        }
        Err(RecvTimeoutError::Disconnected) => Err(KeyringTrouble::Absent),
    }
}

/// The error's words may quote what it failed with: only its kind is told.
fn trouble(error: &keyring::Error) -> KeyringTrouble {
    match error {
        keyring::Error::NoStorageAccess(_) => KeyringTrouble::Locked,
        _ => KeyringTrouble::Absent,
    }
}
