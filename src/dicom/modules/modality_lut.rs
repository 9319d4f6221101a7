//! Modality LUT Module (PS3.3 C.11.1), Pixel Value Transformation macro (C.7.6.16.2.9), and the
//! unit of what comes out.

use super::ImagePixelModule;
use super::LutTable;
use crate::dicom::Elements;
use crate::dicom::sop_class;
use crate::dicom::tags;

/// CT Image Storage, Enhanced CT, Legacy Converted Enhanced CT: their modules define the unit as
/// HU where Rescale Type is absent (C.8.2.1.1.2).
const CT_CLASSES: [&str; 3] = [
    sop_class::CT_IMAGE_STORAGE,
    sop_class::ENHANCED_CT_IMAGE_STORAGE,
    sop_class::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE,
];
/// X-Ray Angiographic and Radiofluoroscopic: the modality LUT leads back to linear intensity and is
/// not for display unless Pixel Intensity Relationship is LIN (C.8.7.1.1.2).
const XRAY_INTENSITY_CLASSES: [&str; 2] = [
    sop_class::X_RAY_ANGIOGRAPHIC_IMAGE_STORAGE,
    sop_class::X_RAY_RADIOFLUOROSCOPIC_IMAGE_STORAGE,
];

/// The unit the data name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitName {
    /// Hounsfield units.
    Hounsfield,
    /// As named by the data.
    Named(String),
    /// Nothing says.
    None,
}

/// Stored → modality values.
#[derive(Debug, Clone, PartialEq)]
pub struct ModalityModule {
    /// Rescale Slope and Intercept, both finite, the slope not zero.
    pub rescale: Option<(f64, f64)>,
    /// Modality LUT Sequence; goes before `rescale`.
    pub lut: Option<LutTable>,
    /// Unit of the result.
    pub unit: UnitName,
}

impl ModalityModule {
    /// Reads it; `transformation` is where rescale stands (the macro or the image itself).
    #[must_use]
    pub fn read(
        elements: Elements<'_>,
        transformation: Elements<'_>,
        pixel: &ImagePixelModule,
    ) -> Self {
        let sop_class = elements.text(tags::SOP_CLASS_UID).unwrap_or_default();
        let relationship = elements
            .text(tags::PIXEL_INTENSITY_RELATIONSHIP)
            .unwrap_or_default();
        if XRAY_INTENSITY_CLASSES.contains(&sop_class.as_str())
            && matches!(relationship.as_str(), "LOG" | "DISP")
        {
            return Self {
                rescale: None,
                lut: None,
                unit: UnitName::None,
            };
        }
        if let Some(item) = elements.item(tags::MODALITY_LUT_SEQUENCE)
            && let Some(lut) = LutTable::read(item, pixel.is_signed)
        {
            let unit = item.text(tags::MODALITY_LUT_TYPE);
            return Self {
                rescale: None,
                lut: Some(lut),
                unit: named(unit.as_deref()).unwrap_or(UnitName::None),
            };
        }
        let Ok(rescale) = rescale(transformation) else {
            // Whatever unit the file names, these values are not in it.
            return Self {
                rescale: None,
                lut: None,
                unit: UnitName::None,
            };
        };
        let unit = pet_unit(elements)
            .or_else(|| named(transformation.text(tags::RESCALE_TYPE).as_deref()))
            .unwrap_or_else(|| {
                if rescale.is_some() && is_hounsfield_by_module(elements, &sop_class) {
                    UnitName::Hounsfield
                } else {
                    UnitName::None
                }
            });
        Self {
            rescale,
            lut: None,
            unit,
        }
    }
}

/// A rescale is stated, but is no number or has a slope of zero.
struct Unusable;

/// Slope and intercept; one alone stands with slope 1 or intercept 0.
fn rescale(transformation: Elements<'_>) -> Result<Option<(f64, f64)>, Unusable> {
    let stated = |tag, default| {
        if transformation.has(tag) {
            transformation.float(tag).ok_or(Unusable)
        } else {
            Ok(default)
        }
    };
    let slope = stated(tags::RESCALE_SLOPE, 1.0)?;
    let intercept = stated(tags::RESCALE_INTERCEPT, 0.0)?;
    if !slope.is_finite() || !intercept.is_finite() || slope == 0.0 {
        return Err(Unusable);
    }
    let is_stated =
        transformation.has(tags::RESCALE_SLOPE) || transformation.has(tags::RESCALE_INTERCEPT);
    Ok(is_stated.then_some((slope, intercept)))
}

/// A name of a unit; `US` means unspecified (C.11.1.1.2).
fn named(text: Option<&str>) -> Option<UnitName> {
    match text?.trim() {
        "" => None,
        "US" | "NONE" => Some(UnitName::None),
        "HU" => Some(UnitName::Hounsfield),
        other => Some(UnitName::Named(other.to_owned())),
    }
}

