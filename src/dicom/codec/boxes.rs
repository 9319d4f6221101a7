//! The boxes that JP2 and JPEG XL files are made of (ISO/IEC 14496-12 4.2).

/// Boxes one after the other: kind and content. A last box that is cut off is given as far as it
/// goes.
pub fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let &[l0, l1, l2, l3, k0, k1, k2, k3] = bytes.first_chunk::<8>()?;
        let (header, length) = match u32::from_be_bytes([l0, l1, l2, l3]) {
            0 => (8, bytes.len()),
            1 => {
                let &length = bytes.get(8..)?.first_chunk::<8>()?;
                (16, usize::try_from(u64::from_be_bytes(length)).ok()?)
            }
            length => (8, length as usize),
        };
        let content = bytes.get(header..length.min(bytes.len()))?;
        bytes = bytes.get(length..).unwrap_or_default();
        Some(([k0, k1, k2, k3], content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_every_length_form_are_found() {
        let short = [&[0, 0, 0, 10][..], b"abcd", &[1, 2]].concat();
        let long = [&[0, 0, 0, 1][..], b"efgh", &[0, 0, 0, 0, 0, 0, 0, 17, 3]].concat();
        let last = [&[0, 0, 0, 0][..], b"ijkl", &[4, 5, 6]].concat();
        let file = [short, long, last].concat();
        let found: Vec<_> = boxes(&file).collect();
        assert_eq!(
            found,
            [
                (*b"abcd", &[1, 2][..]),
                (*b"efgh", &[3]),
                (*b"ijkl", &[4, 5, 6])
            ]
        );
    }

    #[test]
    fn lengths_that_cannot_be_end_the_walk() {
        for length in [3_u32, 7] {
            let file = [&length.to_be_bytes()[..], b"abcd", &[0; 20]].concat();
            assert_eq!(boxes(&file).count(), 0);
        }
        let cut = [&[0, 0, 1, 0][..], b"abcd", &[1, 2]].concat();
        assert_eq!(boxes(&cut).collect::<Vec<_>>(), [(*b"abcd", &[1, 2][..])]);
    }
}
