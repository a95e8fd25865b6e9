//! Proof of work on events (NIP-13): spam is priced, not identified.
//!
//! The start nonce is random, so that two events mined by one person do not look alike, and the committed difficulty is
//! what counts: work that was found by luck above it is not credited.

use std::ops::ControlFlow;

use nostr_sdk::{Event, EventId, Tag, TagKind, UnsignedEvent};
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom, SystemRandom};

/// Tries between two calls of the progress callback.
pub const TRIES_PER_STEP: u64 = 1 << 16;
/// Most bits that can be asked for; more is beyond any phone.
pub const MAX_BITS: u8 = 40;

/// Why no work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PowError {
    /// The callback said stop.
    #[error("the work was cancelled")]
    Cancelled,
    /// More than [`MAX_BITS`].
    #[error("a difficulty of {bits} bits is beyond {MAX_BITS}")]
    TooHard {
        /// The bits asked for.
        bits: u8,
    },
    /// The event cannot be written as JSON, or the system has no randomness.
    #[error("the event cannot be mined")]
    Unminable,
}

impl PowError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::TooHard { .. } => "pow_too_hard",
            Self::Unminable => "pow_unminable",
        }
    }
}

/// Mines `event` until its id has at least `bits` leading zero bits, and returns it with its `nonce` tag (last) and id.
///
/// A new nonce tag replaces old ones. `progress` hears the number of tries so far every [`TRIES_PER_STEP`] and stops the
/// work by breaking. Expected tries: 2^`bits`. This computes; call it where computing is fine (`spawn_blocking`).
pub fn mine(
    mut event: UnsignedEvent,
    bits: u8,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<UnsignedEvent, PowError> {
    if bits > MAX_BITS {
        return Err(PowError::TooHard { bits });
    }
    let mut start = [0_u8; 8];
    SystemRandom::new().fill(&mut start).map_err(|_| PowError::Unminable)?;
    let mut nonce = u64::from_ne_bytes(start);

    let others: Vec<Tag> = event
        .tags
        .iter()
        .filter(|tag| tag.kind() != TagKind::Nonce)
        .cloned()
        .collect();
    let with_nonce = |nonce: u64| {
        let mut tags = others.clone();
        tags.push(nonce_tag(nonce, bits));
        nostr_sdk::Tags::from_list(tags)
    };
    // The text that is hashed (NIP-01), cut around the nonce: all before it is hashed once.
    event.tags = with_nonce(nonce);
    let text =
        serde_json::json!([0, event.pubkey, event.created_at, event.kind, event.tags, event.content]).to_string();
    // A quotation mark inside a JSON string is escaped, so this finds only the tag, and the tag is the only one of its kind.
    let (before, rest) = text.split_once("[\"nonce\",\"").ok_or(PowError::Unminable)?;
    let (_, after) = rest.split_once('"').ok_or(PowError::Unminable)?;
    let mut prefix = Context::new(&SHA256);
    prefix.update(before.as_bytes());
    prefix.update(b"[\"nonce\",\"");
    let after = [b"\"", after.as_bytes()].concat();

    let mut tries = 0_u64;
    loop {
        let mut attempt = prefix.clone();
        attempt.update(digits(nonce).as_slice());
        attempt.update(&after);
        if leading_zero_bits(attempt.finish().as_ref()) >= u32::from(bits) {
            break;
        }
        nonce = nonce.wrapping_add(1);
        tries = tries.wrapping_add(1);
        if tries.is_multiple_of(TRIES_PER_STEP) && progress(tries).is_break() {
            return Err(PowError::Cancelled);
        }
    }
    event.tags = with_nonce(nonce);
    event.id = Some(EventId::new(
        &event.pubkey,
        &event.created_at,
        &event.kind,
        &event.tags,
        &event.content,
    ));
    Ok(event)
}

/// Whether an event's id has at least `bits` leading zero bits and its nonce tag committed to at least as many (NIP-13: a
/// lower commitment that got lucky does not count). The id itself must have been verified.
#[must_use]
pub fn check_pow(event: &Event, bits: u8) -> bool {
    bits == 0 || work(event) >= bits
}

/// The work an event proves: the smaller of its leading zero bits and its commitment; 0 without a commitment.
#[must_use]
pub fn work(event: &Event) -> u8 {
    let committed = event
        .tags
        .iter()
        .find(|tag| tag.kind() == TagKind::Nonce)
        .and_then(|tag| tag.as_slice().get(2)?.parse::<u8>().ok())
        .unwrap_or(0);
    let found = u8::try_from(leading_zero_bits(event.id.as_bytes())).unwrap_or(u8::MAX);
    committed.min(found)
}

fn nonce_tag(nonce: u64, bits: u8) -> Tag {
    let value = String::from_utf8_lossy(&digits(nonce)).into_owned();
    Tag::custom(TagKind::Nonce, [value, bits.to_string()])
}

/// A nonce at a fixed width, so that its length tells nothing about where it started.
fn digits(nonce: u64) -> [u8; 16] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'0'; 16];
    for (place, byte) in text.iter_mut().enumerate() {
        let shift = 60_usize.saturating_sub(place.saturating_mul(4));
        let digit = usize::try_from(nonce >> shift & 0xf).unwrap_or(0);
        *byte = HEX.get(digit).copied().unwrap_or(b'0');
    }
    text
}

