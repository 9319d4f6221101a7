//! What a pane shows and where: view state, resolved view, draw list.
#![warn(missing_docs)]
