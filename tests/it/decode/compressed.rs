//! RLE, deflate and the JPEG family.

use super::encoders::Jpeg;
use super::encoders::deflate;
use super::encoders::jpeg_2000::Jpeg2000;
use super::encoders::jpeg_ls::JpegLs;
use super::encoders::planes;
use super::encoders::relabelled;
use super::encoders::rle_frame;
use super::*;

const RLE: &str = "1.2.840.10008.1.2.5";
const BASELINE: &str = "1.2.840.10008.1.2.4.50";
const EXTENDED: &str = "1.2.840.10008.1.2.4.51";
const LOSSLESS: &str = "1.2.840.10008.1.2.4.70";

#[test]
fn rle_of_every_width_and_sign_is_exact() {
    for (allocated, stored, is_signed) in [
        (8, 8, false),
        (16, 16, true),
        (16, 12, true),
        (16, 12, false),
        (32, 32, false),
        (32, 32, true),
    ] {
        let low = if is_signed {
            -(1_i64 << (stored - 1))
        } else {
            0
        };
        let written: Vec<i64> = ramp(9, 7, stored.into()).iter().map(|v| v + low).collect();
        let cells: Vec<i64> = written.iter().map(|v| v & ((1 << stored) - 1)).collect();
        let frame = rle_frame(&planes(&cells, 1, usize::from(allocated) / 8));
        let mut image = grey(9, 7, allocated, stored);
        if is_signed {
            image = image.signed();
        }
        let samples = first(encapsulated(image, RLE, vec![frame])).unwrap();
        assert_eq!(
            values(&samples),
            written,
            "{allocated} {stored} {is_signed}"
        );
    }
}

#[test]
fn rle_colour_is_interleaved_and_ybr_is_converted() {
    for bits in [8_u16, 16, 32] {
        let rgb = picture(9, 7, bits.into());
        let frame = rle_frame(&planes(&rgb, 3, usize::from(bits) / 8));
        let image = grey(9, 7, bits, bits)
            .samples_per_pixel(3)
            .photometric("RGB");
        let samples = first(encapsulated(image, RLE, vec![frame])).unwrap();
        assert_eq!(values(&samples), rgb);
    }
    let rgb = picture(9, 7, 8);
    let frame = rle_frame(&planes(&ybr_of_rgb(&rgb, 8), 3, 1));
    let samples = first(encapsulated(colour(9, 7, "YBR_FULL"), RLE, vec![frame])).unwrap();
    assert_near(&samples, &rgb, 2);
}

#[test]
fn rle_of_one_bit_is_unpacked() {
    let written: Vec<i64> = (0..15).map(|at| i64::from(at % 4 == 0)).collect();
    let mut packed = vec![0_u8; 2];
    for (at, bit) in written.iter().enumerate() {
        packed[at / 8] |= (*bit as u8) << (at % 8);
    }
    let frame = rle_frame(&[packed]);
    let samples = first(encapsulated(grey(3, 5, 1, 1), RLE, vec![frame])).unwrap();
    assert_eq!(values(&samples), written);
}

#[test]
fn rle_padding_and_runs_past_the_end_do_no_harm_but_missing_bytes_do() {
    let written = ramp(8, 8, 8);
    let frame = rle_frame(&planes(&written, 1, 1));
    for tail in [&[0, 0, 0, 0][..], &[0x81, 0x55], &[128, 128], &[5, 1]] {
        let padded = [&frame, tail].concat();
        let samples = first(encapsulated(grey(8, 8, 8, 8), RLE, vec![padded])).unwrap();
        assert_eq!(values(&samples), written);
    }
    let cut = frame[..frame.len() - 4].to_vec();
    let error = first(encapsulated(grey(8, 8, 8, 8), RLE, vec![cut]));
    assert!(
        matches!(error, Err(DecodeError::Damaged { codec: "RLE", .. })),
        "{error:?}"
    );
}

