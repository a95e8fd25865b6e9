//! Credentials that others issue about a person: SD-JWT VC (RFC 9901 and draft-ietf-oauth-sd-jwt-vc) and W3C Verifiable
//! Credentials 2.0 with `eddsa-jcs-2022`; how they are checked, shown in part, and whether they were revoked.
//!
//! Nothing here fetches: what has to be asked of others comes back as an address ([`IssuerKeySource`], [`StatusRef`]), and
//! the bytes that were fetched go into a pure function. Signatures are EdDSA (Ed25519) and ES256, both by `ring`. Not done:
//! issuer keys by `x5c`, and by other DID methods than `did:key` (Ed25519), `did:jwk` and `did:web`.

mod encoding;
mod error;
mod issuer;
mod jwk;
mod jws;
mod sd_jwt;
mod sd_jwt_issue;
mod sd_jwt_vc;
mod status;
mod w3c;

pub use error::CredentialError;
pub use issuer::{
    IssuerKeySource, key_from_did_document, key_from_issuer_metadata, key_from_jwks, key_source, keys_address,
};
pub use jwk::PublicKey;
pub use sd_jwt::{Disclosable, SdJwt};
pub use sd_jwt_issue::{Selective, issue_sd_jwt_vc};
pub use sd_jwt_vc::{KeyBinding, SdJwtVc};
pub use status::{
    CredentialStatus, StatusRef, StatusType, bitstring_status, status_list_credential_issuer, status_token_key_id,
    token_status,
};
pub use w3c::W3cCredential;

/// Longest credential or status list token that is read, in bytes: 4 MiB.
pub const MAX_CREDENTIAL_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting of a credential.
const MAX_DEPTH: usize = 32;
/// How far clocks may differ, in seconds, where a time must not lie in the future.
const CLOCK_SKEW_SECONDS: i64 = 300;
