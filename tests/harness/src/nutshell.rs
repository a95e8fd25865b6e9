//! A real Cashu mint for tests: Nutshell with its fake Lightning backend, where every invoice is paid. The program is
//! the one `cargo xtask setup` installed; a missing one is an error that says so, never a skipped test. The mint dies
//! with the value that started it, and also when the whole test process is killed.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use thiserror::Error;

/// How long a mint may take from its start to its first answer. Python imports on a busy machine are slow.
const START_LIMIT: Duration = Duration::from_secs(90);
/// Pause between two questions whether the mint answers yet.
const POLL_PAUSE: Duration = Duration::from_millis(60);

/// Starts the mint in the background and waits for it; ends it as soon as the pipe on standard input closes, which is
/// what happens to it when the starting process dies in any way. File descriptor 3 carries the pipe because a shell
/// gives background jobs an empty standard input.
const WATCHDOG: &str = r#"exec 3<&0; "$@" 3<&- & p=$!; (read -r _ <&3; kill -KILL "$p" 2>/dev/null) & wait "$p""#;

/// The folder that keeps downloads and installed programs between checkouts: `$TEKRAM_CACHE`, or `tekram` in the
/// user's cache directory.
pub fn cache_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("TEKRAM_CACHE").filter(|d| !d.is_empty()) {
        return PathBuf::from(dir);
    }
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let user_cache = match std::env::var_os("XDG_CACHE_HOME").filter(|d| !d.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None if cfg!(target_os = "macos") => home.join("Library").join("Caches"),
        None => home.join(".cache"),
    };
    user_cache.join("tekram")
}

/// The virtual environment that holds Nutshell: `nutshell` in [`cache_dir`].
pub fn nutshell_environment() -> PathBuf {
    cache_dir().join("nutshell")
}

/// What kind of mint to start.
#[derive(Clone, Debug)]
pub struct NutshellOptions {
    /// TCP port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Folder for the mint's database, key and log. It is created when missing; starting again on the same folder
    /// continues the same mint.
    pub data_dir: PathBuf,
    /// Fee for each input of a swap, in thousandths of the unit (NUT-02 `input_fee_ppk`).
    pub input_fee_ppk: u32,
    /// Whether invoices are paid by themselves; without, a quote stays unpaid.
    pub invoices_get_paid: bool,
}

impl NutshellOptions {
    /// A mint in `data_dir` on a free port, with Nutshell's usual fee of 100 ppk and invoices that get paid.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            port: 0,
            data_dir: data_dir.into(),
            input_fee_ppk: 100,
            invoices_get_paid: true,
        }
    }
}

/// Why a mint could not be started.
#[derive(Error)]
pub enum NutshellError {
    /// Nutshell is not installed where it is looked for.
    #[error(
        "Nutshell is not installed: {0} is missing. Run `cargo xtask setup`, or point TEKRAM_CACHE at the folder that holds `nutshell`"
    )]
    NotInstalled(PathBuf),
    /// The data folder or the process could not be made.
    #[error("the mint could not be started: {0}")]
    Io(#[from] io::Error),
    /// The program ended before it answered.
    #[error("the mint ended before it answered; the end of its log:\n{log}")]
    Ended {
        /// The last lines of the mint's log.
        log: String,
    },
    /// The program runs and does not answer.
    #[error("the mint did not answer within {seconds} s; the end of its log:\n{log}")]
    Silent {
        /// How long it was waited for, in seconds.
        seconds: u64,
        /// The last lines of the mint's log.
        log: String,
    },
}

impl fmt::Debug for NutshellError {
    /// The sentence for people: a test that unwraps prints this, and it says what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A running Nutshell mint with the units `sat` and `eur` (cent); killed on drop.
#[derive(Debug)]
pub struct Nutshell {
    /// The mint's address, such as `http://127.0.0.1:3338`.
    pub url: String,
    options: NutshellOptions,
    running: Option<Child>,
}

impl Nutshell {
    /// Starts a mint and returns when `/v1/info` answers. Blocks for a few seconds.
    ///
    /// # Errors
    /// [`NutshellError::NotInstalled`] when the program is missing; the others when it does not come up.
    pub fn start(options: NutshellOptions) -> Result<Self, NutshellError> {
        // A free port can be taken by another process before the mint binds it: try a few times.
        let attempts = if options.port == 0 { 4 } else { 1 };
        let mut last = None;
        for _ in 0..attempts {
            let port = if options.port == 0 { free_port()? } else { options.port };
            let chosen = NutshellOptions {
                port,
                ..options.clone()
            };
            let mut mint = Self {
                url: format!("http://127.0.0.1:{port}"),
                options: chosen,
                running: None,
            };
            match mint.run() {
                Ok(()) => return Ok(mint),
                Err(error @ NutshellError::Ended { .. }) => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| NutshellError::Ended { log: String::new() }))
    }