#[test]
fn a_deflated_data_set_and_deflated_frames_decode() {
    let image = grey(9, 7, 16, 16).pixels_all(1, ramp(9, 7, 16));
    let plain = image.clone().write(Encoding::ExplicitLittle);
    let deflated = image
        .transfer_syntax("1.2.840.10008.1.2.1.99")
        .write(Encoding::ExplicitLittle);
    let data_set = plain
        .windows(4)
        .position(|tag| tag == [8, 0, 8, 0])
        .unwrap();
    let meta = deflated.len() - (plain.len() - data_set);
    for body in [deflate(&plain[data_set..]), {
        let mut padded = deflate(&plain[data_set..]);
        padded.extend([0; 3]);
        padded
    }] {
        let file = [&deflated[..meta], &body].concat();
        assert_eq!(values(&first(file).unwrap()), ramp(9, 7, 16));
    }
    let bytes: Vec<u8> = ramp(9, 7, 16)
        .iter()
        .flat_map(|v| (*v as u16).to_le_bytes())
        .collect();
    let frame = vec![deflate(&bytes)];
    let file = encapsulated(grey(9, 7, 16, 16), "1.2.840.10008.1.2.8.1", frame);
    assert_eq!(values(&first(file).unwrap()), ramp(9, 7, 16));
}

#[test]
fn deflated_frames_of_ybr_and_of_one_bit_are_settled_like_any_other() {
    const DEFLATED: &str = "1.2.840.10008.1.2.8.1";
    let rgb = picture(9, 7, 8);
    let ybr: Vec<u8> = ybr_of_rgb(&rgb, 8).iter().map(|v| *v as u8).collect();
    let file = encapsulated(colour(9, 7, "YBR_FULL"), DEFLATED, vec![deflate(&ybr)]);
    assert_near(&first(file).unwrap(), &rgb, 2);
    let bits = vec![deflate(&[0b0100_0001, 0b0000_0010])];
    let samples = first(encapsulated(grey(3, 5, 1, 1), DEFLATED, bits)).unwrap();
    assert_eq!(
        values(&samples),
        [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    );
}

#[test]
fn a_blank_mammogram_decodes_however_small_its_stream() {
    const SIZE: usize = 4664 * 3064;
    let blank = vec![0; SIZE];
    let jpeg = Jpeg::grey(4664, 3064, 12).lossless(1).encode(&blank);
    // In 64 kB fragments the first one is far smaller than what it stands for.
    let fragments: Vec<Vec<u8>> = jpeg.chunks(1 << 16).map(<[u8]>::to_vec).collect();
    let streams = [
        (RLE, vec![rle_frame(&[vec![0; SIZE], vec![0; SIZE]])]),
        (LOSSLESS, fragments),
        (
            "1.2.840.10008.1.2.4.80",
            vec![JpegLs::grey(4664, 3064, 12).encode(&blank)],
        ),
        (
            "1.2.840.10008.1.2.4.90",
            vec![Jpeg2000::grey(4664, 3064, 12).encode(&blank)],
        ),
    ];
    for (syntax, fragments) in streams {
        let samples = first(encapsulated(grey(4664, 3064, 16, 12), syntax, fragments)).unwrap();
        assert_eq!(samples.len(), SIZE);
        assert!(samples.as_bytes().iter().all(|byte| *byte == 0), "{syntax}");
    }
}

#[test]
fn encapsulated_uncompressed_frames_decode() {
    let bytes: Vec<u8> = (0..70).collect();
    let fragments = bytes.chunks(35).map(<[u8]>::to_vec).collect();
    let image = grey(5, 7, 8, 8).text(0x0028, 0x0008, "IS", "2");
    let got: Vec<i64> = frames(encapsulated(image, "1.2.840.10008.1.2.1.98", fragments))
        .iter()
        .flat_map(|frame| values(&frame.as_ref().unwrap().samples))
        .collect();
    assert_eq!(got, (0..70).collect::<Vec<i64>>());
}

#[test]
fn lossless_jpeg_of_every_predictor_and_precision_is_exact() {
    for (precision, allocated) in [(8, 8), (8, 16), (10, 16), (12, 16), (16, 16)] {
        for predictor in 1..=7 {
            let written = ramp(11, 13, precision);
            let stream = Jpeg::grey(11, 13, precision)
                .lossless(predictor)
                .encode(&written);
            let image = grey(11, 13, allocated, precision as u16);
            let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
            assert_eq!(values(&samples), written, "{precision} {predictor}");
            assert_eq!(
                samples.sample_type().name(),
                if allocated == 8 { "u1" } else { "u2" }
            );
        }
    }
}

#[test]
fn signed_values_in_a_lossless_jpeg_keep_their_sign() {
    for (stored, precision) in [(12_u16, 12_u32), (12, 16), (16, 16)] {
        let written: Vec<i64> = ramp(11, 13, stored.into())
            .iter()
            .map(|v| v - (1 << (stored - 1)))
            .collect();
        let words: Vec<i64> = written.iter().map(|v| v & ((1 << precision) - 1)).collect();
        let stream = Jpeg::grey(11, 13, precision).lossless(1).encode(&words);
        let image = grey(11, 13, 16, stored).signed();
        let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written);
    }
}

