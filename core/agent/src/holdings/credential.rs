//! Credentials: received into the holding pen after their issuer's signature was checked, asked about, and shown in part to
//! one verifier at a time.

use std::collections::BTreeMap;

use serde::Serialize;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::credential::{CredentialError, CredentialStatus, PublicKey, StatusType, status_token_key_id};
use tekram_primitives::time::Timestamp;
use tekram_vault::{CredentialEntry, CredentialFormat, CredentialRequest, NewCredential, PenContent, VaultError};

use super::claims::{ClaimView, Read};
use super::issuer::{Asking, issuer_key, status_list};
use crate::error::AgentError;
use crate::network::host_of;
use crate::persona::Persona;

/// Whether a credential holds, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

/// A credential as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialView {
    /// SHA-256 of what was issued, in hexadecimal.
    pub id: String,
    /// `sd_jwt_vc`, which can be shown in part, or `w3c_vc`, which cannot.
    pub format: &'static str,
    /// What kind it is, in the issuer's words: a web address or names.
    pub credential_type: String,
    /// Who issued it.
    pub issuer: String,
    /// The issuer's host, or the name under which it was met; `None` for a key that nobody has a name for.
    pub issuer_name: Option<String>,
    /// The relation whose key it is bound to; empty when it is bound to none.
    pub relation: String,
    /// Until when it is valid, ms since 1970.
    pub expires_ms: Option<i64>,
    /// Whether it holds.
    pub state: CredentialState,
    /// When its issuer was last asked, ms since 1970.
    pub checked_ms: Option<i64>,
    /// When it was added, ms since 1970.
    pub added_ms: i64,
    /// What it says: first what is always seen, then what can be left out.
    pub claims: Vec<ClaimView>,
}

