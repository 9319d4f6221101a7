//! Comparing pictures and values: how many differ, by how much, and where first.

/// What differs beyond the tolerance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// How many values differ by more than the tolerance.
    pub count: usize,
    /// The largest difference; infinite when only one side has a value.
    pub largest: f64,
    /// Index of the first that differs.
    pub first: usize,
}

/// Compares value by value; NaN equals NaN alone. `None` when all agree within `tolerance`.
/// Different lengths are a difference at the end of the shorter.
pub fn differences<T: Copy + Into<f64>>(
    found: &[T],
    expected: &[T],
    tolerance: f64,
) -> Option<Difference> {
    let mut result: Option<Difference> = None;
    let mut note = |index: usize, by: f64| {
        let so_far = result.get_or_insert(Difference {
            count: 0,
            largest: 0.0,
            first: index,
        });
        so_far.count += 1;
        so_far.largest = so_far.largest.max(by);
    };
    for (index, (&a, &b)) in found.iter().zip(expected).enumerate() {
        let (a, b): (f64, f64) = (a.into(), b.into());
        match (a.is_nan(), b.is_nan()) {
            (true, true) => {}
            (false, false) if a == b => {}
            (false, false) if (a - b).abs() <= tolerance => {}
            (false, false) => note(index, (a - b).abs()),
            _ => note(index, f64::INFINITY),
        }
    }
    if found.len() != expected.len() {
        note(found.len().min(expected.len()), f64::INFINITY);
    }
    result
}

/// [`differences`] of display levels, 0..=255.
pub fn differences_u8(found: &[u8], expected: &[u8], tolerance: u8) -> Option<Difference> {
    differences(found, expected, f64::from(tolerance))
}

#[test]
fn a_picture_shifted_by_one_pixel_is_not_the_same() {
    let picture: Vec<u8> = (0..64_u8)
        .map(|i| i.wrapping_mul(37) ^ (i << 3) | 1)
        .collect();
    let mut shifted = picture.clone();
    shifted.rotate_right(1);
    assert_eq!(differences_u8(&picture, &picture, 0), None);
    let difference = differences_u8(&shifted, &picture, 1).expect("the comparer sees the shift");
    assert!(difference.count > 32, "{difference:?}");
}

#[test]
fn a_missing_value_and_a_missing_row_are_differences() {
    assert_eq!(differences(&[1.0, f64::NAN], &[1.0, f64::NAN], 0.0), None);
    let one_sided = differences(&[1.0, f64::NAN], &[1.0, 2.0], 1e9).unwrap();
    assert_eq!((one_sided.count, one_sided.first), (1, 1));
    assert!(differences(&[1.0, 2.0], &[1.0], 1e9).is_some());
    assert!(differences(&[f64::INFINITY], &[1.0], 1e9).is_some());
    assert!(differences(&[1.0], &[1.4], 0.5).is_none());
}
