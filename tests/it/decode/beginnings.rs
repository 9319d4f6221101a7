//! Smaller pictures from the beginning of JPEG 2000 and high-throughput JPEG 2000.
//!
//! What is expected is worked out here by the transform's own formulas (ITU-T T.800 Annex F).

use std::ops::Range;

use isocentre::dicom::ReducedFrame;
use openjpeg_sys::PROG_ORDER;

use super::encoders::jpeg_2000::Jpeg2000;
use super::encoders::jpeg_2000::high_throughput;
use super::picture as colours;
use super::*;

const LOSSLESS: &str = "1.2.840.10008.1.2.4.90";
const HIGH_THROUGHPUT: &str = "1.2.840.10008.1.2.4.201";
const SIDE: usize = 512;
const BITS: u32 = 12;

/// A body with noise in it, so that every resolution has bytes of its own.
fn body(rows: usize, columns: usize, low: i64) -> Vec<i64> {
    (0..rows * columns)
        .map(|at| {
            let (row, column) = (at / columns, at % columns);
            let noise = (row * 7919 + column * 104_729 + row * column * 31) % 97;
            let wave = (row * column / 64 + row * 3) % 2500;
            low + (wave + noise) as i64
        })
        .collect()
}

/// The lower half of the frequencies of a line by the reversible transform (T.800 F.4.8.1).
fn lower(line: &[i64]) -> Vec<i64> {
    let last = line.len() as i64 - 1;
    let x = |at: i64| {
        let inside = at.abs();
        line[(if inside > last {
            2 * last - inside
        } else {
            inside
        }) as usize]
    };
    let high = |at: i64| x(2 * at + 1) - (x(2 * at) + x(2 * at + 2)).div_euclid(2);
    (0..=last / 2)
        .map(|at| x(2 * at) + (high(at - 1) + high(at) + 2).div_euclid(4))
        .collect()
}

/// The picture of half the width and height, rounded up, before values are clamped: columns first.
fn halved(samples: &[i64], columns: usize) -> Vec<i64> {
    let column = |at: usize| samples.iter().skip(at).step_by(columns).copied();
    let low: Vec<Vec<i64>> = (0..columns)
        .map(|at| lower(&column(at).collect::<Vec<_>>()))
        .collect();
    (0..low[0].len())
        .flat_map(|row| lower(&low.iter().map(|column| column[row]).collect::<Vec<_>>()))
        .collect()
}

/// What a resolution should be, in the range of `bits` bits.
fn reduced(samples: &[i64], columns: usize, halvings: u32, range: Range<i64>) -> Vec<i64> {
    let mut picture = samples.to_vec();
    let mut width = columns;
    for _ in 0..halvings {
        picture = halved(&picture, width);
        width = width.div_ceil(2);
    }
    let clamp = |value: i64| value.clamp(range.start, range.end - 1);
    picture.into_iter().map(clamp).collect()
}

/// An instance of which only these of its bytes have come.
fn arrived(file: &[u8], bytes: usize) -> Result<Option<ReducedFrame>, DecodeError> {
    better(file, bytes, u32::MAX)
}

fn better(
    file: &[u8],
    bytes: usize,
    better_than: u32,
) -> Result<Option<ReducedFrame>, DecodeError> {
    let decoder = FrameDecoder::new(&header(file[..bytes].to_vec()))?;
    decoder.decode_beginning(better_than, &JobCtx::new())
}

fn instance(side: usize, stream: Vec<u8>, syntax: &str) -> Vec<u8> {
    let image = grey(side as u16, side as u16, 16, BITS as u16);
    encapsulated(image, syntax, vec![stream])
}

/// Pictures at every fortieth of the way are those of the transform; how often the sides of each
/// are halved.
fn pictures_on_the_way(file: &[u8], side: usize, samples: &[i64]) -> Vec<u32> {
    let mut halvings = Vec::new();
    for part in 1..40 {
        let Some(picture) = arrived(file, file.len() * part / 40).unwrap() else {
            continue;
        };
        let halved = side.div_ceil(1 << picture.halvings);
        let size = (picture.frame.rows as usize, picture.frame.columns as usize);
        assert_eq!(size, (halved, halved));
        let expected = reduced(samples, side, picture.halvings, 0..1 << BITS);
        assert_near(&picture.frame.samples, &expected, 0);
        halvings.push(picture.halvings);
    }
    assert!(halvings.is_sorted_by(|a, b| a >= b), "{halvings:?}");
    halvings
}

