//! JPEG-LS.

use super::encoders::jpeg_ls::Interleave;
use super::encoders::jpeg_ls::JpegLs;
use super::*;

const LOSSLESS: &str = "1.2.840.10008.1.2.4.80";
const NEAR: &str = "1.2.840.10008.1.2.4.81";

const INTERLEAVES: [Interleave; 3] = [Interleave::None, Interleave::Line, Interleave::Sample];

#[test]
fn jpeg_ls_of_every_precision_is_exact() {
    for precision in 2..=16 {
        let allocated = if precision <= 8 { 8 } else { 16 };
        let written = ramp(11, 13, precision);
        let stream = JpegLs::grey(11, 13, precision).encode(&written);
        let image = grey(11, 13, allocated, precision as u16);
        let samples = first(encapsulated(image, LOSSLESS, vec![stream.clone()])).unwrap();
        assert_eq!(values(&samples), written, "{precision}");
        // Cells wider than the stream's keep their width.
        for allocated in [16, 32] {
            let image = grey(11, 13, allocated, precision as u16);
            let samples = first(encapsulated(image, LOSSLESS, vec![stream.clone()])).unwrap();
            assert_eq!(values(&samples), written, "{precision} in {allocated}");
            let name = if allocated == 16 { "u2" } else { "u4" };
            assert_eq!(samples.sample_type().name(), name);
        }
    }
}

#[test]
fn signed_values_in_jpeg_ls_keep_their_sign() {
    for (stored, precision) in [(12_u16, 12_u32), (12, 16), (15, 16), (16, 16)] {
        let written: Vec<i64> = ramp(11, 13, stored.into())
            .iter()
            .map(|v| v - (1 << (stored - 1)))
            .collect();
        let words: Vec<i64> = written.iter().map(|v| v & ((1 << precision) - 1)).collect();
        let stream = JpegLs::grey(11, 13, precision).encode(&words);
        let image = grey(11, 13, 16, stored).signed();
        let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written, "{stored} in {precision}");
    }
}

#[test]
fn the_sign_of_a_stream_with_fewer_bits_than_are_stored_is_its_highest_bit() {
    for (allocated, stored, precision) in [(16, 16, 12), (16, 13, 12), (16, 12, 8), (8, 8, 7)] {
        let written: Vec<i64> = ramp(11, 13, precision)
            .iter()
            .map(|v| v - (1 << (precision - 1)))
            .collect();
        let words: Vec<i64> = written.iter().map(|v| v & ((1 << precision) - 1)).collect();
        let image = grey(11, 13, allocated, stored).signed();
        let stream = JpegLs::grey(11, 13, precision).encode(&words);
        let samples = first(encapsulated(image.clone(), LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written, "{precision} of {stored} bits");
        // Unsigned values keep all their bits.
        let stream = JpegLs::grey(11, 13, precision).encode(&words);
        let image = grey(11, 13, allocated, stored);
        let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), words, "{precision} of {stored} bits");
    }
}

#[test]
fn near_lossless_differs_by_no_more_than_it_says() {
    let written = ramp(40, 50, 12);
    for near in [1, 3, 10] {
        let stream = JpegLs {
            near,
            ..JpegLs::grey(40, 50, 12)
        }
        .encode(&written);
        let samples = first(encapsulated(grey(40, 50, 16, 12), NEAR, vec![stream])).unwrap();
        assert_near(&samples, &written, near.into());
        assert_ne!(values(&samples), written);
    }
}

#[test]
fn near_lossless_signed_values_keep_their_sign() {
    let written: Vec<i64> = ramp(40, 50, 12).iter().map(|v| v / 2 - 2000).collect();
    let words: Vec<i64> = written.iter().map(|v| v & 0xFFF).collect();
    let jpeg = JpegLs {
        near: 2,
        ..JpegLs::grey(40, 50, 12)
    };
    let image = grey(40, 50, 16, 12).signed();
    let samples = first(encapsulated(image, NEAR, vec![jpeg.encode(&words)])).unwrap();
    assert_near(&samples, &written, 2);
}

#[test]
fn jpeg_ls_colour_in_any_interleave_mode_is_the_same_picture() {
    for (bits, precision) in [(8_u16, 8), (16, 12), (16, 16)] {
        let rgb = picture(11, 13, precision);
        for interleave in INTERLEAVES {
            let stream = JpegLs::colour(11, 13, precision, interleave).encode(&rgb);
            let image = grey(11, 13, bits, precision as u16)
                .samples_per_pixel(3)
                .photometric("RGB");
            // Planar configuration describes native data; the stream has its own order.
            for planar in [0, 1] {
                let image = image.clone().element(us(0x0006, planar));
                let samples = first(encapsulated(image, LOSSLESS, vec![stream.clone()])).unwrap();
                assert_eq!(values(&samples), rgb, "{precision} {interleave:?}");
            }
        }
    }
}

