//! eframe glue, start-up, dialogs.
