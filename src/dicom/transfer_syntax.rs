//! Every transfer syntax this program knows, one row each, and what decodes it.
//!
//! The rows are our own and not those of dicom-rs's registry, because its adapters (0.10.1)
//! refuse 12-bit JPEG, cannot open .53 and .55, call YBR samples RGB after decoding, leave
//! values unmasked and unsigned, refuse 1-bit and 32-bit RLE, and clone every fragment for every
//! frame; and because its registry only takes additions, so a row there cannot be replaced.
//! `dicom-pixeldata` is therefore not asked for pixels at all.

use super::DecodeError;
use super::codec::Codec;
use super::codec::deflate::DeflatedFrame;
use super::codec::jpeg::Jpeg;
use super::codec::jpeg_2000::Jpeg2000;
use super::codec::jpeg_ls::JpegLs;
use super::codec::jpeg_xl::JpegXl;
use super::codec::native::Uncompressed;
use super::codec::rle::Rle;
use super::picture::PICTURE_SYNTAX;
use super::video::VideoCodec;

/// How the pixel data of a transfer syntax are stored.
pub(super) enum Encoding {
    /// Uncompressed.
    Native {
        /// Whether cells of pixel data are big endian.
        is_big_endian: bool,
    },
    /// Uncompressed, little endian, in a data set that is deflated as a whole.
    DeflatedDataSet,
    /// In fragments, for this codec.
    Encapsulated(&'static dyn Codec),
    /// One stream over all fragments.
    Video(VideoCodec),
    /// A picture file as it is, not DICOM at all.
    Picture,
    /// Known, but not decoded by this release; the header is read all the same.
    NotYet,
}

/// One row of the table.
pub struct TransferSyntax {
    /// Its UID.
    pub uid: &'static str,
    /// Its name in PS3.6.
    pub name: &'static str,
    /// Whether decoded values may differ from those that were encoded.
    pub is_lossy: bool,
    pub(super) encoding: Encoding,
}

impl TransferSyntax {
    /// Whether this release decodes it.
    #[must_use]
    pub const fn is_decoded(&self) -> bool {
        !matches!(self.encoding, Encoding::NotYet)
    }
}

/// The row of a UID, if there is one.
#[must_use]
pub fn lookup(uid: &str) -> Option<&'static TransferSyntax> {
    let uid = uid.trim_matches([' ', '\0']);
    TABLE.iter().find(|row| row.uid == uid)
}

/// Whether a UID is that of a video.
#[must_use]
pub fn is_video(uid: &str) -> bool {
    lookup(uid).is_some_and(|row| matches!(row.encoding, Encoding::Video(_)))
}

/// The encoding of a UID.
pub(super) fn encoding(uid: &str) -> Result<&'static Encoding, DecodeError> {
    let row = lookup(uid).ok_or_else(|| DecodeError::UnknownTransferSyntax { uid: uid.into() })?;
    match &row.encoding {
        Encoding::NotYet => Err(DecodeError::NotDecodedYet {
            name: row.name.into(),
        }),
        encoding => Ok(encoding),
    }
}

const fn native(uid: &'static str, name: &'static str, is_big_endian: bool) -> TransferSyntax {
    TransferSyntax {
        uid,
        name,
        is_lossy: false,
        encoding: Encoding::Native { is_big_endian },
    }
}

const fn lossless(
    uid: &'static str,
    name: &'static str,
    codec: &'static dyn Codec,
) -> TransferSyntax {
    TransferSyntax {
        uid,
        name,
        is_lossy: false,
        encoding: Encoding::Encapsulated(codec),
    }
}

const fn lossy(uid: &'static str, name: &'static str, codec: &'static dyn Codec) -> TransferSyntax {
    TransferSyntax {
        uid,
        name,
        is_lossy: true,
        encoding: Encoding::Encapsulated(codec),
    }
}

const fn video(uid: &'static str, name: &'static str, codec: VideoCodec) -> TransferSyntax {
    TransferSyntax {
        uid,
        name,
        is_lossy: true,
        encoding: Encoding::Video(codec),
    }
}

const fn not_yet(uid: &'static str, name: &'static str, is_lossy: bool) -> TransferSyntax {
    TransferSyntax {
        uid,
        name,
        is_lossy,
        encoding: Encoding::NotYet,
    }
}

