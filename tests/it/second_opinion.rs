//! Native pixel data against dicom-pixeldata, which is right about whole words (and about little
//! else: `src/dicom/transfer_syntax.rs` says why the product decodes for itself).

use dicom_object::from_reader;
use dicom_pixeldata::{ConvertOptions, ModalityLutOption, PixelDecoder as _};
use isocentre::dicom::{ByteSource, Samples, decode_frame, read_header};
use isocentre::jobs::JobCtx;

use super::common::{Encoding, SyntheticImage};

fn image() -> SyntheticImage {
    SyntheticImage::new(5, 7)
        .bits(16, 16)
        .pixels(|row, column| (row * 7919 + column * 104_729) as i64 % 65_536)
}

fn theirs(bytes: &[u8]) -> Vec<u16> {
    let object = from_reader(bytes).expect("dicom-object reads it");
    let decoded = object
        .decode_pixel_data()
        .expect("dicom-pixeldata decodes it");
    let stored = ConvertOptions::new().with_modality_lut(ModalityLutOption::None);
    decoded.to_vec_with_options(&stored).expect("as words")
}

fn ours(bytes: Vec<u8>) -> Vec<u16> {
    let header = read_header(ByteSource::Memory(bytes.into())).expect("a header");
    let frame = decode_frame(&header, 0, &JobCtx::new()).expect("a frame");
    match frame.samples {
        Samples::U16(samples) => samples.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn native_words_are_what_dicom_pixeldata_makes_of_them() {
    for encoding in [Encoding::ExplicitLittle, Encoding::ImplicitLittle] {
        let bytes = image().write(encoding);
        assert_eq!(theirs(&bytes), ours(bytes));
    }
}

#[test]
fn another_image_is_told_apart_from_what_dicom_pixeldata_makes_of_this_one() {
    let this = image().write(Encoding::ExplicitLittle);
    let other = image().pixels(|row, column| (row + column) as i64);
    assert_ne!(theirs(&this), ours(other.write(Encoding::ExplicitLittle)));
}
