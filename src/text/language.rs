//! The languages the program speaks.

use serde::{Deserialize, Serialize};

/// A language with complete catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// All of them, in the order of the settings.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// The name of its folder of catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Its name in itself, for the settings.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// The language of a locale such as `fr_MA.UTF-8` or `fr-FR`.
    #[must_use]
    pub fn from_locale(locale: &str) -> Option<Self> {
        let primary = locale.split(['-', '_', '.', '@']).next()?;
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The first language of the system's that we speak; English if there is none.
    #[must_use]
    pub fn of_the_system() -> Self {
        sys_locale::get_locales()
            .find_map(|locale| Self::from_locale(&locale))
            .unwrap_or_default()
    }

    pub(super) const fn decimal_sign(self) -> char {
        match self {
            Self::English => '.',
            Self::French => ',',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language_whatever_the_country() {
        for locale in ["fr", "fr-FR", "fr_MA.UTF-8", "FR@euro"] {
            assert_eq!(
                Language::from_locale(locale),
                Some(Language::French),
                "{locale}"
            );
        }
        assert_eq!(Language::from_locale("en_GB"), Some(Language::English));
        for locale in ["", "C", "POSIX", "de_DE", "french", "frp"] {
            assert_eq!(Language::from_locale(locale), None, "{locale}");
        }
    }
}