/// All of them, by UID.
#[rustfmt::skip]
pub static TABLE: &[TransferSyntax] = &[
    TransferSyntax {
        uid: PICTURE_SYNTAX,
        name: "Picture (PNG, JPEG, TIFF)",
        is_lossy: false,
        encoding: Encoding::Picture,
    },
    native("1.2.840.10008.1.2", "Implicit VR Little Endian", false),
    native("1.2.840.10008.1.2.1", "Explicit VR Little Endian", false),
    lossless("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", &Uncompressed),
    TransferSyntax {
        uid: "1.2.840.10008.1.2.1.99",
        name: "Deflated Explicit VR Little Endian",
        is_lossy: false,
        encoding: Encoding::DeflatedDataSet,
    },
    native("1.2.840.10008.1.2.2", "Explicit VR Big Endian", true),
    lossy("1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", &Jpeg),
    lossy("1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 & 4)", &Jpeg),
    lossy("1.2.840.10008.1.2.4.52", "JPEG Extended (Process 3 & 5)", &Jpeg),
    lossy("1.2.840.10008.1.2.4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)", &Jpeg),
    lossy("1.2.840.10008.1.2.4.54", "JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)", &Jpeg),
    lossy("1.2.840.10008.1.2.4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)", &Jpeg),
    lossy("1.2.840.10008.1.2.4.56", "JPEG Full Progression, Non-Hierarchical (Process 11 & 13)", &Jpeg),
    lossless("1.2.840.10008.1.2.4.57", "JPEG Lossless, Non-Hierarchical (Process 14)", &Jpeg),
    not_yet("1.2.840.10008.1.2.4.58", "JPEG Lossless, Non-Hierarchical (Process 15)", false),
    not_yet("1.2.840.10008.1.2.4.59", "JPEG Extended, Hierarchical (Process 16 & 18)", true),
    not_yet("1.2.840.10008.1.2.4.60", "JPEG Extended, Hierarchical (Process 17 & 19)", true),
    not_yet("1.2.840.10008.1.2.4.61", "JPEG Spectral Selection, Hierarchical (Process 20 & 22)", true),
    not_yet("1.2.840.10008.1.2.4.62", "JPEG Spectral Selection, Hierarchical (Process 21 & 23)", true),
    not_yet("1.2.840.10008.1.2.4.63", "JPEG Full Progression, Hierarchical (Process 24 & 26)", true),
    not_yet("1.2.840.10008.1.2.4.64", "JPEG Full Progression, Hierarchical (Process 25 & 27)", true),
    not_yet("1.2.840.10008.1.2.4.65", "JPEG Lossless, Hierarchical (Process 28)", false),
    not_yet("1.2.840.10008.1.2.4.66", "JPEG Lossless, Hierarchical (Process 29)", false),
    lossless("1.2.840.10008.1.2.4.70", "JPEG Lossless, Non-Hierarchical, First-Order Prediction", &Jpeg),
    lossless("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", &JpegLs),
    lossy("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", &JpegLs),
    lossless("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", &Jpeg2000),
    lossy("1.2.840.10008.1.2.4.91", "JPEG 2000", &Jpeg2000),
    lossless("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless", &Jpeg2000),
    lossy("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", &Jpeg2000),
    not_yet("1.2.840.10008.1.2.4.94", "JPIP Referenced", true),
    not_yet("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", true),
    video("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level", VideoCodec::Mpeg2),
    video("1.2.840.10008.1.2.4.100.1", "Fragmentable MPEG2 Main Profile / Main Level", VideoCodec::Mpeg2),
    video("1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level", VideoCodec::Mpeg2),
    video("1.2.840.10008.1.2.4.101.1", "Fragmentable MPEG2 Main Profile / High Level", VideoCodec::Mpeg2),
    video("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.104.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.105.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", VideoCodec::H264),
    video("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1", VideoCodec::Hevc),
    video("1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile / Level 5.1", VideoCodec::Hevc),
    lossless("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", &JpegXl),
    lossy("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", &JpegXl),
    lossy("1.2.840.10008.1.2.4.112", "JPEG XL", &JpegXl),
    lossless("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", &Jpeg2000),
    lossless("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options Lossless", &Jpeg2000),
    lossy("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", &Jpeg2000),
    not_yet("1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced", true),
    not_yet("1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate", true),
    lossless("1.2.840.10008.1.2.5", "RLE Lossless", &Rle),
    not_yet("1.2.840.10008.1.2.7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video", false),
    not_yet("1.2.840.10008.1.2.7.2", "SMPTE ST 2110-20 Uncompressed Interlaced Active Video", false),
    lossless("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", &DeflatedFrame),
    native("1.2.840.113619.5.2", "GE Private Implicit VR Little Endian with Big Endian Pixel Data", true),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_uid_stands_once() {
        let uids: HashSet<&str> = TABLE.iter().map(|row| row.uid).collect();
        assert_eq!(uids.len(), TABLE.len());
    }

    #[test]
    fn names_are_those_of_the_dictionary() {
        use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
        for row in TABLE {
            // The registry's retired and newer rows differ; what it names must not be another.
            let Some(known) = dicom_transfer_syntax_registry::TransferSyntaxRegistry.get(row.uid)
            else {
                continue;
            };
            let first = |name: &str| name.split([' ', '-', '/', '(']).next().map(str::to_owned);
            assert_eq!(first(known.name()), first(row.name), "{}", row.uid);
        }
    }

    #[test]
    fn padding_of_a_uid_does_not_matter() {
        assert!(lookup("1.2.840.10008.1.2\0").is_some());
        assert!(lookup("1.2.840.10008.1.2.9999").is_none());
    }

    #[test]
    fn what_is_not_decoded_says_so_by_name() {
        let error = encoding("1.2.840.10008.1.2.7.1").err().unwrap();
        assert!(matches!(error, DecodeError::NotDecodedYet { name } if name.contains("SMPTE")));
    }
}
