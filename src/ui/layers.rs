//! Objects over the images of the active pane: which are shown, how strongly, and what of them.

use eframe::egui;
use egui::{Color32, ScrollArea, Sense, Ui, vec2};

use crate::dicom::tags;
use crate::model::InstanceIx;
use crate::objects::layer::{LayerContent, LayerItem, LayerKind, LayerSpace};
use crate::problem::{Message, MessageId, msg};
use crate::ui::bidi_label::Text;
use crate::ui::findings::fold_ui;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, heading_ui, icon_button_ui, row_end_ui};
use crate::view::ViewMode;
use crate::workspace::{Command, LayerEdit, LayerRecord, LayerState};

/// The list takes at most this share of the panel.
const SHARE: f32 = 0.45;
/// Side of a colour swatch, points.
const SWATCH: f32 = 10.0;

/// The list, with the sign that folds the panel; `false`, and nothing, where the patient on screen
/// has no such objects.
pub(super) fn layers_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) -> bool {
    let workspace = ctx.workspace;
    let Some(view) = workspace.panes.active_view() else {
        return false;
    };
    let layers: Vec<_> = workspace.layers_over(view.display_set).collect();
    if layers.is_empty() {
        return false;
    }
    let theme = ctx.theme;
    ui.horizontal(|ui| {
        heading_ui(ui, theme, &ctx.say(msg("layers-title")));
        row_end_ui(ui, |ui| fold_ui(ui, ctx));
    });
    ScrollArea::vertical()
        .id_salt("layers")
        .max_height(ui.available_height() * SHARE)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            for (instance, record, space) in layers {
                let why = match (&record.state, space) {
                    (LayerState::Failed(why), _) => Some(why.clone()),
                    (_, Some(Err(why))) => Some(why.message()),
                    (_, Some(Ok(LayerSpace::Images))) if view.mode != ViewMode::Stack => {
                        Some(Message::new(msg("layer-not-in-reslices")))
                    }
                    _ => None,
                };
                object_ui(ui, ctx, instance, record, why);
            }
        });
    ui.add_space(theme.sizes.space);
    ui.separator();
    true
}

const fn kind_name(kind: LayerKind) -> MessageId {
    match kind {
        LayerKind::Segmentation => msg("layer-kind-segmentation"),
        LayerKind::StructureSet => msg("layer-kind-structures"),
        LayerKind::Dose => msg("layer-kind-dose"),
    }
}

fn object_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    instance: InstanceIx,
    record: &LayerRecord,
    why_not: Option<Message>,
) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let kind = ctx.say(kind_name(record.kind));
    let label = match &record.state {
        LayerState::Ready(layer) if !layer.label.is_empty() => layer.label.clone(),
        _ => kind.clone(),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.sizes.space;
        eye_ui(
            ui,
            ctx,
            &label,
            record.setting.is_shown && why_not.is_none(),
            LayerEdit::Toggle(instance),
        );
        row_end_ui(ui, |ui| {
            if label != kind {
                Text::new(&kind, theme.small(), colours.secondary).ui(ui);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                Text::new(&label, theme.strong(), colours.text).ui(ui);
            });
        });
    });
    if let Some(why) = why_not {
        Text::new(&ctx.words.get(&why), theme.small(), colours.warning)
            .wrapped()
            .ui(ui);
        if matches!(record.state, LayerState::Failed(_))
            && ui.button(ctx.say(msg("layer-read-again"))).clicked()
        {
            let again = LayerEdit::ReadAgain(instance);
            ctx.commands.push(Command::Layer(again));
        }
        return;
    }
    let LayerState::Ready(layer) = &record.state else {
        let words = ctx.say(msg("layer-reading"));
        Text::new(&words, theme.small(), colours.secondary).ui(ui);
        return;
    };
    if !record.setting.is_shown {
        return;
    }
    if record.kind != LayerKind::StructureSet {
        share_ui(
            ui,
            ctx,
            msg("layer-opacity"),
            record.setting.opacity,
            |share| LayerEdit::Opacity(instance, share),
        );
    }
    match &layer.content {
        LayerContent::Dose(dose) => {
            let threshold = record.setting.threshold;
            share_ui(ui, ctx, msg("layer-threshold"), threshold, |share| {
                LayerEdit::Threshold(instance, share)
            });
            let mut has_isodoses = record.setting.has_isodoses;
            let words = ctx.say(msg("layer-isodoses"));
            if ui.checkbox(&mut has_isodoses, words).changed() {
                let edit = LayerEdit::ToggleIsodoses(instance);
                ctx.commands.push(Command::Layer(edit));
            }
            let facts = [
                (msg("layer-dose-type"), "type", &dose.dose_type),
                (msg("layer-dose-summation"), "summation", &dose.summation),
            ];
            let facts = facts.into_iter().filter(|(.., fact)| !fact.is_empty());
            let facts: Vec<String> = facts
                .map(|(id, name, fact)| {
                    let message = Message::new(id).text(name, fact.as_str());
                    ctx.words.get(&message)
                })
                .collect();
            Text::new(&facts.join(" · "), theme.small(), colours.secondary)
                .wrapped()
                .ui(ui);
            for plan in &dose.plans {
                let label = plan_label(ctx, plan).unwrap_or_else(|| plan.clone());
                let message = Message::new(msg("layer-dose-plan")).text("plan", label);
                Text::new(&ctx.words.get(&message), theme.small(), colours.secondary)
                    .wrapped()
                    .ui(ui);
            }
        }
        LayerContent::Segmentation(segmentation) => {
            if let Some((count, why)) = &segmentation.unreadable {
                let message = Message::new(msg("layer-unreadable"))
                    .count("count", *count)
                    .message("reason", why.clone());
                Text::new(&ctx.words.get(&message), theme.small(), colours.warning)
                    .wrapped()
                    .ui(ui);
            }
        }
        LayerContent::Structures(structures) => {
            let count = structures.rois.iter().map(|roi| roi.unreadable).sum();
            if count > 0 {
                let message = Message::new(msg("layer-contours-unreadable")).count("count", count);
                Text::new(&ctx.words.get(&message), theme.small(), colours.warning)
                    .wrapped()
                    .ui(ui);
            }
        }
    }
    let view = ctx.workspace.panes.active_view();
    let set = view.and_then(|view| ctx.workspace.library.display_set(view.display_set));
    let space = set.and_then(|set| set.frame_of_reference.as_ref());
    for item in layer.items() {
        let is_here = layer.is_item_in(item.number, space);
        let is_shown = is_here && !record.setting.hidden.contains(&item.number);
        ui.add_enabled_ui(is_here, |ui| item_ui(ui, ctx, instance, &item, is_shown));
        if !is_here {
            let words = ctx.say(msg("layer-item-another-space"));
            Text::new(&words, theme.small(), colours.secondary)
                .wrapped()
                .ui(ui);
        }
    }
    ui.add_space(theme.sizes.space);
}

