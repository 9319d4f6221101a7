//! The shaders: one table, each row joined from parts, the sample type substituted.
//!
//! In debug builds the texts are read from `shaders/` again when a file there changes, and the
//! pipelines made anew; one that does not compile is reported and the old one kept.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant, SystemTime};

/// What a tap is loaded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of WGSL")]
pub enum SampleClass {
    I32,
    U32,
    F32,
}

impl SampleClass {
    /// All three.
    pub const ALL: [Self; 3] = [Self::I32, Self::U32, Self::F32];

    /// Its name in WGSL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::U32 => "u32",
            Self::F32 => "f32",
        }
    }
}

/// Which shader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShaderId {
    /// One grey frame.
    Slice,
    /// One colour frame.
    SliceColour,
    /// A plane through a volume.
    Reslice,
    /// Voxels laid over a picture.
    Layer,
}

/// A file of `shaders/` with the text it had when the program was built.
struct Part {
    file: &'static str,
    text: &'static str,
}

macro_rules! part {
    ($file:literal) => {
        Part {
            file: $file,
            text: include_str!(concat!("../../shaders/", $file)),
        }
    };
}

/// A row: the name for people, and the parts besides the one of the sample type.
struct Row {
    id: ShaderId,
    name: &'static str,
    parts: &'static [Part],
}

static SHADERS: &[Row] = &[
    Row {
        id: ShaderId::Slice,
        name: "slice",
        parts: &[TYPES, SAMPLING, VOI, MARKS, part!("slice.wgsl")],
    },
    Row {
        id: ShaderId::SliceColour,
        name: "slice_colour",
        parts: &[TYPES, SAMPLING, VOI, MARKS, part!("slice_colour.wgsl")],
    },
    Row {
        id: ShaderId::Reslice,
        name: "reslice",
        parts: &[TYPES, SAMPLING, VOI, part!("reslice.wgsl")],
    },
    Row {
        id: ShaderId::Layer,
        name: "layer",
        parts: &[TYPES, SAMPLING, part!("layer.wgsl")],
    },
];

const TYPES: Part = part!("common/types.wgsl");
const SAMPLING: Part = part!("common/sampling.wgsl");
const VOI: Part = part!("common/voi.wgsl");
const MARKS: Part = part!("common/marks.wgsl");
const SAMPLE_I32: Part = part!("common/sample_i32.wgsl");
const SAMPLE_U32: Part = part!("common/sample_u32.wgsl");
const SAMPLE_F32: Part = part!("common/sample_f32.wgsl");

/// The shaders by id, name and the sample types each is made for.
#[must_use]
pub fn all() -> Vec<(ShaderId, &'static str, &'static [SampleClass])> {
    SHADERS
        .iter()
        .map(|row| {
            let classes: &[_] = match row.id {
                ShaderId::SliceColour => &[SampleClass::U32],
                ShaderId::Layer => &[SampleClass::U32, SampleClass::F32],
                _ => &SampleClass::ALL,
            };
            (row.id, row.name, classes)
        })
        .collect()
}

/// The text of a shader for a sample type.
#[must_use]
pub fn text(id: ShaderId, class: SampleClass) -> String {
    let sample = match class {
        SampleClass::I32 => SAMPLE_I32,
        SampleClass::U32 => SAMPLE_U32,
        SampleClass::F32 => SAMPLE_F32,
    };
    let parts = SHADERS
        .iter()
        .filter(|row| row.id == id)
        .flat_map(|row| row.parts);
    let mut joined = String::new();
    for part in parts.chain([&sample]) {
        joined.push_str(&current(part));
        joined.push('\n');
    }
    joined.replace("SAMPLE", class.name())
}

fn on_disk(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "shaders", file]
        .iter()
        .collect()
}

fn current(part: &Part) -> String {
    if cfg!(debug_assertions)
        && let Ok(text) = std::fs::read_to_string(on_disk(part.file))
    {
        return text;
    }
    part.text.to_owned()
}

/// Changes when a file of `shaders/` does; always `None` in release builds.
pub(crate) fn revision() -> Option<SystemTime> {
    static LAST: Mutex<Option<(Instant, Option<SystemTime>)>> = Mutex::new(None);
    if !cfg!(debug_assertions) {
        return None;
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((asked, revision)) = *last
        && asked.elapsed() < Duration::from_millis(500)
    {
        return revision;
    }
    let revision = SHADERS
        .iter()
        .flat_map(|row| row.parts)
        .chain([&SAMPLE_I32, &SAMPLE_U32, &SAMPLE_F32])
        .filter_map(|part| on_disk(part.file).metadata().ok()?.modified().ok())
        .max();
    *last = Some((Instant::now(), revision));
    revision
}
