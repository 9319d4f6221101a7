//! PALETTE COLOR.

use isocentre::dicom::Photometric;

use super::*;

/// An image of these indices with a table for each component: count, first value mapped, bits.
fn image(indices: &[i64], descriptor: [u16; 3], tables: [Value; 3]) -> SyntheticImage {
    let mut image = SyntheticImage::new(1, indices.len() as u16)
        .photometric("PALETTE COLOR")
        .bits(8, 8)
        .pixels_all(1, indices.to_vec());
    for (at, table) in (0..).zip(tables) {
        let descriptor = Value::U16(descriptor.to_vec());
        image = image
            .element(Element::new(0x0028, 0x1101 + at, "US", descriptor))
            .element(Element::new(0x0028, 0x1201 + at, "OW", table));
    }
    image
}

#[test]
fn entries_of_eight_bits_are_shown_as_they_are() {
    let tables = [vec![1, 2, 3, 4], vec![5, 6, 7, 8], vec![9, 10, 11, 12]];
    let image = image(&[0, 3, 1], [4, 0, 8], tables.map(Value::Bytes));
    let frame = frames(image.write(Encoding::ExplicitLittle))
        .remove(0)
        .unwrap();
    assert_eq!(frame.photometric, Photometric::Rgb);
    assert_eq!(values(&frame.samples), [1, 5, 9, 4, 8, 12, 2, 6, 10]);
}

#[test]
fn entries_of_sixteen_bits_are_shown_by_their_high_byte_in_either_byte_order() {
    let tables = [
        vec![0x1234, 0xFF00],
        vec![0x00FF, 0x8000],
        vec![0xABCD, 0x0100],
    ];
    let image = image(&[0, 1], [2, 0, 16], tables.map(Value::U16));
    for encoding in Encoding::ALL {
        let samples = first(image.clone().write(encoding)).unwrap();
        assert_eq!(values(&samples), [0x12, 0x00, 0xAB, 0xFF, 0x80, 0x01]);
    }
}

#[test]
fn a_sixteen_bit_table_of_eight_bit_values_is_not_black() {
    let tables = [vec![10, 200], vec![20, 210], vec![30, 220]];
    let image = image(&[0, 1], [2, 0, 16], tables.map(Value::U16));
    let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&samples), [10, 20, 30, 200, 210, 220]);
}

#[test]
fn indices_outside_the_table_take_its_ends() {
    let tables = [vec![1, 2], vec![3, 4], vec![5, 6]];
    let image = image(&[0, 100, 101, 255], [2, 100, 8], tables.map(Value::Bytes));
    let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&samples), [1, 3, 5, 1, 3, 5, 2, 4, 6, 2, 4, 6]);
}

#[test]
fn the_first_value_mapped_may_be_negative() {
    let tables = [vec![1, 2], vec![3, 4], vec![5, 6]];
    let image = image(&[-3, -2, -1, 0], [2, 0xFFFE, 8], tables.map(Value::Bytes)).signed();
    let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
    assert_eq!(values(&samples), [1, 3, 5, 1, 3, 5, 2, 4, 6, 2, 4, 6]);
}

#[test]
fn a_segmented_table_is_expanded() {
    let descriptor = || Value::U16(vec![5, 0, 16]);
    let mut image = SyntheticImage::new(1, 5)
        .photometric("PALETTE COLOR")
        .bits(8, 8)
        .pixels_all(1, (0..5).collect());
    for at in 0..3 {
        // One value, then four steps up to the last.
        let segments = Value::U16(vec![0, 1, 0x1000, 1, 4, 0x5000]);
        image = image
            .element(Element::new(0x0028, 0x1101 + at, "US", descriptor()))
            .element(Element::new(0x0028, 0x1221 + at, "OW", segments));
    }
    let samples = first(image.write(Encoding::ExplicitLittle)).unwrap();
    let expected: Vec<i64> = [0x10, 0x20, 0x30, 0x40, 0x50]
        .iter()
        .flat_map(|&v| [v; 3])
        .collect();
    assert_eq!(values(&samples), expected);
}

#[test]
fn an_image_without_its_palette_is_refused() {
    let image = SyntheticImage::new(1, 1)
        .photometric("PALETTE COLOR")
        .bits(8, 8);
    let error = first(image.write(Encoding::ExplicitLittle));
    assert!(matches!(error, Err(DecodeError::Palette)));
}
