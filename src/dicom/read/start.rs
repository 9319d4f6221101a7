//! Where a file's elements begin, and in which encoding: by what it says, and by what it is.

use dicom_core::Tag;
use dicom_dictionary_std::uids;

use super::element;
use super::element::EXPLICIT_BIG;
use super::element::EXPLICIT_LITTLE;
use super::element::Encoding;
use super::element::IMPLICIT_LITTLE;

/// Where a file's elements begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// Where the meta information begins, or else the data set.
    pub(super) at: usize,
    /// Whether `DICM` stands before it.
    pub(super) has_magic: bool,
    /// How many bytes stand before all that, and belong to none of it.
    pub(super) stray_bytes: usize,
}

const MAGIC: &[u8] = b"DICM";
const PREAMBLE: usize = 128;

/// How far into a file `DICM` is looked for: a MacBinary header and the preamble.
const MAX_MAGIC_OFFSET: usize = 256;

/// How many bytes may stand before a data set that nothing announces.
const MAX_STRAY_BYTES: usize = 16;

pub(super) fn find_start(bytes: &[u8], size: u64) -> Option<Start> {
    let regular = |at, has_magic| Start {
        at,
        has_magic,
        stray_bytes: 0,
    };
    if bytes.get(PREAMBLE..PREAMBLE + 4) == Some(MAGIC) {
        return Some(regular(PREAMBLE + 4, true));
    }
    if bytes.starts_with(MAGIC) {
        return Some(regular(4, true));
    }
    if let Some(at) = [0, PREAMBLE]
        .into_iter()
        .find(|at| begins_like_a_data_set(bytes, *at, size))
    {
        return Some(regular(at, false));
    }
    if bytes.starts_with(b"PK") {
        return None; // an archive, whose first entry is not the whole of it
    }
    // Behind a wrapper's header or a stray byte; here only what cannot be chance counts.
    (1..=MAX_MAGIC_OFFSET.min(bytes.len())).find_map(|at| {
        let rest = bytes.get(at..)?;
        if rest.starts_with(b"DICM\x02\0") {
            return Some(Start {
                at: at + 4,
                has_magic: true,
                stray_bytes: at.saturating_sub(PREAMBLE),
            });
        }
        let is_explicit = at <= MAX_STRAY_BYTES
            && [EXPLICIT_LITTLE, EXPLICIT_BIG].into_iter().any(|encoding| {
                element::tag_at(bytes, at, encoding).is_some_and(is_first_tag)
                    && element::count_plausible(bytes, at, encoding, size, 8) >= 8
            });
        is_explicit.then_some(Start {
            at,
            has_magic: false,
            stray_bytes: at,
        })
    })
}

/// Whether a data set may begin with a tag.
fn is_first_tag(tag: Tag) -> bool {
    tag.0 <= 0x0010 && tag.0.is_multiple_of(2) && element::is_known(tag)
}

/// What has no `DICM` must begin with elements that make sense, of a group that comes first.
fn begins_like_a_data_set(bytes: &[u8], at: usize, size: u64) -> bool {
    [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG]
        .into_iter()
        .any(|encoding| {
            element::tag_at(bytes, at, encoding).is_some_and(is_first_tag)
                && element::count_plausible(bytes, at, encoding, size, 3) >= 3
        })
}

/// The declared syntax's encoding, unless the first elements make sense in another one alone.
pub(super) fn body_encoding(
    bytes: &[u8],
    at: usize,
    size: u64,
    declared: Option<&str>,
) -> Encoding {
    let count = |encoding| element::count_plausible(bytes, at, encoding, size, 3);
    let declared = match declared {
        Some(uids::IMPLICIT_VR_LITTLE_ENDIAN) => Some(IMPLICIT_LITTLE),
        Some(EXPLICIT_BIG_ENDIAN_UID) => Some(EXPLICIT_BIG),
        Some(_) => Some(EXPLICIT_LITTLE),
        None => None,
    };
    let mut best = declared.unwrap_or(EXPLICIT_LITTLE);
    let mut most = count(best);
    for encoding in [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG] {
        let plausible = count(encoding);
        if plausible > most {
            (best, most) = (encoding, plausible);
        }
    }
    best
}

pub(super) const EXPLICIT_BIG_ENDIAN_UID: &str = "1.2.840.10008.1.2.2";

pub(super) fn syntax_of(encoding: Encoding) -> &'static str {
    match (encoding.is_explicit, encoding.is_big_endian) {
        (false, _) => uids::IMPLICIT_VR_LITTLE_ENDIAN,
        (true, false) => uids::EXPLICIT_VR_LITTLE_ENDIAN,
        (true, true) => EXPLICIT_BIG_ENDIAN_UID,
    }
}
