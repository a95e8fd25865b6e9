//! SD-JWT (RFC 9901): a signed token in which claims stand as hashes, and the disclosures that open some of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::CredentialError;
use super::encoding::{from_base64url, json, optional_text, to_base64url};
use super::jwk::PublicKey;
use super::jws::Jws;
use super::{MAX_CREDENTIAL_BYTES, MAX_DEPTH};
use crate::canonical::sha256;

/// Where objects keep the hashes of their claims.
pub(super) const HASHES: &str = "_sd";
/// What stands for an element of an array.
pub(super) const ELEMENT: &str = "...";
pub(super) const ALGORITHM: &str = "_sd_alg";

/// A token with disclosures, as it was issued or presented. Reading it checks that all disclosures belong to it; whether
/// the issuer signed it is another question.
#[derive(Clone, Debug, PartialEq)]
pub struct SdJwt {
    pub(super) token: Jws,
    disclosures: Vec<Disclosure>,
    pub(super) key_binding: Option<Jws>,
    claims: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq)]
struct Disclosure {
    encoded: String,
    /// `None` for an element of an array.
    name: Option<String>,
    value: Value,
    path: String,
    /// The disclosure inside which this one lies.
    parent: Option<usize>,
}

/// A claim that can be disclosed, or was.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosable {
    /// Where it stands: a JSON Pointer (RFC 6901) with the places of arrays as they were signed.
    pub path: String,
    /// What it says; claims within it that are disclosed on their own are left out.
    pub value: Value,
}

/// The walk through the signed claims.
struct Walk<'a> {
    by_hash: BTreeMap<String, usize>,
    disclosures: &'a mut Vec<Disclosure>,
    /// Hashes that were met; none may come twice.
    met: BTreeSet<String>,
    used: usize,
}

