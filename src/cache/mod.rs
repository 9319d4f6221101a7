//! Bounded caches, and the budget memory is reserved against before it is taken.
#![warn(missing_docs)]
