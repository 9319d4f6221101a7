//! Segmentations, structure sets and doses: read, placed, and laid over images.

mod command;
mod dose;
mod hostile;
mod objects;
mod on_screen;
mod over_images;
mod segmentation;
mod structures;

use std::sync::Arc;

use isocentre::cache::Budget;
use isocentre::dicom::ByteSource;
use isocentre::jobs::JobCtx;
use isocentre::objects::layer::{
    Dose, Layer, LayerContent, Segmentation, StructureSet, read_layer,
};
use isocentre::problem::Message;

use crate::common::{Encoding, SyntheticImage};

fn read(object: &SyntheticImage) -> Result<Layer, Message> {
    let bytes: Arc<[u8]> = object.write(Encoding::ExplicitLittle).into();
    let budget = Budget::new(64 << 20);
    read_layer(ByteSource::Memory(bytes), &budget, &JobCtx::new())
        .map_err(|refusal| refusal.message())
}

fn segmentation(object: &SyntheticImage) -> Segmentation {
    match read(object).unwrap().content {
        LayerContent::Segmentation(segmentation) => segmentation,
        other => panic!("{other:?}"),
    }
}

fn structures(object: &SyntheticImage) -> StructureSet {
    match read(object).unwrap().content {
        LayerContent::Structures(structures) => structures,
        other => panic!("{other:?}"),
    }
}

fn dose(object: &SyntheticImage) -> Dose {
    match read(object).unwrap().content {
        LayerContent::Dose(dose) => dose,
        other => panic!("{other:?}"),
    }
}
