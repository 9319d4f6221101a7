//! Real World Value Mapping objects (PS3.3 A.46, C.25.2): what the stored values of other images
//! stand for, found out after those were made.
//!
//! A mapping speaks of images of its own patient alone, by SOP Instance UID and frame. It stands
//! beside what an image says itself and changes nothing of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dicom::Elements;
use crate::dicom::modules::{RealWorldValueMap, has_short_signed_values};
use crate::dicom::sop_class::REAL_WORLD_VALUE_MAPPING_STORAGE;
use crate::dicom::tags;
use crate::imaging::{FrameImage, with_value_maps};
use crate::model::{FrameKey, Instance, InstanceIx, Library, PatientKey};
use crate::objects::presentation_state::ReferencedImage;

/// Some images, and what their stored values stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedImages {
    /// Which; none where the object names none.
    pub images: Vec<ReferencedImage>,
    unsigned: Vec<RealWorldValueMap>,
    signed: Vec<RealWorldValueMap>,
}

impl MappedImages {
    fn read(item: Elements<'_>) -> Self {
        let images = item.items(tags::REFERENCED_IMAGE_SEQUENCE);
        Self {
            images: images
                .into_iter()
                .filter_map(ReferencedImage::read)
                .collect(),
            unsigned: RealWorldValueMap::read_item(item, false),
            signed: RealWorldValueMap::read_item(item, true),
        }
    }

    /// The mappings, for images with short signed stored values or for others.
    #[must_use]
    pub fn maps(&self, signed: bool) -> &[RealWorldValueMap] {
        if signed { &self.signed } else { &self.unsigned }
    }

    fn holds(&self, sop_instance_uid: &str, frame: u32) -> bool {
        let mut images = self.images.iter();
        images.any(|image| image.holds(sop_instance_uid, frame))
    }
}

/// One object: its items, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueMapping(pub Vec<MappedImages>);

impl ValueMapping {
    /// Reads an object; `None` if it is of another class.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Option<Self> {
        if root.uid(tags::SOP_CLASS_UID)? != REAL_WORLD_VALUE_MAPPING_STORAGE {
            return None;
        }
        let items = root.items(tags::REFERENCED_IMAGE_REAL_WORLD_VALUE_MAPPING_SEQUENCE);
        Some(Self(items.into_iter().map(MappedImages::read).collect()))
    }
}

/// Those that are open. One may be open before its images are; it holds as soon as they come.
#[derive(Debug, Default)]
pub struct ValueMappings {
    objects: BTreeMap<InstanceIx, ValueMapping>,
    /// The objects that name an image, by their patient and its SOP Instance UID.
    naming: BTreeMap<PatientKey, BTreeMap<Arc<str>, Vec<InstanceIx>>>,
}

impl ValueMappings {
    /// Takes up an object of the library.
    pub fn take(&mut self, library: &Library, ix: InstanceIx, mapping: ValueMapping) {
        if let Some(study) = library.study_of(ix) {
            let naming = self.naming.entry(study.patient).or_default();
            for image in mapping.0.iter().flat_map(|item| &item.images) {
                let naming = naming.entry(Arc::clone(&image.sop_instance_uid));
                let naming = naming.or_default();
                if !naming.contains(&ix) {
                    naming.push(ix);
                }
            }
        }
        self.objects.insert(ix, mapping);
    }

    /// An object; `None` if the instance is none.
    #[must_use]
    pub fn get(&self, ix: InstanceIx) -> Option<&ValueMapping> {
        self.objects.get(&ix)
    }

    /// The objects that map a frame, as they were found.
    #[must_use]
    pub fn objects_for(&self, library: &Library, key: FrameKey) -> Vec<InstanceIx> {
        let items = self.items_for(library, key);
        let mut objects: Vec<_> = items.into_iter().map(|(object, _)| object).collect();
        objects.dedup();
        objects
    }

    /// A frame of the library with the mappings of it, beside its own.
    #[must_use]
    pub fn beside(
        &self,
        library: &Library,
        key: FrameKey,
        image: &Arc<FrameImage>,
    ) -> Arc<FrameImage> {
        let items = self.items_for(library, key);
        let Some(instance) = library.instance(key.instance).filter(|_| !items.is_empty()) else {
            return Arc::clone(image);
        };
        let signed = has_short_signed_values(&instance.facts.pixel);
        let maps = items.iter().flat_map(|(_, item)| item.maps(signed));
        with_value_maps(image, maps.cloned().collect())
    }

    fn items_for(&self, library: &Library, key: FrameKey) -> Vec<(InstanceIx, &MappedImages)> {
        let named = library.instance(key.instance).and_then(|instance| {
            let naming = self.naming.get(&library.study_of(key.instance)?.patient)?;
            let uid = &instance.facts.sop_instance_uid;
            let objects = naming.get(&**uid)?;
            is_only(library, instance).then_some((uid, objects))
        });
        let Some((uid, objects)) = named else {
            return Vec::new();
        };
        let items = objects.iter().flat_map(|object| {
            let items = self.objects.get(object).map_or(&[][..], |it| &it.0);
            items.iter().map(|item| (*object, item))
        });
        items
            .filter(|(_, item)| item.holds(uid, key.frame))
            .collect()
    }
}

/// The image of a patient that a UID names; `None` where none is open, or where several are: nobody
/// can tell which of them is meant.
#[must_use]
pub fn image_named<'a>(
    library: &'a Library,
    patient: PatientKey,
    sop_instance_uid: &str,
) -> Option<&'a Arc<Instance>> {
    let mut own = library.namesakes(sop_instance_uid).filter(|instance| {
        let study = library.study_of(instance.ix);
        study.is_some_and(|study| study.patient == patient)
    });
    let first = own.next();
    first.filter(|_| own.next().is_none())
}

fn is_only(library: &Library, instance: &Instance) -> bool {
    let patient = library.study_of(instance.ix).map(|study| study.patient);
    let uid = &instance.facts.sop_instance_uid;
    patient.is_some_and(|patient| image_named(library, patient, uid).is_some())
}
