//! MPEG-2 transport streams (ISO/IEC 13818-1 2.4): the packets of the first video programme, and of
//! these the payload. Packets of 192 bytes, as on Blu-ray discs, carry a time in front.

use std::collections::BTreeSet;

use super::container::Found;
use super::extents::Extents;
use super::extents::Stream;
use super::extents::Window;
use super::format::VideoCodec;
use super::packets::PesHeader;
use crate::dicom::DecodeError;

const SYNC: u8 = 0x47;
const PACKET: usize = 188;
/// Packets in which the tables must turn up.
const MOST_BEFORE_TABLES: u64 = 50_000;

/// Packet length and place of the first sync byte, if the beginning is a transport stream.
pub(super) fn sniff(beginning: &[u8]) -> Option<Layout> {
    let is_sync = |at: usize| beginning.get(at) == Some(&SYNC);
    for (length, first) in [(PACKET, 0), (192, 4), (204, 0)] {
        let packets = beginning.len().saturating_sub(first) / length;
        if packets >= 1 && (0..packets.min(5)).all(|n| is_sync(first + n * length)) {
            return Some(Layout { length, first });
        }
    }
    None
}

/// How packets lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    length: usize,
    first: usize,
}

/// A packet of one PID.
struct Packet<'a> {
    /// Where its payload begins in the stream.
    at: u64,
    pid: u16,
    is_start: bool,
    payload: &'a [u8],
}

fn read_packet(bytes: &[u8], at: u64) -> Option<Packet<'_>> {
    let [SYNC, b1, b2, b3, rest @ ..] = bytes else {
        return None;
    };
    let rest = rest.get(..PACKET - 4)?;
    let skip = match b3 >> 4 & 3 {
        1 => 0,
        3 => 1 + usize::from(*rest.first()?),
        _ => rest.len(),
    };
    let payload = rest.get(skip..)?;
    Some(Packet {
        at: at + 4 + skip as u64,
        pid: u16::from(b1 & 0x1F) << 8 | u16::from(*b2),
        is_start: b1 & 0x40 != 0,
        payload,
    })
}

/// Calls with every packet until `each` has enough; damaged ones are passed over.
fn packets(
    payload: &Stream,
    layout: Layout,
    each: &mut dyn FnMut(Packet<'_>) -> bool,
) -> Result<(), DecodeError> {
    let mut window = Window::new(payload);
    let mut place = layout.first as u64;
    loop {
        let bytes = window.at(place, PACKET)?;
        if bytes.len() < PACKET {
            return Ok(());
        }
        if bytes.first() == Some(&SYNC) {
            if let Some(packet) = read_packet(bytes, place)
                && !each(packet)
            {
                return Ok(());
            }
            place += layout.length as u64;
        } else {
            // Out of step: to the next byte that may be a packet's first.
            let next = memchr::memchr(SYNC, bytes);
            place += next.map_or(bytes.len() as u64, |at| at as u64);
        }
    }
}

/// What the programme map says.
#[derive(Debug, Default)]
struct Programme {
    video: Option<(u16, VideoCodec)>,
    has_audio: bool,
}

fn find_programme(payload: &Stream, layout: Layout) -> Result<Programme, DecodeError> {
    let mut maps = BTreeSet::new();
    let mut programme = Programme::default();
    let mut left = MOST_BEFORE_TABLES;
    packets(payload, layout, &mut |packet| {
        left -= 1;
        if packet.is_start
            && let Some(section) = section(packet.payload)
        {
            if packet.pid == 0 {
                for entry in section.as_chunks::<4>().0 {
                    let [n0, n1, p0, p1] = *entry;
                    if [n0, n1] != [0, 0] {
                        maps.insert(u16::from(p0 & 0x1F) << 8 | u16::from(p1));
                    }
                }
            } else if maps.contains(&packet.pid) {
                read_map(section, &mut programme);
            }
        }
        left > 0 && programme.video.is_none()
    })?;
    Ok(programme)
}

/// The body of a table that begins in a packet, without its head and checksum.
fn section(payload: &[u8]) -> Option<&[u8]> {
    let start = 1 + usize::from(*payload.first()?);
    let table = payload.get(start..)?;
    let [_, l0, l1, ..] = table else {
        return None;
    };
    let length = usize::from(l0 & 0x0F) << 8 | usize::from(*l1);
    let end = (3 + length).checked_sub(4)?;
    table.get(8..end.min(table.len()))
}

fn read_map(section: &[u8], programme: &mut Programme) {
    let Some([_, _, l0, l1]) = section.first_chunk::<4>() else {
        return;
    };
    let skip = 4 + (usize::from(l0 & 0x0F) << 8 | usize::from(*l1));
    let mut rest = section.get(skip..).unwrap_or_default();
    while let Some(([kind, p0, p1, e0, e1], after)) = rest.split_first_chunk::<5>() {
        let pid = u16::from(p0 & 0x1F) << 8 | u16::from(*p1);
        let codec = match kind {
            0x01 | 0x02 => Some(VideoCodec::Mpeg2),
            0x1B => Some(VideoCodec::H264),
            0x24 => Some(VideoCodec::Hevc),
            _ => None,
        };
        match codec {
            Some(codec) => {
                programme.video.get_or_insert((pid, codec));
            }
            None => {
                programme.has_audio |= matches!(kind, 0x03 | 0x04 | 0x0F | 0x11 | 0x80..=0x87);
            }
        }
        let length = usize::from(e0 & 0x0F) << 8 | usize::from(*e1);
        rest = after.get(length..).unwrap_or_default();
    }
}

/// The video of a transport stream.
pub(super) fn demux(payload: &Stream, layout: Layout) -> Result<Option<Found>, DecodeError> {
    let programme = find_programme(payload, layout)?;
    let mut pid = programme.video.map(|(pid, _)| pid);
    let mut extents = Extents::default();
    // Bytes of a packet's header that reach into the next packet.
    let mut header_left = 0;
    packets(payload, layout, &mut |packet| {
        if packet.is_start && pid.is_none() {
            let is_video = PesHeader::read(packet.payload).is_some_and(|header| header.is_video());
            pid = is_video.then_some(packet.pid);
        }
        if pid != Some(packet.pid) {
            return true;
        }
        let mut skip = header_left;
        if packet.is_start {
            let Some(header) = PesHeader::read(packet.payload) else {
                return true;
            };
            skip = header.length;
        }
        let taken = skip.min(packet.payload.len());
        header_left = skip - taken;
        let length = packet.payload.len() - taken;
        extents.push_part(&payload.extents, packet.at + taken as u64, length as u64);
        true
    })?;
    Ok((extents.length() > 0).then(|| Found {
        extents,
        codec: programme.video.map(|(_, codec)| codec),
        has_audio: programme.has_audio,
    }))
}
