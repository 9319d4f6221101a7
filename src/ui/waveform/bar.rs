//! Above the paper: whose waveform it is, its groups, and what the reader can choose.

use std::sync::Arc;

use eframe::egui;
use egui::{Button, Role, Ui, WidgetInfo};

use super::{PaneWaveform, said};
use crate::dicom::InstanceHeader;
use crate::dicom::modules::{WaveformChannel, WaveformGroup};
use crate::model::DisplaySet;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::{Text, galley};
use crate::ui::panel::PanelCtx;
use crate::ui::viewport::name_of;
use crate::view::waveform::{SPEEDS_MM_PER_S, WaveformState};

/// A button's words are cut at this width, points.
const BUTTON_ROOM: f32 = 200.0;

/// What the reader asked for.
pub(super) enum Asked {
    /// The time caliper, on or off.
    Times,
    /// The voltage caliper, on or off.
    Levels,
}

/// Name, description, date.
pub(super) fn title_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, set: &DisplaySet, header: &InstanceHeader) {
    let theme = ctx.theme;
    let name = name_of(ctx.workspace, set.instances.first().copied(), ctx.words);
    let what = if set.description.is_empty() {
        set.modality.clone()
    } else {
        set.description.clone()
    };
    let when = said::taken(ctx.words, header.dataset.elements());
    ui.horizontal(|ui| {
        Text::new(&name, theme.strong(), theme.colours.text)
            .width(ui.available_width() * 0.5)
            .ui(ui);
        for part in [what, when].iter().filter(|part| !part.is_empty()) {
            Text::new(part, theme.body(), theme.colours.secondary).ui(ui);
        }
    });
}

/// The multiplex groups, where there are several.
pub(super) fn groups_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, memory: &mut PaneWaveform) {
    if memory.groups.len() < 2 {
        return;
    }
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        for (index, group) in memory.groups.iter().enumerate() {
            let label = group.as_ref().map_or("", |group| &*group.label);
            let name = if label.is_empty() {
                let number = Message::new(msg("waveform-group")).count("number", index + 1);
                ctx.words.get(&number)
            } else {
                label.to_owned()
            };
            if choice_ui(ui, ctx, &name, memory.state.group == index) {
                chosen = Some(index);
            }
        }
    });
    if let Some(index) = chosen {
        memory.state.show_group(index);
    }
}

/// Speed, gain and calipers.
pub(super) fn choices_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    state: &mut WaveformState,
    group: &WaveformGroup,
) -> Option<Asked> {
    let mut asked = None;
    let has_voltage = group.channels.iter().any(WaveformChannel::is_voltage);
    let gains = WaveformState::gains(group);
    // What was chosen for a faint signal would tear an ECG apart.
    if gains.iter().all(|gain| !is_same(*gain, state.gain)) {
        state.gain = WaveformState::default().gain;
    }
    ui.horizontal_wrapped(|ui| {
        for speed in SPEEDS_MM_PER_S {
            let name = Message::new(msg("waveform-speed")).number("speed", speed);
            if choice_ui(ui, ctx, &ctx.words.get(&name), is_same(state.speed, speed)) {
                state.speed = speed;
            }
        }
        ui.add_space(2.0 * ctx.theme.sizes.space);
        for gain in gains.iter().copied() {
            let name = said::gain(ctx.words, gain, has_voltage);
            if choice_ui(ui, ctx, &name, is_same(state.gain, gain)) {
                state.gain = gain;
            }
        }
        ui.add_space(2.0 * ctx.theme.sizes.space);
        let times = ctx.say(msg("waveform-time-caliper"));
        if choice_ui(ui, ctx, &times, state.times.is_some()) {
            asked = Some(Asked::Times);
        }
        let levels = ctx.say(msg("waveform-level-caliper"));
        if choice_ui(ui, ctx, &levels, state.levels.is_some()) {
            asked = Some(Asked::Levels);
        }
    });
    asked
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn choice_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, name: &str, is_on: bool) -> bool {
    let theme = ctx.theme;
    let colour = if is_on {
        theme.colours.on_accent
    } else {
        theme.colours.text
    };
    let words = galley(ui, name, &theme.body(), colour, BUTTON_ROOM);
    let mut button = Button::new(Arc::clone(&words));
    if is_on {
        button = button.fill(theme.colours.accent);
    }
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, name));
    response.clicked()
}

/// Why nothing is drawn.
pub(super) fn reason_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, reason: Option<&Message>) {
    let theme = ctx.theme;
    let nothing = Message::new(msg("waveform-none"));
    let words = ctx.words.get(reason.unwrap_or(&nothing));
    ui.add_space(2.0 * theme.sizes.space);
    Text::new(&words, theme.body(), theme.colours.warning)
        .wrapped()
        .ui(ui);
}
