//! Objects over the images they belong to, and over no others.

use std::sync::Arc;

use isocentre::cache::Budget;
use isocentre::dicom::{ByteSource, read_header};
use isocentre::geom::{DVec2, DVec3};
use isocentre::jobs::JobCtx;
use isocentre::model::DisplaySet;
use isocentre::objects::layer::{LayerRefusal, LayerSpace, WhyNotDrawn, read_layer};
use isocentre::view::{
    Camera, LayerOver, LayerProbe, ResolvedView, StackGeometry, ViewMode, ViewState, resolve_plane,
    resolve_stack, shown_data,
};
use isocentre::volume::layer_twin;
use isocentre::workspace::{
    Arrival, Command, Effect, LayerEdit, LayerState, Settings, Task, ViewEdit, Workspace,
};

use super::objects::{Frame, Place, Seg, at, dose_grid, region, square, structure_set};
use crate::common::{Encoding, SyntheticImage};

fn ct(k: u32) -> SyntheticImage {
    SyntheticImage::new(8, 8)
        .sop_instance(&format!("1.2.3.4.5.1.{k}"))
        .instance_number(k as i32 + 1)
        .position([0.0, 0.0, 2.0 * f64::from(k)])
}

fn series() -> Vec<SyntheticImage> {
    (0..5).map(ct).collect()
}

/// A block of 3 × 2 pixels in the slices at 2 and 4 mm.
fn block() -> SyntheticImage {
    let frame: Vec<i64> = (0..64)
        .map(|at| i64::from((2..5).contains(&(at % 8)) && (4..6).contains(&(at / 8))))
        .collect();
    let places = vec![at(1, [0.0, 0.0, 2.0]), at(1, [0.0, 0.0, 4.0])];
    Seg::new("BINARY", [8, 8], places, frame.repeat(2)).image()
}

/// Opens these one after the other; what is to be read is read at once.
fn open(images: &[SyntheticImage]) -> Workspace {
    let mut workspace = Workspace::new(Settings::default());
    workspace.scans_running = 1;
    for image in images {
        let bytes: Arc<[u8]> = image.write(Encoding::ExplicitLittle).into();
        let header = read_header(ByteSource::Memory(bytes)).unwrap();
        ask(
            &mut workspace,
            Command::Arrived(Arrival::headers(vec![header])),
        );
    }
    let files_found = images.len();
    ask(
        &mut workspace,
        Command::Arrived(Arrival::ScanEnded { files_found }),
    );
    workspace
}

/// Does as is said, and reads what is to be read.
fn ask(workspace: &mut Workspace, command: Command) {
    for effect in workspace.apply(command) {
        if let Effect::Spawn(Task::ReadLayer(instance)) = effect {
            let source = workspace.library.header(instance).unwrap().source.clone();
            let result = read_layer(source, &Budget::new(64 << 20), &JobCtx::new());
            let result = result.map(Arc::new).map_err(LayerRefusal::message);
            let read = Arrival::LayerRead { instance, result };
            ask(workspace, Command::Arrived(read));
        }
    }
}

fn images(workspace: &Workspace) -> &DisplaySet {
    let mut sets = workspace.library.display_sets();
    sets.find(|set| set.modality == "CT" || set.modality == "DX")
        .unwrap()
}

fn space(workspace: &Workspace) -> Vec<Result<LayerSpace, WhyNotDrawn>> {
    let over = workspace.layers_over(images(workspace).id);
    over.map(|(_, _, space)| space.unwrap()).collect()
}

