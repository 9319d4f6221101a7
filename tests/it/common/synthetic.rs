//! A small image with every attribute a reader needs, each of which a test can change or remove.

use super::bytes::Element;
use super::bytes::Encoding;
use super::bytes::Value;
use super::bytes::encode;
use super::bytes::file_meta;

const CT_IMAGE_STORAGE: &str = "1.2.840.10008.5.1.4.1.1.2";

/// One image, CT by default: 16 bits allocated, 12 stored, unsigned, spacing 1 mm, axial at the
/// origin, no rescale, pixels all zero.
#[derive(Debug, Clone)]
pub struct SyntheticImage {
    rows: u16,
    columns: u16,
    bits_allocated: u16,
    bits_stored: u16,
    signed: bool,
    frames: usize,
    samples_per_pixel: u16,
    samples: Vec<i64>,
    preamble_and_meta: bool,
    transfer_syntax: Option<String>,
    raw_pixels: Option<Value>,
    elements: Vec<Element>,
}

impl SyntheticImage {
    pub fn new(rows: u16, columns: u16) -> Self {
        let mut image = Self {
            rows,
            columns,
            bits_allocated: 16,
            bits_stored: 12,
            signed: false,
            frames: 1,
            samples_per_pixel: 1,
            samples: vec![0; usize::from(rows) * usize::from(columns)],
            preamble_and_meta: true,
            transfer_syntax: None,
            raw_pixels: None,
            elements: Vec::new(),
        };
        for (group, element, vr, value) in [
            (0x0008, 0x0016, "UI", CT_IMAGE_STORAGE),
            (0x0008, 0x0018, "UI", "1.2.3.4.5.1"),
            (0x0008, 0x0020, "DA", "20261121"),
            (0x0008, 0x0060, "CS", "CT"),
            (0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
            (0x0010, 0x0010, "PN", "Test^Synthetic"),
            (0x0010, 0x0020, "LO", "ID1"),
            (0x0010, 0x0030, "DA", "19700101"),
            (0x0010, 0x0040, "CS", "O"),
            (0x0020, 0x000D, "UI", "1.2.3.4.5.2"),
            (0x0020, 0x000E, "UI", "1.2.3.4.5.3"),
            (0x0020, 0x0013, "IS", "1"),
            (0x0020, 0x0052, "UI", "1.2.3.4.5.4"),
            (0x0028, 0x0004, "CS", "MONOCHROME2"),
        ] {
            image = image.text(group, element, vr, value);
        }
        image
            .position([0.0, 0.0, 0.0])
            .orientation([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
            .spacing(1.0, 1.0)
    }

    /// Sets (or replaces) any element.
    pub fn element(mut self, element: Element) -> Self {
        self = self.without(element.group, element.element);
        self.elements.push(element);
        self
    }

    /// Sets a text element; several values are joined by `\`.
    pub fn text(self, group: u16, element: u16, vr: &'static str, value: &str) -> Self {
        self.element(Element::text(group, element, vr, value))
    }

    /// Removes an element.
    pub fn without(mut self, group: u16, element: u16) -> Self {
        self.elements
            .retain(|e| (e.group, e.element) != (group, element));
        self
    }

    pub fn sop_instance(self, uid: &str) -> Self {
        self.text(0x0008, 0x0018, "UI", uid)
    }

    pub fn series(self, uid: &str) -> Self {
        self.text(0x0020, 0x000E, "UI", uid)
    }

    pub fn study(self, uid: &str) -> Self {
        self.text(0x0020, 0x000D, "UI", uid)
    }

    pub fn patient(self, name: &str, id: &str) -> Self {
        self.text(0x0010, 0x0010, "PN", name)
            .text(0x0010, 0x0020, "LO", id)
    }

    pub fn instance_number(self, number: i32) -> Self {
        self.text(0x0020, 0x0013, "IS", &number.to_string())
    }

    /// Centre of the top-left pixel, patient mm.
    pub fn position(self, mm: [f64; 3]) -> Self {
        self.text(0x0020, 0x0032, "DS", &decimals(&mm))
    }

    /// Direction of a row, then of a column.
    pub fn orientation(self, cosines: [f64; 6]) -> Self {
        self.text(0x0020, 0x0037, "DS", &decimals(&cosines))
    }

    /// Between rows, then between columns, mm.
    pub fn spacing(self, row_mm: f64, column_mm: f64) -> Self {
        self.text(0x0028, 0x0030, "DS", &decimals(&[row_mm, column_mm]))
    }

    pub fn rescale(self, slope: f64, intercept: f64) -> Self {
        self.text(0x0028, 0x1052, "DS", &decimals(&[intercept]))
            .text(0x0028, 0x1053, "DS", &decimals(&[slope]))
    }

    pub fn window(self, center: f64, width: f64) -> Self {
        self.text(0x0028, 0x1050, "DS", &decimals(&[center])).text(
            0x0028,
            0x1051,
            "DS",
            &decimals(&[width]),
        )
    }

    pub fn photometric(self, name: &str) -> Self {
        self.text(0x0028, 0x0004, "CS", name)
    }

    pub const fn bits(mut self, allocated: u16, stored: u16) -> Self {
        self.bits_allocated = allocated;
        self.bits_stored = stored;
        self
    }

    pub const fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Interleaved samples; call before `pixels_all`.
    pub const fn samples_per_pixel(mut self, samples: u16) -> Self {
        self.samples_per_pixel = samples;
        self
    }

    /// The value at each row and column of the single frame.
    pub fn pixels(mut self, value: impl Fn(usize, usize) -> i64) -> Self {
        let columns = usize::from(self.columns);
        self.samples = (0..usize::from(self.rows) * columns)
            .map(|i| value(i / columns, i % columns))
            .collect();
        self
    }

    /// All samples of all frames.
    pub fn pixels_all(mut self, frames: usize, samples: Vec<i64>) -> Self {
        self.frames = frames;
        self.samples = samples;
        self
    }

    /// Pixel Data exactly so, whatever the other attributes claim.
    pub fn raw_pixels(mut self, value: Value) -> Self {
        self.raw_pixels = Some(value);
        self
    }

    /// Names another transfer syntax in the meta group than the encoding's own.
    pub fn transfer_syntax(mut self, uid: &str) -> Self {
        self.transfer_syntax = Some(uid.to_owned());
        self
    }

    /// The data set alone, as old devices write it.
    pub const fn without_preamble_and_meta(mut self) -> Self {
        self.preamble_and_meta = false;
        self
    }

    /// The file's bytes.
    pub fn write(&self, encoding: Encoding) -> Vec<u8> {
        let mut elements = self.elements.clone();
        elements.extend([
            Element::u16(0x0028, 0x0002, self.samples_per_pixel),
            Element::u16(0x0028, 0x0010, self.rows),
            Element::u16(0x0028, 0x0011, self.columns),
            Element::u16(0x0028, 0x0100, self.bits_allocated),
            Element::u16(0x0028, 0x0101, self.bits_stored),
            Element::u16(0x0028, 0x0102, self.bits_stored.saturating_sub(1)),
            Element::u16(0x0028, 0x0103, u16::from(self.signed)),
        ]);
        if self.samples_per_pixel > 1 {
            elements.push(Element::u16(0x0028, 0x0006, 0));
        }
        if self.frames > 1 {
            let frames = self.frames.to_string();
            elements.push(Element::text(0x0028, 0x0008, "IS", &frames));
        }
        elements.sort_by_key(|e| (e.group, e.element));
        // An element set by hand wins over the one made here.
        elements.dedup_by_key(|e| (e.group, e.element));
        elements.push(Element::new(
            0x7FE0,
            0x0010,
            self.pixel_vr(),
            self.pixel_value(),
        ));

        let mut out = Vec::new();
        if self.preamble_and_meta {
            let syntax = self
                .transfer_syntax
                .as_deref()
                .unwrap_or(encoding.transfer_syntax());
            out = file_meta(syntax, &self.uid(0x0016), &self.uid(0x0018));
        }
        out.extend(encode(&elements, encoding));
        out
    }

    fn pixel_vr(&self) -> &'static str {
        if self.bits_allocated > 8 && !matches!(self.raw_pixels, Some(Value::Fragments(_))) {
            "OW"
        } else {
            "OB"
        }
    }

    fn pixel_value(&self) -> Value {
        if let Some(raw) = &self.raw_pixels {
            return raw.clone();
        }
        let samples = self.samples.iter();
        match self.bits_allocated {
            1 => {
                let mut bytes = vec![0_u8; self.samples.len().div_ceil(8)];
                for (i, &sample) in samples.enumerate() {
                    bytes[i / 8] |= u8::from(sample != 0) << (i % 8);
                }
                Value::Bytes(bytes)
            }
            8 => Value::Bytes(samples.map(|&v| v as u8).collect()),
            16 => Value::U16(samples.map(|&v| v as u16).collect()),
            32 => Value::U32(samples.map(|&v| v as u32).collect()),
            other => panic!("no {other}-bit samples here; use raw_pixels"),
        }
    }

    fn uid(&self, element: u16) -> String {
        self.elements
            .iter()
            .find(|e| (e.group, e.element) == (0x0008, element))
            .and_then(|e| match &e.value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            })
            .unwrap_or_default()
    }
}

fn decimals(values: &[f64]) -> String {
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\\")
}

#[test]
fn a_synthetic_image_ends_with_its_pixels_and_begins_as_asked() {
    let image = SyntheticImage::new(2, 3)
        .bits(16, 16)
        .signed()
        .pixels(|row, column| (10 * row + column) as i64 - 5);
    let with_meta = image.write(Encoding::ExplicitBig);
    assert_eq!(&with_meta[128..132], b"DICM");
    assert_eq!(&with_meta[with_meta.len() - 2..], &7_i16.to_be_bytes());
    let bare = image
        .without_preamble_and_meta()
        .write(Encoding::ImplicitLittle);
    assert_eq!(&bare[..4], &[8, 0, 8, 0]);
    assert_eq!(
        &bare[bare.len() - 12..bare.len() - 10],
        &(-5_i16).to_le_bytes()
    );
}
