//! JPEG XL.

use super::encoders::jpeg_xl;
use super::encoders::jpeg_xl::lossless;
use super::*;

const LOSSLESS: &str = "1.2.840.10008.1.2.4.110";
const RECOMPRESSED: &str = "1.2.840.10008.1.2.4.111";
const LOSSY: &str = "1.2.840.10008.1.2.4.112";

#[test]
fn jpeg_xl_of_every_precision_is_exact_and_not_scaled_to_sixteen_bits() {
    for precision in [8, 10, 12, 15, 16] {
        let allocated = if precision <= 8 { 8 } else { 16 };
        let written = ramp(19, 23, precision);
        let stream = lossless(19, 23, 1, precision, &written);
        let image = grey(19, 23, allocated, precision as u16);
        for syntax in [LOSSLESS, LOSSY] {
            let samples = first(encapsulated(image.clone(), syntax, vec![stream.clone()])).unwrap();
            assert_eq!(values(&samples), written, "{precision}");
        }
        let image = grey(19, 23, 32, precision as u16);
        let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written, "{precision} in 32");
    }
}

#[test]
fn signed_values_in_jpeg_xl_keep_their_sign() {
    for (stored, precision) in [(12_u16, 12_u32), (12, 16), (16, 16), (16, 12), (12, 9)] {
        let bits = precision.min(stored.into());
        let written: Vec<i64> = ramp(19, 23, bits)
            .iter()
            .map(|v| v - (1 << (bits - 1)))
            .collect();
        let words: Vec<i64> = written.iter().map(|v| v & ((1 << precision) - 1)).collect();
        let stream = lossless(19, 23, 1, precision, &words);
        let image = grey(19, 23, 16, stored).signed();
        let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written, "{stored} in {precision}");
    }
}

#[test]
fn jpeg_xl_colour_is_exact_and_ybr_is_converted() {
    for precision in [8, 12, 16] {
        let rgb = picture(19, 23, precision);
        let stream = lossless(19, 23, 3, precision, &rgb);
        let allocated = if precision <= 8 { 8 } else { 16 };
        let image = grey(19, 23, allocated, precision as u16)
            .samples_per_pixel(3)
            .photometric("RGB");
        let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), rgb, "{precision}");
    }
    let rgb = picture(19, 23, 8);
    let stream = lossless(19, 23, 3, 8, &ybr_of_rgb(&rgb, 8));
    let file = encapsulated(colour(19, 23, "YBR_FULL"), LOSSLESS, vec![stream]);
    assert_near(&first(file).unwrap(), &rgb, 2);
}

#[test]
fn lossy_jpeg_xl_is_near_under_any_label() {
    let stream = vec![jpeg_xl::GREY.to_vec()];
    let samples = first(encapsulated(grey(16, 16, 16, 16), LOSSY, stream)).unwrap();
    assert_near(&samples, &ramp(16, 16, 16), 1500);
    for label in ["XYB", "RGB", "YBR_FULL"] {
        let stream = vec![jpeg_xl::COLOUR.to_vec()];
        let samples = first(encapsulated(colour(16, 16, label), LOSSY, stream)).unwrap();
        assert_near(&samples, &picture(16, 16, 8), 40);
    }
}

#[test]
fn a_jpeg_recompressed_as_jpeg_xl_is_rgb_under_the_jpegs_label() {
    for label in ["YBR_FULL_422", "RGB"] {
        let stream = vec![jpeg_xl::RECOMPRESSED_JPEG.to_vec()];
        let samples = first(encapsulated(colour(16, 16, label), RECOMPRESSED, stream)).unwrap();
        assert_near(&samples, &picture(16, 16, 8), 20);
    }
}

#[test]
fn a_codestream_in_the_boxes_of_a_jpeg_xl_file_decodes() {
    let written = ramp(19, 23, 12);
    let stream = lossless(19, 23, 1, 12, &written);
    for parts in [1, 3] {
        let file = jpeg_xl::boxed(&stream, parts);
        let samples = first(encapsulated(grey(19, 23, 16, 12), LOSSLESS, vec![file])).unwrap();
        assert_eq!(values(&samples), written);
    }
}

#[test]
fn a_jpeg_xl_stream_of_another_size_or_kind_than_the_header_is_refused_with_both() {
    let refused = |image: SyntheticImage, stream: &[u8]| match first(encapsulated(
        image,
        LOSSLESS,
        vec![stream.to_vec()],
    )) {
        Err(DecodeError::Mismatch { stream, header, .. }) => (stream, header),
        other => panic!("{other:?}"),
    };
    let stream = lossless(40, 32, 1, 8, &ramp(40, 32, 8));
    for (rows, columns) in [(40, 31), (20, 16), (800, 800)] {
        let (found, declared) = refused(grey(rows, columns, 8, 8), &stream);
        assert_eq!(found, "32×40×1");
        assert_eq!(declared, format!("{columns}×{rows}×1"));
    }
    let (found, declared) = refused(colour(40, 32, "RGB"), &stream);
    assert_eq!((&*found, &*declared), ("32×40×1", "32×40×3"));
    let alpha = lossless(40, 32, 4, 8, &vec![7; 40 * 32 * 4]);
    let (found, declared) = refused(colour(40, 32, "RGB"), &alpha);
    assert_eq!((&*found, &*declared), ("32×40×4", "32×40×3"));
    let deep = lossless(40, 32, 1, 12, &ramp(40, 32, 12));
    let (found, declared) = refused(grey(40, 32, 8, 8), &deep);
    assert_eq!((&*found, &*declared), ("12 bit", "8 bit"));
}

#[test]
fn a_jpeg_xl_stream_that_ends_early_shows_no_invented_bottom() {
    // Larger than a group of 256 × 256, so that there are parts to miss.
    let stream = lossless(300, 400, 1, 12, &ramp(300, 400, 12));
    for kept in [
        10,
        stream.len() / 4,
        stream.len() / 2,
        stream.len() * 9 / 10,
        stream.len() - 4,
    ] {
        let cut = stream[..kept & !1].to_vec();
        let error = first(encapsulated(grey(300, 400, 16, 12), LOSSLESS, vec![cut]));
        assert!(matches!(error, Err(DecodeError::Damaged { .. })), "{kept}");
    }
    let padded = [&stream[..], &[0; 7]].concat();
    let file = encapsulated(grey(300, 400, 16, 12), LOSSLESS, vec![padded]);
    assert_eq!(values(&first(file).unwrap()), ramp(300, 400, 12));
}

#[test]
fn jpeg_xl_frames_in_several_fragments_are_joined() {
    let pictures: Vec<Vec<i64>> = [1, 50, 90]
        .iter()
        .map(|add| ramp(40, 40, 8).iter().map(|v| v / 2 + add).collect())
        .collect();
    let fragments = pictures
        .iter()
        .flat_map(|picture| {
            let stream = lossless(40, 40, 1, 8, picture);
            let parts: Vec<Vec<u8>> = stream.chunks(64).map(<[u8]>::to_vec).collect();
            parts
        })
        .collect();
    let image = grey(40, 40, 8, 8).text(0x0028, 0x0008, "IS", "3");
    let decoded = frames(encapsulated(image, LOSSLESS, fragments));
    for (frame, picture) in decoded.iter().zip(&pictures) {
        assert_eq!(&values(&frame.as_ref().unwrap().samples), picture);
    }
}
