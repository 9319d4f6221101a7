//! Uncompressed samples.

use isocentre::dicom::Photometric;

use super::*;

/// The file's pixel data written as 8-bit cells in big-endian words.
fn as_words(file: Vec<u8>, length: usize) -> Vec<u8> {
    let mut file = file;
    let at = file.len() - length;
    for pair in file[at..].chunks_exact_mut(2) {
        pair.swap(0, 1);
    }
    assert_eq!(&file[at - 8..at - 6], b"OB");
    file[at - 7] = b'W';
    file
}

#[test]
fn every_width_sign_and_byte_order_gives_the_values_written() {
    for encoding in Encoding::ALL {
        for (bits, is_signed) in [8, 16, 32]
            .into_iter()
            .flat_map(|bits| [(bits, false), (bits, true)])
        {
            let (low, high) = if is_signed {
                (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1)
            } else {
                (0, (1_i64 << bits) - 1)
            };
            let written = vec![low, low + 1, 0, 1, high - 1, high];
            let mut image = SyntheticImage::new(2, 3)
                .bits(bits, bits)
                .pixels_all(1, written.clone());
            if is_signed {
                image = image.signed();
            }
            let samples = first(image.write(encoding)).unwrap();
            assert_eq!(values(&samples), written, "{encoding:?} {bits} {is_signed}");
            let name = format!("{}{}", if is_signed { "i" } else { "u" }, bits / 8);
            assert_eq!(samples.sample_type().name(), name);
        }
    }
}

#[test]
fn signed_values_of_twelve_bits_are_extended_and_overlay_bits_masked_away() {
    let cells = vec![0x0FFF, 0x8FFF, 0xF800, 0x07FF, 0xF7FF, 0x1001];
    let image = SyntheticImage::new(2, 3).raw_pixels(Value::U16(cells));
    let unsigned = first(image.clone().write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&unsigned), [4095, 4095, 2048, 2047, 2047, 1]);
    for encoding in Encoding::ALL {
        let signed = first(image.clone().signed().write(encoding)).unwrap();
        assert_eq!(values(&signed), [-1, -1, -2048, 2047, 2047, 1]);
    }
}

#[test]
fn the_high_bit_says_where_in_the_cell_the_value_lies() {
    let cells = vec![0xFFF0, 0x800F, 0x7FF5, 0x0010, 0x0000, 0x001F];
    let image = SyntheticImage::new(2, 3)
        .element(us(0x0102, 15))
        .raw_pixels(Value::U16(cells));
    let unsigned = first(image.clone().write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&unsigned), [4095, 2048, 2047, 1, 0, 1]);
    let signed = first(image.signed().write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&signed), [-1, -2048, 2047, 1, 0, 1]);
}

#[test]
fn a_high_bit_that_cannot_be_is_ignored() {
    let image = SyntheticImage::new(1, 2)
        .element(us(0x0102, 3))
        .raw_pixels(Value::U16(vec![0xF123, 0x0FFF]));
    let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&samples), [0x123, 0xFFF]);
}

#[test]
fn one_bit_frames_need_not_begin_on_a_byte() {
    let written: Vec<i64> = (0..27).map(|at| i64::from(at * 7 % 5 < 2)).collect();
    let image = SyntheticImage::new(3, 3)
        .bits(1, 1)
        .pixels_all(3, written.clone());
    for (frame, expected) in frames(image.write(Encoding::ExplicitLittle))
        .iter()
        .zip(written.chunks(9))
    {
        let samples = &frame.as_ref().unwrap().samples;
        assert_eq!(values(samples), expected);
        assert_eq!(samples.sample_type().name(), "u1");
    }
}

#[test]
fn bytes_in_big_endian_words_come_out_in_order_also_for_odd_frames() {
    let written: Vec<i64> = (0..18).collect();
    let image = SyntheticImage::new(3, 3)
        .bits(8, 8)
        .pixels_all(2, written.clone());
    let file = as_words(image.write(Encoding::ExplicitBig), 18);
    let got: Vec<i64> = frames(file)
        .iter()
        .flat_map(|frame| values(&frame.as_ref().unwrap().samples))
        .collect();
    assert_eq!(got, written);
}