/// With each layer over the stack's frame `index`, or over a plane.
fn with_layers<R>(
    workspace: &Workspace,
    index: usize,
    mode: ViewMode,
    size: DVec2,
    through: DVec3,
    use_it: impl Fn(&LayerOver<'_>) -> R,
) -> Vec<R> {
    let set = images(workspace);
    let key = set.frames[index];
    let view: ResolvedView = match mode {
        ViewMode::Stack => {
            let facts = &workspace.library.instance(key.instance).unwrap().facts;
            let plane = facts.frame(key.frame).unwrap().plane;
            let geometry = StackGeometry {
                image_size: [set.columns, set.rows],
                pixel_aspect: 1.0,
                pixel_mm: Some(DVec2::ONE),
                area: None,
                patient_from_image: plane
                    .map(|plane| isocentre::geom::DAffine3::from_translation(plane.origin)),
            };
            resolve_stack(&Camera::default(), &geometry, size)
        }
        ViewMode::Mpr(plane) => {
            let grid = workspace.library.volume_grid(set.id).unwrap();
            let (right, down) = plane.right_down();
            resolve_plane(&Camera::default(), &grid, right, down, through, size).unwrap()
        }
    };
    let state = ViewState::new(set.id, mode);
    let shown = shown_data(&workspace.library, &state, key, &view).unwrap();
    let over = workspace.layers_over(set.id);
    over.filter_map(|(_, record, space)| {
        let LayerState::Ready(layer) = &record.state else {
            return None;
        };
        Some(use_it(&LayerOver {
            layer,
            space: space?.ok()?,
            setting: &record.setting,
            view: &view,
            shown: &shown,
        }))
    })
    .collect()
}

/// Screen pixels that a layer colours, one screen pixel an image pixel.
fn coloured(over: &LayerOver<'_>) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for draw in over.draws(1) {
        let picture = layer_twin::picture(&draw.volume, &draw.plane, &draw.look);
        let [width, height] = picture.size_px;
        for y in 0..height {
            for x in 0..width {
                if picture.at(x, y).unwrap()[3] > 0 {
                    found.push((x, y));
                }
            }
        }
    }
    found
}

fn on_stack(workspace: &Workspace, index: usize) -> Vec<Vec<(u32, u32)>> {
    let size = DVec2::splat(8.0);
    with_layers(
        workspace,
        index,
        ViewMode::Stack,
        size,
        DVec3::ZERO,
        coloured,
    )
}

#[test]
fn a_segment_covers_its_pixels_in_its_slices_and_nothing_in_others() {
    let workspace = open(&[series(), vec![block()]].concat());
    let pixels: Vec<(u32, u32)> = (4..6).flat_map(|y| (2..5).map(move |x| (x, y))).collect();
    assert_eq!(on_stack(&workspace, 0), [vec![]]);
    assert_eq!(on_stack(&workspace, 1), std::slice::from_ref(&pixels));
    assert_eq!(on_stack(&workspace, 2), [pixels]);
    assert_eq!(on_stack(&workspace, 3), [vec![]]);
}

#[test]
fn a_reslice_shows_the_segment_where_it_lies_in_the_patient() {
    use isocentre::geom::AnatomicalPlane::{Coronal, Sagittal};
    let workspace = open(&[series(), vec![block()]].concat());
    // Coronal and sagittal: 8 mm wide, 10 mm high, ten pixels a side; a slice is two of them.
    let through = DVec3::new(3.0, 5.0, 4.0);
    let mpr = |plane| {
        with_layers(
            &workspace,
            2,
            ViewMode::Mpr(plane),
            DVec2::splat(10.0),
            through,
            coloured,
        )
        .concat()
    };
    let coronal = mpr(Coronal);
    assert_eq!(coronal.len(), 3 * 4, "{coronal:?}");
    assert!(
        coronal
            .iter()
            .all(|(x, y)| (3..6).contains(x) && (4..8).contains(y)),
        "{coronal:?}"
    );
    assert_eq!(mpr(Sagittal).len(), 2 * 4);
}

#[test]
fn an_object_that_arrives_before_its_images_waits_for_them() {
    let workspace = open(&[vec![block()], series()].concat());
    assert_eq!(space(&workspace), [Ok(LayerSpace::Patient)]);
    assert_eq!(on_stack(&workspace, 1)[0].len(), 6);
    // What is on screen are the images.
    let shown = workspace.panes.active_view().unwrap().display_set;
    assert_eq!(shown, images(&workspace).id);
}

#[test]
fn nothing_of_another_patient_is_ever_laid_over_an_image() {
    let other = block().patient("Other^Person", "ID2");
    let workspace = open(&[series(), vec![other]].concat());
    // Same study UID, same frame of reference, same images named: still another person.
    assert!(space(&workspace).is_empty());
    // One ID, two names: in doubt apart.
    let other = block().patient("Other^Person", "ID1");
    let workspace = open(&[series(), vec![other]].concat());
    assert!(space(&workspace).is_empty());
}

