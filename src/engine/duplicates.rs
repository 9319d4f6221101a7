//! Copies of one instance are told from different instances that share a UID, in the job that
//! finds them: telling may mean reading both files.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::dicom::{ByteSource, InstanceHeader, read_header, tags};
use crate::model::{Library, duplicate_of};
use crate::problem::Message;

/// Where the instances found so far are, by SOP Instance UID.
#[derive(Debug, Default)]
pub(super) struct Duplicates(Mutex<HashMap<String, Vec<ByteSource>>>);

impl Duplicates {
    /// Knows what is open already.
    pub(super) fn of(library: &Library) -> Self {
        let mut known: HashMap<String, Vec<ByteSource>> = HashMap::new();
        for instance in library.instances() {
            let sources = known.entry(instance.facts.sop_instance_uid.to_string());
            sources.or_default().push(instance.header.source.clone());
        }
        Self(Mutex::new(known))
    }

    /// Takes note of an instance.
    ///
    /// # Errors
    /// The reason for passing it over: it is a copy.
    pub(super) fn check(&self, header: &InstanceHeader) -> Result<(), Message> {
        let Some(uid) = header.dataset.elements().text(tags::SOP_INSTANCE_UID) else {
            return Ok(());
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sources = known.entry(uid).or_default();
        for source in sources.iter() {
            if let Ok(other) = read_header(source.clone())
                && other.has_same_content(header)
            {
                return Err(duplicate_of(&other));
            }
        }
        sources.push(header.source.clone());
        Ok(())
    }
}
