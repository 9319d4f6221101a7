//! Reading what is cut off, false or hostile: it returns, soon, with what stands before the fault.

use std::time::Duration;
use std::time::Instant;

use isocentre::dicom::ByteSource;
use isocentre::dicom::ReadError;
use isocentre::dicom::Tag;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;

use crate::common::Element;
use crate::common::Encoding;
use crate::common::Value;
use crate::common::encode;
use crate::common::files_below;
use crate::common::test_data;
use crate::reading::file;
use crate::reading::image;
use crate::reading::notes;
use crate::reading::piece;
use crate::reading::read;
use crate::reading::try_read;

#[test]
fn a_data_set_cut_off_gives_what_stands_before_the_cut() {
    for encoding in Encoding::ALL {
        let whole = image().write(encoding);
        let pixels = usize::try_from(read(&whole).pixel_data.unwrap().offset).unwrap();
        let complete = read(&whole).dataset;
        let mut most = 0;
        for length in 0..whole.len() {
            let Ok(header) = try_read(&whole[..length]) else {
                assert!(length < 600, "{length} bytes should have been enough");
                continue;
            };
            let found: Vec<Tag> = header.dataset.elements().tags().collect();
            let expected: Vec<Tag> = complete.elements().tags().take(found.len()).collect();
            assert_eq!(found, expected, "a prefix gives the first elements");
            assert!(found.len() >= most, "more bytes, fewer elements");
            most = found.len();
            if length >= pixels {
                assert_eq!(notes(&header), ["reading-pixels-truncated"], "{length}");
                assert_eq!(header.pixel_data.unwrap().length, Some(48));
            }
        }
        assert_eq!(most, complete.elements().tags().count());
    }
}

#[test]
fn a_cut_within_a_sequence_keeps_its_complete_items() {
    let item = |n: u8| vec![Element::text(8, 0x1155, "UI", &format!("1.2.{n}"))];
    let items = Value::Items((1..=3).map(item).collect());
    let bytes = file(&[Element::new(8, 0x1140, "SQ", items)]);
    let header = read(&bytes[..bytes.len() - 3]);
    let items = header.dataset.elements().items(Tag(8, 0x1140));
    let uids: Vec<_> = items
        .iter()
        .filter_map(|item| item.uid(Tag(8, 0x1155)))
        .collect();
    assert_eq!(uids, ["1.2.1", "1.2.2"]);
    assert_eq!(notes(&header), ["reading-truncated"]);
}

#[test]
fn a_fault_within_a_container_costs_no_more_than_the_container() {
    let broken = Value::Items(vec![vec![Element::text(
        8,
        0x1155,
        "UI",
        "1.2.3.4.5.6.7.8",
    )]]);
    let mut bytes = file(&[Element::new(8, 0x1140, "SQ", broken)]);
    let length_at = bytes.len() - 16 - 2;
    assert_eq!(bytes[length_at], 16);
    bytes[length_at] = 200;
    bytes.extend(encode(
        &[Element::text(0x10, 0x20, "LO", "ID")],
        Encoding::ExplicitLittle,
    ));
    bytes.extend([0; 300]);
    let header = read(&bytes);
    assert_eq!(
        header.dataset.elements().text(tags::PATIENT_ID).unwrap(),
        "ID"
    );
    assert_eq!(notes(&header), ["reading-repaired"]);
}

