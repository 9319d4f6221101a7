//! Passwords and tokens: in the system's keyring, or for this run alone where there is none.
//! Never in a file of ours, never in a log, never in a message.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use super::keyring;
use super::keyring::KeyringTrouble;
use super::web::origin;
use super::{Authentication, Node, NodeAddress, WebAddress};

/// Before a node's name and place: a variable that holds its password or token.
const VARIABLE: &str = "ISOCENTRE_SECRET_";

/// A password or a token. Printing it says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// From what was typed or came over the line.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one who asks for it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whose secret it is: a node of this name at this place. One of the same name at another place
/// is another's, and never gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretOwner {
    name: String,
    place: String,
}

impl SecretOwner {
    /// A node of this name at this address.
    #[must_use]
    pub fn new(name: &str, address: &WebAddress) -> Self {
        let place = origin(&address.url);
        Self {
            name: name.to_owned(),
            place: match &address.authentication {
                // The issuer is who hears the secret.
                Authentication::OpenId { issuer, .. } => format!("{place} {}", origin(issuer)),
                _ => place,
            },
        }
    }

    /// `None` for a node that has no use for secrets.
    #[must_use]
    pub fn of(node: &Node) -> Option<Self> {
        match &node.address {
            NodeAddress::Web(address) => Some(Self::new(&node.name, address)),
            NodeAddress::Dimse(_) => None,
        }
    }

    /// The node's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The variable that may hold the password or token, for who has no keyring: name and place in
    /// capitals, with `_` for what is neither letter nor digit. An address that was typed without
    /// a name is its own name.
    #[must_use]
    pub fn variable(&self) -> String {
        let is_unnamed = self
            .place
            .split_once("://")
            .is_some_and(|(_, it)| it == self.name);
        let name = if is_unnamed {
            self.name.clone()
        } else {
            format!("{} AT {}", self.name, self.place.replace("://", "_"))
        };
        let name = name.chars().map(|c| match c.to_ascii_uppercase() {
            c if c.is_ascii_alphanumeric() => c,
            _ => '_',
        });
        VARIABLE.chars().chain(name).collect()
    }
}

impl SecretOwner {
    /// What the keyring calls it.
    fn entry(&self, kind: SecretKind) -> String {
        let Self { name, place } = self;
        match kind {
            SecretKind::Password => format!("{name} ({place})"),
            SecretKind::Refresh => format!("{name} ({place}, refresh)"),
        }
    }
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// A password, or a token that was given once and for all.
    Password,
    /// What gets a new token without asking the reader again.
    Refresh,
}

/// Where a secret went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Into the keyring: it is there tomorrow.
    InKeyring,
    /// The keyring does not take it, for this reason: it is gone when the program ends.
    ForThisRun(KeyringTrouble),
}

/// The secrets of all nodes. Cheap to clone; clones share what they hold.
#[derive(Clone)]
pub struct Secrets(Arc<Shared>);

struct Shared {
    /// How long the keyring is waited for; `None`: nobody asks it.
    patience: Option<Duration>,
    this_run: Mutex<HashMap<(SecretOwner, SecretKind), Secret>>,
    access: Mutex<HashMap<SecretOwner, AccessToken>>,
}

