//! One file a tool: pointer events to commands.
