//! The desk's signed card: who it is, where it is reached and how it is paid.
//!
//! The same bytes are handed out until the configuration changes or the card nears its end, so that a published file
//! and the card in an offer are one record.

use rusqlite::{OptionalExtension, params};
use tekram_pay::cashu::CashuError;
use tekram_primitives::canonical::{sha256_hex, to_canonical_json};
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::{CashuDetails, DeskCard};
use tekram_vault::{Scope, Vault};

use crate::config::Config;
use crate::error::DeskError;
use crate::keys::DeskKeys;

/// Everything the desk writes is announced under this scope.
pub(crate) const SCOPE: Scope = Scope("desk");
const DAY_MS: i64 = 24 * 3_600_000;

/// The card to hand out now: the one of before, or a new one signed and kept.
///
/// # Errors
/// The vault's, or the record's.
pub fn current_card(
    vault: &Vault,
    config: &Config,
    keys: &DeskKeys,
    clock: &dyn Clock,
) -> Result<SignedRecord, DeskError> {
    let now = clock.now();
    let lifetime_ms = i64::from(config.card_days).saturating_mul(DAY_MS);
    // To whole seconds: a time that people read.
    let valid_until = Timestamp::from_secs(now.plus_millis(lifetime_ms).secs());
    let card = card(config, keys, valid_until)?;
    let basis = basis(&card, config.card_days)?;
    let kept: Option<Vec<u8>> = vault.read(|connection| {
        let row = connection
            .query_row("SELECT record FROM desk_card WHERE basis = ?1", [&basis], |row| {
                row.get(0)
            })
            .optional()?;
        Ok::<_, DeskError>(row)
    })?;
    if let Some(kept) = kept {
        let record = SignedRecord::parse(&kept)?;
        let left_ms = record.body::<DeskCard>()?.valid_until.millis_since(now);
        // Whoever gets it in an offer or from a web server should be able to use it for a while.
        if left_ms > lifetime_ms / 4 {
            return Ok(record);
        }
    }
    let record = SignedRecord::sign(&card, &keys.signing, now)?;
    let bytes = record.bytes()?;
    vault.write(SCOPE, |tx| {
        tx.execute(
            "INSERT INTO desk_card (only_row, basis, record) VALUES (1, ?1, ?2) \
             ON CONFLICT (only_row) DO UPDATE SET basis = excluded.basis, record = excluded.record",
            params![basis, bytes],
        )?;
        Ok::<_, DeskError>(())
    })?;
    Ok(record)
}

fn card(config: &Config, keys: &DeskKeys, valid_until: Timestamp) -> Result<DeskCard, DeskError> {
    let cashu = match (&config.cashu, keys.p2pk()) {
        (Some(cashu), Some(p2pk)) => Some(CashuDetails {
            p2pk,
            mints: cashu.mints.clone(),
            units: cashu.units.clone(),
        }),
        (Some(_), None) => return Err(CashuError::BadKey.into()),
        (None, _) => None,
    };
    let terms = config
        .terms
        .iter()
        .map(|id| Ok(tekram_relate::terms(id)?.reference()))
        .collect::<Result<_, DeskError>>()?;
    Ok(DeskCard {
        kind: DeskCard::TYPE.to_owned(),
        version: DeskCard::VERSION,
        name: config.name.trim().to_owned(),
        did: keys.did(),
        nostr: keys.nostr_hex(),
        relays: config.relays.clone(),
        cells: config.cells.clone(),
        cashu,
        terms,
        valid_until,
    })
}

/// A hash of what a card says besides its time.
fn basis(card: &DeskCard, card_days: u32) -> Result<String, DeskError> {
    let timeless = DeskCard {
        valid_until: Timestamp::EPOCH,
        ..card.clone()
    };
    let bytes = to_canonical_json(&timeless).map_err(|_| DeskError::Damaged { what: "card" })?;
    Ok(format!("{card_days}:{}", sha256_hex(&bytes)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
    use tekram_primitives::time::FixedClock;

    use super::*;
    use crate::keys::open_vault;

    #[test]
    fn a_card_keeps_its_bytes_until_it_nears_its_end_or_the_configuration_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        std::fs::write(
            &file,
            "name = \"Shop\"\nrelays = [\"wss://relay.example\"]\ncard_days = 40\n",
        )
        .unwrap();
        let mut config = Config::read(&file).unwrap();
        let clock = FixedClock::new("2026-10-01T12:00:00.500Z".parse().unwrap());
        let vault = open_vault(&config.keys, &clock).unwrap();
        let keys = DeskKeys::of(&vault, None).unwrap();
        let bytes = |config: &Config| current_card(&vault, config, &keys, &clock).unwrap().bytes().unwrap();

        let first = bytes(&config);
        let day_ms = u64::try_from(DAY_MS).unwrap();
        clock.advance_ms(29 * day_ms);
        assert_eq!(bytes(&config), first);
        clock.advance_ms(2 * day_ms);
        let renewed = bytes(&config);
        assert_ne!(renewed, first);
        config.name = "Store".into();
        assert_ne!(bytes(&config), renewed);

        let record = SignedRecord::parse(&first).unwrap();
        let (card, signers) = record.verified_body::<DeskCard>().unwrap();
        assert_eq!(signers, [card.did]);
        assert_eq!(card.valid_until, "2026-11-10T12:00:00Z".parse().unwrap());
    }
}