    /// The mint's TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.options.port
    }

    /// Kills the mint, as a crash or a power cut would. Its data stays; [`Self::run`] brings it back.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            signal_group(&child, Signal::KILL);
            // Reaping can only fail when the child is already gone, which is what is wanted.
            let _ = child.wait();
        }
    }

    /// Starts the mint again on the same port and data after [`Self::stop`]; does nothing while it runs.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn run(&mut self) -> Result<(), NutshellError> {
        if self.running.is_none() {
            self.running = Some(spawn(&self.options)?);
            if let Err(error) = self.wait_until_it_answers() {
                self.stop();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Freezes the mint: connections open and nothing answers, as on an overloaded machine.
    pub fn freeze(&self) {
        if let Some(child) = &self.running {
            signal_group(child, Signal::STOP);
        }
    }

    /// Lets a frozen mint go on.
    pub fn thaw(&self) {
        if let Some(child) = &self.running {
            signal_group(child, Signal::CONT);
        }
    }

    fn wait_until_it_answers(&mut self) -> Result<(), NutshellError> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if answers(self.options.port) {
                return Ok(());
            }
            if let Some(child) = &mut self.running
                && child.try_wait()?.is_some()
            {
                return Err(NutshellError::Ended { log: self.log_end() });
            }
            std::thread::sleep(POLL_PAUSE);
        }
        Err(NutshellError::Silent {
            seconds: START_LIMIT.as_secs(),
            log: self.log_end(),
        })
    }

    fn log_end(&self) -> String {
        let text = fs::read_to_string(log_path(&self.options.data_dir)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines
            .iter()
            .skip(lines.len().saturating_sub(20))
            .copied()
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Drop for Nutshell {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(options: &NutshellOptions) -> Result<Child, NutshellError> {
    let program = nutshell_environment().join("bin").join("mint");
    if !program.exists() {
        return Err(NutshellError::NotInstalled(program));
    }
    let dir = &options.data_dir;
    fs::create_dir_all(dir)?;
    let log = File::options().create(true).append(true).open(log_path(dir))?;
    let port = options.port.to_string();
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", WATCHDOG, "sh"])
        .arg(&program)
        .args(["--host", "127.0.0.1", "--port", &port])
        // Only what is named here: a developer's own MINT_… variables or .env file must not change the mint. Nutshell
        // reads `.env` from the working folder and from ~/.cashu.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", dir)
        .env("CASHU_DIR", dir)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MINT_DATABASE", dir.join("mint"))
        .env("MINT_PRIVATE_KEY", private_key(dir)?)
        .env("MINT_LISTEN_HOST", "127.0.0.1")
        .env("MINT_LISTEN_PORT", &port)
        // Keysets for sat (index 0) and eur (index 3); a backend alone brings none.
        .env("MINT_DERIVATION_PATH_LIST", r#"["m/0'/3'/0'"]"#)
        .env("MINT_BACKEND_BOLT11_SAT", "FakeWallet")
        .env("MINT_BACKEND_BOLT11_EUR", "FakeWallet")
        .env("MINT_INPUT_FEE_PPK", options.input_fee_ppk.to_string())
        .env("MINT_RATE_LIMIT", "FALSE")
        .env(
            "FAKEWALLET_BRR",
            if options.invoices_get_paid { "TRUE" } else { "FALSE" },
        )
        .env("FAKEWALLET_DELAY_INCOMING_PAYMENT", "0")
        .env("FAKEWALLET_DELAY_OUTGOING_PAYMENT", "0")
        .env("TOR", "FALSE")
        .env("DEBUG", "FALSE")
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0);
    Ok(command.spawn()?)
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join("mint.log")
}

/// The mint's key, drawn once for a data folder: two mints must not sign with the same keys, and one mint keeps its
/// keys over a restart.
fn private_key(dir: &Path) -> io::Result<String> {
    let path = dir.join("mint.key");
    if let Ok(key) = fs::read_to_string(&path) {
        return Ok(key);
    }
    let mut random = [0u8; 32];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let key: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(&path, &key)?;
    Ok(key)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn signal_group(child: &Child, signal: Signal) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // A group that is already gone is no error here.
        let _ = kill_process_group(group, signal);
    }
}

fn answers(port: u16) -> bool {
    let ask = || -> io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut start = [0u8; 12];
        stream.read_exact(&mut start)?;
        Ok(start.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn a_mint_answers_survives_a_restart_and_is_gone_after_drop() {
        let dir = tempfile::tempdir().unwrap();
        let mut mint = Nutshell::start(NutshellOptions::new(dir.path().join("mint"))).unwrap();
        let port = mint.port();
        assert!(answers(port));
        mint.stop();
        assert!(!answers(port));
        mint.run().unwrap();
        assert!(answers(port));
        drop(mint);
        assert!(!answers(port));
    }
}
