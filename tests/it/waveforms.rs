//! Waveforms: from the bytes of a file to values in their units, and to what the window says.

use eframe::egui::{self, PointerButton};

use isocentre::dicom::modules::{ChannelUnit, EcgLead, WaveformGroup, WaveformSamples};
use isocentre::dicom::{
    ByteSource, Dataset, DatasetBuilder, InstanceHeader, read_header, tags, write_part10_bytes,
};
use isocentre::problem::Message;
use isocentre::text::{Language, Words};
use isocentre::view::waveform::{Arrangement, ChannelRange, VerticalScale};
use isocentre::workspace::{Command, Layout, LayoutEdit, ViewEdit};

use crate::common::{Encoding, Screen, ct, temp_folder, test_data};

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const TWELVE_LEADS: &str = "1.2.840.10008.5.1.4.1.1.9.1.1";

const HZ: f64 = 500.0;
const SAMPLES: usize = 5000;
/// By channel, the numbers that end the leads' SCP-ECG codes, in an order of no paper.
const LEADS: [u32; 12] = [3, 4, 5, 6, 7, 8, 1, 2, 61, 62, 63, 64];

/// What is stored: another sawtooth in every channel.
fn stored(channel: usize, sample: usize) -> i16 {
    ((sample * (channel + 3)) % 401) as i16 - 200
}

fn code(value: &str, scheme: &str, meaning: &str) -> Dataset {
    let mut item = DatasetBuilder::new();
    item.text(tags::CODE_VALUE, value)
        .text(tags::CODING_SCHEME_DESIGNATOR, scheme)
        .text(tags::CODE_MEANING, meaning);
    item.into_dataset()
}

/// A channel of `unit` with this sensitivity × 1.1 + 30.
fn channel(lead: u32, unit: &str) -> Dataset {
    let mut item = DatasetBuilder::new();
    let source = code(&format!("5.6.3-9-{lead}"), "SCPECG", "a lead");
    item.item(tags::CHANNEL_SOURCE_SEQUENCE, source)
        .float(tags::CHANNEL_SENSITIVITY, 2.5)
        .item(
            tags::CHANNEL_SENSITIVITY_UNITS_SEQUENCE,
            code(unit, "UCUM", "a unit"),
        )
        .float(tags::CHANNEL_SENSITIVITY_CORRECTION_FACTOR, 1.1)
        .float(tags::CHANNEL_BASELINE, 30.0);
    item.into_dataset()
}

fn group(channels: Vec<Dataset>, samples: usize) -> DatasetBuilder {
    let count = channels.len();
    let words: Vec<u16> = (0..samples)
        .flat_map(|sample| (0..count).map(move |channel| stored(channel, sample).cast_unsigned()))
        .collect();
    let mut item = DatasetBuilder::new();
    item.text(tags::WAVEFORM_ORIGINALITY, "ORIGINAL")
        .integer(tags::NUMBER_OF_WAVEFORM_CHANNELS, count as i64)
        .integer(tags::NUMBER_OF_WAVEFORM_SAMPLES, samples as i64)
        .float(tags::SAMPLING_FREQUENCY, HZ)
        .items(tags::CHANNEL_DEFINITION_SEQUENCE, channels)
        .integer(tags::WAVEFORM_BITS_ALLOCATED, 16)
        .text(tags::WAVEFORM_SAMPLE_INTERPRETATION, "SS")
        .words(tags::WAVEFORM_DATA, &words);
    item
}

fn twelve() -> DatasetBuilder {
    group(LEADS.map(|lead| channel(lead, "uV")).to_vec(), SAMPLES)
}

fn ecg(groups: Vec<DatasetBuilder>) -> Dataset {
    let mut root = DatasetBuilder::new();
    root.text(tags::SOP_CLASS_UID, TWELVE_LEADS)
        .text(tags::SOP_INSTANCE_UID, "1.2.3.90.1")
        .text(tags::STUDY_INSTANCE_UID, "1.2.3.90")
        .text(tags::SERIES_INSTANCE_UID, "1.2.3.90.2")
        .text(tags::MODALITY, "ECG")
        .text(tags::PATIENT_NAME, "Idrissi^Omar")
        .text(tags::PATIENT_ID, "0815")
        .items(
            tags::WAVEFORM_SEQUENCE,
            groups
                .into_iter()
                .map(DatasetBuilder::into_dataset)
                .collect(),
        );
    root.into_dataset()
}

