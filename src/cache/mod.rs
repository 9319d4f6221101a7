//! Bounded caches, and the budget memory is reserved against before it is taken.
#![warn(missing_docs)]

mod budget;
mod byte_lru;

pub use budget::{Budget, OverBudget, Reservation};
pub use byte_lru::ByteLru;
