//! One row an action: id, label, shortcut, when enabled, its command.