fn through_a_file(dataset: &Dataset, transfer_syntax: &str) -> InstanceHeader {
    let bytes = write_part10_bytes(dataset, transfer_syntax).unwrap();
    read_header(ByteSource::Memory(bytes.into())).unwrap()
}

fn read(group: DatasetBuilder) -> (InstanceHeader, Result<WaveformGroup, Message>) {
    let header = through_a_file(&ecg(vec![group]), EXPLICIT);
    let mut groups = WaveformGroup::read_all(&header);
    assert_eq!(groups.len(), 1);
    (header, groups.remove(0))
}

fn refusal(group: DatasetBuilder) -> &'static str {
    read(group).1.unwrap_err().id.0
}

fn near(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-9)
}

#[test]
fn values_are_stored_numbers_times_sensitivity_and_correction_plus_baseline_in_any_syntax() {
    for syntax in [EXPLICIT, IMPLICIT, BIG_ENDIAN] {
        let header = through_a_file(&ecg(vec![twelve()]), syntax);
        let group = WaveformGroup::read_all(&header).remove(0).unwrap();
        assert_eq!((group.samples, group.channels.len()), (SAMPLES, 12));
        assert!((group.duration_s() - 10.0).abs() < 1e-12);
        let samples = group.samples_of(&header).unwrap();
        for channel in 0..12 {
            for sample in (0..SAMPLES).step_by(97) {
                let truth = f64::from(stored(channel, sample));
                let millivolts = (truth * 2.5 * 1.1 + 30.0) / 1000.0;
                assert!(near(samples.value(channel, sample), millivolts), "{syntax}");
            }
        }
        assert_eq!(samples.value(12, 0), None);
        assert_eq!(samples.value(0, SAMPLES), None);
    }
}

#[test]
fn a_sample_file_has_the_values_another_reader_gives() {
    let Some(data) = test_data("waveforms") else {
        return;
    };
    let path = data.join("pydicom/test_files/waveform_ecg.dcm");
    let header = read_header(ByteSource::File(path.into())).unwrap();
    let groups = WaveformGroup::read_all(&header);
    let [Ok(rhythm), Ok(beat)] = groups.as_slice() else {
        panic!("two groups");
    };
    assert_eq!((rhythm.samples, beat.samples), (10_000, 1200));
    assert_eq!(rhythm.label, "RHYTHM");
    // Lowest and highest µV of leads I, II, V5 and V6 by pydicom's waveform_array.
    let extremes = |samples: &WaveformSamples<'_>, channel| {
        let values = (0..samples.group().samples).filter_map(|i| samples.value(channel, i));
        values.fold((f64::MAX, f64::MIN), |(low, high), v| {
            (v.min(low), v.max(high))
        })
    };
    let samples = rhythm.samples_of(&header).unwrap();
    for (channel, low, high) in [
        (0, -62.5, 725.0),
        (1, -208.75, 1137.5),
        (10, -225.0, 1962.5),
        (11, -162.5, 1443.75),
    ] {
        let found = extremes(&samples, channel);
        assert!(near(Some(found.0 * 1000.0), low) && near(Some(found.1 * 1000.0), high));
    }
    for (channel, first) in [100.0, 112.5, 12.5, -106.25].into_iter().enumerate() {
        assert!(near(samples.value(channel, 0).map(|mv| mv * 1000.0), first));
    }
    assert!(matches!(Arrangement::of(rhythm), Arrangement::Standard(..)));
    assert!(matches!(Arrangement::of(beat), Arrangement::Standard(..)));
}

