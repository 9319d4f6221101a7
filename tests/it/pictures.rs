//! Plain pictures beside DICOM images.

use std::path::Path;
use std::path::PathBuf;

use image::DynamicImage;
use image::ImageBuffer;
use image::ImageFormat;
use image::Luma;
use image::Rgb;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::Photometric;
use isocentre::dicom::ScanEvent;
use isocentre::dicom::decode_frame;
use isocentre::dicom::scan;
use isocentre::jobs::JobCtx;
use isocentre::workspace::Command;
use isocentre::workspace::ReportEdit;
use isocentre::workspace::SaveState;

use crate::common::Session;
use crate::common::temp_folder;

fn colour() -> DynamicImage {
    ImageBuffer::from_fn(5, 3, |x, y| Rgb([40 * x as u8, 80 * y as u8, 7])).into()
}

fn deep_grey() -> DynamicImage {
    ImageBuffer::from_fn(4, 3, |x, y| Luma([(10_000 * y + 7 * x) as u16])).into()
}

/// Headers and the reasons of files passed over.
fn scanned(input: &Path) -> (Vec<InstanceHeader>, Vec<&'static str>) {
    let found = std::sync::Mutex::new((Vec::new(), Vec::new()));
    scan(&[input.to_owned()], &JobCtx::new(), &|event| {
        let mut found = found.lock().unwrap();
        match event {
            ScanEvent::Headers(headers) => found.0.extend(headers),
            ScanEvent::PassedOver { reason, .. } => found.1.push(reason.id.0),
            ScanEvent::Locked { .. } => {}
        }
    })
    .unwrap();
    found.into_inner().unwrap()
}

fn saved(folder: &Path, name: &str, picture: &DynamicImage, format: ImageFormat) -> PathBuf {
    let path = folder.join(name);
    picture.save_with_format(&path, format).unwrap();
    path
}

#[test]
fn pictures_named_by_the_reader_are_shown_with_every_pixel_and_nothing_made_up() {
    let folder = temp_folder();
    for (name, format) in [("a.png", ImageFormat::Png), ("a", ImageFormat::Tiff)] {
        let (headers, passed) = scanned(&saved(folder.path(), name, &colour(), format));
        assert!(passed.is_empty(), "{passed:?}");
        let frame = decode_frame(&headers[0], 0, &JobCtx::new()).unwrap();
        assert_eq!((frame.columns, frame.rows), (5, 3));
        assert_eq!(frame.photometric, Photometric::Rgb);
        let pixel = 2 * 5 + 3;
        let rgb = [0, 1, 2].map(|c| frame.samples.get(pixel * 3 + c).unwrap());
        assert_eq!(rgb, [120.0, 160.0, 7.0]);
        let attributes = isocentre::imaging::ImageAttributes::read(&headers[0]);
        assert_eq!(attributes.spacing(0), None);
        assert_eq!(attributes.plane(0), None);
    }
    let grey = saved(folder.path(), "deep.png", &deep_grey(), ImageFormat::Png);
    let (headers, _) = scanned(&grey);
    let frame = decode_frame(&headers[0], 0, &JobCtx::new()).unwrap();
    assert_eq!(
        frame.samples.get(2 * 4 + 3),
        Some(20_021.0),
        "16 bits stay 16 bits"
    );
    let photo = saved(folder.path(), "photo", &colour(), ImageFormat::Jpeg);
    let (headers, _) = scanned(&photo);
    assert!(decode_frame(&headers[0], 0, &JobCtx::new()).is_ok());
    assert!(headers[0].is_picture());
}

#[test]
fn pictures_that_lie_about_in_a_folder_are_explained_and_not_shown() {
    let folder = temp_folder();
    saved(folder.path(), "logo.png", &colour(), ImageFormat::Png);
    let (headers, passed) = scanned(folder.path());
    assert!(headers.is_empty());
    assert_eq!(passed, ["reading-picture"]);
}

#[test]
fn a_broken_picture_is_a_sentence_and_costs_itself_alone() {
    let folder = temp_folder();
    let path = saved(folder.path(), "a.png", &colour(), ImageFormat::Png);
    let bytes = std::fs::read(&path).unwrap();
    for length in 8..bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let (headers, passed) = scanned(&path);
        assert_eq!(headers.len() + passed.len(), 1);
        for header in headers {
            // What is cut behind the last pixel is no loss.
            drop(decode_frame(&header, 0, &JobCtx::new()));
        }
    }
    std::fs::write(&path, &bytes).unwrap();
    let (headers, _) = scanned(&path);
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(decode_frame(&headers[0], 0, &JobCtx::new()).is_err());
}

#[test]
fn a_picture_can_be_looked_at_but_no_report_refers_to_it() {
    let home = temp_folder();
    let picture = saved(home.path(), "a.png", &colour(), ImageFormat::Png);
    let reports = home.path().join("reports");
    let mut session = Session::new(home.path());
    session.apply(Command::Open(vec![picture]));
    session.until("the picture", |session| {
        session.workspace.panes.active_view().is_some()
    });
    let study = session.workspace.active_study().unwrap();
    let text = "Something.".to_owned();
    let gesture = isocentre::workspace::GestureId(1);
    session.apply(Command::Report(ReportEdit::Impression(
        study, text, gesture,
    )));
    session.apply(Command::Report(ReportEdit::Save(study, reports.clone())));
    session.until("the reason", |session| {
        !session.workspace.notices.shown().is_empty()
    });
    assert!(!reports.exists());
    assert_eq!(
        session.workspace.studies[&study].save_state,
        SaveState::Never
    );
}