/// The same slices and block of another person.
fn other_person() -> Vec<SyntheticImage> {
    let mut all = series();
    all.push(block());
    let rename = |(k, image): (usize, SyntheticImage)| {
        image
            .patient("Other^Person", "ID2")
            .study("1.2.3.4.6")
            .series(if k < 5 { "1.2.3.4.6.1" } else { "1.2.3.4.6.66" })
            .sop_instance(&format!("1.2.3.4.6.1.{k}"))
    };
    all.into_iter().enumerate().map(rename).collect()
}

fn states(workspace: &Workspace) -> Vec<bool> {
    let layers = workspace.layers.values();
    layers
        .map(|it| matches!(it.state, LayerState::Ready(_)))
        .collect()
}

#[test]
fn what_lies_over_a_patient_is_read_when_he_is_shown_and_let_go_when_he_is_not() {
    let mut workspace = open(&[series(), vec![block()], other_person()].concat());
    assert_eq!(states(&workspace), [true, false]);
    let other = workspace.library.display_sets();
    let other = other
        .filter(|set| set.modality == "CT")
        .map(|set| set.id)
        .find(|id| *id != workspace.panes.active_view().unwrap().display_set)
        .unwrap();
    let pane = workspace.panes.active;
    ask(&mut workspace, Command::View(pane, ViewEdit::Show(other)));
    assert_eq!(states(&workspace), [false, true]);
}

#[test]
fn hiding_all_twice_leaves_all_as_it_was_and_other_patients_alone() {
    let second = block().sop_instance("1.2.3.4.66.2");
    let mut workspace = open(&[series(), vec![block(), second], other_person()].concat());
    let shown = |workspace: &Workspace| -> Vec<bool> {
        let layers = workspace.layers.values();
        layers.map(|it| it.setting.is_shown).collect()
    };
    let instance = *workspace.layers.keys().next().unwrap();
    workspace.apply(Command::Layer(LayerEdit::Toggle(instance)));
    assert_eq!(shown(&workspace), [false, true, true]);
    workspace.apply(Command::Layer(LayerEdit::ToggleAll));
    assert_eq!(shown(&workspace), [false, false, true]);
    workspace.apply(Command::Layer(LayerEdit::ToggleAll));
    assert_eq!(shown(&workspace), [false, true, true]);
}

#[test]
fn what_could_not_be_read_is_read_again_when_asked() {
    let mut workspace = open(&[series(), vec![block()]].concat());
    let instance = *workspace.layers.keys().next().unwrap();
    let refusal = Err(LayerRefusal::Cancelled.message());
    let failed = Arrival::LayerRead {
        instance,
        result: refusal,
    };
    ask(&mut workspace, Command::Arrived(failed));
    assert_eq!(states(&workspace), [false]);
    let again = LayerEdit::ReadAgain(instance);
    ask(&mut workspace, Command::Layer(again));
    assert_eq!(states(&workspace), [true]);
}

#[test]
fn another_frame_of_reference_is_not_drawn_and_said() {
    let other = block().text(0x0020, 0x0052, "UI", "1.2.3.4.5.999");
    let workspace = open(&[series(), vec![other]].concat());
    assert_eq!(space(&workspace), [Err(WhyNotDrawn::AnotherSpace)]);
    assert!(on_stack(&workspace, 1).is_empty());
}

fn radiograph(uid: &str) -> SyntheticImage {
    SyntheticImage::new(8, 8)
        .text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1")
        .text(0x0008, 0x0060, "CS", "DX")
        .sop_instance(uid)
        .without(0x0020, 0x0032)
        .without(0x0020, 0x0037)
        .without(0x0020, 0x0052)
}

fn on_radiograph(size: u16) -> SyntheticImage {
    let frame = Frame::new(1, Place::Image("1.2.3.4.7", 0));
    let mut samples = vec![0; usize::from(size) * usize::from(size)];
    samples[usize::from(size) * 3 + 6] = 1;
    Seg::new("BINARY", [size, size], vec![frame], samples).image()
}

#[test]
fn a_segment_without_a_place_lies_pixel_for_pixel_on_the_image_it_names_alone() {
    let workspace = open(&[radiograph("1.2.3.4.7"), on_radiograph(8)]);
    assert_eq!(space(&workspace), [Ok(LayerSpace::Images)]);
    assert_eq!(on_stack(&workspace, 0), [vec![(6, 3)]]);
    let workspace = open(&[radiograph("1.2.3.4.8"), on_radiograph(8)]);
    assert_eq!(space(&workspace), [Err(WhyNotDrawn::OtherImages)]);
    let workspace = open(&[radiograph("1.2.3.4.7"), on_radiograph(9)]);
    assert_eq!(space(&workspace), [Err(WhyNotDrawn::OtherSize)]);
}

