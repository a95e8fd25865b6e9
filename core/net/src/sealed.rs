//! Letters that only one receiver can open, under a key that names nobody (NIP-59 gift wraps with NIP-44 encryption).
//!
//! A rumor (unsigned) lies in a seal (kind 13, signed by the sender) in a wrap (kind 1059, signed by a one-time key). The
//! rumor is unsigned, so the sender can deny it to third parties; the seal proves it to the receiver. Opening costs the
//! cryptography and little else: sizes are checked before anything is decrypted, and each signature is checked once.

use nostr_sdk::nips::nip44::{self, Version};
use nostr_sdk::nips::nip59::RANGE_RANDOM_TIMESTAMP_TWEAK;
use nostr_sdk::{Event, EventBuilder, JsonUtil, Keys, Kind, PublicKey, Tag, Timestamp, UnsignedEvent};

use crate::verified::{EventFault, VerifiedEvent};

/// Largest ciphertext of a wrap, in base64 characters: what NIP-44 makes of its largest plaintext (64 KiB - 1).
pub const MAX_WRAP_CHARS: usize = 87_472;
/// Largest JSON text that can be sealed at all. Text with many quotation marks fits less, because it is escaped; then
/// [`SealedError::TooLarge`] says so.
pub const MAX_LETTER_BYTES: usize = 40 * 1024;

/// An opened letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// Who sealed it, by the seal's signature.
    pub sender: PublicKey,
    /// The rumor's kind.
    pub kind: u16,
    /// The rumor's content.
    pub json: String,
    /// When the sender says it was written (seconds of the rumor, not of the wrap, which is random).
    pub created_at: Timestamp,
}

/// `Debug` shows neither sender nor content.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("kind", &self.kind)
            .field("bytes", &self.json.len())
            .finish_non_exhaustive()
    }
}

/// Why a letter was not sealed or not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedError {
    /// Not a kind 1059 event.
    #[error("not a gift wrap")]
    NotAWrap,
    /// Larger than NIP-44 can hold.
    #[error("the letter is too large to be sealed or opened")]
    TooLarge,
    /// The wrap's own id or signature is false.
    #[error("the wrap is forged: {0}")]
    ForgedWrap(EventFault),
    /// Not for this receiver, or changed on the way: the message authentication failed.
    #[error("the wrap was not sealed for this key, or was changed")]
    NotForUs,
    /// What was inside the wrap is not a seal (kind 13 without tags).
    #[error("there is no seal inside the wrap")]
    NotASeal,
    /// The seal's id or signature is false.
    #[error("the seal is forged: {0}")]
    ForgedSeal(EventFault),
    /// The seal's content does not open with the sender's key.
    #[error("the seal does not open")]
    BrokenSeal,
    /// What was inside the seal is not an event.
    #[error("there is no message inside the seal")]
    NotARumor,
    /// The message claims another author than the seal's signer (NIP-59: must be refused).
    #[error("the message names another author than the one who sealed it")]
    AnothersName,
    /// The message's id is not the hash of its content.
    #[error("the message's id is not the hash of its content")]
    BadRumorId,
    /// The expiration is not in the future.
    #[error("the letter would expire before it is sent")]
    AlreadyExpired,
    /// Encryption or signing failed.
    #[error("the letter could not be sealed")]
    NotSealed,
}

impl SealedError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAWrap => "not_a_wrap",
            Self::TooLarge => "letter_too_large",
            Self::ForgedWrap(_) => "forged_wrap",
            Self::NotForUs => "not_for_us",
            Self::NotASeal => "not_a_seal",
            Self::ForgedSeal(_) => "forged_seal",
            Self::BrokenSeal => "broken_seal",
            Self::NotARumor => "not_a_rumor",
            Self::AnothersName => "anothers_name",
            Self::BadRumorId => "bad_rumor_id",
            Self::AlreadyExpired => "already_expired",
            Self::NotSealed => "not_sealed",
        }
    }
}

