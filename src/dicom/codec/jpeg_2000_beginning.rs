//! The beginning of a JPEG 2000 codestream (ITU-T T.800 annexes A, B) made readable by itself: its
//! low resolutions come first, so that it holds a smaller picture of the whole frame.
//!
//! What is made here is for a picture that stands for the image until that is here, and never for
//! the image: the decoder is told to go on where bytes are missing, and the picture counts only
//! where it tells that the first packet that misses some is of a higher resolution.

use super::jpeg_2000_stream::COC;
use super::jpeg_2000_stream::COD;
use super::jpeg_2000_stream::Coding;
use super::jpeg_2000_stream::EOC;
use super::jpeg_2000_stream::Header;
use super::jpeg_2000_stream::SOC;
use super::jpeg_2000_stream::SOD;
use super::jpeg_2000_stream::SOT;
use super::jpeg_2000_stream::Segments;
use super::jpeg_2000_stream::damaged;
use super::jpeg_2000_stream::main_header;
use crate::dicom::DecodeError;

/// Lengths of tile-parts and of packets, which do not hold for a part of the stream; comments.
const LEFT_OUT: [u8; 4] = [TLM, PLM, PLT, COM];
const TLM: u8 = 0x55;
const PLM: u8 = 0x57;
const PLT: u8 = 0x58;
const COM: u8 = 0x64;
/// Packets in another order from somewhere on, or with their headers elsewhere.
const OUT_OF_ORDER: [u8; 3] = [POC, PPM, PPT];
const POC: u8 = 0x5F;
const PPM: u8 = 0x60;
const PPT: u8 = 0x61;

/// Longest side of a picture, px: beyond this the full data are here nearly as soon.
const LONGEST_SIDE: u32 = 2048;
/// A picture whose longest side has fewer pixels shows nothing that a reader could use.
const LEAST_SIDE: u32 = 128;

/// A codestream of one tile-part that holds all packets that have arrived, the last one perhaps in
/// part.
pub struct Beginning {
    pub stream: Vec<u8>,
    /// Decomposition levels: the sides can be halved so many times.
    pub levels: u32,
}

impl Beginning {
    /// What has arrived of a codestream; `None` where its packets do not come by resolution, so
    /// that its beginning is no picture of the whole.
    ///
    /// # Errors
    /// It is no codestream.
    pub fn of(arrived: &[u8], header: &Header) -> Result<Option<Self>, DecodeError> {
        let mut main = main_header(arrived);
        let Some(levels) = levels_by_resolution(&mut main, header) else {
            return Ok(None);
        };
        let mut stream = SOC.to_vec();
        copy(main_header(arrived), &mut stream);
        let Some(packets) = packets(main.rest)? else {
            return Ok(None);
        };
        let length = u32::try_from(14 + packets.len())
            .map_err(|_too_long| damaged("a tile of four gibibytes"))?;
        stream.extend([0xFF, SOT, 0, 10, 0, 0]);
        stream.extend(length.to_be_bytes());
        stream.extend([0, 1, 0xFF, SOD]); // part 0 of 1
        stream.extend(packets);
        stream.extend(EOC);
        Ok(Some(Self { stream, levels }))
    }

    /// How often the sides are halved for the largest picture that this gives, by the first packet
    /// that is not there as a whole, which is of resolution `cut` (the lowest is 0); `None` where it
    /// gives none worth showing.
    pub fn halvings(&self, cut: u32, header: &Header) -> Option<u32> {
        let whole = cut.checked_sub(1)?;
        let longest = header.columns.max(header.rows);
        let side = |halvings: u32| longest.div_ceil(1 << halvings.min(31));
        let least = self.levels.checked_sub(whole)?;
        let halvings = (least..=self.levels).find(|halvings| side(*halvings) <= LONGEST_SIDE)?;
        (halvings > 0 && side(halvings) >= LEAST_SIDE).then_some(halvings)
    }
}

