// Taps loaded as u32.

fn is_padding(stored: u32, low: u32, high: u32) -> bool {
    return stored >= low && stored <= high;
}

fn lut_input(stored: u32) -> i32 {
    return i32(min(stored, 0x7fffffffu));
}
