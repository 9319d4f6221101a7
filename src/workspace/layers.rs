//! Objects laid over images: what is known of them, and how the reader wants to see them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{DisplaySetId, InstanceIx, PatientKey, StudyKey};
use crate::objects::layer::{Layer, LayerKind, LayerSpace, WhyNotDrawn, space_over};
use crate::problem::Message;
use crate::view::LayerSetting;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, LayerEdit, Task};

/// How far reading an object is.
#[derive(Debug, Clone)]
pub enum LayerState {
    /// Not read, or let go: no pane shows its patient.
    Waiting,
    /// On its way.
    Reading,
    /// Here.
    Ready(Arc<Layer>),
    /// It will not come, and why.
    Failed(Message),
}

/// An object and its look.
#[derive(Debug, Clone)]
pub struct LayerRecord {
    /// Of which study.
    pub study: StudyKey,
    /// What it is.
    pub kind: LayerKind,
    /// Its content.
    pub state: LayerState,
    /// How it is seen.
    pub setting: LayerSetting,
    /// Hidden together with all others that were seen, to come back with them.
    pub is_put_away: bool,
}

/// By instance, in the order they were found.
pub type Layers = BTreeMap<InstanceIx, LayerRecord>;

impl Workspace {
    /// Objects that were not there before are known; they are read when their patient is shown.
    pub(super) fn note_new_layers(&mut self) {
        for instance in self.library.instances() {
            let Some(kind) = LayerKind::of(&instance.facts.sop_class_uid) else {
                continue;
            };
            if self.layers.contains_key(&instance.ix) {
                continue;
            }
            let Some(series) = self.library.series(instance.series) else {
                continue;
            };
            let record = LayerRecord {
                study: series.study,
                kind,
                state: LayerState::Waiting,
                // A dose covers all of the anatomy: it is shown when it is asked for.
                setting: LayerSetting {
                    is_shown: kind != LayerKind::Dose,
                    ..LayerSetting::default()
                },
                is_put_away: false,
            };
            self.layers.insert(instance.ix, record);
        }
    }

    /// Reads what lies over the patients in the panes, and lets go what was read for others.
    pub(super) fn follow_layers(&mut self) -> Vec<Effect> {
        let hung: BTreeSet<PatientKey> = self
            .panes
            .hung()
            .filter_map(|view| self.library.display_set(view.display_set))
            .map(|set| set.patient)
            .collect();
        let mut effects = Vec::new();
        for (instance, record) in &mut self.layers {
            let patient = self.library.patient_of(record.study).map(|it| it.key);
            let is_wanted = patient.is_some_and(|patient| hung.contains(&patient));
            match &record.state {
                LayerState::Waiting if is_wanted => {
                    record.state = LayerState::Reading;
                    effects.push(Effect::Spawn(Task::ReadLayer(*instance)));
                }
                LayerState::Ready(_) if !is_wanted => record.state = LayerState::Waiting,
                _ => {}
            }
        }
        effects
    }

    pub(super) fn take_layer(
        &mut self,
        instance: InstanceIx,
        result: Result<Arc<Layer>, Message>,
    ) -> Vec<Effect> {
        if let Some(record) = self.layers.get_mut(&instance) {
            record.state = result.map_or_else(LayerState::Failed, LayerState::Ready);
        }
        Vec::new()
    }

    pub(super) fn edit_layer(&mut self, edit: LayerEdit) -> Vec<Effect> {
        match edit {
            LayerEdit::ToggleAll => {
                self.toggle_layers();
                return Vec::new();
            }
            LayerEdit::ReadAgain(instance) => {
                if let Some(record) = self.layers.get_mut(&instance)
                    && matches!(record.state, LayerState::Failed(_))
                {
                    record.state = LayerState::Waiting;
                }
                return Vec::new();
            }
            _ => {}
        }
        let (instance, change): (_, &dyn Fn(&mut LayerSetting)) = match &edit {
            LayerEdit::ToggleAll | LayerEdit::ReadAgain(_) => return Vec::new(),
            LayerEdit::Toggle(ix) => (ix, &|it| it.is_shown = !it.is_shown),
            LayerEdit::ToggleItem(ix, number) => (ix, &|it| {
                if !it.hidden.remove(number) {
                    it.hidden.insert(*number);
                }
            }),
            LayerEdit::Opacity(ix, share) => (ix, &|it| it.opacity = share.clamp(0.0, 1.0)),
            LayerEdit::Threshold(ix, share) => (ix, &|it| it.threshold = share.clamp(0.0, 1.0)),
            LayerEdit::ToggleIsodoses(ix) => (ix, &|it| it.has_isodoses = !it.has_isodoses),
        };
        if let Some(record) = self.layers.get_mut(instance) {
            change(&mut record.setting);
            record.is_put_away &= !record.setting.is_shown;
            if let LayerEdit::Toggle(instance) = edit {
                self.hide_other_doses(instance);
            }
        }
        Vec::new()
    }

    /// Colours of two doses over each other are those of neither.
    fn hide_other_doses(&mut self, shown: InstanceIx) {
        let is_shown_dose = |it: &&LayerRecord| it.kind == LayerKind::Dose && it.setting.is_shown;
        let Some(study) = self
            .layers
            .get(&shown)
            .filter(is_shown_dose)
            .map(|it| it.study)
        else {
            return;
        };
        let patient_of = |study| self.library.patient_of(study).map(|it| it.key);
        let patient = patient_of(study);
        for (instance, record) in &mut self.layers {
            if *instance != shown
                && record.kind == LayerKind::Dose
                && patient_of(record.study) == patient
            {
                record.setting.is_shown = false;
                record.is_put_away = false;
            }
        }
    }

    /// Puts away what is seen over the active pane's images, or brings back what was put away; where
    /// neither is, shows all but doses.
    fn toggle_layers(&mut self) {
        let Some(set) = self.panes.active_view().map(|view| view.display_set) else {
            return;
        };
        let over: Vec<InstanceIx> = self.layers_over(set).map(|(ix, ..)| ix).collect();
        let of = |check: &dyn Fn(&LayerRecord) -> bool| {
            let mut records = over.iter().filter_map(|ix| self.layers.get(ix));
            records.any(check)
        };
        let is_any_shown = of(&|it| it.setting.is_shown);
        let is_any_put_away = of(&|it| it.is_put_away);
        for instance in over {
            let Some(record) = self.layers.get_mut(&instance) else {
                continue;
            };
            let was_shown = record.setting.is_shown;
            record.setting.is_shown = !is_any_shown
                && if is_any_put_away {
                    record.is_put_away
                } else {
                    record.kind != LayerKind::Dose
                };
            record.is_put_away = is_any_shown && was_shown;
        }
    }

    /// The objects of the patient whose images a display set holds, and whether and how each that
    /// is read lies over them.
    pub fn layers_over(
        &self,
        set: DisplaySetId,
    ) -> impl Iterator<
        Item = (
            InstanceIx,
            &LayerRecord,
            Option<Result<LayerSpace, WhyNotDrawn>>,
        ),
    > {
        let patient = self.library.display_set(set).map(|set| set.patient);
        self.layers.iter().filter_map(move |(instance, record)| {
            let own = self.library.patient_of(record.study)?.key;
            if Some(own) != patient {
                return None;
            }
            let space = match &record.state {
                LayerState::Ready(layer) => {
                    Some(space_over(&self.library, (*instance, layer), set))
                }
                LayerState::Waiting | LayerState::Reading | LayerState::Failed(_) => None,
            };
            Some((*instance, record, space))
        })
    }
}
