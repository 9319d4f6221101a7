//! What is fed with bytes of unknown origin: one function a way into the program. Each returns,
//! whatever the bytes are; a panic is a finding, also one that the decoder caught.
//!
//! `main.rs` runs them on stable Rust, `fuzz_targets/` under libFuzzer.

use std::path::Path;

use isocentre::cache::Budget;
use isocentre::dicom;
use isocentre::dicom::ByteSource;
use isocentre::dicom::DecodeError;
use isocentre::dicom::FrameDecoder;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::ScanEvent;
use isocentre::dicom::modules::EncapsulatedDocument;
use isocentre::dicom::modules::ImagePixelModule;
use isocentre::dicom::modules::WaveformGroup;
use isocentre::geom::DVec2;
use isocentre::imaging;
use isocentre::imaging::Filter;
use isocentre::imaging::FrameImage;
use isocentre::imaging::ImageAttributes;
use isocentre::imaging::Look;
use isocentre::imaging::Samples;
use isocentre::imaging::SliceView;
use isocentre::imaging::VoiFunction;
use isocentre::imaging::VoiTransform;
use isocentre::imaging::slice_twin;
use isocentre::jobs::JobCtx;
use isocentre::model::Library;
use isocentre::objects;
use isocentre::objects::pdf::PdfDocument;
use isocentre::objects::presentation_state;
use isocentre::objects::presentation_state::PresentedFrame;
use isocentre::objects::sr;
use isocentre::problem::Problems;
use isocentre::view::StackGeometry;
use isocentre::view::presentation_marks;
use isocentre::view::presented_camera;
use isocentre::view::resolve_stack;

/// Frames of one file that are decoded: more tell nothing new.
const MOST_FRAMES: u32 = 3;

/// A file: its header, and all that is read from it without its pixels.
pub fn header(bytes: &[u8]) {
    let Ok(header) = dicom::read_header(ByteSource::Memory(bytes.into())) else {
        return;
    };
    let _attributes = ImageAttributes::read(&header);
    for group in WaveformGroup::read_all(&header).into_iter().flatten() {
        let Some(samples) = group.samples_of(&header) else {
            continue;
        };
        for channel in 0..group.channels.len().min(20) {
            let _first = samples.value(channel, 0);
            let _last = samples.value(channel, group.samples.saturating_sub(1));
        }
    }
    // The second time it is a copy of the first.
    let mut library = Library::default();
    for _ in 0..2 {
        drop(library.insert(header.clone()));
    }
    for set in library.display_sets() {
        let _kind = format!("{:?}", set.volume);
    }
}

/// A file with its pixels: decoded, put together with its header, drawn and measured.
pub fn frame(bytes: &[u8]) {
    if let Ok(header) = dicom::read_header(ByteSource::Memory(bytes.into())) {
        decode(&header);
    }
}

fn decode(header: &InstanceHeader) {
    let Ok(decoder) = FrameDecoder::new(header) else {
        return;
    };
    let ctx = JobCtx::new();
    let attributes = ImageAttributes::read(header);
    let last = decoder.frame_count() - 1;
    for frame in (0..decoder.frame_count().min(MOST_FRAMES)).chain([last]) {
        let decoded = decoder.decode(frame, &ctx);
        assert!(
            !matches!(decoded, Err(DecodeError::Panicked { .. })),
            "{decoded:?}"
        );
        let Ok(decoded) = decoded else {
            continue;
        };
        let count = decoder.pixels().pixels() * decoded.samples.samples_per_pixel();
        assert_eq!(decoded.samples.len(), count);
        let held = decoded.missing.map_or(0, |missing| missing.pixels_held);
        assert!(held <= decoder.pixels().pixels());
        if count > 1 << 20 {
            continue; // large claims that are kept are only decoded
        }
        let bits = |bit| decoder.cell_bits(frame, bit, &ctx).ok();
        let image = attributes.frame_image_with(frame, decoded, bits);
        let _range = imaging::full_range(&image);
        let look = own_look(&image);
        let view = SliceView::fit(
            &image,
            [24, 24],
            image.aspect,
            look.with_filter(Filter::Cubic),
        );
        let _picture = slice_twin::render(&image, &view);
        let _probe = imaging::probe(&image, 1.0, 1.0);
    }
}

