//! SD-JWT VC (draft-ietf-oauth-sd-jwt-vc): an SD-JWT whose claims are a credential, checked against its issuer's key, and
//! shown in part with a key binding that says for whom, for what question and which selection it is (RFC 9901, section 4.3).

use serde_json::{Map, Value, json};

use super::encoding::{optional_text, seconds, text};
use super::jwk::PublicKey;
use super::jws::Jws;
use super::sd_jwt::{SdJwt, hash};
use super::status::StatusRef;
use super::{CLOCK_SKEW_SECONDS, CredentialError};
use crate::did::{DidKey, SigningKey};
use crate::time::Timestamp;

/// `typ` of a credential; the second is that of drafts before 2025.
pub(super) const TYPES: [&str; 2] = ["dc+sd-jwt", "vc+sd-jwt"];
const KEY_BINDING_TYPE: &str = "kb+jwt";
/// Claims that must be signed openly (section 3.2.2.2).
const OPEN: [&str; 6] = ["iss", "nbf", "exp", "cnf", "vct", "status"];

/// A credential as it was read. What it says is believed after [`SdJwtVc::verify`].
#[derive(Clone, Debug, PartialEq)]
pub struct SdJwtVc {
    sd_jwt: SdJwt,
    issuer: String,
    credential_type: String,
    not_before: Option<i64>,
    expires: Option<i64>,
    issued: Option<i64>,
    holder: Option<PublicKey>,
    status: Option<StatusRef>,
}

/// What a verifier asked for, and how old the answer may be.
#[derive(Clone, Copy, Debug)]
pub struct KeyBinding<'a> {
    /// Who asks (`aud`).
    pub audience: &'a str,
    /// The question's own random text (`nonce`).
    pub nonce: &'a str,
    /// The oldest answer, in seconds.
    pub max_age_seconds: i64,
}

impl SdJwtVc {
    /// Reads a credential or a presentation of one.
    ///
    /// # Errors
    /// [`CredentialError`] names the first thing that was wrong.
    pub fn parse(text_form: &str) -> Result<Self, CredentialError> {
        let sd_jwt = SdJwt::parse(text_form.trim())?;
        if !TYPES.contains(&sd_jwt.token.typ()?) {
            return Err(CredentialError::WrongType { expected: "dc+sd-jwt" });
        }
        if !sd_jwt.are_open(&OPEN) {
            return Err(CredentialError::BadDisclosureName);
        }
        let claims = sd_jwt.claims();
        if claims.get("iss").is_none() && sd_jwt.token.header.contains_key("x5c") {
            return Err(CredentialError::Unsupported { what: "x5c" });
        }
        let holder = match claims.get("cnf") {
            None => None,
            Some(cnf) => match cnf.get("jwk").and_then(Value::as_object) {
                Some(jwk) => Some(PublicKey::from_jwk(jwk)?),
                None => return Err(CredentialError::Unsupported { what: "cnf" }),
            },
        };
        Ok(Self {
            issuer: text(claims, "iss")?.to_owned(),
            credential_type: text(claims, "vct")?.to_owned(),
            not_before: seconds(claims, "nbf")?,
            expires: seconds(claims, "exp")?,
            issued: seconds(claims, "iat")?,
            holder,
            status: StatusRef::from_claims(claims)?,
            sd_jwt,
        })
    }

    /// Who issued it (`iss`).
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The name of the issuer's key (`kid`), if it says one.
    ///
    /// # Errors
    /// [`CredentialError::Malformed`].
    pub fn key_id(&self) -> Result<Option<&str>, CredentialError> {
        optional_text(&self.sd_jwt.token.header, "kid")
    }

    /// Whether it brings its issuer's certificate (`x5c`), which is not looked at here.
    pub fn has_certificate(&self) -> bool {
        self.sd_jwt.token.header.contains_key("x5c")
    }

    /// What kind of credential it is (`vct`).
    pub fn credential_type(&self) -> &str {
        &self.credential_type
    }

    /// When it was issued (`iat`), if it says so.
    pub fn issued(&self) -> Option<Timestamp> {
        self.issued.map(Timestamp::from_secs)
    }