#[test]
fn leads_stand_where_they_belong_whatever_their_order_in_the_file() {
    let (_, group) = read(twelve());
    let group = group.unwrap();
    let Arrangement::Standard(places, rhythm) = Arrangement::of(&group) else {
        panic!("twelve leads");
    };
    let names = places.map(|row| row.map(|channel| group.channels[channel].lead.unwrap().name()));
    assert_eq!(
        names,
        [
            ["I", "aVR", "V1", "V4"],
            ["II", "aVL", "V2", "V5"],
            ["III", "aVF", "V3", "V6"]
        ]
    );
    assert_eq!(group.channels[rhythm].lead, Some(EcgLead::II));
    let mut twice = LEADS;
    twice[0] = twice[1];
    let (_, doubled) = read(self::group(
        twice.map(|lead| channel(lead, "uV")).to_vec(),
        10,
    ));
    assert_eq!(Arrangement::of(&doubled.unwrap()), Arrangement::Rows(12));
}

#[test]
fn units_are_never_invented() {
    let mut without_units = DatasetBuilder::from_dataset(&channel(1, "uV"));
    without_units.remove(tags::CHANNEL_SENSITIVITY_UNITS_SEQUENCE);
    let mut without_sensitivity = DatasetBuilder::from_dataset(&channel(1, "uV"));
    without_sensitivity.remove(tags::CHANNEL_SENSITIVITY);
    let mut zero = DatasetBuilder::from_dataset(&channel(1, "uV"));
    zero.float(tags::CHANNEL_SENSITIVITY, 0.0);
    for broken in [without_units, without_sensitivity, zero] {
        let (header, group) = read(group(vec![broken.into_dataset()], 100));
        let group = group.unwrap();
        assert_eq!(group.channels[0].scale, None);
        let samples = group.samples_of(&header).unwrap();
        assert!(near(samples.value(0, 7), stored(0, 7).into()));
    }
    let (_, pressure) = read(group(vec![channel(99, "mm[Hg]")], 100));
    let scale = pressure.unwrap().channels[0].scale.clone().unwrap();
    assert_eq!(scale.unit, ChannelUnit::Other("mmHg".to_owned()));
    for (unit, to_mv) in [("nV", 1e-6), ("uV", 1e-3), ("mV", 1.0), ("V", 1e3)] {
        let (_, group) = read(group(vec![channel(1, unit)], 100));
        let scale = group.unwrap().channels[0].scale.clone().unwrap();
        assert_eq!(scale.unit, ChannelUnit::Millivolt);
        assert!((scale.factor / (2.75 * to_mv) - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_millivolt_is_as_high_as_the_gain_says_and_padding_is_no_value() {
    let mut padded = twelve();
    padded.bytes(tags::WAVEFORM_PADDING_VALUE, &stored(0, 3).to_le_bytes());
    let (header, group) = read(padded);
    let group = group.unwrap();
    let samples = group.samples_of(&header).unwrap();
    assert_eq!(samples.value(0, 3), None);
    assert!(samples.value(0, 4).is_some());
    let range = ChannelRange::of(&samples, 0, group.samples).unwrap();
    for gain in [5.0, 10.0, 20.0] {
        let scale = VerticalScale::of(&group.channels[0], range, gain);
        assert!((scale.y_mm(0.0) - scale.y_mm(1.0) - gain).abs() < 1e-12);
    }
}

#[test]
fn what_a_file_claims_allocates_nothing_and_is_shown_as_far_as_it_is_there() {
    let mut short = twelve();
    short.integer(tags::NUMBER_OF_WAVEFORM_SAMPLES, 0xFFFF_FFFF);
    let group = read(short).1.unwrap();
    assert_eq!(group.samples, SAMPLES);
    assert_eq!(group.declared_samples, Some(0xFFFF_FFFF));

    let mut swapped = twelve();
    swapped.integer(tags::NUMBER_OF_WAVEFORM_CHANNELS, 65_535);
    assert_eq!(refusal(swapped), "waveform-channels-disagree");
    let mut silent = twelve();
    silent.remove(tags::SAMPLING_FREQUENCY);
    assert_eq!(refusal(silent), "waveform-no-frequency");
    let mut still = twelve();
    still.float(tags::SAMPLING_FREQUENCY, -1.0);
    assert_eq!(refusal(still), "waveform-no-frequency");
    let mut odd = twelve();
    odd.text(tags::WAVEFORM_SAMPLE_INTERPRETATION, "XX");
    assert_eq!(refusal(odd), "waveform-sample-kind");
    let mut empty = twelve();
    empty.remove(tags::WAVEFORM_DATA);
    assert_eq!(refusal(empty), "waveform-no-samples");
    let many = vec![DatasetBuilder::new().into_dataset(); 1025];
    assert_eq!(refusal(self::group(many, 1)), "waveform-too-many-channels");
}

/// The one text on screen that is or begins so, and its middle.
fn place(screen: &Screen, text: &str) -> [f32; 2] {
    let texts = screen.texts();
    let found = texts.iter().find(|(found, _)| found == text);
    let found = found.or_else(|| texts.iter().find(|(found, _)| found.starts_with(text)));
    let (_, rect) = found.unwrap_or_else(|| panic!("{text} is not on screen"));
    [rect.center().x, rect.center().y]
}

fn left(screen: &Screen, text: &str) -> f32 {
    let texts = screen.texts();
    texts
        .iter()
        .find(|(found, _)| found == text)
        .unwrap()
        .1
        .left()
}

fn click(screen: &mut Screen, text: &str) {
    let at = place(screen, text);
    screen.drag(PointerButton::Primary, at, at);
}

fn opened(home: &std::path::Path, groups: Vec<DatasetBuilder>) -> Screen {
    let path = home.join("ecg.dcm");
    std::fs::write(&path, write_part10_bytes(&ecg(groups), EXPLICIT).unwrap()).unwrap();
    Screen::open(home, vec![path])
}

#[test]
fn an_opened_ecg_names_its_leads_and_its_scale_and_calipers_measure_on_its_grid() {
    let home = temp_folder();
    let mut beat = group(LEADS.map(|lead| channel(lead, "uV")).to_vec(), 600);
    beat.text(tags::MULTIPLEX_GROUP_LABEL, "MEDIAN BEAT");
    let mut screen = opened(home.path(), vec![twelve(), beat]);
    for said in [
        "Idrissi, Omar",
        "25 mm/s · 10 mm/mV · sampled at 500 Hz",
        "0.0–10.0 of 10.0 s",
    ] {
        assert!(screen.says(said), "{said}: {:?}", screen.texts());
    }
    for lead in ["I", "aVR", "V1", "V4", "aVF", "V6"] {
        left(&screen, lead);
    }
    // A column is 2.5 s, 62.5 mm.
    let points_per_mm = (left(&screen, "aVR") - left(&screen, "I")) / 62.5;

    click(&mut screen, "Time caliper");
    let chip = place(&screen, "Δt 800\u{a0}ms · 75 bpm");
    let line = [chip[0] + 10.0 * points_per_mm, chip[1] + 60.0];
    let further = [line[0] + 5.0 * points_per_mm, line[1]];
    screen.drag(PointerButton::Primary, line, further);
    assert!(
        screen.says("Δt 1000\u{a0}ms · 60 bpm"),
        "{:?}",
        screen.texts()
    );

    click(&mut screen, "Amplitude caliper");
    let chip = place(&screen, "II: Δ 1.00\u{a0}mV");
    // The lines lie 5 mm above and below the chip's middle.
    let line = [chip[0] - 150.0, chip[1] - 5.0 * points_per_mm];
    let higher = [line[0], line[1] - 2.5 * points_per_mm];
    screen.drag(PointerButton::Primary, line, higher);
    assert!(screen.says("II: Δ 1.25\u{a0}mV"), "{:?}", screen.texts());
    click(&mut screen, "20 mm/mV");
    assert!(screen.says("II: Δ 1.25\u{a0}mV"), "a gain changes no value");

    click(&mut screen, "50 mm/s");
    assert!(screen.says("50 mm/s · 20 mm/mV"));
    assert!(screen.says("0.0–4.9 of 10.0 s"), "{:?}", screen.texts());
    click(&mut screen, "MEDIAN BEAT");
    assert!(screen.says("0.0–1.2 of 1.2 s"));
    assert!(!screen.says("Δ"), "calipers stay with their group");
}

#[test]
fn the_way_to_a_line_does_not_move_it() {
    let home = temp_folder();
    let mut screen = opened(home.path(), vec![twelve()]);
    click(&mut screen, "Time caliper");
    let chip = place(&screen, "Δt 800\u{a0}ms");
    let points_per_mm = (left(&screen, "aVR") - left(&screen, "I")) / 62.5;
    let line = egui::pos2(chip[0] + 10.0 * points_per_mm, chip[1] + 60.0);
    // A slow frame: the pointer comes from afar and presses within it.
    screen
        .0
        .event(egui::Event::PointerMoved(line + egui::vec2(-90.0, 40.0)));
    screen.0.step();
    for pressed in [true, false] {
        screen.0.event(egui::Event::PointerMoved(line));
        screen.0.event(egui::Event::PointerButton {
            pos: line,
            button: PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        screen.0.step();
    }
    assert!(screen.says("Δt 800\u{a0}ms"), "{:?}", screen.texts());
}

#[test]
fn a_channel_without_a_unit_says_so_on_the_paper() {
    let home = temp_folder();
    let mut raw = DatasetBuilder::new();
    raw.text(tags::CHANNEL_LABEL, "Strange");
    let pressure = channel(99, "mm[Hg]");
    let screen = opened(
        home.path(),
        vec![group(vec![raw.into_dataset(), pressure], 2000)],
    );
    // 400 stored numbers over 20 mm; 400 × 2.75 mmHg over 20 mm.
    assert!(screen.says("Strange · 10 mm = 200 stored units; the file gives no unit"));
    assert!(
        screen.says("a lead · 10 mm = 1000\u{a0}mmHg"),
        "{:?}",
        screen.texts()
    );
    assert!(!screen.says("mm/mV"));
}

#[test]
fn faint_signals_have_gains_an_ecg_is_never_drawn_at() {
    let home = temp_folder();
    let faint = group(vec![channel(99, "uV")], 2000);
    let mut strong = twelve();
    strong.text(tags::MULTIPLEX_GROUP_LABEL, "RHYTHM");
    let mut screen = opened(home.path(), vec![faint, strong]);
    click(&mut screen, "100 mm/mV");
    assert!(screen.says("25 mm/s · 100 mm/mV"), "{:?}", screen.texts());
    click(&mut screen, "RHYTHM");
    assert!(screen.says("25 mm/s · 10 mm/mV"));
    assert!(!screen.says("100 mm/mV"));
}

#[test]
fn what_cannot_be_drawn_says_why_in_the_pane() {
    let home = temp_folder();
    let mut swapped = twelve();
    swapped.integer(tags::NUMBER_OF_WAVEFORM_CHANNELS, 8);
    let (_, reason) = read(swapped.clone());
    let screen = opened(home.path(), vec![swapped]);
    let sentence = Words::new(Language::English).get(&reason.unwrap_err());
    assert!(screen.says(&sentence[..60]), "{:?}", screen.texts());
}

#[test]
fn an_ecg_of_another_patient_has_the_frame_with_the_name() {
    let home = temp_folder();
    let folder = home.path().join("both");
    std::fs::create_dir(&folder).unwrap();
    for (n, image) in ct(("Benali^Fatima", "004711"), "1.2.3.40", 3)
        .iter()
        .enumerate()
    {
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(folder.join(format!("slice{n}")), bytes).unwrap();
    }
    let bytes = write_part10_bytes(&ecg(vec![twelve()]), EXPLICIT).unwrap();
    std::fs::write(folder.join("ecg"), bytes).unwrap();
    let mut screen = Screen::open(home.path(), vec![folder]);
    let workspace = &screen.0.state().workspace;
    let waveform = workspace
        .library
        .display_sets()
        .find(|set| !set.is_image())
        .map(|set| set.id)
        .unwrap();
    assert!(!screen.says("sampled at"), "images come first");
    let two = Layout::Grid {
        rows: 1,
        columns: 2,
    };
    screen.ask(Command::Layout(LayoutEdit::Set(two)));
    let panes = screen.0.state().workspace.panes.visible();
    screen.ask(Command::View(panes[1], ViewEdit::Show(waveform)));
    screen.ask(Command::Layout(LayoutEdit::Activate(panes[0])));
    assert!(
        screen.says("Another patient: Idrissi, Omar"),
        "{:?}",
        screen.texts()
    );
    screen.ask(Command::Layout(LayoutEdit::Activate(panes[1])));
    assert!(screen.says("sampled at"));
}
