//! Colours as they were meant: an image's ICC profile (PS3.3 C.11.15) applied on the way to an sRGB
//! screen. Samples stay as stored; the display path alone asks for [`ColourProfile::apply`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{
    BarycentricWeightScale, ColorProfile, DataColorSpace, InterpolationMethod, Layout,
    ProfileClass, RenderingIntent, TransformF32Executor, TransformOptions,
};
use rayon::prelude::*;

use crate::dicom::Samples;
use crate::dicom::modules::ColourSpaceModule;
use crate::problem::{Message, msg};

/// Values converted at a time.
const CHUNK: usize = 3 * (1 << 14);

/// Which colours a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Colours {
    /// Those that the image's profile stands for.
    #[default]
    Managed,
    /// The stored numbers, as if they were the screen's.
    AsStored,
}

/// From the colours of an image to those of an sRGB screen.
#[derive(Clone)]
pub struct ColourProfile {
    space: ColourSpaceModule,
    /// Takes and gives 0 … 1: the library's paths for whole numbers cut fractions off.
    transform: Arc<TransformF32Executor>,
}

impl std::fmt::Debug for ColourProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ColourProfile").field(&self.space).finish()
    }
}

impl PartialEq for ColourProfile {
    fn eq(&self, other: &Self) -> bool {
        self.space == other.space
    }
}

impl ColourProfile {
    /// Makes it ready; `None` where the image's colours are the screen's already, as those of an
    /// image that says nothing about them are.
    ///
    /// # Errors
    /// The sentence why the image is shown without its profile.
    pub fn new(space: &ColourSpaceModule) -> Result<Option<Self>, Message> {
        let not_applied = |reason| {
            Message::new(msg("colour-profile-not-applied")).message("reason", Message::new(reason))
        };
        // The library is young and the bytes are anyone's: a panic costs the profile alone.
        catch_unwind(AssertUnwindSafe(|| Self::unguarded(space)))
            .unwrap_or(Err(msg("colour-profile-unreadable")))
            .map_err(not_applied)
    }

    fn unguarded(space: &ColourSpaceModule) -> Result<Option<Self>, crate::problem::MessageId> {
        let profile = match (&space.icc_profile, space.color_space.as_str()) {
            (Some(bytes), _) => ColorProfile::new_from_slice(bytes)
                .map_err(|_error| msg("colour-profile-unreadable"))?,
            (None, "ADOBERGB") => ColorProfile::new_adobe_rgb(),
            (None, "ROMMRGB") => ColorProfile::new_pro_photo_rgb(),
            (None, _) => return Ok(None),
        };
        let is_device = matches!(
            profile.profile_class,
            ProfileClass::InputDevice
                | ProfileClass::DisplayDevice
                | ProfileClass::OutputDevice
                | ProfileClass::ColorSpace
        );
        if profile.color_space != DataColorSpace::Rgb || !is_device {
            return Err(msg("colour-profile-not-rgb"));
        }
        let options = TransformOptions {
            rendering_intent: RenderingIntent::Perceptual,
            allow_use_cicp_transfer: false,
            prefer_fixed_point: false,
            interpolation_method: InterpolationMethod::Tetrahedral,
            barycentric_weight_scale: BarycentricWeightScale::High,
        };
        let screen = ColorProfile::new_srgb();
        let (from, to) = (Layout::Rgb, Layout::Rgb);
        let unusable = |_error| msg("colour-profile-unreadable");
        Ok(Some(Self {
            space: space.clone(),
            transform: profile
                .create_transform_f32(from, &screen, to, options)
                .map_err(unusable)?,
        }))
    }

    /// The samples in the screen's colours; `None` for samples that are not red, green and blue of
    /// 8 or 16 bits, which are shown as they are.
    #[must_use]
    pub fn apply(&self, samples: &Samples) -> Option<Samples> {
        Some(match samples {
            Samples::Rgb8(rgb) => Samples::Rgb8(self.converted(rgb)?),
            Samples::Rgb16(rgb) => Samples::Rgb16(self.converted(rgb)?),
            _ => return None,
        })
    }

    fn converted<T: Channel>(&self, rgb: &[T]) -> Option<Arc<[T]>> {
        let whole = rgb.get(..rgb.len() / 3 * 3)?;
        let mut converted = vec![T::default(); whole.len()];
        let convert = |(to, from): (&mut [T], &[T])| {
            let light: Vec<f32> = from.iter().map(|stored| stored.light()).collect();
            let mut shown = vec![0.0; light.len()];
            let is_done = self.transform.transform(&light, &mut shown).is_ok();
            for (to, light) in to.iter_mut().zip(shown) {
                *to = T::of(light);
            }
            is_done
        };
        let done = catch_unwind(AssertUnwindSafe(|| {
            let chunks = converted.par_chunks_mut(CHUNK);
            chunks.zip(whole.par_chunks(CHUNK)).all(convert)
        }));
        done.unwrap_or(false).then(|| converted.into())
    }
}

