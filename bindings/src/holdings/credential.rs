//! Credentials: received into the holding pen, asked about, and shown in part to one verifier at a time.

use crate::error::TekramError;
use crate::persona::Persona;

/// Whether a credential holds, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CredentialState {
    /// It holds: its issuer was asked, or it cannot be revoked.
    Valid,
    /// Its time is over.
    Expired,
    /// Its issuer took it back for good.
    Revoked,
    /// Its issuer took it back for now.
    Suspended,
    /// Its issuer can take it back, and was not asked yet.
    Unchecked,
    /// Its issuer said something that only the issuer can explain.
    Other,
}

impl From<tekram_agent::CredentialState> for CredentialState {
    fn from(state: tekram_agent::CredentialState) -> Self {
        use tekram_agent::CredentialState as Core;
        match state {
            Core::Valid => Self::Valid,
            Core::Expired => Self::Expired,
            Core::Revoked => Self::Revoked,
            Core::Suspended => Self::Suspended,
            Core::Unchecked => Self::Unchecked,
            Core::Other => Self::Other,
        }
    }
}

/// Something that a credential says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Claim {
    /// Where it stands: what `disclose_credential` takes.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Whether it is shown only when it is chosen; else everybody who is shown the credential sees it.
    pub disclosable: bool,
}

/// A credential as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Credential {
    /// SHA-256 of what was issued, in hexadecimal.
    pub id: String,
    /// `sd_jwt_vc`, which can be shown in part, or `w3c_vc`, which cannot.
    pub format: String,
    /// What kind it is, in the issuer's words: a web address or names.
    pub credential_type: String,
    /// Who issued it: a `did:` or a web address.
    pub issuer: String,
    /// The issuer's host, or the name under which it was met; proven by nothing but the address or the record.
    pub issuer_name: Option<String>,
    /// The relation whose key it is bound to; empty when it is bound to none.
    pub relation: String,
    /// Until when it is valid, if it ends.
    pub expires_ms: Option<i64>,
    /// Whether it holds.
    pub state: CredentialState,
    /// When its issuer was last asked.
    pub checked_ms: Option<i64>,
    /// When it was added.
    pub added_ms: i64,
    /// What it says: first what is always seen, then what can be left out.
    pub claims: Vec<Claim>,
}

impl From<tekram_agent::ClaimView> for Claim {
    fn from(claim: tekram_agent::ClaimView) -> Self {
        Self {
            path: claim.path,
            text: claim.text,
            disclosable: claim.disclosable,
        }
    }
}

impl From<tekram_agent::CredentialView> for Credential {
    fn from(view: tekram_agent::CredentialView) -> Self {
        Self {
            claims: view.claims.into_iter().map(Claim::from).collect(),
            id: view.id,
            format: view.format.to_owned(),
            credential_type: view.credential_type,
            issuer: view.issuer,
            issuer_name: view.issuer_name,
            relation: view.relation,
            expires_ms: view.expires_ms,
            state: view.state.into(),
            checked_ms: view.checked_ms,
            added_ms: view.added_ms,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// The credentials, in the order in which they were added.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn credentials(&self) -> Result<Vec<Credential>, TekramError> {
        self.with(|core| Ok(core.credentials()?.into_iter().map(Credential::from).collect()))
    }

    /// One credential.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn credential(&self, id: String) -> Result<Credential, TekramError> {
        self.with(|core| Ok(core.credential(&id)?.into()))
    }

    /// Removes a credential; attributes that it vouched for stand no more.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn remove_credential(&self, id: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_credential(&id)?))
    }

    /// The key that a credential is to be bound to, for its issuer: this relation's own. `relation` is the relation's id, or
    /// a name for somebody not met before.
    ///
    /// # Errors
    /// `bad_field`, `locked`, `closed`, the vault's errors.
    pub fn credential_key(&self, relation: String) -> Result<String, TekramError> {
        self.with(|core| Ok(core.credential_key(&relation)?))
    }

    /// Takes a credential as its issuer gave it, asks for the issuer's key when the name is none, checks it, and puts it
    /// into the holding pen with the attributes that it vouches for. Gives the batch.
    ///
    /// # Errors
    /// The credential's refusals (`not_a_credential`, `bad_credential_signature`, `credential_expired`,
    /// `credential_unsupported`, `unknown_issuer_key`, `not_credential_holder`), `not_served`, the network's errors,
    /// `paused`, `locked`, `closed`, `offline`, `cancelled`, the vault's errors.
    pub async fn receive_credential(&self, content: String) -> Result<i64, TekramError> {
        self.waiting(|core| async move { Ok(core.receive_credential(&content).await?) })
            .await
    }

    /// Asks the lists that say whether a credential was revoked, and keeps the answer.
    ///
    /// # Errors
    /// `no_such_holding`, `bad_status_list`, `bad_credential_signature`, `not_served`, the network's errors, `paused`,
    /// `locked`, `closed`, `offline`, `cancelled`, the vault's errors. What was known before stays then.
    pub async fn check_credential_status(&self, id: String) -> Result<Credential, TekramError> {
        self.waiting(|core| async move { Ok(core.check_credential_status(&id).await?.into()) })
            .await
    }

    /// What a verifier would see if the claims at `paths` were shown: these, those that they lie in, and what is always
    /// seen. Nothing is made or written.
    ///
    /// # Errors
    /// `no_such_holding`, `no_such_claim`, `locked`, `closed`, the vault's errors.
    pub fn preview_disclosure(&self, id: String, paths: Vec<String>) -> Result<Vec<Claim>, TekramError> {
        self.with(|core| {
            let claims = core.preview_disclosure(&id, &paths)?;
            Ok(claims.into_iter().map(Claim::from).collect())
        })
    }

    /// Makes what one verifier gets: the claims at `paths`, beside what the credential always shows, for its question
    /// `nonce`, signed by the key that the credential is bound to. `party` is the verifier's relation id, `audience` what it
    /// calls itself. The audit says so before it is returned.
    ///
    /// # Errors
    /// `no_such_holding`, `no_such_claim`, `credential_revoked`, `credential_expired`, `bad_field`, `locked`, `closed`, the
    /// vault's errors.
    pub fn disclose_credential(
        &self,
        id: String,
        paths: Vec<String>,
        party: String,
        nonce: String,
        audience: String,
    ) -> Result<String, TekramError> {
        self.with(|core| Ok(core.disclose_credential(&id, &paths, &party, &nonce, &audience)?))
    }
}
