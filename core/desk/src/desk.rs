//! The desk itself: its vault, keys, catalogue and wallets, and the rules about how much it takes in. What it does with
//! a request, an acceptance or a payment is in the modules of these names.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nostr_sdk::PublicKey;
use rusqlite::{OptionalExtension, Transaction, params};
use tekram_intent::Cell;
use tekram_net::{Http, WebContext};
use tekram_pay::cashu::CashuWallet;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::Clock;
use tekram_primitives::wire::TermsRef;
use tekram_vault::Vault;
use tokio::sync::Notify;

use crate::card::{SCOPE, current_card};
use crate::catalogue::{Catalogue, RefusedLine};
use crate::config::Config;
use crate::error::DeskError;
use crate::event::{DeskEvent, Teller};
use crate::keys::{DeskKeys, open_vault};
use crate::limits::{Allowance, Bucket, PerSender};

/// Requests that are looked into: reading the catalogue and signing an offer costs more than making a request.
const INTENTS: Allowance = Allowance {
    burst: 300,
    per_minute: 600,
};
/// Letters of one sender.
const LETTERS_OF_ONE: Allowance = Allowance {
    burst: 60,
    per_minute: 60,
};
/// Refusals that are told one by one.
const REFUSALS_TOLD: Allowance = Allowance {
    burst: 100,
    per_minute: 60,
};
const SENDERS: usize = 4096;

/// A desk that is open. Its calls are synchronous where they only touch the vault; the loops around them are in
/// [`crate::run`](crate::run::run).
pub struct Desk {
    pub(crate) config: Config,
    pub(crate) vault: Vault,
    pub(crate) keys: DeskKeys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) terms: Vec<TermsRef>,
    pub(crate) catalogue: Mutex<Catalogue>,
    pub(crate) wallets: Vec<CashuWallet>,
    /// Something is in the outbox.
    pub(crate) to_send: Notify,
    /// Something is to be redeemed.
    pub(crate) to_redeem: Notify,
    teller: Arc<dyn Teller>,
    refused_lines: Vec<RefusedLine>,
    limits: Mutex<Limits>,
}

struct Limits {
    intents: Bucket,
    senders: PerSender<PublicKey>,
    refusals: Bucket,
    not_told: u64,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("did", &self.keys.did())
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// Opens the desk's vault and reads its catalogue. Nothing is sent or asked.
    ///
    /// # Errors
    /// `vault_in_use`, `catalogue_unreadable`, `catalogue_empty`, `config_invalid`, `cashu_key_invalid`, or the vault's.
    pub fn open(config: Config, clock: Arc<dyn Clock>, teller: Arc<dyn Teller>) -> Result<Self, DeskError> {
        let (mut catalogue, refused_lines) = match &config.catalogue {
            Some(file) => Catalogue::read(file, &config.currency)?,
            None => (Catalogue::default(), Vec::new()),
        };
        let vault = open_vault(&config.keys, clock.as_ref())?;
        let keys = DeskKeys::of(&vault, config.cashu.as_ref())?;
        let wallets = wallets(&config, &vault, &clock)?;
        take_stock(&vault, &mut catalogue)?;
        let now_ms = clock.monotonic_ms();
        let limits = Limits {
            intents: Bucket::new(INTENTS, now_ms),
            senders: PerSender::new(LETTERS_OF_ONE, SENDERS),
            refusals: Bucket::new(REFUSALS_TOLD, now_ms),
            not_told: 0,
        };
        Ok(Self {
            cells: config
                .cells
                .iter()
                .map(|cell| Cell::new(cell))
                .collect::<Result<_, _>>()?,
            terms: config
                .terms
                .iter()
                .map(|id| Ok(tekram_relate::terms(id)?.reference()))
                .collect::<Result<_, DeskError>>()?,
            config,
            vault,
            keys,
            clock,
            catalogue: Mutex::new(catalogue),
            wallets,
            to_send: Notify::new(),
            to_redeem: Notify::new(),
            teller,
            refused_lines,
            limits: Mutex::new(limits),
        })
    }

    /// The configuration it runs on.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its keys.
    #[must_use]
    pub fn keys(&self) -> &DeskKeys {
        &self.keys
    }

    /// Its vault.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The card to hand out now.
    ///
    /// # Errors
    /// The vault's, or the record's.
    pub fn card(&self) -> Result<SignedRecord, DeskError> {
        current_card(&self.vault, &self.config, &self.keys, self.clock.as_ref())
    }

