//! Data sets as JSON (PS3.18 annex F), as servers really write it: numbers as text and text as
//! numbers, representations left out, names as plain strings, one object where a list belongs.
//!
//! An element that makes no sense costs that element, a data set that is none that data set.
//! The elements are put together here and not by the `dicom-json` crate, which refuses a whole
//! answer for one such fault.

mod repair;

use base64::Engine as _;
use dicom_core::DataDictionary as _;
use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::header::DataElement;
use dicom_core::value::C;
use dicom_core::value::DataSetSequence;
use dicom_core::value::PrimitiveValue;
use dicom_core::value::Value;
use dicom_dictionary_std::StandardDataDictionary;
use dicom_object::InMemDicomObject;
use serde_json::Map;
use serde_json::Value as Json;

use super::Dataset;

/// One data set out of an answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JsonDataset {
    /// Its elements, text as Unicode.
    pub dataset: Dataset,
    /// Values that are elsewhere, in the order of their elements.
    pub bulk_data: Vec<BulkValue>,
}

/// A value that is elsewhere (PS3.18 F.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkValue {
    /// The sequences around its element, from the outermost in, and the item of each, counted from 1.
    pub within: Vec<(Tag, usize)>,
    /// Its element.
    pub tag: Tag,
    /// Where it is.
    pub uri: String,
}

/// Values that are elsewhere, and where the reading is at the moment.
#[derive(Default)]
struct Elsewhere {
    within: Vec<(Tag, usize)>,
    found: Vec<BulkValue>,
}

/// What is no list of data sets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not DICOM in JSON: {0}")]
pub struct NotDicomJson(pub String);

/// The data sets of an answer: a list of objects, or one object alone. None in an empty text.
///
/// # Errors
/// It is no JSON, or neither list nor object.
pub fn datasets_from_json(bytes: &[u8]) -> Result<Vec<JsonDataset>, NotDicomJson> {
    let text = repair::text_of(bytes);
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let json = serde_json::from_str(&text).map_err(|error| NotDicomJson(error.to_string()))?;
    match json {
        Json::Array(items) => Ok(items.into_iter().filter_map(object).collect()),
        Json::Object(map) => Ok(object(Json::Object(map)).into_iter().collect()),
        _ => Err(NotDicomJson("neither a list nor an object".to_owned())),
    }
}

fn object(json: Json) -> Option<JsonDataset> {
    let Json::Object(map) = json else {
        return None;
    };
    let mut elsewhere = Elsewhere::default();
    let object = elements(map, &mut elsewhere);
    Some(JsonDataset {
        dataset: Dataset { object },
        bulk_data: elsewhere.found,
    })
}

fn elements(map: Map<String, Json>, elsewhere: &mut Elsewhere) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    for (key, json) in map {
        let Some(tag) = tag_of(&key) else {
            continue;
        };
        let mut fields = match json {
            Json::Object(fields) => fields,
            Json::Null => Map::new(),
            // The value alone, without the object around it.
            value => Map::from_iter([("Value".to_owned(), value)]),
        };
        if let Some(Json::String(uri)) = fields.remove("BulkDataURI") {
            let within = elsewhere.within.clone();
            elsewhere.found.push(BulkValue { within, tag, uri });
            continue;
        }
        let said = fields.get("vr").and_then(Json::as_str);
        let vr = representation(tag, said);
        let inline = fields.remove("InlineBinary");
        let values = match fields.remove("Value") {
            Some(Json::Array(values)) => values,
            Some(Json::Null) | None => Vec::new(),
            Some(value) => vec![value],
        };
        let value = match inline {
            Some(Json::String(text)) => inline_binary(&text).map(Value::from),
            _ if vr == VR::SQ => Some(items(tag, values, elsewhere)),
            _ => value_of(vr, values),
        };
        if let Some(value) = value {
            object.put(DataElement::new(tag, vr, value));
        }
    }
    object
}

/// `00100010`; also `(0010,0010)` and `0010,0010`.
fn tag_of(key: &str) -> Option<Tag> {
    let digits: String = key.chars().filter(|c| !"(), ".contains(*c)).collect();
    let is_tag = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = is_tag.then(|| u32::from_str_radix(&digits, 16).ok())??;
    Some(Tag((number >> 16) as u16, number as u16))
}

/// As it is said, else as the dictionary knows the attribute.
fn representation(tag: Tag, said: Option<&str>) -> VR {
    let said = said.and_then(|text| text.trim().to_ascii_uppercase().parse().ok());
    let known = || Some(StandardDataDictionary.by_tag(tag)?.vr.relaxed());
    match said {
        Some(VR::UN) | None => known().unwrap_or(VR::UN),
        Some(vr) => vr,
    }
}

