//! Claims that are not true, and files that break off: a sentence, never a panic, never memory
//! by a claim.

use super::encoders::Jpeg;
use super::encoders::deflate;
use super::encoders::jpeg_2000::Jpeg2000;
use super::encoders::jpeg_2000::high_throughput;
use super::encoders::jpeg_ls::Interleave;
use super::encoders::jpeg_ls::JpegLs;
use super::encoders::jpeg_xl;
use super::encoders::planes;
use super::encoders::rle_frame;
use super::*;

/// A stream of 8 × 8 pixels that claims to hold others, or what no header of a stream contradicts.
fn claiming(syntax: &str, rows: u16, columns: u16) -> Vec<u8> {
    let (rows, columns) = (u32::from(rows), u32::from(columns));
    let low = |value: u32| (value as u16).to_be_bytes();
    let after = |stream: &[u8], marker: [u8; 2]| {
        let at = stream.windows(2).position(|pair| pair == marker);
        at.unwrap() + 2
    };
    match syntax {
        JPEG_LS => {
            let mut stream = JpegLs::grey(8, 8, 8).encode(&[7; 64]);
            let at = after(&stream, [0xFF, 0xF7]) + 3;
            stream[at..at + 4].copy_from_slice(&[low(rows), low(columns)].concat());
            stream
        }
        JPEG_2000 => {
            let mut stream = Jpeg2000::grey(8, 8, 8).encode(&[7; 64]);
            let at = after(&stream, [0xFF, 0x51]) + 4;
            let size = [columns.to_be_bytes(), rows.to_be_bytes()].concat();
            stream[at..at + 8].copy_from_slice(&size); // the image
            stream[at + 16..at + 24].copy_from_slice(&size); // its one tile
            stream
        }
        JPEG_XL => {
            // Signature, "not small", both sides in 30 bits, everything else by default.
            let side = |value: u32| 0b11 | u128::from(value - 1) << 2;
            let bits = side(rows) << 1 | side(columns) << 36 | 0b11 << 68;
            [&[0xFF, 0x0A][..], &bits.to_le_bytes(), &[0; 64]].concat()
        }
        _ => {
            let mut stream = Jpeg::grey(8, 8, 8).lossless(1).encode(&[7; 64]);
            let at = after(&stream, [0xFF, 0xC3]) + 3;
            stream[at..at + 4].copy_from_slice(&[low(rows), low(columns)].concat());
            stream
        }
    }
}

const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
const JPEG_XL: &str = "1.2.840.10008.1.2.4.110";

/// Syntaxes of every decoder.
const SYNTAXES: [&str; 11] = [
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.70",
    JPEG_LS,
    JPEG_2000,
    JPEG_XL,
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.8.1",
];

#[test]
fn a_kilobyte_that_claims_gigabytes_is_refused_at_once() {
    for syntax in SYNTAXES {
        for (rows, columns) in [(65535, 65535), (30000, 30000)] {
            let image = SyntheticImage::new(8, 8)
                .bits(8, 8)
                .element(us(0x0010, rows))
                .element(us(0x0011, columns))
                .transfer_syntax(syntax);
            let pixels = if syntax == "1.2.840.10008.1.2.1" {
                Value::Bytes(vec![0; 512])
            } else {
                // A stream that claims as much as the header, so that both must be doubted.
                Value::Fragments(vec![claiming(syntax, rows, columns)])
            };
            let file = image.raw_pixels(pixels).write(Encoding::ExplicitLittle);
            let before = std::time::Instant::now();
            assert!(frames(file).iter().all(Result::is_err), "{syntax} {rows}");
            assert!(before.elapsed().as_secs_f64() < 1.0, "{syntax} {rows}");
        }
    }
}

