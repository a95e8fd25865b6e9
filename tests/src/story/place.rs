//! Where the run keeps what: one folder, so that a second run finds everything again and a person can look around.

use std::fs::{self, File, OpenOptions, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{StoryError, Told, While};

/// The run's folder.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
}

/// TCP ports of the counterparts. They stay the same over runs: feed addresses stand in the log, relay and mint
/// addresses in signed cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// The Cashu mint.
    pub mint: u16,
    /// The Nostr relay.
    pub relay: u16,
    /// The web server of feeds and cards.
    pub feeds: u16,
}

impl Ports {
    /// Whether nobody listens on any of them.
    pub fn are_free(self) -> bool {
        [self.mint, self.relay, self.feeds]
            .iter()
            .all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
    }
}

impl Place {
    /// Makes the folder, if it is not there, and what lies in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(root: &Path) -> Told<Self> {
        fs::create_dir_all(root).during(format!("cannot make {}", root.display()))?;
        let root = root.canonicalize().during(format!("cannot find {}", root.display()))?;
        let place = Self { root };
        for folder in [
            place.personas(),
            place.site(),
            place.imports(),
            place.records(),
            place.logs(),
        ] {
            fs::create_dir_all(&folder).during(format!("cannot make {}", folder.display()))?;
        }
        // What was heard and signed is nobody else's business; an earlier run may have made these open.
        for folder in [place.imports(), place.records()] {
            fs::set_permissions(&folder, Permissions::from_mode(0o700))
                .during(format!("cannot close {} to others", folder.display()))?;
        }
        Ok(place)
    }

    /// All of it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The persons' vaults: `tekram --data`.
    pub fn personas(&self) -> PathBuf {
        self.root.join("personas")
    }

    /// What the feed server serves.
    pub fn site(&self) -> PathBuf {
        self.root.join("site")
    }

    /// The exports that are imported.
    pub fn imports(&self) -> PathBuf {
        self.root.join("imports")
    }

    /// Pictures and signed records.
    pub fn records(&self) -> PathBuf {
        self.root.join("records")
    }

    /// What the programs said.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The mint's database and key.
    pub fn mint(&self) -> PathBuf {
        self.root.join("mint")
    }

    /// A desk's configuration, keys and books.
    pub fn desk(&self, name: &str) -> PathBuf {
        self.root.join("desks").join(name)
    }

    /// Process id of a background run of the counterparts.
    pub fn holder(&self) -> PathBuf {
        self.root.join("holder.pid")
    }

    /// The ports of this folder: kept from the first run on.
    ///
    /// # Errors
    /// When they cannot be read or chosen.
    pub fn ports(&self) -> Told<Ports> {
        let file = self.root.join("ports.json");
        if let Ok(text) = fs::read_to_string(&file) {
            return serde_json::from_str(&text).during(format!("cannot read {}", file.display()));
        }
        let [mint, relay, feeds] = free_ports()?;
        let ports = Ports { mint, relay, feeds };
        let text = serde_json::to_string(&ports).during("cannot write the ports")?;
        fs::write(&file, text).during(format!("cannot write {}", file.display()))?;
        Ok(ports)
    }

    /// Keeps other runs out of the folder while the returned file lives; none when another holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn lock(&self) -> Told<Option<File>> {
        let path = self.root.join("run.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .during(format!("cannot open {}", path.display()))?;
        Ok(file.try_lock().is_ok().then_some(file))
    }
}

fn free_ports() -> Told<[u16; 3]> {
    // All three are held at once, so that they differ.
    let mut held = Vec::new();
    let mut ports = [0; 3];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).during("cannot open a port on 127.0.0.1")?;
        *port = listener.local_addr().during("cannot open a port on 127.0.0.1")?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// A program of ours, built beside this one.
///
/// # Errors
/// When it was not built.
pub fn program(name: &str) -> Told<PathBuf> {
    let here = std::env::current_exe().during("cannot find this program")?;
    // Test programs lie one folder deeper than the programs they drive.
    let beside = here
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    beside.ok_or_else(|| StoryError::new(format!("`{name}` is not built; `cargo xtask run` builds it")))
}

/// A file of this package's `fixtures`.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn ports_stay_the_same_over_runs() {
        let folder = tempfile::tempdir().unwrap();
        let first = Place::open(folder.path()).unwrap().ports().unwrap();
        assert_eq!(Place::open(folder.path()).unwrap().ports().unwrap(), first);
        assert!(first.mint != first.relay && first.relay != first.feeds && first.mint != first.feeds);
    }

    #[test]
    fn exports_and_records_are_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::open(folder.path()).unwrap();
        for closed in [place.imports(), place.records()] {
            assert_eq!(fs::metadata(closed).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_second_run_is_kept_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::open(folder.path()).unwrap();
        let lock = place.lock().unwrap();
        assert!(lock.is_some());
        assert!(place.lock().unwrap().is_none());
        drop(lock);
        assert!(place.lock().unwrap().is_some());
    }
}
