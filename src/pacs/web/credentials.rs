//! Who we are to a web service: the value of the header `Authorization`.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::WebTrouble;
use super::open_id;
use super::session::Session;
use crate::pacs::Authentication;
use crate::pacs::Failure;
use crate::pacs::SecretKind;
use crate::pacs::SecretOwner;
use crate::pacs::Secrets;
use crate::pacs::WebAddress;

/// Who we are to one service.
pub(super) struct Credentials {
    authentication: Authentication,
    owner: SecretOwner,
    secrets: Secrets,
    /// One renewal at a time, whichever connection asks for it.
    renewal: Mutex<()>,
}

impl Credentials {
    pub fn new(address: &WebAddress, node: &str, secrets: &Secrets) -> Self {
        Self {
            authentication: address.authentication.clone(),
            owner: SecretOwner::new(node, address),
            secrets: secrets.clone(),
            renewal: Mutex::new(()),
        }
    }

    /// The variable that may hold our password or token.
    pub fn variable(&self) -> String {
        self.owner.variable()
    }

    /// What to say; nothing where the service does not ask.
    ///
    /// # Errors
    /// There is no secret, or nobody is signed in.
    pub fn header(&self, session: &Session<'_>) -> Result<Option<String>, Failure> {
        match &self.authentication {
            Authentication::None => Ok(None),
            Authentication::Basic { user } => {
                let password = self.password(session)?;
                let coded = STANDARD.encode(format!("{user}:{password}"));
                Ok(Some(format!("Basic {coded}")))
            }
            Authentication::Bearer => {
                let token = self.password(session)?;
                Ok(Some(format!("Bearer {}", token.trim())))
            }
            Authentication::OpenId { .. } => {
                if let Some(header) = self.good_token() {
                    return Ok(Some(header));
                }
                self.renew(None, session)?;
                let header = self.good_token();
                let missing = || session.site.trouble(WebTrouble::SignIn);
                header.map(Some).ok_or_else(missing)
            }
        }
    }

    /// After the service refused `refused`: whether there is something else to say now.
    ///
    /// # Errors
    /// The issuer could not be asked, or nobody is signed in.
    pub fn renew(&self, refused: Option<&str>, session: &Session<'_>) -> Result<bool, Failure> {
        let Authentication::OpenId {
            issuer, client_id, ..
        } = &self.authentication
        else {
            return Ok(false);
        };
        let _one_at_a_time = self.renewal.lock().unwrap_or_else(PoisonError::into_inner);
        // Another connection may have renewed it meanwhile.
        if self
            .good_token()
            .is_some_and(|now| Some(now.as_str()) != refused)
        {
            return Ok(true);
        }
        self.secrets.set_access_token(&self.owner, None);
        let refresh = self.secrets.get(&self.owner, SecretKind::Refresh);
        let refresh = refresh.ok_or_else(|| session.site.trouble(WebTrouble::SignIn))?;
        let tokens = open_id::refreshed(session.site, session.ctx, issuer, client_id, &refresh)?;
        tokens.keep(&self.owner, &self.secrets);
        Ok(true)
    }

    fn good_token(&self) -> Option<String> {
        let access = self.secrets.access_token(&self.owner)?;
        let is_good = access.good_until.is_none_or(|until| Instant::now() < until);
        is_good.then(|| format!("Bearer {}", access.token.expose()))
    }

    fn password(&self, session: &Session<'_>) -> Result<String, Failure> {
        let trouble = match self.secrets.look_up(&self.owner, SecretKind::Password) {
            Ok(Some(secret)) => return Ok(secret.expose().to_owned()),
            Ok(None) => WebTrouble::NoSecret {
                variable: self.variable(),
            },
            Err(trouble) => WebTrouble::NoKeyring {
                variable: self.variable(),
                trouble,
            },
        };
        Err(session.site.trouble(trouble))
    }
}
