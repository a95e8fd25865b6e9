//! Attributes: what a person says about themselves, what somebody passed on, and what a credential vouches for.

use tekram_agent::{AttributeSource as CoreSource, AttributeValue as CoreValue, PersonName, PostalAddress};

use crate::error::TekramError;
use crate::persona::Persona;

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AttributeValue {
    /// What the person is called.
    Name {
        /// As a whole.
        name: String,
        /// Given names; may be empty.
        given_name: String,
        /// Family name; may be empty.
        family_name: String,
    },
    /// An address for mail.
    Email {
        /// The address.
        email: String,
    },
    /// A telephone number.
    Telephone {
        /// As it is dialled.
        number: String,
    },
    /// A postal address.
    Address {
        /// Street and number.
        street: String,
        /// Postal code; may be empty.
        postal_code: String,
        /// Town.
        locality: String,
        /// Region; may be empty.
        region: String,
        /// Country, ISO 3166-1 alpha-2.
        country: String,
    },
    /// The day of birth.
    BirthDate {
        /// `1990-02-28`.
        date: String,
    },
    /// Anything else, under a name of its own.
    Free {
        /// What it is.
        name: String,
        /// What it says.
        value: String,
    },
}

impl From<CoreValue> for AttributeValue {
    fn from(value: CoreValue) -> Self {
        match value {
            CoreValue::Name(name) => Self::Name {
                name: name.name,
                given_name: name.given_name,
                family_name: name.family_name,
            },
            CoreValue::Email(email) => Self::Email { email },
            CoreValue::Telephone(number) => Self::Telephone { number },
            CoreValue::Address(address) => Self::Address {
                street: address.street_address,
                postal_code: address.postal_code,
                locality: address.address_locality,
                region: address.address_region,
                country: address.address_country,
            },
            CoreValue::BirthDate(date) => Self::BirthDate { date },
            CoreValue::Free { name, value } => Self::Free { name, value },
        }
    }
}

impl From<AttributeValue> for CoreValue {
    fn from(value: AttributeValue) -> Self {
        match value {
            AttributeValue::Name {
                name,
                given_name,
                family_name,
            } => Self::Name(PersonName {
                name,
                given_name,
                family_name,
            }),
            AttributeValue::Email { email } => Self::Email(email),
            AttributeValue::Telephone { number } => Self::Telephone(number),
            AttributeValue::Address {
                street,
                postal_code,
                locality,
                region,
                country,
            } => Self::Address(PostalAddress {
                street_address: street,
                postal_code,
                address_locality: locality,
                address_region: region,
                address_country: country,
            }),
            AttributeValue::BirthDate { date } => Self::BirthDate(date),
            AttributeValue::Free { name, value } => Self::Free { name, value },
        }
    }
}

/// Where an attribute comes from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AttributeSource {
    /// The person said so.
    SelfAsserted,
    /// Somebody passed it on.
    Collected {
        /// Who.
        from: String,
    },
    /// A credential in this vault says so.
    Verified {
        /// The credential's id.
        credential: String,
    },
}

impl From<CoreSource> for AttributeSource {
    fn from(source: CoreSource) -> Self {
        match source {
            CoreSource::SelfAsserted => Self::SelfAsserted,
            CoreSource::Collected { from } => Self::Collected { from },
            CoreSource::Verified { credential } => Self::Verified { credential },
        }
    }
}

/// An attribute as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Attribute {
    /// Its number in this vault.
    pub id: i64,
    /// Its property in schema.org: `name`, `email`, `telephone`, `address`, `birthDate`, `additionalProperty:shoe size`.
    pub property: String,
    /// What it says, in one line.
    pub text: String,
    /// What it says, in parts.
    pub value: AttributeValue,
    /// Which of several it is: `home`, `work`, or nothing.
    pub label: String,
    /// Where it comes from.
    pub source: AttributeSource,
    /// Since when it stands.
    pub since_ms: i64,
    /// Until when it stood; nothing while it stands.
    pub until_ms: Option<i64>,
}

impl From<tekram_agent::AttributeView> for Attribute {
    fn from(view: tekram_agent::AttributeView) -> Self {
        Self {
            id: view.id,
            property: view.value.property(),
            text: view.text,
            value: view.value.into(),
            label: view.label,
            source: view.source.into(),
            since_ms: view.since_ms,
            until_ms: view.until_ms,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// The attributes that stand, by property and label.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn attributes(&self) -> Result<Vec<Attribute>, TekramError> {
        self.with(|core| Ok(core.attributes()?.into_iter().map(Attribute::from).collect()))
    }

    /// Everything that ever stood in the place of this attribute, newest first.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn attribute_history(&self, id: i64) -> Result<Vec<Attribute>, TekramError> {
        self.with(|core| Ok(core.attribute_history(id)?.into_iter().map(Attribute::from).collect()))
    }

    /// Keeps what the person says about themselves; what stood under the same property and label becomes history. Gives its
    /// number.
    ///
    /// # Errors
    /// `bad_field` with the `field`, `locked`, `closed`, the vault's errors.
    pub fn set_attribute(&self, value: AttributeValue, label: String) -> Result<i64, TekramError> {
        self.with(|core| Ok(core.set_attribute(value.into(), &label)?))
    }

    /// Keeps what a credential of this vault says word for word; it stands no more when the credential goes.
    ///
    /// # Errors
    /// `no_such_holding`, `bad_field` (`credential`) when it does not say so, `locked`, `closed`, the vault's errors.
    pub fn set_verified_attribute(
        &self,
        value: AttributeValue,
        label: String,
        credential: String,
    ) -> Result<i64, TekramError> {
        self.with(|core| Ok(core.set_verified_attribute(value.into(), &label, &credential)?))
    }

    /// From now on the attribute stands no more; it stays in the history.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn end_attribute(&self, id: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.end_attribute(id)?))
    }

    /// Removes an attribute with its whole history.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn forget_attribute(&self, id: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.forget_attribute(id)?))
    }
}