/// An image by its own first window, or by any.
fn own_look(image: &FrameImage) -> Look {
    let any = VoiTransform::Window {
        center: 40.0,
        width: 400.0,
        function: VoiFunction::Linear,
    };
    Look::new(image.vois.first().map_or(any, |own| own.voi.clone()))
}

/// A structured report: its tree, its lines, its findings.
pub fn report(bytes: &[u8]) {
    let Ok(header) = dicom::read_full(ByteSource::Memory(bytes.into())) else {
        return;
    };
    let Ok(document) = sr::read_document(header.dataset) else {
        return;
    };
    let _lines = sr::lines(&document.root);
    let _evidence = document.evidence();
    if let Some(template) = sr::template_of(&document.root) {
        let _findings = template.read(&document, &sr::NoImages, &Problems::new());
    }
    let _again = sr::content_dataset(&document.root);
}

/// A segmentation, a structure set or a dose.
pub fn layer(bytes: &[u8]) {
    read_layer(bytes);
}

/// Whether it is one.
pub fn read_layer(bytes: &[u8]) -> bool {
    let budget = Budget::new(64 << 20);
    let source = ByteSource::Memory(bytes.into());
    let read = objects::layer::read_layer(source, &budget, &JobCtx::new());
    read.is_ok_and(|layer| {
        let _items = layer.items();
        true
    })
}

/// A presentation state, and an image seen by it.
pub fn presentation(bytes: &[u8]) {
    marks(bytes);
}

/// How much it draws over an image of eight by eight pixels.
pub fn marks(bytes: &[u8]) -> usize {
    let Ok(header) = dicom::read_header(ByteSource::Memory(bytes.into())) else {
        return 0;
    };
    let Ok(state) = presentation_state::read(&header) else {
        return 0;
    };
    let image = FrameImage::plain([8, 8], Samples::U8((0..64).collect()));
    let uid = "1.2.3.4.5.1";
    let pixel = ImagePixelModule {
        rows: 8,
        columns: 8,
        bits_allocated: 8,
        bits_stored: 8,
        samples_per_pixel: 1,
        ..ImagePixelModule::default()
    };
    let of = PresentedFrame {
        sop_instance_uid: uid,
        frame: 0,
        pixel: &pixel,
    };
    let shown = state.apply(&image, of);
    let _picture = slice_twin::render(&shown, &SliceView::one_to_one(&shown, own_look(&shown)));
    let geometry = StackGeometry::of(&shown).presented(state.area(uid, 0).copied());
    let view = resolve_stack(&presented_camera(&state), &geometry, DVec2::new(90.0, 70.0));
    presentation_marks(&state, uid, 0, &view).len()
}

/// A document in an object: its pages, and the first of them drawn.
pub fn document(bytes: &[u8]) {
    pages(bytes);
}

/// How many pages it has.
pub fn pages(bytes: &[u8]) -> usize {
    let Ok(header) = dicom::read_full(ByteSource::Memory(bytes.into())) else {
        return 0;
    };
    let file = EncapsulatedDocument::read(header.dataset.elements()).bytes;
    let ctx = JobCtx::new();
    let Ok(document) = PdfDocument::open(file, &ctx) else {
        return 0;
    };
    let _page = document.page(0, 64, &ctx);
    document.pages.len()
}

/// An archive: what is in it, and the pixels of that.
pub fn archive(bytes: &[u8]) {
    in_folder("study.zip", bytes);
}

/// A directory of media, beside nothing that it lists.
pub fn directory(bytes: &[u8]) {
    in_folder("DICOMDIR", bytes);
}

/// A plain picture.
pub fn picture(bytes: &[u8]) {
    in_folder("picture", bytes);
}

/// Scans a folder that holds this file alone.
fn in_folder(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    scan(&path);
}

fn scan(path: &Path) {
    let scanned = dicom::scan(&[path.to_owned()], &JobCtx::new(), &|event| {
        if let ScanEvent::Headers(headers) = event {
            headers.iter().for_each(decode);
        }
    });
    assert!(scanned.is_ok(), "nobody cancels it");
}
