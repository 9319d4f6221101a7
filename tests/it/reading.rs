//! Reading instances as they come: every encoding, every omission, every fault.

use std::io::Write as _;

use isocentre::dicom::ByteSource;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::ReadError;
use isocentre::dicom::Tag;
use isocentre::dicom::read_full;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;

use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::encode;
use crate::common::file_meta;

pub const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";

pub fn try_read(bytes: &[u8]) -> Result<InstanceHeader, ReadError> {
    read_header(ByteSource::Memory(bytes.into()))
}

pub fn read(bytes: &[u8]) -> InstanceHeader {
    try_read(bytes).unwrap()
}

pub fn notes(header: &InstanceHeader) -> Vec<&'static str> {
    header.notes.iter().map(|note| note.id.0).collect()
}

pub fn image() -> SyntheticImage {
    SyntheticImage::new(4, 6)
        .position([1.5, -2.0, 3.25])
        .pixels(|row, column| (10 * row + column) as i64)
}

/// A file of these elements in explicit little endian, with the identity every object has.
pub fn file(elements: &[Element]) -> Vec<u8> {
    let mut out = file_meta(EXPLICIT, SECONDARY_CAPTURE, "1.2.3");
    out.extend(encode(&[identity()], Encoding::ExplicitLittle));
    out.extend(encode(elements, Encoding::ExplicitLittle));
    out
}

pub fn identity() -> Element {
    Element::text(0x0008, 0x0016, "UI", SECONDARY_CAPTURE)
}

pub fn raw(group: u16, element: u16, vr: &'static str, value: &[u8]) -> Element {
    Element::new(group, element, vr, Value::Bytes(value.to_vec()))
}

#[track_caller]
fn assert_is_the_image(header: &InstanceHeader, bytes: &[u8], is_big_endian: bool) {
    let elements = header.dataset.elements();
    assert_eq!(elements.text(tags::PATIENT_NAME).unwrap(), "Test^Synthetic");
    assert_eq!(elements.uid(tags::SOP_INSTANCE_UID).unwrap(), "1.2.3.4.5.1");
    assert_eq!(elements.integer(tags::ROWS), Some(4));
    assert_eq!(elements.integer(tags::COLUMNS), Some(6));
    let position = elements.floats(tags::IMAGE_POSITION_PATIENT);
    assert_eq!(position, [1.5, -2.0, 3.25]);
    assert_eq!(
        elements.texts(tags::IMAGE_TYPE),
        ["ORIGINAL", "PRIMARY", "AXIAL"]
    );
    assert!(!elements.has(tags::PIXEL_DATA), "pixels are not kept");
    let pixels = header.pixel_data.unwrap();
    assert_eq!(pixels.tag, tags::PIXEL_DATA);
    assert_eq!(pixels.length, Some(48));
    let offset = usize::try_from(pixels.offset).unwrap();
    let word = [bytes[offset + 46], bytes[offset + 47]];
    let last = if is_big_endian {
        u16::from_be_bytes(word)
    } else {
        u16::from_le_bytes(word)
    };
    assert_eq!(last, 35, "the last pixel is where the header says");
}

#[test]
fn every_encoding_reads_the_same() {
    for encoding in Encoding::ALL {
        let bytes = image().write(encoding);
        let header = read(&bytes);
        assert_is_the_image(&header, &bytes, encoding == Encoding::ExplicitBig);
        assert_eq!(&*header.transfer_syntax, encoding.transfer_syntax());
        assert_eq!(notes(&header), [""; 0]);
        let implementation = Tag(0x0002, 0x0012);
        assert_eq!(
            header.meta.elements().uid(implementation).unwrap(),
            "1.2.3.4.5"
        );
        assert!(!header.dataset.elements().has(implementation));
    }
}

#[test]
fn a_file_without_preamble_or_meta_information_is_recognised() {
    for encoding in Encoding::ALL {
        let is_big = encoding == Encoding::ExplicitBig;
        let whole = image().write(encoding);
        for start in [128, 132] {
            let header = read(&whole[start..]);
            assert_is_the_image(&header, &whole[start..], is_big);
            assert_eq!(notes(&header), [""; 0], "DICM, or meta information at once");
        }
        let bare = image().without_preamble_and_meta().write(encoding);
        let mut without_magic = vec![0; 128];
        without_magic.extend(&bare);
        let mut magic_alone = whole[..132].to_vec();
        magic_alone.extend(&bare);
        for bytes in [bare, without_magic, magic_alone] {
            let header = read(&bytes);
            assert_is_the_image(&header, &bytes, is_big);
            assert_eq!(&*header.transfer_syntax, encoding.transfer_syntax());
            assert_eq!(notes(&header), ["reading-syntax-guessed"]);
        }
    }
}