#[test]
fn floating_point_pixels_keep_every_bit() {
    let singles = [0.1_f32, -3e30, f32::MIN_POSITIVE, 7.0];
    let doubles = [0.1_f64, -3e300, f64::MIN_POSITIVE, 7.0];
    for encoding in Encoding::ALL {
        let single = float_image(0x0008, "OF", Value::F32(singles.to_vec()), encoding);
        assert_eq!(first(single).unwrap(), Samples::F32(singles.into()));
        let double = float_image(0x0009, "OD", Value::F64(doubles.to_vec()), encoding);
        assert_eq!(first(double).unwrap(), Samples::F64(doubles.into()));
    }
}

fn float_image(element: u16, vr: &'static str, value: Value, encoding: Encoding) -> Vec<u8> {
    let image = SyntheticImage::new(2, 2).element(Element::new(0x7FE0, element, vr, value));
    image.write(encoding)
}

#[test]
fn colour_by_plane_and_colour_by_pixel_are_the_same_picture() {
    let rgb = picture(4, 6, 8);
    let by_plane: Vec<i64> = (0..3)
        .flat_map(|c| rgb.iter().copied().skip(c).step_by(3))
        .collect();
    for (planar, written) in [(0, rgb.clone()), (1, by_plane)] {
        for encoding in Encoding::ALL {
            let image = SyntheticImage::new(4, 6)
                .photometric("RGB")
                .samples_per_pixel(3)
                .bits(8, 8)
                .element(us(0x0006, planar))
                .pixels_all(1, written.clone());
            let frame = frames(image.write(encoding)).remove(0).unwrap();
            assert_eq!(frame.photometric, Photometric::Rgb);
            assert_eq!(values(&frame.samples), rgb);
        }
    }
}

#[test]
fn colour_of_sixteen_and_thirty_two_bits_stays_whole() {
    for (bits, name) in [(16, "u2"), (32, "u4")] {
        let rgb = picture(4, 6, bits);
        let image = SyntheticImage::new(4, 6)
            .photometric("RGB")
            .samples_per_pixel(3)
            .bits(bits as u16, bits as u16)
            .pixels_all(1, rgb.clone());
        let samples = first(image.write(Encoding::ExplicitBig)).unwrap();
        assert_eq!(values(&samples), rgb);
        assert_eq!(samples.sample_type().name(), name);
        assert_eq!(samples.samples_per_pixel(), 3);
    }
}

#[test]
fn luminance_and_chrominance_become_red_green_and_blue() {
    for bits in [8, 16] {
        let rgb = picture(4, 6, bits);
        let image = SyntheticImage::new(4, 6)
            .photometric("YBR_FULL")
            .samples_per_pixel(3)
            .bits(bits as u16, bits as u16)
            .pixels_all(1, ybr_of_rgb(&rgb, bits));
        let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
        assert_near(&samples, &rgb, 2);
    }
}

#[test]
fn uncompressed_4_2_2_is_upsampled_and_a_mislabelled_full_picture_is_not() {
    // Two columns of one colour, so that sharing chrominance loses nothing.
    let rgb: Vec<i64> = picture(4, 3, 8)
        .chunks(3)
        .flat_map(|p| [p, p].concat())
        .collect();
    let ybr = ybr_of_rgb(&rgb, 8);
    let packed: Vec<u8> = ybr
        .chunks(6)
        .flat_map(|pair| [pair[0] as u8, pair[3] as u8, pair[1] as u8, pair[2] as u8])
        .collect();
    let image = SyntheticImage::new(4, 6)
        .photometric("YBR_FULL_422")
        .samples_per_pixel(3)
        .bits(8, 8);
    let file = image
        .clone()
        .raw_pixels(Value::Bytes(packed))
        .write(Encoding::ExplicitLittle);
    assert_near(&first(file).unwrap(), &rgb, 2);
    let full = image.pixels_all(1, ybr);
    assert_near(
        &first(full.write(Encoding::ExplicitLittle)).unwrap(),
        &rgb,
        2,
    );
}

