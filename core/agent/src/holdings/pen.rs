//! The holding pen: what came from outside waits here as a batch until the person has looked at it.

use serde::Serialize;
use tekram_primitives::money::Money;
use tekram_vault::{PenAccepted, PenBatch, PenChoice, PenContent, PenItem, PenState, Stance};

use super::attribute::attribute_text;
use super::claims::Read;
use crate::error::AgentError;
use crate::persona::Persona;

/// What kind of thing waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PenKind {
    /// An attribute.
    Attribute,
    /// A membership.
    Membership,
    /// A preference.
    Preference,
    /// A purchase.
    Purchase,
    /// A credential.
    Credential,
}

/// A thing in the pen, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PenItemView {
    /// Its number within the batch, from 1.
    pub number: u32,
    /// What became of it: `held`, `accepted` or `rejected`.
    #[serde(serialize_with = "state_name")]
    pub state: PenState,
    /// What kind of thing it is.
    pub kind: PenKind,
    /// What it is: an attribute's property, an organisation, a preference's value, a seller, a credential's type.
    pub title: String,
    /// What it says: an attribute's text, a member's number, a topic, what was bought, an issuer.
    pub detail: String,
    /// What was paid, for a purchase.
    pub total: Option<Money>,
    /// When it was bought, for a purchase; ms since 1970.
    pub ordered_ms: Option<i64>,
    /// How the person would stand to it, for a preference.
    pub stance: Option<Stance>,
    /// Whether a credential vouches for it, for an attribute.
    pub verified: bool,
    /// Whether the vault has what is probably the same: accepting the whole batch leaves it waiting.
    pub alike: bool,
}

/// A page of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PenPage {
    /// In the batch's order.
    pub items: Vec<PenItemView>,
    /// The number after which the next page begins; `None` after the last.
    pub next: Option<u32>,
}

impl Persona {
    /// What came in together, newest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn pen_batches(&self) -> Result<Vec<PenBatch>, AgentError> {
        Ok(self.vault.pen_batches()?)
    }

    /// The things of a batch with numbers after `after`, at most `limit` and never more than 500.
    ///
    /// # Errors
    /// `no_such_pen_batch`, the vault's errors.
    pub fn pen_items(&self, batch: i64, after: u32, limit: u32) -> Result<PenPage, AgentError> {
        let mut items = self.vault.pen_items(batch, after)?;
        let full = items.len() >= 500;
        let most = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        let more = full || items.len() > most;
        items.truncate(most);
        let next = items.last().filter(|_| more).map(|item| item.number);
        Ok(PenPage {
            items: items.into_iter().map(view).collect(),
            next,
        })
    }

    /// Moves things from the pen into the vault, all that were chosen or none; `None` chooses all that wait and leaves what
    /// is alike.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `not_held`, the refusals of each kind, the vault's errors.
    pub fn accept_held(&self, batch: i64, numbers: Option<Vec<u32>>) -> Result<PenAccepted, AgentError> {
        Ok(self.vault.accept_held(batch, &choice(numbers), self.clock.now())?)
    }

    /// The person does not want these; `None` is all that wait. Returns how many.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `not_held`, the vault's errors.
    pub fn reject_held(&self, batch: i64, numbers: Option<Vec<u32>>) -> Result<u32, AgentError> {
        Ok(self.vault.reject_held(batch, &choice(numbers))?)
    }

    /// Takes a whole batch back out of the vault, so that all of it waits again. Returns how many came back.
    ///
    /// # Errors
    /// `no_such_pen_batch`, the vault's errors.
    pub fn undo_held(&self, batch: i64) -> Result<u32, AgentError> {
        Ok(self.vault.undo_batch(batch, self.clock.now())?)
    }

    /// Removes a batch from the pen; what was accepted stays in the vault.
    ///
    /// # Errors
    /// `no_such_pen_batch`, the vault's errors.
    pub fn discard_held(&self, batch: i64) -> Result<(), AgentError> {
        Ok(self.vault.discard_batch(batch)?)
    }
}

fn choice(numbers: Option<Vec<u32>>) -> PenChoice {
    numbers.map_or(PenChoice::All, PenChoice::Numbers)
}

fn view(item: PenItem) -> PenItemView {
    let mut view = PenItemView {
        number: item.number,
        state: item.state,
        kind: PenKind::Attribute,
        title: String::new(),
        detail: String::new(),
        total: None,
        ordered_ms: None,
        stance: None,
        verified: false,
        alike: item.alike.is_some(),
    };
    match item.content {
        PenContent::Attribute(attribute) => {
            view.title = attribute.value.property();
            view.detail = attribute_text(&attribute.value);
            view.verified = matches!(attribute.source, tekram_vault::AttributeSource::Verified { .. });
        }
        PenContent::Membership(membership) => {
            view.kind = PenKind::Membership;
            view.title = membership.organisation;
            view.detail = [membership.programme, membership.number].join(" ").trim().to_owned();
        }
        PenContent::Preference(preference) => {
            view.kind = PenKind::Preference;
            view.title = preference.value;
            view.detail = preference.topic;
            view.stance = Some(preference.stance);
        }
        PenContent::Purchase(purchase) => {
            view.kind = PenKind::Purchase;
            view.title = purchase.seller;
            let items: Vec<String> = purchase.items.into_iter().map(|item| item.name).collect();
            view.detail = items.join(", ");
            view.total = Some(purchase.total);
            view.ordered_ms = Some(purchase.ordered.millis());
        }
        PenContent::Credential(credential) => {
            view.kind = PenKind::Credential;
            // What does not read as a credential any more still has its place in the list, without words.
            (view.title, view.detail) = match Read::parse(&credential.content) {
                Ok(Read::SdJwtVc(read)) => (read.credential_type().to_owned(), read.issuer().to_owned()),
                Ok(Read::W3c(read)) => (read.types().join(" "), read.issuer().to_owned()),
                Err(_) => (String::new(), String::new()),
            };
        }
    }
    view
}

fn state_name<S: serde::Serializer>(state: &PenState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match state {
        PenState::Held => "held",
        PenState::Accepted => "accepted",
        PenState::Rejected => "rejected",
    })
}
