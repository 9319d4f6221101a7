//! DIMSE against other programs (Orthanc, DCMTK), against our own receiver, and against peers
//! that break the rules.

mod bad_lines;
mod command_line;
mod committing;
mod dcmtk;
mod faults;
mod finding;
mod findscu;
mod full_disk;
pub mod liars;
mod limited;
mod moves_at_once;
mod moving;
mod patient_root;
mod peer;
pub mod planned;
pub mod programs;
mod receiving;
mod retrieving;
mod secure;
mod sending;
mod titles;
mod uncompressed;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;

use isocentre::jobs::JobCtx;
use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;
use isocentre::pacs::Caller;
use isocentre::pacs::DimseAddress;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Node;
use isocentre::pacs::NodeAddress;
use isocentre::pacs::Retrieval;
use isocentre::pacs::RetrieveEvent;
use isocentre::pacs::Retrieved;
use isocentre::pacs::Service;
use isocentre::pacs::Wanted;
use isocentre::pacs::service;

use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;

/// An Orthanc; a machine without one cannot say that this works.
fn orthanc(options: OrthancOptions) -> Orthanc {
    Orthanc::start_with("DIMSE", options)
        .expect("Orthanc with DICOMweb (Debian: apt install orthanc orthanc-dicomweb)")
}

/// A node at an address, with a short patience.
fn node(address: &str, change: impl FnOnce(&mut DimseAddress)) -> Node {
    let NodeAddress::Dimse(mut dimse) = NodeAddress::parse(address).unwrap() else {
        panic!("{address} is a DIMSE address");
    };
    dimse.patience_s = 10.0;
    change(&mut dimse);
    Node {
        name: address.to_owned(),
        address: NodeAddress::Dimse(dimse),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    }
}

fn speak(address: &str) -> Box<dyn Service> {
    service(&node(address, |_| {}), &Caller::default())
}

fn find(service: &dyn Service, query: &StudyQuery) -> Result<Vec<StudyMatch>, Failure> {
    let mut all = Vec::new();
    service.find(query, &mut |found| all.push(found), &JobCtx::new())?;
    Ok(all)
}

/// Fetches a study into a folder; the events beside the result.
fn fetch(
    service: &dyn Service,
    study: &str,
    folder: &Path,
) -> Result<(Retrieved, Vec<RetrieveEvent>), Failure> {
    let events = Mutex::new(Vec::new());
    let wanted = Wanted {
        study_uid: study.to_owned(),
        series: Vec::new(),
    };
    let retrieved = service.retrieve(
        &[wanted],
        &FolderSink::new(folder),
        &|event| events.lock().unwrap().push(event),
        &JobCtx::new(),
    )?;
    Ok((retrieved, events.into_inner().unwrap()))
}

fn by_move(dimse: &mut DimseAddress) {
    dimse.retrieval = Retrieval::Move;
}

const STUDY: &str = "1.2.3.4.5.2";

/// Slices of one series, and their pixels all different.
fn slices(count: usize) -> Vec<SyntheticImage> {
    let slice = |n: usize| {
        SyntheticImage::new(16, 16)
            .sop_instance(&format!("1.2.3.4.5.1.{}", n + 1))
            .instance_number(n as i32 + 1)
            .position([0.0, 0.0, n as f64])
            .pixels(move |row, column| (row * 16 + column + n) as i64 % 4096)
    };
    (0..count).map(slice).collect()
}

/// Writes images into a folder, in explicit VR little endian.
fn write(images: &[SyntheticImage], folder: &Path) -> Vec<PathBuf> {
    let written = images.iter().enumerate().map(|(n, image)| {
        let path = folder.join(format!("{n:05}.dcm"));
        std::fs::write(&path, image.write(Encoding::ExplicitLittle)).unwrap();
        path
    });
    written.collect()
}

/// The bytes behind the meta information of a Part 10 file.
fn data_set(file: &[u8]) -> &[u8] {
    // (0002,0000) UL follows preamble and magic: 8 bytes of head, 4 of value.
    let length = u32::from_le_bytes(file[140..144].try_into().unwrap()) as usize;
    &file[144 + length..]
}

/// Every file that was sent has come with the same data set.
fn assert_same(sent: &[Vec<u8>], folder: &Path) {
    let mut came: Vec<Vec<u8>> = crate::common::files_below(folder)
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert_eq!(came.len(), sent.len());
    let mut sent = sent.to_vec();
    let by_data_set = |a: &Vec<u8>, b: &Vec<u8>| data_set(a).cmp(data_set(b));
    came.sort_by(by_data_set);
    sent.sort_by(by_data_set);
    for (came, sent) in came.iter().zip(&sent) {
        assert!(data_set(came) == data_set(sent), "a data set differs");
    }
}
