//! Relations: everybody this persona has met, and what stands between the two. Joins agreements (`relate`), accepted offers
//! (`intent`) and payees (`pay`), which know nothing of each other.

use std::collections::BTreeMap;

use serde::Serialize;
use tekram_intent::Acceptance;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::did::DidKey;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{DeskCard, Offer};
use tekram_relate::{
    AgreementAnswer, Answer, Clause, Half, Halves, KeptAgreement, NegotiationStatus, Party, RelateError, Rule, Side,
    difference, halves_of, roster,
};

use crate::error::AgentError;
use crate::persona::{Persona, every_page};

/// One party that was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelationView {
    /// What it is known by: its `did:key`, or for payees without a key their address, node or feed.
    pub party: String,
    /// Its name, when one is known; proven by nothing but the record or feed that it comes from.
    pub name: Option<String>,
    /// Where the name comes from.
    pub name_from: Option<NameSource>,
    /// Where this side stands.
    pub mine: Half,
    /// Where the other side stands.
    pub theirs: Half,
    /// Agreements that both signed.
    pub agreements: usize,
    /// When it was met first, ms since 1970.
    pub since_ms: i64,
    /// Clauses in which my last proposal and their alternative to it differ; empty when they are equal or nothing is open.
    pub differs: Vec<DifferingClause>,
}

/// Where a party's name was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameSource {
    /// The seller's card in an offer that was accepted.
    Offer,
    /// The feed or card that says how to pay it.
    Payee,
}

/// A clause in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseView {
    /// Whether the other side must, may or must not.
    pub rule: Rule,
    /// The term's name in the vocabulary, under which front ends keep their own words.
    pub name: String,
    /// What it says, in plain English.
    pub label: String,
}

/// A clause that only one side's terms have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferingClause {
    /// Whose terms have it.
    pub side: Side,
    /// The clause.
    #[serde(flatten)]
    pub clause: ClauseView,
}

/// A party with everything that was agreed or proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelationDetail {
    /// As the list has it.
    #[serde(flatten)]
    pub relation: RelationView,
    /// Proposals and agreements, newest first.
    pub records: Vec<AgreementDetail>,
}

/// A proposal or agreement in plain words, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreementDetail {
    /// Record id.
    pub record: String,
    /// Roster id of the terms; not for people.
    pub terms: String,
    /// Title of the terms.
    pub title: String,
    /// What they say, in a paragraph.
    pub summary: String,
    /// What they say, clause by clause.
    pub clauses: Vec<ClauseView>,
    /// Where the negotiation stands, by its name in W3C DPV's `p7012`.
    pub status: &'static str,
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
    /// When it was proposed, ms since 1970.
    pub proposed_ms: i64,
    /// When it reached its present state, ms since 1970.
    pub decided_ms: Option<i64>,
}

impl Persona {
    /// Everybody that was met – by an agreement or a proposal, an accepted offer, a promise to pay – the newest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn relations(&self) -> Result<Vec<RelationView>, AgentError> {
        let mut views: Vec<RelationView> = self
            .met()?
            .into_iter()
            .map(|(party, met)| met.view(party))
            .collect::<Result<_, _>>()?;
        views.sort_by(|a, b| b.since_ms.cmp(&a.since_ms).then_with(|| a.party.cmp(&b.party)));
        Ok(views)
    }

    /// One party, with all proposals and agreements in plain words.
    ///
    /// # Errors
    /// `no_such_party`, the vault's errors.
    pub fn relation(&self, party: &str) -> Result<RelationDetail, AgentError> {
        let met = self.met()?.remove(party).ok_or(RelateError::NoSuchParty)?;
        let records = met
            .agreements
            .iter()
            .map(|kept| agreement_detail(kept, &met.items))
            .collect::<Result<_, _>>()?;
        Ok(RelationDetail {
            records,
            relation: met.view(party.to_owned())?,
        })
    }

    /// Everybody by what they are known by.
    fn met(&self) -> Result<BTreeMap<String, Met>, AgentError> {
        let mut met: BTreeMap<String, Met> = BTreeMap::new();
        for kept in self.kept_agreements()? {
            let party = met.entry(other_party(&kept).to_string()).or_default();
            party.seen(kept.proposed);
            party.agreements.push(kept);
        }
        for accepted in self.kept_acceptances()? {
            let offer: Offer = SignedRecord::parse(&accepted.offer_record)?.body()?;
            let card: DeskCard = offer.card.body()?;
            let party = met.entry(accepted.seller.to_string()).or_default();
            party.seen(accepted.accepted);
            // Newest first: the newest name stays.
            party.name.get_or_insert((card.name, NameSource::Offer));
            party.items.insert(accepted.offer, offer.item);
        }
        let payees: BTreeMap<String, tekram_pay::payee::Payee> = self
            .payees()?
            .into_iter()
            .map(|payee| (payee.payee_id.clone(), payee))
            .collect();
        for promised in self.kept_promises()? {
            let Some(payee) = payees.get(&promised.payee_id) else {
                continue;
            };
            let party = met.entry(payee.identity.clone()).or_default();
            party.seen(promised.made);
            party.name.get_or_insert((payee.name.clone(), NameSource::Payee));
        }
        Ok(met)
    }

    /// Every acceptance, newest first.
    pub(crate) fn kept_acceptances(&self) -> Result<Vec<Acceptance>, AgentError> {
        every_page(|limit, offset| Ok(tekram_intent::acceptances(&self.vault, limit, offset)?))
    }

    /// Every promise to a payee, newest first.
    fn kept_promises(&self) -> Result<Vec<tekram_pay::commit::Promise>, AgentError> {
        every_page(|limit, offset| Ok(tekram_pay::commit::promises(&self.vault, limit, offset)?))
    }
}

