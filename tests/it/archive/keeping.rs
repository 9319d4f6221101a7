//! What is received is kept whole, apart from others, and found.

use std::time::Duration;
use std::time::Instant;

use isocentre::archive::Archive;
use isocentre::archive::ArchiveError;
use isocentre::dicom::ByteSource;
use isocentre::dicom::InstanceSink as _;
use isocentre::dicom::Refusal;
use isocentre::dicom::Sameness;
use isocentre::dicom::read_header;
use isocentre::model::Level;
use isocentre::text::Words;

use super::EXPLICIT_LITTLE;
use super::all_at;
use super::announced;
use super::data_set;
use super::files_below;
use super::found_uids;
use super::image;
use super::kept_files;
use super::message_ids;
use super::receive;
use super::receive_as;
use super::receive_bytes;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::temp_folder;
use crate::decode::encoders;

const RLE: &str = "1.2.840.10008.1.2.5";

#[test]
fn what_is_received_lies_in_a_readable_tree_and_is_found() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    for uid in ["1.2.1", "1.2.2"] {
        let received = receive(&archive, &image(), uid).unwrap();
        assert!(!received.was_known && received.path.exists());
        let header = read_header(ByteSource::File(received.path.as_path().into())).unwrap();
        assert!(header.has_same_content(&received.header));
    }
    assert_eq!(found_uids(&archive), ["1.2.1", "1.2.2"]);
    let studies = all_at(&archive, Level::Study);
    assert_eq!(studies.len(), 1);
    assert_eq!(studies[0].patient_name, "Test, Synthetic");
    assert_eq!(studies[0].modalities, ["CT"]);
    assert_eq!(
        (studies[0].series_count, studies[0].instance_count),
        (Some(1), Some(2))
    );
    let files = kept_files(folder.path());
    assert_eq!(files.len(), 2);
    let path = files[0].to_str().unwrap();
    assert!(path.starts_with("images/ID1_"), "{path}");
    assert!(
        path.ends_with("/1.2.3.4.5.2/1.2.3.4.5.3/1.2.1.dcm"),
        "{path}"
    );
    assert_eq!(message_ids(&archive), Vec::<&str>::new());
}

#[test]
fn the_same_instance_again_is_known_and_another_content_is_kept_aside() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    receive(&archive, &image(), "1.2.1").unwrap();
    let again = receive(&archive, &image(), "1.2.1").unwrap();
    assert!(again.was_known);
    assert_eq!(message_ids(&archive), Vec::<&str>::new());

    let other = image().pixels(|row, _| row as i64);
    let aside = receive(&archive, &other, "1.2.1").unwrap();
    assert!(aside.path.starts_with(folder.path().join("aside")));
    assert_eq!(message_ids(&archive), ["archive-kept-aside"]);
    assert!(receive(&archive, &other, "1.2.1").unwrap().was_known);
    assert_eq!(kept_files(folder.path()).len(), 1);
    assert_eq!(found_uids(&archive), ["1.2.1"]);
}

#[test]
fn an_instance_with_sequences_is_known_again() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let item = vec![Element::text(0x0008, 0x0100, "SH", "113011")];
    let sequence = Element::new(0x0008, 0x2112, "SQ", Value::Items(vec![item]));
    let image = image().element(sequence);
    receive(&archive, &image, "1.2.1").unwrap();
    assert!(receive(&archive, &image, "1.2.1").unwrap().was_known);
    let item = vec![Element::text(0x0008, 0x0100, "SH", "113012")];
    let other = image.element(Element::new(0x0008, 0x2112, "SQ", Value::Items(vec![item])));
    assert!(!receive(&archive, &other, "1.2.1").unwrap().was_known);
    assert_eq!(message_ids(&archive), ["archive-kept-aside"]);
}

#[test]
fn the_same_image_in_another_lossless_syntax_is_known_and_one_other_pixel_or_a_lossy_one_is_not() {
    const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
    const NEARLY_LOSSLESS: &str = "1.2.840.10008.1.2.4.81";
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let samples: Vec<i64> = (0..64).map(|n| n * 37 % 4096).collect();
    let native = image().pixels_all(1, samples.clone());
    let first = receive(&archive, &native, "1.2.1").unwrap();
    let encoded = |syntax: &str, frame: Vec<u8>| {
        let image = native.clone().transfer_syntax(syntax);
        image.raw_pixels(Value::Fragments(vec![frame]))
    };
    let receive = |syntax: &str, frame: Vec<u8>| {
        receive_as(&archive, &encoded(syntax, frame), "1.2.1", syntax).unwrap()
    };
    let rle = |samples: &[i64]| encoders::rle_frame(&encoders::planes(samples, 1, 2));
    let jpeg_ls = encoders::jpeg_ls::JpegLs::grey(8, 8, 12).encode(&samples);
    for (syntax, frame) in [(RLE, rle(&samples)), (JPEG_LS, jpeg_ls.clone())] {
        let again = receive(syntax, frame);
        assert!(again.was_known, "{syntax}");
        assert_eq!(again.path, first.path);
    }
    assert_eq!(message_ids(&archive), Vec::<&str>::new());

    let mut other = samples.clone();
    other[63] ^= 1;
    assert!(!receive(RLE, rle(&other)).was_known);
    // It decodes to the same, but nobody says that it must.
    assert!(!receive(NEARLY_LOSSLESS, jpeg_ls).was_known);
    assert_eq!(
        message_ids(&archive),
        ["archive-kept-aside", "archive-kept-aside-unproven"]
    );
    assert_eq!(kept_files(folder.path()).len(), 1);
}