#[test]
fn lossless_jpeg_of_ybr_is_converted_and_of_rgb_is_not_whatever_its_markers() {
    let rgb = picture(11, 13, 8);
    let jpeg = Jpeg::colour(11, 13).lossless(1);
    let plain = jpeg.encode(&rgb);
    for stream in [
        plain.clone(),
        relabelled(&plain, *b"RGB"),
        relabelled(&plain, [1, 2, 3]),
    ] {
        let samples = first(encapsulated(colour(11, 13, "RGB"), LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), rgb);
    }
    let ybr = relabelled(&jpeg.encode(&ybr_of_rgb(&rgb, 8)), [1, 2, 3]);
    let samples = first(encapsulated(
        colour(11, 13, "YBR_FULL"),
        LOSSLESS,
        vec![ybr],
    ))
    .unwrap();
    assert_near(&samples, &rgb, 2);
}

#[test]
fn lossy_jpeg_of_eight_and_twelve_bits_is_near() {
    for (precision, allocated, syntax) in [(8, 8, BASELINE), (12, 16, EXTENDED)] {
        for is_progressive in [false, true] {
            let written = ramp(24, 40, precision);
            let jpeg = Jpeg {
                is_progressive,
                ..Jpeg::grey(24, 40, precision)
            };
            let syntaxes: &[&str] = if is_progressive {
                &["1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55"]
            } else {
                &[syntax]
            };
            let stream = jpeg.encode(&written);
            for syntax in syntaxes {
                let image = grey(24, 40, allocated, precision as u16);
                let file = encapsulated(image, syntax, vec![stream.clone()]);
                assert_near(&first(file).unwrap(), &written, 3 << (precision - 8));
            }
        }
    }
}

#[test]
fn retired_processes_with_arithmetic_coding_decode() {
    for (syntax, is_progressive) in [
        ("1.2.840.10008.1.2.4.52", false),
        ("1.2.840.10008.1.2.4.54", true),
        ("1.2.840.10008.1.2.4.56", true),
    ] {
        for precision in [8, 12] {
            let written = ramp(24, 40, precision);
            let jpeg = Jpeg {
                is_progressive,
                is_arithmetic: true,
                ..Jpeg::grey(24, 40, precision)
            };
            let process = if is_progressive { 0xCA } else { 0xC9 };
            let stream = jpeg.encode(&written);
            assert!(stream.windows(2).any(|marker| marker == [0xFF, process]));
            let allocated = if precision == 8 { 8 } else { 16 };
            let image = grey(24, 40, allocated, precision as u16);
            let samples = first(encapsulated(image, syntax, vec![stream])).unwrap();
            assert_near(&samples, &written, 3 << (precision - 8));
        }
    }
}

#[test]
fn retired_processes_that_nobody_decodes_are_refused_by_name() {
    for number in 58..=66 {
        let syntax = format!("1.2.840.10008.1.2.4.{number}");
        let stream = Jpeg::grey(16, 16, 8).encode(&ramp(16, 16, 8));
        let error = first(encapsulated(grey(16, 16, 8, 8), &syntax, vec![stream]));
        assert!(
            matches!(&error, Err(DecodeError::NotDecodedYet { name }) if name.starts_with("JPEG")),
            "{error:?}"
        );
    }
}

#[test]
fn a_lossy_overshoot_is_clamped_to_the_bits_stored_not_wrapped_around() {
    // Black and white in ten of the stream's twelve bits: ringing leaves both ends.
    let written: Vec<i64> = (0..64 * 64)
        .map(|at| {
            if (at / 64 + at % 64) / 5 % 2 == 0 {
                1023
            } else {
                0
            }
        })
        .collect();
    let stream = Jpeg::grey(64, 64, 12).encode(&written);
    let samples = first(encapsulated(grey(64, 64, 16, 10), EXTENDED, vec![stream])).unwrap();
    assert_near(&samples, &written, 100);
    assert!(values(&samples).iter().all(|value| *value <= 1023));
}