fn inline_binary(text: &str) -> Option<PrimitiveValue> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(plain);
    bytes.ok().map(PrimitiveValue::from)
}

type ElementValue = Value<InMemDicomObject>;

fn items(tag: Tag, values: Vec<Json>, elsewhere: &mut Elsewhere) -> ElementValue {
    let items = values.into_iter().enumerate();
    let items = items.filter_map(|(at, item)| match item {
        Json::Object(map) => {
            elsewhere.within.push((tag, at + 1));
            let item = elements(map, elsewhere);
            elsewhere.within.pop();
            Some(item)
        }
        Json::Null => Some(InMemDicomObject::new_empty()),
        _ => None,
    });
    let items: C<InMemDicomObject> = items.collect();
    Value::from(DataSetSequence::from(items))
}

fn value_of(vr: VR, values: Vec<Json>) -> Option<ElementValue> {
    if values.iter().all(Json::is_null) {
        return Some(Value::from(PrimitiveValue::Empty));
    }
    let values = values.iter();
    let primitive = match vr {
        VR::PN => PrimitiveValue::Strs(values.map(name).collect::<Option<_>>()?),
        VR::US | VR::OW => PrimitiveValue::U16(integers(values)?),
        VR::SS => PrimitiveValue::I16(integers(values)?),
        VR::UL | VR::OL => PrimitiveValue::U32(integers(values)?),
        VR::SL => PrimitiveValue::I32(integers(values)?),
        VR::UV | VR::OV => PrimitiveValue::U64(integers(values)?),
        VR::SV => PrimitiveValue::I64(integers(values)?),
        VR::OB => PrimitiveValue::U8(integers(values)?),
        VR::FL | VR::OF => {
            let floats = values.map(|value| Some(float(value)? as f32));
            PrimitiveValue::F32(floats.collect::<Option<_>>()?)
        }
        VR::FD | VR::OD => PrimitiveValue::F64(values.map(float).collect::<Option<_>>()?),
        VR::AT => {
            let tags = values.map(|value| tag_of(value.as_str()?));
            PrimitiveValue::Tags(tags.collect::<Option<_>>()?)
        }
        _ => PrimitiveValue::Strs(values.map(text).collect::<Option<_>>()?),
    };
    Some(Value::from(primitive))
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::String(text) => Some(repair::repaired(text)),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The groups of a person's name as one value, `A=I=P` (PS3.18 F.2.2).
fn name(value: &Json) -> Option<String> {
    let Json::Object(groups) = value else {
        return text(value);
    };
    let group = |wanted: &str| {
        let found = groups
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, value)| text(value)).unwrap_or_default()
    };
    let all = ["Alphabetic", "Ideographic", "Phonetic"]
        .map(group)
        .join("=");
    Some(all.trim_end_matches('=').to_owned())
}

/// Numbers that fit; `None` if one of them does not.
fn integers<'a, N: TryFrom<i128>>(values: impl Iterator<Item = &'a Json>) -> Option<C<N>> {
    values
        .map(|value| N::try_from(integer(value)?).ok())
        .collect()
}

fn integer(value: &Json) -> Option<i128> {
    let float = |float: f64| {
        let is_whole = float.fract() == 0.0 && float.abs() < 1e18;
        is_whole.then_some(float as i128)
    };
    match value {
        Json::Number(number) => (number.as_i128()).or_else(|| float(number.as_f64()?)),
        Json::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| float(text.parse().ok()?))
        }
        _ => None,
    }
}

