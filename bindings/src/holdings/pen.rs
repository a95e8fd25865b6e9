//! The holding pen: what came from outside waits here as a batch until the person has looked at it.

use super::membership::Stance;
use crate::error::TekramError;
use crate::money::Money;
use crate::persona::Persona;

/// What came in together.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PenBatch {
    /// Its number in this vault.
    pub id: i64,
    /// What it is called: the name of a file, or the type of a credential.
    pub name: String,
    /// Where it comes from: a `did:` or an address; empty for a file.
    pub source: String,
    /// When it came.
    pub arrived_ms: i64,
    /// How many things wait.
    pub held: u32,
    /// How many were accepted.
    pub accepted: u32,
    /// How many were rejected.
    pub rejected: u32,
}

/// What became of a thing in the pen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PenState {
    /// It waits.
    Held,
    /// It is in the vault.
    Accepted,
    /// The person does not want it.
    Rejected,
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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

/// A thing in the pen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PenItem {
    /// Its number within the batch, from 1.
    pub number: u32,
    /// What became of it.
    pub state: PenState,
    /// What kind of thing it is.
    pub kind: PenKind,
    /// What it is: an attribute's property in schema.org, an organisation, a preference's value, a seller, a credential's
    /// type.
    pub title: String,
    /// What it says: an attribute's text, a member's number, a preference's topic, what was bought, an issuer.
    pub detail: String,
    /// What was paid, for a purchase.
    pub total: Option<Money>,
    /// When it was bought, for a purchase.
    pub ordered_ms: Option<i64>,
    /// How the person would stand to it, for a preference.
    pub stance: Option<Stance>,
    /// Whether a credential vouches for it, for an attribute.
    pub verified: bool,
    /// Whether the vault has what is probably the same: accepting the whole batch leaves it waiting.
    pub alike: bool,
}

impl From<tekram_agent::PenItemView> for PenItem {
    fn from(view: tekram_agent::PenItemView) -> Self {
        use tekram_agent::{PenKind as Kind, PenState as State};
        Self {
            number: view.number,
            state: match view.state {
                State::Held => PenState::Held,
                State::Accepted => PenState::Accepted,
                State::Rejected => PenState::Rejected,
            },
            kind: match view.kind {
                Kind::Attribute => PenKind::Attribute,
                Kind::Membership => PenKind::Membership,
                Kind::Preference => PenKind::Preference,
                Kind::Purchase => PenKind::Purchase,
                Kind::Credential => PenKind::Credential,
            },
            title: view.title,
            detail: view.detail,
            total: view.total.map(Money::from),
            ordered_ms: view.ordered_ms,
            stance: view.stance.map(Stance::from),
            verified: view.verified,
            alike: view.alike,
        }
    }
}

/// A page of a batch.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PenPage {
    /// In the batch's order.
    pub items: Vec<PenItem>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<u32>,
}

/// What accepting did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PenAccepted {
    /// How many are in the vault now.
    pub accepted: u32,
    /// How many still wait because the vault has what is probably the same.
    pub alike: u32,
}

#[uniffi::export]
impl Persona {
    /// What came in together, newest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn pen_batches(&self) -> Result<Vec<PenBatch>, TekramError> {
        self.with(|core| {
            let batches = core.pen_batches()?.into_iter().map(|batch| PenBatch {
                id: batch.id,
                name: batch.name,
                source: batch.source,
                arrived_ms: batch.arrived.millis(),
                held: batch.held,
                accepted: batch.accepted,
                rejected: batch.rejected,
            });
            Ok(batches.collect())
        })
    }

    /// The things of a batch with numbers after `after` (0 for the first page), at most `limit` and never more than 500.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `locked`, `closed`, the vault's errors.
    pub fn pen_items(&self, batch: i64, after: u32, limit: u32) -> Result<PenPage, TekramError> {
        self.with(|core| {
            let page = core.pen_items(batch, after, limit)?;
            Ok(PenPage {
                items: page.items.into_iter().map(PenItem::from).collect(),
                next: page.next,
            })
        })
    }

    /// Moves things from the pen into the vault, all that were chosen or none; without numbers, all that wait but what is
    /// alike.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `not_held`, the refusals of each kind, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn accept_held(&self, batch: i64, numbers: Option<Vec<u32>>) -> Result<PenAccepted, TekramError> {
        self.beside(move |core| {
            let done = core.accept_held(batch, numbers)?;
            Ok(PenAccepted {
                accepted: done.accepted,
                alike: done.alike,
            })
        })
        .await
    }

    /// The person does not want these; without numbers, all that wait. Gives how many.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `not_held`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn reject_held(&self, batch: i64, numbers: Option<Vec<u32>>) -> Result<u32, TekramError> {
        self.beside(move |core| Ok(core.reject_held(batch, numbers)?)).await
    }

    /// Takes a whole batch back out of the vault, so that all of it waits again. Gives how many came back.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn undo_held(&self, batch: i64) -> Result<u32, TekramError> {
        self.beside(move |core| Ok(core.undo_held(batch)?)).await
    }

    /// Removes a batch from the pen; what was accepted stays in the vault.
    ///
    /// # Errors
    /// `no_such_pen_batch`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn discard_held(&self, batch: i64) -> Result<(), TekramError> {
        self.beside(move |core| Ok(core.discard_held(batch)?)).await
    }
}
