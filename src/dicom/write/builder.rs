//! A data set put together element by element.

use dicom_core::DataDictionary as _;
use dicom_core::DataElement;
use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::value::C;
use dicom_core::value::DataSetSequence;
use dicom_core::value::PixelFragmentSequence;
use dicom_core::value::PrimitiveValue;
use dicom_core::value::Value;
use dicom_dictionary_std::StandardDataDictionary;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::number::decimal_string;
use crate::dicom::Dataset;
use crate::dicom::Elements;

/// Sequences deeper than this are not copied.
const DEEPEST_COPY: usize = 32;

/// Puts a data set together. The representation of each element is the dictionary's; a put
/// replaces what was there. Each method gives the builder back, so that puts chain.
#[derive(Debug, Clone, Default)]
pub struct DatasetBuilder {
    dataset: Dataset,
}

impl From<Dataset> for DatasetBuilder {
    fn from(dataset: Dataset) -> Self {
        Self { dataset }
    }
}

impl DatasetBuilder {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts from a copy of a data set.
    #[must_use]
    pub fn from_dataset(dataset: &Dataset) -> Self {
        dataset.clone().into()
    }

    /// What was put so far.
    #[must_use]
    pub fn elements(&self) -> Elements<'_> {
        self.dataset.elements()
    }

    /// The data set.
    #[must_use]
    pub fn into_dataset(self) -> Dataset {
        self.dataset
    }

    /// Text of any text representation (UI, CS, PN, DA, LO, UT …), numbers as text too (DS, IS).
    ///
    /// What the representation forbids is mended: control characters go, a backslash (which would
    /// split the value) becomes a slash outside long text, and the value is cut to the longest
    /// allowed. An empty text puts an empty element.
    pub fn text(&mut self, tag: Tag, value: &str) -> &mut Self {
        let vr = vr_of(tag, VR::LO);
        self.put(tag, vr, PrimitiveValue::from(mended(vr, value)))
    }

    /// Several texts.
    pub fn texts<T: AsRef<str>>(&mut self, tag: Tag, values: &[T]) -> &mut Self {
        let vr = vr_of(tag, VR::LO);
        let values: C<String> = values
            .iter()
            .map(|value| mended(vr, value.as_ref()))
            .collect();
        self.put(tag, vr, PrimitiveValue::Strs(values))
    }

    /// An integer (US, SS, UL, SL, UV, SV, IS).
    pub fn integer(&mut self, tag: Tag, value: i64) -> &mut Self {
        self.integers(tag, &[value])
    }

    /// Several integers.
    pub fn integers(&mut self, tag: Tag, values: &[i64]) -> &mut Self {
        let negative = values.iter().any(|&value| value < 0);
        let vr = match vr_of(tag, VR::SL) {
            VR::US if negative => VR::SS, // "US or SS" in the dictionary
            vr => vr,
        };
        let value = match vr {
            VR::US | VR::OW => PrimitiveValue::U16(values.iter().map(|&v| v as u16).collect()),
            VR::SS => PrimitiveValue::I16(values.iter().map(|&v| v as i16).collect()),
            VR::UL | VR::OL => PrimitiveValue::U32(values.iter().map(|&v| v as u32).collect()),
            VR::SL => PrimitiveValue::I32(values.iter().map(|&v| v as i32).collect()),
            VR::UV => PrimitiveValue::U64(values.iter().map(|&v| v as u64).collect()),
            VR::SV => PrimitiveValue::I64(values.iter().copied().collect()),
            VR::FL | VR::FD | VR::OF | VR::OD => {
                let values: Vec<f64> = values.iter().map(|&v| v as f64).collect();
                return self.floats(tag, &values);
            }
            _ => PrimitiveValue::Strs(values.iter().map(ToString::to_string).collect()),
        };
        self.put(tag, vr, value)
    }

    /// A number (DS, FL, FD; what is not finite puts an empty element).
    pub fn float(&mut self, tag: Tag, value: f64) -> &mut Self {
        self.floats(tag, &[value])
    }

    /// Several numbers; all or, if one is not finite, an empty element.
    pub fn floats(&mut self, tag: Tag, values: &[f64]) -> &mut Self {
        let vr = vr_of(tag, VR::FD);
        let value = match vr {
            VR::FL | VR::OF => PrimitiveValue::F32(values.iter().map(|&v| v as f32).collect()),
            VR::FD | VR::OD => PrimitiveValue::F64(values.iter().copied().collect()),
            VR::DS => values
                .iter()
                .map(|&value| decimal_string(value))
                .collect::<Option<C<String>>>()
                .map_or(PrimitiveValue::Empty, PrimitiveValue::Strs),
            _ => {
                let values: Vec<i64> = values.iter().map(|&v| v.round() as i64).collect();
                return self.integers(tag, &values);
            }
        };
        self.put(tag, vr, value)
    }

    /// Attribute tags (AT).
    pub fn attribute_tags(&mut self, tag: Tag, values: &[Tag]) -> &mut Self {
        self.put(
            tag,
            VR::AT,
            PrimitiveValue::Tags(values.iter().copied().collect()),
        )
    }

    /// Bytes as they are (OB, or UN where the dictionary has no binary representation).
    pub fn bytes(&mut self, tag: Tag, value: &[u8]) -> &mut Self {
        let vr = match vr_of(tag, VR::UN) {
            VR::OW | VR::OB => VR::OB,
            vr => vr,
        };
        self.put(tag, vr, PrimitiveValue::U8(value.iter().copied().collect()))
    }

    /// 16-bit words (OW), such as native pixel data; written in the transfer syntax's order.
    pub fn words(&mut self, tag: Tag, value: &[u16]) -> &mut Self {
        self.put(
            tag,
            VR::OW,
            PrimitiveValue::U16(value.iter().copied().collect()),
        )
    }

    /// Encapsulated pixel data: an empty basic offset table, then these fragments (PS3.5 A.4).
    /// Fragments of odd length get one zero byte.
    pub fn fragments(&mut self, fragments: Vec<Vec<u8>>) -> &mut Self {
        let even: C<Vec<u8>> = fragments
            .into_iter()
            .map(|mut fragment| {
                if fragment.len() % 2 == 1 {
                    fragment.push(0);
                }
                fragment
            })
            .collect();
        let sequence = PixelFragmentSequence::new(C::<u32>::new(), even);
        self.dataset.object.put(DataElement::new(
            tags::PIXEL_DATA,
            VR::OB,
            Value::from(sequence),
        ));
        self
    }

    /// A sequence of items.
    pub fn items(&mut self, tag: Tag, items: Vec<Dataset>) -> &mut Self {
        let items: C<InMemDicomObject> = items.into_iter().map(|item| item.object).collect();
        let sequence = DataSetSequence::from(items);
        self.dataset
            .object
            .put(DataElement::new(tag, VR::SQ, Value::from(sequence)));
        self
    }

    /// A sequence of one item.
    pub fn item(&mut self, tag: Tag, item: Dataset) -> &mut Self {
        self.items(tag, vec![item])
    }

    /// The element without a value (type 2 and nothing known).
    pub fn empty(&mut self, tag: Tag) -> &mut Self {
        match vr_of(tag, VR::LO) {
            VR::SQ => self.items(tag, Vec::new()),
            vr => self.put(tag, vr, PrimitiveValue::Empty),
        }
    }

    /// Takes an element away.
    pub fn remove(&mut self, tag: Tag) -> &mut Self {
        self.dataset.object.remove_element(tag);
        self
    }

    /// Copies an element, sequences with all that is in them; nothing if it is absent. Text is
    /// decoded by the source's character set, so that it stays readable in ours.
    pub fn copy(&mut self, from: Elements<'_>, tag: Tag) -> &mut Self {
        copy_element(&mut self.dataset.object, from, tag, 0);
        self
    }

    /// Copies an element, or puts it without a value (type 2).
    pub fn copy_or_empty(&mut self, from: Elements<'_>, tag: Tag) -> &mut Self {
        if from.has(tag) {
            self.copy(from, tag)
        } else {
            self.empty(tag)
        }
    }

    /// Copies several elements.
    pub fn copy_all(&mut self, from: Elements<'_>, tags: &[Tag]) -> &mut Self {
        for &tag in tags {
            self.copy(from, tag);
        }
        self
    }

    fn put(&mut self, tag: Tag, vr: VR, value: PrimitiveValue) -> &mut Self {
        self.dataset.object.put(DataElement::new(tag, vr, value));
        self
    }
}

