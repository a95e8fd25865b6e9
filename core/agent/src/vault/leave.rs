//! Leaving with everything, sealed, or with what other programs can read, in the clear.

use std::io::Write;

use tekram_primitives::secret::Passphrase;
use tekram_vault::{ExportContent, Exported};

use super::watching::WorkWatch;
use crate::error::AgentError;
use crate::persona::Persona;

/// The rooms' tables that an open export has. None of them has a key, money, or a token in it: whoever adds one here has looked.
const OPEN_TABLES: [&str; 18] = [
    "listen_credit",
    "listen_work",
    "listen_via",
    "listen_play",
    "listen_thumb",
    "listen_said",
    "listen_correction",
    "listen_same_play",
    "listen_subscription",
    "pay_payee",
    "pay_rules",
    "pay_statement",
    "pay_line",
    "pay_commitment",
    "pay_ledger_tx",
    "pay_ledger_entry",
    "relate_agreement",
    "intent_offer",
];

impl Persona {
    /// Writes everything, keys and money included, sealed with a passphrase in the age format. [`crate::Agent::move_in`] makes the
    /// same persona of it.
    ///
    /// # Errors
    /// `empty_passphrase`, `cancelled`, `locked`, `io`, and the vault's others.
    pub fn export_sealed(
        &self,
        out: &mut dyn Write,
        passphrase: &Passphrase,
        watch: &mut WorkWatch<'_>,
    ) -> Result<Exported, AgentError> {
        let content = ExportContent::Sealed(passphrase);
        Ok(self.vault.export(out, content, self.clock.now(), watch)?)
    }

    /// Writes what other programs can read, in the clear and without any secret: history, statements, agreements and what the
    /// person keeps. No persona can be made of it.
    ///
    /// # Errors
    /// `cancelled`, `locked`, `io`, and the vault's others.
    pub fn export_open(&self, out: &mut dyn Write, watch: &mut WorkWatch<'_>) -> Result<Exported, AgentError> {
        let content = ExportContent::Open(&OPEN_TABLES);
        Ok(self.vault.export(out, content, self.clock.now(), watch)?)
    }
}
