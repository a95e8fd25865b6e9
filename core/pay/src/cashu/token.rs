//! Tokens from outside (NUT-00), their locks (NUT-11), and who spent them (NUT-07): read within limits, checked against
//! the key that should open them.

use std::collections::BTreeSet;
use std::str::FromStr;

use cdk_common::bitcoin::secp256k1::schnorr::Signature;
use cdk_common::dhke::hash_to_curve;
use cdk_common::nuts::{ProofState, PublicKey, SecretKey, SigFlag, SpendingConditions, State, Token};
use cdk_common::secret::Secret;
use serde::Serialize;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::secret::Secret32;

use super::error::CashuError;

/// Longest token that is read, in bytes of text.
pub const MAX_TOKEN_BYTES: usize = 128 * 1024;
/// Most proofs a token may have.
pub const MAX_TOKEN_PROOFS: usize = 256;

/// A secret key of secp256k1 from 32 bytes.
pub(super) fn secret_key(bytes: &Secret32) -> Result<SecretKey, CashuError> {
    SecretKey::from_slice(bytes.expose()).map_err(|_| CashuError::BadKey)
}

/// The compressed public key, in hex, to which tokens are locked for the holder of `key` (NUT-11).
///
/// # Errors
/// [`CashuError::BadKey`] for the few values that are no key of secp256k1.
pub fn p2pk_public_key(key: &Secret32) -> Result<String, CashuError> {
    Ok(secret_key(key)?.public_key().to_hex())
}

/// A public key as it stands on a desk card.
pub(super) fn public_key(hex: &str) -> Result<PublicKey, CashuError> {
    // NUT-11 wants the compressed form; the uncompressed would parse too.
    if hex.len() == 66 {
        PublicKey::from_hex(hex).map_err(|_| CashuError::BadKey)
    } else {
        Err(CashuError::BadKey)
    }
}

/// Reads a token's text.
pub(super) fn parse(text: &str) -> Result<Token, CashuError> {
    if text.len() > MAX_TOKEN_BYTES {
        return Err(CashuError::BadToken);
    }
    let token = Token::from_str(text).map_err(|_| CashuError::BadToken)?;
    let secrets = token.token_secrets();
    if secrets.is_empty() || secrets.len() > MAX_TOKEN_PROOFS {
        return Err(CashuError::BadToken);
    }
    let distinct: BTreeSet<&[u8]> = secrets.iter().map(|secret| secret.as_bytes()).collect();
    if distinct.len() == secrets.len() {
        Ok(token)
    } else {
        Err(CashuError::BadToken)
    }
}

/// The name of a token that does not depend on how it is written: the hash over its proofs' sorted `Y`s.
pub(super) fn token_id(token: &Token) -> Result<String, CashuError> {
    let mut points: Vec<String> = locks(token)?.into_iter().map(|lock| lock.y.to_hex()).collect();
    points.sort_unstable();
    Ok(sha256_hex(points.join(",").as_bytes()))
}

/// What a token says about itself, before any mint is asked: whether it is real, the mint says when it is redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// Its name, however it is written: the hash over its proofs' sorted `Y`s.
    pub id: String,
    /// The mint's address in the form of [`super::CashuWallet::mint_url`].
    pub mint_url: String,
    /// The unit, as NUT-00 names it; `sat` when the token names none.
    pub unit: String,
    /// What its proofs claim to be worth, in minor units, before any fee.
    pub face_minor: i64,
}

/// Reads a token's text.
///
/// # Errors
/// [`CashuError::BadToken`].
pub fn token_facts(text: &str) -> Result<TokenFacts, CashuError> {
    let token = parse(text)?;
    Ok(TokenFacts {
        id: token_id(&token)?,
        mint_url: token.mint_url().map_err(|_| CashuError::BadToken)?.to_string(),
        unit: token.unit().map_or_else(|| "sat".to_owned(), |unit| unit.to_string()),
        face_minor: super::wallet::minor(token.value().map_err(|_| CashuError::BadToken)?)?,
    })
}

/// How one proof of a token is locked.
pub(super) struct ProofLock {
    pub y: PublicKey,
    pub secret: Secret,
    pub conditions: Option<SpendingConditions>,
}

