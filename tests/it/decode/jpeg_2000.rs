//! JPEG 2000 and high-throughput JPEG 2000.

use super::encoders::jpeg_2000::Jpeg2000;
use super::encoders::jpeg_2000::boxed;
use super::encoders::jpeg_2000::high_throughput;
use super::*;

const LOSSLESS: &str = "1.2.840.10008.1.2.4.90";
const LOSSY: &str = "1.2.840.10008.1.2.4.91";
/// Every syntax of the family.
const SYNTAXES: [&str; 7] = [
    LOSSLESS,
    LOSSY,
    "1.2.840.10008.1.2.4.92",
    "1.2.840.10008.1.2.4.93",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.203",
];

/// A picture around zero.
fn signed_ramp(rows: usize, columns: usize, bits: u32) -> Vec<i64> {
    let middle = 1 << (bits - 1);
    let ramp = ramp(rows, columns, bits);
    ramp.into_iter().map(|v| v - middle).collect()
}

/// Two's complement of so many bits.
fn words(values: &[i64], bits: u32) -> Vec<i64> {
    values.iter().map(|v| v & ((1 << bits) - 1)).collect()
}

#[test]
fn jpeg_2000_of_every_precision_and_sign_is_exact_under_every_syntax() {
    for precision in [1, 2, 7, 8, 9, 12, 15, 16] {
        let allocated = if precision <= 8 { 8 } else { 16 };
        let image = grey(19, 23, allocated, precision as u16);
        let written = ramp(19, 23, precision);
        let stream = Jpeg2000::grey(19, 23, precision).encode(&written);
        for syntax in SYNTAXES {
            let samples = first(encapsulated(image.clone(), syntax, vec![stream.clone()])).unwrap();
            assert_eq!(values(&samples), written, "{precision} {syntax}");
        }
        let written = signed_ramp(19, 23, precision);
        let stream = Jpeg2000::grey(19, 23, precision).signed().encode(&written);
        let samples = first(encapsulated(image.signed(), LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written, "signed {precision}");
    }
}

#[test]
fn jpeg_2000_in_wider_cells_keeps_their_width() {
    let written = ramp(19, 23, 12);
    let stream = Jpeg2000::grey(19, 23, 12).encode(&written);
    let samples = first(encapsulated(grey(19, 23, 32, 12), LOSSLESS, vec![stream])).unwrap();
    assert_eq!(values(&samples), written);
    assert_eq!(samples.sample_type().name(), "u4");
}

#[test]
fn values_of_a_stream_deeper_than_the_bits_stored_keep_their_value_and_sign() {
    // Twelve bits stored, in a stream of sixteen of either sign.
    let written = signed_ramp(19, 23, 12);
    let image = grey(19, 23, 16, 12).signed();
    for jpeg in [
        Jpeg2000::grey(19, 23, 16).signed(),
        Jpeg2000::grey(19, 23, 16),
    ] {
        let stream = if jpeg.is_signed {
            jpeg.encode(&written)
        } else {
            jpeg.encode(&words(&written, 16))
        };
        let samples = first(encapsulated(image.clone(), LOSSLESS, vec![stream])).unwrap();
        assert_eq!(values(&samples), written, "{}", jpeg.is_signed);
    }
    let unsigned = ramp(19, 23, 12);
    let stream = Jpeg2000::grey(19, 23, 16).encode(&unsigned);
    let samples = first(encapsulated(grey(19, 23, 16, 12), LOSSLESS, vec![stream])).unwrap();
    assert_eq!(values(&samples), unsigned);
}

#[test]
fn a_stream_of_the_other_sign_than_the_header_gives_the_headers() {
    let written = signed_ramp(19, 23, 12);
    // Two's complement in an unsigned stream, whose precision is where the sign stands.
    let stream = Jpeg2000::grey(19, 23, 12).encode(&words(&written, 12));
    for stored in [12, 16] {
        let image = grey(19, 23, 16, stored).signed();
        let samples = first(encapsulated(image, LOSSLESS, vec![stream.clone()])).unwrap();
        assert_eq!(values(&samples), written, "{stored}");
    }
    let stream = Jpeg2000::grey(19, 23, 12).signed().encode(&written);
    let samples = first(encapsulated(grey(19, 23, 16, 12), LOSSLESS, vec![stream])).unwrap();
    assert_eq!(values(&samples), words(&written, 12));
}

#[test]
fn lossy_jpeg_2000_is_near_and_its_overshoot_is_clamped_not_wrapped_around() {
    let written = ramp(64, 64, 12);
    let stream = Jpeg2000::grey(64, 64, 12).lossy(8.0).encode(&written);
    let samples = first(encapsulated(grey(64, 64, 16, 12), LOSSY, vec![stream])).unwrap();
    assert_near(&samples, &written, 60);
    // Black and white in twelve bits of sixteen: ringing leaves both ends.
    for is_signed in [false, true] {
        let (low, high) = if is_signed { (-2048, 2047) } else { (0, 4095) };
        let checks: Vec<i64> = (0..64 * 64)
            .map(|at| {
                if (at / 64 + at % 64) / 5 % 2 == 0 {
                    high
                } else {
                    low
                }
            })
            .collect();
        let jpeg = Jpeg2000 {
            is_signed,
            ..Jpeg2000::grey(64, 64, 16).lossy(12.0)
        };
        let mut image = grey(64, 64, 16, 12);
        if is_signed {
            image = image.signed();
        }
        let samples = first(encapsulated(image, LOSSY, vec![jpeg.encode(&checks)])).unwrap();
        let found = values(&samples);
        let wrong = found
            .iter()
            .zip(&checks)
            .filter(|(found, written)| (*found - *written).abs() > 2047)
            .count();
        assert_eq!(wrong, 0);
        assert!(found.iter().all(|v| (low..=high).contains(v)));
    }
}

#[test]
fn colour_transformed_in_the_stream_is_rgb_under_any_label() {
    let rgb = picture(32, 40, 8);
    for (jpeg, tolerance) in [
        (Jpeg2000::colour(32, 40, 8).transformed(), 0),
        (Jpeg2000::colour(32, 40, 8).transformed().lossy(4.0), 8),
    ] {
        let stream = jpeg.encode(&rgb);
        for label in ["YBR_RCT", "YBR_ICT", "RGB", "YBR_FULL"] {
            let file = encapsulated(colour(32, 40, label), LOSSY, vec![stream.clone()]);
            assert_near(&first(file).unwrap(), &rgb, tolerance);
        }
    }
}

#[test]
fn colour_that_is_not_transformed_in_the_stream_is_what_its_label_says() {
    let rgb = picture(32, 40, 8);
    let jpeg = Jpeg2000::colour(32, 40, 8);
    let stream = jpeg.encode(&rgb);
    for label in ["RGB", "YBR_RCT"] {
        let file = encapsulated(colour(32, 40, label), LOSSLESS, vec![stream.clone()]);
        assert_eq!(values(&first(file).unwrap()), rgb);
    }
    let stream = jpeg.encode(&ybr_of_rgb(&rgb, 8));
    let file = encapsulated(colour(32, 40, "YBR_FULL"), LOSSLESS, vec![stream]);
    assert_near(&first(file).unwrap(), &rgb, 2);
    // Sixteen bits stay sixteen.
    let deep = picture(32, 40, 16);
    let stream = Jpeg2000::colour(32, 40, 16).transformed().encode(&deep);
    let image = grey(32, 40, 16, 16)
        .samples_per_pixel(3)
        .photometric("YBR_RCT");
    let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
    assert_eq!(values(&samples), deep);
}

#[test]
fn chrominance_of_lower_resolution_is_spread_over_its_pixels() {
    // Blocks of one colour, so that sharing loses nothing; odd sizes end in half a block.
    let (rows, columns) = (31_usize, 41_usize);
    let blocks = picture(rows.div_ceil(2), columns.div_ceil(2), 8);
    let rgb: Vec<i64> = (0..rows * columns)
        .flat_map(|at| {
            let (row, column) = (at / columns / 2, at % columns / 2);
            let block = 3 * (row * columns.div_ceil(2) + column);
            blocks[block..block + 3].to_vec()
        })
        .collect();
    for chrominance_step in [(2, 1), (2, 2)] {
        let jpeg = Jpeg2000 {
            chrominance_step,
            ..Jpeg2000::colour(rows, columns, 8)
        };
        let stream = jpeg.encode(&ybr_of_rgb(&rgb, 8));
        for label in ["YBR_FULL_422", "YBR_FULL", "YBR_ICT", "RGB"] {
            let image = colour(rows as u16, columns as u16, label);
            let file = encapsulated(image, LOSSLESS, vec![stream.clone()]);
            assert_near(&first(file).unwrap(), &rgb, 2);
        }
    }
}

#[test]
fn tiles_and_precincts_decode() {
    let written = ramp(100, 130, 12);
    for (tile, precinct) in [(Some(32), None), (None, Some(32)), (Some(64), Some(64))] {
        let jpeg = Jpeg2000 {
            tile,
            precinct,
            ..Jpeg2000::grey(100, 130, 12)
        };
        let file = encapsulated(
            grey(100, 130, 16, 12),
            LOSSLESS,
            vec![jpeg.encode(&written)],
        );
        assert_eq!(values(&first(file).unwrap()), written);
    }
}

#[test]
fn one_bit_and_palette_images_in_jpeg_2000_decode() {
    let written: Vec<i64> = (0..19 * 23).map(|at| i64::from(at % 5 == 0)).collect();
    let stream = Jpeg2000::grey(19, 23, 1).encode(&written);
    let samples = first(encapsulated(grey(19, 23, 1, 1), LOSSLESS, vec![stream])).unwrap();
    assert_eq!(values(&samples), written);

    let indices: Vec<i64> = (0..16 * 16).collect();
    let stream = Jpeg2000::grey(16, 16, 8).encode(&indices);
    let mut image = grey(16, 16, 8, 8).photometric("PALETTE COLOR");
    for (channel, factor) in [(1, 1_u16), (2, 3), (3, 7)] {
        let entries: Vec<u16> = (0..256).map(|v| (v * factor % 256) << 8).collect();
        let table = Value::U16(entries);
        image = image
            .element(Element::new(
                0x0028,
                0x1100 + channel,
                "US",
                Value::U16(vec![256, 0, 16]),
            ))
            .element(Element::new(0x0028, 0x1200 + channel, "OW", table));
    }
    let samples = first(encapsulated(image, LOSSLESS, vec![stream])).unwrap();
    let expected: Vec<i64> = (0..256)
        .flat_map(|v| [v, v * 3 % 256, v * 7 % 256])
        .collect();
    assert_eq!(values(&samples), expected);
}

#[test]
fn a_codestream_in_a_jp2_file_decodes_unless_its_boxes_change_its_meaning() {
    let rgb = picture(32, 40, 8);
    let stream = Jpeg2000::colour(32, 40, 8).transformed().encode(&rgb);
    let in_order = [0, 3, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 2, 0, 2, 0, 0, 0, 3];
    let reversed = [0, 3, 0, 0, 0, 0, 0, 3, 0, 1, 0, 0, 0, 2, 0, 2, 0, 0, 0, 1];
    let colour_space = [1, 0, 0, 0, 0, 0, 16];
    let image = colour(32, 40, "YBR_RCT");
    for boxes in [
        &[][..],
        &[(b"colr", &colour_space[..])],
        &[(b"colr", &colour_space[..]), (b"cdef", &in_order)],
    ] {
        let file = boxed(&stream, boxes);
        let samples = first(encapsulated(image.clone(), LOSSLESS, vec![file])).unwrap();
        assert_eq!(values(&samples), rgb);
    }
    for (kind, content) in [(b"cdef", &reversed[..]), (b"pclr", &[0, 1, 3, 7, 7, 7])] {
        let file = boxed(&stream, &[(kind, content)]);
        let error = first(encapsulated(image.clone(), LOSSLESS, vec![file]));
        assert!(
            matches!(error, Err(DecodeError::Damaged { .. })),
            "{error:?}"
        );
    }
}

#[test]
fn a_jpeg_2000_stream_of_another_size_or_kind_than_the_header_is_refused_with_both() {
    let refused = |image: SyntheticImage, stream: &[u8]| match first(encapsulated(
        image,
        LOSSLESS,
        vec![stream.to_vec()],
    )) {
        Err(DecodeError::Mismatch { stream, header, .. }) => (stream, header),
        other => panic!("{other:?}"),
    };
    let stream = Jpeg2000::grey(40, 32, 8).encode(&ramp(40, 32, 8));
    for (rows, columns) in [(40, 31), (20, 16), (800, 800)] {
        let (found, declared) = refused(grey(rows, columns, 8, 8), &stream);
        assert_eq!(found, "32×40×1");
        assert_eq!(declared, format!("{columns}×{rows}×1"));
    }
    let (found, declared) = refused(colour(40, 32, "RGB"), &stream);
    assert_eq!((&*found, &*declared), ("32×40×1", "32×40×3"));
    let four = Jpeg2000 {
        components: 4,
        ..Jpeg2000::grey(40, 32, 8)
    };
    let stream = four.encode(&vec![7; 40 * 32 * 4]);
    let (found, declared) = refused(colour(40, 32, "RGB"), &stream);
    assert_eq!((&*found, &*declared), ("32×40×4", "32×40×3"));
    let deep = Jpeg2000::grey(40, 32, 12).encode(&ramp(40, 32, 12));
    let (found, declared) = refused(grey(40, 32, 8, 8), &deep);
    assert_eq!((&*found, &*declared), ("12 bit", "8 bit"));
}

#[test]
fn a_jpeg_2000_stream_that_ends_early_shows_no_blurred_picture() {
    for jpeg in [
        Jpeg2000::grey(64, 64, 12),
        Jpeg2000::grey(64, 64, 12).lossy(8.0),
        Jpeg2000 {
            tile: Some(32),
            ..Jpeg2000::grey(64, 64, 12)
        },
    ] {
        let stream = jpeg.encode(&ramp(64, 64, 12));
        for kept in [
            stream.len() / 4,
            stream.len() / 2,
            stream.len() * 9 / 10,
            stream.len() - 6,
        ] {
            for end in [&[][..], &[0xFF, 0xD9]] {
                let kept = kept & !1; // a padding byte would stand for the one that is lost
                let cut = [&stream[..kept], end].concat();
                let error = first(encapsulated(grey(64, 64, 16, 12), LOSSLESS, vec![cut]));
                assert!(
                    matches!(error, Err(DecodeError::Damaged { .. })),
                    "{kept} of {} {end:?}",
                    stream.len()
                );
            }
        }
    }
}

#[test]
fn a_missing_tile_is_not_shown_as_black() {
    let jpeg = Jpeg2000 {
        tile: Some(32),
        ..Jpeg2000::grey(64, 64, 8)
    };
    let stream = jpeg.encode(&ramp(64, 64, 8));
    let tile = |from: usize| {
        from + stream[from..]
            .windows(4)
            .position(|bytes| bytes == [0xFF, 0x90, 0, 10])
            .unwrap()
    };
    let second = tile(tile(0) + 4);
    let third = tile(second + 4);
    let without = [&stream[..second], &stream[third..]].concat();
    let error = first(encapsulated(grey(64, 64, 8, 8), LOSSLESS, vec![without]));
    assert!(
        matches!(&error, Err(DecodeError::Damaged { detail, .. }) if detail == "3 of 4 tiles"),
        "{error:?}"
    );
}

#[test]
fn what_stands_around_the_end_of_a_codestream_does_no_harm() {
    let written = ramp(64, 64, 12);
    let stream = Jpeg2000::grey(64, 64, 12).encode(&written);
    let (parts, end) = stream.split_at(stream.len() - 2);
    assert_eq!(end, [0xFF, 0xD9]);
    for tail in [&[][..], &[0], &[0, 0xFF, 0xD9], &[0xFF, 0xD9, 0, 0, 0, 0]] {
        let stream = [&[0, 0][..], parts, tail].concat();
        let file = encapsulated(grey(64, 64, 16, 12), LOSSLESS, vec![stream]);
        assert_eq!(values(&first(file).unwrap()), written, "{tail:?}");
    }
    // A last tile-part of length 0 goes to the end.
    let mut open = stream.clone();
    let part = stream
        .windows(4)
        .position(|b| b == [0xFF, 0x90, 0, 10])
        .unwrap();
    open[part + 6..part + 10].fill(0);
    for padding in [0, 1] {
        let padded = [&open[..], &vec![0; padding]].concat();
        let file = encapsulated(grey(64, 64, 16, 12), LOSSLESS, vec![padded]);
        assert_eq!(values(&first(file).unwrap()), written);
    }
}

#[test]
fn jpeg_2000_frames_in_several_fragments_are_joined() {
    let pictures: Vec<Vec<i64>> = [1, 50, 90]
        .iter()
        .map(|add| ramp(40, 40, 8).iter().map(|v| v / 2 + add).collect())
        .collect();
    let fragments = pictures
        .iter()
        .flat_map(|picture| {
            let stream = Jpeg2000::grey(40, 40, 8).encode(picture);
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

#[test]
fn high_throughput_jpeg_2000_is_exact() {
    for syntax in [
        "1.2.840.10008.1.2.4.201",
        "1.2.840.10008.1.2.4.202",
        "1.2.840.10008.1.2.4.203",
    ] {
        for precision in [8, 12, 16] {
            let allocated = if precision <= 8 { 8 } else { 16 };
            let image = grey(70, 90, allocated, precision as u16);
            let written = ramp(70, 90, precision);
            let stream = high_throughput(70, 90, precision, false, &written);
            let file = encapsulated(image.clone(), syntax, vec![stream]);
            assert_eq!(values(&first(file).unwrap()), written, "{precision}");
            let written = signed_ramp(70, 90, precision);
            let stream = high_throughput(70, 90, precision, true, &written);
            let file = encapsulated(image.signed(), syntax, vec![stream]);
            assert_eq!(values(&first(file).unwrap()), written, "signed {precision}");
        }
    }
}

#[test]
fn a_part_that_is_lost_from_a_tile_that_does_not_count_its_parts_is_noticed() {
    let written = ramp(64, 64, 12);
    let image = || grey(64, 64, 16, 12);
    let whole = Jpeg2000::grey(64, 64, 12).encode(&written);
    let sot = whole
        .windows(4)
        .position(|bytes| bytes == [0xFF, 0x90, 0, 10])
        .unwrap();
    let mut uncounted = whole.clone();
    uncounted[sot + 11] = 0;
    let samples = first(encapsulated(image(), LOSSLESS, vec![uncounted.clone()])).unwrap();
    assert_eq!(values(&samples), written);
    // Without its end nobody knows whether another part followed.
    let cut = uncounted[..uncounted.len() - 2].to_vec();
    let error = first(encapsulated(image(), LOSSLESS, vec![cut.clone()]));
    assert!(
        matches!(error, Err(DecodeError::Damaged { .. })),
        "{error:?}"
    );
    // A tile-part that reaches to the end of the stream is the last.
    let mut open = cut;
    open[sot + 6..sot + 10].fill(0);
    let samples = first(encapsulated(image(), LOSSLESS, vec![open])).unwrap();
    assert_eq!(values(&samples), written);
    // The second part of three is lost: the numbers tell.
    let (head, tile) = whole.split_at(sot);
    let mut third = tile[..tile.len() - 2].to_vec();
    (third[10], third[11]) = (2, 0);
    let mut first_part = third.clone();
    first_part[10] = 0;
    let gapped = [head, &first_part, &third, &[0xFF, 0xD9]].concat();
    let error = first(encapsulated(image(), LOSSLESS, vec![gapped]));
    assert!(
        matches!(&error, Err(DecodeError::Damaged { detail, .. }) if detail.contains("part")),
        "{error:?}"
    );
}

#[test]
fn part_2_syntaxes_decode_without_its_transforms_and_refuse_those_by_name() {
    let written = ramp(20, 30, 12);
    let stream = Jpeg2000::grey(20, 30, 12).encode(&written);
    let part_2 = "1.2.840.10008.1.2.4.92";
    for syntax in [part_2, "1.2.840.10008.1.2.4.93"] {
        let file = encapsulated(grey(20, 30, 16, 12), syntax, vec![stream.clone()]);
        assert_eq!(values(&first(file).unwrap()), written);
    }
    // Frames as components of one stream.
    let together = Jpeg2000::colour(20, 30, 8).encode(&picture(20, 30, 8));
    let image = grey(20, 30, 8, 8).text(0x0028, 0x0008, "IS", "3");
    let error = first(encapsulated(image, part_2, vec![together]));
    assert!(
        matches!(error, Err(DecodeError::Mismatch { .. })),
        "{error:?}"
    );
    // A collection of component transforms before the coding style.
    let cod = stream
        .windows(2)
        .position(|bytes| bytes == [0xFF, 0x52])
        .unwrap();
    for marker in [0x74, 0x75, 0x77] {
        let segment = [0xFF, marker, 0, 4, 0, 0];
        let transformed = [&stream[..cod], &segment, &stream[cod..]].concat();
        let error = first(encapsulated(
            grey(20, 30, 16, 12),
            part_2,
            vec![transformed],
        ));
        assert!(
            matches!(&error, Err(DecodeError::NotDecodedYet { name }) if name.contains("Part 2")),
            "{error:?}"
        );
    }
}