/// A token of OpenID Connect, and until when it is good.
#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    pub token: Secret,
    /// `None`: the issuer does not say.
    pub good_until: Option<Instant>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// Those of the user at this computer.
    #[must_use]
    pub fn of_user() -> Self {
        static ALL: OnceLock<Secrets> = OnceLock::new();
        ALL.get_or_init(|| Self::with(Some(keyring::PATIENCE)))
            .clone()
    }

    /// The same, if they are not waited for longer than this.
    #[must_use]
    pub fn of_user_within(patience: Duration) -> Self {
        Self::with(Some(patience))
    }

    /// An empty set that no keyring knows of.
    #[must_use]
    pub fn of_this_run() -> Self {
        Self::with(None)
    }

    fn with(patience: Option<Duration>) -> Self {
        Self(Arc::new(Shared {
            patience,
            this_run: Mutex::default(),
            access: Mutex::default(),
        }))
    }

    /// A node's secret: what was set in this run, else what the node's variable says
    /// ([`SecretOwner::variable`]), else what the keyring holds. May wait for the reader to unlock
    /// the keyring.
    ///
    /// # Errors
    /// Why the keyring could not be asked.
    pub fn look_up(
        &self,
        owner: &SecretOwner,
        kind: SecretKind,
    ) -> Result<Option<Secret>, KeyringTrouble> {
        let key = (owner.clone(), kind);
        if let Some(secret) = self.this_run().get(&key) {
            return Ok(Some(secret.clone()));
        }
        if kind == SecretKind::Password
            && let Ok(text) = std::env::var(owner.variable())
        {
            return Ok(Some(Secret::new(text)));
        }
        let Some(patience) = self.0.patience else {
            return Ok(None);
        };
        let secret = keyring::get(&owner.entry(kind), patience)?.map(Secret::new);
        if let Some(secret) = &secret {
            self.this_run().insert(key, secret.clone());
        }
        Ok(secret)
    }

    /// The same for who does not mind why there is none.
    #[must_use]
    pub fn get(&self, owner: &SecretOwner, kind: SecretKind) -> Option<Secret> {
        let found = self.look_up(owner, kind);
        found
            .inspect_err(|trouble| tracing::warn!("the keyring gives no secret: {trouble:?}"))
            .ok()
            .flatten()
    }

    /// Keeps a node's secret.
    pub fn set(&self, owner: &SecretOwner, kind: SecretKind, secret: &Secret) -> Kept {
        let key = (owner.clone(), kind);
        self.this_run().insert(key, secret.clone());
        let Some(patience) = self.0.patience else {
            return Kept::ForThisRun(KeyringTrouble::Absent);
        };
        match keyring::set(&owner.entry(kind), secret.expose(), patience) {
            Ok(()) => Kept::InKeyring,
            Err(trouble) => {
                tracing::warn!("the keyring takes no secret: {trouble:?}");
                Kept::ForThisRun(trouble)
            }
        }
    }

    /// Forgets all of a node's secrets, in the keyring as well.
    ///
    /// # Errors
    /// The keyring may still hold some; here they are forgotten. One that is absent holds none.
    pub fn forget(&self, owner: &SecretOwner) -> Result<(), KeyringTrouble> {
        self.access().remove(owner);
        let mut forgotten = Ok(());
        for kind in [SecretKind::Password, SecretKind::Refresh] {
            self.this_run().remove(&(owner.clone(), kind));
            let Some(patience) = self.0.patience else {
                continue;
            };
            match keyring::remove(&owner.entry(kind), patience) {
                Ok(()) | Err(KeyringTrouble::Absent) => {}
                Err(trouble) => forgotten = Err(trouble),
            }
        }
        forgotten
    }

    /// The node's token for now, if it has one.
    pub(super) fn access_token(&self, owner: &SecretOwner) -> Option<AccessToken> {
        self.access().get(owner).cloned()
    }

    /// Sets the node's token for now, or takes it away.
    pub(super) fn set_access_token(&self, owner: &SecretOwner, token: Option<AccessToken>) {
        match token {
            Some(token) => self.access().insert(owner.clone(), token),
            None => self.access().remove(owner),
        };
    }

    fn this_run(&self) -> MutexGuard<'_, HashMap<(SecretOwner, SecretKind), Secret>> {
        let lock = self.0.this_run.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }

    fn access(&self) -> MutexGuard<'_, HashMap<SecretOwner, AccessToken>> {
        let lock = self.0.access.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(url: &str) -> SecretOwner {
        named("PACS", url)
    }

    fn named(name: &str, url: &str) -> SecretOwner {
        let NodeAddress::Web(address) = NodeAddress::parse(url).unwrap() else {
            panic!("{url} is a URL")
        };
        SecretOwner::new(name, &address)
    }

    #[test]
    fn a_node_of_the_same_name_at_another_place_gets_no_secret() {
        let secrets = Secrets::of_this_run();
        let mine = owner("https://pacs.example/dicom-web");
        secrets.set(&mine, SecretKind::Password, &Secret::new("x"));
        for other in [
            "https://evil.example/dicom-web",
            "http://pacs.example",
            "https://pacs.example:8443",
        ] {
            assert_eq!(
                secrets.get(&owner(other), SecretKind::Password),
                None,
                "{other}"
            );
        }
        let same = owner("https://PACS.example:443/rs");
        assert!(secrets.get(&same, SecretKind::Password).is_some());
    }

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("hunter2");
        let secrets = Secrets::of_this_run();
        secrets.set(&owner("https://pacs"), SecretKind::Password, &secret);
        for text in [format!("{secret:?}"), format!("{secrets:?}")] {
            assert!(!text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn without_a_keyring_a_secret_lasts_for_this_run_and_says_so() {
        let secrets = Secrets::of_this_run();
        let secret = Secret::new("x");
        let kept = secrets.set(&owner("https://pacs"), SecretKind::Refresh, &secret);
        assert_eq!(kept, Kept::ForThisRun(KeyringTrouble::Absent));
        assert_eq!(
            secrets.get(&owner("https://pacs"), SecretKind::Refresh),
            Some(secret)
        );
        assert_eq!(
            secrets.get(&owner("https://pacs"), SecretKind::Password),
            None
        );
        assert_eq!(
            secrets.get(&owner("https://other"), SecretKind::Refresh),
            None
        );
        assert_eq!(secrets.forget(&owner("https://pacs/dicom-web")), Ok(()));
        assert_eq!(
            secrets.get(&owner("https://pacs"), SecretKind::Refresh),
            None
        );
    }

    #[test]
    fn a_variable_is_for_one_node_at_one_place() {
        let variable = |name: &str, url: &str| named(name, url).variable();
        assert_eq!(
            variable("Main PACS", "https://pacs.example/rs"),
            "ISOCENTRE_SECRET_MAIN_PACS_AT_HTTPS_PACS_EXAMPLE_443"
        );
        assert_ne!(
            variable("Main PACS", "https://pacs.example/rs"),
            variable("Main PACS", "https://evil.example/rs")
        );
        assert_eq!(
            variable("pacs.example:8042", "http://pacs.example:8042/rs"),
            "ISOCENTRE_SECRET_PACS_EXAMPLE_8042"
        );
    }
}