    /// Tells an event.
    pub fn tell(&self, event: &DeskEvent) {
        self.teller.tell(event);
    }

    /// Says who it is, and which lines of the catalogue were left out.
    pub fn tell_started(&self) {
        self.tell(&DeskEvent::Started {
            name: self.config.name.trim().to_owned(),
            did: self.keys.did().to_string(),
            nostr: self.keys.nostr_hex(),
            relays: self.config.relays.clone(),
            cells: self.config.cells.clone(),
            items: self.catalogue().len(),
            p2pk: self.keys.p2pk(),
        });
        for refused in &self.refused_lines {
            self.tell(&DeskEvent::CatalogueLineRefused {
                line: refused.line,
                reason: refused.reason.clone(),
            });
        }
    }

    /// Tells that something was not taken; of a flood only some, with the number of the others.
    pub(crate) fn refuse(&self, what: &'static str, code: &str, id: Option<String>) {
        let not_told = {
            let now_ms = self.clock.monotonic_ms();
            let mut limits = self.limits();
            if !limits.refusals.take(now_ms) {
                limits.not_told = limits.not_told.saturating_add(1);
                return;
            }
            std::mem::take(&mut limits.not_told)
        };
        self.tell(&DeskEvent::Refused {
            what,
            code: code.to_owned(),
            id,
            not_told,
        });
    }

    /// Tells that something failed on this side.
    pub(crate) fn trouble(&self, what: &'static str, code: &str) {
        self.tell(&DeskEvent::Trouble {
            what,
            code: code.to_owned(),
        });
    }

    /// Whether another request is looked into now.
    pub(crate) fn admits_intent(&self) -> bool {
        let now_ms = self.clock.monotonic_ms();
        self.limits().intents.take(now_ms)
    }

    /// Whether another letter of this sender is read now.
    pub(crate) fn admits_letter(&self, sender: &PublicKey) -> bool {
        let now_ms = self.clock.monotonic_ms();
        self.limits().senders.take(sender, now_ms)
    }

    pub(crate) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wallet for each mint and unit that the desk takes.
///
/// # Errors
/// `bad_mint_url`, `bad_unit`, `bad_proxy`, or the vault's.
pub(crate) fn wallets(config: &Config, vault: &Vault, clock: &Arc<dyn Clock>) -> Result<Vec<CashuWallet>, DeskError> {
    let http: Arc<dyn Http> = Arc::new(WebContext::new(config.policy())?);
    let mut wallets = Vec::new();
    if let Some(cashu) = &config.cashu {
        for (mint, unit) in cashu
            .mints
            .iter()
            .flat_map(|mint| cashu.units.iter().map(move |unit| (mint, unit)))
        {
            let (http, clock) = (Arc::clone(&http), Arc::clone(clock));
            wallets.push(CashuWallet::open(vault.clone(), http, clock, mint, unit)?);
        }
    }
    Ok(wallets)
}

/// What is left of each item: the catalogue's number less what was sold since that number was written. A changed number
/// is a new count, and what was sold before is in it.
fn take_stock(vault: &Vault, catalogue: &mut Catalogue) -> Result<(), DeskError> {
    let counted: Vec<(String, u32)> = catalogue.items().iter().map(|item| (item.key(), item.stock)).collect();
    let left: Vec<(String, u32)> = vault.write(SCOPE, |tx| {
        let mut recount = tx.prepare_cached(
            "INSERT INTO desk_stock (item_key, counted) VALUES (?1, ?2) ON CONFLICT (item_key) DO UPDATE SET \
             sold = CASE WHEN counted = excluded.counted THEN sold ELSE 0 END, counted = excluded.counted",
        )?;
        let mut left = Vec::with_capacity(counted.len());
        for (key, stock) in &counted {
            recount.execute(params![key, stock])?;
            left.push((key.clone(), left_of(tx, key)?));
        }
        Ok::<_, DeskError>(left)
    })?;
    for (key, stock) in left {
        catalogue.set_stock(&key, stock);
    }
    Ok(())
}

/// How many of an item are left.
pub(crate) fn left_of(tx: &Transaction<'_>, item_key: &str) -> Result<u32, DeskError> {
    let left: Option<i64> = tx
        .prepare_cached("SELECT max(counted - sold, 0) FROM desk_stock WHERE item_key = ?1")?
        .query_row([item_key], |row| row.get(0))
        .optional()?;
    Ok(left.and_then(|left| u32::try_from(left).ok()).unwrap_or_default())
}
