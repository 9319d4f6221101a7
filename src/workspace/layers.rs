//! Objects laid over images: what is known of them, and how the reader wants to see them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{DisplaySetId, InstanceIx, StudyKey};
use crate::objects::layer::{Layer, LayerKind, LayerSpace, WhyNotDrawn, space_over};
use crate::problem::Message;
use crate::view::LayerSetting;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, LayerEdit, Task};

/// How far reading an object is.
#[derive(Debug, Clone)]
pub enum LayerState {
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
}

/// By instance, in the order they were found.
pub type Layers = BTreeMap<InstanceIx, LayerRecord>;

impl Workspace {
    /// Objects that were not there before are read.
    pub(super) fn read_new_layers(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
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
                state: LayerState::Reading,
                // A dose covers all of the anatomy: it is shown when it is asked for.
                setting: LayerSetting {
                    is_shown: kind != LayerKind::Dose,
                    ..LayerSetting::default()
                },
            };
            self.layers.insert(instance.ix, record);
            effects.push(Effect::Spawn(Task::ReadLayer(instance.ix)));
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
        if edit == LayerEdit::ToggleAll {
            let is_any_shown = self.layers.values().any(|it| it.setting.is_shown);
            for record in self.layers.values_mut() {
                record.setting.is_shown = !is_any_shown && record.kind != LayerKind::Dose;
            }
            return Vec::new();
        }
        let (instance, change): (_, &dyn Fn(&mut LayerSetting)) = match &edit {
            LayerEdit::ToggleAll => return Vec::new(),
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
        }
        Vec::new()
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
                LayerState::Reading | LayerState::Failed(_) => None,
            };
            Some((*instance, record, space))
        })
    }
}
