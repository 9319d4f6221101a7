//! DICOM elements as bytes (PS3.5 7.1, PS3.10 7.1), by hand: tests of the reader must not rest on
//! the product's own writer.

/// How the data set is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    ExplicitLittle,
    ExplicitBig,
    ImplicitLittle,
}

impl Encoding {
    pub const ALL: [Self; 3] = [
        Self::ExplicitLittle,
        Self::ExplicitBig,
        Self::ImplicitLittle,
    ];

    pub const fn transfer_syntax(self) -> &'static str {
        match self {
            Self::ExplicitLittle => "1.2.840.10008.1.2.1",
            Self::ExplicitBig => "1.2.840.10008.1.2.2",
            Self::ImplicitLittle => "1.2.840.10008.1.2",
        }
    }

    const fn is_big(self) -> bool {
        matches!(self, Self::ExplicitBig)
    }
}

/// The value of an element.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Padded to even length with a space (UI: with a zero).
    Text(String),
    /// As they are; padded with a zero.
    Bytes(Vec<u8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    /// Items of a sequence, of defined length.
    Items(Vec<Vec<Element>>),
    /// Encapsulated pixel data: an empty basic offset table and these fragments.
    Fragments(Vec<Vec<u8>>),
}

/// One element.
#[expect(
    clippy::struct_field_names,
    reason = "group and element are DICOM's words"
)]
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub group: u16,
    pub element: u16,
    pub vr: &'static str,
    pub value: Value,
}

impl Element {
    pub const fn new(group: u16, element: u16, vr: &'static str, value: Value) -> Self {
        Self {
            group,
            element,
            vr,
            value,
        }
    }

    pub fn text(group: u16, element: u16, vr: &'static str, value: &str) -> Self {
        Self::new(group, element, vr, Value::Text(value.to_owned()))
    }

    pub fn u16(group: u16, element: u16, value: u16) -> Self {
        Self::new(group, element, "US", Value::U16(vec![value]))
    }
}

/// The elements in the order given, in this encoding.
pub fn encode(elements: &[Element], encoding: Encoding) -> Vec<u8> {
    let mut out = Vec::new();
    for element in elements {
        write_element(&mut out, element, encoding);
    }
    out
}

/// Preamble, `DICM` and the file meta group (always explicit little endian).
pub fn file_meta(transfer_syntax: &str, sop_class: &str, sop_instance: &str) -> Vec<u8> {
    let group = encode(
        &[
            Element::new(2, 1, "OB", Value::Bytes(vec![0, 1])),
            Element::text(2, 2, "UI", sop_class),
            Element::text(2, 3, "UI", sop_instance),
            Element::text(2, 0x10, "UI", transfer_syntax),
            Element::text(2, 0x12, "UI", "1.2.3.4.5"),
        ],
        Encoding::ExplicitLittle,
    );
    let length = u32::try_from(group.len()).unwrap();
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(encode(
        &[Element::new(2, 0, "UL", Value::U32(vec![length]))],
        Encoding::ExplicitLittle,
    ));
    out.extend(group);
    out
}

fn write_element(out: &mut Vec<u8>, element: &Element, encoding: Encoding) {
    push_u16(out, element.group, encoding);
    push_u16(out, element.element, encoding);
    let value = value_bytes(element, encoding);
    let undefined = matches!(element.value, Value::Fragments(_));
    let length = if undefined {
        u32::MAX
    } else {
        u32::try_from(value.len()).unwrap()
    };
    if encoding == Encoding::ImplicitLittle {
        push_u32(out, length, encoding);
    } else {
        out.extend(element.vr.bytes());
        if matches!(
            element.vr,
            "OB" | "OD" | "OF" | "OL" | "OV" | "OW" | "SQ" | "UC" | "UN" | "UR" | "UT"
        ) {
            out.extend([0, 0]);
            push_u32(out, length, encoding);
        } else {
            push_u16(out, u16::try_from(length).unwrap(), encoding);
        }
    }
    out.extend(value);
}

fn value_bytes(element: &Element, encoding: Encoding) -> Vec<u8> {
    let big = encoding.is_big();
    let mut out = Vec::new();
    macro_rules! extend {
        ($values:expr) => {
            for v in $values {
                out.extend(if big {
                    v.to_be_bytes()
                } else {
                    v.to_le_bytes()
                });
            }
        };
    }
    match &element.value {
        Value::Text(text) => {
            out.extend(text.bytes());
            if out.len() % 2 == 1 {
                out.push(if element.vr == "UI" { 0 } else { b' ' });
            }
        }
        Value::Bytes(bytes) => {
            out.extend(bytes);
            if out.len() % 2 == 1 {
                out.push(0);
            }
        }
        Value::U16(v) => extend!(v),
        Value::I16(v) => extend!(v),
        Value::U32(v) => extend!(v),
        Value::F32(v) => extend!(v),
        Value::F64(v) => extend!(v),
        Value::Items(items) => {
            for item in items {
                let content = encode(item, encoding);
                item_header(&mut out, 0xE000, content.len(), encoding);
                out.extend(content);
            }
        }
        Value::Fragments(fragments) => {
            item_header(&mut out, 0xE000, 0, encoding);
            for fragment in fragments {
                let padded = fragment.len().next_multiple_of(2);
                item_header(&mut out, 0xE000, padded, encoding);
                out.extend(fragment);
                out.resize(out.len() + padded - fragment.len(), 0);
            }
            item_header(&mut out, 0xE0DD, 0, encoding);
        }
    }
    out
}

fn item_header(out: &mut Vec<u8>, element: u16, length: usize, encoding: Encoding) {
    push_u16(out, 0xFFFE, encoding);
    push_u16(out, element, encoding);
    push_u32(out, u32::try_from(length).unwrap(), encoding);
}

fn push_u16(out: &mut Vec<u8>, value: u16, encoding: Encoding) {
    out.extend(if encoding.is_big() {
        value.to_be_bytes()
    } else {
        value.to_le_bytes()
    });
}

fn push_u32(out: &mut Vec<u8>, value: u32, encoding: Encoding) {
    out.extend(if encoding.is_big() {
        value.to_be_bytes()
    } else {
        value.to_le_bytes()
    });
}

#[test]
fn bytes_are_laid_out_as_the_standard_says() {
    let element = [Element::u16(0x0028, 0x0010, 0x0102)];
    assert_eq!(
        encode(&element, Encoding::ExplicitLittle),
        [0x28, 0, 0x10, 0, b'U', b'S', 2, 0, 2, 1]
    );
    assert_eq!(
        encode(&element, Encoding::ExplicitBig),
        [0, 0x28, 0, 0x10, b'U', b'S', 0, 2, 1, 2]
    );
    assert_eq!(
        encode(&element, Encoding::ImplicitLittle),
        [0x28, 0, 0x10, 0, 2, 0, 0, 0, 2, 1]
    );
    let item = Element::new(
        0x0008,
        0x1140,
        "SQ",
        Value::Items(vec![vec![Element::text(8, 0x1155, "UI", "1.2")]]),
    );
    assert_eq!(
        encode(&[item], Encoding::ImplicitLittle),
        [
            8, 0, 0x40, 0x11, 20, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 12, 0, 0, 0, 8, 0, 0x55, 0x11, 4,
            0, 0, 0, b'1', b'.', b'2', 0
        ]
    );
}
