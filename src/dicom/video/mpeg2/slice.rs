//! Slices and their macroblocks (H.262 6.2.4, 6.2.5, 7.6).

use super::bit_reader::BitReader;
use super::blocks::DcPredictors;
use super::blocks::Reading;
use super::frame::Area;
use super::frame::Frame;
use super::frame::Lines;
use super::frame::Prediction;
use super::headers::Picture;
use super::headers::PictureType;
use super::headers::Sequence;
use super::headers::Structure;
use super::idct;
use super::tables::BACKWARD;
use super::tables::BLOCK_PATTERN;
use super::tables::ESCAPE;
use super::tables::FORWARD;
use super::tables::INCREMENT;
use super::tables::INTRA;
use super::tables::NONLINEAR_SCALE;
use super::tables::PATTERN;
use super::tables::QUANTISER;
use super::tables::STUFFING;
use super::tables::TYPE_B;
use super::tables::TYPE_I;
use super::tables::TYPE_P;
use super::vectors::Motion;
use super::vectors::MotionType;
use super::vectors::Predictors;
use super::vectors::other_parity;

/// A picture being decoded: a frame, or one field of it.
pub(super) struct Canvas<'a> {
    pub(super) sequence: &'a Sequence,
    pub(super) picture: &'a Picture,
    pub(super) frame: &'a mut Frame,
    pub(super) past: Option<&'a Frame>,
    pub(super) future: Option<&'a Frame>,
    /// The other field of the frame is there already.
    pub(super) is_second_field: bool,
    /// Macroblocks decoded, by their place.
    pub(super) done: &'a mut [bool],
    pub(super) columns: usize,
}

/// What a slice carries from macroblock to macroblock.
struct State {
    scale_code: u32,
    dc: DcPredictors,
    predictors: Predictors,
    /// How the last macroblock of a B picture was predicted.
    directions: u16,
}

/// What cannot be read.
type Damage = &'static str;

