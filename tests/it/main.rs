//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod actions;
mod architecture;
mod archive;
mod calibrating;
mod character_sets;
mod cine;
mod colour_profiles;
mod common;
mod dcmtk_pictures;
mod decode;
mod demo;
mod dimse;
mod documents;
mod encrypted_archives;
mod files;
mod growing;
mod headers;
mod jobs;
mod keyring;
mod layers;
mod measuring;
mod messages;
mod model;
mod overlays;
mod pacs_reading;
mod pacs_receiving;
mod pacs_web;
mod per_frame;
mod phases;
mod pictures;
mod presentation_states;
mod previews;
mod reading;
mod reading_faults;
mod render;
mod report_command;
mod scanning;
mod second_opinion;
mod shaders;
mod shutters;
mod spine;
mod sr;
mod suv;
mod text;
mod tools;
mod ui_browser;
mod ui_layout;
mod ui_pacs;
mod ui_questions;
mod ui_reading;
mod ui_rest;
mod ui_search_rows;
mod ui_shell;
mod ui_viewport;
mod ultrasound;
mod value_maps;
mod voi;
mod voi_choices;
mod volume;
mod waveforms;
mod workers;
mod workspace_undo;
mod workspace_views;