#[test]
fn the_beginning_of_jpeg_2000_is_its_own_low_resolution_to_the_last_bit_in_every_order() {
    let samples = body(SIDE, SIDE, 0);
    for order in [
        PROG_ORDER::OPJ_LRCP,
        PROG_ORDER::OPJ_RLCP,
        PROG_ORDER::OPJ_RPCL,
        PROG_ORDER::OPJ_PCRL,
        PROG_ORDER::OPJ_CPRL,
    ] {
        let jpeg = Jpeg2000 {
            order,
            ..Jpeg2000::grey(SIDE, SIDE, BITS)
        };
        let file = instance(SIDE, jpeg.encode(&samples), LOSSLESS);
        let halvings = pictures_on_the_way(&file, SIDE, &samples);
        assert_eq!(halvings.first(), Some(&2), "{order:?}");
        assert_eq!(halvings.last(), Some(&1), "{order:?}");
        assert!(halvings.len() > 30, "{order:?}: {halvings:?}");
    }
}

#[test]
fn the_beginning_of_high_throughput_jpeg_2000_is_its_own_low_resolution() {
    // This encoder writes noisier ones, and some of other sizes, in longer codes than there may be.
    let side = 384;
    let noise = |value: &i64| value / 97 * 97 + value % 4;
    let samples: Vec<i64> = body(side, side, 0).iter().map(noise).collect();
    let stream = high_throughput(side, side, BITS, false, &samples);
    let file = instance(side, stream, HIGH_THROUGHPUT);
    assert_near(&first(file.clone()).unwrap(), &samples, 0);
    let halvings = pictures_on_the_way(&file, side, &samples);
    assert!(halvings.len() > 25, "{halvings:?}");
}

