//! A real server that takes listens by ListenBrainz's API: Maloja over a folder, with one token. The program is the one that
//! `cargo xtask setup` installed; a missing one is an error that says so, never a skipped test. It dies with the value that
//! started it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::nutshell::cache_dir;
use crate::process::leashed;

/// How long it may take from its start to its first answer. Python imports on a busy machine are slow.
const START_LIMIT: Duration = Duration::from_secs(120);
/// Pause between two questions whether it answers yet.
const POLL_PAUSE: Duration = Duration::from_millis(100);

/// A running server; it ends when dropped. Started again on the same folder it is the same server.
#[derive(Debug)]
pub struct Maloja {
    /// Where ListenBrainz's API begins, without the version.
    pub url: String,
    /// `host:port`, as a policy names it.
    pub origin: String,
    address: SocketAddr,
    child: Child,
    /// Held open: closing it ends the server.
    _lifeline: Option<ChildStdin>,
}

impl Maloja {
    /// The token that it knows.
    pub const TOKEN: &'static str = "tekram-tests-b1a9c0e9d9874042ae91";

    /// Serves from `folder`, which is made, on a free port, and returns when it answers.
    ///
    /// # Errors
    /// When it is not installed, or does not come up; the error says what to do, or how its log ends.
    pub fn start(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        let python = cache_dir().join("maloja").join("bin").join("python");
        if !python.exists() {
            return Err(io::Error::other(format!(
                "Maloja is not installed: {} is missing. Run `cargo xtask setup`, or point TEKRAM_CACHE at the folder that \
                 holds `maloja`",
                python.display()
            )));
        }
        fs::write(folder.join("apikeys.yml"), format!("tests: {}\n", Self::TOKEN))?;
        // A free port can be taken by another process before the server binds it: try a few times.
        let mut last = io::Error::other("the server was not tried");
        for _ in 0..4 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            match Self::start_on(&python, &folder, port) {
                Ok(server) => return Ok(server),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn start_on(python: &Path, folder: &Path, port: u16) -> io::Result<Self> {
        let log_path = folder.join("output.log");
        let log = File::create(&log_path)?;
        let mut child = leashed(python)
            .args(["-m", "maloja", "run"])
            .env("HOME", folder)
            .env("MALOJA_DATA_DIRECTORY", folder)
            .env("MALOJA_SKIP_SETUP", "true")
            .env("MALOJA_FORCE_PASSWORD", "nobody logs in")
            .env("MALOJA_HOST", "127.0.0.1")
            .env("MALOJA_PORT", port.to_string())
            .env("MALOJA_SEND_STATS", "false")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(log.try_clone()?)
            .stderr(log)
            .stdin(Stdio::piped())
            .spawn()?;
        let lifeline = child.stdin.take();
        let mut server = Self {
            url: format!("http://127.0.0.1:{port}/apis/listenbrainz"),
            origin: format!("127.0.0.1:{port}"),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            child,
            _lifeline: lifeline,
        };
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            let healthy = server.get("/apis/mlj_1/serverinfo").ok();
            if healthy.is_some_and(|info| info.pointer("/db_status/healthy") == Some(&Value::Bool(true))) {
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(POLL_PAUSE);
        }
        let log = fs::read_to_string(log_path).unwrap_or_default();
        Err(io::Error::other(format!("Maloja did not come up:\n{log}")))
    }

    /// Moment (seconds since 1970) and title of every listen that it has, oldest first.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn listens(&self) -> io::Result<Vec<(i64, String)>> {
        let answer = self.get("/apis/mlj_1/scrobbles?since=2002/01/01")?;
        let mut listens: Vec<(i64, String)> = answer
            .get("list")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|one| {
                Some((
                    one.get("time")?.as_i64()?,
                    one.pointer("/track/title")?.as_str()?.to_owned(),
                ))
            })
            .collect();
        listens.sort();
        Ok(listens)
    }

    /// Posts a request as it came in elsewhere, for a test that stands between.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn pass_on(&self, body: &[u8]) -> io::Result<Value> {
        let head = format!(
            "POST /apis/listenbrainz/1/submit-listens HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Token {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            Self::TOKEN,
            body.len()
        );
        self.ask(&[head.as_bytes(), body].concat())
    }

    fn get(&self, path: &str) -> io::Result<Value> {
        self.ask(format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").as_bytes())
    }

    fn ask(&self, request: &[u8]) -> io::Result<Value> {
        let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let body = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(0, |at| at + 4);
        serde_json::from_slice(answer.get(body..).unwrap_or_default()).map_err(io::Error::other)
    }
}

impl Drop for Maloja {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // A group that is already gone is no error here.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}
