//! Coded pictures as a scan of the stream finds them, and where a decoder may begin.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// More pictures than this are no film.
pub(super) const MAX_PICTURES: usize = 1 << 20;
/// More changes of parameter sets than this are no film either.
const MAX_SETS: usize = 4096;

/// A coded picture: one frame, or the two fields of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Coded {
    /// Its bytes in the stream.
    pub(super) bytes: Range<u64>,
    /// Where it stands among those shown: ascending in the order of presentation.
    pub(super) order: i64,
    /// A decoder may begin here.
    pub(super) is_random_access: bool,
    /// It needs what stands before the random access point it follows, and is shown before it.
    pub(super) is_leading: bool,
    /// Others are predicted from it.
    pub(super) is_reference: bool,
    /// Its two fields are two moments.
    pub(super) is_interlaced: bool,
    /// It is decoded and not shown, or cannot be decoded by anybody.
    pub(super) is_hidden: bool,
    /// A picture that it may be predicted from was lost before it.
    pub(super) has_gap_before: bool,
}

/// A parameter set, from the picture on before which it stands.
#[derive(Debug, Clone)]
pub(super) struct ParameterSet {
    pub(super) before: usize,
    key: (u8, u32),
    pub(super) nal: Arc<[u8]>,
}

/// The parameter sets of a stream as they change.
#[derive(Debug, Clone, Default)]
pub(super) struct ParameterSets(Vec<ParameterSet>);

impl ParameterSets {
    /// Takes one in unless it repeats what is known. `key`: its kind and number.
    pub(super) fn insert(&mut self, before: usize, key: (u8, u32), nal: &[u8]) {
        let known = self.0.iter().rev().find(|set| set.key == key);
        if known.is_none_or(|set| *set.nal != *nal) && self.0.len() < MAX_SETS {
            self.0.push(ParameterSet {
                before,
                key,
                nal: nal.into(),
            });
        }
    }

    /// Those that stand before a picture and behind the one before it.
    pub(super) fn at(&self, picture: usize) -> impl Iterator<Item = &ParameterSet> {
        let from = self.0.partition_point(|set| set.before < picture);
        let sets = self.0.get(from..).unwrap_or_default().iter();
        sets.take_while(move |set| set.before == picture)
    }

    /// Those in force before a picture, of which it does not bring its own.
    pub(super) fn before(&self, picture: usize) -> impl Iterator<Item = &ParameterSet> {
        let mut latest = BTreeMap::new();
        for set in self.0.iter().take_while(|set| set.before <= picture) {
            latest.insert(set.key, set);
        }
        latest.into_values()
    }
}
