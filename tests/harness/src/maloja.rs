//! A real server that takes listens by ListenBrainz's API: Maloja over a folder, with one token. The program is the one that
//! `cargo xtask setup` installed; a missing one is an error that says so, never a skipped test. It dies with the value that
//! started it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::process::{leashed, output_of};
use crate::served::{Served, exchange, installed};

/// A running server; it ends when dropped. Started again on the same folder it is the same server.
#[derive(Debug)]
pub struct Maloja {
    /// Where ListenBrainz's API begins, without the version.
    pub url: String,
    /// `host:port`, as a policy names it.
    pub origin: String,
    served: Served,
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
        fs::write(folder.join("apikeys.yml"), format!("tests: {}\n", Self::TOKEN))?;
        let command = |port: u16| {
            let mut command = program(&folder, &["run"])?;
            command
                .env("MALOJA_HOST", "127.0.0.1")
                .env("MALOJA_PORT", port.to_string());
            Ok(command)
        };
        let healthy = |address| {
            get(address, "/apis/mlj_1/serverinfo")
                .is_ok_and(|info| info.pointer("/db_status/healthy") == Some(&Value::Bool(true)))
        };
        let served = Served::start(&folder.join("output.log"), command, healthy)?;
        let origin = served.address.to_string();
        Ok(Self {
            url: format!("http://{origin}/apis/listenbrainz"),
            origin,
            served,
        })
    }

    /// Takes a history of another service in, as `maloja import` does, into a folder that no server runs on.
    ///
    /// # Errors
    /// When it is not installed, or ends with an error; what it wrote is in the error.
    pub fn import(folder: &Path, file: &Path) -> io::Result<()> {
        let file = file
            .to_str()
            .ok_or_else(|| io::Error::other("the file's name is no text"))?;
        let child = program(folder, &["import", file])?
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let output = output_of(child)?;
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.success() && said.contains("Successfully imported") {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )))
    }

    /// What was heard most in a year (in UTC): how often, and its title; all of it, the most heard first.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn tracks_of_year(&self, year: i64) -> io::Result<Vec<(u64, String)>> {
        let answer = get(self.served.address, &format!("/apis/mlj_1/charts/tracks?in={year}"))?;
        let list = answer.get("list").and_then(Value::as_array);
        let list = list.ok_or_else(|| io::Error::other(format!("no list: {answer}")))?;
        let ranks = list.iter().map(|one| {
            let title = one.pointer("/track/title")?.as_str()?.to_owned();
            Some((one.get("scrobbles")?.as_u64()?, title))
        });
        ranks
            .collect::<Option<_>>()
            .ok_or_else(|| io::Error::other("a rank without number or title"))
    }

    /// Moment (seconds since 1970) and title of every listen that it has, oldest first.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn listens(&self) -> io::Result<Vec<(i64, String)>> {
        let answer = get(self.served.address, "/apis/mlj_1/scrobbles?since=2002/01/01")?;
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
        ask(self.served.address, &[head.as_bytes(), body].concat())
    }
}

/// Its program over a folder, with everything settled that it would ask for.
fn program(folder: &Path, arguments: &[&str]) -> io::Result<Command> {
    let mut command = leashed(&installed("maloja", "python")?);
    command
        .args(["-m", "maloja"])
        .args(arguments)
        .env("HOME", folder)
        .env("TZ", "UTC")
        .env("MALOJA_DATA_DIRECTORY", folder)
        .env("MALOJA_SKIP_SETUP", "true")
        .env("MALOJA_FORCE_PASSWORD", "nobody logs in")
        .env("MALOJA_SEND_STATS", "false")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

fn get(address: SocketAddr, path: &str) -> io::Result<Value> {
    ask(
        address,
        format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").as_bytes(),
    )
}

fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Value> {
    let answer = exchange(address, request, Duration::from_secs(60))?;
    let body = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(0, |at| at + 4);
    serde_json::from_slice(answer.get(body..).unwrap_or_default()).map_err(io::Error::other)
}
