//! egui's events over a pane to the tools' own, in the order they happened.

use std::sync::Arc;

use eframe::egui;
use egui::{CursorIcon, Event, Key, MouseWheelUnit, PointerButton, Response, Ui};

use super::memory::{Interaction, TextField};
use super::showing::Showing;
use super::{PaneRect, ViewportCtx};
use crate::annotation::{Annotation, AnnotationKind};
use crate::geom::DVec2;
use crate::problem::msg;
use crate::tool::{
    self, Button, Cursor, Does, Input, Modifiers, Phase, PointerEvent, Scene, WheelAmount,
};
use crate::view::Space;
use crate::workspace::{AnnotationEdit, Command, LayoutEdit, PaneId};

fn button(button: PointerButton) -> Option<Button> {
    match button {
        PointerButton::Primary => Some(Button::Primary),
        PointerButton::Middle => Some(Button::Middle),
        PointerButton::Secondary => Some(Button::Secondary),
        PointerButton::Extra1 | PointerButton::Extra2 => None,
    }
}

const fn modifiers(held: egui::Modifiers) -> Modifiers {
    Modifiers {
        shift: held.shift,
        ctrl: held.command || held.ctrl,
        alt: held.alt,
    }
}

/// Feeds the hand with what happened over the pane since the last frame.
pub(super) fn input(
    ui: &Ui,
    hand: &mut tool::Interaction,
    scene: Scene<'_>,
    rect: &PaneRect,
    response: &Response,
) -> Vec<Command> {
    let mut commands = Vec::new();
    if is_abandoned(ui, hand, &scene) {
        commands.extend(hand.cancel());
    }
    let is_over = response.contains_pointer();
    let is_ours = |hand: &tool::Interaction| {
        hand.gesture()
            .is_some_and(|gesture| gesture.pane == scene.pane)
    };
    if !is_over && !is_ours(hand) {
        return commands;
    }
    let (events, held) = ui.input(|input| (input.events.clone(), input.modifiers));
    let mut feed = Feed {
        hand,
        scene,
        rect,
        last_px: None,
        commands: Vec::new(),
    };
    for (number, event) in events.iter().enumerate() {
        match event {
            Event::PointerMoved(at) => {
                // Only the last of a row of moves counts.
                let is_last = !matches!(events.get(number + 1), Some(Event::PointerMoved(_)));
                if is_last {
                    feed.moved(rect.px(*at), modifiers(held));
                }
            }
            Event::PointerButton {
                pos,
                button: which,
                pressed,
                modifiers: held,
            } => {
                if let Some(which) = button(*which) {
                    let at = rect.px(*pos);
                    let is_inside = rect.points.contains(*pos) && is_over;
                    feed.button(at, which, *pressed, modifiers(*held), is_inside);
                }
            }
            Event::MouseWheel {
                unit,
                delta,
                modifiers: held,
                ..
            } if is_over => {
                // Shift makes some systems turn the wheel sideways.
                let turn = if delta.y == 0.0 { delta.x } else { delta.y };
                // Towards the reader moves the content up: the next slice.
                let amount = match unit {
                    MouseWheelUnit::Point => WheelAmount::Points(f64::from(-turn)),
                    MouseWheelUnit::Line | MouseWheelUnit::Page => {
                        WheelAmount::Lines(f64::from(-turn))
                    }
                };
                let is_sideways = delta.y == 0.0 && !held.shift;
                if is_sideways && feed.scene.workspace.phase(feed.scene.state).is_some() {
                    let more = feed.hand.wheel_sideways(&scene, amount);
                    feed.commands.extend(more);
                } else if let Some(at) = response.hover_pos() {
                    let more = feed
                        .hand
                        .wheel(&scene, rect.px(at), modifiers(*held), amount);
                    feed.commands.extend(more);
                }
            }
            _ => {}
        }
    }
    feed.end_if_let_go(ui);
    commands.extend(feed.commands);
    if let Some(at) = response.hover_pos() {
        let cursor = hand.cursor(&scene, rect.px(at), rect.px_per_pt);
        ui.ctx().set_cursor_icon(icon(cursor));
    }
    commands
}

