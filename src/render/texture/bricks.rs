//! Slices in bricks of 8 × 4 voxels: for adapters that keep textures row by row.
//!
//! A plane across the slices touches a row of voxels at a few places only, but fetches the whole
//! cache line each time. In bricks a line holds a patch, and far fewer lines are fetched. Adapters
//! with memory of their own order textures in a like way by themselves.
//!
//! Voxel (i, j) lies at texel (i & 7 | (j & 3) << 3 | (i >> 3) << 5, j >> 2); `texel_of` in
//! `shaders/reslice.wgsl` is the same.

const WIDTH: usize = 8;
const HEIGHT: usize = 4;

/// Width and height of the texture of a slice.
pub const fn size([columns, rows]: [u32; 2]) -> [u32; 2] {
    [
        columns
            .div_ceil(WIDTH as u32)
            .saturating_mul((WIDTH * HEIGHT) as u32),
        rows.div_ceil(HEIGHT as u32),
    ]
}

/// The texels of a slice, row by row, in bricks; texels of bricks beyond the edge are 0.
pub fn arrange(texels: &[u8], [columns, rows]: [u32; 2], texel_bytes: u32) -> Vec<u8> {
    let (columns, rows) = (columns as usize, rows as usize);
    let texel_bytes = texel_bytes as usize;
    let bricks = columns.div_ceil(WIDTH);
    let patch = WIDTH * texel_bytes;
    let texture_row = bricks * HEIGHT * patch;
    let mut arranged = vec![0; texture_row * rows.div_ceil(HEIGHT)];
    let row_bytes = (columns * texel_bytes).max(1);
    for (bricks_out, rows_in) in arranged
        .chunks_exact_mut(texture_row.max(1))
        .zip(texels.chunks(row_bytes * HEIGHT))
    {
        for (j, row) in rows_in.chunks(row_bytes).enumerate() {
            for (brick, run) in bricks_out
                .chunks_exact_mut(HEIGHT * patch)
                .zip(row.chunks(patch))
            {
                if let Some(out) = brick.get_mut(j * patch..j * patch + run.len()) {
                    out.copy_from_slice(run);
                }
            }
        }
    }
    arranged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voxel_lies_where_the_shader_looks_for_it() {
        for (columns, rows) in [(1, 1), (8, 4), (9, 5), (33, 29), (16, 3)] {
            let texels: Vec<u16> = (0..columns * rows).map(|v| v as u16).collect();
            let size_out = size([columns, rows]);
            let arranged = arrange(bytemuck::cast_slice(&texels), [columns, rows], 2);
            assert_eq!(arranged.len() as u32, size_out[0] * size_out[1] * 2);
            let arranged: &[u16] = bytemuck::cast_slice(&arranged);
            for j in 0..rows {
                for i in 0..columns {
                    let x = i & 7 | (j & 3) << 3 | (i >> 3) << 5;
                    let at = (j >> 2) * size_out[0] + x;
                    assert_eq!(arranged[at as usize], texels[(j * columns + i) as usize]);
                }
            }
        }
    }
}
