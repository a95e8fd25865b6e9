//! The audit: who read or got what. It is looked through, written to a file, checked, and its texts are destroyed.

use std::io::Write;

use tekram_vault::{AuditEvent, AuditKind, AuditPage, AuditQuery, AuditReport, VaultError};

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// A page of the audit, newest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn audit(&self, query: &AuditQuery) -> Result<AuditPage, AgentError> {
        Ok(self.vault.audit_entries(query)?)
    }

    /// Destroys the texts of these entries for good. That there were entries, of which kind and when, stays, and so does
    /// that they were destroyed. Backups made before keep the texts.
    ///
    /// # Errors
    /// `no_such_audit_entry` when one does not exist or has no texts any more, and then none is destroyed; the vault's others.
    pub fn destroy_audit_texts(&self, numbers: &[u32]) -> Result<(), AgentError> {
        Ok(self.vault.destroy_audit_content(numbers, self.clock.now())?)
    }

    /// Writes the whole audit as lines of JSON that anybody can check without the vault ([`tekram_vault::verify_audit_export`]),
    /// and notes that it was written. Returns how many entries it has.
    ///
    /// # Errors
    /// The vault's errors, `io`.
    pub fn export_audit(&self, out: &mut dyn Write) -> Result<u32, AgentError> {
        let entries = self.vault.export_audit(out)?;
        out.flush().map_err(|source| VaultError::Io {
            action: "writing the audit",
            source,
        })?;
        self.note_export("audit")?;
        Ok(entries)
    }

    /// Checks the whole audit: each hash, each number, and that texts are missing only where destroying them was noted.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn verify_audit(&self) -> Result<AuditReport, AgentError> {
        Ok(self.vault.verify_audit()?)
    }

    /// Notes that something was written to a file outside the vault: `what`, a stable name.
    pub(crate) fn note_export(&self, what: &str) -> Result<(), AgentError> {
        let event = AuditEvent::new(AuditKind::Export).what(what);
        self.vault.audit(&event, self.clock.now())?;
        Ok(())
    }
}
