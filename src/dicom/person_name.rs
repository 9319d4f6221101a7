//! Person Name (VR PN, PS3.5 6.2.1): up to three groups of up to five components.

/// A person's name in its spellings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonName {
    /// In Latin letters, as a rule.
    pub alphabetic: NameGroup,
    /// In ideographs.
    pub ideographic: NameGroup,
    /// In a phonetic script.
    pub phonetic: NameGroup,
}

/// One spelling of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameGroup {
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// Middle names.
    pub middle: String,
    /// Prefix: `Dr.`
    pub prefix: String,
    /// Suffix: `Ph.D.`
    pub suffix: String,
}

impl PersonName {
    /// From one decoded value. Never fails: what has no `^` is a family name.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let mut groups = value.splitn(3, '=').map(NameGroup::parse);
        let mut next = || groups.next().unwrap_or_default();
        Self {
            alphabetic: next(),
            ideographic: next(),
            phonetic: next(),
        }
    }

    /// `BENALI, Fatima`: the alphabetic spelling, or the first that is not empty.
    #[must_use]
    pub fn display(&self) -> String {
        self.groups()
            .map(NameGroup::display)
            .next()
            .unwrap_or_default()
    }

    /// All spellings: `YAMADA, Tarou (山田 太郎, やまだ たろう)`.
    #[must_use]
    pub fn display_all(&self) -> String {
        let mut groups = self.groups();
        let Some(first) = groups.next().map(NameGroup::display) else {
            return String::new();
        };
        let others: Vec<String> = groups.map(NameGroup::display_unlatin).collect();
        if others.is_empty() {
            first
        } else {
            format!("{first} ({})", others.join(", "))
        }
    }

    /// The spellings that are not empty.
    fn groups(&self) -> impl Iterator<Item = &NameGroup> {
        [&self.alphabetic, &self.ideographic, &self.phonetic]
            .into_iter()
            .filter(|group| !group.is_empty())
    }

    /// Whether there is no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups().next().is_none()
    }
}

impl NameGroup {
    fn parse(group: &str) -> Self {
        let mut components = group
            .splitn(5, '^')
            .map(|component| component.trim_matches([' ', '\0']).to_owned());
        let mut next = || components.next().unwrap_or_default();
        Self {
            family: next(),
            given: next(),
            middle: next(),
            prefix: next(),
            suffix: next(),
        }
    }

    fn components(&self) -> [&str; 5] {
        [
            &self.family,
            &self.given,
            &self.middle,
            &self.prefix,
            &self.suffix,
        ]
    }

    /// Whether every component is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.components().iter().all(|part| part.is_empty())
    }

    /// `ADAMS, Rev. John Robert, B.A.`
    #[must_use]
    pub fn display(&self) -> String {
        let given = join([&self.prefix, &self.given, &self.middle], " ");
        join([&self.family, &given, &self.suffix], ", ")
    }

    /// Scripts without capitals set the family name first and no comma.
    fn display_unlatin(&self) -> String {
        join(self.components(), " ")
    }
}

fn join<'a, const N: usize>(parts: [&'a (impl AsRef<str> + ?Sized + 'a); N], by: &str) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(AsRef::as_ref)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_family_first_with_what_there_is() {
        for (value, expected) in [
            ("BENALI^Fatima", "BENALI, Fatima"),
            ("BENALI", "BENALI"),
            (
                "Adams^John Robert^Quincy^Rev.^B.A. M.Div.",
                "Adams, Rev. John Robert Quincy, B.A. M.Div.",
            ),
            ("^Fatima", "Fatima"),
            ("BENALI^Fatima ^^^", "BENALI, Fatima"),
            ("=山田^太郎", "山田, 太郎"),
            ("", ""),
            ("^^^^", ""),
            ("a^b^c^d^e^f=g=h=i", "a, d b c, e^f"),
        ] {
            assert_eq!(PersonName::parse(value).display(), expected, "{value}");
        }
    }

    #[test]
    fn all_spellings_stand_side_by_side() {
        let name = PersonName::parse("Yamada^Tarou=山田^太郎=やまだ^たろう");
        assert_eq!(
            name.display_all(),
            "Yamada, Tarou (山田 太郎, やまだ たろう)"
        );
        assert_eq!(name.ideographic.given, "太郎");
        assert_eq!(name.phonetic.family, "やまだ");
        assert!(!name.is_empty());
        assert!(PersonName::parse("^=^").is_empty());
    }
}