/// A copy of a data set or item with all text in our character set.
pub(super) fn copied(from: Elements<'_>, depth: usize) -> InMemDicomObject {
    let mut to = InMemDicomObject::new_empty();
    let tags: Vec<Tag> = from.object.tags().collect();
    for tag in tags {
        // An item's own character set would contradict the text beside it from now on; lengths
        // of groups and padding are the writer's business.
        let is_dropped = tag == tags::SPECIFIC_CHARACTER_SET
            || tag.element() == 0
            || tag == tags::DATA_SET_TRAILING_PADDING;
        if !is_dropped {
            copy_element(&mut to, from, tag, depth);
        }
    }
    to
}

fn copy_element(to: &mut InMemDicomObject, from: Elements<'_>, tag: Tag, depth: usize) {
    let Some(element) = from.object.get(tag) else {
        return;
    };
    let vr = match element.vr() {
        VR::UN => vr_of(tag, VR::UN), // implicit VR read without a dictionary entry of its own
        vr => vr,
    };
    match element.value() {
        Value::Sequence(_) => {
            if depth < DEEPEST_COPY {
                let items: C<InMemDicomObject> = from
                    .items(tag)
                    .into_iter()
                    .map(|item| copied(item, depth + 1))
                    .collect();
                to.put(DataElement::new(
                    tag,
                    VR::SQ,
                    Value::from(DataSetSequence::from(items)),
                ));
            }
        }
        Value::Primitive(_) if is_long_text(vr) => {
            let text = from.texts(tag).join("\\");
            to.put(DataElement::new(tag, vr, PrimitiveValue::from(text)));
        }
        Value::Primitive(_) if is_text(vr) => {
            let texts: C<String> = from
                .texts(tag)
                .iter()
                .map(|text| mended(vr, text))
                .collect();
            to.put(DataElement::new(tag, vr, PrimitiveValue::Strs(texts)));
        }
        Value::Primitive(value) => {
            to.put(DataElement::new(tag, element.vr(), value.clone()));
        }
        Value::PixelSequence(fragments) => {
            to.put(DataElement::new(
                tag,
                element.vr(),
                Value::from(fragments.clone()),
            ));
        }
    }
}

