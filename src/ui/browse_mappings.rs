//! What a Real World Value Mapping object maps, in the words of the browser.

use std::collections::BTreeSet;

use super::viewport::symbol;
use crate::dicom::modules::RealWorldValueMap;
use crate::imaging::{map_label, map_unit};
use crate::model::DisplaySet;
use crate::objects::value_mappings::{MappedImages, image_named};
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::workspace::Workspace;

/// For each value and unit, of how many images, and how many of them are open.
pub(super) fn mapping_notes(set: &DisplaySet, workspace: &Workspace, words: &Words) -> Vec<String> {
    let objects = { set.instances.iter() }.filter_map(|ix| workspace.value_mappings.get(*ix));
    // A PET series has an item for each slice, all of one value.
    let mut groups: Vec<(String, BTreeSet<&str>)> = Vec::new();
    for item in objects.flat_map(|object| &object.0) {
        let uids = item.images.iter().map(|image| &*image.sop_instance_uid);
        for what in names(item, words) {
            match groups.iter_mut().find(|(known, _)| *known == what) {
                Some((_, images)) => images.extend(uids.clone()),
                None => groups.push((what, uids.clone().collect())),
            }
        }
    }
    let line = |(what, images): &(String, BTreeSet<&str>)| {
        let is_open = |uid: &&&str| image_named(&workspace.library, set.patient, uid).is_some();
        words.get(
            &Message::new(msg("browser-mapping"))
                .text("what", what.as_str())
                .count("count", images.len())
                .count("open", images.iter().filter(is_open).count()),
        )
    };
    groups.iter().map(line).collect()
}

/// The values of an item with their units, or that it cannot be applied.
fn names(item: &MappedImages, words: &Words) -> Vec<String> {
    let either = [item.maps(false), item.maps(true)];
    let maps = either.into_iter().max_by_key(|maps| maps.len());
    let maps = maps.unwrap_or_default();
    if maps.is_empty() {
        return vec![words.id(msg("browser-mapping-unusable"))];
    }
    maps.iter().map(|map| name(map, words)).collect()
}

fn name(map: &RealWorldValueMap, words: &Words) -> String {
    let (label, unit) = (map_label(map), map_unit(map));
    let label = if label.is_empty() {
        words.id(msg("browser-mapping-unnamed"))
    } else {
        label
    };
    match symbol(&unit) {
        "" => label,
        unit => format!("{label} ({unit})"),
    }
}
