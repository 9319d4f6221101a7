//! Which fragments make which frame.

use super::encoders::Jpeg;
use super::encoders::planes;
use super::encoders::rle_frame;
use super::*;

const RLE: &str = "1.2.840.10008.1.2.5";
const BASELINE: &str = "1.2.840.10008.1.2.4.50";

/// A file of `frames` 8-bit frames of 8 × 8 pixels, its pixel data these bytes of items.
fn file(syntax: &str, frames: usize, items: &[u8], extended: Option<&[u64]>) -> Vec<u8> {
    let mut image =
        SyntheticImage::new(8, 8)
            .bits(8, 8)
            .text(0x0028, 0x0008, "IS", &frames.to_string());
    if let Some(offsets) = extended {
        let bytes: Vec<u8> = offsets.iter().flat_map(|o| o.to_le_bytes()).collect();
        image = image.element(Element::new(0x7FE0, 0x0001, "OV", Value::Bytes(bytes)));
    }
    let mut file = encapsulated(image, syntax, vec![]);
    file.truncate(file.len() - 16); // the empty table and the delimiter
    file.extend(items);
    file
}

fn item(bytes: &[u8]) -> Vec<u8> {
    let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
    item.extend((bytes.len() as u32).to_le_bytes());
    item.extend(bytes);
    item
}

const END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

fn table(offsets: &[usize]) -> Vec<u8> {
    let entries: Vec<u8> = offsets
        .iter()
        .flat_map(|o| (*o as u32).to_le_bytes())
        .collect();
    item(&entries)
}

/// Three pictures and their streams.
fn jpegs() -> (Vec<Vec<i64>>, Vec<Vec<u8>>) {
    let pictures: Vec<Vec<i64>> = [40, 120, 200].iter().map(|&grey| vec![grey; 64]).collect();
    let streams = pictures
        .iter()
        .map(|p| Jpeg::grey(8, 8, 8).encode(p))
        .collect();
    (pictures, streams)
}

fn assert_frames(file: Vec<u8>, pictures: &[Vec<i64>]) {
    let frames = frames(file);
    assert_eq!(frames.len(), pictures.len());
    for (frame, picture) in frames.iter().zip(pictures) {
        assert_near(&frame.as_ref().unwrap().samples, picture, 2);
    }
}

/// The three streams, each in fragments of `size` bytes, and the offsets of the frames.
fn split(streams: &[Vec<u8>], size: usize) -> (Vec<u8>, Vec<usize>) {
    let mut items = Vec::new();
    let mut offsets = Vec::new();
    for stream in streams {
        offsets.push(items.len());
        for part in stream.chunks(size) {
            items.extend(item(part));
        }
    }
    (items, offsets)
}

#[test]
fn a_basic_offset_table_joins_the_fragments_of_a_frame() {
    let (pictures, streams) = jpegs();
    let (items, offsets) = split(&streams, 60);
    let all = [table(&offsets), items, END.to_vec()].concat();
    assert_frames(file(BASELINE, 3, &all, None), &pictures);
}

#[test]
fn an_extended_offset_table_joins_the_fragments_of_a_frame() {
    let (pictures, streams) = jpegs();
    let (items, offsets) = split(&streams, 60);
    let offsets: Vec<u64> = offsets.iter().map(|&o| o as u64).collect();
    let all = [table(&[]), items, END.to_vec()].concat();
    assert_frames(file(BASELINE, 3, &all, Some(&offsets)), &pictures);
}

#[test]
fn without_a_table_frames_begin_where_images_begin() {
    let (pictures, streams) = jpegs();
    let (items, _) = split(&streams, 60);
    let all = [table(&[]), items, END.to_vec()].concat();
    assert_frames(file(BASELINE, 3, &all, None), &pictures);
}

#[test]
fn a_table_that_points_nowhere_is_not_believed() {
    let (pictures, streams) = jpegs();
    for size in [60, 1 << 16] {
        let (items, offsets) = split(&streams, size);
        let wrong = [offsets[0], offsets[1] + 2, offsets[2] + 2];
        for offsets in [
            wrong,
            [0, 0, 0],
            [8, 16, 24],
            [0, offsets[2], offsets[1]],
            [0, 1 << 20, 1 << 21],
        ] {
            let all = [table(&offsets), items.clone(), END.to_vec()].concat();
            assert_frames(file(BASELINE, 3, &all, None), &pictures);
        }
    }
}

#[test]
fn odd_lengths_and_a_missing_end_do_no_harm() {
    let (pictures, mut streams) = jpegs();
    for stream in &mut streams {
        if stream.len() % 2 == 0 {
            stream.push(0);
        }
    }
    let (items, _) = split(&streams, 1 << 16);
    assert_frames(
        file(BASELINE, 3, &[table(&[]), items].concat(), None),
        &pictures,
    );
}

