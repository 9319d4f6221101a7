//! A decoder at work on one video: it goes on where it stopped as long as that serves what is asked
//! for, begins again at a random access point where it does not, and keeps what it decoded on the
//! way, so that stepping back costs no decoding of a whole group for each picture.

use std::collections::BTreeMap;

use super::decoder;
use super::decoder::PictureDecoder;
use super::index::VideoIndex;
use super::planes::Planes;
use crate::dicom::DecodeError;

/// Pictures kept at least: that asked for, and one.
const KEPT_AT_LEAST: usize = 2;
/// Bytes of pictures kept without leave: at usual sizes more than any stream holds back to put them
/// in order.
const SMALL_BYTES: usize = 64 << 20;

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
    /// The same, before the last random access point: what leads that point needs it still.
    damaged_before: Option<u32>,
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
            damaged_before: None,
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
        self.damaged_before = None;
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
        let number = turn.map_or(1, |turn| turn + 1);
        if at > self.begun_at && coded.is_random_access {
            let lost = coded.has_gap_before.then_some(number);
            self.damaged_before = self.damaged.take().or(lost);
        }
        // What leads the point begun at, others than it need, cannot be decoded from it.
        let is_lost = coded.is_leading && index.start_for(at) < self.begun_at;
        if is_lost || (coded.is_hidden && !coded.is_reference) {
            // The parameter sets that came with it hold for those that follow.
            for set in index.sets.at(at) {
                if let Some(decoder) = &mut self.decoder {
                    decoder.parameter_set(&set.nal);
                }
            }
            return Step::Hidden;
        }
        let result = self.decode(index, at);
        if result.is_err() && coded.is_reference {
            // Nothing that is shown behind the point is predicted from what leads it.
            let damaged = if coded.is_leading {
                &mut self.damaged_before
            } else {
                &mut self.damaged
            };
            damaged.get_or_insert(number);
        }
        let Some(turn) = turn else {
            return Step::Hidden;
        };
        let picture = result.and_then(|planes| planes.ok_or(DecodeError::NoPixelData));
        self.put(turn, picture);
        Step::Shown(turn)
    }

    /// `None` where a picture that is not shown was decoded.
    fn decode(&mut self, index: &VideoIndex, at: usize) -> Result<Option<Planes>, DecodeError> {
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
        let damaged_before = self.damaged_before.filter(|_| coded.is_leading);
        if let Some(number) = self.damaged.or(damaged_before) {
            return Err(DecodeError::DependsOnDamaged { number });
        }
        let damaged = |detail| DecodeError::Damaged {
            codec: index.codec.name(),
            detail,
        };
        if coded.has_gap_before && !coded.is_random_access {
            return Err(damaged("a picture before it is missing".to_owned()));
        }
        let planes = match decoded.map_err(damaged)? {
            Some(planes) => planes,
            None if coded.is_hidden => return Ok(None),
            None => return Err(damaged("it holds no picture".to_owned())),
        };
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
        Ok(Some(planes))
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
        while self.came.len() > KEPT_AT_LEAST && self.kept_bytes > self.most_bytes.max(SMALL_BYTES)
        {
            let oldest = self.came.pop_front();
            if let Some(gone) = oldest.and_then(|turn| self.kept.remove(&turn)) {
                self.kept_bytes -= bytes_of(&gone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::coded::Coded;
    use super::super::decoder::PictureDecoder;
    use super::super::planes::Plane;
    use super::super::walk::Framing;
    use super::*;

    /// Whatever is coded, it decodes, but what is coded as 255, of which it makes nothing, and 254.
    struct Fake;

    impl PictureDecoder for Fake {
        fn parameter_set(&mut self, _nal: &[u8]) {}

        fn decode(
            &mut self,
            bytes: &[u8],
            _framing: Framing,
            _coded: &Coded,
        ) -> Result<Option<Planes>, String> {
            match bytes {
                [254] => Ok(None),
                [255] => Err("damaged".to_owned()),
                _ => Ok(Some(Planes {
                    size: [1, 1],
                    planes: [0, 1, 2].map(|_| Plane::U8(vec![0])),
                    depth: 8,
                    chroma_step: [1, 1],
                })),
            }
        }
    }

    const WHOLE: u8 = 0;

    fn picture(order: i64) -> Coded {
        Coded {
            bytes: 0..0,
            order,
            is_random_access: false,
            is_leading: false,
            is_reference: true,
            is_interlaced: false,
            is_hidden: false,
            has_gap_before: false,
        }
    }

    fn point(order: i64) -> Coded {
        Coded {
            is_random_access: true,
            ..picture(order)
        }
    }

    fn leading(order: i64) -> Coded {
        Coded {
            is_leading: true,
            is_reference: false,
            ..picture(order)
        }
    }

    /// The pictures shown, in the order of decoding, and whether they decoded.
    fn decoded(coded: &[(u8, Coded)]) -> Vec<(u32, bool)> {
        let index = VideoIndex::of_pictures(coded);
        let mut session = Session::new();
        session.decoder = Some(Box::new(Fake));
        let mut decoded = Vec::new();
        loop {
            match session.step(&index) {
                Step::Shown(turn) => decoded.push((turn, session.kept(turn).unwrap().is_ok())),
                Step::Hidden => {}
                Step::End => return decoded,
            }
        }
    }

    #[test]
    fn damage_before_a_random_access_point_reaches_what_leads_it_and_nothing_else() {
        let group = |damage| {
            [
                (WHOLE, point(0)),
                (damage, picture(1)),
                (WHOLE, point(4)),
                (WHOLE, leading(2)),
                (WHOLE, leading(3)),
                (WHOLE, picture(5)),
                (WHOLE, point(7)),
                (WHOLE, leading(6)),
            ]
        };
        let all = decoded(&group(WHOLE));
        assert!(all.len() == 8 && all.iter().all(|(_, is_right)| *is_right));
        let hurt: Vec<u32> = decoded(&group(255))
            .into_iter()
            .filter(|(_, is_right)| !is_right)
            .map(|(turn, _)| turn)
            .collect();
        assert_eq!(hurt, [1, 2, 3]);
    }

    #[test]
    fn what_follows_a_lost_picture_is_not_shown_until_decoding_begins_anew() {
        let gap = |coded| Coded {
            has_gap_before: true,
            ..coded
        };
        let after_gap = [
            (WHOLE, point(0)),
            (WHOLE, gap(picture(1))),
            (WHOLE, picture(2)),
            (WHOLE, gap(point(4))),
            (WHOLE, leading(3)),
            (WHOLE, picture(5)),
        ];
        let expected = [
            (0, true),
            (1, false),
            (2, false),
            (4, true),
            (3, false),
            (5, true),
        ];
        assert_eq!(decoded(&after_gap), expected);
    }

    #[test]
    fn a_picture_that_is_not_meant_to_be_shown_damages_none() {
        let unseen = Coded {
            is_hidden: true,
            ..picture(1)
        };
        let pictures = [(WHOLE, point(0)), (254, unseen), (WHOLE, picture(2))];
        assert_eq!(decoded(&pictures), [(0, true), (1, true)]);
        let lost = [(WHOLE, point(0)), (254, picture(1)), (WHOLE, picture(2))];
        assert_eq!(decoded(&lost), [(0, true), (1, false), (2, false)]);
    }
}
