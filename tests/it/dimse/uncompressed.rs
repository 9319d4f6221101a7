//! What is sent uncompressed where the other side takes no compressed form: every value as it was.

use isocentre::dicom::ByteSource;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::decode_frame;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use isocentre::pacs::Service;
use isocentre::text::Language;
use isocentre::text::Words;

use super::programs::Listening;
use super::speak;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::temp_folder;
use crate::decode::encoders;
use crate::decode::encoders::jpeg_2000::Jpeg2000;

const BASELINE: &str = "1.2.840.10008.1.2.4.50";
const RLE: &str = "1.2.840.10008.1.2.5";
const JPEG_LOSSLESS: &str = "1.2.840.10008.1.2.4.70";
const JPEG_2000_LOSSLESS: &str = "1.2.840.10008.1.2.4.90";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";

/// An image, its transfer syntax and pixels, and what the receiver is told of its colour.
type Case = (SyntheticImage, &'static str, Vec<u8>, &'static str);

/// DCMTK's receiver, which takes implicit VR little endian alone.
struct Receiver {
    folder: tempfile::TempDir,
    _peer: Listening,
    service: Box<dyn Service>,
}

impl Receiver {
    fn start() -> Self {
        let folder = temp_folder();
        let peer = Listening::start("storescp", &["+xi", "-od", folder.path().to_str().unwrap()]);
        let service = speak(&format!("ANY@127.0.0.1:{}", peer.port));
        Self {
            folder,
            _peer: peer,
            service,
        }
    }

    /// Sends a file; it before and after, or nothing if it was refused.
    fn send(&self, file: &[u8], uid: &str) -> Option<[InstanceHeader; 2]> {
        let files = temp_folder();
        let path = files.path().join(uid);
        std::fs::write(&path, file).unwrap();
        let one = std::slice::from_ref(&path);
        let sent = self.service.send(one, &|_| {}, &JobCtx::new()).unwrap();
        let received = self.folder.path().join(format!("CT.{uid}"));
        assert_eq!(sent.is_complete(1), received.exists(), "{sent:?}");
        if !received.exists() {
            return None;
        }
        let own = read_header(ByteSource::Memory(file.into())).unwrap();
        let came = read_header(ByteSource::File(received.as_path().into())).unwrap();
        assert_eq!(&*came.transfer_syntax, "1.2.840.10008.1.2");
        let said = came.dataset.elements();
        assert_eq!(said.uid(tags::SOP_INSTANCE_UID).as_deref(), Some(uid));
        Some([own, came])
    }
}

/// Any decoder gives the same pixels before and after.
fn assert_same_pixels(headers: &[InstanceHeader; 2], what: &str) {
    let [own, came] = headers
        .each_ref()
        .map(|it| decode_frame(it, 0, &JobCtx::new()).unwrap());
    assert_eq!(own.samples, came.samples, "{what}");
}

fn image() -> SyntheticImage {
    SyntheticImage::new(16, 16).bits(8, 8)
}

fn colour(name: &str) -> SyntheticImage {
    image().samples_per_pixel(3).photometric(name)
}

fn samples() -> Vec<i64> {
    (0..16 * 16 * 3).map(|n| n * 5 % 256).collect()
}

/// The same stream with components that are named as luminance and chrominance.
fn as_ybr(stream: &[u8]) -> Vec<u8> {
    encoders::relabelled(stream, [1, 2, 3])
}