impl Canvas<'_> {
    fn is_frame(&self) -> bool {
        self.picture.structure == Structure::Frame
    }

    fn is_bottom(&self) -> bool {
        self.picture.structure == Structure::Bottom
    }

    /// Decodes the slice of a start code; `bytes` stand behind it.
    pub(super) fn slice(&mut self, code: u8, bytes: &[u8]) -> Result<(), Damage> {
        let mut bits = BitReader::new(bytes);
        let bits = &mut bits;
        let mut row = usize::from(code) - 1;
        if self.sequence.format.size[1] > 2800 {
            row += (bits.take(3) as usize) << 7;
        }
        let mut state = State {
            scale_code: bits.take(5),
            dc: DcPredictors::new(self.picture),
            predictors: Predictors::default(),
            directions: 0,
        };
        while bits.flag() {
            bits.skip(8);
            if bits.is_overrun() {
                return Err("a slice header does not end");
            }
        }
        let mut place = row * self.columns;
        let mut is_first = true;
        loop {
            let skipped = read_increment(bits).ok_or("an address that is none")?;
            if is_first {
                place += skipped;
                is_first = false;
            } else {
                for _ in 0..skipped {
                    self.skip(place, &mut state)?;
                    place += 1;
                }
            }
            self.macroblock(bits, place, &mut state)?;
            place += 1;
            if bits.is_at_end() {
                break;
            }
        }
        if bits.is_overrun() {
            return Err("a slice is cut off");
        }
        Ok(())
    }

    fn begin(&mut self, place: usize) -> Result<(usize, usize), Damage> {
        let done = self
            .done
            .get_mut(place)
            .ok_or("a macroblock outside of the picture")?;
        *done = true;
        Ok((place % self.columns, place / self.columns))
    }

    /// A macroblock that is as predicted (7.6.6).
    fn skip(&mut self, place: usize, state: &mut State) -> Result<(), Damage> {
        let (column, row) = self.begin(place)?;
        state.dc = DcPredictors::new(self.picture);
        let mut motion = [Motion::default(); 2];
        let directions = match self.picture.kind {
            PictureType::I => return Err("a skipped macroblock in an I picture"),
            PictureType::P => {
                state.predictors.reset();
                FORWARD
            }
            PictureType::B => {
                if state.directions == 0 {
                    return Err("a skipped macroblock after an intra one");
                }
                for (direction, motion) in motion.iter_mut().enumerate() {
                    let vector = state.predictors.repeated(direction);
                    motion.vectors = [self.whole_pixels(vector, direction); 2];
                }
                state.directions
            }
        };
        for motion in &mut motion {
            motion.is_bottom = [self.is_bottom(); 2];
        }
        let kind = if self.is_frame() {
            MotionType::Frame
        } else {
            MotionType::Field
        };
        let prediction = self.predict(column, row, kind, directions, &motion)?;
        self.write_prediction(column, row, &prediction);
        Ok(())
    }

    fn whole_pixels(&self, vector: [i32; 2], direction: usize) -> [i32; 2] {
        match self.picture.is_full_pixel.get(direction) {
            Some(true) => vector.map(|it| it << 1),
            _ => vector,
        }
    }

    fn macroblock(
        &mut self,
        bits: &mut BitReader<'_>,
        place: usize,
        state: &mut State,
    ) -> Result<(), Damage> {
        let (column, row) = self.begin(place)?;
        let picture = self.picture;
        let table = match picture.kind {
            PictureType::I => &TYPE_I,
            PictureType::P => &TYPE_P,
            PictureType::B => &TYPE_B,
        };
        let flags = bits.symbol(table).ok_or("a macroblock type that is none")?;
        let is_intra = flags & INTRA != 0;
        let is_predicted = flags & (FORWARD | BACKWARD) != 0;
        let mut kind = if self.is_frame() {
            MotionType::Frame
        } else {
            MotionType::Field
        };
        if is_predicted && !(self.is_frame() && picture.is_frame_only) {
            kind = MotionType::of_code(bits.take(2), picture.structure)
                .ok_or("a motion type that is none")?;
        }
        let has_fields = self.is_frame()
            && !picture.is_frame_only
            && flags & (INTRA | PATTERN) != 0
            && bits.flag();
        if flags & QUANTISER != 0 {
            state.scale_code = bits.take(5);
        }
        let mut motion = [Motion::default(); 2];
        let has_concealment = is_intra && picture.has_concealment_vectors;
        for (direction, flag) in [FORWARD, BACKWARD].into_iter().enumerate() {
            if flags & flag != 0 || (has_concealment && direction == 0) {
                let read = state.predictors.read(bits, picture, kind, direction);
                if let Some(motion) = motion.get_mut(direction) {
                    *motion = read.ok_or("a motion vector that is none")?;
                }
            }
        }
        if has_concealment {
            bits.skip(1);
        } else if is_intra {
            state.predictors.reset();
        }
        let mut directions = flags & (FORWARD | BACKWARD);
        if picture.kind == PictureType::P && !is_intra && directions == 0 {
            state.predictors.reset();
            directions = FORWARD;
            for motion in &mut motion {
                motion.is_bottom = [self.is_bottom(); 2];
            }
        }
        state.directions = directions;
        if !is_intra {
            state.dc = DcPredictors::new(picture);
        }
        let pattern = match (is_intra, flags & PATTERN != 0) {
            (true, _) => 63,
            (false, true) => bits
                .symbol(&BLOCK_PATTERN)
                .ok_or("a pattern that is none")?,
            (false, false) => 0,
        };
        if !is_intra {
            let prediction = self.predict(column, row, kind, directions, &motion)?;
            self.write_prediction(column, row, &prediction);
        }
        self.residual(bits, [column, row], pattern, is_intra, has_fields, state)
    }

    fn residual(
        &mut self,
        bits: &mut BitReader<'_>,
        [column, row]: [usize; 2],
        pattern: u16,
        is_intra: bool,
        has_fields: bool,
        state: &mut State,
    ) -> Result<(), Damage> {
        let weights = &self.sequence.weights;
        let reading = Reading {
            picture: self.picture,
            weights: if is_intra {
                &weights.intra
            } else {
                &weights.inter
            },
            scale: scale(self.picture, state.scale_code).ok_or("a quantiser of 0")?,
            is_intra,
        };
        let mut block = [[0.0; 8]; 8];
        for n in 0..6 {
            if pattern & 32 >> n == 0 {
                continue;
            }
            let has_more = reading
                .read(bits, n, &mut state.dc, &mut block)
                .ok_or("a coefficient that is none")?;
            if has_more {
                idct::samples(&mut block);
            } else {
                // The first coefficient alone is the mean of the block.
                let mean = block[0][0] / 8.0;
                block = [[mean; 8]; 8];
            }
            self.write_block(&block, n, [column, row], is_intra, has_fields);
        }
        Ok(())
    }

    /// Puts the samples of a block in, or adds them to what is predicted.
    fn write_block(
        &mut self,
        block: &idct::Block,
        n: usize,
        [column, row]: [usize; 2],
        is_intra: bool,
        has_fields: bool,
    ) {
        let (component, side, x, y) = match n {
            0..=3 => (0, 16, 8 * (n % 2), n / 2),
            _ => (n - 3, 8, 0, 0),
        };
        let (mut first, mut step) = self.lines().first_and_step();
        let mut line = row * side;
        if has_fields && component == 0 {
            // Within a frame: the upper blocks are the top field's, the lower the bottom field's.
            first += line + y;
            line = 0;
            step = 2;
        } else {
            line += 8 * y;
        }
        let Some(plane) = self.frame.planes.get_mut(component) else {
            return;
        };
        for (at, samples) in block.iter().enumerate() {
            let start = (first + (line + at) * step) * plane.width + column * side + x;
            let Some(out) = plane.samples.get_mut(start..start + 8) else {
                return;
            };
            for (out, sample) in out.iter_mut().zip(samples) {
                let before = if is_intra { 0.0 } else { f32::from(*out) };
                *out = (before + sample + 0.5).floor().clamp(0.0, 255.0) as u8;
            }
        }
    }

    fn lines(&self) -> Lines {
        match self.picture.structure {
            Structure::Frame => Lines::All,
            Structure::Top => Lines::Field(false),
            Structure::Bottom => Lines::Field(true),
        }
    }

    fn write_prediction(&mut self, column: usize, row: usize, prediction: &Prediction) {
        let (first, step) = self.lines().first_and_step();
        let [cb, cr] = &prediction.chroma;
        let components: [(&[u8], usize); 3] = [(&prediction.luma, 16), (cb, 8), (cr, 8)];
        for (plane, (samples, side)) in self.frame.planes.iter_mut().zip(components) {
            for (at, line) in samples.chunks_exact(side).enumerate() {
                let start = (first + (row * side + at) * step) * plane.width + column * side;
                if let Some(out) = plane.samples.get_mut(start..start + side) {
                    out.copy_from_slice(line);
                }
            }
        }
    }

    /// The frame a vector reads: the other field of a P frame's second field is its own first.
    fn reference(&self, direction: u16, is_bottom: bool) -> Result<&Frame, Damage> {
        let reads_itself = self.is_second_field
            && self.picture.kind == PictureType::P
            && is_bottom != self.is_bottom();
        let frame = match direction {
            _ if reads_itself => Some(&*self.frame),
            FORWARD => self.past,
            _ => self.future,
        };
        frame.ok_or("a picture that it is predicted from is missing")
    }

    fn predict(
        &self,
        column: usize,
        row: usize,
        kind: MotionType,
        directions: u16,
        motion: &[Motion; 2],
    ) -> Result<Prediction, Damage> {
        let mut prediction = Prediction::default();
        let whole = Area {
            x: 16 * column,
            y: 16 * row,
            height: 16,
            first: 0,
            step: 1,
        };
        let mut adds = false;
        for (direction, motion) in [FORWARD, BACKWARD].into_iter().zip(motion) {
            if directions & direction == 0 {
                continue;
            }
            match kind {
                MotionType::Frame => {
                    let frame = if direction == FORWARD {
                        self.past
                    } else {
                        self.future
                    };
                    let frame = frame.ok_or("a picture that it is predicted from is missing")?;
                    prediction.read(frame, Lines::All, whole, motion.vectors[0], adds);
                }
                MotionType::Field | MotionType::Halves => {
                    for (area, n) in self.parts(kind, whole) {
                        let (vector, is_bottom) = match n {
                            0 => (motion.vectors[0], motion.is_bottom[0]),
                            _ => (motion.vectors[1], motion.is_bottom[1]),
                        };
                        let frame = self.reference(direction, is_bottom)?;
                        prediction.read(frame, Lines::Field(is_bottom), area, vector, adds);
                    }
                }
                MotionType::DualPrime => self.dual_prime(&mut prediction, motion, whole)?,
            }
            adds = true;
        }
        Ok(prediction)
    }

    /// What each vector of a macroblock predicts.
    fn parts(&self, kind: MotionType, whole: Area) -> impl Iterator<Item = (Area, usize)> {
        let is_one = kind == MotionType::Field && !self.is_frame();
        let is_frame = self.is_frame();
        (0..if is_one { 1 } else { 2 }).map(move |n| {
            let area = match (is_one, is_frame) {
                (true, _) => whole,
                (false, true) => Area {
                    y: whole.y / 2,
                    height: 8,
                    first: n,
                    step: 2,
                    ..whole
                },
                (false, false) => Area {
                    y: whole.y + 8 * n,
                    height: 8,
                    first: 8 * n,
                    ..whole
                },
            };
            (area, n)
        })
    }

    /// The mean of both fields (7.6.7.4).
    fn dual_prime(
        &self,
        prediction: &mut Prediction,
        motion: &Motion,
        whole: Area,
    ) -> Result<(), Damage> {
        let others = other_parity(motion, self.picture);
        for (area, n) in self.parts(MotionType::Field, whole) {
            let is_bottom = if self.is_frame() {
                n == 1
            } else {
                self.is_bottom()
            };
            let same = self.reference(FORWARD, is_bottom)?;
            let other = self.reference(FORWARD, !is_bottom)?;
            let vector = if n == 0 { others[0] } else { others[1] };
            prediction.read(
                same,
                Lines::Field(is_bottom),
                area,
                motion.vectors[0],
                false,
            );
            prediction.read(other, Lines::Field(!is_bottom), area, vector, true);
        }
        Ok(())
    }
}

/// Macroblocks skipped before the next one.
fn read_increment(bits: &mut BitReader<'_>) -> Option<usize> {
    let mut skipped = 0;
    loop {
        match bits.symbol(&INCREMENT)? {
            ESCAPE => skipped += 33,
            STUFFING => {}
            increment => return Some(skipped + usize::from(increment) - 1),
        }
        if bits.is_overrun() {
            return None;
        }
    }
}

fn scale(picture: &Picture, code: u32) -> Option<i32> {
    let scale = if picture.is_quantiser_nonlinear {
        i32::from(*NONLINEAR_SCALE.get(code as usize)?)
    } else {
        2 * code as i32
    };
    (scale > 0).then_some(scale)
}
