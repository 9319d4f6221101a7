//! The twelve standard leads of an ECG, told by Channel Source code or label (PS3.16 CID 3001).

/// A lead of the standard twelve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names cardiologists know them by")]
pub enum EcgLead {
    I,
    II,
    III,
    AVR,
    AVL,
    AVF,
    V1,
    V2,
    V3,
    V4,
    V5,
    V6,
}

/// Name, and the number that ends its code in SCP-ECG (`5.6.3-9-61`) and in MDC (`2:61`).
const TABLE: [(EcgLead, &str, u32); 12] = [
    (EcgLead::I, "I", 1),
    (EcgLead::II, "II", 2),
    (EcgLead::III, "III", 61),
    (EcgLead::AVR, "aVR", 62),
    (EcgLead::AVL, "aVL", 63),
    (EcgLead::AVF, "aVF", 64),
    (EcgLead::V1, "V1", 3),
    (EcgLead::V2, "V2", 4),
    (EcgLead::V3, "V3", 5),
    (EcgLead::V4, "V4", 6),
    (EcgLead::V5, "V5", 7),
    (EcgLead::V6, "V6", 8),
];

/// MDC codes also come as one number: the partition (2) in the upper 16 bits.
const MDC_PARTITION: u32 = 2 << 16;

impl EcgLead {
    /// The name on paper.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE
            .iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.1)
    }

    /// By code and coding scheme of the channel's source.
    pub(super) fn from_code(value: &str, scheme: &str) -> Option<Self> {
        let number = match scheme {
            "SCPECG" => value.strip_prefix("5.6.3-9-")?.parse().ok()?,
            "MDC" => match value.strip_prefix("2:") {
                Some(number) => number.parse().ok()?,
                None => value.parse::<u32>().ok()?.checked_sub(MDC_PARTITION)?,
            },
            _ => return None,
        };
        TABLE.iter().find(|row| row.2 == number).map(|row| row.0)
    }

    /// By what is written: `V1`, `Lead aVR`, `Lead I (Einthoven)`, `MDC_ECG_LEAD_V1`, `DII`.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let upper = text.to_uppercase();
        let bare = upper.split('(').next().unwrap_or_default().trim();
        let bare = bare.strip_prefix("MDC_ECG_").unwrap_or(bare);
        let bare = bare
            .strip_prefix("LEAD")
            .map_or(bare, |rest| rest.trim_start_matches([' ', '_']));
        let limb = match bare {
            "D1" | "DI" => "I",
            "D2" | "DII" => "II",
            "D3" | "DIII" => "III",
            other => other,
        };
        TABLE
            .iter()
            .find(|row| row.1.eq_ignore_ascii_case(limb))
            .map(|row| row.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lead_is_known_by_its_codes_and_its_names() {
        for (lead, name, number) in TABLE {
            let scp = format!("5.6.3-9-{number}");
            assert_eq!(EcgLead::from_code(&scp, "SCPECG"), Some(lead));
            let mdc = format!("2:{number}");
            assert_eq!(EcgLead::from_code(&mdc, "MDC"), Some(lead));
            let whole = (131_072 + number).to_string();
            assert_eq!(EcgLead::from_code(&whole, "MDC"), Some(lead));
            assert_eq!(EcgLead::from_text(name), Some(lead));
            assert_eq!(EcgLead::from_text(&format!("Lead {name}")), Some(lead));
            let long = format!("MDC_ECG_LEAD_{name}");
            assert_eq!(EcgLead::from_text(&long), Some(lead));
            assert_eq!(lead.name(), name);
        }
        assert_eq!(EcgLead::from_text("Lead I (Einthoven)"), Some(EcgLead::I));
        assert_eq!(EcgLead::from_text("DIII"), Some(EcgLead::III));
    }

    #[test]
    fn other_leads_are_never_taken_for_standard_ones() {
        for (value, scheme) in [
            ("5.6.3-9-9", "SCPECG"),
            ("5.6.3-9-1", "99OWN"),
            ("2:10", "MDC"),
            ("1", "MDC"),
            ("2:4294967297", "MDC"),
        ] {
            assert_eq!(EcgLead::from_code(value, scheme), None, "{value}");
        }
        for text in ["V7", "V3R", "V", "", "Lead", "-aVR", "II III", "ABP"] {
            assert_eq!(EcgLead::from_text(text), None, "{text}");
        }
    }
}
