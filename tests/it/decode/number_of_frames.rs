//! Number of Frames where it is missing, wrong or no number.

use isocentre::dicom::modules::InstanceFacts;

use super::*;

/// Frames of 2 × 3 bytes with `declared` as their number: what the decoder and the model count.
fn counted(declared: &str, frames: usize) -> (Vec<i64>, u32, usize) {
    let samples: Vec<i64> = (0..frames as i64 * 6).collect();
    let file = SyntheticImage::new(2, 3)
        .bits(8, 8)
        .pixels_all(frames, samples)
        .text(0x0028, 0x0008, "IS", declared)
        .write(Encoding::ExplicitLittle);
    let header = header(file.clone());
    let all = super::frames(file);
    let last = &all.last().unwrap().as_ref().unwrap().samples;
    let listed = InstanceFacts::read(&header).frame_count;
    assert_eq!(
        all.len(),
        listed as usize,
        "the decoder and the model differ"
    );
    (values(last), listed, header.notes.len())
}

#[test]
fn frames_whose_number_is_no_number_are_counted_and_someone_is_told() {
    for declared in ["1A", "0", "-4", "many"] {
        let (last, listed, notes) = counted(declared, 4);
        assert_eq!(last, [18, 19, 20, 21, 22, 23], "{declared}");
        assert_eq!((listed, notes), (4, 1), "{declared}");
    }
}

#[test]
fn a_number_that_can_be_read_or_none_at_all_is_believed() {
    assert_eq!(counted("4", 4).1, 4);
    let (last, listed, notes) = counted("", 4);
    assert_eq!((listed, notes), (1, 0));
    assert_eq!(last, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn pixel_data_that_make_no_whole_number_of_frames_are_one_frame() {
    let file = SyntheticImage::new(2, 3)
        .bits(8, 8)
        .text(0x0028, 0x0008, "IS", "1A")
        .raw_pixels(Value::Bytes(vec![7; 20]))
        .write(Encoding::ExplicitLittle);
    assert_eq!(frames(file).len(), 1);
}
