//! Devices that are made ready, and workers that are sent to them.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use tekram_harness::folder::copy_folder;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::VaultError;
use tempfile::TempDir;

use crate::deed::{Deed, Device, FAULT, FIRST_WAY, Hand, answers};
use crate::model::{self, Model, Said};
use crate::plan::Plan;

/// A number from the environment.
pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The seed that is asked for (`TEKRAM_SEED`), or another one each time.
pub fn seed() -> u64 {
    setting("TEKRAM_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(1, |since| u64::from(since.subsec_nanos()) ^ since.as_secs())
    })
}

/// A device's folder, with what it holds.
#[derive(Debug)]
pub struct Bench {
    folder: TempDir,
    /// The vault's id.
    pub id: String,
    /// What the device holds.
    pub model: Model,
}

impl Bench {
    /// A new device with one vault, "Home": a key store and recovery words open it.
    pub fn new() -> Result<Self, VaultError> {
        let folder = folder()?;
        let device = Device::open(folder.path())?;
        let (keys, rooms) = (device.keys.as_ref(), [FAULT]);
        let vault = device
            .store
            .create_with_key_store("Home", FIRST_WAY, keys, &rooms, &SystemClock)?;
        let words = vault.new_recovery_phrase()?.words();
        vault.check_recovery_phrase(&answers(&words), SystemClock.now())?;
        let id = vault.id().to_owned();
        vault.lock()?;
        Ok(Self {
            folder,
            id,
            model: model::founded("Home", words.join(" ")),
        })
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Does deeds here, undisturbed.
    pub fn prepare(&mut self, deeds: &[Deed]) -> Result<(), VaultError> {
        let model = &self.model;
        let mut hand = Hand::new(self.root(), &self.id, &model.words, model.backup_words(), model.version)?;
        for deed in deeds {
            let told = hand.foretell(deed)?;
            hand.perform(deed)?;
            let mut after = self.model.outcomes(deed, &told);
            self.model = after.pop().unwrap_or_default();
        }
        hand.lock()
    }

    /// A copy to work on.
    pub fn copied(&self) -> Result<Self, VaultError> {
        let folder = folder()?;
        copy_folder(self.root(), folder.path()).map_err(io_error("copying a device"))?;
        Ok(Self {
            folder,
            id: self.id.clone(),
            model: self.model.clone(),
        })
    }
}

fn folder() -> Result<TempDir, VaultError> {
    tempfile::tempdir_in(crate::work_folder()).map_err(io_error("making a folder"))
}

fn io_error(action: &'static str) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Io { action, source }
}

/// When a worker that has no plan of its own is killed from outside.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

/// How a worker came to its end.
#[derive(Debug)]
pub struct Outcome {
    /// What it said, to its last byte.
    pub said: String,
    /// What it wrote for people.
    pub errors: String,
    /// How it ended.
    pub status: ExitStatus,
}

impl Outcome {
    /// Whether it was killed as `kill -9` does it.
    pub fn was_killed(&self) -> bool {
        #[cfg(unix)]
        return std::os::unix::process::ExitStatusExt::signal(&self.status) == Some(9);
        #[cfg(not(unix))]
        return false;
    }

    /// What the device may hold now.
    pub fn follow(&self, start: &Model, script: &[Deed]) -> Said {
        Said::read(start, script, &self.said)
    }
}

/// What a worker is sent to do.
#[derive(Clone, Debug)]
pub struct Errand<'a> {
    /// The program.
    pub worker: &'a Path,
    /// What happens to it.
    pub plan: Plan,
    /// Deeds under the plan.
    pub deeds: &'a [Deed],
    /// Deeds after it.
    pub afterwards: &'a [Deed],
    /// Where the tape goes.
    pub tape: Option<PathBuf>,
    /// When it is killed from outside.
    pub patience: Option<Patience>,
}

impl<'a> Errand<'a> {
    /// A worker of this program that is sent to do nothing yet.
    pub fn new(worker: &'a str, plan: Plan) -> Self {
        Self {
            worker: Path::new(worker),
            plan,
            deeds: &[],
            afterwards: &[],
            tape: None,
            patience: None,
        }
    }

    /// Sends a worker to the device, and waits for its end.
    pub fn run(&self, bench: &Bench) -> io::Result<Outcome> {
        let model = &bench.model;
        let mut script = format!(
            "words: {}\nbackup words: {}\nversion: {}\n",
            model.words,
            model.backup_words(),
            model.version
        );
        let mut line = |text: String| script.push_str(&format!("{text}\n"));
        self.deeds.iter().for_each(|deed| line(deed.to_string()));
        if !self.afterwards.is_empty() {
            line("clear".to_owned());
            self.afterwards.iter().for_each(|deed| line(deed.to_string()));
        }
        let mut child = Command::new(self.worker)
            .arg(bench.root())
            .arg(&bench.id)
            .arg(self.plan.to_string())
            .args(&self.tape)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // One that was killed at its first step reads nothing.
            let _ = input.write_all(script.as_bytes());
        }
        if let Some(Patience(time)) = self.patience {
            std::thread::sleep(time);
            child.kill()?;
        }
        let (mut said, mut errors) = (Vec::new(), String::new());
        if let Some(mut out) = child.stdout.take() {
            out.read_to_end(&mut said)?;
        }
        if let Some(mut out) = child.stderr.take() {
            out.read_to_string(&mut errors)?;
        }
        Ok(Outcome {
            said: String::from_utf8_lossy(&said).into_owned(),
            errors,
            status: child.wait()?,
        })
    }
}