/// What is known of one party, put together from the rooms.
#[derive(Debug, Default)]
struct Met {
    since: Option<Timestamp>,
    name: Option<(String, NameSource)>,
    /// Newest first.
    agreements: Vec<KeptAgreement>,
    /// What was offered, by the offer's record id.
    items: BTreeMap<RecordId, String>,
}

impl Met {
    fn seen(&mut self, at: Timestamp) {
        self.since = Some(self.since.map_or(at, |known| known.min(at)));
    }

    fn view(&self, party: String) -> Result<RelationView, AgentError> {
        let Halves { mine, theirs } = halves_of(self.agreements.iter().map(|kept| (kept.party, kept.status)));
        let signed = |kept: &&KeptAgreement| kept.status == NegotiationStatus::Accepted;
        Ok(RelationView {
            party,
            name: self.name.as_ref().map(|(name, _)| name.clone()),
            name_from: self.name.as_ref().map(|(_, from)| *from),
            mine,
            theirs,
            agreements: self.agreements.iter().filter(signed).count(),
            since_ms: self.since.unwrap_or(Timestamp::MIN).millis(),
            differs: self.agreements.first().map_or_else(|| Ok(Vec::new()), differs)?,
        })
    }
}

/// The clauses in which a proposal and the alternative to it differ, seen from this side.
fn differs(newest: &KeptAgreement) -> Result<Vec<DifferingClause>, AgentError> {
    let Some(alternative) = alternative(newest)? else {
        return Ok(Vec::new());
    };
    let proposed = roster().resolve(&newest.terms)?;
    let alternative = roster().resolve(&alternative)?;
    let (mine, theirs) = match newest.party {
        Party::First => (proposed, alternative),
        Party::Second => (alternative, proposed),
    };
    Ok(difference(mine, theirs)
        .into_iter()
        .map(|(side, clause)| DifferingClause {
            side,
            clause: clause_view(clause),
        })
        .collect())
}

/// The terms that the second party named instead of those proposed.
fn alternative(kept: &KeptAgreement) -> Result<Option<tekram_relate::TermsRef>, AgentError> {
    let Some(answer) = &kept.answer else {
        return Ok(None);
    };
    let answer: AgreementAnswer = SignedRecord::parse(answer)?.body()?;
    Ok(match answer.answer {
        Answer::Alternative { terms } => Some(terms),
        Answer::Refused { .. } => None,
    })
}

fn clause_view(clause: &Clause) -> ClauseView {
    ClauseView {
        rule: clause.rule,
        name: clause.name().to_owned(),
        label: clause.label().to_owned(),
    }
}

/// Who is not me.
pub(crate) fn other_party(kept: &KeptAgreement) -> DidKey {
    match kept.party {
        Party::First => kept.second_party,
        Party::Second => kept.first_party,
    }
}

fn agreement_detail(kept: &KeptAgreement, items: &BTreeMap<RecordId, String>) -> Result<AgreementDetail, AgentError> {
    let terms = roster().resolve(&kept.terms)?;
    // A signature that does not hold counts as none; the bytes stay to be looked at.
    let signers = kept.signed()?.verify().unwrap_or_default();
    let (me, them) = match kept.party {
        Party::First => (kept.first_party, kept.second_party),
        Party::Second => (kept.second_party, kept.first_party),
    };
    Ok(AgreementDetail {
        record: kept.id.to_string(),
        terms: terms.id.clone(),
        title: terms.title.clone(),
        summary: terms.summary.clone(),
        clauses: terms.clauses.iter().map(clause_view).collect(),
        status: kept.status.name(),
        about: kept.about.as_ref().map(ToString::to_string),
        about_item: kept.about.as_ref().and_then(|about| items.get(about).cloned()),
        alternative: alternative(kept)?.map(|terms| terms.id),
        sha256: sha256_hex(&kept.record),
        signed_by_me: signers.contains(&me),
        signed_by_them: signers.contains(&them),
        proposed_ms: kept.proposed.millis(),
        decided_ms: kept.decided.map(|at| at.millis()),
    })
}

#[cfg(test)]
mod tests;
