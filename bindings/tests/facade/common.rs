//! What the facade's tests share: a device in a folder of its own, a key store in memory, the sample history.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tekram_ffi::{
    Agent, AgentSettings, Connectivity, HistoryQuery, HostError, KeyStore, LocationSource, Money, Persona, RulesChange,
    TekramError,
};
use tempfile::TempDir;

/// Something the person types.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// A device, and the folder that it lives in.
pub struct Device {
    pub agent: Arc<Agent>,
    pub folder: TempDir,
}

/// How a device in `folder` is opened.
pub fn settings(folder: &Path) -> AgentSettings {
    AgentSettings {
        data_folder: folder.to_str().unwrap().to_owned(),
        allow: Vec::new(),
        proxy: None,
        rails_off: Vec::new(),
        zone: "Europe/Berlin".to_owned(),
    }
}

/// A device with a key store in memory.
pub fn device() -> Device {
    device_with(Some(Arc::new(Keys::default())), None, None)
}

/// A device with these traits of a host.
pub fn device_with(
    keys: Option<Arc<dyn KeyStore>>,
    location: Option<Arc<dyn LocationSource>>,
    connectivity: Option<Arc<dyn Connectivity>>,
) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::open(settings(folder.path()), keys, location, connectivity).unwrap();
    Device { agent, folder }
}

/// A persona that opens by the key store, which costs no key derivation.
pub async fn persona(device: &Device) -> Arc<Persona> {
    device
        .agent
        .create_persona_with_key_store("Home".to_owned(), "this phone".to_owned())
        .await
        .unwrap()
}

/// A file of the sample history.
pub fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/listens");
    folder.join(name).to_str().unwrap().to_owned()
}

/// Imports and accepts the sample.
pub async fn import(persona: &Persona, name: &str) -> u64 {
    let report = persona.start_import(sample(name)).unwrap().finish().await.unwrap();
    persona.accept_batch(report.batch).await.unwrap().listens
}

/// A change of the budget, in cents.
pub fn budget(minor: i64) -> RulesChange {
    RulesChange {
        budget: Some(Money {
            amount_minor: minor,
            currency: "EUR".to_owned(),
        }),
        ..RulesChange::default()
    }
}

/// Waits until `holds`, at most ten seconds.
pub fn soon(holds: impl Fn() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// Everything.
pub fn all() -> HistoryQuery {
    HistoryQuery::default()
}

/// The name of an error.
pub fn name<T>(result: Result<T, TekramError>) -> String {
    result.err().expect("an error").name().to_owned()
}

/// Wraps keys by a key of its own in memory; it stands in for what only a phone has.
#[derive(Debug, Default)]
pub struct Keys(Mutex<BTreeMap<String, u8>>, Mutex<BTreeMap<String, u64>>);

impl KeyStore for Keys {
    fn wrap(&self, name: String, key: Vec<u8>) -> Result<Vec<u8>, HostError> {
        let mut names = self.0.lock().unwrap();
        let next = u8::try_from(names.len() + 1).unwrap_or(1);
        let mask = *names.entry(name).or_insert(next);
        Ok(key.into_iter().map(|byte| byte ^ mask).collect())
    }

    fn unwrap(&self, name: String, wrapped: Vec<u8>) -> Result<Vec<u8>, HostError> {
        let names = self.0.lock().unwrap();
        let mask = *names.get(&name).ok_or(HostError::KeyGone)?;
        Ok(wrapped.into_iter().map(|byte| byte ^ mask).collect())
    }

    fn remove(&self, name: String) -> Result<(), HostError> {
        self.0.lock().unwrap().remove(&name);
        Ok(())
    }

    fn exists(&self, name: String) -> Result<bool, HostError> {
        Ok(self.0.lock().unwrap().contains_key(&name))
    }

    fn keep_number(&self, name: String, number: u64) -> Result<(), HostError> {
        self.1.lock().unwrap().insert(name, number);
        Ok(())
    }

    fn kept_number(&self, name: String) -> Result<Option<u64>, HostError> {
        Ok(self.1.lock().unwrap().get(&name).copied())
    }
}
