//! Names and texts in the character sets of DICOM, from bytes as devices write them.

use isocentre::dicom::Tag;
use isocentre::dicom::tags;

use crate::common::Element;
use crate::common::Encoding;
use crate::common::Value;
use crate::common::encode;
use crate::common::file_meta;
use crate::reading::EXPLICIT;
use crate::reading::SECONDARY_CAPTURE;
use crate::reading::file;
use crate::reading::identity;
use crate::reading::notes;
use crate::reading::raw;
use crate::reading::read;

/// The names of the usual test files for character sets, and what they mean.
const NAMES: &[(&str, &[u8], &str)] = &[
    ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1 ", "قباني^لنزار"),
    ("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
    ("ISO_IR 100", b"\xc4neas^R\xfcdiger ", "Äneas^Rüdiger"),
    ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2 ", "Διονυσιος"),
    (
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    (
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ),
    ("ISO_IR 138", b"\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"),
    (
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    (
        "ISO 2022 IR 6\\ISO 2022 IR 87",
        b"\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B ",
        "やまだ^たろう",
    ),
    ("\\ISO 2022 IR 149", b"\x1b$)C\xb1\xe8\xc8\xf1\xc1\xdf\x1b(B ", "김희중"),
    ("ISO_IR 144", b"\xbb\xee\xda\x63\x65\xdc\xd1yp\xd3", "Люкceмбypг"),
    (
        "ISO_IR 192",
        b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1= ",
        "Wang^XiaoDong=王^小東=",
    ),
    (
        "GB18030",
        b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab= ",
        "Wang^XiaoDong=王^小东=",
    ),
];

#[test]
fn names_are_right_in_every_character_set() {
    for (terms, name, expected) in NAMES {
        let own_set = Element::text(8, 5, "CS", terms);
        let person = raw(0x10, 0x10, "PN", name);
        let header = read(&file_in_order(&[own_set, identity(), person]));
        let elements = header.dataset.elements();
        assert_eq!(
            elements.text(tags::PATIENT_NAME).unwrap(),
            *expected,
            "{terms}"
        );
        assert_eq!(notes(&header), [""; 0], "{terms}");
        assert_eq!(
            elements.text(tags::SPECIFIC_CHARACTER_SET).unwrap(),
            "ISO_IR 192"
        );
    }
}

fn file_in_order(elements: &[Element]) -> Vec<u8> {
    let mut out = file_meta(EXPLICIT, SECONDARY_CAPTURE, "1.2.3");
    out.extend(encode(elements, Encoding::ExplicitLittle));
    out
}

#[test]
fn an_item_has_its_own_character_set_or_inherits_one() {
    let japanese = Element::text(8, 5, "CS", "ISO 2022 IR 13\\ISO 2022 IR 87");
    let bytes = b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J";
    let name = raw(0x10, 0x10, "PN", bytes);
    let expected = "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎";
    let sequence = |items| Element::new(0x32, 0x1064, "SQ", Value::Items(items));
    let latin = Element::text(8, 5, "CS", "ISO_IR 100");
    let own = file_in_order(&[
        latin,
        identity(),
        raw(0x10, 0x20, "LO", b"\xe9"),
        sequence(vec![vec![japanese.clone(), name.clone()]]),
        raw(0x40, 0x2400, "LT", b"\xe9"),
    ]);
    let inherited = file_in_order(&[japanese, identity(), sequence(vec![vec![name]])]);
    for bytes in [&own, &inherited] {
        let header = read(bytes);
        let item = header.dataset.elements().item(Tag(0x32, 0x1064)).unwrap();
        assert_eq!(item.text(tags::PATIENT_NAME).unwrap(), expected);
    }
    let header = read(&own);
    let outer = header.dataset.elements();
    assert_eq!(outer.text(tags::PATIENT_ID).unwrap(), "é");
    assert_eq!(
        outer.text(Tag(0x40, 0x2400)).unwrap(),
        "é",
        "the item's set ends with it"
    );
}

#[test]
fn text_without_a_character_set_is_guessed_and_noted() {
    for (bytes, expected) in [("Jérôme".as_bytes(), "Jérôme"), (b"J\xe9r\xf4me", "Jérôme")] {
        let header = read(&file(&[raw(0x10, 0x10, "PN", bytes)]));
        let elements = header.dataset.elements();
        assert_eq!(elements.text(tags::PATIENT_NAME).unwrap(), expected);
        assert_eq!(notes(&header), ["reading-text-guessed"]);
        assert_eq!(
            elements.text(tags::SPECIFIC_CHARACTER_SET).unwrap(),
            "ISO_IR 192"
        );
    }
    let unknown = Element::text(8, 5, "CS", "KLINGON");
    let header = read(&file_in_order(&[unknown, identity()]));
    assert_eq!(notes(&header), ["reading-character-set-unknown"]);
}
