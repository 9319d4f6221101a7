//! Who gets an event: a drawing under way, what lies under the pointer, or the bound tool.

use crate::geom::DVec2;
use crate::tool::bindings::{Does, Input, does};
use crate::tool::crosshair::point_at_commands;
use crate::tool::event::{Cursor, Modifiers, Phase, PointerEvent};
use crate::tool::gesture::{Finished, Gesture, Target};
use crate::tool::grab::{self, grab_at};
use crate::tool::scene::{Scene, ToolCtx};
use crate::tool::wheel::Wheel;
use crate::tool::{tool, zoom};
use crate::workspace::{AnnotationEdit, Command, GestureId, LayoutEdit, PaneId, Preview, ViewEdit};

/// The hand over the panes: one for the window.
#[derive(Default)]
pub struct Interaction {
    gesture: Option<Gesture>,
    last_gesture: u64,
    wheel: Wheel,
    finished: Option<Finished>,
}

impl Interaction {
    /// A key for a new gesture or field edit, never given twice.
    pub fn new_gesture(&mut self) -> GestureId {
        self.last_gesture += 1;
        GestureId(self.last_gesture)
    }

    /// The gesture under way.
    #[must_use]
    pub const fn gesture(&self) -> Option<&Gesture> {
        self.gesture.as_ref()
    }

    /// Whether a drawing waits for its next point with no button down.
    #[must_use]
    pub fn is_drawing(&self) -> bool {
        self.gesture.as_ref().is_some_and(|gesture| gesture.is_kept)
    }

    /// The drawing just finished in a pane, once.
    pub fn take_finished(&mut self, pane: PaneId) -> Option<Finished> {
        self.finished.take_if(|finished| finished.pane == pane)
    }

    /// Lets a gesture go whose pane is not on screen any more; what it drew stays as it is.
    pub fn forget_unless(&mut self, panes_on_screen: &[PaneId]) {
        self.gesture
            .take_if(|gesture| !panes_on_screen.contains(&gesture.pane));
    }

    /// Esc, another tool, another layout: the document is as before the gesture.
    pub fn cancel(&mut self) -> Vec<Command> {
        let Some(gesture) = self.gesture.take() else {
            return Vec::new();
        };
        let changes_document = gesture
            .drawing
            .as_ref()
            .is_some_and(|drawing| drawing.added.is_some())
            || matches!(&gesture.target, Target::Grab(grab) if grab.annotation().is_some());
        if changes_document {
            vec![Command::Annotate(AnnotationEdit::Cancel(gesture.id))]
        } else {
            Vec::new()
        }
    }

    /// What an event means. Every event of a gesture goes to the pane it began in.
    pub fn pointer(&mut self, scene: Scene<'_>, event: &PointerEvent) -> Vec<Command> {
        match event.phase {
            Phase::Press => self.press(scene, event),
            Phase::Drag | Phase::Hover => self.go_on(scene, event),
            Phase::Release => {
                let commands = self.go_on(scene, event);
                if let Some(gesture) = self.gesture.as_mut() {
                    gesture.is_down = false;
                }
                if let Some(ended) = self.gesture.take_if(|gesture| !gesture.is_kept) {
                    self.finished = ended.drawing.and_then(|drawing| {
                        Some(Finished {
                            pane: ended.pane,
                            tracking_uid: drawing.tracking_uid,
                            gesture: ended.id,
                            kind: drawing.added?,
                        })
                    });
                }
                commands
            }
        }
    }

    fn press(&mut self, scene: Scene<'_>, event: &PointerEvent) -> Vec<Command> {
        let mut commands = Vec::new();
        if scene.workspace.panes.active != scene.pane {
            commands.push(Command::Layout(LayoutEdit::Activate(scene.pane)));
        }
        if self.goes_on_with(&scene, event) {
            if let Some(gesture) = self.gesture.as_mut() {
                gesture.start_px = event.position_px;
                gesture.farthest_pt = 0.0;
                gesture.is_down = true;
            }
            commands.extend(self.go_on(scene, event));
            return commands;
        }
        commands.extend(self.cancel());
        let mut target = Self::target(&scene, event, &mut commands);
        if let Target::Tool(tool) = target
            && tool.needs_image()
            && scene.is_preview()
        {
            commands.push(Command::Notify(Preview::no_hand()));
            target = Target::Nothing;
        }
        self.gesture = Some(Gesture {
            id: event.gesture,
            pane: scene.pane,
            button: event.button,
            is_down: true,
            start_px: event.position_px,
            start_state: scene.state.clone(),
            start_view: scene.view.clone(),
            start_window: scene.window,
            steps_done: 0,
            turned_rad: 0.0,
            label_px: None,
            farthest_pt: 0.0,
            drawing: None,
            is_kept: false,
            target,
        });
        commands.extend(self.go_on(scene, event));
        commands
    }

