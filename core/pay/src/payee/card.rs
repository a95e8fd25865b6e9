//! Reading a desk card and deciding whether it may be believed: it must be signed by exactly the key that the feed named,
//! say that key itself, and not have expired. Pure; fetching is [`super::discover`]'s.

use tekram_primitives::did::DidKey;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::DeskCard;

use crate::error::PayError;
use crate::method::{CashuMethod, Method};

/// Most bytes of a card that are fetched.
pub const MAX_CARD_BYTES: u64 = 64 * 1024;
const MAX_ENTRIES: usize = 16;

/// Checks a card against the key that the feed named and returns it with the methods it offers.
///
/// # Errors
/// `bad_card` with the reason: `unreadable`, `bad_signature`, `wrong_signer`, `wrong_did`, `expired`, `bad_cashu_key`,
/// `too_many_entries`, `no_payment_details`.
pub fn verify_card(bytes: &[u8], named: DidKey, now: Timestamp) -> Result<(DeskCard, Vec<Method>), PayError> {
    let bad = |reason: &'static str| PayError::BadCard { reason };
    let record = SignedRecord::parse(bytes).map_err(|_| bad("unreadable"))?;
    let signers = record.verify().map_err(|_| bad("bad_signature"))?;
    if signers != [named] {
        return Err(bad("wrong_signer"));
    }
    let card: DeskCard = record.body().map_err(|_| bad("unreadable"))?;
    if card.did != named {
        return Err(bad("wrong_did"));
    }
    if card.valid_until <= now {
        return Err(bad("expired"));
    }
    let cashu = card.cashu.as_ref().ok_or(bad("no_payment_details"))?;
    let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex(&cashu.p2pk, 66) || !(cashu.p2pk.starts_with("02") || cashu.p2pk.starts_with("03")) {
        return Err(bad("bad_cashu_key"));
    }
    if !is_hex(&card.nostr, 64) {
        return Err(bad("bad_nostr_key"));
    }
    if cashu.mints.is_empty() || cashu.units.is_empty() || card.relays.is_empty() {
        return Err(bad("no_payment_details"));
    }
    if [cashu.mints.len(), cashu.units.len(), card.relays.len()]
        .into_iter()
        .any(|length| length > MAX_ENTRIES)
    {
        return Err(bad("too_many_entries"));
    }
    let method = Method::Cashu(CashuMethod {
        did: card.did,
        nostr: card.nostr.to_ascii_lowercase(),
        relays: card.relays.clone(),
        p2pk: cashu.p2pk.to_ascii_lowercase(),
        mints: cashu.mints.clone(),
        units: cashu.units.clone(),
    });
    Ok((card, vec![method]))
}
