//! Cut, twisted and boastful objects: never a panic, never memory beyond the budget.

use std::sync::Arc;

use isocentre::cache::Budget;
use isocentre::dicom::ByteSource;
use isocentre::jobs::JobCtx;
use isocentre::objects::layer::{LayerContent, read_layer};

use super::objects::{Seg, at, dose_grid, region, square, structure_set};
use crate::common::{Encoding, SyntheticImage};

fn objects() -> Vec<SyntheticImage> {
    let seg = |kind, samples| {
        let places = vec![at(1, [0.0; 3]), at(2, [0.0, 0.0, 1.0])];
        Seg::new(kind, [3, 3], places, samples).image()
    };
    let contours = vec![
        ("CLOSED_PLANAR", square([0.0; 2], [4.0; 2], 0.0)),
        ("POINT", vec![[1.0; 3]]),
    ];
    vec![
        seg("BINARY", (0..18).map(|at| at % 2).collect()),
        seg("FRACTIONAL", (0..18).collect()),
        seg("LABELMAP", (0..18).collect()),
        structure_set(&[region(1, "A", contours)]),
        dose_grid(&[0.0, 1.0], 16, "1"),
    ]
}

fn try_read(bytes: Vec<u8>, budget: &Budget) -> bool {
    let bytes: Arc<[u8]> = bytes.into();
    read_layer(ByteSource::Memory(bytes), budget, &JobCtx::new()).is_ok()
}

#[test]
fn every_prefix_is_read_or_refused() {
    let budget = Budget::new(1 << 20);
    for object in objects() {
        let bytes = object.write(Encoding::ExplicitLittle);
        assert!(try_read(bytes.clone(), &budget));
        for length in 0..bytes.len() {
            try_read(bytes[..length].to_vec(), &budget);
        }
        assert_eq!(budget.taken(), 0);
    }
}

#[test]
fn every_byte_may_be_wrong() {
    let budget = Budget::new(1 << 20);
    for object in objects() {
        let bytes = object.write(Encoding::ImplicitLittle);
        for at in 132..bytes.len() {
            for wrong in [0x00, 0xFF, bytes[at] ^ 0x01] {
                let mut bytes = bytes.clone();
                bytes[at] = wrong;
                try_read(bytes, &budget);
            }
        }
        assert_eq!(budget.taken(), 0);
    }
}

#[test]
fn what_does_not_fit_the_budget_is_refused_with_the_numbers_and_gives_back_what_it_took() {
    let mut samples = vec![0; 2 * 300 * 300];
    samples[0] = 1;
    samples[300 * 300 - 1] = 1;
    let places = vec![at(1, [0.0; 3]), at(1, [0.0, 0.0, 1.0])];
    let large = Seg::new("BINARY", [300, 300], places, samples).image();
    let bytes = large.write(Encoding::ExplicitLittle);
    assert!(try_read(bytes.clone(), &Budget::new(1 << 20)));
    let budget = Budget::new(100_000);
    let source = ByteSource::Memory(bytes.into());
    let refusal = read_layer(source, &budget, &JobCtx::new()).unwrap_err();
    assert_eq!(refusal.message().id.0, "memory-refused");
    assert_eq!(budget.taken(), 0);
}

#[test]
fn frames_that_are_cut_off_are_counted_and_a_dose_that_is_cut_off_is_refused() {
    let places = (0..4).map(|k| at(1, [0.0, 0.0, f64::from(k)])).collect();
    let seg = Seg::new("LABELMAP", [16, 16], places, vec![1; 4 * 256]).image();
    let bytes = seg.write(Encoding::ExplicitLittle);
    let cut: Arc<[u8]> = bytes[..bytes.len() - 300].into();
    let budget = Budget::new(1 << 20);
    let layer = read_layer(ByteSource::Memory(cut), &budget, &JobCtx::new()).unwrap();
    let LayerContent::Segmentation(found) = layer.content else {
        panic!("no segmentation");
    };
    assert_eq!(found.unreadable.unwrap().0, 2);
    let slices = found.volumes.iter().map(|it| it.volume.grid().dims[2]);
    assert_eq!(slices.sum::<u32>(), 2);
    let bytes = dose_grid(&[0.0, 1.0, 2.0], 16, "1").write(Encoding::ExplicitLittle);
    assert!(!try_read(bytes[..bytes.len() - 4].to_vec(), &budget));
}

#[test]
fn contours_beyond_the_budget_are_refused_and_those_within_are_held_against_it() {
    let points: Vec<[f64; 3]> = (0..1_000).map(|at| [f64::from(at), 1.0, 2.0]).collect();
    let object = structure_set(&[region(1, "A", vec![("OPEN_PLANAR", points); 10])]);
    let bytes = object.write(Encoding::ExplicitLittle);
    let length = bytes.len() as u64;
    assert!(!try_read(bytes.clone(), &Budget::new(length)));
    let budget = Budget::new(1 << 24);
    let source = ByteSource::Memory(bytes.into());
    let layer = read_layer(source, &budget, &JobCtx::new()).unwrap();
    assert_eq!(budget.taken(), 240_000);
    drop(layer);
    assert_eq!(budget.taken(), 0);
}
