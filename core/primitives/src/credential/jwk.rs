//! Public keys of issuers and holders: Ed25519 (RFC 8037) and P-256 (RFC 7518, section 6.2), from JWKs, `did:key` and
//! `did:jwk`.

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Map, Value, json};

use super::CredentialError;
use super::encoding::{from_base64url, object, text, to_base64url};
use crate::did::DidKey;

/// A key that checks signatures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicKey {
    /// Ed25519 (`OKP`, `EdDSA`).
    Ed25519(DidKey),
    /// P-256 (`EC`, `ES256`): an uncompressed point.
    P256([u8; 65]),
}

impl PublicKey {
    /// The key of a JWK (RFC 7517). Fails with `not_a_credential` and `credential_unsupported`.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, CredentialError> {
        let coordinate = |member: &'static str| {
            <[u8; 32]>::try_from(from_base64url(text(jwk, member)?, member)?)
                .map_err(|_| CredentialError::Malformed { part: member })
        };
        match (text(jwk, "kty")?, text(jwk, "crv")?) {
            ("OKP", "Ed25519") => Ok(Self::Ed25519(DidKey::from_public(coordinate("x")?))),
            ("EC", "P-256") => {
                let mut point = [4; 65];
                let coordinates = coordinate("x")?.into_iter().chain(coordinate("y")?);
                for (to, from) in point.iter_mut().skip(1).zip(coordinates) {
                    *to = from;
                }
                Ok(Self::P256(point))
            }
            _ => Err(CredentialError::Unsupported { what: "the key's type" }),
        }
    }

    /// The key as a JWK with its required members only.
    pub fn to_jwk(&self) -> Value {
        match self {
            Self::Ed25519(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": to_base64url(key.public())}),
            Self::P256(point) => {
                let (x, y) = point.split_at(33);
                let x = x.get(1..).unwrap_or_default();
                json!({"kty": "EC", "crv": "P-256", "x": to_base64url(x), "y": to_base64url(y)})
            }
        }
    }

    /// The key that a `did:key` or `did:jwk` is; `None` for another name.
    ///
    /// # Errors
    /// [`CredentialError`] when it is one and cannot be used.
    pub fn from_did(did: &str) -> Result<Option<Self>, CredentialError> {
        if let Some(jwk) = did.strip_prefix("did:jwk:") {
            let jwk = object(&from_base64url(jwk, "did:jwk")?, "did:jwk")?;
            return Self::from_jwk(&jwk).map(Some);
        }
        if did.starts_with("did:key:") {
            return Ok(Some(Self::Ed25519(did.parse()?)));
        }
        Ok(None)
    }

    /// The `alg` of this key's signatures (RFC 7518; `EdDSA` by RFC 8037, `Ed25519` by RFC 9864).
    pub(super) fn fits(&self, algorithm: &str) -> bool {
        match self {
            Self::Ed25519(_) => matches!(algorithm, "EdDSA" | "Ed25519"),
            Self::P256(_) => algorithm == "ES256",
        }
    }

    /// Checks a signature as JOSE writes it.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), CredentialError> {
        match self {
            Self::Ed25519(key) => Ok(key
                .verify(message, signature)
                .map_err(|_| CredentialError::BadSignature)?),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .map_err(|_| CredentialError::BadSignature),
        }
    }
}
