//! Headers put together in code, for the tests of this crate.

use dicom_core::DataElement;
use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::value::DataSetSequence;
use dicom_core::value::PrimitiveValue;
use dicom_object::InMemDicomObject;

use crate::dicom::Dataset;

/// Puts a data set together; values as a file would hold them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header(Dataset);

impl Header {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn text(self, tag: Tag, value: &str) -> Self {
        self.put(tag, VR::LO, PrimitiveValue::from(value))
    }

    pub(crate) fn date_time(self, tag: Tag, value: &str) -> Self {
        self.put(tag, VR::DT, PrimitiveValue::from(value))
    }

    pub(crate) fn texts(self, tag: Tag, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.put(tag, VR::CS, PrimitiveValue::Strs(values))
    }

    pub(crate) fn floats(self, tag: Tag, values: &[f64]) -> Self {
        self.put(
            tag,
            VR::FD,
            PrimitiveValue::F64(values.iter().copied().collect()),
        )
    }

    pub(crate) fn u16s(self, tag: Tag, values: &[u16]) -> Self {
        self.put(
            tag,
            VR::US,
            PrimitiveValue::U16(values.iter().copied().collect()),
        )
    }

    pub(crate) fn i16s(self, tag: Tag, values: &[i16]) -> Self {
        self.put(
            tag,
            VR::SS,
            PrimitiveValue::I16(values.iter().copied().collect()),
        )
    }

    pub(crate) fn items(mut self, tag: Tag, items: Vec<Dataset>) -> Self {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|item| item.object).collect();
        let sequence = DataSetSequence::from(items);
        self.0.object.put(DataElement::new(tag, VR::SQ, sequence));
        self
    }

    pub(crate) fn dataset(self) -> Dataset {
        self.0
    }

    fn put(mut self, tag: Tag, vr: VR, value: PrimitiveValue) -> Self {
        self.0.object.put(DataElement::new(tag, vr, value));
        self
    }
}
