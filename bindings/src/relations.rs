//! Relations: the roster of terms, and what was agreed with whom.

use crate::error::TekramError;
use crate::gate::caught;
use crate::persona::Persona;

/// How a clause binds the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ClauseRule {
    /// It must.
    Obligation,
    /// It may.
    Permission,
    /// It must not.
    Prohibition,
}

/// One machine-readable clause.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Clause {
    /// How it binds.
    pub rule: ClauseRule,
    /// IRI of the DPV term that it is about.
    pub iri: String,
}

/// A row of the roster.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TermsRow {
    /// Roster id; never shown to a person.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// What it says, in one paragraph.
    pub summary: String,
}

/// An agreement of the roster, whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TermsDetail {
    /// Roster id; never shown to a person.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// What it says, in one paragraph.
    pub summary: String,
    /// The whole text.
    pub text: String,
    /// SHA-256 of the text's bytes, hex.
    pub sha256: String,
    /// Whether the text is this project's draft, standing in for the roster's own.
    pub draft: bool,
    /// What it requires, permits and forbids.
    pub clauses: Vec<Clause>,
}

/// A proposal or agreement.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Agreement {
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

/// The roster of terms.
#[uniffi::export]
#[must_use]
pub fn roster() -> Vec<TermsRow> {
    let rows = tekram_agent::roster().iter().map(|terms| TermsRow {
        id: terms.id.clone(),
        title: terms.title.clone(),
        summary: terms.summary.clone(),
    });
    rows.collect()
}

/// One agreement of the roster.
///
/// # Errors
/// `unknown_terms`.
#[uniffi::export]
pub fn terms(id: String) -> Result<TermsDetail, TekramError> {
    caught(|| {
        let terms = tekram_agent::terms(&id)?;
        let clauses = terms.clauses.iter().map(|clause| Clause {
            rule: match clause.rule {
                tekram_agent::Rule::Obligation => ClauseRule::Obligation,
                tekram_agent::Rule::Permission => ClauseRule::Permission,
                tekram_agent::Rule::Prohibition => ClauseRule::Prohibition,
            },
            iri: clause.iri.clone(),
        });
        Ok(TermsDetail {
            clauses: clauses.collect(),
            id: terms.id.clone(),
            title: terms.title.clone(),
            summary: terms.summary.clone(),
            text: terms.text.clone(),
            sha256: terms.sha256.clone(),
            draft: terms.status == tekram_agent::TextStatus::Draft,
        })
    })
}

#[uniffi::export]
impl Persona {
    /// Agreements and proposals, newest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn agreements(&self) -> Result<Vec<Agreement>, TekramError> {
        self.with(|core| {
            let agreements = core.agreements()?.into_iter().map(|view| Agreement {
                record: view.record,
                terms: view.terms,
                status: view.status,
                second_party: view.second_party,
                about: view.about,
                proposed: view.proposed,
                sha256: view.sha256,
            });
            Ok(agreements.collect())
        })
    }

    /// The exact bytes of an agreement as this side keeps them.
    ///
    /// # Errors
    /// `bad_record_id`, `no_such_agreement`, `locked`, `closed`, the vault's errors.
    pub fn agreement_bytes(&self, record: String) -> Result<Vec<u8>, TekramError> {
        self.with(|core| Ok(core.agreement_bytes(&record)?))
    }
}
