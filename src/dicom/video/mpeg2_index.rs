//! The pictures of an MPEG-2 stream, found by their headers: groups, fields that make one frame,
//! order of presentation (H.262 6.1.1.11) and where decoding may begin.

use std::ops::Range;

use super::coded::Coded;
use super::coded::MAX_PICTURES;
use super::coded::ParameterSets;
use super::format::PictureFormat;
use super::mpeg2::headers::EXTENSION;
use super::mpeg2::headers::GROUP;
use super::mpeg2::headers::PICTURE;
use super::mpeg2::headers::Picture;
use super::mpeg2::headers::PictureType;
use super::mpeg2::headers::SEQUENCE;
use super::mpeg2::headers::SEQUENCE_END;
use super::mpeg2::headers::Sequence;
use super::mpeg2::headers::Structure;
use super::walk::Visitor;

/// Collects them.
#[derive(Debug, Default)]
pub(super) struct Mpeg2Index {
    pub(super) sets: ParameterSets,
    pub(super) pictures: Vec<Coded>,
    pub(super) format: Option<PictureFormat>,
    sequence: Option<Sequence>,
    begin: Option<u64>,
    picture: Option<Picture>,
    has_slices: bool,
    /// A first field waits for its second.
    awaits_field: Option<Structure>,
    /// An I or P picture that is shown after the B pictures that follow it.
    held: Option<usize>,
    shown: i64,
    group: Group,
    /// A group header stands before the coming picture.
    begins_group: bool,
    anchors_in_group: u32,
    anchors: u32,
}

/// `group_of_pictures_header`
#[derive(Debug, Default, Clone, Copy)]
struct Group {
    is_closed: bool,
    is_broken: bool,
}

impl Visitor for Mpeg2Index {
    fn unit(&mut self, bytes: Range<u64>, head: &[u8]) {
        let Some((&code, rest)) = head.split_first() else {
            return;
        };
        if matches!(code, SEQUENCE | GROUP | PICTURE | SEQUENCE_END) {
            self.close(bytes.start);
        }
        self.begin.get_or_insert(bytes.start);
        match code {
            SEQUENCE => {
                self.sets.insert(self.pictures.len(), (SEQUENCE, 0), head);
                self.sequence = Sequence::read(rest).or(self.sequence.take());
            }
            EXTENSION => self.extension(head, rest),
            GROUP => {
                let flags = rest.get(3).copied().unwrap_or(0);
                self.group = Group {
                    is_closed: flags & 0x40 != 0,
                    is_broken: flags & 0x20 != 0,
                };
                self.begins_group = true;
            }
            PICTURE => self.picture = Picture::read(rest),
            0x01..=0xAF if self.picture.is_some() && !self.has_slices => {
                self.has_slices = true;
                self.open();
            }
            _ => {}
        }
        if self.has_slices
            && let Some(last) = self.pictures.last_mut()
        {
            last.bytes.end = bytes.end;
        }
    }

    fn sample(&mut self, _at: u64) {}
}

impl Mpeg2Index {
    fn extension(&mut self, head: &[u8], rest: &[u8]) {
        if let Some(picture) = &mut self.picture {
            if picture.extend(rest).is_none() {
                self.picture = None;
            }
        } else if let Some(sequence) = &mut self.sequence {
            let kind = rest.first().map_or(0, |byte| u32::from(byte >> 4));
            self.sets
                .insert(self.pictures.len(), (EXTENSION, kind), head);
            // One that cannot be read says nothing.
            let _said = sequence.extend(rest);
        }
    }

    /// The first slice of a picture: now all of its headers are known.
    fn open(&mut self) {
        let (Some(picture), Some(sequence), Some(begin)) =
            (&self.picture, &self.sequence, self.begin)
        else {
            return;
        };
        self.format.get_or_insert_with(|| sequence.format.clone());
        let is_second = match (self.awaits_field.take(), picture.structure) {
            (Some(first), second) => second != Structure::Frame && second != first,
            (None, _) => false,
        };
        if is_second {
            return;
        }
        self.awaits_field = (picture.structure != Structure::Frame).then_some(picture.structure);
        if self.pictures.len() >= MAX_PICTURES {
            return;
        }
        let kind = picture.kind;
        let is_interlaced = !picture.is_progressive;
        let at = self.pictures.len();
        let mut coded = Coded {
            bytes: begin..begin,
            order: 0,
            is_random_access: kind == PictureType::I,
            is_leading: false,
            is_reference: kind != PictureType::B,
            is_interlaced,
            is_hidden: false,
            has_gap_before: false,
        };
        if kind == PictureType::B {
            // Between the first picture of a group and the next it is predicted from, B pictures
            // refer to the group before, unless the header says that they do not.
            let is_at_beginning = self.anchors_in_group <= 1;
            coded.is_leading = is_at_beginning && !self.group.is_closed;
            let has_past = self.anchors > 1 || (self.group.is_closed && self.anchors == 1);
            coded.is_hidden = !has_past || (coded.is_leading && self.group.is_broken);
            coded.order = self.take_turn();
        } else {
            self.anchors += 1;
            self.anchors_in_group += 1;
            if kind == PictureType::I {
                self.anchors_in_group = 1;
                // What a header says of a group holds for its first picture only.
                if !std::mem::take(&mut self.begins_group) {
                    self.group = Group::default();
                }
            }
            self.show_held();
            self.held = Some(at);
        }
        self.pictures.push(coded);
    }

    fn take_turn(&mut self) -> i64 {
        self.shown += 1;
        self.shown
    }

    fn show_held(&mut self) {
        if let Some(held) = self.held.take() {
            let turn = self.take_turn();
            if let Some(held) = self.pictures.get_mut(held) {
                held.order = turn;
            }
        }
    }

    fn close(&mut self, at: u64) {
        if self.has_slices {
            self.begin = Some(at);
        }
        if self.has_slices || self.picture.is_some() {
            self.picture = None;
        }
        self.has_slices = false;
    }

    /// The last picture is shown last.
    pub(super) fn finish(mut self) -> Self {
        self.show_held();
        self
    }
}