/// Whether a gesture in this pane must end here: Esc, another tool, or its button is up without a
/// release having reached us.
fn is_abandoned(ui: &Ui, hand: &tool::Interaction, scene: &Scene<'_>) -> bool {
    let Some(gesture) = hand.gesture().filter(|gesture| gesture.pane == scene.pane) else {
        return false;
    };
    let is_escaped = ui.input(|input| input.keys_down.contains(&Key::Escape));
    let is_other_tool = gesture
        .tool_id()
        .is_some_and(|id| gesture.is_kept && id != scene.workspace.tool);
    let (before, now) = (gesture.start_state.display_set, scene.state.display_set);
    let is_phase = |phase: &crate::model::Phase| phase.sets.contains(&before);
    let is_elsewhere = before != now && !scene.workspace.phase(scene.state).is_some_and(is_phase);
    is_escaped || is_other_tool || is_elsewhere
}

struct Feed<'a> {
    hand: &'a mut tool::Interaction,
    scene: Scene<'a>,
    rect: &'a PaneRect,
    last_px: Option<DVec2>,
    commands: Vec<Command>,
}

impl Feed<'_> {
    fn give(&mut self, phase: Phase, button: Button, at_px: DVec2, modifiers: Modifiers) {
        let gesture = match (phase, self.hand.gesture()) {
            (Phase::Press, _) => self.hand.new_gesture(),
            (_, Some(gesture)) => gesture.id,
            (_, None) => crate::workspace::GestureId(0),
        };
        let event = PointerEvent {
            phase,
            button,
            modifiers,
            position_px: at_px,
            delta_px: self.last_px.map_or(DVec2::ZERO, |last| at_px - last),
            gesture,
            px_per_pt: self.rect.px_per_pt,
        };
        self.last_px = Some(at_px);
        self.commands.extend(self.hand.pointer(self.scene, &event));
    }

    /// A release outside the window may never reach us.
    fn end_if_let_go(&mut self, ui: &Ui) {
        let held = self.hand.gesture().filter(|gesture| gesture.is_down);
        let Some((button, start_px)) = held.map(|gesture| (gesture.button, gesture.start_px))
        else {
            return;
        };
        if !ui.input(|input| input.pointer.any_down()) {
            let at_px = self.last_px.unwrap_or(start_px);
            self.give(Phase::Release, button, at_px, Modifiers::default());
        }
    }

    fn moved(&mut self, at_px: DVec2, modifiers: Modifiers) {
        let held = self
            .hand
            .gesture()
            .map(|gesture| (gesture.is_down, gesture.button));
        match held {
            Some((true, button)) => self.give(Phase::Drag, button, at_px, modifiers),
            _ => self.give(Phase::Hover, Button::Primary, at_px, modifiers),
        }
    }

    fn button(
        &mut self,
        at_px: DVec2,
        which: Button,
        is_pressed: bool,
        modifiers: Modifiers,
        is_inside: bool,
    ) {
        let held = self
            .hand
            .gesture()
            .filter(|gesture| gesture.is_down)
            .map(|gesture| gesture.button);
        match (is_pressed, held) {
            // A second button while one is down is not a gesture of its own.
            (true, None) if is_inside => self.give(Phase::Press, which, at_px, modifiers),
            (false, Some(button)) if button == which => {
                self.give(Phase::Release, which, at_px, modifiers);
            }
            _ => {}
        }
    }
}

fn icon(cursor: Cursor) -> CursorIcon {
    match cursor {
        Cursor::Default => CursorIcon::Default,
        Cursor::Crosshair => CursorIcon::Crosshair,
        Cursor::Move => CursorIcon::Move,
        Cursor::Grab => CursorIcon::Grab,
        Cursor::ResizeVertical => CursorIcon::ResizeVertical,
        Cursor::ZoomIn => CursorIcon::ZoomIn,
        Cursor::Text => CursorIcon::Text,
        Cursor::Turn => CursorIcon::Alias,
    }
}

/// Double click: an arrow's text is typed again, else the pane goes over the whole window, or
/// back; nothing while a drawing waits for a point.
pub(super) fn double_click(
    response: &Response,
    interaction: &mut Interaction,
    scene: &Scene<'_>,
    rect: &PaneRect,
    commands: &mut Vec<Command>,
) {
    let does = tool::does(Input::DoubleClick, Modifiers::default());
    if does != Some(Does::Maximise) || !response.double_clicked() || interaction.hand.is_drawing() {
        return;
    }
    let under = response
        .interact_pointer_pos()
        .and_then(|at| tool::grab_at(scene, rect.px(at), rect.px_per_pt))
        .and_then(|grab| grab.annotation())
        .and_then(|id| scene.annotation(id));
    match under {
        Some(arrow) if arrow.kind == AnnotationKind::Arrow => {
            type_again(interaction, scene.pane, &arrow.tracking_uid);
        }
        Some(_) => {}
        None => commands.push(Command::Layout(LayoutEdit::ToggleMaximise(scene.pane))),
    }
}

