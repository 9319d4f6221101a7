//! MPEG-2 program streams (ISO/IEC 13818-1 2.5) and MPEG-1 system streams: the packets of the first
//! video stream.

use memchr::memmem;

use super::container::Found;
use super::extents::Stream;
use super::extents::Window;
use super::packets::PesHeader;
use crate::dicom::DecodeError;

const PACK: u8 = 0xBA;
const END: u8 = 0xB9;
/// The longest head of a packet.
const HEAD: usize = 9 + 255;

/// Whether the beginning is a pack header.
pub(super) fn sniff(beginning: &[u8]) -> bool {
    beginning.starts_with(&[0, 0, 1, PACK])
}

/// The video of a program stream.
pub(super) fn demux(payload: &Stream) -> Result<Option<Found>, DecodeError> {
    let mut window = Window::new(payload);
    let mut found = Found::default();
    let mut video = None;
    let mut place = 0;
    loop {
        let bytes = window.at(place, HEAD)?;
        let length = match bytes {
            [0, 0, 1, END, ..] => 4,
            [0, 0, 1, PACK, rest @ ..] => pack_length(rest),
            [0, 0, 1, _, ..] => match PesHeader::read(bytes) {
                Some(header) if header.packet_length > 0 => {
                    found.has_audio |= header.is_audio();
                    if header.is_video() && *video.get_or_insert(header.stream) == header.stream {
                        let start = place + header.length as u64;
                        let length = header.packet_length.saturating_sub(header.length);
                        found
                            .extents
                            .push_part(&payload.extents, start, length as u64);
                    }
                    header.packet_length
                }
                _ => system_length(bytes),
            },
            [] => break,
            _ => {
                // Lost: on to the next start code.
                let next = memmem::find(bytes.get(1..).unwrap_or_default(), b"\0\0\x01");
                next.map_or(bytes.len().saturating_sub(2).max(1), |at| at + 1)
            }
        };
        place += length as u64;
    }
    Ok((found.extents.length() > 0).then_some(found))
}

fn pack_length(rest: &[u8]) -> usize {
    match rest.first() {
        Some(byte) if byte & 0xC0 == 0x40 => {
            14 + rest.get(9).map_or(0, |byte| usize::from(byte & 7))
        }
        _ => 12,
    }
}

/// The system header and whatever else states its length.
fn system_length(bytes: &[u8]) -> usize {
    match bytes {
        [_, _, _, 0xBB..=0xFF, l0, l1, ..] => 6 + (usize::from(*l0) << 8 | usize::from(*l1)),
        _ => 4,
    }
}
