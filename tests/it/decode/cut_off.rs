//! Frames whose file ends early: what is there is as it was, and what is not is said to be missing.

use isocentre::dicom::MissingEnd;

use super::encoders::Jpeg;
use super::encoders::deflate;
use super::encoders::planes;
use super::encoders::rle_frame;
use super::*;

const RLE: &str = "1.2.840.10008.1.2.5";

/// Every prefix of a file: the frames decode, or not, and a pixel that is not said to be missing
/// is the one that was written.
fn assert_prefixes_tell_the_truth(file: &[u8], written: &[i64], pixel: usize) {
    let whole = frames(file.to_vec());
    let samples_a_frame = written.len() / whole.len();
    let (mut cut, mut missing_before) = (0, vec![usize::MAX; whole.len()]);
    // Of large files not every prefix, but enough of them.
    for end in (0..file.len()).rev().step_by(1 + file.len() / 3000) {
        let source = ByteSource::Memory(file[..end].to_vec().into());
        let Ok(header) = dicom::read_header(source) else {
            continue;
        };
        let Ok(decoder) = FrameDecoder::new(&header) else {
            continue;
        };
        for (at, frame) in written.chunks(samples_a_frame).enumerate() {
            let Ok(decoded) = decoder.decode(at as u32, &JobCtx::new()) else {
                missing_before[at] = 0;
                continue;
            };
            let held = decoded.missing.map_or(samples_a_frame / pixel, |missing| {
                assert!(missing.bytes > 0);
                missing.pixels_held
            });
            assert!(held <= missing_before[at], "a shorter file holds more");
            missing_before[at] = held;
            cut += usize::from(decoded.missing.is_some());
            let found = values(&decoded.samples);
            assert_eq!(found.len(), samples_a_frame);
            assert_eq!(found[..held * pixel], frame[..held * pixel], "{end}");
        }
    }
    assert!(cut > 0, "no prefix was ever shown");
}

/// The image with its data set deflated.
fn deflated(image: &SyntheticImage) -> Vec<u8> {
    let file = image
        .clone()
        .transfer_syntax("1.2.840.10008.1.2.1.99")
        .write(Encoding::ExplicitLittle);
    let data_set = file.windows(4).position(|tag| tag == [8, 0, 8, 0]).unwrap();
    let (meta, body) = file.split_at(data_set);
    [meta, &deflate(body)].concat()
}

#[test]
fn every_prefix_of_a_native_file_shows_what_it_holds_and_no_more() {
    let image = SyntheticImage::new(5, 3)
        .bits(16, 16)
        .pixels_all(3, (1000..1045).collect());
    for encoding in Encoding::ALL {
        let written: Vec<i64> = (1000..1045).collect();
        assert_prefixes_tell_the_truth(&image.write(encoding), &written, 1);
    }
    let bytes = SyntheticImage::new(5, 3)
        .bits(8, 8)
        .pixels_all(3, (1..46).collect());
    for encoding in Encoding::ALL {
        let written: Vec<i64> = (1..46).collect();
        assert_prefixes_tell_the_truth(&bytes.write(encoding), &written, 1);
    }
    let signed = SyntheticImage::new(4, 4)
        .bits(32, 32)
        .signed()
        .pixels_all(1, (-8..8).collect());
    let written: Vec<i64> = (-8..8).collect();
    assert_prefixes_tell_the_truth(&signed.write(Encoding::ExplicitBig), &written, 1);
}

#[test]
fn every_prefix_of_a_colour_file_shows_whole_pixels_alone() {
    let rgb = picture(4, 5, 8);
    for is_planar in [0, 1] {
        let stored = if is_planar == 1 {
            (0..3)
                .flat_map(|c| rgb.iter().skip(c).step_by(3).copied().collect::<Vec<_>>())
                .collect()
        } else {
            rgb.clone()
        };
        let image = colour(4, 5, "RGB")
            .element(us(0x0006, is_planar))
            .pixels_all(1, stored);
        assert_prefixes_tell_the_truth(&image.write(Encoding::ExplicitLittle), &rgb, 3);
    }
}

#[test]
fn every_prefix_of_packed_bits_shows_what_it_holds() {
    let bits: Vec<u8> = vec![0b1010_0101, 0b0110_1001, 0b0000_1111, 0b0101_0101];
    let written: Vec<i64> = (0..30)
        .map(|at| i64::from(bits[at / 8] >> (at % 8) & 1))
        .collect();
    let image = grey(3, 5, 1, 1)
        .text(0x0028, 0x0008, "IS", "2")
        .raw_pixels(Value::Bytes(bits));
    assert_prefixes_tell_the_truth(&image.write(Encoding::ExplicitLittle), &written, 1);
}

