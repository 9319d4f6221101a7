//! isocentre: a desktop DICOM diagnostic viewer.
//!
//! This page is the map. A module may import only modules on the rows above its own, within the
//! right-hand column; `tests/it/architecture.rs` reads every `crate::…` path and holds us to it.
//!
//! | layer | module | what it owns | may import |
//! |---|---|---|---|
//! | L0 | [`geom`] | spaces, planes, orientation letters; f64 | – |
//! | | [`problem`] | [`problem::Problem`], [`problem::Problems`]: what went wrong, as message ids | – |
//! | | [`cache`] | [`cache::ByteLru`], [`cache::Budget`]: memory is reserved before it is taken | problem |
//! | | [`files`] | atomic writes, the folders of the application | problem |
//! | | [`jobs`] | the queue, priorities, [`jobs::JobCtx`] with cancel and progress | problem |
//! | | [`text`] | Fluent catalogues, numbers and dates, runs of one direction, fonts | problem |
//! | | [`worker`] | work that may end its process, in a process of its own | problem |
//! | L1 | [`dicom`] | the only home of dicom-rs and the codecs: scan, typed getters, decode, write | L0 |
//! | | [`demo`] | the built-in synthetic study | dicom and below |
//! | L2 | [`model`] | patient → study → series → display set; frame keys | L0 L1 |
//! | | [`imaging`] | samples, modality → VOI → display, statistics: the reference for the shaders | + model |
//! | | [`volume`] | grid, assembly and its geometry report, CPU reslice | + imaging |
//! | | [`annotation`] | geometry drawn by the reader, calibration, measured values | + volume |
//! | | [`objects`] | derived DICOM: reports, key objects, presentation states, layers over images, documents | + annotation |
//! | L3 | [`pacs`] | DIMSE and DICOMweb with other archives, secrets; no state of its own | L0–L2 |
//! | | [`archive`] | the local archive: files, their index and its search, the queue of transfers | L0–L2 |
//! | | [`view`] | view state, resolved view, draw list, sheets of waveforms: what a pane shows and where | L0–L2 |
//! | L4 | [`render`] | wgpu only: textures, passes, shaders, read-back | view and below |
//! | | [`workspace`] | the one truth: commands in, effects out; undo, sync, settings | L0–L3 |
//! | L5 | [`engine`] | runs effects as jobs, owns caches and the budget; no egui | workspace, render and below |
//! | | [`tool`] | one file a tool: pointer events to commands | workspace and below |
//! | | [`action`] | one row an action: label, shortcut, when enabled, its command | workspace and below |
//! | L6 | [`ui`] | egui only: panels, panes, palette, theme | L0–L5 |
//! | | [`cli`] | the subcommands, one file each | engine and below |
//! | L7 | [`app`] | eframe glue, start-up, dialogs | all |
//!
//! Where a new thing goes — one file, one row:
//!
//! | new… | the file | the row |
//! |---|---|---|
//! | tool | `tool/<name>.rs` | `tool::TOOLS` |
//! | action, shortcut | – | `action::ACTIONS` |
//! | transfer syntax | `dicom/codec/<name>.rs` | `dicom::transfer_syntax::TABLE` |
//! | shader pass | `render/pass/<name>.rs`, `shaders/<name>.wgsl`, its twin in `imaging` or `volume` | `render::shaders::SHADERS` |
//! | report template | `objects/sr/tid<n>.rs` | `objects::sr::TEMPLATES` |
//! | message on screen | – | `assets/locales/<lang>/*.ftl`, in every language |
//! | subcommand | `cli/<name>.rs` | `cli::Subcommand` |

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing))] // tests may fail loudly

pub mod geom;
pub mod problem;

pub mod cache;
pub mod files;
pub mod jobs;
pub mod text;
pub mod worker;

pub mod dicom;

pub mod demo;

pub mod model;

pub mod imaging;

pub mod volume;

pub mod annotation;

pub mod objects;

pub mod archive;
pub mod pacs;
pub mod view;

pub mod render;
pub mod workspace;

pub mod action;
pub mod engine;
pub mod tool;

pub mod cli;
pub mod ui;

pub mod app;
