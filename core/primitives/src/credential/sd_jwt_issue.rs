//! Making an SD-JWT (RFC 9901, section 4): claims that stand as hashes, each under a salt of its own, signed once. What opens
//! them is handed out one by one, today or later, and always fits the one signature.

use serde_json::{Map, Value, json};

use super::CredentialError;
use super::encoding::to_base64url;
use super::jws::Jws;
use super::sd_jwt::{ALGORITHM, ELEMENT, HASHES, hash};
use super::sd_jwt_vc::TYPES;
use crate::did::{DidError, SigningKey};
use crate::secret::Secret32;

/// Random bytes in front of each hidden claim: 128 bits (section 9.3).
const SALT_BYTES: usize = 16;

/// A claim to be signed.
#[derive(Clone, Debug, PartialEq)]
pub enum Selective {
    /// As it is, for everybody to see.
    Open(Value),
    /// An object of which each member is hidden on its own.
    Members(Vec<(&'static str, Selective)>),
    /// An array of which each element is hidden on its own. It is ordered by the hashes, so its order tells nothing.
    Elements(Vec<Selective>),
}

/// Signs claims, and returns the token with everything that opens them: `token~disclosure~…~`. What stands at the top is
/// open; what lies within is as each claim says.
///
/// # Errors
/// [`CredentialError::Did`] when the system gives no randomness.
pub fn issue_sd_jwt_vc(claims: Vec<(&'static str, Selective)>, key: &SigningKey) -> Result<String, CredentialError> {
    let mut disclosures = Vec::new();
    let mut payload = Map::new();
    for (name, claim) in claims {
        payload.insert(name.to_owned(), sealed(claim, &mut disclosures)?);
    }
    payload.insert(ALGORITHM.to_owned(), "sha-256".into());
    let mut text = Jws::sign(TYPES[0], &payload, key)?;
    text.push('~');
    for disclosure in disclosures {
        text.push_str(&disclosure);
        text.push('~');
    }
    Ok(text)
}

/// The claim as it is signed; what opens it is added to `disclosures`.
fn sealed(claim: Selective, disclosures: &mut Vec<String>) -> Result<Value, CredentialError> {
    Ok(match claim {
        Selective::Open(value) => value,
        Selective::Members(members) => {
            let mut hashes = Vec::with_capacity(members.len());
            for (name, member) in members {
                let value = sealed(member, disclosures)?;
                hashes.push(hidden(&json!([salt()?, name, value]), disclosures));
            }
            // The order of the members must not show (section 4.2.4.1).
            hashes.sort_unstable();
            json!({ HASHES: hashes })
        }
        Selective::Elements(elements) => {
            let mut hashes = Vec::with_capacity(elements.len());
            for element in elements {
                let value = sealed(element, disclosures)?;
                hashes.push(hidden(&json!([salt()?, value]), disclosures));
            }
            hashes.sort_unstable();
            hashes.into_iter().map(|hash| json!({ ELEMENT: hash })).collect()
        }
    })
}

fn hidden(content: &Value, disclosures: &mut Vec<String>) -> String {
    let disclosure = to_base64url(content.to_string());
    let hash = hash(&disclosure);
    disclosures.push(disclosure);
    hash
}

fn salt() -> Result<String, CredentialError> {
    let random = Secret32::random().map_err(DidError::from)?;
    Ok(to_base64url(
        random.expose().iter().copied().take(SALT_BYTES).collect::<Vec<u8>>(),
    ))
}
