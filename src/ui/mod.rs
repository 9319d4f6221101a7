//! egui only: panels, panes, palette, theme.
