//! Command sets: the elements of group 0000 that say what a message is (PS3.7 6.3, annex E).
//! Always implicit VR little endian, whatever the presentation context.

use std::collections::BTreeMap;

/// Fields a command is made of, by element number.
pub(super) mod field {
    pub const AFFECTED_SOP_CLASS_UID: u16 = 0x0002;
    pub const REQUESTED_SOP_CLASS_UID: u16 = 0x0003;
    pub const COMMAND_FIELD: u16 = 0x0100;
    pub const MESSAGE_ID: u16 = 0x0110;
    pub const MESSAGE_ID_RESPONDED_TO: u16 = 0x0120;
    pub const MOVE_DESTINATION: u16 = 0x0600;
    pub const PRIORITY: u16 = 0x0700;
    pub const DATA_SET_TYPE: u16 = 0x0800;
    pub const STATUS: u16 = 0x0900;
    pub const ERROR_COMMENT: u16 = 0x0902;
    pub const AFFECTED_SOP_INSTANCE_UID: u16 = 0x1000;
    pub const MOVE_ORIGINATOR: u16 = 0x1030;
    pub const MOVE_ORIGINATOR_MESSAGE_ID: u16 = 0x1031;
    pub const REQUESTED_SOP_INSTANCE_UID: u16 = 0x1001;
    pub const EVENT_TYPE_ID: u16 = 0x1002;
    pub const ACTION_TYPE_ID: u16 = 0x1008;
    pub const REMAINING: u16 = 0x1020;
    pub const COMPLETED: u16 = 0x1021;
    pub const FAILED: u16 = 0x1022;
    pub const WARNING: u16 = 0x1023;
}

/// What a command asks for (values of the Command Field); an answer has bit 15 set.
pub(super) mod kind {
    pub const C_STORE: u16 = 0x0001;
    pub const C_GET: u16 = 0x0010;
    pub const C_FIND: u16 = 0x0020;
    pub const C_MOVE: u16 = 0x0021;
    pub const C_ECHO: u16 = 0x0030;
    pub const N_EVENT_REPORT: u16 = 0x0100;
    pub const N_ACTION: u16 = 0x0130;
    pub const C_CANCEL: u16 = 0x0fff;
    /// Set in answers.
    pub const ANSWER: u16 = 0x8000;
}

/// No data set follows.
const NO_DATA_SET: u16 = 0x0101;
/// A data set follows (any other value says so).
const DATA_SET: u16 = 0x0001;

/// The longest command that is read: real ones have a few hundred bytes.
pub(super) const LONGEST: usize = 64 * 1024;

/// A command set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Command(BTreeMap<u16, Vec<u8>>);

impl Command {
    /// A request of this kind.
    pub fn request(kind: u16, message_id: u16, sop_class_uid: &str) -> Self {
        Self::default()
            .uid(field::AFFECTED_SOP_CLASS_UID, sop_class_uid)
            .number(field::COMMAND_FIELD, kind)
            .number(field::MESSAGE_ID, message_id)
            .number(field::DATA_SET_TYPE, NO_DATA_SET)
    }

    /// The answer to a request, with a status.
    pub fn answer(to: &Self, status: u16) -> Self {
        let mut answer = Self::default()
            .number(field::COMMAND_FIELD, to.kind() | kind::ANSWER)
            .number(field::MESSAGE_ID_RESPONDED_TO, to.message_id())
            .number(field::DATA_SET_TYPE, NO_DATA_SET)
            .number(field::STATUS, status);
        for field in [
            field::AFFECTED_SOP_CLASS_UID,
            field::AFFECTED_SOP_INSTANCE_UID,
            field::EVENT_TYPE_ID,
        ] {
            if let Some(value) = to.0.get(&field) {
                answer.0.insert(field, value.clone());
            }
        }
        answer
    }

    /// Asks to stop what a message asked for.
    pub fn cancel(message_id: u16) -> Self {
        Self::default()
            .number(field::COMMAND_FIELD, kind::C_CANCEL)
            .number(field::MESSAGE_ID_RESPONDED_TO, message_id)
            .number(field::DATA_SET_TYPE, NO_DATA_SET)
    }

    /// The same with a UID.
    #[must_use]
    pub fn uid(mut self, field: u16, uid: &str) -> Self {
        let mut bytes = uid.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        self.0.insert(field, bytes);
        self
    }

    /// The same with a text.
    #[must_use]
    pub fn text(mut self, field: u16, text: &str) -> Self {
        let mut bytes: Vec<u8> = text
            .chars()
            .map(|c| if c.is_ascii() { c as u8 } else { b'?' })
            .collect();
        if bytes.len() % 2 == 1 {
            bytes.push(b' ');
        }
        self.0.insert(field, bytes);
        self
    }

    /// The same with a number.
    #[must_use]
    pub fn number(mut self, field: u16, value: u16) -> Self {
        self.0.insert(field, value.to_le_bytes().to_vec());
        self
    }

    /// The same, with a data set to follow.
    #[must_use]
    pub fn with_data(self) -> Self {
        self.number(field::DATA_SET_TYPE, DATA_SET)
    }

    pub fn kind(&self) -> u16 {
        self.get_number(field::COMMAND_FIELD).unwrap_or(0)
    }

    pub fn message_id(&self) -> u16 {
        self.get_number(field::MESSAGE_ID).unwrap_or(0)
    }

