//! A decoder at work on one video: it goes on where it stopped as long as that serves what is asked
//! for, begins again at a random access point where it does not, and keeps what it decoded on the
//! way, so that stepping back costs no decoding of a whole group for each picture.

use std::collections::BTreeMap;

use super::decoder;
use super::decoder::PictureDecoder;
use super::index::VideoIndex;
use super::planes::Planes;
use crate::dicom::DecodeError;

/// Pictures kept at least: more than any stream holds back to put them in order.
const KEPT_AT_LEAST: usize = 20;

/// What one step brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A picture, by its number among those shown, from 0.
    Shown(u32),
    /// A picture that is not shown, or not decodable from where decoding began.
    Hidden,
    /// The stream is over.
    End,
}

/// Its state.
pub(super) struct Session {
    decoder: Option<Box<dyn PictureDecoder>>,
    /// The picture decoded next, by its place in decoding order.
    next: usize,
    /// The random access point begun at.
    begun_at: usize,
    /// A picture others are predicted from was damaged: its number among those shown, from 1.
    damaged: Option<u32>,
    kept: BTreeMap<u32, Result<Planes, DecodeError>>,
    /// The order in which they came.
    came: std::collections::VecDeque<u32>,
    kept_bytes: usize,
    most_bytes: usize,
}

impl Session {
    pub(super) const fn new() -> Self {
        Self {
            decoder: None,
            next: 0,
            begun_at: 0,
            damaged: None,
            kept: BTreeMap::new(),
            came: std::collections::VecDeque::new(),
            kept_bytes: 0,
            most_bytes: 0,
        }
    }

    /// Forgets everything but how much may be kept.
    pub(super) fn begin_anew(&mut self) {
        *self = Self {
            most_bytes: self.most_bytes,
            ..Self::new()
        };
    }

    /// Pictures may be kept up to so many bytes.
    pub(super) const fn keep(&mut self, bytes: usize) {
        self.most_bytes = bytes;
    }

    /// A picture by its number among those shown, from 0, if it was kept.
    pub(super) fn kept(&self, turn: u32) -> Option<&Result<Planes, DecodeError>> {
        self.kept.get(&turn)
    }

    /// Makes the session stand before a picture, so that stepping decodes it soon.
    pub(super) fn seek(&mut self, index: &VideoIndex, turn: u32) -> Result<(), DecodeError> {
        let Some(picture) = index.shown.get(turn as usize).map(|at| *at as usize) else {
            return Err(DecodeError::NoSuchFrame {
                number: u64::from(turn) + 1,
                frames: index.frames(),
            });
        };
        let start = index.start_for(picture);
        let goes_on = self.decoder.is_some()
            && self.next <= picture
            && self.next >= start
            && self.begun_at <= start;
        if goes_on {
            return Ok(());
        }
        let mut decoder = decoder::new(index.codec, index.format.coded_size)?;
        for set in index.sets.before(start) {
            decoder.parameter_set(&set.nal);
        }
        self.decoder = Some(decoder);
        self.next = start;
        self.begun_at = start;
        self.damaged = None;
        Ok(())
    }

    /// The picture that the next step decodes, if it is one of those shown and decodable from here.
    pub(super) fn next_shown(&self, index: &VideoIndex) -> Option<u32> {
        let coded = index.pictures.get(self.next)?;
        let is_lost = coded.is_leading && index.start_for(self.next) < self.begun_at;
        let turn = index.turns.get(self.next).copied().flatten()?;
        (self.decoder.is_some() && !is_lost).then_some(turn)
    }

    /// Decodes one picture.
    pub(super) fn step(&mut self, index: &VideoIndex) -> Step {
        let at = self.next;
        let Some(coded) = index.pictures.get(at) else {
            return Step::End;
        };
        self.next += 1;
        let turn = index.turns.get(at).copied().flatten();
        if at > self.begun_at && coded.is_random_access {
            self.damaged = None;
        }
        // What leads the point begun at, others than it need, cannot be decoded from it.
        let is_lost = coded.is_leading && index.start_for(at) < self.begun_at;
        if is_lost || (coded.is_hidden && !coded.is_reference) {
            return Step::Hidden;
        }
        let result = self.decode(index, at);
        if result.is_err() && coded.is_reference && self.damaged.is_none() {
            self.damaged = Some(turn.map_or(1, |turn| turn + 1));
        }
        let Some(turn) = turn else {
            return Step::Hidden;
        };
        self.put(turn, result);
        Step::Shown(turn)
    }

    fn decode(&mut self, index: &VideoIndex, at: usize) -> Result<Planes, DecodeError> {
        let range = index.bytes_of(at);
        let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let bytes = index.stream.read(range.start, length)?;
        let is_last = at + 1 == index.pictures.len();
        if bytes.len() < length || (is_last && index.is_cut_off) {
            return Err(DecodeError::Truncated {
                expected: length as u64,
                found: bytes.len() as u64,
            });
        }
        let (Some(decoder), Some(coded)) = (&mut self.decoder, index.pictures.get(at)) else {
            return Err(DecodeError::NoPixelData);
        };
        let decoded = decoder.decode(&bytes, index.framing, coded);
        // Predicted from what is wrong, it is wrong, however well it decodes.
        if let Some(number) = self.damaged {
            return Err(DecodeError::DependsOnDamaged { number });
        }
        let planes = decoded.map_err(|detail| DecodeError::Damaged {
            codec: index.codec.name(),
            detail,
        })?;
        if planes.size != index.format.size {
            let [columns, rows] = planes.size;
            let [expected_columns, expected_rows] = index.format.size;
            return Err(DecodeError::Damaged {
                codec: index.codec.name(),
                detail: format!(
                    "a picture of {columns}×{rows} among those of {expected_columns}×{expected_rows}"
                ),
            });
        }
        Ok(planes)
    }

    fn put(&mut self, turn: u32, picture: Result<Planes, DecodeError>) {
        let bytes_of = |picture: &Result<Planes, DecodeError>| {
            picture.as_ref().map_or(0, |planes| planes.bytes())
        };
        self.kept_bytes += bytes_of(&picture);
        if let Some(before) = self.kept.insert(turn, picture) {
            self.kept_bytes -= bytes_of(&before);
            self.came.retain(|it| *it != turn);
        }
        self.came.push_back(turn);
        while self.came.len() > KEPT_AT_LEAST && self.kept_bytes > self.most_bytes {
            let oldest = self.came.pop_front();
            if let Some(gone) = oldest.and_then(|turn| self.kept.remove(&turn)) {
                self.kept_bytes -= bytes_of(&gone);
            }
        }
    }
}
