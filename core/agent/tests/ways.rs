//! Personas with several ways in, with real vaults and a key store in files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::sync::{Arc, Mutex};

use tekram_agent::{
    Agent, AgentError, KeyStore, NetPolicy, Passphrase, Persona, RecoveryAnswer, RecoveryDuty, WayInKind,
};
use tekram_primitives::time::{FixedClock, Timestamp};
use tekram_vault::FileKeyStore;
use tempfile::TempDir;

/// 20 November 2026, noon.
const NOW_MS: i64 = 1_795_176_000_000;
const DAY_MS: u64 = 86_400_000;
const PASSPHRASE: &str = "a long walk in the rain";

struct Device {
    _folder: TempDir,
    clock: Arc<FixedClock>,
    keys: Arc<FileKeyStore>,
    agent: Agent,
}

fn device() -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let keys = Arc::new(FileKeyStore::open(folder.path().join("keys")).unwrap());
    let agent = Agent::open(
        &folder.path().join("data"),
        NetPolicy::default(),
        Arc::clone(&clock) as _,
    )
    .unwrap()
    .with_key_store(Arc::clone(&keys) as _);
    Device {
        _folder: folder,
        clock,
        keys,
        agent,
    }
}

fn passphrase() -> Passphrase {
    Passphrase::from(PASSPHRASE)
}

fn code<T: std::fmt::Debug>(outcome: Result<T, AgentError>) -> &'static str {
    outcome.unwrap_err().code()
}

fn key_name(persona: &Persona) -> String {
    let names = persona.ways().into_iter().find_map(|way_in| match way_in.kind {
        WayInKind::KeyStore { key_name } => Some(key_name),
        _ => None,
    });
    names.unwrap()
}

fn written_down(persona: &Persona) -> String {
    let phrase = persona.new_recovery_phrase().unwrap();
    let answers: Vec<RecoveryAnswer> = persona
        .recovery_questions()
        .unwrap()
        .into_iter()
        .map(|position| RecoveryAnswer {
            position,
            word: phrase.words()[position as usize - 1].to_owned(),
        })
        .collect();
    persona.check_recovery_phrase(&answers).unwrap();
    phrase.words().join(" ")
}

#[test]
fn a_persona_that_began_with_the_phones_key_store_opens_by_each_of_its_ways() {
    let device = device();
    let persona = device
        .agent
        .create_persona_with_key_store("Home", "This phone")
        .unwrap();
    let id = persona.id().to_owned();
    let key_name = key_name(&persona);
    persona.add_passphrase(&passphrase()).unwrap();
    let words = written_down(&persona);
    persona.lock().unwrap();

    let listed = device.agent.personas().unwrap().remove(0);
    let names: Vec<_> = listed.ways_in.iter().map(|way_in| way_in.name.as_str()).collect();
    assert_eq!(names, ["This phone", "passphrase", "recovery_phrase"]);
    assert!(listed.ways_in.iter().all(|way_in| way_in.added_ms == Some(NOW_MS)));

    device.agent.unlock_with_key_store(&id).unwrap().lock().unwrap();
    device
        .agent
        .unlock_with_passphrase(&id, &passphrase())
        .unwrap()
        .lock()
        .unwrap();
    device
        .agent
        .unlock_with_recovery_phrase(&id, &words)
        .unwrap()
        .lock()
        .unwrap();
    // As native code does after asking for a fingerprint.
    let wrapped = device.agent.wrapped_key(&id, "This phone").unwrap();
    let key = device.keys.unwrap(&key_name, &wrapped).unwrap();
    device.agent.unlock_with_key(&id, key).unwrap().lock().unwrap();
    assert_eq!(code(device.agent.wrapped_key(&id, "passphrase")), "no_such_way_in");
}

#[test]
fn a_removed_way_takes_its_key_out_of_the_key_store() {
    let device = device();
    let persona = device.agent.create_persona("Home", &passphrase()).unwrap();
    persona.add_key_store_way("This phone").unwrap();
    let key_name = key_name(&persona);
    assert!(device.keys.exists(&key_name).unwrap());
    persona.remove_way("This phone").unwrap();
    assert!(!device.keys.exists(&key_name).unwrap());
    assert_eq!(code(persona.remove_way("passphrase")), "last_way_in");
    let id = persona.id().to_owned();
    persona.lock().unwrap();
    assert_eq!(code(device.agent.unlock_with_key_store(&id)), "no_such_way_in");
}

