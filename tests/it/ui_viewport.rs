//! The pixels and the words of panes, in the real program on a software adapter.

use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use isocentre::app::{App, Setup};
use isocentre::dicom::Photometric;
use isocentre::files::AppFolders;
use isocentre::imaging::grey_chain::GreyChain;
use isocentre::imaging::{Look, VoiTransform};
use isocentre::view::VoiChoice;
use isocentre::workspace::{
    Language, Layout, LayoutEdit, Settings, Start, ViewEdit, WINDOW_PRESETS,
};

use crate::common::{Encoding, ct, temp_folder};

const PATIENCE: Duration = Duration::from_mins(1);

fn window(home: &Path, folder: &Path) -> Harness<'static, App> {
    let folders = AppFolders::under(home);
    let start = Start::Paths(vec![folder.to_owned()]);
    let settings = Settings {
        language: Language::English,
        is_notice_read: true,
        ..Settings::default()
    };
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .with_max_steps(64)
        .wgpu()
        .build_eframe(move |cc| {
            let setup = Setup {
                folders,
                settings,
                problems: Vec::new(),
                start,
                gpu: Setup::gpu_of(cc),
            };
            App::new(&cc.egui_ctx, setup)
        })
}

fn until(harness: &mut Harness<'static, App>, is_so: impl Fn(&App) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so(harness.state()) {
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

/// A window with one series of slices whose voxels are all 100 times the slice's number.
fn opened(home: &Path) -> Harness<'static, App> {
    let folder = home.join("study");
    std::fs::create_dir(&folder).unwrap();
    for (n, image) in ct(("Benali^Fatima", "004711"), "1.2.3.40", 5)
        .into_iter()
        .enumerate()
    {
        let image = image.pixels(move |_, _| n as i64 * 100);
        std::fs::write(
            folder.join(n.to_string()),
            image.write(Encoding::ExplicitLittle),
        )
        .unwrap();
    }
    let mut harness = window(home, &folder);
    until(&mut harness, |app| {
        app.workspace.scans_running == 0 && app.workspace.panes.active_view().is_some()
    });
    settle(&mut harness);
    harness
}

/// Until decoding has caught up; nothing says so from outside but the pixels themselves.
fn settle(harness: &mut Harness<'static, App>) {
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
        harness.step();
    }
}

fn level(voi: VoiChoice, value: f32) -> u8 {
    let VoiChoice::Window {
        center,
        width,
        function,
    } = voi
    else {
        panic!("no window");
    };
    let look = Look::new(VoiTransform::Window {
        center,
        width,
        function,
    });
    GreyChain::new(&look, Photometric::Monochrome2).level(value)
}

/// The pixel a quarter in from the left top of each pane, away from letters and lines.
fn greys(harness: &mut Harness<'static, App>) -> Vec<[u8; 3]> {
    let picture = harness.render().unwrap();
    let panes: Vec<egui::Rect> = harness
        .get_all_by_label_contains("Image pane")
        .map(|node| node.rect())
        .collect();
    panes
        .into_iter()
        .map(|rect| {
            let at = rect.min + rect.size() * egui::vec2(0.4, 0.4);
            let [r, g, b, _] = picture.get_pixel(at.x as u32, at.y as u32).0;
            [r, g, b]
        })
        .collect()
}

#[test]
fn what_is_on_screen_is_the_display_level_of_the_data_in_every_pane() {
    let home = temp_folder();
    let mut harness = opened(home.path());
    let (soft, bone) = (WINDOW_PRESETS[2].voi, WINDOW_PRESETS[4].voi);
    {
        let workspace = &mut harness.state_mut().workspace;
        let two = Layout::Grid {
            rows: 1,
            columns: 2,
        };
        workspace.apply(isocentre::workspace::Command::Layout(LayoutEdit::Set(two)));
        let set = workspace.panes.active_view().unwrap().display_set;
        let panes = workspace.panes.visible();
        for (pane, index, voi) in [(panes[0], 1, soft), (panes[1], 2, bone)] {
            for edit in [
                ViewEdit::Show(set),
                ViewEdit::Index(index),
                ViewEdit::Voi(voi),
            ] {
                workspace.apply(isocentre::workspace::Command::View(pane, edit));
            }
        }
    }
    settle(&mut harness);
    let wanted = [[level(soft, 100.0); 3], [level(bone, 200.0); 3]];
    assert_ne!(wanted[0], wanted[1]);
    assert_eq!(greys(&mut harness), wanted);
}

#[test]
fn the_pane_says_whose_image_it_shows_and_which() {
    let home = temp_folder();
    let harness = opened(home.path());
    harness.get_by_label_contains("Benali, Fatima, Im 3/5");
}