fn type_again(interaction: &mut Interaction, pane: PaneId, tracking_uid: &Arc<str>) {
    interaction.text = Some(TextField {
        tracking_uid: Arc::clone(tracking_uid),
        gesture: interaction.hand.new_gesture(),
        pane,
        is_open: false,
    });
}

/// The text of the selected arrow is typed again.
pub(super) fn edit_text(ctx: &mut ViewportCtx<'_>, pane: PaneId) {
    let selected = ctx.workspace.selected;
    let document = ctx.workspace.active_document();
    let arrow = document
        .zip(selected)
        .and_then(|(document, id)| document.annotation(id));
    if let Some(arrow) = arrow {
        type_again(ctx.interaction, pane, &arrow.tracking_uid);
    }
}

/// The field for an arrow's text: it opens when the arrow is drawn, and closes with Enter, Esc or
/// a click elsewhere.
pub(super) fn text_field(
    ui: &mut Ui,
    ctx: &mut ViewportCtx<'_>,
    showing: &Showing,
    rect: &PaneRect,
    pane: PaneId,
) {
    open_for_new_arrow(ctx, pane);
    let Some(field) = ctx
        .interaction
        .text
        .clone()
        .filter(|field| field.pane == pane)
    else {
        return;
    };
    let arrow = ctx
        .workspace
        .studies
        .values()
        .flat_map(|record| &record.document.annotations)
        .find(|annotation| annotation.tracking_uid == field.tracking_uid);
    let Some(arrow) = arrow else {
        // The arrow reaches the document one frame after it is drawn; gone later: taken back.
        if field.is_open {
            ctx.interaction.text = None;
        }
        return;
    };
    let space = Space::of(&arrow.points);
    let tail = arrow
        .handles()
        .get(1)
        .and_then(|tail| showing.view.screen_from_place(space, *tail));
    let Some(tail) = tail else {
        ctx.interaction.text = None;
        return;
    };
    let mut text = arrow.text.clone();
    let name = ctx.words.id(msg("arrow-text"));
    let at = rect.pos(tail) + egui::vec2(-100.0, 10.0);
    let area = egui::Area::new(ui.scope_id().with("arrow-text"))
        .order(egui::Order::Foreground)
        .fixed_pos(rect.points.shrink(4.0).clamp(at))
        .constrain_to(rect.points);
    let answer = area.show(ui.ctx(), |ui| {
        let edit = egui::TextEdit::singleline(&mut text)
            .hint_text(&name)
            .desired_width(200.0);
        let response = ui.add(edit);
        if !field.is_open {
            response.request_focus();
            cursor_to_end(ui, response.id, &text);
        }
        response
    });
    let response = answer.inner;
    if text != arrow.text {
        let changed = Annotation {
            text,
            ..(**arrow).clone()
        };
        ctx.commands.push(Command::Annotate(AnnotationEdit::Change(
            changed,
            field.gesture,
        )));
    }
    let is_done = field.is_open && response.lost_focus();
    ctx.interaction.text = (!is_done).then_some(TextField {
        is_open: true,
        ..field
    });
}

/// What is typed goes on where the text ends.
fn cursor_to_end(ui: &Ui, id: egui::Id, text: &str) {
    let mut state = egui::TextEdit::load_state(ui, id).unwrap_or_default();
    let end = egui::text::CCursor::new(text.chars().count());
    let range = Some(egui::text::CCursorRange::one(end));
    state.cursor.set_char_range(range);
    state.store(ui, id);
}

fn open_for_new_arrow(ctx: &mut ViewportCtx<'_>, pane: PaneId) {
    if let Some(drawn) = ctx.interaction.hand.take_finished(pane)
        && drawn.kind == AnnotationKind::Arrow
    {
        ctx.interaction.text = Some(TextField {
            tracking_uid: drawn.tracking_uid,
            gesture: drawn.gesture,
            pane,
            is_open: false,
        });
    }
}