#[test]
fn stray_bytes_before_the_file_are_stepped_over() {
    let bare = image()
        .without_preamble_and_meta()
        .write(Encoding::ExplicitLittle);
    let whole = image().write(Encoding::ImplicitLittle);
    for (bytes, expected) in [
        ([b" ".as_slice(), &bare].concat(), 1),
        ([[7; 128].as_slice(), &whole].concat(), 128),
    ] {
        let header = read(&bytes);
        assert_is_the_image(&header, &bytes, false);
        assert!(
            notes(&header).contains(&"reading-stray-bytes"),
            "{expected}"
        );
    }
}

#[test]
fn meta_information_may_break_its_rules() {
    let syntax = Element::text(2, 0x10, "UI", IMPLICIT);
    let body = image()
        .without_preamble_and_meta()
        .write(Encoding::ImplicitLittle);
    let long_title = Element::text(2, 0x16, "AE", &"AN APPLICATION ENTITY ".repeat(10));
    let wrong_length = Element::new(2, 0, "UL", Value::U32(vec![7]));
    for elements in [
        vec![syntax.clone()],
        vec![syntax.clone(), long_title],
        vec![wrong_length, syntax.clone()],
    ] {
        let mut bytes = [[0; 128].as_slice(), b"DICM"].concat();
        bytes.extend(encode(&elements, Encoding::ExplicitLittle));
        bytes.extend(&body);
        let header = read(&bytes);
        assert_is_the_image(&header, &bytes, false);
        assert_eq!(notes(&header), [""; 0]);
    }
    for encoding in [Encoding::ImplicitLittle, Encoding::ExplicitBig] {
        let mut bytes = [[0; 128].as_slice(), b"DICM"].concat();
        bytes.extend(encode(std::slice::from_ref(&syntax), encoding));
        bytes.extend(&body);
        assert_is_the_image(&read(&bytes), &bytes, false);
    }
}

#[test]
fn a_body_in_another_encoding_than_declared_is_read_as_it_is() {
    for encoding in Encoding::ALL {
        for declared in [EXPLICIT, IMPLICIT, BIG_ENDIAN] {
            let bytes = image().transfer_syntax(declared).write(encoding);
            let header = read(&bytes);
            assert_is_the_image(&header, &bytes, encoding == Encoding::ExplicitBig);
            assert_eq!(&*header.transfer_syntax, encoding.transfer_syntax());
            let expected: &[&str] = if declared == encoding.transfer_syntax() {
                &[]
            } else {
                &["reading-syntax-wrong"]
            };
            assert_eq!(notes(&header), expected);
        }
    }
}

#[test]
fn unknown_and_private_transfer_syntaxes_open() {
    for syntax in ["1.2.840.113619.5.2", "1.2.840.10008.1.2.4.53", "9.9.9"] {
        for encoding in [Encoding::ExplicitLittle, Encoding::ImplicitLittle] {
            let fragments = Value::Fragments(vec![vec![1, 2, 3], vec![4]]);
            let bytes = image()
                .transfer_syntax(syntax)
                .raw_pixels(fragments)
                .write(encoding);
            let header = read(&bytes);
            assert_eq!(&*header.transfer_syntax, syntax);
            let pixels = header.pixel_data.unwrap();
            assert_eq!(pixels.length, None);
            let offset = usize::try_from(pixels.offset).unwrap();
            assert_eq!(bytes[offset..offset + 4], [0xFE, 0xFF, 0x00, 0xE0]);
        }
    }
}

#[test]
fn a_deflated_data_set_is_inflated() {
    let body = image()
        .without_preamble_and_meta()
        .write(Encoding::ExplicitLittle);
    let meta = file_meta(DEFLATED, SECONDARY_CAPTURE, "1.2.3");
    let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    raw.write_all(&body).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&body).unwrap();
    for deflated in [raw.finish().unwrap(), zlib.finish().unwrap()] {
        let bytes = [meta.clone(), deflated].concat();
        let header = read(&bytes);
        assert_is_the_image(&header, &body, false);
        assert_eq!(&*header.transfer_syntax, DEFLATED);
        let cut = read(&bytes[..bytes.len() - 60]);
        assert_eq!(cut.dataset.elements().integer(tags::ROWS), Some(4));
    }
    // Said to be deflated, and is not.
    let bytes = [meta, body].concat();
    assert_is_the_image(&read(&bytes), &bytes, false);
}