#[test]
fn of_several_qualities_the_first_is_enough_for_a_picture_near_the_image() {
    let samples = body(SIDE, SIDE, 0);
    let jpeg = Jpeg2000 {
        layers: 3,
        ..Jpeg2000::grey(SIDE, SIDE, BITS)
    };
    let file = instance(SIDE, jpeg.encode(&samples), LOSSLESS);
    let mut seen = 0;
    for part in 1..40 {
        if let Some(picture) = arrived(&file, file.len() * part / 40).unwrap() {
            let expected = reduced(&samples, SIDE, picture.halvings, 0..1 << BITS);
            let found = values(&picture.frame.samples);
            let off = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            let mean = off.sum::<i64>() / expected.len() as i64;
            assert!(mean < 40, "{mean} after {part} of 40");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn signed_values_and_colours_of_a_beginning_are_those_of_the_image() {
    let samples = body(SIDE, SIDE, -1300);
    let stream = Jpeg2000::grey(SIDE, SIDE, BITS).signed().encode(&samples);
    let image = grey(SIDE as u16, SIDE as u16, 16, BITS as u16).signed();
    let file = encapsulated(image, LOSSLESS, vec![stream]);
    let picture = arrived(&file, file.len() / 2).unwrap().unwrap();
    let expected = reduced(&samples, SIDE, picture.halvings, -2048..2048);
    assert_near(&picture.frame.samples, &expected, 0);

    let rgb = colours(SIDE, SIDE, 8);
    let stream = Jpeg2000::colour(SIDE, SIDE, 8).transformed().encode(&rgb);
    let image = colour(SIDE as u16, SIDE as u16, "YBR_RCT");
    let file = encapsulated(image, LOSSLESS, vec![stream]);
    let picture = arrived(&file, file.len() / 2).unwrap().unwrap();
    for component in 0..3 {
        let plane: Vec<i64> = rgb.iter().skip(component).step_by(3).copied().collect();
        let expected = reduced(&plane, SIDE, picture.halvings, 0..256);
        let found = values(&picture.frame.samples);
        let found = found.into_iter().skip(component).step_by(3);
        let off = found.zip(expected).map(|(a, b)| (a - b).abs()).max();
        assert!(off <= Some(2), "{component}: {off:?}");
    }
}

#[test]
fn sides_that_are_odd_are_rounded_up() {
    let (rows, columns) = (301, 509);
    let samples = body(rows, columns, 0);
    let stream = Jpeg2000::grey(rows, columns, BITS).encode(&samples);
    let image = grey(rows as u16, columns as u16, 16, BITS as u16);
    let file = encapsulated(image, LOSSLESS, vec![stream]);
    let picture = arrived(&file, file.len() / 2).unwrap().unwrap();
    assert_eq!((picture.frame.rows, picture.frame.columns), (151, 255));
    let expected = reduced(&samples, columns, 1, 0..1 << BITS);
    assert_near(&picture.frame.samples, &expected, 0);
}

#[test]
fn a_frame_in_many_fragments_gives_the_same_picture_as_in_one() {
    let samples = body(SIDE, SIDE, 0);
    let stream = Jpeg2000::grey(SIDE, SIDE, BITS).encode(&samples);
    let image = grey(SIDE as u16, SIDE as u16, 16, BITS as u16);
    let fragments = stream.chunks(10_000).map(<[u8]>::to_vec).collect();
    let file = encapsulated(image, LOSSLESS, fragments);
    assert!(pictures_on_the_way(&file, SIDE, &samples).len() > 30);
}

#[test]
fn where_the_beginning_shows_a_part_of_the_image_only_there_is_no_picture() {
    let samples = body(SIDE, SIDE, 0);
    let tiled = Jpeg2000 {
        tile: Some(128),
        ..Jpeg2000::grey(SIDE, SIDE, BITS)
    };
    let by_place = Jpeg2000 {
        order: PROG_ORDER::OPJ_PCRL,
        precinct: Some(64),
        ..Jpeg2000::grey(SIDE, SIDE, BITS)
    };
    for jpeg in [tiled, by_place] {
        let file = instance(SIDE, jpeg.encode(&samples), LOSSLESS);
        assert_eq!(pictures_on_the_way(&file, SIDE, &samples), [] as [u32; 0]);
    }
    // Components one after the other: blue is last.
    let rgb = colours(SIDE, SIDE, 8);
    let by_component = Jpeg2000 {
        order: PROG_ORDER::OPJ_CPRL,
        ..Jpeg2000::colour(SIDE, SIDE, 8)
    };
    let image = colour(SIDE as u16, SIDE as u16, "RGB");
    let file = encapsulated(image, LOSSLESS, vec![by_component.encode(&rgb)]);
    assert!(arrived(&file, file.len() * 3 / 4).unwrap().is_none());
}

#[test]
fn a_larger_picture_than_the_one_before_or_none() {
    let samples = body(SIDE, SIDE, 0);
    let file = instance(
        SIDE,
        Jpeg2000::grey(SIDE, SIDE, BITS).encode(&samples),
        LOSSLESS,
    );
    let half = file.len() / 2;
    assert_eq!(better(&file, half, 2).unwrap().unwrap().halvings, 1);
    assert!(better(&file, half, 1).unwrap().is_none());
}

#[test]
fn a_beginning_is_never_an_image() {
    let samples = body(SIDE, SIDE, 0);
    let file = instance(
        SIDE,
        Jpeg2000::grey(SIDE, SIDE, BITS).encode(&samples),
        LOSSLESS,
    );
    for part in 1..40 {
        let frame = frames(file[..file.len() * part / 40].to_vec()).remove(0);
        assert!(frame.is_err(), "after {part} of 40");
    }
    assert_near(&first(file).unwrap(), &samples, 0);
}

#[test]
fn palettes_several_frames_and_other_syntaxes_give_no_picture() {
    let samples = body(SIDE, SIDE, 0);
    let stream = Jpeg2000::grey(SIDE, SIDE, BITS).encode(&samples);
    let image = grey(SIDE as u16, SIDE as u16, 16, BITS as u16).text(0x0028, 0x0008, "IS", "2");
    let file = encapsulated(image, LOSSLESS, vec![stream.clone(), stream]);
    assert!(arrived(&file, file.len() / 3).unwrap().is_none());
    let plain = grey(64, 64, 16, 12).write(Encoding::ExplicitLittle);
    assert!(arrived(&plain, plain.len() - 100).unwrap().is_none());
}

#[test]
fn what_is_broken_in_a_beginning_gives_no_picture_and_ends_nothing() {
    let samples = body(SIDE, SIDE, 0);
    let whole = Jpeg2000::grey(SIDE, SIDE, BITS).encode(&samples);
    let half = whole.len() / 2;
    let mut refused = 0;
    for at in (0..120).chain((120..half).step_by(half / 80)) {
        let mut stream = whole[..half].to_vec();
        stream[at] ^= 0x55;
        match arrived(&instance(SIDE, stream, LOSSLESS), half) {
            // What is damaged within a code block looks like any other block.
            Ok(Some(picture)) => assert!(picture.halvings > 0),
            Ok(None) | Err(_) => refused += 1,
        }
    }
    assert!(refused > 5, "{refused}");
}