#[test]
fn jpeg_ls_of_ybr_is_converted() {
    let rgb = picture(11, 13, 8);
    for interleave in INTERLEAVES {
        let stream = JpegLs::colour(11, 13, 8, interleave).encode(&ybr_of_rgb(&rgb, 8));
        for label in ["YBR_FULL", "YBR_FULL_422"] {
            let file = encapsulated(colour(11, 13, label), LOSSLESS, vec![stream.clone()]);
            assert_near(&first(file).unwrap(), &rgb, 2);
        }
    }
}

#[test]
fn jpeg_ls_frames_in_several_fragments_are_joined() {
    let pictures: Vec<Vec<i64>> = [1, 50, 90]
        .iter()
        .map(|add| ramp(20, 20, 8).iter().map(|v| v / 2 + add).collect())
        .collect();
    let fragments = pictures
        .iter()
        .flat_map(|picture| {
            let stream = JpegLs::grey(20, 20, 8).encode(picture);
            let parts: Vec<Vec<u8>> = stream.chunks(64).map(<[u8]>::to_vec).collect();
            parts
        })
        .collect();
    let image = grey(20, 20, 8, 8).text(0x0028, 0x0008, "IS", "3");
    let decoded = frames(encapsulated(image, LOSSLESS, fragments));
    for (frame, picture) in decoded.iter().zip(&pictures) {
        assert_eq!(&values(&frame.as_ref().unwrap().samples), picture);
    }
}

#[test]
fn a_jpeg_ls_stream_of_another_size_than_the_header_is_refused_with_both() {
    let stream = JpegLs::grey(8, 8, 8).encode(&ramp(8, 8, 8));
    for (rows, columns) in [(8, 9), (7, 8), (800, 800)] {
        let file = encapsulated(grey(rows, columns, 8, 8), LOSSLESS, vec![stream.clone()]);
        let Err(DecodeError::Mismatch { stream, header, .. }) = first(file) else {
            panic!("decoded");
        };
        assert_eq!(stream, "8×8×1");
        assert_eq!(header, format!("{columns}×{rows}×1"));
    }
    let file = encapsulated(colour(8, 8, "RGB"), LOSSLESS, vec![stream]);
    assert!(matches!(first(file), Err(DecodeError::Mismatch { .. })));
    let deep = JpegLs::grey(8, 8, 12).encode(&ramp(8, 8, 12));
    let file = encapsulated(grey(8, 8, 8, 8), LOSSLESS, vec![deep]);
    assert!(matches!(first(file), Err(DecodeError::Mismatch { stream, .. }) if stream == "12 bit"));
}

#[test]
fn a_jpeg_ls_stream_that_ends_early_shows_no_invented_bottom() {
    let written = ramp(64, 64, 12);
    let stream = JpegLs::grey(64, 64, 12).encode(&written);
    let image = grey(64, 64, 16, 12);
    for kept in [stream.len() / 4, stream.len() / 2, stream.len() - 8] {
        let cut = stream[..kept].to_vec();
        let error = first(encapsulated(image.clone(), LOSSLESS, vec![cut]));
        assert!(
            matches!(error, Err(DecodeError::Damaged { .. })),
            "{kept} {error:?}"
        );
    }
}

#[test]
fn what_stands_around_the_end_of_a_jpeg_ls_stream_does_no_harm() {
    let written = ramp(64, 64, 12);
    let stream = JpegLs::grey(64, 64, 12).encode(&written);
    let (data, end) = stream.split_at(stream.len() - 2);
    assert_eq!(end, [0xFF, 0xD9]);
    for tail in [
        &[][..],
        &[0, 0xFF, 0xD9],
        &[0, 0, 0xFF, 0xD9, 0],
        &[0xFF, 0xFF, 0xD9],
        &[0xFF, 0xD9, 0, 0, 0, 0],
    ] {
        let stream = [data, tail].concat();
        let file = encapsulated(grey(64, 64, 16, 12), LOSSLESS, vec![stream]);
        assert_eq!(values(&first(file).unwrap()), written, "{tail:?}");
    }
}

#[test]
fn a_jpeg_ls_scan_that_changes_the_interleave_mode_is_refused() {
    let rgb = picture(64, 64, 8);
    let mut planes = JpegLs::colour(64, 64, 8, Interleave::None).encode(&rgb);
    let pixels = JpegLs::colour(64, 64, 8, Interleave::Sample).encode(&rgb);
    let scan = |stream: &[u8], from: usize| {
        from + stream[from..]
            .windows(2)
            .position(|pair| pair == [0xFF, 0xDA])
            .unwrap()
    };
    let second = scan(&planes, scan(&planes, 0) + 2);
    planes.truncate(second);
    planes.extend(&pixels[scan(&pixels, 0)..]);
    let error = first(encapsulated(colour(64, 64, "RGB"), LOSSLESS, vec![planes]));
    assert!(
        matches!(&error, Err(DecodeError::Damaged { detail, .. }) if detail.contains("interleave")),
        "{error:?}"
    );
}