/// The pieces of sequences, so that each can be left out.
pub mod piece {
    pub const ITEM: [u8; 8] = [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
    pub const END_ITEM: [u8; 8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];
    pub const END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

    /// A sequence of undefined length, explicit.
    pub fn open(group: u16, element: u16, vr: [u8; 2]) -> Vec<u8> {
        let [g0, g1] = group.to_le_bytes();
        let [e0, e1] = element.to_le_bytes();
        let mut out = vec![g0, g1, e0, e1];
        out.extend(vr);
        out.extend([0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        out
    }
}

#[test]
fn sequences_of_undefined_length_are_read_even_without_their_delimiters() {
    let uid = |n: u8| {
        let text = format!("1.2.{n}");
        encode(
            &[Element::text(8, 0x1155, "UI", &text)],
            Encoding::ExplicitLittle,
        )
    };
    let after = encode(
        &[Element::text(0x10, 0x20, "LO", "ID")],
        Encoding::ExplicitLittle,
    );
    let sequence = piece::open(8, 0x1140, *b"SQ");
    for leaves_out in ["", "first item's", "last item's", "sequence's", "both last"] {
        let mut bytes = file(&[]);
        bytes.extend(&sequence);
        bytes.extend(piece::ITEM);
        bytes.extend(uid(1));
        if leaves_out != "first item's" {
            bytes.extend(piece::END_ITEM);
        }
        bytes.extend(piece::ITEM);
        bytes.extend(uid(2));
        if !matches!(leaves_out, "last item's" | "both last") {
            bytes.extend(piece::END_ITEM);
        }
        if !matches!(leaves_out, "sequence's" | "both last") {
            bytes.extend(piece::END);
        }
        bytes.extend(&after);
        let header = read(&bytes);
        let items = header.dataset.elements().items(Tag(8, 0x1140));
        let uids: Vec<_> = items
            .iter()
            .filter_map(|item| item.uid(Tag(8, 0x1155)))
            .collect();
        assert_eq!(uids, ["1.2.1", "1.2.2"], "{leaves_out}");
        // Without any end, what follows cannot be told from the item's content.
        if leaves_out != "both last" {
            let id = header.dataset.elements().text(tags::PATIENT_ID);
            assert_eq!(id.as_deref(), Some("ID"), "{leaves_out}");
        }
        assert_eq!(
            notes(&header).is_empty(),
            leaves_out.is_empty(),
            "{leaves_out}"
        );
    }
}

#[test]
fn unknown_representation_hides_neither_sequences_nor_numbers() {
    let implicit = |elements: &[Element]| encode(elements, Encoding::ImplicitLittle);
    let mut bytes = file(&[]);
    // UN of undefined length: implicit within, whatever the tag.
    for (group, element) in [(0x0008, 0x1140), (0x0009, 0x1001)] {
        bytes.extend(piece::open(group, element, *b"UN"));
        bytes.extend(piece::ITEM);
        bytes.extend(implicit(&[Element::text(8, 0x1155, "UI", "1.2.1")]));
        bytes.extend(piece::END_ITEM);
        bytes.extend(piece::END);
    }
    let items = Value::Items(vec![vec![Element::text(8, 0x1155, "UI", "1.2.2")]]);
    let value = implicit(&[Element::new(8, 0x2112, "SQ", items)]);
    bytes.extend(encode(
        &[
            raw(8, 0x2112, "UN", &value[8..]),
            raw(0x0018, 0x0050, "UN", b"2.5 "),
            raw(0x0028, 0x0010, "UN", &[0, 2]),
        ],
        Encoding::ExplicitLittle,
    ));
    let header = read(&bytes);
    let elements = header.dataset.elements();
    let uid = |tag| elements.item(tag).and_then(|item| item.uid(Tag(8, 0x1155)));
    assert_eq!(uid(Tag(8, 0x1140)).as_deref(), Some("1.2.1"));
    assert_eq!(uid(Tag(9, 0x1001)).as_deref(), Some("1.2.1"));
    assert_eq!(uid(Tag(8, 0x2112)).as_deref(), Some("1.2.2"));
    assert_eq!(elements.float(tags::SLICE_THICKNESS), Some(2.5));
    assert_eq!(elements.integer(tags::ROWS), Some(512));
    assert_eq!(notes(&header), [""; 0]);
}

#[test]
fn numbers_under_a_wrong_representation_are_numbers() {
    for encoding in [Encoding::ExplicitLittle, Encoding::ExplicitBig] {
        let elements = [
            identity(),
            Element::new(0x0018, 0x0050, "FD", Value::F64(vec![2.5])),
            Element::new(0x0020, 0x0032, "FL", Value::F32(vec![1.0, 2.0, 3.5])),
            Element::text(0x0028, 0x0010, "IS", "512"),
            Element::new(0x0028, 0x0011, "UL", Value::U32(vec![256])),
            Element::new(0x0028, 0x0106, "SS", Value::I16(vec![-5])),
            Element::new(0x0028, 0x3006, "OW", Value::U16(vec![1, 0x8000])),
        ];
        let mut bytes = file_meta(encoding.transfer_syntax(), SECONDARY_CAPTURE, "1.2.3");
        bytes.extend(encode(&elements, encoding));
        // OW is written in the words' byte order.
        if encoding == Encoding::ExplicitBig {
            let end = bytes.len();
            assert_eq!(bytes[end - 4..], [0, 1, 0x80, 0]);
        }
        let header = read(&bytes);
        let elements = header.dataset.elements();
        assert_eq!(elements.float(tags::SLICE_THICKNESS), Some(2.5));
        assert_eq!(
            elements.floats(tags::IMAGE_POSITION_PATIENT),
            [1.0, 2.0, 3.5]
        );
        assert_eq!(elements.integer(tags::ROWS), Some(512));
        assert_eq!(elements.integer(tags::COLUMNS), Some(256));
        assert_eq!(elements.integer(Tag(0x0028, 0x0106)), Some(-5));
        assert_eq!(elements.integers(Tag(0x0028, 0x3006)), [1, 0x8000]);
        assert_eq!(
            elements.bytes(Tag(0x0028, 0x3006)).unwrap(),
            [1, 0, 0, 0x80]
        );
    }
}

#[test]
fn implicit_values_take_the_sign_of_the_pixels() {
    for signed in [0, 1] {
        let elements = [
            identity(),
            Element::u16(0x0028, 0x0103, signed),
            Element::u16(0x0028, 0x0106, 0xFFFF),
        ];
        let mut bytes = file_meta(IMPLICIT, SECONDARY_CAPTURE, "1.2.3");
        bytes.extend(encode(&elements, Encoding::ImplicitLittle));
        let smallest = read(&bytes).dataset.elements().integer(Tag(0x0028, 0x0106));
        assert_eq!(smallest, Some(if signed == 1 { -1 } else { 0xFFFF }));
    }
}

#[test]
fn odd_lengths_are_taken_as_they_are() {
    let mut bytes = file(&[]);
    bytes.extend(b"\x10\0\x20\0LO\x03\0ABC");
    bytes.extend(encode(
        &[Element::u16(0x28, 0x10, 7)],
        Encoding::ExplicitLittle,
    ));
    let header = read(&bytes);
    let elements = header.dataset.elements();
    assert_eq!(elements.text(tags::PATIENT_ID).unwrap(), "ABC");
    assert_eq!(elements.integer(tags::ROWS), Some(7));
}

#[test]
fn of_two_elements_with_one_tag_the_first_counts() {
    let twice = ["first", "second"].map(|id| Element::text(0x10, 0x20, "LO", id));
    let header = read(&file(&twice));
    assert_eq!(
        header.dataset.elements().text(tags::PATIENT_ID).unwrap(),
        "first"
    );
}

#[test]
fn meta_elements_within_the_data_set_are_no_part_of_it() {
    let mut bytes = file_meta(EXPLICIT, SECONDARY_CAPTURE, "1.2.3");
    bytes.extend(encode(
        &[
            identity(),
            Element::text(2, 0x13, "SH", "STRAY"),
            Element::text(0x10, 0x20, "LO", "ID"),
        ],
        Encoding::ExplicitLittle,
    ));
    let header = read(&bytes);
    let stray = Tag(2, 0x13);
    assert!(!header.dataset.elements().has(stray));
    assert_eq!(header.meta.elements().text(stray).unwrap(), "STRAY");
    assert_eq!(
        header.dataset.elements().text(tags::PATIENT_ID).unwrap(),
        "ID"
    );
}

#[test]
fn a_header_larger_than_the_first_read_is_read_whole() {
    for size in [30_000, 70_000, 3_000_000] {
        let blob: Vec<u8> = (0..size).map(|i: u32| (i % 251) as u8).collect();
        let bytes = image()
            .element(Element::text(0x0009, 0x0010, "LO", "MAKER"))
            .element(raw(0x0009, 0x1001, "OB", &blob))
            .write(Encoding::ExplicitLittle);
        let header = read(&bytes);
        assert_is_the_image(&header, &bytes, false);
        assert_eq!(
            header.dataset.elements().bytes(Tag(9, 0x1001)).unwrap(),
            blob
        );
    }
}

#[test]
fn what_follows_the_pixel_data_is_read_on_request() {
    for pixels in [
        Value::Bytes(vec![0; 48]),
        Value::Fragments(vec![vec![1; 100_000]]),
    ] {
        let mut bytes = image().raw_pixels(pixels).write(Encoding::ExplicitLittle);
        let after = Element::text(0x7FE1, 0x0010, "LO", "AFTER");
        bytes.extend(encode(&[after], Encoding::ExplicitLittle));
        let source = ByteSource::Memory(bytes.clone().into());
        let full = read_full(source).unwrap();
        assert_eq!(
            full.dataset.elements().text(Tag(0x7FE1, 0x10)).unwrap(),
            "AFTER"
        );
        assert_eq!(full.pixel_data, read(&bytes).pixel_data);
        assert!(!read(&bytes).dataset.elements().has(Tag(0x7FE1, 0x10)));
    }
}