/// Two images at one place, a segment of another pixel on each.
fn phases(position: [f64; 3]) -> Vec<SyntheticImage> {
    let image = |uid: &str, number| {
        SyntheticImage::new(8, 8)
            .sop_instance(uid)
            .instance_number(number)
            .position([0.0, 0.0, 2.0])
    };
    let frames = ["1.2.3.4.5.1.1", "1.2.3.4.5.1.2"];
    let frames = frames.map(|uid| Frame::new(1, Place::PatientOf(position, uid)));
    let mut samples = vec![0; 2 * 64];
    samples[8 * 3 + 6] = 1;
    samples[64 + 8 * 5 + 2] = 1;
    vec![
        image("1.2.3.4.5.1.1", 1),
        image("1.2.3.4.5.1.2", 2),
        Seg::new("BINARY", [8, 8], frames.to_vec(), samples).image(),
    ]
}

#[test]
fn a_segment_at_two_times_is_drawn_on_each_image_as_it_was_then() {
    let workspace = open(&phases([0.0, 0.0, 2.0]));
    assert_eq!(space(&workspace), [Ok(LayerSpace::Images)]);
    let set = images(&workspace);
    for (index, key) in set.frames.iter().enumerate() {
        let facts = &workspace.library.instance(key.instance).unwrap().facts;
        let expected = if facts.sop_instance_uid.ends_with(".1") {
            (6, 3)
        } else {
            (2, 5)
        };
        assert_eq!(on_stack(&workspace, index), [vec![expected]]);
    }
    // Pixel by pixel over images that lie elsewhere would be beside the organ.
    let elsewhere = open(&phases([3.0, 0.0, 2.0]));
    assert_eq!(space(&elsewhere), [Err(WhyNotDrawn::OtherPlace)]);
}

#[test]
fn a_hidden_segment_is_not_drawn_and_the_pointer_names_what_is() {
    let mut workspace = open(&[series(), vec![block()]].concat());
    let name = |workspace: &Workspace| {
        let at = DVec2::new(3.5, 4.5);
        let size = DVec2::splat(8.0);
        with_layers(workspace, 1, ViewMode::Stack, size, DVec3::ZERO, |over| {
            over.probe(at)
        })
        .concat()
    };
    assert!(matches!(&name(&workspace)[..], [LayerProbe::Part { label, .. }] if label == "Liver"));
    let instance = *workspace.layers.keys().next().unwrap();
    workspace.apply(Command::Layer(LayerEdit::ToggleItem(instance, 1)));
    assert!(name(&workspace).is_empty());
    assert_eq!(on_stack(&workspace, 1), [vec![]]);
    workspace.apply(Command::Layer(LayerEdit::ToggleItem(instance, 1)));
    workspace.apply(Command::Layer(LayerEdit::Toggle(instance)));
    assert_eq!(on_stack(&workspace, 1), [vec![]]);
    workspace.apply(Command::Layer(LayerEdit::ToggleAll));
    assert_eq!(on_stack(&workspace, 1)[0].len(), 6);
}

#[test]
fn a_contour_is_drawn_on_its_slice_and_cut_in_reslices() {
    use isocentre::geom::AnatomicalPlane::Coronal;
    let contours = vec![("CLOSED_PLANAR", square([1.0, 1.0], [5.0, 6.0], 4.0))];
    let elsewhere = super::objects::Region {
        space: Some("1.2.3.4.5.999"),
        ..region(2, "Elsewhere", contours.clone())
    };
    let set = structure_set(&[region(1, "Heart", contours), elsewhere]);
    let workspace = open(&[series(), vec![set]].concat());
    let cuts = |index, mode| {
        let through = DVec3::new(3.0, 3.0, 4.0);
        let size = DVec2::splat(8.0);
        with_layers(&workspace, index, mode, size, through, |over| over.cuts()).concat()
    };
    let here = cuts(2, ViewMode::Stack);
    assert_eq!(here.len(), 1);
    assert_eq!((here[0].number, here[0].rgb), (1, [10, 200, 30]));
    assert_eq!(here[0].lines.lines[0].len(), 5);
    assert!(cuts(1, ViewMode::Stack).is_empty() && cuts(3, ViewMode::Stack).is_empty());
    let coronal = &cuts(2, ViewMode::Mpr(Coronal))[0].lines.lines;
    assert_eq!(coronal.len(), 4);
    assert!(
        coronal
            .iter()
            .flatten()
            .all(|point| (point.z - 4.0).abs() <= 0.5 + 1e-9)
    );
}

