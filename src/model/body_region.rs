//! Regions of the body, as codes and descriptions name them: what lets an earlier study be told to be
//! of the same part as this one.
//!
//! Sources: Body Part Examined (PS3.16 annex L) and the words of requests in English, French and
//! Arabic. A region that is not understood is none; nobody is measured by it.

use super::plain;
use super::words;

/// Some regions at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Regions(u32);

const HEAD: u32 = 1;
const NECK: u32 = 1 << 1;
const CHEST: u32 = 1 << 2;
const HEART: u32 = 1 << 3;
const BREAST: u32 = 1 << 4;
const ABDOMEN: u32 = 1 << 5;
const PELVIS: u32 = 1 << 6;
const CERVICAL: u32 = 1 << 7;
const THORACIC: u32 = 1 << 8;
const LUMBAR: u32 = 1 << 9;
const SHOULDER: u32 = 1 << 10;
const UPPER_ARM: u32 = 1 << 11;
const ELBOW: u32 = 1 << 12;
const FOREARM: u32 = 1 << 13;
const HAND: u32 = 1 << 14;
const HIP: u32 = 1 << 15;
const THIGH: u32 = 1 << 16;
const KNEE: u32 = 1 << 17;
const LOWER_LEG: u32 = 1 << 18;
const FOOT: u32 = 1 << 19;

const SPINE: u32 = CERVICAL | THORACIC | LUMBAR;
const TRUNK: u32 = CHEST | ABDOMEN | PELVIS;
const ARM: u32 = UPPER_ARM | ELBOW | FOREARM | HAND;
const LEG: u32 = THIGH | KNEE | LOWER_LEG | FOOT;

impl Regions {
    /// Every region.
    pub const WHOLE_BODY: Self = Self(u32::MAX);

    /// Of what Body Part Examined and descriptions say.
    #[must_use]
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let all = texts.into_iter().map(|text| of_text(text).0);
        Self(all.fold(0, |all, some| all | some))
    }

    /// Nothing was understood.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a region is in both.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

fn of_text(text: &str) -> Regions {
    let text = plain(text);
    // Two words that are one region, and not the regions of each.
    let wholes = ["whole body", "wholebody", "corps entier", "الجسم كامل"];
    if wholes.iter().any(|whole| text.contains(whole)) {
        return Regions::WHOLE_BODY;
    }
    let text = text
        .replace("avant-bras", "forearm")
        .replace("avant bras", "forearm")
        .replace("corps etranger", " ")
        .replace("foreign body", " ");
    let parts = words(&text).flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    let regions = parts.map(of_word);
    Regions(regions.fold(0, |all, some| all | some))
}

/// Of one word, in lower case and without accents.
fn of_word(word: &str) -> u32 {
    if let Some((_, region)) = WORDS.iter().find(|(known, _)| *known == word) {
        return *region;
    }
    // Codes are written together: CHESTABDPELVIS, HEADNECK.
    let joined = [
        ("head", HEAD),
        ("neck", NECK),
        ("chest", CHEST),
        ("abd", ABDOMEN),
        ("pelv", PELVIS),
    ];
    let parts = joined.iter().filter(|(part, _)| word.contains(part));
    let of_parts = parts.fold(0, |all, (_, region)| all | region);
    let beginnings = BEGINNINGS.iter();
    let of_beginning = beginnings.filter(|(beginning, _)| word.starts_with(beginning));
    // The longest is the most exact: `colonne` begins as `colon` does.
    let longest = of_beginning.max_by_key(|(beginning, _)| beginning.len());
    of_parts | longest.map_or(0, |(_, region)| *region)
}