/// Decomposition levels, if the whole picture is there at one resolution before there is anything
/// of the next, in at least one quality.
fn levels_by_resolution(main: &mut Segments<'_>, header: &Header) -> Option<u32> {
    let components = header.components.len();
    let mut coding = None;
    let mut others = Vec::new();
    for (marker, body) in &mut *main {
        match marker {
            COD => coding = Some((Coding::of_cod(body)?, *body.get(1)?)),
            COC => others.push(Coding::of_coc(body, components)?.levels),
            marker if OUT_OF_ORDER.contains(&marker) => return None,
            _ => {}
        }
    }
    let is_over = main.rest.starts_with(&[0xFF, SOT]);
    let (coding, order) = coding.filter(|_| is_over && header.tiles == 1)?;
    let is_by_resolution = match order {
        0..=2 => true, // LRCP, RLCP, RPCL
        // PCRL, CPRL: one place in one component.
        3 | 4 => components == 1 && coding.precincts.is_empty(),
        _ => false,
    };
    let are_alike = others.iter().all(|levels| *levels == coding.levels);
    (is_by_resolution && are_alike).then(|| coding.levels.into())
}

/// Copies the segments of a header that still hold.
fn copy(segments: Segments<'_>, stream: &mut Vec<u8>) {
    for (marker, body) in segments {
        if !LEFT_OUT.contains(&marker) {
            stream.extend([0xFF, marker]);
            // A segment is read by a length of two bytes, its own two among them.
            stream.extend((body.len() as u16 + 2).to_be_bytes());
            stream.extend_from_slice(body);
        }
    }
}

/// The packets of all tile-parts, one after the other; `None` where a part has a header of its own.
fn packets(mut rest: &[u8]) -> Result<Option<Vec<u8>>, DecodeError> {
    let mut packets = Vec::new();
    while let Some(&[0xFF, SOT, _, _, t0, t1, p0, p1, p2, p3, _, _]) = rest.first_chunk::<12>() {
        if [t0, t1] != [0, 0] {
            return Err(damaged("a tile that is none"));
        }
        let length = match u32::from_be_bytes([p0, p1, p2, p3]) as usize {
            0 => rest.len(),
            length => length,
        };
        let part = rest.get(12..length.min(rest.len())).unwrap_or_default();
        let mut segments = Segments { rest: part };
        if segments.any(|(marker, _)| !LEFT_OUT.contains(&marker)) {
            return Ok(None);
        }
        let Some(body) = segments.rest.strip_prefix(&[0xFF, SOD]) else {
            break; // it ends within this header
        };
        packets.extend_from_slice(body);
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(Some(packets))
}

/// The resolution of the first packet that misses bytes, by the only thing that OpenJPEG said while
/// it read: packets above the resolution wanted are passed over (`skip: segment too long … r=3`).
/// One that was to be read, or anything else, makes the picture unfit.
///
/// Where a packet's own header is cut, nothing is said at all, for that and for all that follow:
/// nothing is known then, and the next attempt will have more.
pub fn cut_resolution(messages: &[String]) -> Option<u32> {
    let [message] = messages else {
        return None;
    };
    let (_, place) = message
        .strip_prefix("skip: segment too long")?
        .split_once(" r=")?;
    let digits = place.find(|c: char| !c.is_ascii_digit())?;
    place.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_passed_over_for_want_of_bytes_tells_that_the_rest_is_whole() {
        let skipped =
            "skip: segment too long (811) with max (92) for codeblock 1 (p=0, b=2, r=12, c=0)";
        let of = |messages: &[&str]| {
            let messages: Vec<String> = messages.iter().map(ToString::to_string).collect();
            cut_resolution(&messages)
        };
        assert_eq!(of(&[skipped]), Some(12));
        assert_eq!(of(&[&skipped.replace("skip", "read")]), None);
        assert_eq!(of(&[skipped, "Malformed HT codeblock"]), None);
        assert_eq!(of(&[]), None);
    }
}
