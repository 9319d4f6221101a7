//! The JSON of `isocentre info`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::layers::{LayerEntry, layers};
use crate::dicom::modules::EncapsulatedDocument;
use crate::dicom::tags;
use crate::engine::open::Opened;
use crate::jobs::JobCtx;
use crate::model::DisplaySet;
use crate::model::DisplaySetKind;
use crate::model::Instance;
use crate::model::InstanceIx;
use crate::model::Library;
use crate::model::Patient;
use crate::model::Series;
use crate::model::Study;
use crate::model::VolumePlan;
use crate::objects::pdf::NoResult;
use crate::objects::pdf::PdfDocument;
use crate::objects::presentation_state;
use crate::text::Words;

/// Everything found; `files_found` is the sum of the other two.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    pub files_found: usize,
    pub files_shown: usize,
    pub passed_over: Vec<PassedOverEntry>,
    pub problems: Vec<ProblemEntry>,
    pub patients: Vec<PatientEntry>,
}

#[derive(Debug, Serialize)]
pub(super) struct PassedOverEntry {
    pub path: String,
    pub reason: String,
}

#[derive(Debug, Serialize)]
pub(super) struct ProblemEntry {
    pub path: Option<String>,
    pub message: String,
}

#[derive(Debug, Serialize)]
pub(super) struct PatientEntry {
    pub patient_id: String,
    pub issuer_of_patient_id: String,
    pub patient_name: String,
    pub patient_birth_date: String,
    pub patient_sex: String,
    pub studies: Vec<StudyEntry>,
}

#[derive(Debug, Serialize)]
pub(super) struct StudyEntry {
    pub study_instance_uid: String,
    pub study_date: String,
    pub study_time: String,
    pub study_description: String,
    pub accession_number: String,
    pub series: Vec<SeriesEntry>,
}

#[derive(Debug, Serialize)]
pub(super) struct SeriesEntry {
    pub series_instance_uid: String,
    pub series_number: Option<i64>,
    pub modality: String,
    pub series_description: String,
    pub instances: usize,
    pub display_sets: Vec<DisplaySetEntry>,
}

#[derive(Debug, Serialize)]
pub(super) struct DisplaySetEntry {
    /// `stack`, `loop`, `report`, `presentation_state`, `waveform`, `pdf` or `not_shown`.
    pub kind: &'static str,
    /// What sets it apart from the others of its series.
    pub apart_by: Vec<String>,
    /// Which of the sets that show the same slices it is, from 1, and of how many.
    pub phase: Option<[usize; 2]>,
    /// What of the image in several files is not there.
    pub missing: Option<String>,
    pub sop_class_uid: String,
    pub instances: usize,
    pub frames: usize,
    pub rows: u32,
    pub columns: u32,
    pub frame_of_reference_uid: Option<String>,
    /// The presentation states it holds.
    pub presentation_states: Vec<PresentationStateEntry>,
    /// Why it cannot be shown.
    pub not_shown: Option<String>,
    /// The volume it forms.
    pub geometry: Option<GeometryEntry>,
    /// Why it forms no volume.
    pub no_volume: Option<String>,
    /// Objects that are laid over images: segmentations, structure sets, doses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overlay_objects: Vec<LayerEntry>,
    /// The file inside the object.
    pub document: Option<DocumentEntry>,
    /// The video its frames are the pictures of.
    pub video: Option<VideoEntry>,
}

