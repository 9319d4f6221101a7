//! The sample files.

use std::path::Path;

use super::*;
use crate::common::files_below;
use crate::common::test_data;

fn decode_file(path: &Path) -> Result<DecodedFrame, DecodeError> {
    let header = dicom::read_header(ByteSource::File(path.into())).unwrap();
    dicom::decode_frame(&header, 0, &JobCtx::new())
}

#[test]
fn lossless_nema_images_equal_their_uncompressed_reference() {
    let Some(data) = test_data("decode: lossless NEMA images") else {
        return;
    };
    let mut compared = 0;
    for suffix in ["J2KR", "JLSL", "JPLL", "RLE"] {
        for path in files_below(&data.join("nema-wg04").join(suffix)) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let name = name.replace(suffix, "UNC");
            let reference = data.join("nema-wg04/REF").join(name);
            if reference.exists() {
                let (found, expected) = (decode_file(&path), decode_file(&reference));
                assert_eq!(found.unwrap(), expected.unwrap(), "{}", path.display());
                compared += 1;
            }
        }
    }
    assert!(compared >= 36, "{compared}");
}

#[test]
fn every_prefix_of_every_sample_file_returns() {
    let Some(data) = test_data("decode: prefixes") else {
        return;
    };
    let ctx = JobCtx::new();
    let mut tried = 0;
    for path in files_below(&data) {
        let bytes = std::fs::read(&path).unwrap();
        // Denser near the end of the header, where everything changes.
        let steps = if bytes.len() > 1 << 20 { 6 } else { 12 };
        for step in 1..=steps {
            let kept = bytes.len() * step / steps;
            let source = ByteSource::Memory(bytes[..kept].into());
            let Ok(header) = dicom::read_header(source) else {
                continue;
            };
            let Ok(decoder) = FrameDecoder::new(&header) else {
                continue;
            };
            let mut frames = vec![0, decoder.frame_count() - 1];
            frames.dedup();
            for frame in frames {
                let decoded = decoder.decode(frame, &ctx);
                let panicked = matches!(decoded, Err(DecodeError::Panicked { .. }));
                assert!(!panicked, "{} {kept} {decoded:?}", path.display());
            }
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}