#[test]
fn streams_that_ask_for_more_tiles_or_packets_than_they_have_bytes_are_refused_at_once() {
    let stream = Jpeg2000::grey(512, 512, 8).encode(&vec![7; 512 * 512]);
    let at = stream
        .windows(2)
        .position(|pair| pair == [0xFF, 0x51])
        .unwrap();
    let mut tiles = stream.clone();
    for side in [at + 22, at + 26] {
        tiles[side..side + 4].copy_from_slice(&8_u32.to_be_bytes());
    }
    let at = stream
        .windows(2)
        .position(|pair| pair == [0xFF, 0x52])
        .unwrap();
    let mut layers = stream.clone();
    layers[at + 6..at + 8].copy_from_slice(&u16::MAX.to_be_bytes());
    // Precincts of one pixel: the style says that they follow, one byte a resolution.
    let mut precincts = stream.clone();
    let levels = usize::from(stream[at + 9]);
    precincts[at + 4] |= 1;
    precincts[at + 3] += levels as u8 + 1;
    precincts.splice(at + 14..at + 14, vec![0; levels + 1]);
    for (name, stream) in [
        ("tiles", tiles),
        ("layers", layers),
        ("precincts", precincts),
    ] {
        let image = SyntheticImage::new(512, 512).bits(8, 8);
        let before = std::time::Instant::now();
        let error = first(encapsulated(image, JPEG_2000, vec![stream]));
        let Err(DecodeError::Damaged { detail, .. }) = error else {
            panic!("{name} decoded or refused otherwise");
        };
        assert!(detail.contains("bytes"), "{name} {detail}");
        assert!(before.elapsed().as_secs_f64() < 1.0, "{name}");
    }
}

#[test]
fn a_claim_of_billions_of_frames_costs_nothing() {
    for syntax in ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5"] {
        let image = SyntheticImage::new(2, 2)
            .bits(8, 8)
            .transfer_syntax(syntax)
            .text(0x0028, 0x0008, "IS", "2147483647");
        let image = if syntax == "1.2.840.10008.1.2.5" {
            let frame = rle_frame(&planes(&[1, 2, 3, 4], 1, 1));
            image.raw_pixels(Value::Fragments(vec![frame]))
        } else {
            image.raw_pixels(Value::Bytes(vec![1, 2, 3, 4]))
        };
        let decoder = FrameDecoder::new(&header(image.write(Encoding::ExplicitLittle))).unwrap();
        assert_eq!(decoder.frame_count(), 2_147_483_647);
        let ctx = JobCtx::new();
        assert_eq!(
            values(&decoder.decode(0, &ctx).unwrap().samples),
            [1, 2, 3, 4]
        );
        assert!(decoder.decode(1, &ctx).is_err());
        assert!(decoder.decode(2_147_483_646, &ctx).is_err());
    }
    // Large frames, so that the place of the last one is beyond 64 bits of bits.
    let image = SyntheticImage::new(2, 2)
        .bits(8, 8)
        .element(us(0x0010, 40000))
        .element(us(0x0011, 40000))
        .text(0x0028, 0x0008, "IS", "4294967295")
        .raw_pixels(Value::Bytes(vec![1, 2, 3, 4]));
    let decoder = FrameDecoder::new(&header(image.write(Encoding::ExplicitLittle))).unwrap();
    for frame in [0, 1 << 31, u32::MAX - 1] {
        let error = decoder.decode(frame, &JobCtx::new());
        assert!(
            matches!(error, Err(DecodeError::Truncated { .. })),
            "{error:?}"
        );
    }
}

#[test]
fn one_decoder_serves_many_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<FrameDecoder>();
    let image = SyntheticImage::new(16, 16).pixels_all(8, (0..2048).collect());
    let decoder = FrameDecoder::new(&header(image.write(Encoding::ExplicitLittle))).unwrap();
    std::thread::scope(|scope| {
        for frame in 0..8_u32 {
            let decoder = &decoder;
            scope.spawn(move || {
                let samples = decoder.decode(frame, &JobCtx::new()).unwrap().samples;
                assert_eq!(samples.get(0), Some(f64::from(frame * 256)));
            });
        }
    });
}

#[test]
fn a_frame_that_was_whole_when_opened_is_cut_off_or_an_error_when_its_file_is() {
    let folder = crate::common::temp_folder();
    let path = folder.path().join("a.dcm");
    let file = SyntheticImage::new(64, 64).write(Encoding::ExplicitLittle);
    std::fs::write(&path, &file).unwrap();
    let header = dicom::read_header(ByteSource::File(path.as_path().into())).unwrap();
    let decoder = FrameDecoder::new(&header).unwrap();
    std::fs::write(&path, &file[..file.len() - 10]).unwrap();
    let missing = decoder.decode(0, &JobCtx::new()).unwrap().missing.unwrap();
    assert_eq!((missing.pixels_held, missing.bytes), (64 * 64 - 5, 10));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(
        decoder.decode(0, &JobCtx::new()),
        Err(DecodeError::Read(_))
    ));
}