impl SdJwt {
    /// Reads `token~disclosure~…~` with or without a key binding at the end (RFC 9901, sections 4 and 7.1).
    ///
    /// # Errors
    /// [`CredentialError`] names the first thing that was wrong.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        if text.len() > MAX_CREDENTIAL_BYTES {
            return Err(CredentialError::TooLarge);
        }
        let mut parts: Vec<&str> = text.split('~').collect();
        let malformed = CredentialError::Malformed { part: "~" };
        let end = parts.pop().filter(|_| !parts.is_empty()).ok_or(malformed)?;
        let key_binding = if end.is_empty() { None } else { Some(Jws::parse(end)?) };
        let mut parts = parts.into_iter();
        let token = Jws::parse(parts.next().unwrap_or_default())?;
        if optional_text(&token.payload, ALGORITHM)?.is_some_and(|algorithm| algorithm != "sha-256") {
            return Err(CredentialError::Unsupported { what: ALGORITHM });
        }
        let mut disclosures = parts.map(disclosure).collect::<Result<Vec<_>, _>>()?;
        let mut by_hash = BTreeMap::new();
        for (index, disclosure) in disclosures.iter().enumerate() {
            if by_hash.insert(hash(&disclosure.encoded), index).is_some() {
                return Err(CredentialError::ForeignDisclosure);
            }
        }
        let mut walk = Walk {
            by_hash,
            disclosures: &mut disclosures,
            met: BTreeSet::new(),
            used: 0,
        };
        let claims = walk.object(&token.payload, "", None, 0)?;
        if walk.used != disclosures.len() {
            return Err(CredentialError::ForeignDisclosure);
        }
        Ok(Self {
            token,
            disclosures,
            key_binding,
            claims,
        })
    }

    /// Checks the issuer's signature alone; time and holder are the credential's to check ([`super::SdJwtVc`]).
    ///
    /// # Errors
    /// [`CredentialError::BadSignature`].
    pub fn verify(&self, issuer_key: &PublicKey) -> Result<(), CredentialError> {
        self.token.verify(issuer_key)
    }

    /// The claims as they are with what is disclosed, without hashes.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// What can be disclosed, or was, in the order of the disclosures.
    pub fn disclosable(&self) -> Vec<Disclosable> {
        let shown = |disclosure: &Disclosure| Disclosable {
            path: disclosure.path.clone(),
            value: disclosure.value.clone(),
        };
        self.disclosures.iter().map(shown).collect()
    }

    /// Whether claims under these names, at the top, are signed openly rather than as hashes.
    pub(super) fn are_open(&self, names: &[&str]) -> bool {
        !self.disclosures.iter().any(|disclosure| {
            disclosure.parent.is_none() && names.iter().any(|name| disclosure.path == pointer("", name))
        })
    }

    /// The token with the disclosures of these paths, and those that they lie in, and no others: `token~disclosure~…~`.
    ///
    /// # Errors
    /// [`CredentialError::NoSuchClaim`].
    pub fn select(&self, paths: &[&str]) -> Result<String, CredentialError> {
        let mut chosen = BTreeSet::new();
        for path in paths {
            let found = self.disclosures.iter().position(|disclosure| disclosure.path == *path);
            let mut next = Some(found.ok_or(CredentialError::NoSuchClaim)?);
            while let Some(index) = next {
                chosen.insert(index);
                next = self.disclosures.get(index).and_then(|disclosure| disclosure.parent);
            }
        }
        Ok(self.with(&chosen))
    }

    /// The same with the disclosures whose path is wanted, for choices out of very many.
    #[must_use]
    pub fn select_where(&self, wanted: impl Fn(&str) -> bool) -> String {
        let mut chosen = BTreeSet::new();
        for (index, disclosure) in self.disclosures.iter().enumerate() {
            let mut next = wanted(&disclosure.path).then_some(index);
            while let Some(index) = next.filter(|index| chosen.insert(*index)) {
                next = self.disclosures.get(index).and_then(|disclosure| disclosure.parent);
            }
        }
        self.with(&chosen)
    }

    /// The signed part alone: two presentations with the same one show parts of the same.
    #[must_use]
    pub fn signed_part(&self) -> &str {
        &self.token.compact
    }

    /// The claims as they were signed, with their hashes.
    #[must_use]
    pub fn signed_claims(&self) -> &Map<String, Value> {
        &self.token.payload
    }

    fn with(&self, chosen: &BTreeSet<usize>) -> String {
        let mut text = format!("{}~", self.token.compact);
        for disclosure in chosen.iter().filter_map(|index| self.disclosures.get(*index)) {
            text.push_str(&disclosure.encoded);
            text.push('~');
        }
        text
    }

    /// The text without key binding: what its `sd_hash` is of.
    pub(super) fn unbound(&self) -> String {
        let mut text = format!("{}~", self.token.compact);
        for disclosure in &self.disclosures {
            text.push_str(&disclosure.encoded);
            text.push('~');
        }
        text
    }
}