#[test]
fn a_comparison_of_frames_ends_in_time_and_what_was_not_compared_is_called_neither_same_nor_different()
 {
    let samples: Vec<i64> = (0..64).map(|n| n * 37 % 4096).collect();
    let header = |image: SyntheticImage| {
        let bytes = image.write(Encoding::ExplicitLittle);
        read_header(ByteSource::Memory(bytes.into())).unwrap()
    };
    let frame = encoders::rle_frame(&encoders::planes(&samples, 1, 2));
    let native = header(image().pixels_all(1, samples));
    let rle = image().transfer_syntax(RLE);
    let rle = header(rle.raw_pixels(Value::Fragments(vec![frame])));
    let now = Instant::now();
    let later = now + Duration::from_mins(5);
    let compared = |until| native.compare_in_another_syntax(&rle, until);
    assert_eq!(compared(later), Sameness::Same);
    assert_eq!(compared(now), Sameness::Unproven);
    assert!(!native.is_same_in_another_syntax(&rle, now));
}

#[test]
fn an_overlay_in_unused_bits_and_what_follows_the_pixels_are_not_lost_with_another_syntax() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let samples: Vec<i64> = (0..64).map(|n| n * 37 % 4096).collect();
    let rle = |samples: &[i64]| {
        let frame = encoders::rle_frame(&encoders::planes(samples, 1, 2));
        let image = image().transfer_syntax(RLE);
        image.raw_pixels(Value::Fragments(vec![frame]))
    };
    // One mark of the overlay differs.
    let overlay = |image: SyntheticImage| {
        let image = image.element(Element::u16(0x6000, 0x0100, 16));
        image.element(Element::u16(0x6000, 0x0102, 12))
    };
    let mut marked = samples.clone();
    marked[10] |= 1 << 12;
    let native = overlay(image().pixels_all(1, samples.clone()));
    assert!(!receive(&archive, &native, "1.2.1").unwrap().was_known);
    let other = receive_as(&archive, &overlay(rle(&marked)), "1.2.1", RLE).unwrap();
    assert!(!other.was_known);
    assert_eq!(message_ids(&archive), ["archive-kept-aside-unproven"]);

    // Private elements behind the pixels, in one of both.
    let behind = [0xE1, 0x7F, 0x10, 0x00, b'L', b'O', 2, 0, b'A', b' '];
    let native = image().pixels_all(1, samples.clone());
    receive(&archive, &native, "1.2.2").unwrap();
    let mut bytes = data_set(&rle(&samples), "1.2.2");
    bytes.extend(behind);
    assert!(
        !receive_bytes(&archive, &bytes, "1.2.2", RLE)
            .unwrap()
            .was_known
    );
    assert_eq!(message_ids(&archive), ["archive-kept-aside-unproven"]);
    let mut bytes = data_set(&native, "1.2.3");
    bytes.extend(behind);
    receive_bytes(&archive, &bytes, "1.2.3", EXPLICIT_LITTLE).unwrap();
    let other = receive_as(&archive, &rle(&samples), "1.2.3", RLE).unwrap();
    assert!(!other.was_known);
    assert_eq!(message_ids(&archive), ["archive-kept-aside-unproven"]);

    // Padding has no meaning (PS3.10 7.2).
    let mut bytes = data_set(&rle(&samples), "1.2.2");
    bytes.extend([0xFC, 0xFF, 0xFC, 0xFF, b'O', b'B', 0, 0, 2, 0, 0, 0, 0, 0]);
    assert!(
        receive_bytes(&archive, &bytes, "1.2.2", RLE)
            .unwrap()
            .was_known
    );
}

#[test]
fn an_instance_that_the_index_lost_is_found_when_it_comes_again() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    receive(&archive, &image(), "1.2.1").unwrap();
    drop(archive);
    std::fs::remove_file(folder.path().join(".isocentre/index.sqlite")).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(found_uids(&archive), Vec::<String>::new());
    assert!(receive(&archive, &image(), "1.2.1").unwrap().was_known);
    assert_eq!(found_uids(&archive), ["1.2.1"]);
}

