//! egui only: panels, panes, palette, theme. Panels read the workspace and push commands; what a
//! test could reach without a window is computed elsewhere.
//!
//! | file | what it owns |
//! |---|---|
//! | `shell.rs` | the window: where every panel stands |
//! | `theme.rs`, `fonts.rs`, `icons.rs` | how it looks: one table each |
//! | `bidi_label.rs` | the one way text that comes from data reaches the screen |
//! | `panel.rs` | what a panel gets; buttons and rows |
//! | `keys.rs` | key events to actions |
//! | `patient_bar.rs`, `tools_row.rs`, `layout_chooser.rs`, `status.rs` | the bars |
//! | `browser.rs`, `browse.rs`, `browse_mappings.rs`, `still_order.rs` | the studies on the left |
//! | `document.rs` | what is no picture, as text in a pane |
//! | `presentation_page.rs` | the same of presentation states |
//! | `pdf.rs` | a pane with a PDF document |
//! | `layers.rs` | objects over the images: what is shown of them, on the right |
//! | `findings.rs` | measurements, report text and saving on the right |
//! | [`viewport`] | a pane: picture, overlays, drawings, input |
//! | `waveform/` | a pane with an ECG or another signal: paper, traces, calipers |
//! | `start.rs`, `path_field.rs` | before anything is open; opening by path |
//! | `parts.rs` and `palette.rs`, `help.rs`, `settings.rs`, `about.rs`, `passed_over.rs` | what is laid over the window |
//! | `notices.rs`, `questions.rs`, `ask.rs`, `unlock.rs` | what the reader should know, and is asked |

mod about;
mod archive;
mod ask;
mod bidi_label;
mod browse;
mod browse_mappings;
mod browser;
mod document;
mod earlier;
mod findings;
mod fonts;
mod help;
mod icons;
mod keys;
mod layers;
mod layout_chooser;
mod node_form;
mod nodes;
mod notices;
mod palette;
mod panel;
mod parts;
mod passed_over;
mod path_field;
mod patient_bar;
mod pdf;
mod presentation_page;
mod priors;
mod questions;
mod rows;
mod search;
mod settings;
mod shell;
mod start;
mod status;
mod still_order;
mod table;
mod theme;
mod tools_row;
mod transfers;
mod unlock;
pub mod viewport;
mod waveform;
mod workplace;

pub use ask::turn_answers;
pub use bidi_label::{Text, galley};
pub use fonts::install as install_fonts;
pub use icons::font as icon_font;
pub use keys::{drop_held_keys, pressed_actions};
pub use panel::{PanelCtx, run_action};
pub use shell::{Closing, Shell, shell_ui};
pub use theme::{Colours, Sizes, Theme};
