//! The right of way of what the reader waits for: all else that comes over the same line stands still
//! meanwhile. Nobody tells the node; it is not read from, and so does not go on sending.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::dicom::{Announced, ByteSource, InstanceSink, InstanceWriter, Received, Refusal};

/// Nothing stands still for longer: a node may give up on who does not listen.
const LONGEST: Duration = Duration::from_secs(10);

/// Closed while something has the right of way.
#[derive(Debug, Default)]
pub(super) struct Gate {
    closed_since: Mutex<Option<Instant>>,
    changed: Condvar,
}

impl Gate {
    /// Closes it until the value returned goes.
    pub(super) fn close(&self) -> Closed<'_> {
        *self.lock() = Some(Instant::now());
        Closed(self)
    }

    /// Waits until it is open.
    pub(super) fn pass(&self) {
        let mut closed = self.lock();
        while let Some(since) = *closed {
            let left = LONGEST.saturating_sub(since.elapsed());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(closed, left);
            closed = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.closed_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the gate when it goes.
pub(super) struct Closed<'a>(&'a Gate);

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
        self.0.changed.notify_all();
    }
}

/// A sink that takes nothing while its gate is closed.
pub(super) struct Yielding<'a> {
    pub sink: &'a dyn InstanceSink,
    pub gate: Arc<Gate>,
}

impl InstanceSink for Yielding<'_> {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        Ok(Box::new(Writer {
            writer: self.sink.begin(announced)?,
            gate: Arc::clone(&self.gate),
        }))
    }
}

struct Writer {
    writer: Box<dyn InstanceWriter>,
    gate: Arc<Gate>,
}

impl InstanceWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.gate.pass();
        self.writer.write(bytes)
    }

    fn so_far(&mut self) -> Option<ByteSource> {
        self.writer.so_far()
    }

    fn finish(self: Box<Self>) -> Result<Received, Refusal> {
        self.writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn who_comes_to_a_closed_gate_waits_until_it_opens() {
        let gate = Gate::default();
        gate.pass();
        let has_passed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let closed = gate.close();
            scope.spawn(|| {
                gate.pass();
                has_passed.store(true, Ordering::SeqCst);
            });
            std::thread::sleep(Duration::from_millis(50));
            assert!(!has_passed.load(Ordering::SeqCst));
            drop(closed);
        });
        assert!(has_passed.load(Ordering::SeqCst));
    }
}
