//! The one truth: commands in, effects out; undo, sync, settings. Starts no thread, touches no file.