#[test]
fn partial_range_uses_its_own_black_and_white() {
    let image = SyntheticImage::new(1, 2)
        .photometric("YBR_PARTIAL_422")
        .samples_per_pixel(3)
        .bits(8, 8)
        .raw_pixels(Value::Bytes(vec![16, 235, 128, 128]));
    let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&samples), [0, 0, 0, 255, 255, 255]);
}

#[test]
fn attributes_that_files_leave_out_have_their_obvious_values() {
    // Neither bits stored, high bit, pixel representation nor samples per pixel; zero frames.
    let mut elements = vec![
        Element::text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        Element::text(0x0008, 0x0018, "UI", "1.2.3"),
        Element::text(0x0028, 0x0008, "IS", "0"),
        us(0x0010, 2),
        us(0x0011, 2),
        us(0x0100, 16),
        Element::new(0x7FE0, 0x0010, "OW", Value::U16(vec![1, 2, 65535, 4])),
    ];
    for is_bits_allocated_there in [true, false] {
        if !is_bits_allocated_there {
            elements.remove(5); // the length of the pixel data implies it
        }
        let file = crate::common::encode(&elements, Encoding::ExplicitLittle);
        let frame = frames(file).remove(0).unwrap();
        assert_eq!(frame.samples, Samples::U16([1, 2, 65535, 4].into()));
        assert_eq!(frame.photometric, Photometric::Monochrome2);
    }
}

#[test]
fn monochrome1_stays_inverted() {
    let image = SyntheticImage::new(1, 1).photometric("MONOCHROME1");
    let frame = frames(image.write(Encoding::ExplicitLittle))
        .remove(0)
        .unwrap();
    assert_eq!(frame.photometric, Photometric::Monochrome1);
}

#[test]
fn what_is_not_decoded_is_refused_by_name() {
    let image = SyntheticImage::new(2, 2).raw_pixels(Value::Bytes(vec![0; 64]));
    for name in ["ARGB", "CMYK", "HSV"] {
        let error = first(
            image
                .clone()
                .photometric(name)
                .write(Encoding::ExplicitLittle),
        );
        assert!(matches!(error, Err(DecodeError::Photometric(found)) if found == name));
    }
    for (samples, bits) in [(1, 12), (1, 24), (1, 64), (2, 8), (4, 8), (3, 1)] {
        let image = image
            .clone()
            .photometric(if samples == 1 { "MONOCHROME2" } else { "RGB" })
            .samples_per_pixel(samples)
            .bits(bits, bits);
        let error = first(image.write(Encoding::ExplicitLittle));
        assert!(
            matches!(error, Err(DecodeError::Layout { samples: s, bits: b })
                if (s, b) == (samples.into(), bits.into())),
            "{samples} {bits} {error:?}"
        );
    }
    for uid in ["1.2.840.10008.1.2.7.1", "1.2.840.10008.1.2.7.2"] {
        let file = encapsulated(SyntheticImage::new(2, 2), uid, vec![vec![0; 4]]);
        assert!(matches!(
            first(file),
            Err(DecodeError::NotDecodedYet { .. })
        ));
    }
}

#[test]
fn a_frame_that_is_not_there_does_not_exist() {
    let file = SyntheticImage::new(2, 2).write(Encoding::ExplicitLittle);
    let error = dicom::decode_frame(&header(file), 1, &JobCtx::new());
    assert!(matches!(
        error,
        Err(DecodeError::NoSuchFrame {
            number: 2,
            frames: 1
        })
    ));
}

#[test]
fn a_cancelled_job_decodes_nothing() {
    let file = SyntheticImage::new(2, 2).write(Encoding::ExplicitLittle);
    let ctx = JobCtx::new();
    ctx.cancel();
    let error = dicom::decode_frame(&header(file), 0, &ctx);
    assert!(matches!(error, Err(DecodeError::Cancelled)));
}