#[derive(Debug, Serialize)]
pub(super) struct DocumentEntry {
    pub title: String,
    pub mime_type: String,
    /// Of a PDF; nothing where it cannot be read.
    pub pages: Option<usize>,
    /// Why it cannot.
    pub problem: Option<String>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct PresentationStateEntry {
    pub sop_instance_uid: String,
    /// Content Label; empty where it says none, or cannot be applied.
    pub label: String,
    pub description: String,
    /// Content Creator's Name, as stored.
    pub creator: String,
    pub creation_date: String,
    pub creation_time: String,
    /// How many images it is for.
    pub images: usize,
    /// Series Instance UIDs of those images.
    pub referenced_series: Vec<String>,
    /// Why it cannot be applied.
    pub refused: Option<String>,
    /// What of it is not shown.
    pub faults: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct VideoEntry {
    pub codec: &'static str,
    pub container: &'static str,
    /// As the header declares it.
    pub number_of_frames: Option<i64>,
    /// Pictures in the stream, which are those shown.
    pub frames: u32,
    /// Pictures a second, where the stream says so.
    pub frame_rate: Option<f64>,
    /// Height over width of a pixel, where the stream says so.
    pub pixel_aspect: Option<f64>,
    /// Pictures from which decoding can begin.
    pub random_access_points: usize,
    /// Sound is not played.
    pub has_audio: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct GeometryEntry {
    /// Columns, rows, slices.
    pub dimensions: [u32; 3],
    /// Between pixels along a row and along a column, mm.
    pub pixel_mm: [f64; 2],
    /// Between slice planes, mm.
    pub slice_mm: f64,
    pub tilt_degrees: f64,
    /// Slice numbers, counted from 1, that no image fills.
    pub missing_slices: Vec<u32>,
    /// How many images lie where another one does.
    pub duplicates: usize,
    pub largest_deviation_mm: f64,
    /// Centre of the first voxel, patient mm.
    pub origin_mm: [f64; 3],
    /// Steps to the next voxel to the right, below and in the next slice, patient mm.
    pub steps_mm: [[f64; 3]; 3],
}

impl Document {
    pub(super) fn new(opened: &Opened, words: &Words) -> Self {
        let library = &opened.library;
        let files_shown = library.instances().count();
        Self {
            files_found: files_shown + opened.passed_over.len(),
            files_shown,
            passed_over: opened
                .passed_over
                .iter()
                .map(|file| PassedOverEntry {
                    path: file.path.display().to_string(),
                    reason: words.get(&file.reason),
                })
                .collect(),
            problems: opened
                .problems
                .iter()
                .map(|problem| ProblemEntry {
                    path: problem.path.as_ref().map(|path| path.display().to_string()),
                    message: words.get(&problem.message),
                })
                .collect(),
            patients: library
                .patients()
                .map(|patient| patient_entry(library, patient, words))
                .collect(),
        }
    }
}

fn patient_entry(library: &Library, patient: &Patient, words: &Words) -> PatientEntry {
    let module = patient.module.clone();
    PatientEntry {
        patient_id: module.patient_id,
        issuer_of_patient_id: module.issuer,
        patient_name: module.name,
        patient_birth_date: module.birth_date,
        patient_sex: module.sex,
        studies: patient
            .studies
            .iter()
            .filter_map(|key| library.study(*key))
            .map(|study| study_entry(library, study, words))
            .collect(),
    }
}

fn study_entry(library: &Library, study: &Study, words: &Words) -> StudyEntry {
    let module = study.module.clone();
    StudyEntry {
        study_instance_uid: module.study_instance_uid,
        study_date: module.date,
        study_time: module.time,
        study_description: module.description,
        accession_number: module.accession_number,
        series: study
            .series
            .iter()
            .filter_map(|key| library.series(*key))
            .map(|series| series_entry(library, series, words))
            .collect(),
    }
}

fn series_entry(library: &Library, series: &Series, words: &Words) -> SeriesEntry {
    let mut told = BTreeSet::new();
    let module = series.module.clone();
    SeriesEntry {
        series_instance_uid: module.series_instance_uid,
        series_number: module.number,
        modality: module.modality,
        series_description: module.description,
        instances: series.instances.len(),
        display_sets: library
            .display_sets_of(series.key)
            .iter()
            .map(|set| display_set_entry(library, set, &mut told, words))
            .collect(),
    }
}

fn display_set_entry(
    library: &Library,
    set: &DisplaySet,
    told: &mut BTreeSet<InstanceIx>,
    words: &Words,
) -> DisplaySetEntry {
    let why = set.volume.as_ref().err().filter(|_| set.is_image());
    DisplaySetEntry {
        kind: set.kind.name(),
        apart_by: set
            .apart_by
            .iter()
            .map(|reason| words.get(reason))
            .collect(),
        phase: set
            .phase
            .as_ref()
            .map(|phase| [phase.place as usize + 1, phase.sets.len()]),
        missing: set.missing.as_ref().map(|what| words.get(what)),
        sop_class_uid: set.sop_class_uid.to_string(),
        instances: set.instances.len(),
        frames: set.frames.len(),
        rows: set.rows,
        columns: set.columns,
        frame_of_reference_uid: set.frame_of_reference.as_deref().map(str::to_owned),
        presentation_states: if set.kind == DisplaySetKind::PresentationState {
            let instances = set.instances.iter();
            instances
                .filter_map(|ix| library.instance(*ix))
                .map(|instance| state_entry(instance, words))
                .collect()
        } else {
            Vec::new()
        },
        not_shown: set.kind.message().map(|message| words.get(message)),
        geometry: set.volume.as_deref().ok().map(geometry_entry),
        no_volume: why.map(|why| words.get(&why.message())),
        document: document_entry(library, set, words),
        video: video_entry(library, set),
        overlay_objects: layers(library, set, told),
    }
}

fn state_entry(instance: &Instance, words: &Words) -> PresentationStateEntry {
    let uid = instance.facts.sop_instance_uid.to_string();
    match presentation_state::read(&instance.header) {
        Ok(state) => {
            let [creation_date, creation_time] = state.created;
            PresentationStateEntry {
                sop_instance_uid: uid,
                label: state.label,
                description: state.description,
                creator: state.creator,
                creation_date,
                creation_time,
                images: state.images.len(),
                referenced_series: state.series.iter().map(ToString::to_string).collect(),
                refused: None,
                faults: state.faults.iter().map(|fault| words.get(fault)).collect(),
            }
        }
        Err(why) => PresentationStateEntry {
            sop_instance_uid: uid,
            refused: Some(words.get(&why)),
            ..PresentationStateEntry::default()
        },
    }
}

fn document_entry(library: &Library, set: &DisplaySet, words: &Words) -> Option<DocumentEntry> {
    let instance = set.instances.first().filter(|_| !set.is_image())?;
    let root = library.header(*instance)?.dataset.elements();
    let document = EncapsulatedDocument::read(root);
    let is_pdf = set.kind == DisplaySetKind::Pdf;
    if !is_pdf && document.bytes.is_empty() {
        return None;
    }
    let opened = is_pdf.then(|| PdfDocument::open(document.bytes, &JobCtx::new()));
    let (pages, problem) = match opened {
        Some(Ok(pdf)) => (Some(pdf.pages.len()), None),
        Some(Err(NoResult::Refused(why))) => (None, Some(words.get(&why))),
        Some(Err(NoResult::Cancelled)) | None => (None, None),
    };
    Some(DocumentEntry {
        title: document.title,
        mime_type: document.mime_type,
        pages,
        problem,
    })
}

fn video_entry(library: &Library, set: &DisplaySet) -> Option<VideoEntry> {
    let header = library.header(*set.instances.first()?)?;
    let video = header.video.as_ref()?;
    Some(VideoEntry {
        codec: video.codec().name(),
        container: video.container().name(),
        number_of_frames: header.dataset.elements().integer(tags::NUMBER_OF_FRAMES),
        frames: video.frames(),
        frame_rate: video.frame_rate(),
        pixel_aspect: video.pixel_aspect(),
        random_access_points: video.random_access_points(),
        has_audio: video.has_audio(),
    })
}

fn geometry_entry(plan: &VolumePlan) -> GeometryEntry {
    let report = &plan.report;
    let matrix = plan.grid.patient_from_voxel;
    GeometryEntry {
        dimensions: plan.grid.dims,
        pixel_mm: report.pixel_mm,
        slice_mm: report.slice_mm,
        tilt_degrees: report.tilt_degrees,
        missing_slices: report.missing.iter().map(|k| k + 1).collect(),
        duplicates: report.duplicates.len(),
        largest_deviation_mm: report.largest_deviation_mm,
        origin_mm: matrix.translation.to_array(),
        steps_mm: [
            matrix.matrix3.x_axis.to_array(),
            matrix.matrix3.y_axis.to_array(),
            matrix.matrix3.z_axis.to_array(),
        ],
    }
}
