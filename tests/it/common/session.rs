//! The window's loop without a window.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isocentre::annotation::{Anchor, Annotation, AnnotationId, AnnotationKind, Geometry, Points};
use isocentre::cache::Budget;
use isocentre::engine::{Engine, Want};
use isocentre::files::AppFolders;
use isocentre::workspace::{
    AnnotationEdit, Cinema, Command, Effect, GestureId, Settings, Workspace,
};

/// Nothing here takes this long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program without its window.
pub struct Session {
    pub workspace: Workspace,
    pub engine: Engine,
    /// The films, whose clocks tests turn.
    pub cinema: Cinema,
}

impl Session {
    pub fn new(home: &Path) -> Self {
        Self::with_budget(home, Budget::of_this_machine())
    }

    /// With so much memory for decoded samples.
    pub fn with_budget(home: &Path, budget: Budget) -> Self {
        let engine = Engine::with_budget(AppFolders::under(home), Arc::new(|| ()), budget);
        Self {
            workspace: Workspace::new(Settings::default()),
            engine,
            cinema: Cinema::default(),
        }
    }

    pub fn apply(&mut self, command: Command) {
        for effect in self.workspace.apply(command) {
            if !matches!(effect, Effect::Pick(_) | Effect::Quit) {
                self.engine.run(effect, &self.workspace);
            }
        }
    }

    /// Runs the window's loop until `is_done`.
    pub fn until(&mut self, what: &str, is_done: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !is_done(self) {
            assert!(
                begin.elapsed() < PATIENCE,
                "waited in vain for {what}: {:?} {:?} {:?}",
                self.workspace.notices.shown(),
                self.workspace.search.sources,
                self.workspace.transfers.all()
            );
            for command in self.engine.poll(Duration::from_millis(10)) {
                self.apply(command);
            }
            let wants = Want::shown_in(&self.workspace, &self.cinema);
            self.engine.want(&self.workspace.library, &wants);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The same, with something to do in each turn; ends once that says so.
    pub fn until_turned(&mut self, what: &str, mut turn: impl FnMut(&mut Self) -> bool) {
        let begin = Instant::now();
        while !turn(self) {
            assert!(begin.elapsed() < PATIENCE, "waited in vain for {what}");
            for command in self.engine.poll(Duration::from_millis(10)) {
                self.apply(command);
            }
            let wants = Want::shown_in(&self.workspace, &self.cinema);
            self.engine.want(&self.workspace.library, &wants);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The films' clocks at this time.
    pub fn turn_films(&mut self, now_s: f64) {
        for command in self.cinema.tick(&self.workspace, &self.engine, now_s) {
            self.apply(command);
        }
    }

    pub fn open_demo(&mut self) {
        self.apply(Command::OpenDemo);
        self.until("the demo", |session| session.workspace.scans_running == 0);
    }

    pub fn shown(&self) -> &isocentre::view::ViewState {
        self.workspace
            .panes
            .active_view()
            .expect("something is shown")
    }

    /// A length of 30 mm on the image in the active pane.
    pub fn draw_length(&mut self) {
        let (set, index) = (self.shown().display_set, self.shown().index);
        let display_set = self
            .workspace
            .library
            .display_set(set)
            .expect("the set is there");
        let key = display_set.frames[index as usize];
        let instance = self
            .workspace
            .library
            .instance(key.instance)
            .expect("its instance");
        let plane = instance
            .facts
            .frame(key.frame)
            .and_then(|facts| facts.plane)
            .expect("a plane");
        let from = plane.origin + plane.row * 60.0 + plane.column * 60.0;
        let annotation = Annotation {
            id: AnnotationId(0),
            tracking_uid: isocentre::dicom::new_uid().into(),
            label: "Lesion 1".to_owned(),
            text: String::new(),
            kind: AnnotationKind::Length,
            geometry: Geometry::Polyline,
            points: Points::Patient(vec![from, from + plane.row * 18.0 + plane.column * 24.0]),
            anchor: Anchor {
                series_instance_uid: Arc::clone(&display_set.series_instance_uid),
                sop_instance_uid: Arc::clone(&instance.facts.sop_instance_uid),
                sop_class_uid: Arc::clone(&instance.facts.sop_class_uid),
                frame: key.frame,
                frame_of_reference: instance.facts.frame_of_reference.clone(),
                normal: Some(plane.row.cross(plane.column)),
            },
            finding: None,
            label_offset: None,
        };
        self.apply(Command::Annotate(AnnotationEdit::Add(
            annotation,
            GestureId(1),
        )));
    }
}
