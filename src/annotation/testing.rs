//! What the tests of this and higher modules draw with.

use crate::annotation::Anchor;
use crate::annotation::Annotation;
use crate::annotation::AnnotationId;
use crate::annotation::AnnotationKind;
use crate::annotation::Geometry;
use crate::annotation::Points;
use crate::geom::DVec3;

/// An annotation of no particular image.
pub(crate) fn annotation(kind: AnnotationKind, geometry: Geometry, points: Points) -> Annotation {
    Annotation {
        id: AnnotationId(1),
        tracking_uid: "1.2.3.4".into(),
        label: "Lesion 1".to_owned(),
        text: String::new(),
        kind,
        geometry,
        points,
        anchor: Anchor {
            series_instance_uid: "1.2.3".into(),
            sop_instance_uid: "1.2.3.1".into(),
            sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".into(),
            frame: 0,
            frame_of_reference: Some("1.2.9".into()),
            normal: Some(DVec3::Z),
        },
        finding: None,
        label_offset: None,
    }
}