    /// Until when it is valid (`exp`), if it ends.
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires.map(Timestamp::from_secs)
    }

    /// The key that it is bound to (`cnf`), if it is to one.
    pub fn holder(&self) -> Option<&PublicKey> {
        self.holder.as_ref()
    }

    /// Where its status is kept, if it can be revoked.
    pub fn status(&self) -> Option<&StatusRef> {
        self.status.as_ref()
    }

    /// Claims, disclosures and selections.
    pub fn sd_jwt(&self) -> &SdJwt {
        &self.sd_jwt
    }

    /// Checks the issuer's signature, and that the credential is valid at this time.
    ///
    /// # Errors
    /// [`CredentialError::BadSignature`], [`CredentialError::NotYetValid`], [`CredentialError::Expired`].
    pub fn verify(&self, issuer_key: &PublicKey, now: Timestamp) -> Result<(), CredentialError> {
        self.sd_jwt.token.verify(issuer_key)?;
        check_times(self.not_before.max(self.issued), self.expires, now)
    }

    /// Shows the claims at these paths, and no others that are hidden, to one verifier. The holder's key must be the one
    /// that the credential is bound to; a credential bound to none is shown without key binding.
    ///
    /// # Errors
    /// [`CredentialError::NotHolder`], [`CredentialError::NoSuchClaim`].
    pub fn present(
        &self,
        paths: &[&str],
        audience: &str,
        nonce: &str,
        holder: &SigningKey,
        now: Timestamp,
    ) -> Result<String, CredentialError> {
        self.bind(self.sd_jwt.select(paths)?, audience, nonce, holder, now)
    }

    /// [`SdJwtVc::present`] with the claims whose path is wanted, for choices out of very many.
    ///
    /// # Errors
    /// [`CredentialError::NotHolder`].
    pub fn present_where(
        &self,
        wanted: impl Fn(&str) -> bool,
        audience: &str,
        nonce: &str,
        holder: &SigningKey,
        now: Timestamp,
    ) -> Result<String, CredentialError> {
        self.bind(self.sd_jwt.select_where(wanted), audience, nonce, holder, now)
    }

    fn bind(
        &self,
        selected: String,
        audience: &str,
        nonce: &str,
        holder: &SigningKey,
        now: Timestamp,
    ) -> Result<String, CredentialError> {
        let Some(bound) = &self.holder else {
            return Ok(selected);
        };
        if *bound != PublicKey::Ed25519(holder.did()) {
            return Err(CredentialError::NotHolder);
        }
        let mut payload = Map::new();
        payload.insert("iat".to_owned(), now.secs().into());
        payload.insert("aud".to_owned(), audience.into());
        payload.insert("nonce".to_owned(), nonce.into());
        payload.insert("sd_hash".to_owned(), hash(&selected).into());
        let binding = Jws::sign(KEY_BINDING_TYPE, &payload, holder)?;
        Ok(format!("{selected}{binding}"))
    }

    /// Checks the key binding of a presentation (RFC 9901, section 7.3); [`SdJwtVc::verify`] checks the rest. A credential
    /// that is bound to no key passes only when `binding` is `None`.
    ///
    /// # Errors
    /// [`CredentialError::BadKeyBinding`], [`CredentialError::BadSignature`].
    pub fn verify_key_binding(&self, binding: Option<KeyBinding<'_>>, now: Timestamp) -> Result<(), CredentialError> {
        let bad = |part| CredentialError::BadKeyBinding { part };
        let (Some(expected), Some(holder), Some(token)) = (binding, &self.holder, &self.sd_jwt.key_binding) else {
            return match (binding, &self.sd_jwt.key_binding) {
                (None, None) => Ok(()),
                _ => Err(bad("missing")),
            };
        };
        if token.typ()? != KEY_BINDING_TYPE {
            return Err(CredentialError::WrongType {
                expected: KEY_BINDING_TYPE,
            });
        }
        token.verify(holder)?;
        if text(&token.payload, "aud")? != expected.audience {
            return Err(bad("audience"));
        }
        if text(&token.payload, "nonce")? != expected.nonce {
            return Err(bad("nonce"));
        }
        if text(&token.payload, "sd_hash")? != hash(&self.sd_jwt.unbound()) {
            return Err(bad("selection"));
        }
        let made = seconds(&token.payload, "iat")?.ok_or(bad("time"))?;
        let age = now.secs().saturating_sub(made);
        if age > expected.max_age_seconds || age < -CLOCK_SKEW_SECONDS {
            return Err(bad("time"));
        }
        Ok(())
    }

    /// The `cnf` claim that binds a credential to this key, for whoever issues one.
    pub fn confirmation(holder: &DidKey) -> Value {
        json!({"jwk": PublicKey::Ed25519(*holder).to_jwk()})
    }
}

/// Whether now lies between these seconds, each if it is there.
pub(super) fn check_times(from: Option<i64>, until: Option<i64>, now: Timestamp) -> Result<(), CredentialError> {
    if from.is_some_and(|from| now.secs().saturating_add(CLOCK_SKEW_SECONDS) < from) {
        return Err(CredentialError::NotYetValid);
    }
    if until.is_some_and(|until| until <= now.secs()) {
        return Err(CredentialError::Expired);
    }
    Ok(())
}