#[test]
fn a_device_without_a_key_store_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let agent = tekram_agent::open(folder.path(), &[], None).unwrap();
    assert_eq!(
        code(agent.create_persona_with_key_store("Home", "This phone")),
        "no_key_store"
    );
    let persona = agent.create_persona("Home", &passphrase()).unwrap();
    assert_eq!(code(persona.add_key_store_way("This phone")), "no_key_store");
    assert_eq!(code(agent.unlock_with_key_store(persona.id())), "no_key_store");
}

#[test]
fn recovery_words_are_asked_for_after_three_days_until_they_are_written_down() {
    let device = device();
    let persona = device.agent.create_persona("Home", &passphrase()).unwrap();
    assert_eq!(persona.recovery_duty(false), RecoveryDuty::None);
    assert_eq!(persona.recovery_duty(true), RecoveryDuty::Required);
    device.clock.advance_ms(3 * DAY_MS);
    assert_eq!(persona.recovery_duty(false), RecoveryDuty::Ask);
    persona.new_recovery_phrase().unwrap();
    assert_eq!(
        persona.recovery_duty(true),
        RecoveryDuty::Required,
        "shown is not written down"
    );
    persona.lock().unwrap();
    let persona = device.agent.unlock(None, &passphrase()).unwrap();
    assert_eq!(
        persona.recovery_duty(false),
        RecoveryDuty::Ask,
        "the time of creation is kept"
    );
    written_down(&persona);
    assert_eq!(persona.recovery_duty(false), RecoveryDuty::None);
    assert_eq!(persona.recovery_duty(true), RecoveryDuty::None);
    persona.remove_way("recovery_phrase").unwrap();
    assert_eq!(persona.recovery_duty(true), RecoveryDuty::Required);
}

#[test]
fn a_forgotten_passphrase_is_replaced_with_the_help_of_recovery_words() {
    let device = device();
    let persona = device
        .agent
        .create_persona("Home", &Passphrase::from("forgotten"))
        .unwrap();
    let words = written_down(&persona);
    let id = persona.id().to_owned();
    persona.lock().unwrap();
    let persona = device.agent.unlock_with_recovery_phrase(&id, &words).unwrap();
    persona.add_passphrase(&passphrase()).unwrap();
    persona.remove_way("passphrase").unwrap();
    persona.lock().unwrap();
    device.agent.unlock_with_passphrase(&id, &passphrase()).unwrap();
}

#[test]
fn a_deleted_persona_is_gone_and_so_are_its_keys() {
    let device = device();
    let persona = device
        .agent
        .create_persona_with_key_store("Home", "This phone")
        .unwrap();
    let (id, key_name) = (persona.id().to_owned(), key_name(&persona));
    assert_eq!(code(device.agent.delete_persona(&id)), "vault_in_use");
    persona.lock().unwrap();
    device.agent.delete_persona(&id).unwrap();
    assert!(!device.keys.exists(&key_name).unwrap());
    assert!(device.agent.personas().unwrap().is_empty());
    assert_eq!(code(device.agent.delete_persona(&id)), "no_such_persona");
    assert_eq!(code(device.agent.unlock_with_key_store(&id)), "no_such_persona");
}

#[test]
fn whoever_listens_hears_of_names_and_ways() {
    let device = device();
    let persona = device.agent.create_persona("Home", &passphrase()).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&heard);
    let subscription = persona.on_change(move |scope| told.lock().unwrap().push(scope));
    persona.rename("Me").unwrap();
    persona.add_key_store_way("This phone").unwrap();
    drop(subscription);
    persona.rename("Home").unwrap();
    assert_eq!(*heard.lock().unwrap(), ["vault", "vault"]);
    assert_eq!(persona.name(), "Home");
    assert_eq!(persona.holdings().unwrap().name, "Home");
}
