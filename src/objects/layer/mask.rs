//! What one frame holds of one segment: bits within the smallest rectangle that holds them all.

/// A rectangle of bits, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// First column and row.
    pub min: [u32; 2],
    /// Columns and rows, at least 1.
    pub size: [u32; 2],
    bits: Box<[u64]>,
}

/// The smallest rectangle around some pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    min: [u32; 2],
    max: [u32; 2],
}

impl Bounds {
    /// Around one pixel.
    pub const fn at(x: u32, y: u32) -> Self {
        Self {
            min: [x, y],
            max: [x, y],
        }
    }

    /// Takes in another pixel.
    pub fn add(&mut self, x: u32, y: u32) {
        let ([min_x, min_y], [max_x, max_y]) = (self.min, self.max);
        self.min = [min_x.min(x), min_y.min(y)];
        self.max = [max_x.max(x), max_y.max(y)];
    }

    const fn size(&self) -> [u32; 2] {
        let ([min_x, min_y], [max_x, max_y]) = (self.min, self.max);
        [max_x - min_x + 1, max_y - min_y + 1]
    }

    /// Bytes a mask of these bounds takes.
    pub const fn mask_bytes(&self) -> u64 {
        let [width, height] = self.size();
        (width as u64 * height as u64).div_ceil(64) * 8
    }
}

impl Mask {
    /// Empty, of this rectangle.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            min: bounds.min,
            size: bounds.size(),
            bits: vec![0; bounds.mask_bytes() as usize / 8].into(),
        }
    }

    /// The pixels of a frame of this width for which `is_in`; `None` if there is none.
    pub fn of<T: Copy>(samples: &[T], columns: u32, is_in: impl Fn(T) -> bool) -> Option<Self> {
        let mut bounds: Option<Bounds> = None;
        let rows = samples.chunks_exact((columns as usize).max(1));
        for (y, row) in rows.clone().enumerate() {
            let first = row.iter().position(|sample| is_in(*sample));
            let last = row.iter().rposition(|sample| is_in(*sample));
            for x in first.into_iter().chain(last) {
                let bounds = bounds.get_or_insert(Bounds::at(x as u32, y as u32));
                bounds.add(x as u32, y as u32);
            }
        }
        let mut mask = Self::new(bounds?);
        for (y, row) in rows.enumerate() {
            for (x, sample) in row.iter().enumerate() {
                if is_in(*sample) {
                    mask.set(x as u32, y as u32);
                }
            }
        }
        Some(mask)
    }

    /// Sets a pixel of the frame; nothing outside the rectangle.
    pub fn set(&mut self, x: u32, y: u32) {
        if let Some(at) = self.place(x, y)
            && let Some(word) = self.bits.get_mut(at / 64)
        {
            *word |= 1 << (at % 64);
        }
    }

    fn place(&self, x: u32, y: u32) -> Option<usize> {
        let (x, y) = (x.checked_sub(self.min[0])?, y.checked_sub(self.min[1])?);
        let [width, height] = self.size;
        (x < width && y < height).then(|| y as usize * width as usize + x as usize)
    }

    /// The pixels of the frame that are set: column, row.
    pub fn pixels(&self) -> impl Iterator<Item = [u32; 2]> + '_ {
        let [width, height] = self.size;
        let count = width as usize * height as usize;
        let words = self.bits.iter().enumerate();
        words
            .flat_map(|(at, word)| {
                let mut left = *word;
                std::iter::from_fn(move || {
                    if left == 0 {
                        return None;
                    }
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    Some(at * 64 + bit)
                })
            })
            .filter(move |at| *at < count)
            .map(move |at| {
                let (x, y) = (at % width as usize, at / width as usize);
                [self.min[0] + x as u32, self.min[1] + y as u32]
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_gives_back_exactly_the_pixels_it_was_made_of() {
        let columns = 37;
        let samples: Vec<u8> = (0..37 * 11)
            .map(|at| u8::from(at % 7 == 3 && at > 80 && at < 300))
            .collect();
        let mask = Mask::of(&samples, columns, |sample| sample != 0).unwrap();
        let mut back = vec![0_u8; samples.len()];
        for [x, y] in mask.pixels() {
            back[(y * columns + x) as usize] += 1;
        }
        assert_eq!(back, samples);
        assert_eq!(Mask::of(&[0_u8; 12], 4, |sample| sample != 0), None);
    }
}