    /// Whether it answers this message.
    pub fn answers(&self, message_id: u16) -> bool {
        self.kind() & kind::ANSWER != 0
            && self.get_number(field::MESSAGE_ID_RESPONDED_TO) == Some(message_id)
    }

    /// The status; an answer without one is no success.
    pub fn status(&self) -> u16 {
        self.get_number(field::STATUS).unwrap_or(0x0110)
    }

    /// The other side's own words on its status.
    pub fn comment(&self) -> String {
        self.get_text(field::ERROR_COMMENT).unwrap_or_default()
    }

    pub fn has_data(&self) -> bool {
        self.get_number(field::DATA_SET_TYPE)
            .is_some_and(|kind| kind != NO_DATA_SET)
    }

    /// Whether an answer counts sub-operations.
    pub fn says_counts(&self) -> bool {
        let fields = [field::REMAINING, field::COMPLETED, field::FAILED];
        fields.iter().any(|field| self.0.contains_key(field))
    }

    pub fn get_number(&self, field: u16) -> Option<u16> {
        let bytes = self.0.get(&field)?;
        Some(u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?))
    }

    /// Text or UID, without padding; control characters are no part of either.
    pub fn get_text(&self, field: u16) -> Option<String> {
        let bytes = self.0.get(&field)?;
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_matches([' ', '\0']);
        Some(text.chars().filter(|c| !c.is_control()).collect())
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut elements = Vec::with_capacity(256);
        for (field, value) in &self.0 {
            elements.extend_from_slice(&[0, 0]);
            elements.extend_from_slice(&field.to_le_bytes());
            elements.extend_from_slice(&(value.len() as u32).to_le_bytes());
            elements.extend_from_slice(value);
        }
        let mut bytes = vec![0, 0, 0, 0, 4, 0, 0, 0];
        bytes.extend_from_slice(&(elements.len() as u32).to_le_bytes());
        bytes.append(&mut elements);
        bytes
    }

    /// `None` where the bytes are no elements of group 0000, or say no Command Field. What follows
    /// those elements is passed over: some nodes put the names of what failed there, where only
    /// command elements belong (PS3.7 6.3.1), and send them in the data set as well.
    pub fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut command = Self::default();
        while !bytes.is_empty() {
            let (head, rest) = bytes.split_at_checked(8)?;
            let [group_low, group_high, low, high, length @ ..] = head else {
                return None;
            };
            if (*group_low, *group_high) != (0, 0) {
                break;
            }
            let length = u32::from_le_bytes(length.try_into().ok()?);
            let (value, rest) = rest.split_at_checked(length as usize)?;
            let field = u16::from_le_bytes([*low, *high]);
            if field != 0 {
                command.0.insert(field, value.to_vec());
            }
            bytes = rest;
        }
        command.get_number(field::COMMAND_FIELD).map(|_| command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_back() {
        let command = Command::request(kind::C_STORE, 7, "1.2.840.10008.1.1")
            .uid(field::AFFECTED_SOP_INSTANCE_UID, "1.2.3")
            .text(field::MOVE_DESTINATION, "ISO")
            .with_data();
        let read = Command::decode(&command.encode()).unwrap();
        assert_eq!(read, command);
        assert_eq!(read.kind(), kind::C_STORE);
        assert_eq!(read.message_id(), 7);
        assert!(read.has_data());
        let uid = read.get_text(field::AFFECTED_SOP_INSTANCE_UID);
        assert_eq!(uid.as_deref(), Some("1.2.3"));
        let answer = Command::answer(&read, 0);
        assert!(answer.answers(7) && !answer.has_data());
    }

    /// PS3.7 table 9.3-12: the echo request, byte by byte.
    #[test]
    fn the_bytes_are_those_of_the_standard() {
        let bytes = Command::request(kind::C_ECHO, 1, "1.2").encode();
        let expected = [
            0, 0, 0, 0, 4, 0, 0, 0, 42, 0, 0, 0, // group length
            0, 0, 2, 0, 4, 0, 0, 0, b'1', b'.', b'2', 0, //
            0, 0, 0, 1, 2, 0, 0, 0, 0x30, 0, //
            0, 0, 0x10, 1, 2, 0, 0, 0, 1, 0, //
            0, 0, 0, 8, 2, 0, 0, 0, 1, 1,
        ];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn a_list_of_failures_behind_a_command_does_not_make_it_unreadable() {
        let command = Command::request(kind::C_GET, 7, "1.2").with_data();
        let mut bytes = command.encode();
        let list = [
            8, 0, 0, 0, 4, 0, 0, 0, 12, 0, 0, 0, // group length
            8, 0, 0x58, 0, 4, 0, 0, 0, b'1', b'.', b'2', 0,
        ];
        bytes.extend_from_slice(&list);
        assert_eq!(Command::decode(&bytes), Some(command));
        assert_eq!(Command::decode(&list), None);
    }

    #[test]
    fn bytes_that_are_no_command_are_refused() {
        let good = Command::request(kind::C_ECHO, 1, "1.2").encode();
        assert_eq!(Command::decode(&good[..good.len() - 1]), None);
        assert_eq!(Command::decode(&[]), None);
        assert_eq!(Command::decode(&[8, 0, 0, 0, 0, 0, 0, 0]), None);
        let mut long = good.clone();
        long[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Command::decode(&long), None);
    }
}