/// One small file of every syntax, with what it holds.
fn files() -> Vec<(Vec<u8>, Samples)> {
    let grey: Vec<i64> = (0..256).collect();
    let rgb = picture(16, 16, 8);
    let image = SyntheticImage::new(16, 16).bits(8, 8);
    let streams = [
        (
            "1.2.840.10008.1.2.4.50",
            Jpeg::grey(16, 16, 8).encode(&grey),
        ),
        (
            "1.2.840.10008.1.2.4.70",
            Jpeg::grey(16, 16, 8).lossless(1).encode(&grey),
        ),
        (JPEG_LS, JpegLs::grey(16, 16, 8).encode(&grey)),
        (JPEG_2000, Jpeg2000::grey(16, 16, 8).encode(&grey)),
        (
            "1.2.840.10008.1.2.4.201",
            high_throughput(16, 16, 8, false, &grey),
        ),
        (JPEG_XL, jpeg_xl::lossless(16, 16, 1, 8, &grey)),
        ("1.2.840.10008.1.2.5", rle_frame(&planes(&grey, 1, 1))),
        ("1.2.840.10008.1.2.1.98", (0..=255).collect()),
        (
            "1.2.840.10008.1.2.8.1",
            deflate(&(0..=255).collect::<Vec<u8>>()),
        ),
    ];
    let colourful = [
        (
            JPEG_LS,
            JpegLs::colour(16, 16, 8, Interleave::None).encode(&rgb),
        ),
        (
            JPEG_LS,
            JpegLs::colour(16, 16, 8, Interleave::Line).encode(&rgb),
        ),
        (
            JPEG_2000,
            Jpeg2000 {
                tile: Some(8),
                ..Jpeg2000::colour(16, 16, 8).transformed().lossy(2.0)
            }
            .encode(&rgb),
        ),
        (JPEG_XL, jpeg_xl::lossless(16, 16, 3, 8, &rgb)),
        ("1.2.840.10008.1.2.4.112", jpeg_xl::COLOUR.to_vec()),
        (
            "1.2.840.10008.1.2.4.111",
            jpeg_xl::RECOMPRESSED_JPEG.to_vec(),
        ),
    ];
    let mut files: Vec<Vec<u8>> = streams
        .into_iter()
        .map(|(syntax, stream)| encapsulated(image.clone(), syntax, vec![stream]))
        .collect();
    files.extend(
        colourful
            .into_iter()
            .map(|(syntax, stream)| encapsulated(colour(16, 16, "RGB"), syntax, vec![stream])),
    );
    files.push(image.pixels_all(1, grey).write(Encoding::ExplicitLittle));
    files
        .into_iter()
        .map(|file| (file.clone(), first(file).unwrap()))
        .collect()
}

#[test]
fn a_file_cut_off_anywhere_gives_what_it_holds_of_its_picture_or_an_error() {
    for (file, whole) in files() {
        for kept in 0..file.len() {
            let source = ByteSource::Memory(file[..kept].into());
            let Ok(header) = dicom::read_header(source) else {
                continue;
            };
            if let Ok(frame) = dicom::decode_frame(&header, 0, &JobCtx::new()) {
                let held = frame.missing.map_or(256, |missing| missing.pixels_held);
                let held = held * whole.samples_per_pixel();
                let (found, whole) = (values(&frame.samples), values(&whole));
                assert_eq!(found[..held], whole[..held], "{kept} of {}", file.len());
            }
        }
    }
}

#[test]
fn flipped_bits_never_panic() {
    for (file, _) in files() {
        for at in (file.len().saturating_sub(900)..file.len()).step_by(5) {
            for bits in [0x01, 0x80, 0xFF] {
                let mut broken = file.clone();
                broken[at] ^= bits;
                let source = ByteSource::Memory(broken.into());
                if let Ok(header) = dicom::read_header(source) {
                    let decoded = dicom::decode_frame(&header, 0, &JobCtx::new());
                    assert!(
                        !matches!(decoded, Err(DecodeError::Panicked { .. })),
                        "{decoded:?}"
                    );
                }
            }
        }
    }
}