#[test]
fn every_prefix_of_an_rle_file_shows_what_every_plane_holds() {
    let written: Vec<i64> = (0..2 * 8 * 8).map(|at| at * 37 % 4096).collect();
    let coded = written
        .chunks(64)
        .map(|frame| rle_frame(&planes(frame, 1, 2)))
        .collect();
    let image = grey(8, 8, 16, 12).text(0x0028, 0x0008, "IS", "2");
    assert_prefixes_tell_the_truth(&encapsulated(image, RLE, coded), &written, 1);
}

#[test]
fn every_prefix_of_a_deflated_file_shows_what_it_inflates_to() {
    let written: Vec<i64> = (0..90 * 90).map(|at| at * at * 2654 % 4096).collect();
    let image = grey(90, 90, 16, 12).pixels_all(1, written.clone());
    let file = deflated(&image);
    assert_prefixes_tell_the_truth(&file, &written, 1);
}

#[test]
fn an_image_cut_short_says_how_much_is_missing_and_from_which_row() {
    let image = SyntheticImage::new(4, 4).raw_pixels(Value::Bytes(vec![7; 20]));
    let frame = frames(image.write(Encoding::ExplicitLittle))
        .remove(0)
        .unwrap();
    let missing = frame.missing.unwrap();
    assert_eq!(
        missing,
        MissingEnd {
            pixels_held: 10,
            bytes: 12
        }
    );
    assert_eq!(missing.row(frame.columns), 3);
    // Of several frames, those that are whole decode, and the last is cut off.
    let image = SyntheticImage::new(2, 2)
        .text(0x0028, 0x0008, "IS", "4")
        .raw_pixels(Value::U16((0..10).collect()));
    let frames = frames(image.write(Encoding::ExplicitLittle));
    assert_eq!(values(&frames[1].as_ref().unwrap().samples), [4, 5, 6, 7]);
    assert_eq!(frames[1].as_ref().unwrap().missing, None);
    let third = frames[2].as_ref().unwrap();
    assert_eq!(values(&third.samples), [8, 9, 0, 0]);
    assert_eq!(third.missing.map(|missing| missing.bytes), Some(4));
    assert!(matches!(
        frames[3],
        Err(DecodeError::Truncated {
            expected: 8,
            found: 0
        })
    ));
}

#[test]
fn a_compressed_frame_of_which_a_part_is_missing_is_refused_where_the_cut_is_not_told() {
    let jpeg = Jpeg::grey(16, 16, 8).encode(&ramp(16, 16, 8));
    let image = grey(16, 16, 8, 8);
    let file = encapsulated(image, "1.2.840.10008.1.2.4.50", vec![jpeg]);
    let error = frames(file[..file.len() - 40].to_vec()).remove(0);
    assert!(
        matches!(error, Err(DecodeError::Truncated { .. })),
        "{error:?}"
    );
}

#[test]
fn a_cut_frame_that_says_4_2_2_and_holds_all_samples_is_not_taken_for_packed() {
    let bytes: Vec<u8> = picture(8, 8, 8).iter().map(|&s| s as u8).collect();
    let of = |syntax, code| encapsulated(colour(8, 8, "YBR_FULL_422"), syntax, vec![code]);
    let file = of("1.2.840.10008.1.2.1.98", bytes.clone());
    let whole = values(&first(file.clone()).unwrap());
    assert_prefixes_tell_the_truth(&file, &whole, 3);
    // Of a deflated frame nothing tells how long it was.
    let file = of("1.2.840.10008.1.2.8.1", deflate(&bytes));
    assert_eq!(values(&first(file.clone()).unwrap()), whole);
    for cut in 10..60 {
        let frame = frames(file[..file.len() - cut].to_vec()).remove(0);
        assert!(matches!(frame, Err(DecodeError::Truncated { .. })), "{cut}");
    }
}

#[test]
fn damage_within_a_deflated_frame_is_not_taken_for_a_cut() {
    let written: Vec<i64> = (0..64 * 64).map(|at| at * 7919 % 4096).collect();
    let image = grey(64, 64, 16, 12).pixels_all(1, written.clone());
    let whole = deflated(&image);
    let mut refused = 0;
    for at in (whole.len() / 2..whole.len() - 8).step_by(41) {
        let mut file = whole.clone();
        file[at] ^= 0x55;
        let source = ByteSource::Memory(file.into());
        let Ok(header) = dicom::read_header(source) else {
            continue;
        };
        let decoded = FrameDecoder::new(&header).and_then(|it| it.decode(0, &JobCtx::new()));
        refused += usize::from(matches!(decoded, Err(DecodeError::Truncated { .. })));
    }
    assert!(refused > 0);
}
