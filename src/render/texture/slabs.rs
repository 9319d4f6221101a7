//! A volume deeper or larger than one 3D texture: slabs of slices, each with a halo, so that all
//! taps around a position lie in one texture.

use std::ops::Range;

use crate::render::gpu::Caps;

/// Textures one pass binds.
pub const MAX_SLABS: usize = 4;

/// Slices below and above a slab's own that its taps may need: cubic reaches from −1 to +2.
const HALO_BELOW: u32 = 1;
const HALO_ABOVE: u32 = 2;

/// One slab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slab {
    /// Slices whose positions it serves.
    pub own: Range<u32>,
    /// Slices its texture holds.
    pub held: Range<u32>,
}

/// The fewest slabs that fit the limits; `None` if the volume is too large for them.
pub fn plan([columns, rows, depth]: [u32; 3], texel_bytes: u32, caps: &Caps) -> Option<Vec<Slab>> {
    if columns > caps.max_3d || rows > caps.max_3d || columns == 0 || rows == 0 || depth == 0 {
        return None;
    }
    let slice_bytes = u64::from(columns) * u64::from(rows) * u64::from(texel_bytes);
    let most = u32::try_from(caps.max_slab_bytes / slice_bytes)
        .unwrap_or(u32::MAX)
        .min(caps.max_3d);
    if depth <= most {
        return Some(vec![Slab {
            own: 0..depth,
            held: 0..depth,
        }]);
    }
    let own = most
        .checked_sub(HALO_BELOW + HALO_ABOVE)
        .filter(|n| *n > 0)?;
    let count = depth.div_ceil(own);
    if count as usize > MAX_SLABS {
        return None;
    }
    // Slabs of nearly the same size.
    let own = depth.div_ceil(count);
    Some(
        (0..count)
            .map(|slab| {
                let own = slab * own..((slab + 1) * own).min(depth);
                Slab {
                    held: own.start.saturating_sub(HALO_BELOW)..(own.end + HALO_ABOVE).min(depth),
                    own,
                }
            })
            .filter(|slab| !slab.own.is_empty())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(max_3d: u32, max_slab_bytes: u64) -> Caps {
        Caps {
            max_2d: 8192,
            max_3d,
            max_slab_bytes,
            brick_slices: false,
            max_buffer_bytes: 1 << 28,
        }
    }

    #[test]
    fn every_position_finds_all_its_taps_in_one_slab_within_the_limits() {
        for depth in 1..120 {
            for max_3d in 4..40 {
                let Some(slabs) = plan([2, 2, depth], 2, &caps(max_3d, 1 << 30)) else {
                    assert!(depth > (max_3d - 3) * 4);
                    continue;
                };
                assert!(slabs.len() <= MAX_SLABS);
                let mut next = 0;
                for slab in &slabs {
                    assert_eq!(slab.own.start, next);
                    next = slab.own.end;
                    assert!(slab.held.len() as u32 <= max_3d);
                    for k in slab.own.clone() {
                        let taps = k.saturating_sub(1)..=(k + 2).min(depth - 1);
                        assert!(taps.clone().all(|tap| slab.held.contains(&tap)));
                    }
                }
                assert_eq!(next, depth);
            }
        }
    }

    #[test]
    fn bytes_bound_a_slab_as_the_depth_does() {
        let slabs = plan([512, 512, 400], 2, &caps(2048, 1 << 30)).unwrap();
        assert_eq!(slabs.len(), 1);
        let slabs = plan([512, 512, 400], 2, &caps(2048, 100 << 20)).unwrap();
        assert_eq!(slabs.len(), 3);
        assert!(plan([512, 512, 400], 2, &caps(2048, 1 << 20)).is_none());
        assert!(plan([4096, 512, 4], 2, &caps(2048, 1 << 30)).is_none());
    }
}
