//! One module for each room. A command opens the persona, calls one use case and says what came back.

mod account;
mod answers;
mod bring;
mod capture;
mod edit;
mod endpoint;
mod feed;
mod history;
mod intent;
mod keep;
mod leaving;
mod listen;
mod outward;
mod pay;
mod persona;
mod reading;
mod recovery;
mod relate;
mod split;
mod submit;
mod terms;
mod vault;

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tekram_agent::{
    Agent, AgentError, FileKeyStore, Money, MoneyError, Passphrase, Persona, RailKind, VaultError, WorkProgress,
};

use crate::args::{self, Cli, Command};
use crate::output::{Answer, Failure, megabytes};

/// Environment variable that stands in for the passphrase prompt.
const PASSPHRASE: &str = "TEKRAM_PASSPHRASE";

/// Environment variable that stands in for the prompt for a new passphrase, where an old one is needed too.
const NEW_PASSPHRASE: &str = "TEKRAM_NEW_PASSPHRASE";
/// Environment variable with recovery words, which unlock in the place of the passphrase.
const RECOVERY_WORDS: &str = "TEKRAM_RECOVERY_WORDS";
/// Environment variable that stands in for the prompt for the token of a server that listens are sent to.
const LISTENS_TOKEN: &str = "TEKRAM_LISTENS_TOKEN";
/// Environment variable that stands in for the prompt for a server's password.
const SERVER_PASSWORD: &str = "TEKRAM_SERVER_PASSWORD";
/// Environment variable that stands in for the prompt for an export's passphrase.
const EXPORT_PASSPHRASE: &str = "TEKRAM_EXPORT_PASSPHRASE";
/// Least time between two words of progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// What every command needs: the device, and who acts.
pub struct Context {
    agent: Agent,
    data: PathBuf,
    persona: Option<String>,
    json: bool,
    /// Set when the person wants long work to stop.
    stop: Arc<AtomicBool>,
}

/// Stops the long work of a command when nobody waits for the command any more.
struct StopsWithItsCaller(Arc<AtomicBool>);

impl Drop for StopsWithItsCaller {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Carries out one command.
pub async fn run(cli: Cli) -> Result<Answer, Failure> {
    let data = match cli.data {
        Some(data) => data,
        None => default_data()?,
    };
    let rails_off = cli.rail_off.iter().map(|kind| rail_kind(*kind)).collect();
    let mut agent = tekram_agent::open(&data, &cli.allow, cli.proxy.as_deref())?.with_rails_off(rails_off);
    if let Some(folder) = cli.key_store {
        let key_store = FileKeyStore::open(folder).map_err(|error| AgentError::from(VaultError::from(error)))?;
        agent = agent.with_key_store(Arc::new(key_store));
    }
    let context = Context {
        agent,
        data,
        persona: cli.persona,
        json: cli.json,
        stop: Arc::default(),
    };
    match cli.command {
        Command::Persona(command) => persona::run(&context, command),
        Command::Listen(command) => listen::run(&context, command).await,
        Command::Pay(command) => pay::run(&context, command).await,
        Command::Intent(command) => intent::run(&context, command).await,
        Command::Relate(command) => relate::run(&context, &command),
        Command::Terms(command) => terms::run(&context, command),
        Command::Keep(command) => keep::run(&context, command).await,
        Command::Vault(command) => {
            // Beside the one who waits for Ctrl-C: the program ends when the work has cleaned up behind itself.
            let _stops = StopsWithItsCaller(Arc::clone(&context.stop));
            let work = tokio::task::spawn_blocking(move || vault::run(&context, command));
            work.await
                .unwrap_or_else(|_| Err(Failure::new("panic", "a mistake in the program was caught")))
        }
    }
}

impl Context {
    /// Unlocks the persona that acts, by its recovery words when they are in the environment.
    fn unlock(&self) -> Result<Persona, Failure> {
        match std::env::var(RECOVERY_WORDS).map(Passphrase::new) {
            Ok(words) => {
                let entry = self.agent.entry(self.persona.as_deref())?;
                Ok(self.agent.unlock_with_recovery_phrase(&entry.id, words.expose())?)
            }
            Err(_) => self.unlock_by_passphrase(),
        }
    }