fn vr_of(tag: Tag, unknown: VR) -> VR {
    StandardDataDictionary
        .by_tag(tag)
        .map_or(unknown, |entry| entry.vr.relaxed())
}

fn is_long_text(vr: VR) -> bool {
    matches!(vr, VR::LT | VR::ST | VR::UT | VR::UR)
}

fn is_text(vr: VR) -> bool {
    matches!(
        vr,
        VR::AE
            | VR::AS
            | VR::CS
            | VR::DA
            | VR::DS
            | VR::DT
            | VR::IS
            | VR::LO
            | VR::PN
            | VR::SH
            | VR::TM
            | VR::UC
            | VR::UI
    )
}

/// The value as its representation allows it (PS3.5 6.2).
fn mended(vr: VR, value: &str) -> String {
    let long = is_long_text(vr);
    let cleaned = value.chars().filter_map(|c| match c {
        '\\' if !long => Some('/'),
        '\n' | '\r' | '\t' | '\x0c' if long => Some(c),
        '\n' | '\r' | '\t' | '\x0c' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    });
    let longest = match vr {
        VR::SH | VR::AE | VR::CS | VR::DS => 16,
        VR::LO | VR::UI => 64,
        VR::PN => 64 * 3 + 2,
        VR::IS => 12,
        VR::ST => 1024,
        VR::LT => 10240,
        _ => usize::MAX,
    };
    let cut: String = cleaned.take(longest).collect();
    if long {
        cut.trim_end().to_owned()
    } else {
        cut.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_of_the_builder_as_they_went_in() {
        let mut builder = DatasetBuilder::new();
        builder
            .text(tags::PATIENT_NAME, "Müller^Jürgen=山田^太郎")
            .texts(tags::IMAGE_TYPE, &["ORIGINAL", "PRIMARY"])
            .integer(tags::ROWS, 512)
            .integer(tags::PIXEL_PADDING_VALUE, -2000)
            .integer(tags::INSTANCE_NUMBER, 7)
            .floats(tags::IMAGE_POSITION_PATIENT, &[1.5, -2.25, 1.0 / 3.0])
            .float(tags::DIFFUSION_B_VALUE, 1000.0);
        let dataset = builder.into_dataset();
        let e = dataset.elements();
        assert_eq!(
            e.text(tags::PATIENT_NAME).unwrap(),
            "Müller^Jürgen=山田^太郎"
        );
        assert_eq!(e.texts(tags::IMAGE_TYPE), ["ORIGINAL", "PRIMARY"]);
        assert_eq!(e.integer(tags::ROWS), Some(512));
        assert_eq!(e.integer(tags::PIXEL_PADDING_VALUE), Some(-2000));
        assert_eq!(e.integer(tags::INSTANCE_NUMBER), Some(7));
        let position = e.floats(tags::IMAGE_POSITION_PATIENT);
        assert!((position[2] - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_backslash_in_a_short_text_never_splits_the_value() {
        let mut builder = DatasetBuilder::new();
        builder.text(tags::SERIES_DESCRIPTION, "left\\right\nside");
        builder.text(tags::TEXT_VALUE, "a \\ b\nc");
        let e = builder.elements();
        assert_eq!(e.texts(tags::SERIES_DESCRIPTION), ["left/right side"]);
        assert_eq!(e.texts(tags::TEXT_VALUE).join("\\"), "a \\ b\nc");
    }

    #[test]
    fn a_number_that_is_none_is_left_empty() {
        let mut builder = DatasetBuilder::new();
        builder.floats(tags::PIXEL_SPACING, &[1.0, f64::NAN]);
        assert!(!builder.elements().has(tags::PIXEL_SPACING));
    }

    #[test]
    fn a_copied_sequence_keeps_its_items_and_drops_their_character_set() {
        let mut item = DatasetBuilder::new();
        item.text(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 100")
            .text(tags::CODE_MEANING, "Tête");
        let mut source = DatasetBuilder::new();
        source.item(tags::PROCEDURE_CODE_SEQUENCE, item.into_dataset());
        let source = source.into_dataset();
        let mut copy = DatasetBuilder::new();
        copy.copy(source.elements(), tags::PROCEDURE_CODE_SEQUENCE);
        let item = copy.elements().item(tags::PROCEDURE_CODE_SEQUENCE).unwrap();
        assert_eq!(item.text(tags::CODE_MEANING).as_deref(), Some("Tête"));
        assert!(!item.has(tags::SPECIFIC_CHARACTER_SET));
    }
}
