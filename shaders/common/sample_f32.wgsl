// Taps loaded as f32. Padding, NaN and infinity were replaced on upload by a value that no image
// holds (FLOAT_BLANK in src/imaging/grey_chain.rs), so a range is not asked.

fn is_padding(stored: f32, low: f32, high: f32) -> bool {
    return stored <= -3.4e38;
}

fn lut_input(stored: f32) -> i32 {
    return i32(clamp(round(stored), -2147483648.0, 2147483520.0));
}