#[test]
fn one_frame_may_lie_in_many_fragments() {
    let (pictures, streams) = jpegs();
    let (items, _) = split(&streams[..1], 31);
    let all = [table(&[]), items, END.to_vec()].concat();
    assert_frames(file(BASELINE, 1, &all, None), &pictures[..1]);
}

#[test]
fn rle_is_one_fragment_a_frame() {
    let pictures = [vec![3_i64; 64], (0..64).collect()];
    let items: Vec<u8> = pictures
        .iter()
        .flat_map(|p| item(&rle_frame(&planes(p, 1, 1))))
        .collect();
    let all = [table(&[]), items, END.to_vec()].concat();
    for (frame, picture) in frames(file(RLE, 2, &all, None)).iter().zip(&pictures) {
        assert_eq!(&values(&frame.as_ref().unwrap().samples), picture);
    }
}

#[test]
fn a_file_cut_off_gives_the_frames_that_are_whole() {
    let (pictures, streams) = jpegs();
    let (items, offsets) = split(&streams, 60);
    for (table, size) in [
        (table(&offsets), items.len() - 30),
        (table(&[]), items.len() - 30),
    ] {
        let all = [table, items[..size].to_vec()].concat();
        let frames = frames(file(BASELINE, 3, &all, None));
        for (frame, picture) in frames.iter().zip(&pictures[..2]) {
            assert_near(&frame.as_ref().unwrap().samples, picture, 2);
        }
        assert!(
            matches!(frames[2], Err(DecodeError::Truncated { expected, found }) if found < expected)
        );
    }
    let (items, _) = split(&streams[..2], 1 << 16);
    let all = [table(&[]), items].concat();
    let frames = frames(file(BASELINE, 3, &all, None));
    assert_near(&frames[1].as_ref().unwrap().samples, &pictures[1], 2);
    assert!(matches!(
        frames[2],
        Err(DecodeError::FrameMissing {
            number: 3,
            declared: 3,
            found: 2
        })
    ));
}

#[test]
fn the_fragments_of_a_file_cut_off_early_keep_to_their_frames() {
    let (pictures, streams) = jpegs();
    let (items, _) = split(&streams, 60);
    // Fewer fragments than frames declared: the rest is missing.
    let all = [table(&[]), items].concat();
    let frames = frames(file(BASELINE, 100, &all, None));
    for (frame, picture) in frames.iter().zip(&pictures) {
        assert_near(&frame.as_ref().unwrap().samples, picture, 2);
    }
    assert!(matches!(
        frames[3],
        Err(DecodeError::FrameMissing { found: 3, .. })
    ));
}

#[test]
fn uncompressed_fragments_that_are_no_whole_frames_are_not_taken_for_frames() {
    let syntax = "1.2.840.10008.1.2.1.98";
    for (size, count) in [(32, 4), (128, 2), (128, 4)] {
        let items: Vec<u8> = (0..count).flat_map(|n| item(&vec![n; size])).collect();
        let all = [table(&[]), items, END.to_vec()].concat();
        for frame in frames(file(syntax, 4, &all, None)) {
            assert!(frame.is_err(), "{count} of {size}");
        }
    }
}

#[test]
fn fragments_that_no_rule_divides_are_refused_with_their_numbers() {
    let syntax = "1.2.840.10008.1.2.1.98";
    let items: Vec<u8> = (0..5).flat_map(|_| item(&[0; 30])).collect();
    let all = [table(&[]), items, END.to_vec()].concat();
    let error = frames(file(syntax, 3, &all, None)).remove(0);
    assert!(matches!(
        error,
        Err(DecodeError::FrameBoundaries {
            fragments: 5,
            frames: 3
        })
    ));
}

#[test]
fn frames_read_from_a_compressed_archive_are_the_same() {
    use std::io::Write as _;
    let (pictures, streams) = jpegs();
    let (items, _) = split(&streams, 60);
    let all = [table(&[]), items, END.to_vec()].concat();
    let folder = crate::common::temp_folder();
    let archive = folder.path().join("a.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("IM1", options).unwrap();
    zip.write_all(&file(BASELINE, 3, &all, None)).unwrap();
    zip.finish().unwrap();
    let source = ByteSource::ZipEntry {
        password: None,
        archive: archive.as_path().into(),
        index: 0,
        name: "IM1".into(),
    };
    let header = dicom::read_header(source).unwrap();
    let decoder = FrameDecoder::new(&header).unwrap();
    std::fs::remove_file(&archive).unwrap(); // read whole when prepared, and only once
    for (frame, picture) in (0..).zip(&pictures) {
        let decoded = decoder.decode(frame, &JobCtx::new()).unwrap();
        assert_near(&decoded.samples, picture, 2);
    }
}