    /// Whether a press gives the drawing under way its next point. Other buttons and the wheel may
    /// be used in between.
    fn goes_on_with(&self, scene: &Scene<'_>, event: &PointerEvent) -> bool {
        self.gesture.as_ref().is_some_and(|gesture| {
            gesture.is_kept && gesture.pane == scene.pane && event.button == gesture.button
        })
    }

    fn target(scene: &Scene<'_>, event: &PointerEvent, commands: &mut Vec<Command>) -> Target {
        let bound = does(Input::Drag(event.button), event.modifiers);
        if bound == Some(Does::ActiveTool) {
            if let Some(grab) = grab_at(scene, event.position_px, event.px_per_pt) {
                if let Some(id) = grab.annotation()
                    && scene.workspace.selected != Some(id)
                {
                    commands.push(Command::Annotate(AnnotationEdit::Select(Some(id))));
                }
                return Target::Grab(grab);
            }
            if scene.workspace.selected.is_some() {
                commands.push(Command::Annotate(AnnotationEdit::Select(None)));
            }
        }
        let chosen = match bound {
            Some(Does::ActiveTool) => tool(scene.workspace.tool),
            Some(Does::Tool(id)) => tool(id),
            _ => None,
        };
        chosen.map_or(Target::Nothing, Target::Tool)
    }

    fn go_on(&mut self, scene: Scene<'_>, event: &PointerEvent) -> Vec<Command> {
        if event.phase == Phase::Hover
            && does(Input::Hover, event.modifiers) == Some(Does::PointEverywhere)
            && !self.is_drawing()
        {
            return point_at_commands(&scene, event.position_px);
        }
        let Some(gesture) = self.gesture.as_mut() else {
            return Vec::new();
        };
        let is_between = event.phase == Phase::Hover && !gesture.is_kept;
        if gesture.pane != scene.pane || is_between {
            return Vec::new();
        }
        let way_pt = (event.position_px - gesture.start_px).length() / event.px_per_pt;
        gesture.farthest_pt = gesture.farthest_pt.max(way_pt);
        match gesture.target.clone() {
            // A drawing that waits for its next point waits for the image, too.
            Target::Tool(tool) if tool.needs_image() && scene.is_preview() => Vec::new(),
            Target::Tool(tool) => tool.pointer(&mut ToolCtx { scene, gesture }, event),
            Target::Grab(grab) if matches!(event.phase, Phase::Drag | Phase::Release) => {
                grab::drag_commands(&scene, gesture, &grab, event)
            }
            Target::Grab(_) | Target::Nothing => Vec::new(),
        }
    }

    /// The wheel over a pane: `lines` notches or `points` of a touchpad, towards the reader
    /// positive.
    pub fn wheel(
        &mut self,
        scene: &Scene<'_>,
        position_px: DVec2,
        modifiers: Modifiers,
        amount: WheelAmount,
    ) -> Vec<Command> {
        match does(Input::Wheel, modifiers) {
            Some(Does::ZoomAtPointer) => {
                let notches = match amount {
                    WheelAmount::Lines(lines) => lines,
                    WheelAmount::Points(points) => points / 50.0,
                };
                zoom::wheel_commands(scene, position_px, notches)
            }
            Some(Does::Phases(phases)) => {
                let steps = self.steps(amount).saturating_mul(phases);
                if steps == 0 {
                    return Vec::new();
                }
                vec![Command::View(scene.pane, ViewEdit::Phase(steps))]
            }
            Some(Does::Slices(slices)) => {
                let steps = self.steps(amount);
                if steps == 0 {
                    return Vec::new();
                }
                let step = ViewEdit::Step(steps.saturating_mul(slices));
                vec![Command::View(scene.pane, step)]
            }
            _ => Vec::new(),
        }
    }

    /// The wheel turned sideways, or two fingers moved so: from phase to phase, to the right
    /// positive.
    pub fn wheel_sideways(&mut self, scene: &Scene<'_>, amount: WheelAmount) -> Vec<Command> {
        match self.steps(amount) {
            0 => Vec::new(),
            steps => vec![Command::View(scene.pane, ViewEdit::Phase(steps))],
        }
    }

    fn steps(&mut self, amount: WheelAmount) -> i32 {
        match amount {
            WheelAmount::Lines(lines) => self.wheel.lines(lines),
            WheelAmount::Points(points) => self.wheel.points(points),
        }
    }

    /// How the pointer looks at a position.
    #[must_use]
    pub fn cursor(&self, scene: &Scene<'_>, position_px: DVec2, px_per_pt: f64) -> Cursor {
        match self.gesture.as_ref().map(|gesture| &gesture.target) {
            Some(Target::Grab(grab)) => grab.cursor(),
            Some(Target::Tool(tool)) => tool.cursor(),
            Some(Target::Nothing) => Cursor::Default,
            None => grab_at(scene, position_px, px_per_pt).map_or_else(
                || tool(scene.workspace.tool).map_or(Cursor::Default, |tool| tool.cursor()),
                |grab| grab.cursor(),
            ),
        }
    }
}

/// How far a wheel turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WheelAmount {
    /// Notches.
    Lines(f64),
    /// Points of a touchpad.
    Points(f64),
}
