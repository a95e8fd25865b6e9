//! Memberships with their bar codes, and preferences.

use serde::Serialize;
use tekram_vault::{Membership, MembershipEntry, Preference, PreferenceEntry, Stance};

use crate::error::AgentError;
use crate::persona::Persona;

/// A membership as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MembershipView {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    #[serde(flatten)]
    pub membership: Membership,
}

impl From<MembershipEntry> for MembershipView {
    fn from(entry: MembershipEntry) -> Self {
        Self {
            id: entry.id,
            membership: entry.membership,
        }
    }
}

/// A preference as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreferenceView {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    #[serde(flatten)]
    pub preference: Preference,
}

impl From<PreferenceEntry> for PreferenceView {
    fn from(entry: PreferenceEntry) -> Self {
        Self {
            id: entry.id,
            preference: entry.preference,
        }
    }
}

impl Persona {
    /// The memberships, by organisation.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn memberships(&self) -> Result<Vec<MembershipView>, AgentError> {
        let kept = self.vault.memberships()?;
        Ok(kept.into_iter().map(MembershipView::from).collect())
    }

    /// Keeps a membership; returns its number.
    ///
    /// # Errors
    /// `bad_field`, `no_such_blob` for its picture, the vault's errors.
    pub fn add_membership(&self, membership: &Membership) -> Result<i64, AgentError> {
        Ok(self.vault.add_membership(membership, self.clock.now())?)
    }

    /// Removes a membership; its picture stays a file.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn remove_membership(&self, id: i64) -> Result<(), AgentError> {
        Ok(self.vault.remove_membership(id)?)
    }

    /// The preferences, by topic.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn preferences(&self) -> Result<Vec<PreferenceView>, AgentError> {
        let kept = self.vault.preferences()?;
        Ok(kept.into_iter().map(PreferenceView::from).collect())
    }

    /// Keeps a preference, in the place of one about the same; returns its number.
    ///
    /// # Errors
    /// `bad_field`, the vault's errors.
    pub fn set_preference(&self, topic: &str, value: &str, stance: Stance) -> Result<i64, AgentError> {
        let preference = Preference {
            topic: topic.to_owned(),
            value: value.to_owned(),
            stance,
        };
        Ok(self.vault.set_preference(&preference, self.clock.now())?)
    }

    /// Removes a preference.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn remove_preference(&self, id: i64) -> Result<(), AgentError> {
        Ok(self.vault.remove_preference(id)?)
    }
}
