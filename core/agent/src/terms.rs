//! Terms and agreements: the roster, and what was agreed with whom.

use std::io::Write;

use serde::Serialize;
use tekram_primitives::record::RecordId;
use tekram_relate::KeptAgreement;
use tekram_vault::{AuditEvent, AuditKind, VaultError};

use crate::error::AgentError;
use crate::persona::{Persona, every_page};
use crate::relation::other_party;

/// A proposal or agreement, as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct AgreementView {
    /// Record id.
    pub record: String,
    /// Roster id of the terms.
    pub terms: String,
    /// State, by its name in W3C DPV's `p7012`.
    pub status: String,
    /// Key of the other side.
    pub second_party: String,
    /// Record that it is about (an offer), if any.
    pub about: Option<String>,
    /// When it was proposed, RFC 3339.
    pub proposed: String,
    /// SHA-256 of the kept bytes: equal on both sides once both have signed.
    pub sha256: String,
}

impl Persona {
    /// Agreements and proposals, newest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn agreements(&self) -> Result<Vec<AgreementView>, AgentError> {
        Ok(self
            .kept_agreements()?
            .into_iter()
            .map(|kept| AgreementView {
                record: kept.id.to_string(),
                terms: kept.terms.id,
                status: kept.status.name().to_owned(),
                second_party: kept.second_party.to_string(),
                about: kept.about.map(|about| about.to_string()),
                proposed: kept.proposed.to_string(),
                sha256: tekram_primitives::canonical::sha256_hex(&kept.record),
            })
            .collect())
    }

    /// Every agreement and proposal, newest first.
    pub(crate) fn kept_agreements(&self) -> Result<Vec<KeptAgreement>, AgentError> {
        every_page(|limit, offset| Ok(tekram_relate::list(&self.vault, limit, offset)?))
    }

    /// Writes the exact bytes of an agreement to `out`, and notes in the audit that it left. Returns how many bytes.
    ///
    /// # Errors
    /// `bad_record_id`, `no_such_agreement`, `io`, the vault's others.
    pub fn export_agreement(&self, record: &str, out: &mut dyn Write) -> Result<usize, AgentError> {
        let id: RecordId = record.parse()?;
        let kept = tekram_relate::get(&self.vault, &id)?;
        out.write_all(&kept.record)
            .and_then(|()| out.flush())
            .map_err(|source| VaultError::Io {
                action: "writing an agreement",
                source,
            })?;
        let event = AuditEvent::new(AuditKind::Export)
            .party(other_party(&kept).to_string())
            .record(record)
            .what("agreement");
        self.vault.audit(&event, self.clock.now())?;
        Ok(kept.record.len())
    }

    /// The exact bytes of an agreement as this side keeps them, to be looked at here.
    ///
    /// # Errors
    /// `bad_record_id`, `no_such_agreement`, the vault's errors.
    pub fn agreement_bytes(&self, record: &str) -> Result<Vec<u8>, AgentError> {
        let id: RecordId = record.parse()?;
        Ok(tekram_relate::get(&self.vault, &id)?.record)
    }
}
