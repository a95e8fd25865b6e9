//! A real WebDAV server for tests: WsgiDAV over a folder, with one name and password. The program is the one that `cargo
//! xtask setup` installed; a missing one is an error that says so, never a skipped test. It dies with the value that started it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::nutshell::cache_dir;
use crate::process::leashed;

/// How long it may take from its start to its first answer. Python imports on a busy machine are slow.
const START_LIMIT: Duration = Duration::from_secs(90);
/// Pause between two questions whether it answers yet.
const POLL_PAUSE: Duration = Duration::from_millis(60);

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct WebDavServer {
    /// Where it is reached: `http://127.0.0.1:PORT`.
    pub url: String,
    /// Its address.
    pub address: SocketAddr,
    /// The folder that it serves.
    pub folder: PathBuf,
    child: Child,
    /// Held open: closing it ends the server.
    _lifeline: Option<ChildStdin>,
}

impl WebDavServer {
    /// The name that it knows.
    pub const USER: &'static str = "somebody";
    /// The password of that name.
    pub const PASSWORD: &'static str = "grüne Bohnen: 7";

    /// Serves `folder`, which is made, on a free port, and returns when it answers.
    ///
    /// # Errors
    /// When it is not installed, or does not come up; the error says what to do, or how its log ends.
    pub fn start(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        let program = cache_dir().join("webdav").join("bin").join("wsgidav");
        if !program.exists() {
            return Err(io::Error::other(format!(
                "WsgiDAV is not installed: {} is missing. Run `cargo xtask setup`, or point TEKRAM_CACHE at the folder that \
                 holds `webdav`",
                program.display()
            )));
        }
        // A free port can be taken by another process before the server binds it: try a few times.
        let mut last = io::Error::other("the server was not tried");
        for _ in 0..4 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            match Self::start_on(&program, &folder, port) {
                Ok(server) => return Ok(server),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn start_on(program: &Path, folder: &Path, port: u16) -> io::Result<Self> {
        let beside = |end: &str| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            folder.with_file_name(format!("{name}-{end}"))
        };
        let (config, log_path) = (beside("config.json"), beside("log"));
        let text = serde_json::json!({
            "host": "127.0.0.1",
            "port": port,
            "provider_mapping": {"/": folder},
            "simple_dc": {"user_mapping": {"*": {Self::USER: {"password": Self::PASSWORD}}}},
            "http_authenticator": {"accept_basic": true, "accept_digest": false, "default_to_digest": false},
            "verbose": 1,
        });
        fs::write(&config, text.to_string())?;
        let log = File::create(&log_path)?;
        let mut child = leashed(program)
            .arg("--config")
            .arg(&config)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(log.try_clone()?)
            .stderr(log)
            .stdin(Stdio::piped())
            .spawn()?;
        let lifeline = child.stdin.take();
        let mut server = Self {
            url: format!("http://127.0.0.1:{port}"),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            folder: folder.to_owned(),
            child,
            _lifeline: lifeline,
        };
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if server.answers() {
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(POLL_PAUSE);
        }
        let log = fs::read_to_string(log_path).unwrap_or_default();
        Err(io::Error::other(format!("the WebDAV server did not come up:\n{log}")))
    }

    /// Whether it refuses who says no name, as WsgiDAV does.
    fn answers(&self) -> bool {
        let ask = || -> io::Result<bool> {
            let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(1))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(b"PROPFIND / HTTP/1.1\r\nHost: 127.0.0.1\r\nDepth: 0\r\nConnection: close\r\n\r\n")?;
            let mut start = [0u8; 12];
            stream.read_exact(&mut start)?;
            Ok(start.ends_with(b" 401"))
        };
        ask().unwrap_or(false)
    }
}

impl Drop for WebDavServer {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // A group that is already gone is no error here.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}
