//! The local archive: what it keeps, finds and refuses.

mod command;
mod folder;
mod importing;
mod keeping;
mod killing;
mod rebuilding;
mod searching;
mod tending;
mod upkeep;

use std::path::Path;
use std::path::PathBuf;

use isocentre::archive::Archive;
use isocentre::dicom::Announced;
use isocentre::dicom::InstanceSink;
use isocentre::dicom::Received;
use isocentre::dicom::Refusal;
use isocentre::model::Level;
use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;

use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::files_below;

const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";

fn announced(sop_instance_uid: &str) -> Announced {
    Announced {
        sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
        sop_instance_uid: sop_instance_uid.to_owned(),
        transfer_syntax_uid: EXPLICIT_LITTLE.to_owned(),
        from: "SCANNER".to_owned(),
    }
}

/// Hands an image over as a peer does.
fn receive(archive: &Archive, image: &SyntheticImage, uid: &str) -> Result<Received, Refusal> {
    receive_as(archive, image, uid, EXPLICIT_LITTLE)
}

/// The same in another syntax that is written in explicit VR little endian.
fn receive_as(
    sink: &dyn InstanceSink,
    image: &SyntheticImage,
    uid: &str,
    syntax: &str,
) -> Result<Received, Refusal> {
    receive_bytes(sink, &data_set(image, uid), uid, syntax)
}

/// An image as a peer sends it.
fn data_set(image: &SyntheticImage, uid: &str) -> Vec<u8> {
    let image = image.clone().sop_instance(uid).without_preamble_and_meta();
    image.write(Encoding::ExplicitLittle)
}

/// Keeps an image in an archive; its file.
pub fn keep(archive: &Archive, image: &SyntheticImage, uid: &str) -> PathBuf {
    receive(archive, image, uid).unwrap().path
}

fn receive_bytes(
    sink: &dyn InstanceSink,
    bytes: &[u8],
    uid: &str,
    syntax: &str,
) -> Result<Received, Refusal> {
    let mut writer = sink.begin(&Announced {
        transfer_syntax_uid: syntax.to_owned(),
        ..announced(uid)
    })?;
    for part in bytes.chunks(1000) {
        writer.write(part)?;
    }
    writer.finish()
}

fn image() -> SyntheticImage {
    SyntheticImage::new(8, 8)
}

fn search(archive: &Archive, query: &StudyQuery) -> Vec<StudyMatch> {
    archive.flush();
    archive.search(query).unwrap()
}

fn all_at(archive: &Archive, level: Level) -> Vec<StudyMatch> {
    let level = StudyQuery {
        level,
        ..StudyQuery::default()
    };
    search(archive, &level)
}

/// SOP Instance UIDs that are found.
fn found_uids(archive: &Archive) -> Vec<String> {
    let found = all_at(archive, Level::Instance).into_iter();
    let mut uids: Vec<String> = found.map(|it| it.sop_instance_uid).collect();
    uids.sort();
    uids
}

/// The archive's images, relative to its folder.
fn kept_files(folder: &Path) -> Vec<PathBuf> {
    let images = folder.join("images");
    if !images.exists() {
        return Vec::new();
    }
    let files = files_below(&images).into_iter();
    files
        .map(|path| path.strip_prefix(folder).unwrap().to_owned())
        .collect()
}

fn message_ids(archive: &Archive) -> Vec<&'static str> {
    let problems = archive.problems().drain().into_iter();
    problems.map(|problem| problem.message.id.0).collect()
}
