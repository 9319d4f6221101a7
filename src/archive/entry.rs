//! What the index holds of an instance.

use std::path::Path;

use crate::dicom::ByteSource;
use crate::dicom::Date;
use crate::dicom::InstanceHeader;
use crate::dicom::modules::PatientModule;
use crate::dicom::modules::SeriesModule;
use crate::dicom::modules::StudyModule;
use crate::dicom::tags;
use crate::model::priority_of;
use crate::problem::Message;
use crate::problem::msg;

use super::names;

/// An instance on its way into the index.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) patient: PatientModule,
    pub(super) study: StudyModule,
    /// How urgently the study was asked for; empty if that is not said.
    pub(super) priority: String,
    pub(super) series: SeriesModule,
    pub(super) sop_instance_uid: String,
    pub(super) sop_class_uid: String,
    pub(super) number: Option<i64>,
    pub(super) place: Place,
    /// Bytes of its file.
    pub(super) size: u64,
    /// What its file held when it was kept.
    pub(super) checksum: Option<Checksum>,
    /// AE title or host it came from; empty if it came by hand.
    pub(super) from: String,
}

/// Where an instance lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the archive.
    Own {
        /// Folder of its patient, in the folder of images.
        patient_folder: String,
        /// Its file, relative to the archive's folder, with `/`.
        path: String,
    },
    /// In a file that is not the archive's; it is never changed or removed.
    Reference {
        /// The file, or the zip archive that holds it.
        path: String,
        /// Its name in the zip archive; empty for a file of its own.
        entry: String,
    },
}

/// What a file held: SHA-256 of its bytes from an offset to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checksum {
    pub(super) from: u64,
    pub(super) sha256: [u8; 32],
}

impl Entry {
    /// From a header; `place` is asked for once the rest is known.
    ///
    /// # Errors
    /// The sentence why it cannot be kept: identifiers are missing.
    pub(super) fn read(header: &InstanceHeader, place: Place, size: u64) -> Result<Self, Message> {
        let elements = header.dataset.elements();
        let text = |tag| elements.text(tag).unwrap_or_default();
        let mut study = StudyModule::read(elements);
        if let Some(Date { year, month, day }) = Date::parse(&study.date) {
            study.date = format!("{year:04}{month:02}{day:02}");
        }
        let entry = Self {
            patient: PatientModule::read(elements),
            study,
            priority: priority_of(elements),
            series: SeriesModule::read(elements),
            sop_instance_uid: text(tags::SOP_INSTANCE_UID),
            sop_class_uid: text(tags::SOP_CLASS_UID),
            number: elements.integer(tags::INSTANCE_NUMBER),
            place,
            size,
            checksum: None,
            from: String::new(),
        };
        let has_uids = ![
            &entry.sop_instance_uid,
            &entry.series.series_instance_uid,
            &entry.study.study_instance_uid,
        ]
        .into_iter()
        .any(String::is_empty);
        if has_uids {
            Ok(entry)
        } else {
            Err(Message::new(msg("archive-no-uids")))
        }
    }

    /// Folder of its series relative to the archive's, with `/`.
    pub(super) fn series_folder(&self, patient_folder: &str) -> String {
        let study = names::of_uid(&self.study.study_instance_uid);
        let series = names::of_uid(&self.series.series_instance_uid);
        format!("{}/{patient_folder}/{study}/{series}", names::IMAGES)
    }

    /// Name of its file.
    pub(super) fn file_name(&self) -> String {
        format!("{}.dcm", names::of_uid(&self.sop_instance_uid))
    }
}

impl Place {
    /// Where a source lies that is to be remembered; `None` for what is no file, and for names
    /// that are no Unicode.
    pub(super) fn of_source(source: &ByteSource) -> Option<Self> {
        let absolute = |path: &Path| {
            let path = std::path::absolute(path).ok()?;
            path.to_str().map(str::to_owned)
        };
        match source {
            ByteSource::File(path) => Some(Self::Reference {
                path: absolute(path)?,
                entry: String::new(),
            }),
            ByteSource::ZipEntry {
                archive,
                name,
                password: None,
                ..
            } => Some(Self::Reference {
                path: absolute(archive)?,
                entry: name.to_string(),
            }),
            ByteSource::ZipEntry { .. } | ByteSource::Memory(_) => None,
        }
    }

    /// An own file's, from its path relative to the archive's folder.
    pub(super) fn own(path: &str) -> Option<Self> {
        let (images, rest) = path.split_once('/')?;
        let (patient_folder, _) = rest.split_once('/')?;
        (images == names::IMAGES).then(|| Self::Own {
            patient_folder: patient_folder.to_owned(),
            path: path.to_owned(),
        })
    }
}
