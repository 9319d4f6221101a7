//! Transfers made from what was found, or from what is open.

use crate::archive::{Label, NewItem, NewTransfer, TransferKind, TransferPriority};
use crate::dicom::{ByteSource, tags};
use crate::model::{StudyKey, StudyMatch};
use crate::pacs::Node;
use crate::problem::{Message, msg};
use crate::workspace::{FoundStudy, Source, Workspace};

/// Fetching a study from the node that has most of it.
pub(super) fn retrieval(
    found: &FoundStudy,
    nodes: &[Node],
    priority: TransferPriority,
) -> Option<NewTransfer> {
    let node = richest(found, nodes)?;
    let kind = TransferKind::Retrieve;
    Some(of_study(&found.study, &node.name, kind, priority))
}

/// The node that has most images of a study; of those that have as many, the quickest, of those
/// the one that answered first.
pub(super) fn richest<'a>(found: &FoundStudy, nodes: &'a [Node]) -> Option<&'a Node> {
    let its = found.sources.iter().filter_map(|source| match source {
        Source::Node(name) => nodes.iter().find(|node| node.name == *name),
        Source::Archive | Source::Worklist(_) => None,
    });
    // Of several that are alike, the last would be taken.
    its.rev().max_by_key(|node| {
        let count = found.counts.get(&Source::Node(node.name.clone()));
        let limit = node.limit_bytes_per_s.unwrap_or(u64::MAX);
        (count.copied().unwrap_or(0), !node.has_slow_line(), limit)
    })
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

/// Sending all files of an open study; of one that is here in part only where the reader has agreed
/// to that.
///
/// # Errors
/// The sentence for the reader, where there is no such node, nothing to send, or not all of it.
pub(super) fn sending(
    workspace: &Workspace,
    key: StudyKey,
    node: &str,
    is_part_enough: bool,
) -> Result<NewTransfer, Message> {
    let library = &workspace.library;
    let Some(address) = workspace.settings.pacs.node(node) else {
        return Err(Message::new(msg("transfer-no-node")).text("node", node));
    };
    let mut items = Vec::new();
    let mut first = None;
    for header in library.headers_of(key) {
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
    let part = workspace.part_of_study(key);
    if let Some(part) = part.filter(|_| !is_part_enough) {
        let why = Message::new(msg("transfer-only-part"));
        return Err(why.count("here", part.here).count("of", part.of));
    }
    let kind = TransferKind::Send;
    let mut new = NewTransfer {
        items,
        is_to_be_committed: address.commits(),
        ..of_study(&study, node, kind, TransferPriority::Normal)
    };
    if let Some(part) = part {
        new.label.0 = format!("{} · {}/{}", new.label.0, part.here, part.of);
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacs::NodeAddress;

    fn node(name: &str, is_slow: bool, limit_bytes_per_s: Option<u64>) -> Node {
        Node {
            name: name.into(),
            address: NodeAddress::parse("MAIN@pacs:104").unwrap(),
            is_searched: true,
            limit_bytes_per_s,
            is_slow,
        }
    }

    /// A study that these have, with so many images each.
    fn found(counts: &[(&str, Option<u32>)]) -> FoundStudy {
        let node = |name: &str| Source::Node(name.to_owned());
        let nodes = counts.iter().map(|(name, _)| node(name));
        let counted = counts
            .iter()
            .filter_map(|(name, count)| Some((node(name), (*count)?)));
        FoundStudy {
            study: StudyMatch::default(),
            sources: std::iter::once(Source::Archive).chain(nodes).collect(),
            counts: counted.chain([(Source::Archive, 999)]).collect(),
            is_ambiguous: false,
        }
    }

    #[test]
    fn a_study_is_fetched_from_whoever_has_most_of_it_and_of_equals_from_the_quickest() {
        let nodes = [
            node("Slow", true, None),
            node("Limited", false, Some(5_000_000)),
            node("First", false, None),
            node("Second", false, None),
        ];
        let from = |counts: &[(&str, Option<u32>)]| {
            let new = retrieval(&found(counts), &nodes, TransferPriority::Normal);
            new.map(|new| new.node)
        };
        let of = |name: &str| Some(name.to_owned());
        let counts = [("Second", Some(155)), ("Slow", Some(400))];
        assert_eq!(from(&counts), of("Slow"), "part of a study is no study");
        let alike = |name| (name, Some(400));
        let all = ["Slow", "Limited", "First", "Second"].map(alike);
        assert_eq!(from(&all), of("First"));
        assert_eq!(from(&[alike("Slow"), alike("Limited")]), of("Limited"));
        assert_eq!(from(&[("First", None), ("Slow", Some(1))]), of("Slow"));
        assert_eq!(from(&[("First", None), ("Second", None)]), of("First"));
        assert_eq!(from(&[("Gone", Some(9)), ("Slow", None)]), of("Slow"));
        assert_eq!(from(&[]), None);
    }
}