impl Persona {
    /// The credentials, in the order in which they were added.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn credentials(&self) -> Result<Vec<CredentialView>, AgentError> {
        let names = self.party_names()?;
        let kept = self.vault.credentials()?;
        kept.into_iter()
            .map(|entry| self.credential_view(entry, &names))
            .collect()
    }

    /// One credential.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn credential(&self, id: &str) -> Result<CredentialView, AgentError> {
        self.credential_view(self.vault.credential(id)?, &self.party_names()?)
    }

    /// Removes a credential; attributes that it vouched for stand no more.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn remove_credential(&self, id: &str) -> Result<(), AgentError> {
        Ok(self.vault.remove_credential(id, self.clock.now())?)
    }

    /// Takes a credential as its issuer gave it, asks for the issuer's key when the name is none, checks signature and time,
    /// and puts it into the holding pen, with the attributes that it vouches for. Returns the batch.
    ///
    /// # Errors
    /// The credential's refusals (`bad_credential_signature`, `credential_expired`, `credential_unsupported`), also
    /// `not_credential_holder` when it is bound to a key that [`Persona::credential_key`] never gave; `unknown_issuer_key`,
    /// `not_served`, the network's and the vault's errors.
    pub async fn receive_credential(&self, content: &str) -> Result<i64, AgentError> {
        let content = content.trim();
        let read = Read::parse(content)?;
        let (issuer, kind, key, bound) = match &read {
            Read::W3c(credential) => {
                credential.verify(self.clock.now()).map_err(VaultError::from)?;
                let subject = credential.document().get("credentialSubject");
                let subject = subject.and_then(|subject| subject.get("id"));
                let bound = match subject.and_then(serde_json::Value::as_str) {
                    Some(did) if did.starts_with("did:key:") => PublicKey::from_did(did).map_err(VaultError::from)?,
                    _ => None,
                };
                (credential.issuer(), credential.types().join(" "), None, bound)
            }
            Read::SdJwtVc(credential) => {
                let kid = credential.key_id().map_err(VaultError::from)?;
                let key = self.issuer_key(credential.issuer(), kid).await;
                let key = match key {
                    // The certificate would have the key, but certificates are not looked at.
                    Err(AgentError::NotServed { .. }) if credential.has_certificate() => {
                        let error = CredentialError::Unsupported { what: "x5c" };
                        return Err(VaultError::from(error).into());
                    }
                    key => key?,
                };
                credential.verify(&key, self.clock.now()).map_err(VaultError::from)?;
                (
                    credential.issuer(),
                    credential.credential_type().to_owned(),
                    Some(key),
                    credential.holder().copied(),
                )
            }
        };
        let holder = match bound {
            None => None,
            Some(PublicKey::Ed25519(key)) => self.relation_of_key(&key)?.map(|relation| (relation, key)),
            Some(PublicKey::P256(_)) => None,
        };
        if bound.is_some() && holder.is_none() {
            return Err(VaultError::from(CredentialError::NotHolder).into());
        }
        let credential = NewCredential {
            content: content.to_owned(),
            issuer_key: key.and_then(|key| key.to_jwk().as_object().cloned()),
            holder,
        };
        let vouched = read.attributes(&sha256_hex(content.as_bytes()));
        let contents =
            std::iter::once(PenContent::Credential(credential)).chain(vouched.into_iter().map(PenContent::Attribute));
        Ok(self
            .vault
            .hold(&short(&kind), &short(issuer), contents, self.clock.now())?)
    }

    /// Asks the lists that say whether a credential was revoked, and keeps the answer.
    ///
    /// # Errors
    /// `no_such_holding`, the lists' refusals (`bad_status_list`, `bad_credential_signature`), `not_served`, the network's
    /// and the vault's errors. What was known before stays then.
    pub async fn check_credential_status(&self, id: &str) -> Result<CredentialView, AgentError> {
        let entry = self.vault.credential(id)?;
        let note_host = |url: &str| self.note_issuer_asked(url);
        for status in &entry.status {
            let place = &status.place;
            let list = status_list(&self.asking(&note_host), &place.uri, &place.kind).await?;
            let note = |key: Option<&PublicKey>| {
                self.vault
                    .note_credential_status(id, place, &list, key, self.clock.now())
            };
            match note(None) {
                // The issuer may sign its lists with another key, which it publishes beside the first.
                Err(VaultError::Credential(CredentialError::BadSignature)) if place.kind == StatusType::Token => {
                    let kid = status_token_key_id(&list).map_err(VaultError::from)?;
                    let key = self.issuer_key(&entry.issuer, kid.as_deref()).await?;
                    note(Some(&key))?;
                }
                noted => {
                    noted?;
                }
            }
        }
        self.credential(id)
    }

    /// Makes what one verifier gets: the claims at `paths`, beside what the credential always shows, for its question
    /// `nonce`, signed by the key that the credential is bound to. `party` is the verifier's relation id; `audience` is what
    /// it calls itself. The audit says so before it is returned.
    ///
    /// # Errors
    /// `no_such_holding`, `no_such_claim`, `credential_revoked`, `credential_expired`, `bad_field`, the vault's errors.
    pub fn disclose_credential(
        &self,
        id: &str,
        paths: &[String],
        party: &str,
        nonce: &str,
        audience: &str,
    ) -> Result<String, AgentError> {
        let entry = self.vault.credential(id)?;
        // One that is bound to no key is shown without a signature.
        let bound_to = if entry.relation.is_empty() {
            party
        } else {
            &entry.relation
        };
        let holder = self.holder_key(bound_to)?;
        let who = self.party_names()?.remove(party).unwrap_or_default();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let request = CredentialRequest {
            paths: &paths,
            audience,
            nonce,
            who: &who,
            party,
        };
        Ok(self
            .vault
            .disclose_credential(id, &request, &holder, self.clock.now())?)
    }

    /// What a verifier would see if the claims at `paths` were shown: these, those that they lie in, and what is always seen.
    /// Nothing is made or written.
    ///
    /// # Errors
    /// `no_such_holding`, `no_such_claim`, the vault's errors.
    pub fn preview_disclosure(&self, id: &str, paths: &[String]) -> Result<Vec<ClaimView>, AgentError> {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let read = Read::parse(&self.vault.credential_content(id)?)?;
        Ok(read.shown(&paths)?.claims())
    }

    async fn issuer_key(&self, issuer: &str, kid: Option<&str>) -> Result<PublicKey, AgentError> {
        let note_host = |url: &str| self.note_issuer_asked(url);
        issuer_key(&self.asking(&note_host), issuer, kid).await
    }

    fn asking<'a>(&'a self, note: &'a dyn Fn(&str) -> Result<(), AgentError>) -> Asking<'a> {
        Asking {
            http: self.web.as_ref(),
            policy: &self.policy,
            note,
        }
    }

    fn credential_view(
        &self,
        entry: CredentialEntry,
        names: &BTreeMap<String, String>,
    ) -> Result<CredentialView, AgentError> {
        let claims = Read::parse(&self.vault.credential_content(&entry.id)?)?.claims();
        let asked = entry.status.iter().map(|status| status.checked.map(|at| at.millis()));
        let issuer_name = names.get(&entry.issuer).cloned().or_else(|| issuer_host(&entry.issuer));
        Ok(CredentialView {
            state: state(&entry, self.clock.now()),
            // The oldest answer counts; one list that was never asked leaves none.
            checked_ms: asked.min().flatten(),
            format: match entry.format {
                CredentialFormat::SdJwtVc => "sd_jwt_vc",
                CredentialFormat::W3cVc => "w3c_vc",
            },
            id: entry.id,
            credential_type: entry.credential_type,
            issuer: entry.issuer,
            issuer_name,
            relation: entry.relation,
            expires_ms: entry.expires.map(|at| at.millis()),
            added_ms: entry.added.millis(),
            claims,
        })
    }

    /// What the parties that were met are called, as far as they have a name.
    fn party_names(&self) -> Result<BTreeMap<String, String>, AgentError> {
        let known = self.relations()?.into_iter();
        Ok(known
            .filter_map(|relation| Some((relation.party, relation.name?)))
            .collect())
    }
}

/// What is known of a credential: the worst that a list said, else its time.
fn state(entry: &CredentialEntry, now: Timestamp) -> CredentialState {
    let says = |name: &str| entry.status.iter().any(|status| status.status == name);
    if says(CredentialStatus::Revoked.name()) {
        CredentialState::Revoked
    } else if entry.expires.is_some_and(|expires| expires <= now) {
        CredentialState::Expired
    } else if says(CredentialStatus::Suspended.name()) {
        CredentialState::Suspended
    } else if says(CredentialStatus::Other(0).name()) {
        CredentialState::Other
    } else if says("unknown") {
        CredentialState::Unchecked
    } else {
        CredentialState::Valid
    }
}

/// The host of an issuer that is a web address or a `did:web`.
fn issuer_host(issuer: &str) -> Option<String> {
    let host = match issuer.strip_prefix("did:web:") {
        Some(name) => name.split(':').next().unwrap_or_default().replace("%3A", ":"),
        None if issuer.starts_with("http") => host_of(issuer),
        None => String::new(),
    };
    Some(host).filter(|host| !host.is_empty())
}

/// What fits into a batch's name.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(255).collect()
}