/// How each proof of a token is locked, in the token's order.
pub(super) fn locks(token: &Token) -> Result<Vec<ProofLock>, CashuError> {
    token
        .token_secrets()
        .into_iter()
        .map(|secret| {
            Ok(ProofLock {
                y: hash_to_curve(secret.as_bytes()).map_err(|_| CashuError::BadToken)?,
                secret: secret.clone(),
                conditions: SpendingConditions::try_from(secret).ok(),
            })
        })
        .collect()
}

/// Whether one signature by `key` opens these conditions, whatever the time.
pub(super) fn opens_alone(conditions: Option<&SpendingConditions>, key: &PublicKey) -> bool {
    let Some(SpendingConditions::P2PKConditions { data, conditions }) = conditions else {
        return false;
    };
    let one_signature = conditions
        .as_ref()
        .is_none_or(|tags| tags.num_sigs.unwrap_or(1) == 1 && tags.sig_flag == SigFlag::SigInputs);
    one_signature && data.x_only_public_key() == key.x_only_public_key()
}

/// Who a spent proof went to, by the signature that the mint shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spender {
    Payee,
    Refund,
    Unproven,
}

fn spender(lock: &ProofLock, state: &ProofState) -> Spender {
    let Some(SpendingConditions::P2PKConditions { data, conditions }) = &lock.conditions else {
        return Spender::Unproven;
    };
    let signatures: Vec<Signature> = state
        .witness
        .as_ref()
        .and_then(|witness| witness.signatures())
        .unwrap_or_default()
        .iter()
        .filter_map(|text| Signature::from_str(text).ok())
        .collect();
    let signed_by = |key: &PublicKey| {
        signatures
            .iter()
            .any(|signature| key.verify(lock.secret.as_bytes(), signature).is_ok())
    };
    let refund_keys = conditions
        .as_ref()
        .and_then(|tags| tags.refund_keys.clone())
        .unwrap_or_default();
    if signed_by(data) {
        Spender::Payee
    } else if refund_keys.iter().any(signed_by) {
        Spender::Refund
    } else {
        Spender::Unproven
    }
}

/// Where the money of a token is, in minor units of its face value; the parts add up to the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenState {
    /// Not spent.
    pub unspent_minor: i64,
    /// Being spent.
    pub pending_minor: i64,
    /// Spent with the payee's signature.
    pub payee_minor: i64,
    /// Spent with a refund key's signature.
    pub refund_minor: i64,
    /// The mint says spent and shows no signature that proves by whom.
    pub unproven_minor: i64,
    /// What the mint showed, as JSON: each proof's `Y`, state and witness. Holds no secret that spends anything.
    pub evidence: String,
}

#[derive(Serialize)]
struct Evidence<'a> {
    nut07: &'a [ProofState],
}

impl TokenState {
    /// Judges the mint's answer about a token. `amounts` and `states` belong to `locks` in this order.
    pub(super) fn judge(locks: &[ProofLock], amounts_minor: &[i64], states: &[ProofState]) -> Result<Self, CashuError> {
        let mut judged = Self {
            evidence: serde_json::to_string(&Evidence { nut07: states }).map_err(|_| CashuError::Internal {
                what: "a mint's states as JSON",
            })?,
            ..Self::default()
        };
        for ((lock, amount_minor), state) in locks.iter().zip(amounts_minor).zip(states) {
            let part = match state.state {
                State::Unspent => &mut judged.unspent_minor,
                State::Spent => match spender(lock, state) {
                    Spender::Payee => &mut judged.payee_minor,
                    Spender::Refund => &mut judged.refund_minor,
                    Spender::Unproven => &mut judged.unproven_minor,
                },
                State::Pending | State::Reserved | State::PendingSpent => &mut judged.pending_minor,
            };
            *part = part.saturating_add(*amount_minor);
        }
        Ok(judged)
    }

    /// Whether the payee has all of it, proven by its signatures.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.payee_minor > 0
            && self.unspent_minor == 0
            && self.pending_minor == 0
            && self.refund_minor == 0
            && self.unproven_minor == 0
    }

    /// Whether all of it can still be spent.
    #[must_use]
    pub fn is_unspent(&self) -> bool {
        self.unspent_minor > 0
            && self.payee_minor == 0
            && self.pending_minor == 0
            && self.refund_minor == 0
            && self.unproven_minor == 0
    }
}
