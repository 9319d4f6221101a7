//! Colours of segments and regions that state none.

/// Told apart from each other and from grey; taken in turn where an object states no colour.
const COLOURS: [[u8; 3]; 12] = [
    [230, 90, 80],
    [95, 190, 110],
    [80, 150, 235],
    [235, 200, 80],
    [190, 110, 220],
    [80, 205, 205],
    [240, 145, 60],
    [230, 125, 175],
    [165, 205, 75],
    [130, 135, 240],
    [200, 160, 120],
    [120, 215, 165],
];

/// The colour of the `index`th thing without one.
#[must_use]
pub fn colour_of(index: usize) -> [u8; 3] {
    COLOURS
        .get(index % COLOURS.len())
        .copied()
        .unwrap_or([230, 90, 80])
}