/// RT Plan Label of a plan that is open.
fn plan_label(ctx: &PanelCtx<'_>, sop_instance_uid: &str) -> Option<String> {
    let mut plans = ctx.workspace.library.namesakes(sop_instance_uid);
    let header = &plans.next()?.header;
    header.dataset.elements().text(tags::RT_PLAN_LABEL)
}

/// Shown or hidden, by an eye.
fn eye_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, label: &str, is_shown: bool, edit: LayerEdit) {
    let (sign, name) = if is_shown {
        (Sign::Shown, msg("layer-hide"))
    } else {
        (Sign::Hidden, msg("layer-show"))
    };
    let name = ctx.words.get(&Message::new(name).text("label", label));
    if icon_button_ui(ui, ctx.theme, icons::sign(sign), &name, false).clicked() {
        ctx.commands.push(Command::Layer(edit));
    }
}

fn item_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    instance: InstanceIx,
    item: &LayerItem,
    is_shown: bool,
) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let unnamed = Message::new(msg("layer-unnamed")).number("number", item.number.into());
    let label = if item.label.is_empty() {
        ctx.words.get(&unnamed)
    } else {
        item.label.clone()
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.sizes.space;
        ui.add_space(2.0 * theme.sizes.space);
        let edit = LayerEdit::ToggleItem(instance, item.number);
        eye_ui(ui, ctx, &label, is_shown, edit);
        let (place, _) = ui.allocate_exact_size(vec2(SWATCH, theme.sizes.control), Sense::hover());
        let swatch = egui::Rect::from_center_size(place.center(), vec2(SWATCH, SWATCH));
        let [r, g, b] = item.rgb;
        ui.painter()
            .rect_filled(swatch, 0.0, Color32::from_rgb(r, g, b));
        let colour = if is_shown {
            colours.text
        } else {
            colours.dimmed
        };
        row_end_ui(ui, |ui| {
            if !item.detail.is_empty() && item.detail != label {
                Text::new(&item.detail, theme.small(), colours.secondary).ui(ui);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                Text::new(&label, theme.body(), colour).ui(ui);
            });
        });
    });
}

/// A share of the whole on a slider.
fn share_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    share: f32,
    edit: impl Fn(f32) -> LayerEdit,
) {
    let mut percent = (share * 100.0).round();
    let words = ctx.say(name);
    let slider = egui::Slider::new(&mut percent, 0.0..=100.0)
        .step_by(1.0)
        .suffix("\u{a0}%")
        .text(words);
    if ui.add(slider).changed() {
        ctx.commands.push(Command::Layer(edit(percent / 100.0)));
    }
}
