//! Which presentation contexts are proposed for what is to come.
//!
//! A context of several syntaxes lets the other side choose one for all instances of the class,
//! and recompress those that are stored otherwise, or fail on them. One context for each pair of
//! class and syntax lets it send every instance as it is stored. Only 128 fit into an
//! association, so rare syntaxes share a context, and many classes become several associations.

use crate::dicom::transfer_syntax::TABLE;

use super::association::MOST_CONTEXTS;
use super::uids::EXPLICIT_LITTLE;
use super::uids::IMPLICIT_LITTLE;

const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";

/// Image syntaxes with a context of their own, the commonest first.
pub(super) const COMMON: &[&str] = &[
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.5",
    DEFLATED,
];
/// Syntaxes of videos with a context of their own.
const VIDEO: &[&str] = &[
    "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.103",
    "1.2.840.10008.1.2.4.100",
    "1.2.840.10008.1.2.4.101",
    "1.2.840.10008.1.2.4.107",
    "1.2.840.10008.1.2.4.108",
];

/// Where storage classes begin.
pub(super) const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";

/// Classes without pixel data that may be compressed, by what follows [`STORAGE`].
const PLAIN: &[&str] = &[
    "88.", "11.", "104.", "9.", "66", "66.1", "66.2", "66.3", "66.5", "66.6", "67", "68.", "78.",
    "79.", "80.", "90.", "91.", "131", "200.", "201.", "481.3", "481.4", "481.5", "481.6", "481.7",
    "481.8", "481.9", "4.2",
];
/// Classes that may be videos.
const MOVING: &[&str] = &["77.1.", "3.1", "6.1", "7.", "12."];

/// Classes that a study holds besides what its modalities say, by what follows [`STORAGE`].
const BROAD: &[&str] = &[
    "7", "88.22", "88.11", "88.33", "88.34", "88.59", "88.67", "11.1", "11.2", "104.1", "2", "4",
    "1", "1.1", "2.1", "4.1", "128", "20", "6.1", "3.1", "12.1", "1.2", "13.1.3", "7.2", "7.3",
    "7.4", "7.1", "66.4", "66", "66.1", "66.3", "481.1", "481.2", "481.3", "481.5", "481.8",
    "12.2", "13.1.1", "1.3", "1.1.1", "1.2.1", "77.1.1", "77.1.4", "77.1.1.1", "77.1.4.1",
    "77.1.5.1", "77.1.5.4", "77.1.2", "77.1.6", "77.1.7", "130", "30", "67", "9.1.1", "9.1.2",
    "11.3", "11.4", "11.8", "88.35", "88.50", "88.65", "88.68", "88.71", "14.1", "6.2", "4.2",
    "4.3", "2.2", "4.4", "128.1", "66.5", "66.7", "104.2", "104.3", "12.1.1", "12.2.1", "13.1.2",
    "6", "3", "5",
];

/// SOP class and syntaxes of one context.
pub(super) type Proposed = (String, Vec<String>);

fn tail(sop_class: &str) -> Option<&str> {
    sop_class.strip_prefix(STORAGE)
}

fn is_in(list: &[&str], sop_class: &str) -> bool {
    tail(sop_class).is_some_and(|tail| {
        let mut list = list.iter();
        list.any(|start| *start == tail || (start.ends_with('.') && tail.starts_with(start)))
    })
}

/// Syntaxes that we keep and decode.
fn decoded() -> impl Iterator<Item = &'static str> {
    let rows = TABLE.iter().filter(|row| row.is_decoded());
    // Ours for plain pictures has no root of DICOM's and no place on a line.
    rows.map(|row| row.uid)
        .filter(|uid| !uid.starts_with("2.25."))
}

fn is_video(uid: &str) -> bool {
    crate::dicom::transfer_syntax::is_video(uid)
}

/// The contexts of one class.
fn of_class(sop_class: &str) -> Vec<Proposed> {
    let own = |uid: &&str| (sop_class.to_owned(), vec![(*uid).to_owned()]);
    if is_in(PLAIN, sop_class) {
        return [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG]
            .iter()
            .map(own)
            .collect();
    }
    let is_moving = is_in(MOVING, sop_class) || tail(sop_class).is_none();
    let mut contexts: Vec<Proposed> = COMMON.iter().map(own).collect();
    if is_moving {
        contexts.extend(VIDEO.iter().map(own));
    }
    let rare: Vec<String> = decoded()
        .filter(|uid| !COMMON.contains(uid) && !VIDEO.contains(uid))
        .filter(|uid| is_moving || !is_video(uid))
        .map(str::to_owned)
        .collect();
    contexts.push((sop_class.to_owned(), rare));
    contexts
}

