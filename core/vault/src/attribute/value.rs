//! The kinds of attributes, under their names in schema.org (`Person`), and what each may look like.

use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

use crate::holding_error::HoldingError;

/// What an attribute says. As JSON: `{"property": "email", "value": "a@example.org"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "property", content = "value")]
pub enum AttributeValue {
    /// What the person is called (`name`).
    #[serde(rename = "name")]
    Name(PersonName),
    /// An address for mail (`email`).
    #[serde(rename = "email")]
    Email(String),
    /// A telephone number (`telephone`), as it is dialled.
    #[serde(rename = "telephone")]
    Telephone(String),
    /// A postal address (`address`).
    #[serde(rename = "address")]
    Address(PostalAddress),
    /// The day of birth (`birthDate`): `1990-02-28`.
    #[serde(rename = "birthDate")]
    BirthDate(String),
    /// Anything else, under a name of its own (`additionalProperty`, a `PropertyValue`).
    #[serde(rename = "additionalProperty")]
    Free {
        /// What it is.
        name: String,
        /// What it says.
        value: String,
    },
}

/// A name in parts (schema.org `Person`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonName {
    /// As a whole, in the order that the person uses.
    pub name: String,
    /// Given names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub given_name: String,
    /// Family name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family_name: String,
}

/// A postal address (schema.org `PostalAddress`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostalAddress {
    /// Street and number, or whatever stands for them.
    pub street_address: String,
    /// Postal code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    /// Town.
    pub address_locality: String,
    /// Region or state.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address_region: String,
    /// Country, ISO 3166-1 alpha-2: `AT`.
    pub address_country: String,
}

impl PersonName {
    fn is_its_parts(&self) -> bool {
        let (given, family) = (self.given_name.as_str(), self.family_name.as_str());
        let joined = |first: &str, last: &str| format!("{first} {last}").trim() == self.name;
        joined(given, family) || joined(family, given)
    }
}

impl AttributeValue {
    /// The property's name; free ones carry their own: `additionalProperty:shoe size`.
    pub fn property(&self) -> String {
        match self {
            Self::Name(_) => "name".to_owned(),
            Self::Email(_) => "email".to_owned(),
            Self::Telephone(_) => "telephone".to_owned(),
            Self::Address(_) => "address".to_owned(),
            Self::BirthDate(_) => "birthDate".to_owned(),
            Self::Free { name, .. } => format!("additionalProperty:{name}"),
        }
    }

    /// Every text of it, some of which may be empty: what a credential must say to vouch for it. A whole name that is its
    /// parts and nothing else is said by the parts.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Name(name) if name.is_its_parts() => vec![&name.given_name, &name.family_name],
            Self::Name(name) => vec![&name.name, &name.given_name, &name.family_name],
            Self::Email(text) | Self::Telephone(text) | Self::BirthDate(text) => vec![text],
            Self::Address(address) => vec![
                &address.street_address,
                &address.postal_code,
                &address.address_locality,
                &address.address_region,
                &address.address_country,
            ],
            Self::Free { value, .. } => vec![value],
        }
    }

    /// Fails with `bad_field` when it is not what its kind should be.
    pub fn check(&self) -> Result<(), HoldingError> {
        match self {
            Self::Name(name) => {
                check_text("name", &name.name, 1, 200)?;
                check_text("givenName", &name.given_name, 0, 200)?;
                check_text("familyName", &name.family_name, 0, 200)
            }
            Self::Email(email) => must("email", is_email(email)),
            Self::Telephone(number) => must("telephone", is_telephone(number)),
            Self::Address(address) => {
                check_text("streetAddress", &address.street_address, 1, 200)?;
                check_text("postalCode", &address.postal_code, 0, 20)?;
                check_text("addressLocality", &address.address_locality, 1, 100)?;
                check_text("addressRegion", &address.address_region, 0, 100)?;
                let country = &address.address_country;
                must(
                    "addressCountry",
                    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()),
                )
            }
            Self::BirthDate(date) => check_date("birthDate", date),
            Self::Free { name, value } => {
                check_text("name", name, 1, 64)?;
                check_text("value", value, 1, 4000)
            }
        }
    }
}

/// A text of so many characters, without control characters other than line ends.
pub(crate) fn check_text(field: &'static str, text: &str, least: usize, most: usize) -> Result<(), HoldingError> {
    let length = text.chars().count();
    must(
        field,
        (least..=most).contains(&length) && !text.chars().any(|c| c.is_control() && c != '\n'),
    )
}

/// A day: `1990-02-28`.
pub(crate) fn check_date(field: &'static str, date: &str) -> Result<(), HoldingError> {
    let is_date = date.len() == 10 && format!("{date}T00:00:00Z").parse::<Timestamp>().is_ok();
    must(field, is_date)
}

pub(super) fn must(field: &'static str, holds: bool) -> Result<(), HoldingError> {
    if holds {
        Ok(())
    } else {
        Err(HoldingError::BadField { field })
    }
}

/// What mail servers could deliver to (RFC 5321 lengths); who it belongs to is another question.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    (1..=64).contains(&local.len())
        && (1..=255).contains(&domain.len())
        && text.chars().all(is_plain)
        && !local.contains('@')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

/// Digits as people write them; 3 to 15 of them (ITU-T E.164).
fn is_telephone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (3..=15).contains(&digits)
        && text.len() <= 32
        && rest.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && rest.chars().all(|c| c.is_ascii_digit() || " -/().".contains(c))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn what_is_not_an_address_a_number_or_a_day_is_refused() {
        for email in ["a@example.org", "ä.ö+x@bücher.example", "a@localhost"] {
            assert!(is_email(email), "{email}");
        }
        for email in [
            "",
            "a",
            "@example.org",
            "a@",
            "a b@example.org",
            "a@b@c",
            "a@-x.org",
            "a@x..org",
        ] {
            assert!(!is_email(email), "{email}");
        }
        for number in ["112", "+43 1 234 56 78", "(01) 234-567", "+49/30/1234"] {
            assert!(is_telephone(number), "{number}");
        }
        for number in ["", "12", "++43 123", "+43 123x", "1234567890123456", "-123"] {
            assert!(!is_telephone(number), "{number}");
        }
        assert!(check_date("d", "2024-02-29").is_ok());
        for date in ["2023-02-29", "2024-2-29", "29.02.2024", "2024-13-01", ""] {
            assert!(check_date("d", date).is_err(), "{date}");
        }
    }

    #[test]
    fn the_json_says_the_property_by_its_name_in_schema_org() {
        let value = AttributeValue::Address(PostalAddress {
            street_address: "Gasse 1".to_owned(),
            address_locality: "Wien".to_owned(),
            address_country: "AT".to_owned(),
            ..PostalAddress::default()
        });
        let json = serde_json::to_value(&value).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"property": "address", "value":
                {"streetAddress": "Gasse 1", "addressLocality": "Wien", "addressCountry": "AT"}})
        );
        assert_eq!(serde_json::from_value::<AttributeValue>(json).unwrap(), value);
    }
}
