//! Transfers made from what was found, or from what is open.

use crate::archive::{Label, NewItem, NewTransfer, TransferKind, TransferPriority};
use crate::dicom::{ByteSource, tags};
use crate::model::{StudyKey, StudyMatch};
use crate::problem::{Message, msg};
use crate::workspace::{FoundStudy, Source, Workspace};

/// Fetching a study from the first node that has it.
pub(super) fn retrieval(found: &FoundStudy, priority: TransferPriority) -> Option<NewTransfer> {
    let node = found.sources.iter().find_map(|source| match source {
        Source::Node(name) => Some(name),
        Source::Archive | Source::Worklist(_) => None,
    })?;
    let kind = TransferKind::Retrieve;
    Some(of_study(&found.study, node, kind, priority))
}

/// A transfer of a whole study.
pub(super) fn of_study(
    study: &StudyMatch,
    node: &str,
    kind: TransferKind,
    priority: TransferPriority,
) -> NewTransfer {
    let what = [
        study.patient_name.as_str(),
        &study.modalities.join(" "),
        &study.study_description,
    ];
    let what: Vec<&str> = what.into_iter().filter(|part| !part.is_empty()).collect();
    NewTransfer {
        kind,
        node: node.to_owned(),
        study_uid: study.study_uid.clone(),
        patient_id: study.patient_id.clone(),
        series_uids: Vec::new(),
        instance_uids: Vec::new(),
        items: Vec::new(),
        label: Label(what.join(" · ")),
        priority,
        is_to_be_committed: false,
    }
}

/// Sending all files of an open study.
///
/// # Errors
/// The sentence for the reader, where there is no such node, or nothing to send.
pub(super) fn sending(
    workspace: &Workspace,
    study: StudyKey,
    node: &str,
) -> Result<NewTransfer, Message> {
    let library = &workspace.library;
    let Some(address) = workspace.settings.pacs.node(node) else {
        return Err(Message::new(msg("transfer-no-node")).text("node", node));
    };
    let mut items = Vec::new();
    let mut first = None;
    for header in library.headers_of(study) {
        let elements = header.dataset.elements();
        let uids = (
            elements.uid(tags::SOP_CLASS_UID),
            elements.uid(tags::SOP_INSTANCE_UID),
        );
        let (Some(sop_class_uid), Some(sop_instance_uid)) = uids else {
            continue;
        };
        // What lies in an archive has no file of its own that could be sent.
        let ByteSource::File(path) = &header.source else {
            return Err(Message::new(msg("transfer-not-files")));
        };
        first.get_or_insert_with(|| StudyMatch::from_dataset(header.dataset.clone()));
        items.push(NewItem {
            sop_class_uid,
            sop_instance_uid,
            path: Some(path.to_path_buf()),
        });
    }
    let Some(study) = first else {
        return Err(Message::new(msg("transfer-nothing")));
    };
    if workspace.transfers.of_study(&study.study_uid).is_some() {
        return Err(Message::new(msg("transfer-still-coming")));
    }
    let kind = TransferKind::Send;
    Ok(NewTransfer {
        items,
        is_to_be_committed: address.commits(),
        ..of_study(&study, node, kind, TransferPriority::Normal)
    })
}
