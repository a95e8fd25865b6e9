//! A real WebDAV server for tests: WsgiDAV over a folder, with one name and password. The program is the one that `cargo
//! xtask setup` installed; a missing one is an error that says so, never a skipped test. It dies with the value that started it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::process::leashed;
use crate::served::{Served, exchange, installed};

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct WebDavServer {
    /// Where it is reached: `http://127.0.0.1:PORT`.
    pub url: String,
    /// Its address.
    pub address: SocketAddr,
    /// The folder that it serves.
    pub folder: PathBuf,
    _served: Served,
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
        let program = installed("webdav", "wsgidav")?;
        let beside = |end: &str| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            folder.with_file_name(format!("{name}-{end}"))
        };
        let config = beside("config.json");
        let command = |port: u16| {
            let text = serde_json::json!({
                "host": "127.0.0.1",
                "port": port,
                "provider_mapping": {"/": folder},
                "simple_dc": {"user_mapping": {"*": {Self::USER: {"password": Self::PASSWORD}}}},
                "http_authenticator": {"accept_basic": true, "accept_digest": false, "default_to_digest": false},
                "verbose": 1,
            });
            fs::write(&config, text.to_string())?;
            let mut command = leashed(&program);
            command.arg("--config").arg(&config).env("PYTHONDONTWRITEBYTECODE", "1");
            Ok(command)
        };
        let served = Served::start(&beside("log"), command, answers)?;
        Ok(Self {
            url: format!("http://{}", served.address),
            address: served.address,
            folder: folder.clone(),
            _served: served,
        })
    }
}

/// Whether it refuses who says no name, as WsgiDAV does.
fn answers(address: SocketAddr) -> bool {
    let request = b"PROPFIND / HTTP/1.1\r\nHost: 127.0.0.1\r\nDepth: 0\r\nConnection: close\r\n\r\n";
    exchange(address, request, Duration::from_secs(5))
        .is_ok_and(|answer| answer.get(..12).is_some_and(|start| start.ends_with(b" 401")))
}