#[test]
fn a_series_folder_that_cannot_be_read_is_looked_at_again_by_the_next_opening() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let kept = receive(&archive, &image(), "1.2.1").unwrap().path;
    drop(archive);
    let series = kept.parent().unwrap();
    // What a program leaves that was killed.
    let dead = folder.path().join(".isocentre/sessions/dead");
    std::fs::create_dir_all(&dead).unwrap();
    std::fs::write(dead.join("alive.lock"), "").unwrap();
    let touched = series.strip_prefix(folder.path()).unwrap();
    let touched = touched.to_str().unwrap().replace('\\', "/");
    std::fs::write(dead.join("touched"), format!("{touched}\n")).unwrap();
    let away = folder.path().join("away");
    std::fs::rename(series, &away).unwrap();
    std::fs::write(series, "no folder").unwrap();

    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(message_ids(&archive), ["archive-not-indexed"]);
    assert_eq!(found_uids(&archive), ["1.2.1"]);
    assert!(dead.exists());
    drop(archive);

    std::fs::remove_file(series).unwrap();
    std::fs::rename(&away, series).unwrap();
    std::fs::copy(&kept, series.join("1.2.9.dcm")).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(found_uids(&archive), ["1.2.1"]);
    assert!(!dead.exists());
}

#[test]
fn patients_who_share_uids_or_an_id_are_kept_apart_and_someone_is_told() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    receive(&archive, &image().patient("Doe^Jane", "1"), "1.2.1").unwrap();
    receive(&archive, &image().patient("Roe^Jim", "2"), "1.2.1").unwrap();
    assert_eq!(all_at(&archive, Level::Patient).len(), 2);
    assert_eq!(all_at(&archive, Level::Study).len(), 2);
    assert_eq!(message_ids(&archive), ["archive-same-study"]);
    receive(&archive, &image().patient("Foe^Joe", "2"), "1.2.3").unwrap();
    archive.flush();
    let problems = archive.problems().drain();
    let told: Vec<_> = problems.iter().map(|it| it.message.id.0).collect();
    assert_eq!(told, ["archive-same-patient-id", "archive-same-study"]);
    for problem in problems {
        // The people, and no folders' names: that is what tells them apart.
        let words = Words::of(isocentre::text::Language::English);
        let words = words.problem(&problem).to_lowercase();
        let is_said = |name: &&str| words.contains(name);
        let names = ["roe", "foe", "doe"].into_iter().filter(is_said).count();
        let all = if words.contains("study") { 1 } else { 2 };
        assert_eq!(names, all, "{words}");
    }
    assert_eq!(all_at(&archive, Level::Patient).len(), 3);
    assert_eq!(kept_files(folder.path()).len(), 3);
}

#[test]
fn no_identifier_leads_out_of_the_archive() {
    let folder = temp_folder();
    let archive_folder = folder.path().join("archive");
    let archive = Archive::open(&archive_folder).unwrap();
    for (at, uid) in ["..", "../..", "1/../../x", "..\\..", "/tmp/x", "."]
        .into_iter()
        .enumerate()
    {
        let image = image()
            .study(uid)
            .series(uid)
            .patient("X", "../../..")
            .instance_number(i32::try_from(at).unwrap());
        receive(&archive, &image, &format!("1.2.{at}")).unwrap();
    }
    assert!(matches!(
        receive(&archive, &image(), ".."),
        Err(Refusal::NotAsAnnounced(_))
    ));
    assert_eq!(found_uids(&archive).len(), 6);
    for file in files_below(folder.path()) {
        assert!(file.starts_with(&archive_folder), "{}", file.display());
    }
    for file in kept_files(&archive_folder) {
        assert_eq!(file.components().count(), 5, "{}", file.display());
    }
}

#[test]
fn what_breaks_off_or_is_not_what_was_announced_leaves_nothing() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let mut writer = archive.begin(&announced("1.2.1")).unwrap();
    writer.write(b"half of").unwrap();
    drop(writer);
    let mut writer = archive.begin(&announced("1.2.1")).unwrap();
    writer.write(&[0; 100]).unwrap();
    assert!(matches!(writer.finish(), Err(Refusal::Unreadable(_))));
    let no_series = image().without(0x0020, 0x000E);
    let Err(Refusal::Unreadable(message)) = receive(&archive, &no_series, "1.2.1") else {
        panic!("an instance without a series has no place");
    };
    assert_eq!(message.id.0, "archive-no-uids");
    assert!(kept_files(folder.path()).is_empty());
    let parts = files_below(folder.path()).into_iter();
    let parts: Vec<_> = parts
        .filter(|path| path.extension().is_some_and(|it| it == "part"))
        .collect();
    assert!(parts.is_empty(), "{parts:?}");
}

