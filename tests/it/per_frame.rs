//! Enhanced images whose every frame differs: window, rescale, spacing and plane are those of the
//! frame's own functional groups, wherever the frame ends up in its display set.

use std::sync::Arc;

use isocentre::annotation::{Anchor, PixelSource};
use isocentre::cache::Budget;
use isocentre::dicom::{ByteSource, FrameDecoder, InstanceHeader, read_header};
use isocentre::engine::OwnPixels;
use isocentre::imaging::{FrameImage, ImageAttributes, ModalityTransform, VoiTransform};
use isocentre::jobs::JobCtx;
use isocentre::model::Library;
use isocentre::view::{NoFrames, slice_thickness_mm};

use crate::common::{Element, Encoding, SyntheticImage, Value};

const ENHANCED_CT: &str = "1.2.840.10008.5.1.4.1.1.2.1";
const FRAMES: usize = 4;

fn sequence(group: u16, element: u16, item: Vec<Element>) -> Element {
    Element::new(group, element, "SQ", Value::Items(vec![item]))
}

/// Frame k: slope k + 1, window of 100 (k + 1), pixels of 0.5 + k / 4 mm, thickness k + 2 mm, from
/// the feet down (the last frame is the lowest).
fn groups(k: usize) -> Vec<Element> {
    let n = k as f64;
    let text = |group, element, value: &str| Element::text(group, element, "DS", value);
    let orientation = if k == 2 {
        "1\\0\\0\\0\\0.8\\0.6"
    } else {
        "1\\0\\0\\0\\1\\0"
    };
    vec![
        sequence(
            0x0020,
            0x9113,
            vec![text(0x0020, 0x0032, &format!("0\\0\\{}", -5.0 * n))],
        ),
        sequence(0x0020, 0x9116, vec![text(0x0020, 0x0037, orientation)]),
        sequence(
            0x0028,
            0x9110,
            vec![
                text(0x0018, 0x0050, &format!("{}", n + 2.0)),
                text(0x0028, 0x0030, &format!("{0}\\{0}", 0.5 + 0.25 * n)),
            ],
        ),
        sequence(
            0x0028,
            0x9132,
            vec![
                text(0x0028, 0x1050, &format!("{}", 10.0 * n)),
                text(0x0028, 0x1051, &format!("{}", 100.0 * (n + 1.0))),
            ],
        ),
        sequence(
            0x0028,
            0x9145,
            vec![
                text(0x0028, 0x1052, &format!("{}", -100.0 * n)),
                text(0x0028, 0x1053, &format!("{}", n + 1.0)),
            ],
        ),
    ]
}

/// The root claims other things for all: none of them may be used.
fn image() -> SyntheticImage {
    let per_frame = (0..FRAMES).map(groups).collect();
    let pixels = (0..FRAMES).flat_map(|k| [10 * k as i64; 16]).collect();
    SyntheticImage::new(4, 4)
        .text(0x0008, 0x0016, "UI", ENHANCED_CT)
        .rescale(77.0, 7.0)
        .window(777.0, 77.0)
        .spacing(7.0, 7.0)
        .position([7.0, 7.0, 7.0])
        .pixels_all(FRAMES, pixels)
        .element(Element::new(0x5200, 0x9230, "SQ", Value::Items(per_frame)))
}

fn header(encoding: Encoding) -> InstanceHeader {
    let bytes: Arc<[u8]> = image().write(encoding).into();
    read_header(ByteSource::Memory(bytes)).unwrap()
}

fn frame(header: &InstanceHeader, frame: u32) -> FrameImage {
    let decoded = FrameDecoder::new(header).unwrap();
    let decoded = decoded.decode(frame, &JobCtx::new()).unwrap();
    ImageAttributes::read(header).frame_image(frame, decoded)
}

