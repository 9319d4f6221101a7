//! A cache bounded by bytes. What somebody else still holds is pinned: it is never counted out
//! from under a reader, because it would stay in memory anyway.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

#[derive(Debug)]
struct Entry<V: ?Sized> {
    value: Arc<V>,
    bytes: u64,
    used: u64,
}

/// Least recently used goes first.
#[derive(Debug)]
pub struct ByteLru<K, V: ?Sized> {
    entries: HashMap<K, Entry<V>>,
    limit: u64,
    bytes: u64,
    clock: u64,
}

impl<K: Eq + Hash + Clone, V: ?Sized> ByteLru<K, V> {
    /// Holds at most `limit` bytes beside what is pinned.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self {
            entries: HashMap::new(),
            limit,
            bytes: 0,
            clock: 0,
        }
    }

    /// A value, now the most recently used.
    pub fn get(&mut self, key: &K) -> Option<Arc<V>> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.clock;
        Some(Arc::clone(&entry.value))
    }

    /// Adds or replaces a value; the oldest unpinned ones go until the limit holds.
    pub fn insert(&mut self, key: K, value: Arc<V>, bytes: u64) {
        self.clock += 1;
        self.remove(&key);
        self.bytes += bytes;
        self.entries.insert(
            key,
            Entry {
                value,
                bytes,
                used: self.clock,
            },
        );
        self.shrink();
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<Arc<V>> {
        let entry = self.entries.remove(key)?;
        self.bytes -= entry.bytes;
        Some(entry.value)
    }

    /// Bytes held.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn shrink(&mut self) {
        if self.bytes <= self.limit {
            return;
        }
        let mut unpinned: Vec<(u64, K)> = self
            .entries
            .iter()
            .filter(|(_, entry)| Arc::strong_count(&entry.value) == 1 && entry.used != self.clock)
            .map(|(key, entry)| (entry.used, key.clone()))
            .collect();
        unpinned.sort_by_key(|(used, _)| *used);
        for (_, key) in unpinned {
            if self.bytes <= self.limit {
                return;
            }
            self.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes_and_what_is_held_stays() {
        let mut cache: ByteLru<u32, u32> = ByteLru::new(100);
        cache.insert(1, Arc::new(1), 50);
        let held = cache.get(&1).unwrap();
        cache.insert(2, Arc::new(2), 50);
        cache.insert(3, Arc::new(3), 50);
        assert_eq!((cache.get(&1), cache.get(&2)), (Some(held), None));
        assert_eq!(cache.bytes(), 100);
    }
}
