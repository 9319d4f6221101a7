//! Coded concepts this program writes or looks for (PS3.16). SNOMED CT codes are written with the
//! designator `SCT`; reports of other makers may still use `SRT`.

/// A coded concept known when the program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRef {
    /// Code Value.
    pub value: &'static str,
    /// Coding Scheme Designator.
    pub scheme: &'static str,
    /// Code Meaning, in English.
    pub meaning: &'static str,
}

const fn code(value: &'static str, scheme: &'static str, meaning: &'static str) -> CodeRef {
    CodeRef {
        value,
        scheme,
        meaning,
    }
}

macro_rules! codes {
    ($($name:ident = $value:literal, $scheme:literal, $meaning:literal;)+) => {
        $(
            #[doc = concat!("(", $value, ", ", $scheme, ", \"", $meaning, "\")")]
            pub const $name: CodeRef = code($value, $scheme, $meaning);
        )+
    };
}

/// Our own coding scheme, for what PS3.16 and SNOMED CT have no code for.
pub const OWN_SCHEME: &str = "99ISOCENTRE";

codes! {
    // Structure of TID 1500 and what it includes.
    IMAGING_MEASUREMENT_REPORT = "126000", "DCM", "Imaging Measurement Report";
    ONCOLOGY_MEASUREMENT_REPORT = "126001", "DCM", "Oncology Measurement Report";
    DYNAMIC_CONTRAST_MR_MEASUREMENT_REPORT = "126002", "DCM", "Dynamic Contrast MR Measurement Report";
    PET_MEASUREMENT_REPORT = "126003", "DCM", "PET Measurement Report";
    IMAGING_MEASUREMENTS = "126010", "DCM", "Imaging Measurements";
    DERIVED_IMAGING_MEASUREMENTS = "126011", "DCM", "Derived Imaging Measurements";
    QUALITATIVE_EVALUATIONS = "C0034375", "UMLS", "Qualitative Evaluations";
    MEASUREMENT_GROUP = "125007", "DCM", "Measurement Group";
    // Key object selection (TID 2010, CID 7010 to 7012).
    OF_INTEREST = "113000", "DCM", "Of Interest";
    REJECTED_FOR_QUALITY_REASONS = "113001", "DCM", "Rejected for Quality Reasons";
    DOCUMENT_TITLE_MODIFIER = "113011", "DCM", "Document Title Modifier";
    KEY_OBJECT_DESCRIPTION = "113012", "DCM", "Key Object Description";
    REJECTED_FOR_PATIENT_SAFETY_REASONS = "113037", "DCM", "Rejected for Patient Safety Reasons";
    INCORRECT_MODALITY_WORKLIST_ENTRY = "113038", "DCM", "Incorrect Modality Worklist Entry";
    DATA_RETENTION_POLICY_EXPIRED = "113039", "DCM", "Data Retention Policy Expired";
    IMAGE_LIBRARY = "111028", "DCM", "Image Library";
    IMAGE_LIBRARY_GROUP = "126200", "DCM", "Image Library Group";
    MODALITY = "121139", "DCM", "Modality";
    LANGUAGE = "121049", "DCM", "Language of Content Item and Descendants";
    ENGLISH = "en", "RFC5646", "English";
    FRENCH = "fr", "RFC5646", "French";
    OBSERVER_TYPE = "121005", "DCM", "Observer Type";
    PERSON = "121006", "DCM", "Person";
    DEVICE = "121007", "DCM", "Device";
    PERSON_OBSERVER_NAME = "121008", "DCM", "Person Observer Name";
    DEVICE_OBSERVER_UID = "121012", "DCM", "Device Observer UID";
    DEVICE_OBSERVER_NAME = "121013", "DCM", "Device Observer Name";
    PROCEDURE_REPORTED = "121058", "DCM", "Procedure reported";
    IMAGING_PROCEDURE = "363679005", "SCT", "Imaging procedure";
    TRACKING_IDENTIFIER = "112039", "DCM", "Tracking Identifier";
    TRACKING_UNIQUE_IDENTIFIER = "112040", "DCM", "Tracking Unique Identifier";
    FINDING_CATEGORY = "276214006", "SCT", "Finding category";
    MORPHOLOGICALLY_ABNORMAL = "49755003", "SCT", "Morphologically Abnormal Structure";
    FINDING = "121071", "DCM", "Finding";
    FINDINGS = "121070", "DCM", "Findings";
    IMPRESSION = "121073", "DCM", "Impression";
    IMPRESSIONS = "121072", "DCM", "Impressions";
    CONCLUSION = "121077", "DCM", "Conclusion";
    COMMENT = "121106", "DCM", "Comment";
    IMAGE_REGION = "111030", "DCM", "Image Region";
    VOLUME_SURFACE = "121231", "DCM", "Volume Surface";
    PATH = "121055", "DCM", "Path";
    SOURCE = "260753009", "SCT", "Source";
    FRAME_OF_REFERENCE_UID = "112227", "DCM", "Frame of Reference UID";
    SOURCE_IMAGE_FOR_SEGMENTATION = "121233", "DCM", "Source image for segmentation";
    DERIVATION = "121401", "DCM", "Derivation";

    // What is measured.
    LENGTH = "410668003", "SCT", "Length";
    ANGLE = "1483009", "SCT", "Angle";
    AREA = "42798000", "SCT", "Area";
    DURATION = "103335007", "SCT", "Duration";
    FLOW_VELOCITY = "110828", "DCM", "Flow Velocity";
    DEPTH = "131197000", "SCT", "Depth";
    MEAN = "373098007", "SCT", "Mean";
    STANDARD_DEVIATION = "386136009", "SCT", "Standard Deviation";
    MINIMUM = "255605001", "SCT", "Minimum";
    MAXIMUM = "56851009", "SCT", "Maximum";
    ATTENUATION_COEFFICIENT = "112031", "DCM", "Attenuation Coefficient";
    PIXEL_VALUE = "pixel-value", "99ISOCENTRE", "Pixel value";
    MEASUREMENT_METHOD = "370129005", "SCT", "Measurement Method";
    MANUAL_CALIBRATION = "manual-calibration", "99ISOCENTRE", "Manual calibration by a line of known length";
    PIXEL_COUNT = "pixel-count", "99ISOCENTRE", "Pixel count";

    // Units.
    MILLIMETRE = "mm", "UCUM", "mm";
    SQUARE_MILLIMETRE = "mm2", "UCUM", "square millimeter";
    PIXELS = "{pixels}", "UCUM", "pixels";
    SQUARE_PIXELS = "{square-pixels}", "UCUM", "square pixels";
    MILLISECOND = "ms", "UCUM", "millisecond";
    CENTIMETRE_PER_SECOND = "cm/s", "UCUM", "centimeter/second";
    DEGREE = "deg", "UCUM", "Degree";
    HOUNSFIELD_UNIT = "[hnsf'U]", "UCUM", "Hounsfield unit";
    NO_UNITS = "1", "UCUM", "no units";
    BECQUEREL_PER_MILLILITRE = "Bq/ml", "UCUM", "Becquerels/milliliter";
    COUNTS = "{counts}", "UCUM", "Counts";
    COUNTS_PER_SECOND = "{counts}/s", "UCUM", "Counts per second";
    SUV_BODY_WEIGHT = "g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight";
    SUV_LEAN_BODY_MASS = "g/ml{SUVlbm}", "UCUM", "Standardized Uptake Value lean body mass (James)";
    SUV_BODY_SURFACE_AREA = "cm2/ml{SUVbsa}", "UCUM", "Standardized Uptake Value body surface area";
}
