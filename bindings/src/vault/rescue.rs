//! Whether a vault is whole, and what can be saved of one, or of a backup, that is not.

use std::sync::Arc;

use tekram_agent::{Passphrase, RescueBy, RescueReport, Secret32};
use zeroize::Zeroizing;

use super::backup::{BackupDamage, Key};
use super::place::BackupSource;
use super::{Unlocked, WorkProgress, unlocking_task, watch};
use crate::agent::Agent;
use crate::error::TekramError;
use crate::gate::Stop;
use crate::persona::Persona;
use crate::task::{Task, Tell, task};

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckFault {
    /// `header`, `pages`, `identity`, `order`, `dangling` or `audit`.
    pub kind: String,
    /// How many: pages, places out of order, rows, entries.
    pub count: u64,
}

/// What a check found; nothing says that all is well.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckReport {
    /// What does not hold.
    pub faults: Vec<CheckFault>,
}

task!(
    /// A vault is being checked. Nothing of it is changed.
    CheckTask,
    WorkProgress,
    CheckReport
);

/// What became of one table.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RescuedTable {
    /// Its name.
    pub table: String,
    /// Rows that were saved.
    pub saved: u64,
    /// Rows that were seen and could not be saved.
    pub lost: u64,
    /// Pages that cannot be read; what was on them is not known.
    pub lost_pages: u32,
}

/// What a rescue saved.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Rescued {
    /// Id of the new persona.
    pub persona_id: String,
    /// Tables that had anything, by name.
    pub tables: Vec<RescuedTable>,
    /// Rows that were seen and could not be saved, of all tables.
    pub lost: u64,
    /// Whether nothing was lost.
    pub complete: bool,
    /// Whether it has the same keys as before; otherwise all are new.
    pub same_keys: bool,
    /// What lay undelivered and went along.
    pub inbox_items: u64,
    /// When the state of a backup was made that this is; nothing for a vault.
    pub made_ms: Option<i64>,
    /// What is damaged in the backup; nothing for a vault.
    pub damage: Vec<BackupDamage>,
}

impl Rescued {
    fn new(persona: &tekram_agent::Persona, report: RescueReport) -> Self {
        let complete = report.is_complete();
        let tables = report.tables.into_iter().map(|table| RescuedTable {
            saved: table.saved,
            lost: table.lost,
            lost_pages: super::pages(&table.lost_pages),
            table: table.table,
        });
        let tables: Vec<RescuedTable> = tables
            .filter(|table| table.saved > 0 || table.lost > 0 || table.lost_pages > 0)
            .collect();
        Self {
            persona_id: persona.id().to_owned(),
            lost: tables.iter().map(|table| table.lost).fold(0, u64::saturating_add),
            tables,
            complete,
            same_keys: report.same_keys,
            inbox_items: report.inbox_items,
            made_ms: None,
            damage: Vec::new(),
        }
    }
}

unlocking_task!(
    /// What is left of a persona is being saved as a new one. Stopped, it leaves nothing.
    RescueTask,
    Rescued
);

#[uniffi::export]
impl Persona {
    /// Begins to prove everything about the vault that can be proven, its audit too.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; `finish` says `busy`, `cancelled`, and the vault's others.
    pub fn start_check(&self) -> Result<Arc<CheckTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let faults = core.check(&mut watch(stop, tell))?.into_iter().map(|fault| CheckFault {
                kind: fault.kind.to_owned(),
                count: fault.count,
            });
            Ok(CheckReport {
                faults: faults.collect(),
            })
        })?;
        Ok(Arc::new(CheckTask(task)))
    }
}

impl Agent {
    fn saving(
        self: Arc<Self>,
        save: impl FnOnce(
            &tekram_agent::Agent,
            &Stop,
            &Tell<WorkProgress>,
        ) -> Result<(tekram_agent::Persona, Rescued), TekramError>
        + Send
        + 'static,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let unlocked = Unlocked::default();
        let to = unlocked.clone();
        let task = Task::latest(stop, move |stop, tell| {
            let (persona, rescued) = save(&core, stop, tell)?;
            to.set(self.keep(persona)?);
            Ok(rescued)
        })?;
        Ok(Arc::new(RescueTask { task, unlocked }))
    }

    fn start_salvage(
        self: Arc<Self>,
        source: Arc<BackupSource>,
        name: String,
        key: Key,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let new_passphrase = Passphrase::new(new_passphrase);
        self.saving(move |core, stop, tell| {
            key.with(|key| {
                let watch = &mut watch(stop, tell);
                let (persona, salvaged) =
                    core.salvage(&source.0, &name, key, None, &new_name, &new_passphrase, watch)?;
                let rescued = Rescued {
                    made_ms: Some(salvaged.state.made_ms),
                    damage: salvaged.damage.into_iter().map(BackupDamage::from).collect(),
                    ..Rescued::new(&persona, salvaged.report)
                };
                Ok((persona, rescued))
            })
        })
    }