fn leading_zero_bits(hash: &[u8]) -> u32 {
    let mut bits = 0_u32;
    for byte in hash {
        bits = bits.saturating_add(byte.leading_zeros());
        if *byte != 0 {
            break;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]
    use super::*;
    use nostr_sdk::{EventBuilder, JsonUtil, Keys, Kind};

    fn event(content: &str) -> (Keys, UnsignedEvent) {
        let keys = Keys::generate();
        let tags = [
            Tag::custom(TagKind::Nonce, ["77", "30"]),
            Tag::custom(TagKind::custom("x"), ["[\"nonce\",\"7"]),
        ];
        let unsigned = EventBuilder::new(Kind::from(37335), content)
            .tags(tags)
            .build(keys.public_key());
        (keys, unsigned)
    }

    #[test]
    fn mined_work_is_found_in_the_signed_event() {
        for bits in [0, 1, 8, 12] {
            let (keys, unsigned) = event("a \"quoted\" text with [\"nonce\",\"1\",\"2\"] in it \n ü");
            let mined = mine(unsigned, bits, |_| ControlFlow::Continue(())).unwrap();
            let signed = mined.sign_with_keys(&keys).unwrap();
            assert!(signed.verify().is_ok());
            assert!(check_pow(&signed, bits), "{bits}");
            assert_eq!(signed.tags.iter().filter(|tag| tag.kind() == TagKind::Nonce).count(), 1);
        }
    }

    #[test]
    fn luck_above_the_commitment_is_not_credited() {
        let (keys, unsigned) = event("x");
        let signed = mine(unsigned, 4, |_| ControlFlow::Continue(()))
            .unwrap()
            .sign_with_keys(&keys)
            .unwrap();
        assert_eq!(work(&signed), 4);
        assert!(!check_pow(&signed, 5));
    }

    #[test]
    fn a_commitment_without_the_work_counts_for_what_was_found() {
        let keys = Keys::generate();
        let boast = EventBuilder::text_note("x")
            .tag(Tag::custom(TagKind::Nonce, ["1", "200"]))
            .sign_with_keys(&keys)
            .unwrap();
        assert!(work(&boast) < 60);
        let silent = EventBuilder::text_note("x").sign_with_keys(&keys).unwrap();
        assert_eq!(work(&silent), 0);
        assert!(check_pow(&silent, 0));
    }

    #[test]
    fn work_can_be_cancelled_and_says_how_far_it_came() {
        let (_, unsigned) = event("x");
        let mut heard = Vec::new();
        let outcome = mine(unsigned, MAX_BITS, |tries| {
            heard.push(tries);
            if heard.len() == 3 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(outcome.unwrap_err(), PowError::Cancelled);
        assert_eq!(heard, [TRIES_PER_STEP, 2 * TRIES_PER_STEP, 3 * TRIES_PER_STEP]);
        let (_, unsigned) = event("x");
        assert_eq!(
            mine(unsigned, 41, |_| ControlFlow::Continue(())).unwrap_err().code(),
            "pow_too_hard"
        );
    }

    #[test]
    fn nonces_start_anywhere() {
        let nonce = |_: u8| {
            let (_, unsigned) = event("x");
            mine(unsigned, 0, |_| ControlFlow::Continue(())).unwrap().as_json()
        };
        assert_ne!(nonce(0), nonce(1));
    }

    #[test]
    fn the_nips_own_example_has_its_36_bits() {
        let json = r#"{"id":"000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358","pubkey":"a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243","created_at":1651794653,"kind":1,"tags":[["nonce","776797","20"]],"content":"It's just me mining my own business","sig":"284622fc0a3f4f1303455d5175f7ba962a3300d136085b9566801bc2e0699de0c7e31e44c81fb40ad9049173742e904713c3594a1da0fc5d2382a25c11aba977"}"#;
        let event = Event::from_json(json).unwrap();
        assert!(event.verify().is_ok());
        assert_eq!(work(&event), 20);
        assert!(check_pow(&event, 20) && !check_pow(&event, 21));
    }
}