impl Walk<'_> {
    fn object(
        &mut self,
        object: &Map<String, Value>,
        path: &str,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<Map<String, Value>, CredentialError> {
        if depth > MAX_DEPTH {
            return Err(CredentialError::Malformed { part: "depth" });
        }
        let mut open = Map::new();
        for (name, value) in object {
            match name.as_str() {
                HASHES => {}
                ALGORITHM if depth == 0 => {}
                ELEMENT => return Err(CredentialError::Malformed { part: ELEMENT }),
                _ => {
                    let value = self.value(value, &pointer(path, name), parent, depth + 1)?;
                    open.insert(name.clone(), value);
                }
            }
        }
        let hashes = match object.get(HASHES) {
            None => &[][..],
            Some(Value::Array(hashes)) => hashes.as_slice(),
            Some(_) => return Err(CredentialError::Malformed { part: HASHES }),
        };
        for hash in hashes {
            let hash = hash.as_str().ok_or(CredentialError::Malformed { part: HASHES })?;
            let Some((index, disclosure)) = self.take(hash)? else {
                continue;
            };
            let name = disclosure.name.ok_or(CredentialError::ForeignDisclosure)?;
            if open.contains_key(&name) || object.contains_key(&name) || name == HASHES || name == ELEMENT {
                return Err(CredentialError::BadDisclosureName);
            }
            let path = pointer(path, &name);
            let value = self.disclosed(index, disclosure.value, path, parent, depth)?;
            open.insert(name, value);
        }
        Ok(open)
    }

    fn value(
        &mut self,
        value: &Value,
        path: &str,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<Value, CredentialError> {
        match value {
            Value::Object(object) => self.object(object, path, parent, depth).map(Value::Object),
            Value::Array(elements) => {
                let mut open = Vec::new();
                for (place, element) in elements.iter().enumerate() {
                    let path = pointer(path, &place.to_string());
                    match element.get(ELEMENT) {
                        None => open.push(self.value(element, &path, parent, depth + 1)?),
                        Some(hash) => {
                            let alone = element.as_object().is_some_and(|element| element.len() == 1);
                            let hash = hash.as_str().filter(|_| alone);
                            let hash = hash.ok_or(CredentialError::Malformed { part: ELEMENT })?;
                            let Some((index, disclosure)) = self.take(hash)? else {
                                continue;
                            };
                            if disclosure.name.is_some() {
                                return Err(CredentialError::ForeignDisclosure);
                            }
                            open.push(self.disclosed(index, disclosure.value, path, parent, depth)?);
                        }
                    }
                }
                Ok(Value::Array(open))
            }
            plain => Ok(plain.clone()),
        }
    }

    /// The disclosure of a hash that was met, if it is there.
    fn take(&mut self, hash: &str) -> Result<Option<(usize, Disclosure)>, CredentialError> {
        if !self.met.insert(hash.to_owned()) {
            return Err(CredentialError::ForeignDisclosure);
        }
        let index = self.by_hash.get(hash).copied();
        Ok(index.and_then(|index| Some((index, self.disclosures.get(index)?.clone()))))
    }

    /// The value of a disclosure with what is disclosed within it.
    fn disclosed(
        &mut self,
        index: usize,
        value: Value,
        path: String,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<Value, CredentialError> {
        self.used = self.used.saturating_add(1);
        let own = self.value(&value, &path, Some(index), depth + 1)?;
        if let Some(disclosure) = self.disclosures.get_mut(index) {
            disclosure.value = without_hashes(&value);
            disclosure.path = path;
            disclosure.parent = parent;
        }
        Ok(own)
    }
}

/// `[salt, name, value]` or `[salt, value]` in base64url (sections 4.2.1 and 4.2.2).
fn disclosure(encoded: &str) -> Result<Disclosure, CredentialError> {
    let malformed = CredentialError::Malformed { part: "disclosure" };
    let Value::Array(parts) = json(&from_base64url(encoded, "disclosure")?, "disclosure")? else {
        return Err(malformed);
    };
    let (name, value) = match parts.as_slice() {
        [Value::String(_), value] => (None, value),
        [Value::String(_), Value::String(name), value] => (Some(name.clone()), value),
        _ => return Err(malformed),
    };
    Ok(Disclosure {
        encoded: encoded.to_owned(),
        name,
        value: value.clone(),
        path: String::new(),
        parent: None,
    })
}

fn without_hashes(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .iter()
                .filter(|(name, _)| *name != HASHES)
                .map(|(name, value)| (name.clone(), without_hashes(value)))
                .collect(),
        ),
        Value::Array(elements) => Value::Array(
            elements
                .iter()
                .filter(|element| element.get(ELEMENT).is_none())
                .map(without_hashes)
                .collect(),
        ),
        plain => plain.clone(),
    }
}

/// The hash of a disclosure, or of a whole presentation.
pub(super) fn hash(text: &str) -> String {
    to_base64url(sha256(text.as_bytes()))
}

/// RFC 6901, section 4.
fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}