/// Whole words, for the short ones and those that others begin with.
const WORDS: &[(&str, u32)] = &[
    ("cou", NECK),
    ("tsa", NECK),
    ("rib", CHEST),
    ("ribs", CHEST),
    ("cotes", CHEST),
    ("sein", BREAST),
    ("seins", BREAST),
    ("foie", ABDOMEN),
    ("rein", ABDOMEN),
    ("reins", ABDOMEN),
    ("tap", TRUNK),
    ("cap", TRUNK),
    ("uro", ABDOMEN | PELVIS),
    ("cspine", CERVICAL),
    ("tspine", THORACIC),
    ("lspine", LUMBAR),
    ("lsspine", LUMBAR),
    ("sspine", LUMBAR | PELVIS),
    ("bras", UPPER_ARM),
    ("arm", ARM),
    ("arms", ARM),
    ("main", HAND),
    ("mains", HAND),
    ("hip", HIP | PELVIS),
    ("hips", HIP | PELVIS),
    ("leg", LEG),
    ("legs", LEG),
    ("toe", FOOT),
    ("toes", FOOT),
    ("يد", HAND),
];

const BEGINNINGS: &[(&str, u32)] = &[
    ("head", HEAD),
    ("brain", HEAD),
    ("skull", HEAD),
    ("crane", HEAD),
    ("crani", HEAD),
    ("cereb", HEAD),
    ("encephal", HEAD),
    ("sinus", HEAD),
    ("orbit", HEAD),
    ("facial", HEAD),
    ("mandib", HEAD),
    ("maxill", HEAD),
    ("dental", HEAD),
    ("dentaire", HEAD),
    ("pituit", HEAD),
    ("hypophys", HEAD),
    ("oreille", HEAD),
    ("rocher", HEAD),
    ("دماغ", HEAD),
    ("الدماغ", HEAD),
    ("راس", HEAD),
    ("الراس", HEAD),
    ("جمجم", HEAD),
    ("neck", NECK),
    ("thyro", NECK),
    ("laryn", NECK),
    ("carotid", NECK),
    ("رقب", NECK),
    ("الرقب", NECK),
    ("عنق", NECK),
    ("cervic", NECK | CERVICAL),
    ("thora", CHEST),
    ("thoracic", CHEST | THORACIC),
    ("chest", CHEST),
    ("lung", CHEST),
    ("poumon", CHEST),
    ("pulmon", CHEST),
    ("medias", CHEST),
    ("stern", CHEST),
    ("صدر", CHEST),
    ("الصدر", CHEST),
    ("heart", CHEST | HEART),
    ("cardi", CHEST | HEART),
    ("coeur", CHEST | HEART),
    ("coronary", CHEST | HEART),
    ("coronair", CHEST | HEART),
    ("قلب", CHEST | HEART),
    ("القلب", CHEST | HEART),
    ("breast", BREAST),
    ("mammo", BREAST),
    ("mammaire", BREAST),
    ("ثدي", BREAST),
    ("الثدي", BREAST),
    ("abdom", ABDOMEN),
    ("liver", ABDOMEN),
    ("hepat", ABDOMEN),
    ("renal", ABDOMEN),
    ("kidney", ABDOMEN),
    ("pancrea", ABDOMEN),
    ("spleen", ABDOMEN),
    ("bowel", ABDOMEN),
    ("colon", ABDOMEN),
    ("entero", ABDOMEN),
    ("bili", ABDOMEN),
    ("gallblad", ABDOMEN),
    ("surren", ABDOMEN),
    ("adrenal", ABDOMEN),
    ("uroscan", ABDOMEN | PELVIS),
    ("بطن", ABDOMEN),
    ("البطن", ABDOMEN),
    ("كبد", ABDOMEN),
    ("كلي", ABDOMEN),
    ("pelvi", PELVIS),
    ("bassin", PELVIS),
    ("prostat", PELVIS),
    ("uter", PELVIS),
    ("ovar", PELVIS),
    ("bladder", PELVIS),
    ("vessie", PELVIS),
    ("rect", PELVIS),
    ("hyster", PELVIS),
    ("حوض", PELVIS),
    ("الحوض", PELVIS),
    ("spine", SPINE),
    ("spinal", SPINE),
    ("rachis", SPINE),
    ("rachid", SPINE),
    ("verteb", SPINE),
    ("colonne", SPINE),
    ("عمود", SPINE),
    ("العمود", SPINE),
    ("dorsal", THORACIC),
    ("dorso", THORACIC | LUMBAR),
    ("lumb", LUMBAR),
    ("lomb", LUMBAR),
    ("قطن", LUMBAR),
    ("sacr", LUMBAR | PELVIS),
    ("coccy", LUMBAR | PELVIS),
    ("shoulder", SHOULDER),
    ("epaule", SHOULDER),
    ("clavic", SHOULDER),
    ("scapul", SHOULDER),
    ("omoplat", SHOULDER),
    ("acromi", SHOULDER),
    ("كتف", SHOULDER),
    ("الكتف", SHOULDER),
    ("humer", UPPER_ARM),
    ("elbow", ELBOW),
    ("coude", ELBOW),
    ("مرفق", ELBOW),
    ("forearm", FOREARM),
    ("radius", FOREARM),
    ("ulna", FOREARM),
    ("hand", HAND),
    ("wrist", HAND),
    ("poignet", HAND),
    ("finger", HAND),
    ("doigt", HAND),
    ("thumb", HAND),
    ("pouce", HAND),
    ("carp", HAND),
    ("metacarp", HAND),
    ("scapho", HAND),
    ("معصم", HAND),
    ("hanche", HIP | PELVIS),
    ("ورك", HIP | PELVIS),
    ("femur", THIGH),
    ("femor", THIGH),
    ("thigh", THIGH),
    ("cuisse", THIGH),
    ("فخذ", THIGH),
    ("knee", KNEE),
    ("genou", KNEE),
    ("menis", KNEE),
    ("patell", KNEE),
    ("rotul", KNEE),
    ("ركب", KNEE),
    ("الركب", KNEE),
    ("tibia", LOWER_LEG),
    ("fibul", LOWER_LEG),
    ("jambe", LOWER_LEG),
    ("mollet", LOWER_LEG),
    ("calf", LOWER_LEG),
    ("ساق", LOWER_LEG),
    ("foot", FOOT),
    ("feet", FOOT),
    ("pied", FOOT),
    ("ankle", FOOT),
    ("cheville", FOOT),
    ("calcan", FOOT),
    ("orteil", FOOT),
    ("tars", FOOT),
    ("metatars", FOOT),
    ("قدم", FOOT),
    ("كاحل", FOOT),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_part_is_known_in_every_language_and_by_its_code() {
        for (one, other) in [
            ("Thorax", "Chest CT"),
            ("CT THORAX", "CHEST"),
            ("Scanner thoracique", "أشعة الصدر"),
            ("TDM TAP", "CT Abdomen"),
            ("CHESTABDPELVIS", "IRM pelvienne"),
            ("IRM cérébrale", "MR BRAIN"),
            ("Rachis lombaire", "LSPINE"),
            ("colonne vertébrale", "Spine"),
            ("IRM genou droit", "Knee left"),
            ("Épaule", "SHOULDER"),
            ("PET whole body", "CT liver"),
            ("Coroscanner coronaires", "Cardiac CT"),
            ("Mammographie", "BREAST"),
            ("Avant-bras gauche", "FOREARM"),
        ] {
            let (a, b) = (Regions::of([one]), Regions::of([other]));
            assert!(a.overlaps(b), "{one} and {other}: {a:?} {b:?}");
        }
    }

    #[test]
    fn other_parts_are_told_apart() {
        for (one, other) in [
            ("Scanner thorax avec injection", "IRM genou avec injection"),
            ("Colon", "Colonne lombaire"),
            ("Abdomen", "Chest"),
            ("Avant-bras", "Bras"),
            ("HAND", "FOOT"),
            ("Thorax corps étranger", "Abdomen"),
            ("Mammographie", "Thorax"),
            ("T2 coronal", "Coronary CT"),
        ] {
            let (a, b) = (Regions::of([one]), Regions::of([other]));
            assert!(!a.overlaps(b), "{one} and {other}: {a:?} {b:?}");
        }
    }

    #[test]
    fn what_names_no_part_is_no_region() {
        for text in ["", "Contrôle", "CT with contrast", "Exam 12", "EXTREMITY"] {
            assert!(Regions::of([text]).is_empty(), "{text}");
        }
    }
}
