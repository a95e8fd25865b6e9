//! What a credential says, claim by claim, and which of it can be left out when it is shown; and the attributes that can be
//! taken from it, named as in OpenID Connect or schema.org.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};
use tekram_primitives::credential::{CredentialError, SdJwtVc, W3cCredential};
use tekram_vault::{AttributeSource, AttributeValue, NewAttribute, PersonName, PostalAddress};

use crate::error::AgentError;

/// Claims about the credential rather than the person (RFC 7519; draft-ietf-oauth-sd-jwt-vc).
const TECHNICAL: [&str; 12] = [
    "iss",
    "nbf",
    "exp",
    "iat",
    "cnf",
    "vct",
    "status",
    "_sd_alg",
    "jti",
    "aud",
    "vct#integrity",
    "ttl",
];

/// The members of an address in the order in which people write them; the order in which they came is lost.
const ADDRESS: [&str; 10] = [
    "street_address",
    "streetAddress",
    "postal_code",
    "postalCode",
    "locality",
    "addressLocality",
    "region",
    "addressRegion",
    "country",
    "addressCountry",
];

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimView {
    /// Where it stands: a JSON Pointer. What [`crate::Persona::disclose_credential`] takes.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Whether it is shown only when it is chosen; else everybody who is shown the credential sees it.
    pub disclosable: bool,
}

/// A credential that was read.
pub(super) enum Read {
    SdJwtVc(Box<SdJwtVc>),
    W3c(Box<W3cCredential>),
}

impl Read {
    /// JSON is a W3C credential, anything else an SD-JWT.
    pub(super) fn parse(content: &str) -> Result<Self, AgentError> {
        let content = content.trim();
        let read = if content.starts_with('{') {
            W3cCredential::parse(content.as_bytes()).map(|read| Self::W3c(Box::new(read)))
        } else {
            SdJwtVc::parse(content).map(|read| Self::SdJwtVc(Box::new(read)))
        };
        Ok(read.map_err(tekram_vault::VaultError::from)?)
    }

    /// Its claims: first those that are always seen, then those that can be left out.
    pub(super) fn claims(&self) -> Vec<ClaimView> {
        let mut claims = Vec::new();
        match self {
            Self::W3c(credential) => {
                let subject = credential.document().get("credentialSubject");
                open_claims(
                    subject.unwrap_or(&Value::Null),
                    "/credentialSubject",
                    &BTreeSet::new(),
                    &mut claims,
                );
            }
            Self::SdJwtVc(credential) => {
                let hidden = credential.sd_jwt().disclosable();
                let paths: BTreeSet<&str> = hidden.iter().map(|claim| claim.path.as_str()).collect();
                for (name, value) in credential.sd_jwt().claims() {
                    if !TECHNICAL.contains(&name.as_str()) {
                        open_claims(value, &pointer("", name), &paths, &mut claims);
                    }
                }
                claims.extend(hidden.into_iter().map(|claim| ClaimView {
                    path: claim.path,
                    text: text(&claim.value),
                    disclosable: true,
                }));
            }
        }
        claims
    }

    /// The same as it is shown with the claims at these paths, and those that they lie in.
    pub(super) fn shown(&self, paths: &[&str]) -> Result<Self, AgentError> {
        match self {
            Self::SdJwtVc(credential) => {
                let shown = credential
                    .sd_jwt()
                    .select(paths)
                    .map_err(tekram_vault::VaultError::from)?;
                Self::parse(&shown)
            }
            Self::W3c(credential) if paths.is_empty() => Ok(Self::W3c(credential.clone())),
            Self::W3c(_) => Err(tekram_vault::VaultError::from(CredentialError::NoSuchClaim).into()),
        }
    }

    /// Attributes that it vouches for.
    pub(super) fn attributes(&self, id: &str) -> Vec<NewAttribute> {
        let nothing = Map::new();
        let claims = match self {
            Self::SdJwtVc(credential) => credential.sd_jwt().claims(),
            Self::W3c(credential) => credential
                .document()
                .get("credentialSubject")
                .and_then(Value::as_object)
                .unwrap_or(&nothing),
        };
        let source = AttributeSource::Verified {
            credential: id.to_owned(),
        };
        values(claims)
            .into_iter()
            .filter(|value| value.check().is_ok())
            .map(|value| NewAttribute {
                value,
                label: String::new(),
                source: source.clone(),
            })
            .collect()
    }
}

/// The claims below `value` that are not disclosed on their own.
fn open_claims(value: &Value, path: &str, hidden: &BTreeSet<&str>, claims: &mut Vec<ClaimView>) {
    if hidden.contains(path) {
        return;
    }
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, value) in members {
                open_claims(value, &pointer(path, name), hidden, claims);
            }
        }
        Value::Array(elements) => {
            for (place, value) in elements.iter().enumerate() {
                open_claims(value, &pointer(path, &place.to_string()), hidden, claims);
            }
        }
        plain => claims.push(ClaimView {
            path: path.to_owned(),
            text: text(plain),
            disclosable: false,
        }),
    }
}

/// A value in one line.
fn text(value: &Value) -> String {
    let joined = |texts: Vec<String>| {
        texts
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(elements) => joined(elements.iter().map(text).collect()),
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| ADDRESS.iter().position(|known| known == name).unwrap_or(ADDRESS.len()));
            joined(members.into_iter().map(|(_, value)| text(value)).collect())
        }
        plain => plain.to_string(),
    }
}

/// RFC 6901, section 4.
fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn values(claims: &Map<String, Value>) -> Vec<AttributeValue> {
    let said = |names: &[&str]| {
        let found = names.iter().find_map(|name| claims.get(*name).and_then(Value::as_str));
        found.map(str::to_owned)
    };
    let mut values = Vec::new();
    let given_name = said(&["given_name", "givenName"]).unwrap_or_default();
    let family_name = said(&["family_name", "familyName"]).unwrap_or_default();
    let parts = format!("{given_name} {family_name}").trim().to_owned();
    if let Some(name) = said(&["name"]).or(Some(parts)).filter(|name| !name.is_empty()) {
        values.push(AttributeValue::Name(PersonName {
            name,
            given_name,
            family_name,
        }));
    }
    values.extend(said(&["email"]).map(AttributeValue::Email));
    values.extend(said(&["phone_number", "telephone"]).map(AttributeValue::Telephone));
    values.extend(said(&["birthdate", "birth_date", "birthDate"]).map(AttributeValue::BirthDate));
    if let Some(Value::Object(address)) = claims.get("address") {
        let said = |names: &[&str]| {
            let found = names.iter().find_map(|name| address.get(*name).and_then(Value::as_str));
            found.map(str::to_owned).unwrap_or_default()
        };
        values.push(AttributeValue::Address(PostalAddress {
            street_address: said(&["street_address", "streetAddress"]),
            postal_code: said(&["postal_code", "postalCode"]),
            address_locality: said(&["locality", "addressLocality"]),
            address_region: said(&["region", "addressRegion"]),
            address_country: said(&["country", "addressCountry"]),
        }));
    }
    values
}
