//! One image a click of the wheel, over a remote desktop too.
//!
//! X11 tells of a wheel in two ways: as the turn of an axis, which is what mice and touchpads here do,
//! and as buttons 4 to 7, pressed and released once a click, which is what remote desktops (VNC,
//! XTEST) inject. winit 0.30 makes a turn of the press and another one of the release. The raw event
//! that comes before each says which it is; for a real wheel there is none, for its buttons are only
//! emulated and winit leaves those out.

use winit::application::ApplicationHandler;
use winit::event::{
    DeviceEvent, DeviceId, ElementState, MouseScrollDelta, StartCause, WindowEvent,
};
use winit::event_loop::{ActiveEventLoop, DeviceEvents};
use winit::window::WindowId;

/// Hands on what the window system says, without the turns that are releases of buttons.
pub(super) struct OneTurnPerClick<T> {
    window: T,
    releases: Releases,
    has_focus: bool,
}

impl<T> OneTurnPerClick<T> {
    /// Stands before this window.
    pub(super) const fn before(window: T) -> Self {
        Self {
            window,
            releases: Releases(None),
            has_focus: true,
        }
    }
}

/// The button of a wheel that was released, and whose turn has not come yet.
struct Releases(Option<u32>);

impl Releases {
    /// What comes raw from a device, before the window hears of it.
    fn hear(&mut self, event: &DeviceEvent) {
        match event {
            DeviceEvent::Button {
                button: button @ 4..=7,
                state: ElementState::Released,
            } => self.0 = Some(*button),
            // What comes now is not that release any more.
            DeviceEvent::Button { .. } | DeviceEvent::MouseWheel { .. } => self.0 = None,
            _ => {}
        }
    }

    /// Whether this turn is only the release of what has turned before.
    fn is_one(&mut self, delta: MouseScrollDelta) -> bool {
        let button = match delta {
            MouseScrollDelta::LineDelta(0.0, 1.0) => 4,
            MouseScrollDelta::LineDelta(0.0, -1.0) => 5,
            MouseScrollDelta::LineDelta(1.0, 0.0) => 6,
            MouseScrollDelta::LineDelta(-1.0, 0.0) => 7,
            _ => return false,
        };
        self.0.take_if(|released| *released == button).is_some()
    }
}

impl<E: 'static, T: ApplicationHandler<E>> ApplicationHandler<E> for OneTurnPerClick<T> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        // A wheel turns what it points at, whichever window has the keys.
        event_loop.listen_device_events(DeviceEvents::Always);
        self.window.resumed(event_loop);
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        match &event {
            WindowEvent::MouseWheel { delta, .. } if self.releases.is_one(*delta) => return,
            WindowEvent::Focused(has_focus) => self.has_focus = *has_focus,
            _ => {}
        }
        self.window.window_event(event_loop, id, event);
    }

    fn device_event(&mut self, event_loop: &ActiveEventLoop, id: DeviceId, event: DeviceEvent) {
        self.releases.hear(&event);
        // Without the keys, the window is not drawn for what goes on elsewhere.
        if self.has_focus {
            self.window.device_event(event_loop, id, event);
        }
    }

    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        self.window.new_events(event_loop, cause);
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, event: E) {
        self.window.user_event(event_loop, event);
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        self.window.about_to_wait(event_loop);
    }

    fn suspended(&mut self, event_loop: &ActiveEventLoop) {
        self.window.suspended(event_loop);
    }

    fn exiting(&mut self, event_loop: &ActiveEventLoop) {
        self.window.exiting(event_loop);
    }

    fn memory_warning(&mut self, event_loop: &ActiveEventLoop) {
        self.window.memory_warning(event_loop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: MouseScrollDelta = MouseScrollDelta::LineDelta(0.0, 1.0);
    const DOWN: MouseScrollDelta = MouseScrollDelta::LineDelta(0.0, -1.0);

    /// What winit hands on.
    #[derive(Clone)]
    enum Said {
        Raw(DeviceEvent),
        Turn(MouseScrollDelta),
    }

    /// The turns that are left of what an X server says: raw events, and what winit makes of the
    /// events of the window.
    fn left(said: &[Said]) -> Vec<MouseScrollDelta> {
        let mut releases = Releases(None);
        let mut left = Vec::new();
        for event in said {
            match event {
                Said::Raw(raw) => releases.hear(raw),
                Said::Turn(delta) if releases.is_one(*delta) => {}
                Said::Turn(delta) => left.push(*delta),
            }
        }
        left
    }

    fn button(button: u32, state: ElementState) -> Said {
        Said::Raw(DeviceEvent::Button { button, state })
    }

    #[test]
    fn a_click_of_an_injected_wheel_turns_once() {
        use ElementState::{Pressed, Released};

        let click = [
            button(5, Pressed),
            Said::Turn(DOWN),
            button(5, Released),
            Said::Turn(DOWN),
        ];
        assert_eq!(left(&[click.clone(), click].concat()), [DOWN, DOWN]);
        // Both raw events come before the window hears of either.
        let quick = [
            button(5, Pressed),
            button(5, Released),
            Said::Turn(DOWN),
            Said::Turn(DOWN),
        ];
        assert_eq!(left(&quick), [DOWN]);
    }

    #[test]
    fn a_real_wheel_loses_no_turn() {
        let turned = Said::Raw(DeviceEvent::MouseWheel { delta: DOWN });
        let real = [
            turned.clone(),
            Said::Turn(DOWN),
            turned.clone(),
            Said::Turn(DOWN),
        ];
        assert_eq!(left(&real), [DOWN, DOWN]);
        // A release over another window leaves nothing behind.
        let elsewhere = button(5, ElementState::Released);
        assert_eq!(left(&[elsewhere.clone(), turned, Said::Turn(DOWN)]), [DOWN]);
        let up = [elsewhere, button(4, ElementState::Pressed), Said::Turn(UP)];
        assert_eq!(left(&up), [UP]);
    }
}
