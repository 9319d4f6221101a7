//! Tubes, and the tree of vessels in the lungs.

use std::f32::consts::TAU;

/// A round-ended tube in patient mm; with both ends at one place, a sphere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tube {
    pub from: [f32; 3],
    pub to: [f32; 3],
    pub from_radius: f32,
    pub to_radius: f32,
    pub hu: f32,
}

impl Tube {
    pub const fn new(from: [f32; 3], to: [f32; 3], radius: f32, hu: f32) -> Self {
        Self {
            from,
            to,
            from_radius: radius,
            to_radius: radius,
            hu,
        }
    }

    pub const fn sphere(centre: [f32; 3], diameter: f32, hu: f32) -> Self {
        Self::new(centre, centre, diameter / 2.0, hu)
    }
}

/// Where vessels enter the right and the left lung, patient mm.
const HILA: [[f32; 3]; 2] = [[-34.0, 6.0, -4.0], [36.0, 6.0, 2.0]];
/// Branches that leave a hilum.
const FIRST_BRANCHES: u64 = 13;
/// Forks from the hilum to the edge of the lung.
const FORKS: u32 = 7;
const VESSEL_HU: f32 = 190.0;

/// The vessels of both lungs, the same every time.
pub(super) fn lung_vessels() -> Vec<Tube> {
    let mut tree = Vec::new();
    for (side, hilum) in HILA.into_iter().enumerate() {
        let lateral = if side == 0 { -1.0 } else { 1.0 };
        for branch in 0..FIRST_BRANCHES {
            // Evenly around the hilum, all pointing away from the heart.
            let turn = TAU * branch as f32 / FIRST_BRANCHES as f32;
            let direction = normalized([lateral * 0.75, turn.cos() * 0.9, turn.sin()]);
            let seed = splitmix(branch + 100 * side as u64 + 1);
            grow(&mut tree, hilum, direction, 22.0, 3.8, FORKS, seed);
        }
    }
    tree
}

fn grow(
    tree: &mut Vec<Tube>,
    from: [f32; 3],
    direction: [f32; 3],
    length: f32,
    radius: f32,
    forks: u32,
    seed: u64,
) {
    let to = add(from, direction, length);
    let to_radius = radius * 0.86;
    tree.push(Tube {
        from,
        to,
        from_radius: radius,
        to_radius,
        hu: VESSEL_HU,
    });
    if forks == 0 {
        return;
    }
    // Two branches to opposite sides, the wider one straighter.
    let mut seed = splitmix(seed);
    let aside = normalized([unit(seed), unit(seed >> 20), unit(seed >> 40)]);
    for (bend, thinner, shorter) in [(0.38, 0.95, 0.84), (-0.75, 0.78, 0.76)] {
        seed = splitmix(seed);
        let varied = shorter * (1.0 + 0.15 * unit(seed));
        let towards = normalized(add(direction, aside, bend));
        grow(
            tree,
            to,
            towards,
            length * varied,
            to_radius * thinner,
            forks - 1,
            seed,
        );
    }
}

fn add(a: [f32; 3], b: [f32; 3], times: f32) -> [f32; 3] {
    [
        a[0] + b[0] * times,
        a[1] + b[1] * times,
        a[2] + b[2] * times,
    ]
}

fn normalized(v: [f32; 3]) -> [f32; 3] {
    let length = v.iter().map(|c| c * c).sum::<f32>().sqrt().max(1e-6);
    v.map(|c| c / length)
}

/// −1 to 1 out of the lowest 16 bits.
fn unit(bits: u64) -> f32 {
    (bits & 0xFFFF) as f32 / 32_767.5 - 1.0
}

/// Steele, Lea and Flood's `SplitMix64`: the next state, and as good as random.
pub(super) const fn splitmix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
