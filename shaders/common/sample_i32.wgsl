// Taps loaded as i32.

fn is_padding(stored: i32, low: i32, high: i32) -> bool {
    return stored >= low && stored <= high;
}

fn lut_input(stored: i32) -> i32 {
    return stored;
}