    fn start_rescue(
        self: Arc<Self>,
        new_passphrase: String,
        rescue: impl FnOnce(
            &tekram_agent::Agent,
            &Passphrase,
            &mut tekram_agent::WorkWatch<'_>,
        ) -> Result<(tekram_agent::Persona, RescueReport), TekramError>
        + Send
        + 'static,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let new_passphrase = Passphrase::new(new_passphrase);
        self.saving(move |core, stop, tell| {
            let (persona, report) = rescue(core, &new_passphrase, &mut watch(stop, tell))?;
            let rescued = Rescued::new(&persona, report);
            Ok((persona, rescued))
        })
    }
}

#[uniffi::export]
impl Agent {
    /// Begins to save what is left of a damaged backup as a new persona, by a passphrase that opened it. It comes out unlocked:
    /// [`RescueTask::persona`].
    ///
    /// # Errors
    /// `paused`, `closed`; `finish` says what restoring says but for damage that leaves anything to read, `damaged` when nothing is
    /// left, `vault_exists` when the name is taken, `empty_passphrase`.
    pub fn start_salvage_with_passphrase(
        self: Arc<Self>,
        source: Arc<BackupSource>,
        name: String,
        passphrase: String,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let key = Key::Passphrase(Passphrase::new(passphrase));
        self.start_salvage(source, name, key, new_name, new_passphrase)
    }

    /// The same by recovery words, as the person typed them.
    ///
    /// # Errors
    /// As with a passphrase, and those of recovery words.
    pub fn start_salvage_with_words(
        self: Arc<Self>,
        source: Arc<BackupSource>,
        name: String,
        words: String,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let key = Key::Words(Zeroizing::new(words));
        self.start_salvage(source, name, key, new_name, new_passphrase)
    }

    /// Begins to save what is left of a damaged persona as a new one, by its passphrase. The damaged one stays as it is.
    ///
    /// # Errors
    /// `paused`, `closed`; `finish` says `no_such_persona`, `vault_in_use`, `wrong_passphrase`, `no_such_way_in`, `damaged` when not
    /// even the first page can be read, `vault_exists` when the name is taken, `empty_passphrase`, `cancelled`, and the vault's
    /// others.
    pub fn start_rescue_with_passphrase(
        self: Arc<Self>,
        id: String,
        passphrase: String,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        self.start_rescue(new_passphrase, move |core, new_passphrase, watch| {
            Ok(core.rescue(&id, RescueBy::Passphrase(&passphrase), &new_name, new_passphrase, watch)?)
        })
    }

    /// The same by recovery words, as the person typed them.
    ///
    /// # Errors
    /// As with a passphrase, and those of recovery words.
    pub fn start_rescue_with_words(
        self: Arc<Self>,
        id: String,
        words: String,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let words = Zeroizing::new(words);
        self.start_rescue(new_passphrase, move |core, new_passphrase, watch| {
            let phrase = tekram_agent::RecoveryPhrase::parse(&words).map_err(tekram_agent::AgentError::from)?;
            Ok(core.rescue(&id, RescueBy::RecoveryPhrase(&phrase), &new_name, new_passphrase, watch)?)
        })
    }

    /// The same by the platform's key store, for keys that need no presence.
    ///
    /// # Errors
    /// As with a passphrase; `no_key_store` and the key store's refusals.
    pub fn start_rescue_with_key_store(
        self: Arc<Self>,
        id: String,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        self.start_rescue(new_passphrase, move |core, new_passphrase, watch| {
            Ok(core.rescue(&id, RescueBy::KeyStore, &new_name, new_passphrase, watch)?)
        })
    }

    /// The same by the vault's key, which native code unwrapped after asking for the person's presence.
    ///
    /// # Errors
    /// As with a passphrase; `wrong_key`.
    pub fn start_rescue_with_key(
        self: Arc<Self>,
        id: String,
        key: Vec<u8>,
        new_name: String,
        new_passphrase: String,
    ) -> Result<Arc<RescueTask>, TekramError> {
        let key = Zeroizing::new(key);
        let key = Secret32::try_from(key.as_slice()).map_err(|_| TekramError::wrong_key())?;
        self.start_rescue(new_passphrase, move |core, new_passphrase, watch| {
            Ok(core.rescue(&id, RescueBy::Key(key), &new_name, new_passphrase, watch)?)
        })
    }
}
