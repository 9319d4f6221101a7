//! A Part 10 file that arrives in pieces: what stands before its data set is taken off.

use std::path::Path;
use std::sync::Arc;

use crate::dicom::ByteSource;
use crate::dicom::io_message;
use crate::dicom::read::read_beginning;
use crate::problem::Message;

use super::Announced;
use super::part_file::part10_head;

/// Enough for any meta information and the first elements of the data set.
const USUALLY_ENOUGH: usize = 64 * 1024;
/// Private information in the meta group may be longer; beyond this it is none.
const MOST: usize = 4 * 1024 * 1024;

/// Collects the beginning of a file until it is known what the file holds.
#[derive(Debug, Default)]
pub struct Part10Splitter {
    collected: Vec<u8>,
    wanted: usize,
}

/// The beginning of a file, without preamble and meta information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part10Beginning {
    /// What the file says it is: the data set's own words, where it has any.
    pub announced: Announced,
    /// The data set's first bytes.
    pub data_set: Vec<u8>,
}

impl Part10Splitter {
    /// Before the first byte.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            collected: Vec::new(),
            wanted: USUALLY_ENOUGH,
        }
    }

    /// The next bytes; the beginning as soon as it is known. After that the bytes that follow
    /// belong to the data set, and this is of no more use. `from` is the peer's name.
    ///
    /// # Errors
    /// It is no instance.
    pub fn push(&mut self, bytes: &[u8], from: &str) -> Result<Option<Part10Beginning>, Message> {
        self.collected.extend_from_slice(bytes);
        if self.collected.len() < self.wanted {
            return Ok(None);
        }
        match self.split(from) {
            Err(_) if self.wanted < MOST => {
                self.wanted = MOST;
                Ok(None)
            }
            outcome => outcome.map(Some),
        }
    }

    /// The file ended before its beginning was known.
    ///
    /// # Errors
    /// It is no instance.
    pub fn end(mut self, from: &str) -> Result<Part10Beginning, Message> {
        self.split(from)
    }

    fn split(&mut self, from: &str) -> Result<Part10Beginning, Message> {
        let beginning = read_beginning(&self.collected).map_err(|error| error.message())?;
        let data_set = self.collected.split_off(beginning.data_set_at);
        Ok(Part10Beginning {
            announced: Announced {
                sop_class_uid: beginning.sop_class_uid,
                sop_instance_uid: beginning.sop_instance_uid,
                transfer_syntax_uid: beginning.transfer_syntax.to_string(),
                from: from.to_owned(),
            },
            data_set,
        })
    }
}

/// What makes a file one of Part 10: bytes in place of its first ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part10Repair {
    /// These come first; none where the file is as it should be.
    pub head: Vec<u8>,
    /// So many bytes of the file are left out.
    pub skipped: u64,
}

/// What a file lacks to be sent as it is: old devices write data sets without preamble and meta
/// information.
///
/// # Errors
/// It cannot be read, or is no instance.
pub fn part10_repair(path: &Path) -> Result<Part10Repair, Message> {
    let source = ByteSource::File(Arc::from(path));
    let bytes = source.read_range(0, USUALLY_ENOUGH);
    let bytes = bytes.map_err(|error| io_message(&error))?;
    if bytes.get(128..132) == Some(b"DICM") {
        return Ok(Part10Repair::default());
    }
    let length = bytes.len();
    let mut splitter = Part10Splitter {
        collected: bytes,
        wanted: MOST,
    };
    let beginning = splitter.split("")?;
    let head = part10_head(&beginning.announced);
    Ok(Part10Repair {
        head: head.map_err(|refusal| refusal.message().clone())?,
        skipped: (length - beginning.data_set.len()) as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::DatasetBuilder;
    use crate::dicom::tags;
    use crate::dicom::write_part10_bytes;

    const EXPLICIT: &str = "1.2.840.10008.1.2.1";

    fn file(pixels: usize) -> Vec<u8> {
        let mut b = DatasetBuilder::new();
        b.text(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.2")
            .text(tags::SOP_INSTANCE_UID, "1.2.3.4")
            .text(tags::PATIENT_ID, "ID1")
            .bytes(tags::PIXEL_DATA, &vec![7; pixels]);
        write_part10_bytes(&b.into_dataset(), EXPLICIT).unwrap()
    }

    fn split(file: &[u8], size: usize) -> (Announced, Vec<u8>) {
        let mut splitter = Some(Part10Splitter::new());
        let mut beginning = None;
        let mut data_set = Vec::new();
        for piece in file.chunks(size) {
            match &mut splitter {
                Some(open) => {
                    if let Some(found) = open.push(piece, "PACS").unwrap() {
                        data_set = found.data_set.clone();
                        beginning = Some(found);
                        splitter = None;
                    }
                }
                None => data_set.extend_from_slice(piece),
            }
        }
        let beginning = beginning.unwrap_or_else(|| {
            let found = splitter.unwrap().end("PACS").unwrap();
            data_set.clone_from(&found.data_set);
            found
        });
        (beginning.announced, data_set)
    }

    #[test]
    fn a_file_gives_its_names_and_exactly_its_data_set_in_whatever_pieces_it_comes() {
        for pixels in [10, 300_000] {
            let file = file(pixels);
            for size in [1_000, 65_536, file.len()] {
                let (announced, data_set) = split(&file, size);
                assert_eq!(announced.sop_instance_uid, "1.2.3.4");
                assert_eq!(announced.sop_class_uid, "1.2.840.10008.5.1.4.1.1.2");
                assert_eq!(announced.transfer_syntax_uid, EXPLICIT);
                assert_eq!(announced.from, "PACS");
                let at = file.len() - data_set.len();
                assert_eq!(data_set, file[at..]);
                assert_eq!(data_set[..4], [0x08, 0, 0x05, 0], "the first element");
            }
        }
    }

    #[test]
    fn a_file_without_preamble_becomes_one_of_part_10() {
        let file = file(10);
        let data_set = split(&file, file.len()).1;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bare");
        for stray in [0, 3] {
            std::fs::write(&path, [vec![0xaa; stray], data_set.clone()].concat()).unwrap();
            let repair = part10_repair(&path).unwrap();
            assert_eq!(repair.skipped, stray as u64);
            let whole = [repair.head, data_set.clone()].concat();
            let (announced, same) = split(&whole, whole.len());
            assert_eq!(announced.sop_instance_uid, "1.2.3.4");
            assert_eq!(same, data_set);
        }
        std::fs::write(&path, &file).unwrap();
        assert_eq!(part10_repair(&path).unwrap(), Part10Repair::default());
    }

    #[test]
    fn what_is_no_instance_is_refused_and_never_kept_in_memory_whole() {
        let mut splitter = Part10Splitter::new();
        let piece = vec![b'<'; 256 * 1024];
        let refused = (0..64).find(|_| splitter.push(&piece, "PACS").is_err());
        assert!(refused.is_some_and(|pieces| pieces * piece.len() <= MOST));
        assert!(Part10Splitter::new().end("PACS").is_err());
    }
}