/// Seals `json` from `sender` to `receiver` as a rumor of `kind`, wrapped under a fresh one-time key.
///
/// Seal and wrap carry times that are random within the past two days (NIP-59), each its own; only the rumor carries the
/// true one. `expiration` asks relays to forget the wrap then (NIP-40).
pub fn seal_to(
    receiver: &PublicKey,
    sender: &Keys,
    kind: u16,
    json: &str,
    expiration: Option<Timestamp>,
) -> Result<Event, SealedError> {
    if json.len() > MAX_LETTER_BYTES {
        return Err(SealedError::TooLarge);
    }
    let now = Timestamp::now();
    if expiration.is_some_and(|expiration| expiration <= now) {
        return Err(SealedError::AlreadyExpired);
    }
    let mut rumor = UnsignedEvent::new(sender.public_key(), now, Kind::from(kind), [], json);
    rumor.ensure_id();
    let seal = EventBuilder::new(Kind::Seal, encrypt(sender, receiver, &rumor.as_json())?)
        .custom_created_at(Timestamp::tweaked(RANGE_RANDOM_TIMESTAMP_TWEAK))
        .sign_with_keys(sender)
        .map_err(|_| SealedError::NotSealed)?;

    let once = Keys::generate();
    let mut wrap = EventBuilder::new(Kind::GiftWrap, encrypt(&once, receiver, &seal.as_json())?)
        .tag(Tag::public_key(*receiver))
        .custom_created_at(Timestamp::tweaked(RANGE_RANDOM_TIMESTAMP_TWEAK));
    if let Some(expiration) = expiration {
        wrap = wrap.tag(Tag::expiration(expiration));
    }
    wrap.sign_with_keys(&once).map_err(|_| SealedError::NotSealed)
}

/// Opens a wrap from anywhere: checks the wrap's id and signature, then everything that [`open_verified`] checks.
pub fn open(receiver: &Keys, wrap: &Event) -> Result<Opened, SealedError> {
    check_form(wrap)?;
    let verified = VerifiedEvent::check(wrap.clone()).map_err(SealedError::ForgedWrap)?;
    open_verified(receiver, &verified)
}

/// Opens a wrap whose own signature was checked already, as the bus does: checks size, kind, decryption, the seal's
/// signature and that the rumor names the seal's signer.
pub fn open_verified(receiver: &Keys, wrap: &VerifiedEvent) -> Result<Opened, SealedError> {
    check_form(wrap)?;
    let seal = decrypt(receiver, &wrap.pubkey, &wrap.content).ok_or(SealedError::NotForUs)?;
    let seal = Event::from_json(seal).map_err(|_| SealedError::NotASeal)?;
    // NIP-59: "tags MUST always be empty" in a seal: whatever stands there would be unexplained.
    if seal.kind != Kind::Seal || !seal.tags.is_empty() {
        return Err(SealedError::NotASeal);
    }
    let seal = VerifiedEvent::check(seal).map_err(SealedError::ForgedSeal)?;
    let rumor = decrypt(receiver, &seal.pubkey, &seal.content).ok_or(SealedError::BrokenSeal)?;
    let rumor = UnsignedEvent::from_json(rumor).map_err(|_| SealedError::NotARumor)?;
    if rumor.pubkey != seal.pubkey {
        return Err(SealedError::AnothersName);
    }
    rumor.verify_id().map_err(|_| SealedError::BadRumorId)?;
    Ok(Opened {
        sender: seal.pubkey,
        kind: rumor.kind.as_u16(),
        json: rumor.content,
        created_at: rumor.created_at,
    })
}

/// What can be said before any cryptography.
fn check_form(wrap: &Event) -> Result<(), SealedError> {
    if wrap.kind != Kind::GiftWrap {
        return Err(SealedError::NotAWrap);
    }
    if wrap.content.len() > MAX_WRAP_CHARS {
        return Err(SealedError::TooLarge);
    }
    Ok(())
}

fn encrypt(from: &Keys, to: &PublicKey, text: &str) -> Result<String, SealedError> {
    // NIP-44 section "limitations": plaintext of 1 to 65,535 bytes.
    if text.len() > usize::from(u16::MAX) {
        return Err(SealedError::TooLarge);
    }
    nip44::encrypt(from.secret_key(), to, text, Version::V2).map_err(|_| SealedError::NotSealed)
}

fn decrypt(receiver: &Keys, from: &PublicKey, payload: &str) -> Option<String> {
    nip44::decrypt(receiver.secret_key(), from, payload).ok()
}
