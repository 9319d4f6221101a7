//! Pixel Padding Value and its range limit (PS3.3 C.7.5.1.1.2), Float and Double Float ones
//! (C.7.6.24, C.7.6.25).

use super::ImagePixelModule;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;

/// The stored values that are padding, smallest and largest; the signs follow Pixel Representation
/// whatever representation the element was written in. A value that the bits stored cannot hold is
/// no padding: no sample equals it.
#[must_use]
pub fn padding_range(elements: Elements<'_>, pixel: &ImagePixelModule) -> Option<(f64, f64)> {
    let float = |tag: Tag| elements.float(tag).filter(|value| value.is_finite());
    for (value, limit) in [
        (
            tags::FLOAT_PIXEL_PADDING_VALUE,
            tags::FLOAT_PIXEL_PADDING_RANGE_LIMIT,
        ),
        (
            tags::DOUBLE_FLOAT_PIXEL_PADDING_VALUE,
            tags::DOUBLE_FLOAT_PIXEL_PADDING_RANGE_LIMIT,
        ),
    ] {
        if let Some(value) = float(value) {
            let limit = float(limit).unwrap_or(value);
            return Some((value.min(limit), value.max(limit)));
        }
    }
    let (lowest, highest) = pixel.stored_range();
    let stored = |tag: Tag| {
        let value = elements.integer(tag)?;
        let value = match (pixel.is_signed, value) {
            (true, 32_768..=65_535) => value - 65_536,
            (false, -32_768..=-1) => value + 65_536,
            _ => value,
        };
        (lowest..=highest).contains(&value).then_some(value as f64)
    };
    let value = stored(tags::PIXEL_PADDING_VALUE)?;
    let limit = stored(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(value);
    Some((value.min(limit), value.max(limit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    fn pixel(is_signed: bool, bits_stored: u32) -> ImagePixelModule {
        ImagePixelModule {
            bits_allocated: 16,
            bits_stored,
            is_signed,
            ..ImagePixelModule::default()
        }
    }

    #[test]
    fn padding_takes_its_sign_from_pixel_representation() {
        let unsigned = Header::new()
            .u16s(tags::PIXEL_PADDING_VALUE, &[63536])
            .dataset();
        let range = padding_range(unsigned.elements(), &pixel(true, 16));
        assert_eq!(range, Some((-2000.0, -2000.0)));
        let signed = Header::new()
            .i16s(tags::PIXEL_PADDING_VALUE, &[-2000])
            .dataset();
        let range = padding_range(signed.elements(), &pixel(false, 16));
        assert_eq!(range, Some((63536.0, 63536.0)));
    }

    #[test]
    fn a_range_limit_makes_a_range_in_either_order() {
        let header = Header::new()
            .i16s(tags::PIXEL_PADDING_VALUE, &[-100])
            .i16s(tags::PIXEL_PADDING_RANGE_LIMIT, &[-200])
            .dataset();
        let range = padding_range(header.elements(), &pixel(true, 16));
        assert_eq!(range, Some((-200.0, -100.0)));
    }

    #[test]
    fn padding_that_the_bits_stored_cannot_hold_hides_no_sample() {
        let header = Header::new()
            .u16s(tags::PIXEL_PADDING_VALUE, &[63536])
            .dataset();
        assert_eq!(padding_range(header.elements(), &pixel(false, 12)), None);
    }
}
