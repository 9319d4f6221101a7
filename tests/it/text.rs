//! Words on screen: every character has a glyph, and egui draws our runs in the order in which
//! they are read.

use std::sync::Arc;

use eframe::egui;
use egui::Color32;
use egui::FontData;
use egui::FontDefinitions;
use egui::FontFamily;
use egui::FontId;
use egui::epaint::TextOptions;
use egui::epaint::text::Fonts;
use egui::text::ByteRange;
use egui::text::LayoutJob;
use egui::text::LayoutSection;
use egui::text::TextFormat;
use isocentre::text::BaseDirection;
use isocentre::text::CATALOGUES;
use isocentre::text::visual_runs_from;

/// The order of `assets/fonts/README`, with each weight first.
const FIRST: [&str; 2] = ["NotoSans-Regular.ttf", "NotoSans-SemiBold.ttf"];
const OTHERS: [&str; 6] = [
    "NotoSansMath-Subset.ttf",
    "NotoSansSymbols2-Subset.ttf",
    "NotoSansArabicUI-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "DroidSansFallback.ttf",
];
/// Names as the character sets of the sample files spell them (PS3.5 annexes H to K), and more.
const NAMES: [&str; 14] = [
    "قباني^لنزار",
    "فاطمة بنعلي",
    "שרון^דבורה",
    "Διονυσιος",
    "Люкceмбypг",
    "Äneas^Rüdiger",
    "Buc^Jérôme",
    "Nguyễn Thị Phương",
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "ﾔﾏﾀﾞ^ﾀﾛｳ",
    "Hong^Gildong=洪^吉洞=홍^길동",
    "Wang^XiaoDong=王^小东=王^小東",
    "สมชาย ใจดี",
    "Őrsi Łukasz Þóra Ñandú Čapek İpek",
];
/// What our own drawing code writes around numbers.
const SYMBOLS: &str = "0123456789.,:;−–—±×÷·…°²³µ‰%‹›«»“”‘’§←→↑↓↔∠√≈≤≥∞●○▲▼▶◀■□✓✕⚠\u{A0}\u{202F}";

fn fonts(first: &str) -> Fonts {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts");
    let mut definitions = FontDefinitions::empty();
    for file in std::iter::once(first).chain(OTHERS) {
        let bytes = std::fs::read(format!("{folder}/{file}")).unwrap();
        let data = Arc::new(FontData::from_owned(bytes));
        definitions.font_data.insert(file.to_owned(), data);
        let family = definitions.families.entry(FontFamily::Proportional);
        family.or_default().push(file.to_owned());
    }
    Fonts::new(TextOptions::default(), definitions)
}

fn font_id() -> FontId {
    FontId::proportional(13.0)
}

fn has_glyph(fonts: &mut Fonts, c: char) -> bool {
    c == '\n' || fonts.has_glyph(&font_id(), c)
}

#[test]
fn every_character_we_write_and_every_name_has_a_glyph() {
    for first in FIRST {
        let mut fonts = fonts(first);
        let texts = CATALOGUES
            .iter()
            .map(|c| c.source)
            .chain(NAMES)
            .chain([SYMBOLS]);
        let missing: String = texts
            .flat_map(str::chars)
            .filter(|&c| !has_glyph(&mut fonts, c))
            .collect();
        assert!(
            missing.is_empty(),
            "no glyph in {first} and after: {missing}"
        );
        assert!(
            !has_glyph(&mut fonts, '\u{0C05}'),
            "the check would find nothing missing"
        );
    }
}

#[test]
fn numbers_do_not_jitter() {
    for first in FIRST {
        let mut fonts = fonts(first);
        let mut width = |text: &str| {
            let mut view = fonts.with_pixels_per_point(1.0);
            view.layout_no_wrap(text.to_owned(), font_id(), Color32::WHITE)
                .size()
                .x
        };
        let zeros = width("0000");
        for digits in ["1111", "2345", "6789", "−−−−"] {
            assert!((width(digits) - zeros).abs() < 0.6, "{digits} in {first}");
        }
        assert!(
            (width("...") - zeros).abs() > 3.0,
            "the check would see no difference"
        );
    }
}

/// The characters of a laid out line from left to right, blank ones left out.
fn drawn(sections: &[String]) -> String {
    let mut job = LayoutJob::default();
    for section in sections {
        let start = job.text.len();
        job.text.push_str(section);
        job.sections.push(LayoutSection {
            leading_space: 0.0,
            byte_range: ByteRange::from(start.into()..job.text.len().into()),
            format: TextFormat::simple(font_id(), Color32::WHITE),
        });
    }
    let mut fonts = fonts(FIRST[0]);
    let galley = fonts.with_pixels_per_point(1.0).layout_job(job);
    let mut glyphs: Vec<(f32, char)> = galley
        .rows
        .iter()
        .flat_map(|row| row.glyphs.iter())
        .filter(|glyph| !glyph.chr.is_whitespace() && glyph.advance_width > 0.0)
        .map(|glyph| (glyph.pos.x, glyph.chr))
        .collect();
    glyphs.sort_by(|a, b| a.0.total_cmp(&b.0));
    glyphs.into_iter().map(|glyph| glyph.1).collect()
}

fn drawn_as_runs(line: &str, base: BaseDirection) -> String {
    let runs: Vec<String> = visual_runs_from(line, base)
        .into_iter()
        .map(|run| run.text)
        .collect();
    drawn(&runs)
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

#[test]
fn egui_draws_mixed_lines_as_they_are_read() {
    let age = backwards("سنة");
    let patient = backwards("المريض");
    for (line, expected) in [
        (
            "المريض John Smith 45 سنة",
            format!("{age}JohnSmith45{patient}"),
        ),
        ("CT الصدر", format!("CT{}", backwards("الصدر"))),
        ("فاطمة بنعلي", backwards("فاطمةبنعلي")),
        ("שרון דבורה", backwards("שרוןדבורה")),
        ("שלום (45)", format!("(45){}", backwards("שלום"))),
        ("BENALI 45 (F)", "BENALI45(F)".to_owned()),
    ] {
        assert_eq!(
            drawn_as_runs(line, BaseDirection::FirstLetter),
            expected,
            "{line}"
        );
    }
    let bar = "\u{2068}فاطمة بنعلي\u{2069} 54 12.03.1972";
    assert_eq!(
        drawn_as_runs(bar, BaseDirection::LeftToRight),
        format!("{}5412.03.1972", backwards("فاطمةبنعلي"))
    );
}

/// If this fails, egui has learnt bidirectional layout, and the runs would be turned twice.
#[test]
fn egui_alone_still_gets_mixed_lines_wrong() {
    let line = "المريض 45 سنة".to_owned();
    let read = drawn_as_runs(&line, BaseDirection::FirstLetter);
    assert!(read.contains("45"));
    assert_ne!(drawn(&[line]), read);
}