    /// Unlocks the persona that acts, by its passphrase.
    fn unlock_by_passphrase(&self) -> Result<Persona, Failure> {
        let entry = self.agent.entry(self.persona.as_deref())?;
        let passphrase = self.passphrase("Passphrase: ")?;
        Ok(self.agent.unlock_with_passphrase(&entry.id, &passphrase)?)
    }

    /// The passphrase, from the environment or asked for on the terminal without showing it.
    fn passphrase(&self, prompt: &str) -> Result<Passphrase, Failure> {
        self.secret(PASSPHRASE, prompt)
    }

    /// A secret, from the environment or asked for on the terminal without showing it.
    fn secret(&self, variable: &str, prompt: &str) -> Result<Passphrase, Failure> {
        if let Ok(secret) = std::env::var(variable) {
            return Ok(Passphrase::new(secret));
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::new(
                "no_passphrase",
                format!("no terminal to ask for the passphrase on; set {variable}"),
            ));
        }
        rpassword::prompt_password(prompt)
            .map(Passphrase::new)
            .map_err(|_| Failure::new("no_passphrase", "the passphrase could not be read"))
    }

    /// Shows progress on the error stream, on one line that is written over; nothing when the output is for a program.
    fn progress(&self, text: &str) {
        if !self.json && std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
            let _ = std::io::stderr().flush();
        }
    }

    /// What long work is told: it shows how far it is, and stops when the person says so.
    fn watch<'a>(&'a self, doing: &'a str) -> impl FnMut(WorkProgress) -> ControlFlow<()> + 'a {
        let mut last: Option<Instant> = None;
        move |progress| {
            if last.is_none_or(|last| last.elapsed() >= PROGRESS_EVERY) {
                last = Some(Instant::now());
                let done = megabytes(progress.done_bytes);
                match progress.total_bytes {
                    0 => self.progress(&format!("{doing}: {done}")),
                    total => self.progress(&format!("{doing}: {done} of {}", megabytes(total))),
                }
            }
            if self.stop.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }
    }

    /// Takes the progress line away.
    fn progress_done(&self) {
        self.progress("");
    }
}

fn rail_kind(named: args::RailKind) -> RailKind {
    match named {
        args::RailKind::Cashu => RailKind::Cashu,
        args::RailKind::HandOff => RailKind::HandOff,
    }
}

/// The user's data folder, by the platform's custom.
fn default_data() -> Result<PathBuf, Failure> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    variable("XDG_DATA_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local").join("share")))
        .map(|folder| folder.join("tekram"))
        .ok_or_else(|| Failure::new("no_data_folder", "say where the data is with --data DIR or TEKRAM_DATA"))
}

/// A value as JSON.
fn to_json<T: serde::Serialize>(value: &T) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|_| Failure::new("json", "the answer could not be written as JSON"))
}

/// An amount such as `10 EUR`.
fn amount(text: &str) -> Result<Money, Failure> {
    text.parse()
        .map_err(|error: MoneyError| Failure::new(error.code(), error.to_string()))
}

/// The beginning of an id: enough to name it.
fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

/// That there is a file to read.
fn readable(file: &Path) -> Result<(), Failure> {
    match std::fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(Failure::new("not_a_file", "that is a folder or a device, not a file")),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::new("no_such_file", "there is no such file")),
        Err(error) => Err(Failure::new("io", format!("the file cannot be read: {}", error.kind()))),
    }
}

/// A file that only its owner may read, because what is exported is personal. It must not be there yet.
fn new_private_file(file: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::new("file_exists", "that file exists already; it is not written over"),
        kind => Failure::new("io", format!("the file could not be written: {kind}")),
    })
}

/// Writes a new file that only its owner may read.
fn write_private_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    new_private_file(file)?
        .write_all(bytes)
        .map_err(|error| Failure::new("io", format!("the file could not be written: {}", error.kind())))
}