fn float(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::tags;

    fn only(json: &str) -> Dataset {
        let mut datasets = datasets_from_json(json.as_bytes()).unwrap();
        assert_eq!(datasets.len(), 1, "{json}");
        datasets.remove(0).dataset
    }

    #[test]
    fn a_data_set_as_the_standard_writes_it_is_read() {
        let data = only(
            r#"[{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},
                 "00100010":{"vr":"PN","Value":[{"Alphabetic":"Yamada^Tarou",
                    "Ideographic":"山田^太郎","Phonetic":"やまだ^たろう"}]},
                 "00280010":{"vr":"US","Value":[512]},
                 "00280030":{"vr":"DS","Value":[0.5,0.25]},
                 "0008103E":{"vr":"LO"},
                 "00081115":{"vr":"SQ","Value":[{"0020000E":{"vr":"UI","Value":["1.2"]}}]},
                 "00091002":{"vr":"UN","InlineBinary":"z0x9c8v7"}}]"#,
        );
        let e = data.elements();
        let name = e.person_name(tags::PATIENT_NAME).unwrap();
        assert_eq!(name.ideographic.family, "山田");
        assert_eq!(name.phonetic.given, "たろう");
        assert_eq!(e.integer(tags::ROWS), Some(512));
        assert_eq!(e.floats(tags::PIXEL_SPACING), [0.5, 0.25]);
        assert!(!e.has(tags::SERIES_DESCRIPTION));
        let item = e.item(tags::REFERENCED_SERIES_SEQUENCE).unwrap();
        assert_eq!(item.uid(tags::SERIES_INSTANCE_UID).as_deref(), Some("1.2"));
        let private = e.bytes(Tag(0x0009, 0x1002)).unwrap();
        assert_eq!(private, [0xcf, 0x4c, 0x7d, 0x73, 0xcb, 0xfb]);
    }

    #[test]
    fn what_servers_get_wrong_costs_nothing_or_one_element() {
        let data = only(
            r#"{"00280010":{"vr":"US","Value":["512"]},
                "00280011":{"Value":[256.0]},
                "00201208":{"vr":"IS","Value":12},
                "00100020":{"vr":"LO","Value":[4711]},
                "00100010":{"vr":"PN","Value":["Doe^Jane"]},
                "00080061":{"vr":"CS","Value":["CT",null,"MR"]},
                "00100030":{"vr":"DA","Value":[null]},
                "00080020":null,
                "00080060":"CT",
                "00280100":{"vr":"US","Value":["many"]},
                "nonsense":{"vr":"LO","Value":["x"]},
                "0020000D":{"vr":"UI","Value":["1.2.3"],"extra":1}}"#,
        );
        let e = data.elements();
        assert_eq!(e.integer(tags::ROWS), Some(512));
        assert_eq!(e.integer(tags::COLUMNS), Some(256));
        assert_eq!(e.integer(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(12));
        assert_eq!(e.text(tags::PATIENT_ID).as_deref(), Some("4711"));
        assert_eq!(
            e.text(tags::PATIENT_NAME).as_deref(),
            Some("Doe^Jane"),
            "a plain string"
        );
        assert_eq!(e.texts(tags::MODALITIES_IN_STUDY), ["CT", "", "MR"]);
        assert_eq!(e.date(tags::PATIENT_BIRTH_DATE), None);
        assert_eq!(e.text(tags::MODALITY).as_deref(), Some("CT"));
        assert!(!e.has(tags::BITS_ALLOCATED));
        assert_eq!(e.uid(tags::STUDY_INSTANCE_UID).as_deref(), Some("1.2.3"));
    }

    #[test]
    fn a_text_in_the_wrong_character_set_is_mended() {
        let name = |bytes: &[u8]| {
            let datasets = datasets_from_json(bytes).unwrap();
            let data = &datasets[0].dataset;
            data.elements().text(tags::PATIENT_NAME).unwrap()
        };
        let twice = r#"[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"MÃ¼ller^JÃ¼rgen"}]}}]"#;
        assert_eq!(name(twice.as_bytes()), "Müller^Jürgen");
        let latin = b"[{\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"M\xFCller\"}]}}]";
        assert_eq!(name(latin), "Müller");
        let right = r#"[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Ångström^Éva"}]}}]"#;
        assert_eq!(name(right.as_bytes()), "Ångström^Éva");
    }

    #[test]
    fn values_that_are_elsewhere_are_told_with_their_place() {
        let json = r#"[{
            "54000100":{"vr":"SQ","Value":[
                {},
                {"54001010":{"vr":"OW","BulkDataURI":"bulk/2"}}
            ]},
            "7FE00010":{"vr":"OW","BulkDataURI":"http://pacs/bulk/1"}
        }]"#;
        let datasets = datasets_from_json(json.as_bytes()).unwrap();
        let value = |within: &[(Tag, usize)], tag, uri: &str| BulkValue {
            within: within.to_vec(),
            tag,
            uri: uri.to_owned(),
        };
        let second = [(tags::WAVEFORM_SEQUENCE, 2)];
        let bulk = [
            value(&second, tags::WAVEFORM_DATA, "bulk/2"),
            value(&[], tags::PIXEL_DATA, "http://pacs/bulk/1"),
        ];
        assert_eq!(datasets[0].bulk_data, bulk);
        assert!(!datasets[0].dataset.elements().has(tags::PIXEL_DATA));
    }

    #[test]
    fn what_is_no_json_is_told_apart_from_no_result() {
        assert_eq!(datasets_from_json(b" \n").unwrap(), []);
        assert_eq!(datasets_from_json(b"[]").unwrap(), []);
        assert!(datasets_from_json(b"<html></html>").is_err());
        assert!(datasets_from_json(b"[{\"00100010\":").is_err());
        assert!(datasets_from_json(b"\"text\"").is_err());
        let deep = "[".repeat(100_000);
        assert!(datasets_from_json(deep.as_bytes()).is_err());
    }
}
