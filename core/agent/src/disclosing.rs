//! Showing listens to a party: a signed extract, tied to an agreement that both have signed, of which chosen parts are shown
//! now and more later. The key is the relation's own, so two parties cannot tell from it that they deal with the same person.

use serde_json::{Map, Value};
use tekram_listen::{
    Choice, Extract, ExtractField, ExtractQuestion, ListenError, NewExtract, ReadExtract, Showing, Shown,
};
use tekram_primitives::record::RecordId;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_relate::NegotiationStatus;

use crate::error::AgentError;
use crate::persona::Persona;
use crate::relation::other_party;

/// What is shown to whom.
#[derive(Debug, Clone, Default)]
pub struct ListenDisclosure {
    /// The party, by the id it has in the list of relations.
    pub party: String,
    /// Record id of the agreement with it.
    pub agreement: String,
    /// Which listens.
    pub choice: Choice,
    /// What of each.
    pub fields: Vec<ExtractField>,
    /// What the party calls itself; its id when empty.
    pub audience: String,
    /// The party's question: a random text of its own.
    pub nonce: String,
}

impl Persona {
    /// What a party would read; nothing is made or written.
    ///
    /// # Errors
    /// `too_many_listens`, `nothing_to_disclose`, the vault's errors.
    pub fn preview_listen_disclosure(
        &self,
        choice: &Choice,
        fields: &[ExtractField],
    ) -> Result<Vec<Map<String, Value>>, AgentError> {
        Ok(tekram_listen::preview_extract(&self.vault, choice, fields)?)
    }

    /// Makes an extract for a party and shows the fields of it. The audit says so in the same transaction.
    ///
    /// # Errors
    /// `not_agreed` when the agreement is not one with this party that both have signed, `bad_field` without a nonce,
    /// `too_many_listens`, `nothing_to_disclose`, `no_field_chosen`, the vault's errors.
    pub fn disclose_listens(&self, disclosure: &ListenDisclosure) -> Result<Shown, AgentError> {
        self.check_agreed(&disclosure.party, &disclosure.agreement)?;
        let new = NewExtract {
            choice: &disclosure.choice,
            relation: &disclosure.party,
            agreement: &disclosure.agreement,
        };
        let who = self.name_of_party(&disclosure.party)?;
        let audience = audience(&disclosure.audience, &disclosure.party);
        let showing = showing(&disclosure.fields, audience, &disclosure.nonce, &who)?;
        let key = self.holder_key(&disclosure.party)?;
        Ok(tekram_listen::disclose(
            &self.vault,
            &new,
            &showing,
            &key,
            self.clock.now(),
        )?)
    }

    /// Shows more of an extract that was made before: the party sees that it fits. An empty audience is the relation.
    ///
    /// # Errors
    /// `no_such_extract`, `no_field_chosen`, `bad_field` without a nonce, the vault's errors.
    pub fn disclose_more_listens(
        &self,
        extract_id: &str,
        fields: &[ExtractField],
        audience_name: &str,
        nonce: &str,
    ) -> Result<Shown, AgentError> {
        let extracts = self.disclosed_listens()?;
        let extract = extracts.iter().find(|extract| extract.extract_id == extract_id);
        let relation = &extract.ok_or(ListenError::NoSuchExtract)?.relation;
        let who = self.name_of_party(relation)?;
        let showing = showing(fields, audience(audience_name, relation), nonce, &who)?;
        let key = self.holder_key(relation)?;
        Ok(tekram_listen::disclose_more(
            &self.vault,
            extract_id,
            &showing,
            &key,
            self.clock.now(),
        )?)
    }

    /// The extracts that were made, newest first, with what was shown of them.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn disclosed_listens(&self) -> Result<Vec<Extract>, AgentError> {
        Ok(tekram_listen::disclosed(&self.vault)?)
    }

    fn check_agreed(&self, party: &str, agreement: &str) -> Result<(), AgentError> {
        let id: RecordId = agreement.parse()?;
        let kept = tekram_relate::get(&self.vault, &id)?;
        if kept.status == NegotiationStatus::Accepted && other_party(&kept).to_string() == party {
            Ok(())
        } else {
            Err(AgentError::NotAgreed)
        }
    }

    fn name_of_party(&self, party: &str) -> Result<String, AgentError> {
        let known = self.relations()?.into_iter().find(|known| known.party == party);
        Ok(known.and_then(|known| known.name).unwrap_or_default())
    }
}

/// Reads an extract that somebody handed over, by the system's clock. Needs no persona.
///
/// # Errors
/// The credential's refusals (`bad_credential_signature`, `bad_key_binding` …), `wrong_extract`.
pub fn read_listen_extract(presentation: &str, question: &ExtractQuestion<'_>) -> Result<ReadExtract, AgentError> {
    Ok(tekram_listen::read_extract(presentation, question, SystemClock.now())?)
}

fn audience<'a>(named: &'a str, party: &'a str) -> &'a str {
    if named.is_empty() { party } else { named }
}

fn showing<'a>(
    fields: &'a [ExtractField],
    audience: &'a str,
    nonce: &'a str,
    who: &'a str,
) -> Result<Showing<'a>, AgentError> {
    let fits = |text: &str| (1..=2000).contains(&text.len()) && !text.contains('\0');
    for (field, text) in [("nonce", nonce), ("audience", audience)] {
        if !fits(text) {
            let error = tekram_vault::HoldingError::BadField { field };
            return Err(tekram_vault::VaultError::from(error).into());
        }
    }
    Ok(Showing {
        fields,
        audience,
        nonce,
        who,
    })
}
