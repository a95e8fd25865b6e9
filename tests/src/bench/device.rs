//! A device as somebody has it after years: one persona with a long history, two hundred podcasts that can be paid, rules,
//! a month's draft and a request. The benches of the facade and of the app open it; it is filled by rows, because a file
//! of a million listens would have to be imported first.

use std::path::Path;

use tekram_agent::{Agent, Passphrase, Persona, RulesChange, Want};
use tekram_vault::{Scope, Store, Vault, VaultError};

use crate::catalogue::{Plays, Seeded};
use crate::measure::Outcome;
use crate::pay;
use crate::tables::{self, Filled, Play, Work};

/// What opens the persona.
pub const PASSPHRASE: &str = "four words in a row";
/// Podcasts, each with one payee.
pub const PAYEES: u64 = 200;
/// The argument by which the bench only makes such a device: `device FOLDER LISTENS`.
pub const DEVICE: &str = "device";
/// The zone of its days and months.
pub const ZONE: &str = "Europe/Vienna";

const NAME: &str = "Home";
const EPISODES: u64 = 50;
const ROWS_AT_ONCE: usize = 50_000;

/// Opens the folder's device as the facade does.
///
/// # Errors
/// When the agent fails.
pub fn open(folder: &Path) -> Outcome<Agent> {
    Ok(tekram_agent::open(folder, &[], None)?.with_zone(ZONE))
}

/// Unlocks its persona.
///
/// # Errors
/// When the vault fails.
pub fn unlock(agent: &Agent) -> Outcome<Persona> {
    let id = agent.personas()?.into_iter().next().ok_or("no persona")?.id;
    Ok(agent.unlock_with_passphrase(&id, &Passphrase::from(PASSPHRASE))?)
}

/// Makes the device in an empty folder.
///
/// # Errors
/// When the disk or the vault fails.
pub fn make(folder: &Path, listens: usize) -> Outcome {
    let agent = open(folder)?;
    agent.create_persona(NAME, &Passphrase::from(PASSPHRASE))?.lock()?;
    let vault = Store::open(folder)?.unlock(
        NAME,
        &Passphrase::from(PASSPHRASE),
        &[tekram_listen::SCHEMA, tekram_pay::SCHEMA],
    )?;
    fill(&vault, listens)?;
    vault.lock()?;
    let persona = unlock(&agent)?;
    persona.change_rules(RulesChange {
        budget: Some("100.00 EUR".parse()?),
        ..RulesChange::default()
    })?;
    persona.statement(None)?;
    persona.compose(&want())?;
    persona.lock()?;
    Ok(())
}

/// Most plays are of tracks; three in ten are of the podcasts that can be paid.
fn fill(vault: &Vault, listens: usize) -> Outcome {
    let (mut filled, mut plays, mut seeded) = (Filled::default(), Plays::new().take(listens), Seeded::new(11));
    let mut begun = false;
    loop {
        let some: Vec<Play> = plays
            .by_ref()
            .take(ROWS_AT_ONCE)
            .map(|play| Play {
                start_ms: play.start_s * 1000,
                played_ms: play.track.length_ms,
                work: if seeded.below(10) < 3 {
                    Work::Episode {
                        feed: seeded.below(PAYEES),
                        episode: seeded.below(EPISODES),
                    }
                } else {
                    Work::Track(Box::new(play.track))
                },
            })
            .collect();
        if some.is_empty() {
            break;
        }
        vault.write(Scope("listen"), |transaction| {
            if !begun {
                tables::begin(transaction, listens)?;
            }
            Ok::<_, VaultError>(tables::insert(transaction, &mut filled, &some)?)
        })?;
        begun = true;
    }
    vault.write(Scope("pay"), |transaction| {
        Ok::<_, VaultError>(pay::payees(transaction, PAYEES, &[("host", 100)])?)
    })?;
    tekram_listen::catch_up(vault)?;
    Ok(())
}

/// A request that stays a draft.
pub fn want() -> Want {
    Want {
        what: "wireless headphones".to_owned(),
        gtin: None,
        quantity: 1,
        ceiling: None,
        at: (48.2082, 16.3738),
        precision: 5,
        hours: 6,
        terms: "PDC-INTENT".to_owned(),
        in_store: false,
        relays: vec!["wss://relay.example".to_owned()],
    }
}