#[test]
fn lines_kept_from_one_space_are_not_drawn_in_another_at_the_same_coordinates() {
    let contours = vec![("CLOSED_PLANAR", square([1.0, 1.0], [5.0, 6.0], 4.0))];
    let elsewhere = super::objects::Region {
        space: Some("1.2.3.4.5.999"),
        ..region(2, "Elsewhere", contours.clone())
    };
    let set = structure_set(&[region(1, "Heart", contours), elsewhere]);
    let workspace = open(&[series(), vec![set]].concat());
    let size = DVec2::splat(8.0);
    let numbers = with_layers(&workspace, 2, ViewMode::Stack, size, DVec3::ZERO, |over| {
        let mut kept = None;
        let here: Vec<u32> = over
            .kept_cuts(&mut kept)
            .iter()
            .map(|it| it.number)
            .collect();
        let mut other = over.shown.clone();
        other.frame_of_reference = Some("1.2.3.4.5.999".into());
        let there = LayerOver {
            shown: &other,
            ..*over
        };
        let there = there.kept_cuts(&mut kept).iter().map(|it| it.number);
        (here, there.collect::<Vec<_>>())
    });
    assert_eq!(numbers, [(vec![1], vec![2])]);
}

#[test]
fn contours_without_a_space_lie_on_the_images_they_name() {
    let contours = vec![("CLOSED_PLANAR", square([1.0, 1.0], [5.0, 6.0], 4.0))];
    let of = |images| {
        let mut region = region(1, "Heart", contours.clone());
        region.space = None;
        region.images = images;
        open(&[series(), vec![structure_set(&[region])]].concat())
    };
    assert_eq!(space(&of(vec!["1.2.3.4.5.1.2"])), [Ok(LayerSpace::Patient)]);
    assert_eq!(
        space(&of(vec!["1.2.3.4.999"])),
        [Err(WhyNotDrawn::AnotherSpace)]
    );
}

#[test]
fn of_two_doses_the_one_asked_for_last_is_shown() {
    let dose = |uid: &str| {
        let dose = dose_grid(&[0.0, 2.0], 16, "0.5").position([0.0, 0.0, 0.0]);
        dose.sop_instance(uid)
    };
    let doses = vec![dose("1.2.3.4.481.2.1"), dose("1.2.3.4.481.2.2")];
    let mut workspace = open(&[series(), doses].concat());
    let both: Vec<_> = workspace.layers.keys().copied().collect();
    for instance in &both {
        workspace.apply(Command::Layer(LayerEdit::Toggle(*instance)));
    }
    let layers = workspace.layers.values();
    let shown: Vec<bool> = layers.map(|it| it.setting.is_shown).collect();
    assert_eq!(shown, [false, true]);
}

#[test]
fn a_dose_waits_to_be_asked_for_and_then_tells_its_value_under_the_pointer() {
    let dose = dose_grid(&[0.0, 2.0, 4.0], 16, "0.5").position([0.0, 0.0, 0.0]);
    let mut workspace = open(&[series(), vec![dose]].concat());
    assert_eq!(on_stack(&workspace, 1), [vec![]]);
    let instance = *workspace.layers.keys().next().unwrap();
    workspace.apply(Command::Layer(LayerEdit::Toggle(instance)));
    assert!(!on_stack(&workspace, 1)[0].is_empty());
    let at = DVec2::new(5.5, 5.5);
    let size = DVec2::splat(8.0);
    let probe = with_layers(&workspace, 1, ViewMode::Stack, size, DVec3::ZERO, |over| {
        over.probe(at)
    });
    // Row 1, column 1 of the second plane: stored 10.
    let expected = LayerProbe::Dose {
        value: 5.0,
        units: "GY".to_owned(),
        dose_type: "PHYSICAL".to_owned(),
    };
    assert_eq!(probe, [vec![expected]]);
}