#[test]
fn colour_of_a_lossy_jpeg_is_right_under_any_label() {
    let rgb = picture(32, 48, 8);
    for is_subsampled in [false, true] {
        let jpeg = Jpeg {
            is_subsampled,
            ..Jpeg::colour(32, 48)
        };
        let marked = jpeg.encode(&rgb);
        let labels: &[&str] = if is_subsampled {
            // Chrominance of lower resolution gives YCbCr away, with or without a JFIF marker.
            &["YBR_FULL_422", "YBR_FULL", "RGB"]
        } else {
            &["YBR_FULL_422", "YBR_FULL"]
        };
        let unmarked = relabelled(&marked, [0, 1, 2]);
        for label in labels {
            let file = encapsulated(colour(32, 48, label), BASELINE, vec![unmarked.clone()]);
            assert_near(&first(file).unwrap(), &rgb, 12);
        }
        let file = encapsulated(colour(32, 48, "RGB"), BASELINE, vec![marked]);
        assert_near(&first(file).unwrap(), &rgb, 12);
    }
    let adobe = Jpeg::colour(32, 48).untransformed().encode(&rgb);
    for stream in [adobe.clone(), relabelled(&adobe, *b"RGB")] {
        for label in ["RGB", "YBR_FULL"] {
            let file = encapsulated(colour(32, 48, label), BASELINE, vec![stream.clone()]);
            assert_near(&first(file).unwrap(), &rgb, 8);
        }
    }
    // No marker, no telling identifiers: the data set's word is all there is.
    let unmarked = relabelled(&adobe, [1, 2, 3]);
    let file = encapsulated(colour(32, 48, "RGB"), BASELINE, vec![unmarked]);
    assert_near(&first(file).unwrap(), &rgb, 8);
}

#[test]
fn a_stream_of_another_size_than_the_header_is_refused_with_both() {
    let stream = Jpeg::grey(8, 8, 8).encode(&ramp(8, 8, 8));
    for (rows, columns) in [(8, 9), (7, 8), (800, 800)] {
        let file = encapsulated(grey(rows, columns, 8, 8), BASELINE, vec![stream.clone()]);
        let Err(DecodeError::Mismatch { stream, header, .. }) = first(file) else {
            panic!("decoded");
        };
        assert_eq!(stream, "8×8×1");
        assert_eq!(header, format!("{columns}×{rows}×1"));
    }
    let file = encapsulated(colour(8, 8, "RGB"), BASELINE, vec![stream]);
    assert!(matches!(first(file), Err(DecodeError::Mismatch { .. })));
}

#[test]
fn a_jpeg_that_ends_early_shows_no_invented_bottom() {
    for jpeg in [Jpeg::grey(64, 64, 8), Jpeg::grey(64, 64, 12).lossless(1)] {
        let allocated = if jpeg.precision == 8 { 8 } else { 16 };
        let image = grey(64, 64, allocated, jpeg.precision as u16);
        let stream = jpeg.encode(&ramp(64, 64, jpeg.precision));
        for kept in [stream.len() / 4, stream.len() / 2, stream.len() - 40] {
            let cut = stream[..kept].to_vec();
            let error = first(encapsulated(image.clone(), LOSSLESS, vec![cut]));
            assert!(
                matches!(error, Err(DecodeError::Damaged { .. })),
                "{kept} {error:?}"
            );
        }
        // Without its end marker, or with padding behind it, the picture is whole.
        let whole = first(encapsulated(image.clone(), LOSSLESS, vec![stream.clone()])).unwrap();
        for tail in [
            stream[..stream.len() - 2].to_vec(),
            [&stream[..], &[0; 9]].concat(),
        ] {
            let samples = first(encapsulated(image.clone(), LOSSLESS, vec![tail])).unwrap();
            assert_eq!(samples, whole);
        }
    }
}

#[test]
fn illegal_parameters_of_a_sequential_scan_are_forgiven() {
    let written = ramp(16, 16, 12);
    let mut stream = Jpeg::grey(16, 16, 12).encode(&written);
    let at = stream
        .windows(2)
        .position(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    assert_eq!(&stream[at + 7..at + 10], [0, 63, 0]);
    stream[at + 8] = 0;
    let samples = first(encapsulated(grey(16, 16, 16, 12), EXTENDED, vec![stream])).unwrap();
    assert_near(&samples, &written, 40);
}
