//! The window that a service is to render an image with (PS3.18 8.3.5.1.4). Left to themselves,
//! many services do not take the image's own, but spread all of its values.

use std::fmt;

use super::WebTrouble;
use crate::dicom::Dataset;
use crate::dicom::modules::FunctionalGroups;
use crate::dicom::modules::VoiModule;
use crate::dicom::tags;
use crate::pacs::Failure;

/// A window in modality values, as a parameter of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderWindow {
    center: f64,
    width: f64,
    function: &'static str,
}

impl RenderWindow {
    /// The first of those that the image states for a frame (from 0); `None` where it states none,
    /// and for colours, which have none (PS3.3 C.11.2.1.2).
    #[must_use]
    pub fn of_image(dataset: &Dataset, frame: u32) -> Option<Self> {
        let root = dataset.elements();
        let photometric = root.text(tags::PHOTOMETRIC_INTERPRETATION)?;
        if !photometric.starts_with("MONOCHROME") {
            return None;
        }
        let groups = FunctionalGroups::read(root);
        let elements = groups.group(frame as usize, tags::FRAME_VOILUT_SEQUENCE);
        // It matters to tables alone, which cannot be asked for.
        let is_signed = true;
        let voi = VoiModule::read(elements, is_signed);
        let first = voi.windows.first()?;
        let function = match voi.function.as_str() {
            "SIGMOID" => "sigmoid",
            "LINEAR_EXACT" => "linear-exact",
            // LINEAR asks for a width of at least 1; who writes less means the other.
            _ if first.width < 1.0 => "linear-exact",
            _ => "linear",
        };
        Some(Self {
            center: first.center,
            width: first.width,
            function,
        })
    }
}

impl fmt::Display for RenderWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            center,
            width,
            function,
        } = self;
        write!(f, "window={center},{width},{function}")
    }
}

/// Whether a refusal may be of the window alone: services know the parameter or not.
pub(super) const fn may_be_of_window(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Web {
            trouble: WebTrouble::NotAcceptable
                | WebTrouble::Status {
                    status: 400..=500,
                    ..
                }
                | WebTrouble::NoPath { .. },
            ..
        }
    )
}

/// Whether it is, and no trouble that passes.
pub(super) const fn is_of_window(failure: &Failure) -> bool {
    let is_trouble = matches!(
        failure,
        Failure::Web {
            trouble: WebTrouble::Status { status: 500, .. },
            ..
        }
    );
    may_be_of_window(failure) && !is_trouble
}

#[cfg(test)]
mod tests {
    use crate::dicom::datasets_from_json;

    use super::*;

    fn window(json: &str, frame: u32) -> Option<String> {
        let sets = datasets_from_json(json.as_bytes()).unwrap();
        RenderWindow::of_image(&sets[0].dataset, frame).map(|window| window.to_string())
    }

    #[test]
    fn a_grey_image_is_rendered_with_its_own_first_window_and_its_function() {
        let json = |photometric: &str, width: &str, more: &str| {
            format!(
                r#"[{{"00280004":{{"vr":"CS","Value":["{photometric}"]}},
                "00281050":{{"vr":"DS","Value":[-600,40.5]}},
                "00281051":{{"vr":"DS","Value":[{width},400]}}{more}}}]"#
            )
        };
        let grey = |width, more| window(&json("MONOCHROME2", width, more), 0);
        assert_eq!(grey("1500", "").as_deref(), Some("window=-600,1500,linear"));
        assert_eq!(
            grey("0.5", "").as_deref(),
            Some("window=-600,0.5,linear-exact")
        );
        let sigmoid = r#","00281056":{"vr":"CS","Value":["SIGMOID"]}"#;
        assert_eq!(
            grey("1500", sigmoid).as_deref(),
            Some("window=-600,1500,sigmoid")
        );
        assert_eq!(grey("-1", "").as_deref(), Some("window=40.5,400,linear"));
        assert_eq!(window(&json("RGB", "1500", ""), 0), None);
        let none = r#"[{"00280004":{"vr":"CS","Value":["MONOCHROME2"]}}]"#;
        assert_eq!(window(none, 0), None);
    }

    #[test]
    fn a_frame_is_rendered_with_its_own_window() {
        let group = |center| {
            format!(
                r#"{{"00289132":{{"vr":"SQ","Value":[{{
                "00281050":{{"vr":"DS","Value":[{center}]}},
                "00281051":{{"vr":"DS","Value":[10]}}}}]}}}}"#
            )
        };
        let json = format!(
            r#"[{{"00280004":{{"vr":"CS","Value":["MONOCHROME2"]}},
            "52009230":{{"vr":"SQ","Value":[{},{}]}}}}]"#,
            group(1),
            group(2)
        );
        assert_eq!(window(&json, 1).as_deref(), Some("window=2,10,linear"));
    }
}
