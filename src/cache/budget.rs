//! One number of bytes for everything large; a volume reserves its bytes before it is built.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::problem::{Message, msg};

/// Share of the machine's memory we may fill; the rest is the system's and other programs'.
const SHARE: f64 = 0.6;

/// Assumed where the system does not say.
const FALLBACK_BYTES: u64 = 2 << 30;

/// What may be taken, and what is taken.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Account>);

#[derive(Debug)]
struct Account {
    total: u64,
    taken: AtomicU64,
}

/// More was asked than is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{asked} bytes asked, {free} of {total} free")]
pub struct OverBudget {
    /// Bytes asked for.
    pub asked: u64,
    /// Bytes free.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl OverBudget {
    /// The sentence with the numbers, in MiB.
    #[must_use]
    pub fn message(self) -> Message {
        let mib = |bytes: u64| (bytes as f64 / 1_048_576.0).ceil();
        Message::new(msg("memory-refused"))
            .number("asked", mib(self.asked))
            .number("free", mib(self.free))
            .number("total", mib(self.total))
    }
}

/// Bytes that are ours until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    account: Arc<Account>,
    bytes: u64,
}

impl Budget {
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(total: u64) -> Self {
        Self(Arc::new(Account {
            total,
            taken: AtomicU64::new(0),
        }))
    }

    /// A share of this machine's memory.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let total = memory_bytes().unwrap_or(FALLBACK_BYTES);
        Self::new((total as f64 * SHARE) as u64)
    }

    /// Takes bytes, or says why not.
    ///
    /// # Errors
    /// [`OverBudget`] when fewer are free.
    pub fn reserve(&self, bytes: u64) -> Result<Reservation, OverBudget> {
        let account = &self.0;
        let take = |taken: u64| taken.checked_add(bytes).filter(|sum| *sum <= account.total);
        match account
            .taken
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
        {
            Ok(_) => Ok(Reservation {
                account: Arc::clone(account),
                bytes,
            }),
            Err(taken) => Err(OverBudget {
                asked: bytes,
                free: account.total.saturating_sub(taken),
                total: account.total,
            }),
        }
    }

    /// Bytes there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.total
    }

    /// Bytes taken now.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::SeqCst)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.account.taken.fetch_sub(self.bytes, Ordering::SeqCst);
    }
}

/// The machine's memory, where the system tells it in a file.
fn memory_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reserved_is_not_given_twice_and_comes_back_when_dropped() {
        let budget = Budget::new(100);
        let first = budget.reserve(60).unwrap();
        assert_eq!(
            budget.reserve(50).unwrap_err(),
            OverBudget {
                asked: 50,
                free: 40,
                total: 100
            }
        );
        drop(first);
        assert!(budget.reserve(100).is_ok());
        assert_eq!(budget.taken(), 0);
    }

    #[test]
    fn an_absurd_claim_is_refused_without_overflow() {
        let budget = Budget::new(100);
        let _held = budget.reserve(1).unwrap();
        assert!(budget.reserve(u64::MAX).is_err());
    }
}