/// The contexts of as many of these classes, in their order, as an association takes beside
/// `reserved` others; and how many classes that are (at least one, if there is one).
pub(super) fn of_classes(classes: &[String], reserved: usize) -> (Vec<Proposed>, usize) {
    let mut all = Vec::new();
    let mut taken = 0;
    for class in classes {
        let contexts = of_class(class);
        if taken > 0 && all.len() + contexts.len() + reserved > MOST_CONTEXTS {
            break;
        }
        all.extend(contexts);
        taken += 1;
    }
    (all, taken)
}

/// The classes that a study of these modalities is likely to hold, the likeliest first.
pub(super) fn likely(modalities: &[String]) -> Vec<String> {
    let own = modalities.iter().flat_map(|it| classes_of(it));
    let mut all: Vec<String> = Vec::new();
    for tail in own.chain(BROAD) {
        let class = format!("{STORAGE}{tail}");
        if !all.contains(&class) {
            all.push(class);
        }
    }
    all
}

/// The same for a study whose classes nobody says: what its modalities suggest, and then all that
/// a study is likely to hold, each in one context of all syntaxes.
pub(super) fn guessed(modalities: &[String], reserved: usize) -> Vec<Proposed> {
    let likely: Vec<String> = modalities
        .iter()
        .flat_map(|modality| classes_of(modality))
        .map(|tail| format!("{STORAGE}{tail}"))
        .collect();
    // Half of the places, so that the broad list finds room.
    let (mut all, taken) = of_classes(&likely, MOST_CONTEXTS / 2);
    let single = likely.iter().skip(taken).cloned();
    let broad = BROAD.iter().map(|tail| format!("{STORAGE}{tail}"));
    for class in single.chain(broad) {
        if all.len() + reserved >= MOST_CONTEXTS {
            break;
        }
        if all.iter().all(|(known, _)| *known != class) {
            let mut syntaxes = vec![EXPLICIT_LITTLE.to_owned(), IMPLICIT_LITTLE.to_owned()];
            if !is_in(PLAIN, &class) {
                let others =
                    decoded().filter(|uid| *uid != EXPLICIT_LITTLE && *uid != IMPLICIT_LITTLE);
                syntaxes.extend(others.map(str::to_owned));
            }
            all.push((class, syntaxes));
        }
    }
    all
}

/// Classes that machines of a modality make, by what follows [`STORAGE`].
fn classes_of(modality: &str) -> &'static [&'static str] {
    match modality {
        "CT" => &["2", "2.1"],
        "MR" => &["4", "4.1", "4.3"],
        "US" | "IVUS" => &["6.1", "3.1"],
        "CR" => &["1"],
        "DX" => &["1.1"],
        "MG" => &["1.2", "13.1.3"],
        "IO" | "PX" => &["1.3", "1.1"],
        "PT" => &["128", "130"],
        "NM" => &["20"],
        "XA" => &["12.1", "12.1.1", "13.1.1"],
        "RF" => &["12.2", "12.2.1"],
        "OT" | "SC" => &["7", "7.2", "7.4"],
        "SR" => &["88.22", "88.33", "88.11", "88.34", "88.67"],
        "KO" => &["88.59"],
        "PR" => &["11.1", "11.2", "11.3", "11.4", "11.8"],
        "DOC" => &["104.1", "104.2"],
        "SEG" => &["66.4", "66.7"],
        "REG" => &["66.1", "66.3"],
        "RTSTRUCT" => &["481.3"],
        "RTDOSE" => &["481.2"],
        "RTPLAN" => &["481.5", "481.8"],
        "RTIMAGE" => &["481.1"],
        "ES" => &["77.1.1", "77.1.1.1"],
        "XC" | "GM" | "SM" | "DMS" => &["77.1.4", "77.1.2", "77.1.6", "77.1.4.1"],
        "OP" | "OPT" => &["77.1.5.1", "77.1.5.4"],
        "ECG" => &["9.1.1", "9.1.2"],
        _ => &[],
    }
}

