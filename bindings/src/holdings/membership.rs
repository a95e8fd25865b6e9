//! Memberships with their bar codes, and preferences.

use tekram_agent::{Membership as CoreMembership, Stance as CoreStance};

use super::file::file_id;
use crate::error::TekramError;
use crate::persona::Persona;

/// A card or club.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct NewMembership {
    /// Whose it is.
    pub organisation: String,
    /// What it is called; may be empty.
    pub programme: String,
    /// The member's number; may be empty.
    pub number: String,
    /// Which tier; may be empty.
    pub tier: String,
    /// The kind of bar code: `EAN_13`, `QR_CODE`; empty when there is none.
    pub barcode_format: String,
    /// What the bar code says.
    pub barcode_text: String,
    /// First day: `2026-01-31`.
    pub valid_from: Option<String>,
    /// Last day.
    pub valid_until: Option<String>,
    /// A photo of the card: a file's id.
    pub picture: Option<String>,
}

/// A membership as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Membership {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    pub membership: NewMembership,
}

impl From<tekram_agent::MembershipView> for Membership {
    fn from(view: tekram_agent::MembershipView) -> Self {
        let kept = view.membership;
        Self {
            id: view.id,
            membership: NewMembership {
                organisation: kept.organisation,
                programme: kept.programme,
                number: kept.number,
                tier: kept.tier,
                barcode_format: kept.barcode_format,
                barcode_text: kept.barcode_text,
                valid_from: kept.valid_from,
                valid_until: kept.valid_until,
                picture: kept.picture.map(|picture| picture.to_string()),
            },
        }
    }
}

/// How the person stands to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Stance {
    /// Likes it.
    Likes,
    /// Avoids it.
    Avoids,
    /// Cannot do without it.
    Needs,
}

impl From<CoreStance> for Stance {
    fn from(stance: CoreStance) -> Self {
        match stance {
            CoreStance::Likes => Self::Likes,
            CoreStance::Avoids => Self::Avoids,
            CoreStance::Needs => Self::Needs,
        }
    }
}

impl From<Stance> for CoreStance {
    fn from(stance: Stance) -> Self {
        match stance {
            Stance::Likes => Self::Likes,
            Stance::Avoids => Self::Avoids,
            Stance::Needs => Self::Needs,
        }
    }
}

/// A preference: `diet`, `gluten`, avoids.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Preference {
    /// Its number in this vault.
    pub id: i64,
    /// What it is about.
    pub topic: String,
    /// Which of it.
    pub value: String,
    /// How the person stands to it.
    pub stance: Stance,
}

#[uniffi::export]
impl Persona {
    /// The memberships, by organisation.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn memberships(&self) -> Result<Vec<Membership>, TekramError> {
        self.with(|core| Ok(core.memberships()?.into_iter().map(Membership::from).collect()))
    }

    /// Keeps a membership; gives its number.
    ///
    /// # Errors
    /// `bad_field` with the `field`, `no_such_blob`, `locked`, `closed`, the vault's errors.
    pub fn add_membership(&self, membership: NewMembership) -> Result<i64, TekramError> {
        self.with(|core| {
            let picture = membership.picture.as_deref().map(file_id).transpose()?;
            Ok(core.add_membership(&CoreMembership {
                organisation: membership.organisation,
                programme: membership.programme,
                number: membership.number,
                tier: membership.tier,
                barcode_format: membership.barcode_format,
                barcode_text: membership.barcode_text,
                valid_from: membership.valid_from,
                valid_until: membership.valid_until,
                picture,
            })?)
        })
    }

    /// Removes a membership; its picture stays a file.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn remove_membership(&self, id: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_membership(id)?))
    }

    /// The preferences, by topic.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn preferences(&self) -> Result<Vec<Preference>, TekramError> {
        self.with(|core| {
            let kept = core.preferences()?.into_iter().map(|kept| Preference {
                id: kept.id,
                topic: kept.preference.topic,
                value: kept.preference.value,
                stance: kept.preference.stance.into(),
            });
            Ok(kept.collect())
        })
    }

    /// Keeps a preference, in the place of one about the same; gives its number.
    ///
    /// # Errors
    /// `bad_field` with the `field`, `locked`, `closed`, the vault's errors.
    pub fn set_preference(&self, topic: String, value: String, stance: Stance) -> Result<i64, TekramError> {
        self.with(|core| Ok(core.set_preference(&topic, &value, stance.into())?))
    }

    /// Removes a preference.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn remove_preference(&self, id: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_preference(id)?))
    }
}
