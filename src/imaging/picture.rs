//! A finished picture: display levels, ready for a file or a texture.

use rayon::prelude::*;

/// Red, green, blue, alpha; 8 bits each, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width and height, px.
    pub size_px: [u32; 2],
    /// `width × height × 4` bytes.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The four channels of a pixel; `None` outside.
    #[must_use]
    pub fn at(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        let [width, height] = self.size_px;
        if x >= width || y >= height {
            return None;
        }
        let start = (y as usize * width as usize + x as usize) * 4;
        self.rgba.get(start..start + 4)?.try_into().ok()
    }

    /// Paints every pixel, rows in parallel.
    pub(crate) fn paint(size_px: [u32; 2], pixel: impl Fn(u32, u32) -> [u8; 4] + Sync) -> Self {
        let [width, height] = size_px;
        let mut rgba = vec![0; width as usize * height as usize * 4];
        rgba.par_chunks_exact_mut((width as usize * 4).max(1))
            .enumerate()
            .for_each(|(y, row)| {
                for (x, out) in row.chunks_exact_mut(4).enumerate() {
                    out.copy_from_slice(&pixel(x as u32, y as u32));
                }
            });
        Self { size_px, rgba }
    }
}

/// Fills a field of values, rows in parallel; NaN where there is none.
pub(crate) fn values(
    size_px: [u32; 2],
    value: impl Fn(u32, u32) -> crate::imaging::sampling::Tap + Sync,
) -> Vec<f32> {
    let [width, height] = size_px;
    let mut values = vec![f32::NAN; width as usize * height as usize];
    values
        .par_chunks_exact_mut((width as usize).max(1))
        .enumerate()
        .for_each(|(y, row)| {
            for (x, out) in row.iter_mut().enumerate() {
                *out = value(x as u32, y as u32).unwrap_or(f32::NAN);
            }
        });
    values
}
