//! What a desk must know of a token before it asks any mint: where it is from, in which unit, and a name for it that
//! does not depend on how it is written. Whether it is locked to the desk, and real, `pay` says when it redeems.

use std::str::FromStr;

use cdk_common::nuts::Token;
use tekram_pay::cashu::{CashuError, MAX_TOKEN_BYTES, MAX_TOKEN_PROOFS};
use tekram_primitives::canonical::sha256_hex;

/// A token as far as it is read here (NUT-00).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    /// Hash over its proofs' sorted secrets: one token, one name, however it is encoded.
    pub id: String,
    /// The mint's address in its normal form.
    pub mint: String,
    /// The unit; `sat` when the token names none.
    pub unit: String,
}

/// Reads a token's text.
///
/// # Errors
/// [`CashuError::BadToken`].
pub(crate) fn read(text: &str) -> Result<TokenFacts, CashuError> {
    if text.len() > MAX_TOKEN_BYTES {
        return Err(CashuError::BadToken);
    }
    let token = Token::from_str(text).map_err(|_| CashuError::BadToken)?;
    let mut secrets: Vec<String> = token
        .token_secrets()
        .into_iter()
        .map(|secret| sha256_hex(secret.as_bytes()))
        .collect();
    secrets.sort_unstable();
    secrets.dedup();
    if secrets.is_empty() || secrets.len() > MAX_TOKEN_PROOFS {
        return Err(CashuError::BadToken);
    }
    Ok(TokenFacts {
        id: sha256_hex(secrets.join(",").as_bytes()),
        mint: token.mint_url().map_err(|_| CashuError::BadToken)?.to_string(),
        unit: token.unit().map_or_else(|| "sat".to_owned(), |unit| unit.to_string()),
    })
}