#[test]
fn colour_and_palette_images_are_sent_uncompressed_as_what_they_are() {
    let samples = samples();
    let grey: Vec<i64> = samples[..256].to_vec();
    let lossy = |image: SyntheticImage| {
        image
            .text(0x0028, 0x2112, "DS", "7.5")
            .text(0x0028, 0x2114, "CS", "ISO_10918_1")
    };
    let table = |element| {
        let values = (0..256_u16).map(|n| n * 257).collect();
        Element::new(0x0028, element, "OW", Value::U16(values))
    };
    let descriptor = |element| Element::new(0x0028, element, "US", Value::U16(vec![256, 0, 16]));
    let palette = [0x1101, 0x1102, 0x1103].into_iter().fold(
        image().photometric("PALETTE COLOR"),
        |image, element| {
            image
                .element(descriptor(element))
                .element(table(element + 0x100))
        },
    );
    let jpeg = encoders::Jpeg::colour(16, 16).lossless(1).untransformed();
    let cases: Vec<Case> = vec![
        (
            lossy(colour("YBR_FULL_422")),
            BASELINE,
            encoders::Jpeg::colour(16, 16).encode(&samples),
            "RGB",
        ),
        (
            lossy(image()),
            BASELINE,
            encoders::Jpeg::grey(16, 16, 8).encode(&grey),
            "MONOCHROME2",
        ),
        (
            palette,
            RLE,
            encoders::rle_frame(&encoders::planes(&grey, 1, 1)),
            "PALETTE COLOR",
        ),
        (
            colour("YBR_FULL"),
            RLE,
            encoders::rle_frame(&encoders::planes(&samples, 3, 1)),
            "YBR_FULL",
        ),
        (
            colour("RGB"),
            RLE,
            encoders::rle_frame(&encoders::planes(&samples, 3, 1)),
            "RGB",
        ),
        (
            colour("YBR_FULL"),
            JPEG_LOSSLESS,
            as_ybr(&jpeg.encode(&samples)),
            "YBR_FULL",
        ),
        // Its stream says that its components are red, green and blue.
        (
            colour("YBR_FULL"),
            JPEG_LOSSLESS,
            jpeg.encode(&samples),
            "RGB",
        ),
        (
            colour("RGB"),
            JPEG_LOSSLESS,
            encoders::Jpeg::colour(16, 16)
                .lossless(1)
                .untransformed()
                .encode(&samples),
            "RGB",
        ),
        (
            colour("YBR_FULL"),
            JPEG_2000_LOSSLESS,
            Jpeg2000::colour(16, 16, 8).encode(&samples),
            "YBR_FULL",
        ),
        (
            colour("YBR_RCT"),
            JPEG_2000_LOSSLESS,
            Jpeg2000::colour(16, 16, 8).transformed().encode(&samples),
            "RGB",
        ),
        // Its stream knows better.
        (
            colour("YBR_FULL"),
            JPEG_2000_LOSSLESS,
            Jpeg2000::colour(16, 16, 8).transformed().encode(&samples),
            "RGB",
        ),
    ];
    let receiver = Receiver::start();
    for (n, (image, syntax, frame, photometric)) in cases.into_iter().enumerate() {
        let uid = format!("1.2.3.{n}");
        let image = image
            .sop_instance(&uid)
            .element(Element::new(0x7fe0, 0x0001, "OV", Value::Bytes(vec![0; 8])))
            .transfer_syntax(syntax)
            .raw_pixels(Value::Fragments(vec![frame]));
        let sent = receiver.send(&image.write(Encoding::ExplicitLittle), &uid);
        let both = sent.unwrap_or_else(|| panic!("{n}: {photometric}"));
        let said = both[1].dataset.elements();
        let declared = said.text(tags::PHOTOMETRIC_INTERPRETATION);
        assert_eq!(declared.as_deref(), Some(photometric), "{n}");
        let is_lossy = syntax == BASELINE;
        let lossy = said.text(tags::LOSSY_IMAGE_COMPRESSION);
        assert_eq!(lossy.as_deref(), is_lossy.then_some("01"), "{photometric}");
        let method = said.text(tags::LOSSY_IMAGE_COMPRESSION_METHOD);
        assert_eq!(method.as_deref(), is_lossy.then_some("ISO_10918_1"));
        assert_eq!(said.bytes(tags::EXTENDED_OFFSET_TABLE), None);
        assert_same_pixels(&both, photometric);
    }
}