#[test]
fn a_file_that_cannot_be_read_any_more_makes_room_for_a_whole_one() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let received = receive(&archive, &image(), "1.2.1").unwrap();
    std::fs::write(&received.path, b"rot").unwrap();
    let again = receive(&archive, &image(), "1.2.1").unwrap();
    assert_eq!((again.was_known, &again.path), (false, &received.path));
    assert!(read_header(ByteSource::File(again.path.as_path().into())).is_ok());
    assert_eq!(message_ids(&archive), ["archive-damaged-aside"]);
    let damaged = folder.path().join("aside/1.2.1.dcm.damaged-1");
    assert_eq!(std::fs::read(damaged).unwrap(), b"rot");
    assert_eq!(found_uids(&archive), ["1.2.1"]);
}

#[test]
fn a_copy_that_the_disk_does_not_give_costs_one_instance_and_no_other() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let received = receive(&archive, &image(), "1.2.1").unwrap();
    // No bytes can be read of it, and none says that it is damaged.
    std::fs::remove_file(&received.path).unwrap();
    std::fs::create_dir(&received.path).unwrap();
    let refusal = receive(&archive, &image(), "1.2.1").unwrap_err();
    assert!(matches!(refusal, Refusal::Unkept(_)), "{refusal:?}");
    assert_eq!(
        refusal.status(),
        0x0110,
        "processing failure (PS3.7 C.5.14)"
    );
    let said = Words::system().get(refusal.message());
    let file = received.path.to_str().unwrap();
    assert!(said.contains(file), "{said}");
    assert!(!said.contains("full"), "{said}");
    assert!(received.path.is_dir() && !folder.path().join("aside").exists());
    receive(&archive, &image(), "1.2.2").unwrap();
    assert_eq!(found_uids(&archive), ["1.2.1", "1.2.2"]);
}

#[test]
fn a_series_that_has_no_folder_costs_its_instances_and_no_others() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    let received = receive(&archive, &image(), "1.2.1").unwrap();
    let study = received.path.parent().unwrap().parent().unwrap();
    std::fs::write(study.join("1.9"), b"a file").unwrap();
    let refusal = receive(&archive, &image().series("1.9"), "1.2.2").unwrap_err();
    assert!(matches!(refusal, Refusal::Unkept(_)), "{refusal:?}");
    receive(&archive, &image(), "1.2.3").unwrap();
}

#[test]
fn a_folder_that_goes_while_an_instance_arrives_is_what_is_told() {
    let drive = temp_folder();
    let (here, away) = (drive.path().join("archive"), drive.path().join("away"));
    let archive = Archive::open(&here).unwrap();
    receive(&archive, &image(), "1.2.1").unwrap();
    let mut writer = archive.begin(&announced("1.2.2")).unwrap();
    writer.write(&data_set(&image(), "1.2.2")).unwrap();
    std::fs::rename(&here, &away).unwrap();
    let refusal = writer.finish().unwrap_err();
    assert!(matches!(refusal, Refusal::NoRoom(_)), "{refusal:?}");
    std::fs::rename(&away, &here).unwrap();
}

#[test]
fn what_is_kept_is_found_by_the_next_to_open_the_archive_and_by_another_at_once() {
    let folder = temp_folder();
    let first = Archive::open(folder.path()).unwrap();
    let second = Archive::open(folder.path()).unwrap();
    std::thread::scope(|scope| {
        for (program, archive) in [&first, &second].into_iter().enumerate() {
            for thread in 0..2 {
                scope.spawn(move || {
                    for n in 0..20 {
                        // Some are received by both.
                        let uid = if n % 4 == 0 {
                            format!("1.2.9.{n}")
                        } else {
                            format!("1.2.{program}.{thread}.{n}")
                        };
                        receive(archive, &image(), &uid).unwrap();
                    }
                });
            }
        }
    });
    first.flush();
    second.flush();
    assert_eq!(found_uids(&first).len(), 4 * 15 + 5);
    assert_eq!(found_uids(&second), found_uids(&first));
    assert_eq!(kept_files(folder.path()).len(), 65);
    let found = found_uids(&first);
    drop((first, second));
    let third = Archive::open(folder.path()).unwrap();
    assert_eq!(found_uids(&third), found);
    drop(third);
    let sessions = std::fs::read_dir(folder.path().join(".isocentre/sessions")).unwrap();
    assert_eq!(sessions.count(), 0);
}

#[test]
fn a_folder_that_is_away_or_cannot_be_made_is_a_sentence() {
    let folder = temp_folder();
    let away = folder.path().join("drive/archive");
    let error = Archive::open(&away).unwrap_err();
    assert!(matches!(&error, ArchiveError::Gone(path) if *path == away));
    assert_eq!(error.message().id.0, "archive-gone");
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Archive::open(&file).unwrap_err();
    assert_eq!(error.message().id.0, "files-no-folder");
}