#[test]
fn every_frame_has_the_window_rescale_spacing_and_plane_of_its_own_groups() {
    for encoding in Encoding::ALL {
        let header = header(encoding);
        for k in 0..FRAMES {
            let (image, n) = (frame(&header, k as u32), k as f64);
            let rescale = ModalityTransform::Rescale {
                slope: n + 1.0,
                intercept: -100.0 * n,
            };
            let is_identity = k == 0 && image.modality == ModalityTransform::Identity;
            assert!(
                is_identity || image.modality == rescale,
                "{k}: {:?}",
                image.modality
            );
            let VoiTransform::Window { center, width, .. } = image.vois[0].voi else {
                panic!("a window");
            };
            assert_eq!((center, width), (10.0 * n, 100.0 * (n + 1.0)), "{k}");
            assert_eq!(image.vois.len(), 1);
            let spacing = image.spacing.unwrap();
            assert_eq!(spacing.row_mm, 0.5 + 0.25 * n);
            let plane = image.plane.unwrap();
            assert_eq!(plane.origin.to_array(), [0.0, 0.0, -5.0 * n]);
            assert_eq!(plane.column.z > 0.5, k == 2);
        }
    }
}

#[test]
fn frames_keep_what_is_theirs_in_whatever_order_they_are_shown() {
    let header = header(Encoding::ExplicitLittle);
    let mut library = Library::default();
    library.insert(header.clone()).unwrap();
    let sets: Vec<_> = library.display_sets().collect();
    let shown: Vec<u32> = sets
        .iter()
        .flat_map(|set| &*set.frames)
        .map(|key| key.frame)
        .collect();
    assert_eq!(shown.len(), FRAMES);
    for key in sets.iter().flat_map(|set| &*set.frames) {
        let image = frame(&header, key.frame);
        let n = f64::from(key.frame);
        assert_eq!(image.plane.unwrap().origin.z, -5.0 * n);
        assert_eq!(slice_thickness_mm(&library, *key), Some(n + 2.0));
    }
    // The parallel ones lie from the feet up: backwards.
    let longest = sets
        .iter()
        .map(|set| &set.frames)
        .max_by_key(|f| f.len())
        .unwrap();
    let order: Vec<u32> = longest.iter().map(|key| key.frame).collect();
    assert_eq!(order, [3, 1, 0]);
}

#[test]
fn values_over_planes_are_taken_from_the_volume_the_frame_belongs_to() {
    // Three frames lie axially and three at a slant: one instance in two display sets.
    let group = |k: usize| {
        let (z, orientation) = match k {
            0..=2 => (5 * k, "1\\0\\0\\0\\1\\0"),
            _ => (5 * k, "1\\0\\0\\0\\0.8\\0.6"),
        };
        let position = Element::text(0x0020, 0x0032, "DS", &format!("0\\0\\{z}"));
        let orientation = Element::text(0x0020, 0x0037, "DS", orientation);
        let spacing = Element::text(0x0028, 0x0030, "DS", "1\\1");
        vec![
            sequence(0x0020, 0x9113, vec![position]),
            sequence(0x0020, 0x9116, vec![orientation]),
            sequence(0x0028, 0x9110, vec![spacing]),
        ]
    };
    let groups = Value::Items((0..6).map(group).collect());
    let image = image()
        .pixels_all(6, vec![7; 6 * 16])
        .element(Element::new(0x5200, 0x9230, "SQ", groups));
    let bytes: Arc<[u8]> = image.write(Encoding::ExplicitLittle).into();
    let mut library = Library::default();
    let header = read_header(ByteSource::Memory(bytes)).unwrap();
    library.insert(header).unwrap();
    let sets: Vec<_> = library.display_sets().collect();
    assert_eq!(sets.len(), 2);
    let instance = library.instances().next().unwrap();
    let anchors: Vec<Anchor> = (0..6)
        .map(|frame| Anchor {
            series_instance_uid: Arc::clone(&sets[0].series_instance_uid),
            sop_instance_uid: Arc::clone(&instance.facts.sop_instance_uid),
            sop_class_uid: ENHANCED_CT.into(),
            frame,
            frame_of_reference: None,
            normal: None,
        })
        .collect();
    let budget = Budget::new(1 << 20);
    let pixels = OwnPixels::new((&library, None), &NoFrames, &anchors, budget, JobCtx::new());
    for anchor in &anchors {
        let (set, _) = library
            .find_frame(&anchor.sop_instance_uid, anchor.frame)
            .unwrap();
        let volume = pixels.volume(anchor).unwrap();
        assert_eq!(volume.grid, library.volume_grid(set).unwrap());
    }
}