/// The same samples, as they are stored in the file that came.
#[test]
fn luminance_and_chrominance_without_loss_are_sent_to_the_last_bit() {
    let samples = samples();
    let receiver = Receiver::start();
    let jpeg = encoders::Jpeg::colour(16, 16).lossless(1).untransformed();
    for (n, (syntax, frame)) in [
        (JPEG_LOSSLESS, as_ybr(&jpeg.encode(&samples))),
        (
            JPEG_2000_LOSSLESS,
            Jpeg2000::colour(16, 16, 8).encode(&samples),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let uid = format!("1.2.4.{n}");
        let image = colour("YBR_FULL")
            .sop_instance(&uid)
            .transfer_syntax(syntax);
        let image = image.raw_pixels(Value::Fragments(vec![frame]));
        receiver
            .send(&image.write(Encoding::ExplicitLittle), &uid)
            .unwrap();
        let file = std::fs::read(receiver.folder.path().join(format!("CT.{uid}"))).unwrap();
        let bytes: Vec<u8> = samples.iter().map(|value| *value as u8).collect();
        assert_eq!(file[file.len() - bytes.len()..], bytes, "{syntax}");
    }
}

#[test]
fn values_of_any_layout_are_sent_uncompressed_at_the_low_end_of_their_cells() {
    let values: Vec<i64> = (0..256).map(|n| n * 16 % 4096).collect();
    let in_cells = |shift: u32| -> Vec<i64> { values.iter().map(|it| it << shift).collect() };
    let rle = |cells: &[i64], bytes| encoders::rle_frame(&encoders::planes(cells, 1, bytes));
    let receiver = Receiver::start();
    let compressed = |image: SyntheticImage, frame| {
        let image = image.transfer_syntax(RLE);
        image
            .raw_pixels(Value::Fragments(vec![frame]))
            .write(Encoding::ExplicitLittle)
    };
    let wide = SyntheticImage::new(16, 16);
    let high = wide
        .clone()
        .bits(16, 12)
        .element(Element::u16(0x0028, 0x0102, 15));
    let files = [
        compressed(
            wide.clone().bits(16, 12).sop_instance("1.2.5.0"),
            rle(&values, 2),
        ),
        compressed(high.sop_instance("1.2.5.1"), rle(&in_cells(4), 2)),
        compressed(
            wide.clone().bits(32, 32).sop_instance("1.2.5.2"),
            rle(&in_cells(15), 4),
        ),
    ];
    for (n, file) in files.iter().enumerate() {
        let both = receiver.send(file, &format!("1.2.5.{n}"));
        let both = both.unwrap_or_else(|| panic!("{n}"));
        let said = both[1].dataset.elements();
        let stored = said.integer(tags::BITS_STORED).unwrap();
        assert_eq!(said.integer(tags::HIGH_BIT), Some(stored - 1), "{n}");
        assert_same_pixels(&both, &format!("{n}"));
    }
}

#[test]
fn a_mask_of_single_bits_that_is_deflated_is_sent_bit_for_bit() {
    let bits: Vec<i64> = (0..3 * 5 * 7).map(|n| i64::from(n % 3 == 0)).collect();
    let mut packed = vec![0_u8; bits.len().div_ceil(8).next_multiple_of(2)];
    for (at, bit) in bits.iter().enumerate() {
        packed[at / 8] |= (*bit as u8) << (at % 8);
    }
    let image = SyntheticImage::new(5, 7)
        .bits(1, 1)
        .text(0x0028, 0x0008, "IS", "3")
        .sop_instance("1.2.6.1")
        .transfer_syntax(DEFLATED)
        .raw_pixels(Value::Bytes(packed.clone()));
    let file = image.write(Encoding::ExplicitLittle);
    let data_set = super::data_set(&file);
    let head = &file[..file.len() - data_set.len()];
    let deflated = [head, &encoders::deflate(data_set)].concat();
    let receiver = Receiver::start();
    let [own, came] = receiver.send(&deflated, "1.2.6.1").unwrap();
    for frame in 0..3 {
        let [own, came] = [&own, &came].map(|it| decode_frame(it, frame, &JobCtx::new()).unwrap());
        assert_eq!(own.samples, came.samples, "frame {frame}");
    }
    let file = std::fs::read(receiver.folder.path().join("CT.1.2.6.1")).unwrap();
    assert_eq!(file[file.len() - packed.len()..], packed);
}

#[test]
fn an_image_whose_overlay_stands_among_its_values_is_not_sent_without_it() {
    let values: Vec<i64> = (0..256).map(|n| n | ((n % 2) << 15)).collect();
    let image = SyntheticImage::new(16, 16)
        .bits(16, 12)
        .sop_instance("1.2.7.1")
        .element(Element::u16(0x6000, 0x0010, 16))
        .element(Element::u16(0x6000, 0x0011, 16))
        .element(Element::u16(0x6000, 0x0100, 16))
        .element(Element::u16(0x6000, 0x0102, 15))
        .transfer_syntax(RLE);
    let frame = encoders::rle_frame(&encoders::planes(&values, 1, 2));
    let image = image.raw_pixels(Value::Fragments(vec![frame]));
    let sent = Receiver::start().send(&image.write(Encoding::ExplicitLittle), "1.2.7.1");
    assert!(sent.is_none());
}

#[test]
fn pixels_of_floats_are_sent_to_a_receiver_of_another_syntax_bit_for_bit() {
    let receiver = Receiver::start();
    let singles: Vec<f32> = (0..256).map(|n| n as f32 * 0.37 - 5.5).collect();
    let doubles: Vec<f64> = (0..256).map(|n| f64::from(n) * -1e40).collect();
    let cases = [
        (0x0008, "OF", Value::F32(singles), "1.2.8.1"),
        (0x0009, "OD", Value::F64(doubles), "1.2.8.2"),
    ];
    for (element, vr, value, uid) in cases {
        let file = SyntheticImage::new(16, 16)
            .sop_instance(uid)
            .without(0x7FE0, 0x0010)
            .element(Element::new(0x7FE0, element, vr, value))
            .write(Encoding::ExplicitLittle);
        let headers = receiver.send(&file, uid).unwrap();
        assert_same_pixels(&headers, vr);
        let [own, came] = headers.each_ref().map(|it| it.pixel_data.unwrap().tag);
        assert_eq!(own, came);
    }
}

#[test]
fn colours_of_a_retired_form_are_refused_in_a_sentence_that_names_it() {
    let receiver = Receiver::start();
    let files = temp_folder();
    let path = files.path().join("image");
    let image = colour("YBR_PARTIAL_422").sop_instance("1.2.9.1");
    let image = image.raw_pixels(Value::Bytes(vec![128; 16 * 16 * 2]));
    std::fs::write(&path, image.write(Encoding::ExplicitLittle)).unwrap();
    let sent = receiver.service.send(&[path], &|_| {}, &JobCtx::new());
    let reason = sent.unwrap().outcomes.remove(0).result.unwrap_err();
    let said = Words::of(Language::English).get(&reason);
    assert!(said.contains("YBR_PARTIAL_422"), "{said}");
}
