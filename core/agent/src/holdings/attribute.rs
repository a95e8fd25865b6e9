//! Attributes: what a person says about themselves, what somebody passed on, and what a credential vouches for.

use serde::Serialize;
use tekram_vault::{Attribute, AttributeSource, AttributeValue, NewAttribute};

use crate::error::AgentError;
use crate::persona::Persona;

/// An attribute as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeView {
    /// Its number in this vault.
    pub id: i64,
    /// What it says, under its property's name in schema.org.
    #[serde(flatten)]
    pub value: AttributeValue,
    /// The same in one line.
    pub text: String,
    /// Which of several it is: `home`, `work`, or nothing.
    pub label: String,
    /// Where it comes from.
    pub source: AttributeSource,
    /// Since when it stands, ms since 1970.
    pub since_ms: i64,
    /// Until when it stood, ms since 1970; `None` while it stands.
    pub until_ms: Option<i64>,
}

impl From<Attribute> for AttributeView {
    fn from(kept: Attribute) -> Self {
        Self {
            id: kept.id,
            text: attribute_text(&kept.value),
            value: kept.value,
            label: kept.label,
            source: kept.source,
            since_ms: kept.from.millis(),
            until_ms: kept.until.map(|until| until.millis()),
        }
    }
}

impl Persona {
    /// The attributes that stand, by property and label.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn attributes(&self) -> Result<Vec<AttributeView>, AgentError> {
        Ok(self.vault.attributes()?.into_iter().map(AttributeView::from).collect())
    }

    /// Everything that ever stood in the place of this attribute, newest first.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn attribute_history(&self, id: i64) -> Result<Vec<AttributeView>, AgentError> {
        let history = self.vault.attribute_history(id)?;
        Ok(history.into_iter().map(AttributeView::from).collect())
    }

    /// Keeps what the person says about themselves; what stood under the same property and label becomes history. Returns
    /// its number.
    ///
    /// # Errors
    /// `bad_field`, the vault's errors.
    pub fn set_attribute(&self, value: AttributeValue, label: &str) -> Result<i64, AgentError> {
        self.keep_attribute(value, label, AttributeSource::SelfAsserted)
    }

    /// Keeps what a credential of this vault says word for word.
    ///
    /// # Errors
    /// `no_such_holding` when there is no such credential, `bad_field` (`credential`) when it does not say so, and as for
    /// [`Persona::set_attribute`].
    pub fn set_verified_attribute(
        &self,
        value: AttributeValue,
        label: &str,
        credential: &str,
    ) -> Result<i64, AgentError> {
        let source = AttributeSource::Verified {
            credential: credential.to_owned(),
        };
        self.keep_attribute(value, label, source)
    }

    fn keep_attribute(&self, value: AttributeValue, label: &str, source: AttributeSource) -> Result<i64, AgentError> {
        let attribute = NewAttribute {
            value,
            label: label.to_owned(),
            source,
        };
        Ok(self.vault.set_attribute(&attribute, self.clock.now())?)
    }

    /// From now on the attribute stands no more; it stays in the history.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn end_attribute(&self, id: i64) -> Result<(), AgentError> {
        Ok(self.vault.end_attribute(id, self.clock.now())?)
    }

    /// Removes an attribute with its whole history.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn forget_attribute(&self, id: i64) -> Result<(), AgentError> {
        Ok(self.vault.forget_attribute(id)?)
    }
}

/// What an attribute says, in one line.
#[must_use]
pub fn attribute_text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Name(name) => name.name.clone(),
        AttributeValue::Email(text) | AttributeValue::Telephone(text) | AttributeValue::BirthDate(text) => text.clone(),
        AttributeValue::Free { value, .. } => value.clone(),
        AttributeValue::Address(address) => {
            let town = [address.postal_code.as_str(), address.address_locality.as_str()];
            let town = town.map(str::trim).join(" ");
            let lines = [
                address.street_address.replace('\n', ", "),
                town.trim().to_owned(),
                address.address_region.clone(),
                address.address_country.clone(),
            ];
            lines
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}
