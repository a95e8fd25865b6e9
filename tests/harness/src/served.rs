//! Python programs as real counterparts: where `cargo xtask setup` installed them, a server of them on a free port that is
//! waited for and ends with the value that started it, and one that answers a question. A missing one is an error that
//! says so, never a skipped test.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::nutshell::cache_dir;

/// How long a server may take from its start to its first answer. Python imports on a busy machine are slow.
const START_LIMIT: Duration = Duration::from_secs(120);
/// Pause between two questions whether it answers yet.
const POLL_PAUSE: Duration = Duration::from_millis(60);

/// A program in the virtual environment `environment` of [`cache_dir`].
///
/// # Errors
/// When it is not there; the error says what to do.
pub(crate) fn installed(environment: &str, program: &str) -> io::Result<PathBuf> {
    let path = cache_dir().join(environment).join("bin").join(program);
    if path.exists() {
        return Ok(path);
    }
    Err(io::Error::other(format!(
        "{} is missing. Run `cargo xtask setup`, or point TEKRAM_CACHE at the folder that holds `{environment}`",
        path.display()
    )))
}

/// Runs a Python program over one question and reads its answer, both JSON.
///
/// # Errors
/// When it cannot be started, or ends with an error; what it wrote is in the error.
pub(crate) fn answer(python: &Path, program: &str, question: &Value) -> io::Result<Value> {
    let mut child = Command::new(python)
        .args(["-I", "-c", program])
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(question.to_string().as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let failed = || io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned());
    if !output.status.success() {
        return Err(failed());
    }
    serde_json::from_slice(&output.stdout).map_err(|_| failed())
}

/// A server on 127.0.0.1; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    child: Child,
    /// Held open: closing it ends the server.
    _lifeline: Option<ChildStdin>,
}

impl Served {
    /// Starts what `command` makes for a free port, its output going to `log`, and returns when it is `healthy`.
    ///
    /// # Errors
    /// When it does not come up; the error has its log.
    pub(crate) fn start(
        log: &Path,
        command: impl Fn(u16) -> io::Result<Command>,
        healthy: impl Fn(SocketAddr) -> bool,
    ) -> io::Result<Self> {
        // A free port can be taken by another process before the server binds it: try a few times.
        let mut last = io::Error::other("the server was not tried");
        for _ in 0..4 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let output = File::create(log)?;
            let mut child = command(port)?
                .stdout(output.try_clone()?)
                .stderr(output)
                .stdin(Stdio::piped())
                .spawn()?;
            let lifeline = child.stdin.take();
            let mut server = Self {
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                child,
                _lifeline: lifeline,
            };
            if server.comes_up(&healthy)? {
                return Ok(server);
            }
            let said = fs::read_to_string(log).unwrap_or_default();
            last = io::Error::other(format!("the server did not come up:\n{said}"));
        }
        Err(last)
    }

    fn comes_up(&mut self, healthy: impl Fn(SocketAddr) -> bool) -> io::Result<bool> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if healthy(self.address) {
                return Ok(true);
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(POLL_PAUSE);
        }
        Ok(false)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // A group that is already gone is no error here.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// Sends a request as it stands and reads the answer to its end.
///
/// # Errors
/// When nothing answers.
pub(crate) fn exchange(address: SocketAddr, request: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