/// Units (0054,1001) of a PET series, which is what its rescale leads to whatever Rescale Type says;
/// grams a millilitre are an uptake, by SUV Type or, without one, by body weight (C.8.9.1.1.3).
fn pet_unit(elements: Elements<'_>) -> Option<UnitName> {
    let units = elements.text(tags::UNITS)?;
    let suv_type = elements.text(tags::SUV_TYPE);
    let name = match (units.as_str(), suv_type.as_deref()) {
        ("GML", None | Some("BW")) => "SUVbw",
        ("GML", Some("LBM")) => "SUVlbm",
        ("GML", Some("IBW")) => "SUVibw",
        ("CM2ML", None | Some("BSA")) => "SUVbsa",
        _ => return named(Some(&units)),
    };
    Some(UnitName::Named(name.to_owned()))
}

/// Rescale Type may be absent only where the unit is HU; a localizer's pixels never are, nor need
/// those of a multi-energy acquisition be.
fn is_hounsfield_by_module(elements: Elements<'_>, sop_class: &str) -> bool {
    let image_type = elements.texts(tags::IMAGE_TYPE);
    CT_CLASSES.contains(&sop_class)
        && !image_type.iter().any(|value| value == "LOCALIZER")
        && elements
            .text(tags::MULTIENERGY_CT_ACQUISITION)
            .is_none_or(|value| value != "YES")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    fn read(header: Header) -> ModalityModule {
        let dataset = header.dataset();
        let elements = dataset.elements();
        ModalityModule::read(elements, elements, &ImagePixelModule::read(elements, None))
    }

    fn ct() -> Header {
        Header::new()
            .text(tags::SOP_CLASS_UID, CT_CLASSES[0])
            .floats(tags::RESCALE_SLOPE, &[1.0])
            .floats(tags::RESCALE_INTERCEPT, &[-1024.0])
    }

    #[test]
    fn hounsfield_units_are_never_invented() {
        assert_eq!(read(ct()).unit, UnitName::Hounsfield);
        let localizer = ct().texts(tags::IMAGE_TYPE, &["ORIGINAL", "PRIMARY", "LOCALIZER"]);
        assert_eq!(read(localizer).unit, UnitName::None);
        let unspecified = ct().text(tags::RESCALE_TYPE, "US");
        assert_eq!(read(unspecified).unit, UnitName::None);
        let capture = ct().text(
            tags::SOP_CLASS_UID,
            sop_class::SECONDARY_CAPTURE_IMAGE_STORAGE,
        );
        assert_eq!(read(capture).unit, UnitName::None);
        let raw = Header::new().text(tags::SOP_CLASS_UID, CT_CLASSES[0]);
        assert_eq!(read(raw).unit, UnitName::None);
        let pet = Header::new().text(tags::UNITS, "BQML");
        assert_eq!(read(pet).unit, UnitName::Named("BQML".to_owned()));
    }

    #[test]
    fn the_units_of_a_pet_series_say_what_its_rescale_leads_to() {
        let unit = |units: &str, suv_type: &str| {
            let pet = Header::new()
                .text(tags::UNITS, units)
                .text(tags::SUV_TYPE, suv_type)
                .text(tags::RESCALE_TYPE, "US");
            match read(pet).unit {
                UnitName::Named(name) => name,
                UnitName::Hounsfield => "HU".to_owned(),
                UnitName::None => String::new(),
            }
        };
        assert_eq!(unit("BQML", ""), "BQML");
        assert_eq!(unit("GML", ""), "SUVbw");
        assert_eq!(unit("GML", "BW"), "SUVbw");
        assert_eq!(unit("GML", "LBM"), "SUVlbm");
        assert_eq!(unit("GML", "LBMJANMA"), "GML");
        assert_eq!(unit("CM2ML", "BSA"), "SUVbsa");
        assert_eq!(unit("NONE", ""), "");
        assert_eq!(unit("", ""), "");
    }

    #[test]
    fn a_slope_of_zero_or_nan_is_no_rescale_and_leaves_no_unit() {
        assert_eq!(read(ct()).rescale, Some((1.0, -1024.0)));
        for slope in [0.0, f64::NAN] {
            let wrong = ct()
                .floats(tags::RESCALE_SLOPE, &[slope])
                .text(tags::RESCALE_TYPE, "HU");
            let module = read(wrong);
            assert_eq!((module.rescale, module.unit), (None, UnitName::None));
        }
    }

    #[test]
    fn the_modality_table_of_an_angiogram_in_log_intensity_is_not_for_display() {
        let angio = Header::new()
            .text(tags::SOP_CLASS_UID, XRAY_INTENSITY_CLASSES[0])
            .text(tags::PIXEL_INTENSITY_RELATIONSHIP, "LOG")
            .floats(tags::RESCALE_SLOPE, &[2.0]);
        assert_eq!(read(angio).rescale, None);
    }
}