/// Whether instances of this class are kept: every storage class, and all that are not DICOM's.
pub(super) fn is_storage(sop_class: &str) -> bool {
    const DICOM: &str = "1.2.840.10008.";
    const OTHERS: &[&str] = &["34.", "38.1", "39.1", "43.1", "44.1", "45.1"];
    if sop_class.starts_with(STORAGE) || !sop_class.starts_with(DICOM) {
        return true;
    }
    sop_class
        .strip_prefix("1.2.840.10008.5.1.4.")
        .is_some_and(|tail| {
            OTHERS
                .iter()
                .any(|start| tail == *start || start.ends_with('.') && tail.starts_with(start))
        })
}

/// Which of the syntaxes that a peer proposes is taken: its first that we know, but implicit VR
/// only where there is no other, for it does not say what private elements are. `prefers_plain`:
/// uncompressed if it is among them, for peers that propose more than they can make.
pub(super) fn chosen(proposed: &[String], prefers_plain: bool) -> Option<&str> {
    let known = |uid: &&str| TABLE.iter().any(|row| row.uid == *uid) && !uid.starts_with("2.25.");
    let mut trimmed = proposed.iter().map(|uid| uid.trim_matches([' ', '\0']));
    let mut implicit = trimmed.clone();
    let mut plain = trimmed.clone().filter(|_| prefers_plain);
    if let Some(plain) = plain.find(|uid| *uid == EXPLICIT_LITTLE) {
        return Some(plain);
    }
    trimmed
        .find(|uid| known(uid) && *uid != IMPLICIT_LITTLE)
        .or_else(|| implicit.find(|uid| *uid == IMPLICIT_LITTLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(tail: &str) -> String {
        format!("{STORAGE}{tail}")
    }

    #[test]
    fn an_association_never_has_more_than_128_contexts() {
        let classes: Vec<String> = BROAD.iter().map(|tail| class(tail)).collect();
        let mut rest = classes.as_slice();
        let mut associations = 0;
        while !rest.is_empty() {
            let (contexts, taken) = of_classes(rest, 2);
            assert!(contexts.len() + 2 <= MOST_CONTEXTS && taken > 0);
            rest = &rest[taken..];
            associations += 1;
        }
        assert!(associations > 1);
        let all: Vec<String> = ["CT", "MR", "US", "SR", "PR", "XA", "ES", "MG"]
            .map(str::to_owned)
            .into();
        let guessed = guessed(&all, 2);
        assert!(guessed.len() + 2 <= MOST_CONTEXTS);
        assert!(guessed.iter().any(|(known, _)| *known == class("88.59")));
    }

    #[test]
    fn every_syntax_that_is_decoded_is_proposed_for_images() {
        for (tail, has_video) in [("2", false), ("3.1", true)] {
            let contexts = of_class(&class(tail));
            let proposed: Vec<&String> = contexts.iter().flat_map(|(_, uids)| uids).collect();
            for uid in decoded() {
                let is_there = proposed.iter().any(|known| *known == uid);
                assert_eq!(is_there, has_video || !is_video(uid), "{tail} {uid}");
            }
            let mut once = proposed.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), proposed.len());
        }
        let report = of_class(&class("88.22"));
        assert!(report.iter().all(|(_, uids)| uids.len() == 1));
        assert_eq!(report.len(), 4);
    }

    #[test]
    fn instances_of_unknown_classes_are_kept_and_services_are_none() {
        for uid in [
            "1.2.840.10008.5.1.4.1.1.2",
            "1.3.12.2.1107.5.9.1",
            "1.2.840.10008.5.1.4.38.1",
        ] {
            assert!(is_storage(uid), "{uid}");
        }
        for uid in [
            "1.2.840.10008.1.1",
            "1.2.840.10008.5.1.4.1.2.2.1",
            "1.2.840.10008.1.20.1",
        ] {
            assert!(!is_storage(uid), "{uid}");
        }
    }

    #[test]
    fn implicit_vr_is_the_last_choice() {
        let uids =
            |uids: &[&str]| -> Vec<String> { uids.iter().map(ToString::to_string).collect() };
        assert_eq!(
            chosen(&uids(&[IMPLICIT_LITTLE, EXPLICIT_LITTLE]), false),
            Some(EXPLICIT_LITTLE)
        );
        assert_eq!(
            chosen(&uids(&["1.2.3", IMPLICIT_LITTLE]), false),
            Some(IMPLICIT_LITTLE)
        );
        assert_eq!(chosen(&uids(&["1.2.3"]), true), None);
        let both = uids(&["1.2.840.10008.1.2.4.70", EXPLICIT_LITTLE]);
        assert_eq!(chosen(&both, false), Some("1.2.840.10008.1.2.4.70"));
        assert_eq!(chosen(&both, true), Some(EXPLICIT_LITTLE));
    }
}