#[test]
fn a_claim_of_four_gigabytes_in_a_small_file_is_only_a_claim() {
    let folder = crate::common::temp_folder();
    for (vr, tag) in [(*b"OB", 0x1001), (*b"SQ", 0x1002), (*b"UT", 0x1003)] {
        let mut bytes = file(&[Element::text(0x09, 0x10, "LO", "MAKER")]);
        bytes.extend(piece::open(0x09, tag, vr));
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
        bytes.extend([0xAB; 500]);
        let path = folder.path().join("claim.dcm");
        std::fs::write(&path, &bytes).unwrap();
        let start = Instant::now();
        for source in [
            ByteSource::Memory(bytes.into()),
            ByteSource::File(path.as_path().into()),
        ] {
            let header = read_header(source).unwrap();
            assert_eq!(
                header.dataset.elements().text(Tag(9, 0x10)).unwrap(),
                "MAKER"
            );
            assert!(!header.notes.is_empty());
        }
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn endless_nesting_ends() {
    let mut bytes = file(&[Element::text(0x08, 0x60, "CS", "OT")]);
    for _ in 0..100_000 {
        bytes.extend(piece::open(8, 0x1140, *b"SQ"));
        bytes.extend(piece::ITEM);
    }
    let header = read(&bytes);
    assert_eq!(
        header.dataset.elements().text(tags::MODALITY).unwrap(),
        "OT"
    );
    assert_eq!(notes(&header), ["reading-truncated"]);
}

#[test]
fn what_is_no_dicom_is_said_to_be_none() {
    let mut noise = 1_u32;
    let noise: Vec<u8> = (0..100_000)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        })
        .collect();
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    picture.extend(&noise[..1000]);
    let counting: Vec<u8> = (0..4000_u32).flat_map(u32::to_le_bytes).collect();
    let texts = "Patient: nobody\nDICM is mentioned here\n".repeat(50);
    for bytes in [
        texts.as_bytes(),
        b"x",
        b"DICOM",
        &picture,
        &noise,
        &counting,
        &[0; 5000],
        &[0xFF; 5000],
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
    ] {
        let result = try_read(bytes);
        assert!(matches!(result, Err(ReadError::NotDicom)), "{result:?}");
    }
    assert!(matches!(try_read(b""), Err(ReadError::Empty)));
    let hollow = [[0; 128].as_slice(), b"DICM"].concat();
    assert!(matches!(try_read(&hollow), Err(ReadError::NothingUsable)));
    let folder = crate::common::temp_folder();
    let folder_itself = ByteSource::File(folder.path().into());
    assert!(matches!(read_header(folder_itself), Err(ReadError::NoFile)));
    let nowhere = ByteSource::File(folder.path().join("nowhere").as_path().into());
    let error = read_header(nowhere).unwrap_err();
    assert_eq!(error.message().id.0, "reading-not-found");
}

#[test]
fn every_prefix_of_every_sample_file_returns() {
    let Some(folder) = test_data("every_prefix_of_every_sample_file_returns") else {
        return;
    };
    for path in files_below(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let header = try_read(&bytes).ok().and_then(|header| header.pixel_data);
        let end = header.map_or(bytes.len(), |pixels| pixels.offset as usize);
        let end = end.min(bytes.len()).min(64 * 1024);
        let step = (end / 40).max(1);
        let start = Instant::now();
        for length in (0..=end).step_by(step) {
            let prefix = &bytes[..length];
            if let Ok(header) = try_read(prefix) {
                assert!(header.dataset.elements().tags().count() <= length);
            }
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{}",
            path.display()
        );
    }
}

#[test]
fn no_corruption_of_a_sample_file_panics_or_hangs() {
    let Some(folder) = test_data("no_corruption_of_a_sample_file_panics_or_hangs") else {
        return;
    };
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for path in files_below(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let bytes = &bytes[..bytes.len().min(32 * 1024)];
        let start = Instant::now();
        for _ in 0..12 {
            let mut corrupt = bytes.to_vec();
            let length = corrupt.len().max(1) as u64;
            for _ in 0..=next() % 16 {
                // Half of the changes in the first kilobyte, where the structure begins.
                let span = if next() % 2 == 0 {
                    length
                } else {
                    length.min(1024)
                };
                if let Some(byte) = corrupt.get_mut((next() % span) as usize) {
                    *byte = [next() as u8, 0xFF, 0x00, 0xFE][(next() % 4) as usize];
                }
            }
            if let Ok(header) = try_read(&corrupt) {
                let elements = header.dataset.elements();
                for tag in elements.tags() {
                    let _ = (
                        elements.texts(tag),
                        elements.floats(tag),
                        elements.integers(tag),
                    );
                }
            }
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{}",
            path.display()
        );
    }
}
