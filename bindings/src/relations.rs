//! Relations: the roster of terms, everybody who was met, and what was agreed with whom.

use std::fs::File;

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

impl From<tekram_agent::Rule> for ClauseRule {
    fn from(rule: tekram_agent::Rule) -> Self {
        match rule {
            tekram_agent::Rule::Obligation => Self::Obligation,
            tekram_agent::Rule::Permission => Self::Permission,
            tekram_agent::Rule::Prohibition => Self::Prohibition,
        }
    }
}

/// A clause in plain words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Clause {
    /// How it binds.
    pub rule: ClauseRule,
    /// The term's name in the vocabulary, under which front ends may keep words of their own.
    pub name: String,
    /// What it says, in plain English.
    pub label: String,
}

impl From<tekram_agent::ClauseView> for Clause {
    fn from(clause: tekram_agent::ClauseView) -> Self {
        Self {
            rule: clause.rule.into(),
            name: clause.name,
            label: clause.label,
        }
    }
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

/// Where one side stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RelationState {
    /// It has said nothing about terms.
    Absent,
    /// It was asked, or may decide anew.
    Open,
    /// Its terms lie on the table and wait for the other.
    Offering,
    /// It has signed what the other has signed.
    InRelation,
    /// It said no, took its proposal back, or let it run out.
    Ended,
}

impl From<tekram_agent::Half> for RelationState {
    fn from(half: tekram_agent::Half) -> Self {
        use tekram_agent::Half;
        match half {
            Half::Absent => Self::Absent,
            Half::Open => Self::Open,
            Half::Offering => Self::Offering,
            Half::InRelation => Self::InRelation,
            Half::Ended => Self::Ended,
        }
    }
}

/// Where a party's name was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum NameSource {
    /// The seller's card in an offer that was accepted.
    Offer,
    /// The feed or card that says how to pay it.
    Payee,
}

/// A clause that only one side's terms have.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DifferingClause {
    /// Whether it is in this side's terms; else it is in theirs.
    pub mine: bool,
    /// The clause.
    pub clause: Clause,
}

/// One party that was met.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Relation {
    /// What it is known by.
    pub party: String,
    /// Its name, when one is known; proven by nothing but the record or feed that it comes from.
    pub name: Option<String>,
    /// Where the name comes from.
    pub name_from: Option<NameSource>,
    /// Where this side stands.
    pub mine: RelationState,
    /// Where the other side stands.
    pub theirs: RelationState,
    /// Agreements that both signed.
    pub agreements: u32,
    /// When it was met first.
    pub since_ms: i64,
    /// Clauses in which my last proposal and their alternative to it differ.
    pub differs: Vec<DifferingClause>,
}

impl From<tekram_agent::RelationView> for Relation {
    fn from(view: tekram_agent::RelationView) -> Self {
        let differs = view.differs.into_iter().map(|differing| DifferingClause {
            mine: differing.side == tekram_agent::Side::Mine,
            clause: differing.clause.into(),
        });
        Self {
            differs: differs.collect(),
            party: view.party,
            name: view.name,
            name_from: view.name_from.map(|from| match from {
                tekram_agent::NameSource::Offer => NameSource::Offer,
                tekram_agent::NameSource::Payee => NameSource::Payee,
            }),
            mine: view.mine.into(),
            theirs: view.theirs.into(),
            agreements: u32::try_from(view.agreements).unwrap_or(u32::MAX),
            since_ms: view.since_ms,
        }
    }
}

/// A proposal or agreement in plain words, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Agreement {
    /// Record id.
    pub record: String,
    /// Roster id of the terms; never shown to a person.
    pub terms: String,
    /// Title of the terms.
    pub title: String,
    /// What they say, in a paragraph.
    pub summary: String,
    /// What they say, clause by clause.
    pub clauses: Vec<Clause>,
    /// Where the negotiation stands, by its name in W3C DPV's `p7012`.
    pub status: String,
    /// Record that it is about (an offer), if any.
    pub about: Option<String>,
    /// What that was, as the offer names it.
    pub about_item: Option<String>,
    /// Roster id of the alternative that the other side named, if it did.
    pub alternative: Option<String>,
    /// SHA-256 of the kept bytes: equal on both sides once both have signed.
    pub sha256: String,
    /// Whether this side's signature is on it and holds.
    pub signed_by_me: bool,
    /// Whether the other side's signature is on it and holds.
    pub signed_by_them: bool,
    /// When it was proposed.
    pub proposed_ms: i64,
    /// When it reached its present state.
    pub decided_ms: Option<i64>,
}

impl From<tekram_agent::AgreementDetail> for Agreement {
    fn from(detail: tekram_agent::AgreementDetail) -> Self {
        Self {
            record: detail.record,
            terms: detail.terms,
            title: detail.title,
            summary: detail.summary,
            clauses: detail.clauses.into_iter().map(Clause::from).collect(),
            status: detail.status.to_owned(),
            about: detail.about,
            about_item: detail.about_item,
            alternative: detail.alternative,
            sha256: detail.sha256,
            signed_by_me: detail.signed_by_me,
            signed_by_them: detail.signed_by_them,
            proposed_ms: detail.proposed_ms,
            decided_ms: detail.decided_ms,
        }
    }
}

/// A party with everything that was agreed or proposed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RelationDetail {
    /// As the list has it.
    pub relation: Relation,
    /// Proposals and agreements, newest first.
    pub agreements: Vec<Agreement>,
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
            rule: clause.rule.into(),
            name: clause.name().to_owned(),
            label: clause.label().to_owned(),
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
    /// Everybody that was met, the newest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn relations(&self) -> Result<Vec<Relation>, TekramError> {
        self.with(|core| Ok(core.relations()?.into_iter().map(Relation::from).collect()))
    }

    /// One party, with all proposals and agreements in plain words.
    ///
    /// # Errors
    /// `no_such_party`, `locked`, `closed`, the vault's errors.
    pub fn relation(&self, party: String) -> Result<RelationDetail, TekramError> {
        self.with(|core| {
            let detail = core.relation(&party)?;
            Ok(RelationDetail {
                relation: detail.relation.into(),
                agreements: detail.records.into_iter().map(Agreement::from).collect(),
            })
        })
    }

    /// Writes the exact bytes of an agreement to a file, and notes in the audit that it left.
    ///
    /// # Errors
    /// `bad_record_id`, `no_such_agreement`, `file_unusable`, `locked`, `closed`, the vault's errors.
    pub fn export_agreement(&self, record: String, path: String) -> Result<(), TekramError> {
        self.with(|core| {
            let mut file = File::create(path).map_err(|_| TekramError::file())?;
            core.export_agreement(&record, &mut file)?;
            Ok(())
        })
    }

    /// The exact bytes of an agreement as this side keeps them, to be looked at here.
    ///
    /// # Errors
    /// `bad_record_id`, `no_such_agreement`, `locked`, `closed`, the vault's errors.
    pub fn agreement_bytes(&self, record: String) -> Result<Vec<u8>, TekramError> {
        self.with(|core| Ok(core.agreement_bytes(&record)?))
    }
}
