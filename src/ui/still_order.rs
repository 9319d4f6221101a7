//! The order of the browser while the pointer is over it: what arrives goes behind what is there,
//! so that nothing moves under the pointer, and no other patient's study to where one was aimed at.

use crate::model::{DisplaySetId, StudyKey};
use crate::ui::browse::StudyRow;

/// What stood where when it was last drawn.
#[derive(Default)]
pub(super) struct StillOrder {
    studies: Vec<StudyKey>,
    sets: Vec<DisplaySetId>,
}

impl StillOrder {
    /// Puts rows as they stood before and new ones behind them, if they are to keep still.
    pub(super) fn keep(&mut self, rows: &mut [StudyRow], is_still: bool) {
        if is_still {
            rows.sort_by_key(|row| place(&self.studies, row.key));
            for row in rows.iter_mut() {
                row.sets.sort_by_key(|set| place(&self.sets, set.id));
            }
        }
        self.studies = rows.iter().map(|row| row.key).collect();
        let sets = rows.iter().flat_map(|row| &row.sets);
        self.sets = sets.map(|set| set.id).collect();
    }
}

fn place<T: PartialEq>(order: &[T], what: T) -> usize {
    let found = order.iter().position(|it| *it == what);
    found.unwrap_or(usize::MAX)
}