/// A stored sample of one colour.
trait Channel: Copy + Default + Send + Sync {
    /// As a share of the largest.
    fn light(self) -> f32;
    /// The nearest to a share of the largest; 0 for none.
    fn of(light: f32) -> Self;
}

impl Channel for u8 {
    fn light(self) -> f32 {
        f32::from(self) / 255.0
    }
    fn of(light: f32) -> Self {
        (light * 255.0 + 0.5) as Self
    }
}

impl Channel for u16 {
    fn light(self) -> f32 {
        f32::from(self) / 65_535.0
    }
    fn of(light: f32) -> Self {
        (light * 65_535.0 + 0.5) as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_profile(profile: &ColorProfile) -> ColourSpaceModule {
        ColourSpaceModule {
            icc_profile: Some(profile.encode().unwrap()),
            color_space: String::new(),
        }
    }

    /// sRGB whose red is called green, green blue, and blue red.
    fn swapped() -> ColorProfile {
        let mut profile = ColorProfile::new_srgb();
        let (red, green, blue) = (
            profile.red_colorant,
            profile.green_colorant,
            profile.blue_colorant,
        );
        (profile.green_colorant, profile.blue_colorant) = (red, green);
        profile.red_colorant = blue;
        profile
    }

    fn shown(space: &ColourSpaceModule, rgb: &[u8]) -> Vec<u8> {
        let profile = ColourProfile::new(space).unwrap().unwrap();
        match profile.apply(&Samples::Rgb8(rgb.into())) {
            Some(Samples::Rgb8(rgb)) => rgb.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_profile_turns_the_stored_colours_into_those_it_stands_for() {
        let rgb: Vec<u8> = (0..=255)
            .flat_map(|v: u8| [v, 255 - v, v.wrapping_mul(3)])
            .collect();
        let expected = rgb.chunks(3).flat_map(|p| [p[1], p[2], p[0]]);
        for (got, want) in shown(&with_profile(&swapped()), &rgb).iter().zip(expected) {
            assert!(got.abs_diff(want) <= 1, "{got} {want}");
        }
    }

    #[test]
    fn sixteen_bits_are_converted_as_finely_as_they_are_stored() {
        let profile = ColourProfile::new(&with_profile(&swapped()))
            .unwrap()
            .unwrap();
        let rgb: Vec<u16> = vec![1000, 30_000, 65_535, 257, 40_000, 12_345];
        let Some(Samples::Rgb16(shown)) = profile.apply(&Samples::Rgb16(rgb.into())) else {
            panic!("not converted");
        };
        for (got, want) in shown
            .iter()
            .zip([30_000, 65_535, 1000, 40_000, 12_345, 257])
        {
            assert!(got.abs_diff(want) <= 40, "{shown:?}");
        }
    }

    #[test]
    fn a_named_space_is_applied_without_a_profile() {
        let adobe = ColourSpaceModule {
            icc_profile: None,
            color_space: "ADOBERGB".to_owned(),
        };
        // Adobe RGB (0, 200, 0) is outside sRGB; a mild green is inside, and stronger there.
        let green = shown(&adobe, &[128, 200, 128]);
        assert!(green[0] < 110 && green[1].abs_diff(201) <= 2, "{green:?}");
        assert_eq!(
            shown(&adobe, &[0, 0, 0, 255, 255, 255]),
            [0, 0, 0, 255, 255, 255]
        );
    }

    #[test]
    fn colours_that_say_nothing_are_the_screens() {
        for space in ["", "SRGB", "OTHER"] {
            let space = ColourSpaceModule {
                icc_profile: None,
                color_space: space.to_owned(),
            };
            assert_eq!(ColourProfile::new(&space), Ok(None));
        }
    }

    #[test]
    fn a_broken_profile_costs_nothing_but_itself() {
        let whole = swapped().encode().unwrap();
        let mut refused = 0;
        let mut try_with = |bytes: Vec<u8>| {
            let space = ColourSpaceModule {
                icc_profile: Some(bytes),
                color_space: String::new(),
            };
            match ColourProfile::new(&space) {
                Ok(profile) => {
                    let rgb = Samples::Rgb8((0..=254).collect());
                    profile.map(|profile| profile.apply(&rgb));
                }
                Err(_) => refused += 1,
            }
        };
        for end in 0..whole.len() {
            try_with(whole[..end].to_vec());
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xFF;
            try_with(bytes);
        }
        assert!(refused > 128, "{refused}");
    }

    #[test]
    fn a_profile_of_other_than_red_green_and_blue_is_refused_by_name() {
        let grey = ColorProfile::new_gray_with_gamma(2.2);
        let why = ColourProfile::new(&with_profile(&grey)).unwrap_err();
        let reason = Message::new(msg("colour-profile-not-rgb"));
        let expected = Message::new(msg("colour-profile-not-applied")).message("reason", reason);
        assert_eq!(why, expected);
    }
}
