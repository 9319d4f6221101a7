//! Several panes on one target, and what an adapter refuses.

use std::sync::Arc;

use isocentre::dicom::Samples;
use isocentre::imaging::FrameImage;
use isocentre::imaging::{Filter, Look, SliceView, VoiFunction, slice_twin};
use isocentre::render::pass::{Pane, slice};
use isocentre::render::{FrameTexture, Offscreen, Output, RenderError};

use super::{Tolerance, compare_pictures, gpu, samples_i16, window};

#[test]
fn two_panes_prepared_before_one_submit_keep_their_own_windows() {
    let gpu = gpu();
    let image = FrameImage::plain([16, 16], samples_i16([16, 16], 10, 0, 1000));
    let texture = FrameTexture::new(gpu, &image).unwrap();
    let output = Output::Display(eframe::wgpu::TextureFormat::Rgba8Unorm);
    let views = [(40.0, 400.0), (500.0, 3000.0)].map(|(center, width)| {
        let look = Look::new(window(center, width, VoiFunction::Linear));
        SliceView::fit(&image, [32, 32], 1.0, look.with_filter(Filter::Nearest))
    });
    let mut panes = [Pane::new(gpu), Pane::new(gpu)];
    for (pane, view) in panes.iter_mut().zip(&views) {
        slice::prepare(gpu, pane, &texture, view, [0, 0], output).unwrap();
    }
    for (pane, view) in panes.iter().zip(&views) {
        let target = Offscreen::new(gpu, [32, 32], output).unwrap();
        target.draw(gpu, pane);
        let got = target.read_picture(gpu).unwrap();
        let want = slice_twin::render(&image, view);
        compare_pictures(&got, &want, Tolerance::Exact).unwrap();
    }
}

#[test]
fn a_pane_away_from_the_corner_of_its_target_shows_the_same_picture() {
    let gpu = gpu();
    let image = FrameImage::plain([16, 16], samples_i16([16, 16], 12, 0, 256));
    let texture = FrameTexture::new(gpu, &image).unwrap();
    let output = Output::Display(eframe::wgpu::TextureFormat::Rgba8Unorm);
    let look = Look::new(window(128.0, 256.0, VoiFunction::Linear)).with_filter(Filter::Nearest);
    let view = SliceView::fit(&image, [64, 64], 1.0, look);
    let want = slice_twin::render(&image, &view);
    for origin in [[7, 3], [-9, -20]] {
        let mut pane = Pane::new(gpu);
        slice::prepare(gpu, &mut pane, &texture, &view, origin, output).unwrap();
        let target = Offscreen::new(gpu, [40, 40], output).unwrap();
        target.draw(gpu, &pane);
        let got = target.read_picture(gpu).unwrap();
        for y in 0..40_i32 {
            for x in 0..40_i32 {
                let (vx, vy) = (x - origin[0], y - origin[1]);
                if vx >= 0 && vy >= 0 {
                    assert_eq!(
                        got.at(x as u32, y as u32),
                        want.at(vx as u32, vy as u32),
                        "{origin:?} {x} {y}"
                    );
                }
            }
        }
    }
}

#[test]
fn frames_and_pictures_beyond_the_adapter_are_refused_with_a_reason() {
    let side = gpu().caps().max_2d + 1;
    let long = FrameImage::plain([side, 1], Samples::U8(vec![0; side as usize].into()));
    assert!(matches!(
        FrameTexture::new(gpu(), &long),
        Err(RenderError::TooLarge { .. })
    ));
    let short = FrameImage::plain([10, 10], Samples::U8(Arc::from([0; 99])));
    assert!(matches!(
        FrameTexture::new(gpu(), &short),
        Err(RenderError::Unsuitable)
    ));
    assert!(Offscreen::new(gpu(), [side, 1], Output::Values).is_err());
    assert_eq!(gpu().take_problems(), []);
}
