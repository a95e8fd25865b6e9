//! A WebDAV server as a place for backups. Files are fetched whole before they are read, and written here before they are sent:
//! a server is asked for each once, and an upload goes under another name until it is there whole.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tekram_net::{DavError, DavFile, NetPolicy, WebDav};
use tekram_primitives::secret::Passphrase;
use tekram_vault::{BackupPlace, Fill, PlaceEntry, Progress, ReadSeek, VaultError};
use tempfile::NamedTempFile;

use super::watching::Watching;
use crate::error::AgentError;

/// How files that are on their way are called here; encrypted like the backup.
const SPOOL: &str = ".on-its-way-";
/// What lies so long was left behind by a program that was killed.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// A server's folder, and what the person says there.
#[derive(Clone, Debug)]
pub struct BackupServer {
    pub(crate) url: String,
    pub(crate) user: String,
    pub(crate) password: Passphrase,
    pub(crate) in_home_network: bool,
}

impl BackupServer {
    /// The folder at `url`. An empty user says nothing there.
    #[must_use]
    pub fn new(url: &str, user: &str, password: Passphrase) -> Self {
        Self {
            url: url.to_owned(),
            user: user.to_owned(),
            password,
            in_home_network: false,
        }
    }

    /// The same server, which the person says is in their own network: its private address may be reached, for backups alone and
    /// never by a redirect of another server; and without encryption, as long as it does not lead out of that network.
    #[must_use]
    pub fn in_home_network(mut self) -> Self {
        self.in_home_network = true;
        self
    }

    /// Who asks it; nothing is sent yet.
    pub(crate) fn client(&self, policy: &NetPolicy) -> Result<WebDav, DavError> {
        let open = if self.in_home_network {
            WebDav::in_home_network
        } else {
            WebDav::new
        };
        open(policy.clone(), &self.url, &self.user, self.password.expose())
    }
}

/// The server, as the vault sees it. Its calls wait for the network, on a thread that may.
pub(crate) struct ServerPlace<'a> {
    runtime: tokio::runtime::Runtime,
    dav: WebDav,
    spool: &'a Path,
    watching: &'a Watching<'a>,
    fetched: RefCell<BTreeMap<String, (DavFile, NamedTempFile)>>,
}

impl<'a> ServerPlace<'a> {
    /// Makes sure that the folder is there. `spool` is a folder of this program's own.
    pub(crate) fn open(
        server: &BackupServer,
        policy: &NetPolicy,
        spool: &'a Path,
        watching: &'a Watching<'a>,
    ) -> Result<Self, AgentError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(DavError::Io)?;
        sweep(spool);
        let dav = server.client(policy)?;
        let mut place = Self {
            runtime,
            dav,
            spool,
            watching,
            fetched: RefCell::default(),
        };
        // Inside the runtime's reach: connections belong to it.
        place.runtime.block_on(place.dav.enter())?;
        Ok(place)
    }

    /// Writes, looks at and removes a small file, as a backup will.
    pub(crate) fn try_out(&self) -> Result<(), AgentError> {
        let mut file = self.new_spool().map_err(DavError::Io)?;
        file.write_all(b"Tekram tries whether backups can be kept here.\n")
            .map_err(DavError::Io)?;
        let name = file.path().file_name().and_then(|name| name.to_str());
        let name = format!("tekram-try{}", name.unwrap_or_default().replace(SPOOL, "-"));
        let (first, second) = (format!("{name}.new"), format!("{name}.txt"));
        let tried = self
            .send(&first, &file)
            .and_then(|()| self.runtime.block_on(self.dav.rename(&first, &second)));
        let removed = self.runtime.block_on(self.dav.remove(&second));
        if tried.is_err() {
            let _ = self.runtime.block_on(self.dav.remove(&first));
        }
        tried?;
        Ok(removed?)
    }

    fn new_spool(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().prefix(SPOOL).tempfile_in(self.spool)
    }

    fn told(&self) -> impl FnMut(u64, u64) -> ControlFlow<()> + '_ {
        |done_bytes, total_bytes| {
            self.watching.tell(Progress {
                done_bytes,
                total_bytes,
            })
        }
    }

    fn file(&self, name: &str) -> Result<DavFile, DavError> {
        self.runtime.block_on(self.dav.file(name))
    }

    /// The file as it is there now, here.
    fn fetch(&self, name: &str) -> Result<(DavFile, NamedTempFile), DavError> {
        let now = self.file(name)?;
        if let Some((file, spool)) = self.fetched.borrow_mut().remove(name)
            && file == now
        {
            return Ok((file, spool));
        }
        let mut spool = self.new_spool().map_err(DavError::Io)?;
        self.runtime
            .block_on(self.dav.download(&now, spool.as_file_mut(), &mut self.told()))?;
        Ok((now, spool))
    }

    fn send(&self, name: &str, spool: &NamedTempFile) -> Result<(), DavError> {
        let file = spool.reopen().map_err(DavError::Io)?;
        self.runtime.block_on(self.dav.upload(name, file, &mut self.told()))
    }

    /// Sends the whole file under another name, sees that it is there whole, and puts it in the place of the one there was.
    fn replace(&self, name: &str, spool: &NamedTempFile, before: Option<&DavFile>) -> Result<(), DavError> {
        let beside = format!("{name}.new");
        let replace = || {
            self.send(&beside, spool)?;
            let files = self.runtime.block_on(self.dav.list())?;
            let there = |name: &str| files.iter().find(|file| file.name == name);
            let bytes = spool.as_file().metadata().map_err(DavError::Io)?.len();
            let sent_whole = there(&beside).is_some_and(|file| file.bytes == bytes);
            // Another device may have added to it meanwhile.
            if !sent_whole || there(name) != before {
                return Err(DavError::ChangedMeanwhile {
                    origin: crate::network::host_of(self.dav.address_of_folder().as_str()),
                });
            }
            self.runtime.block_on(self.dav.rename(&beside, name))
        };
        let replaced = replace();
        if replaced.is_err() {
            // What is wrong is said already; a leftover is no backup, and replaced by the next one.
            let _ = self.runtime.block_on(self.dav.remove(&beside));
        }
        replaced
    }
}

impl BackupPlace for ServerPlace<'_> {
    fn list(&self) -> Result<Vec<PlaceEntry>, VaultError> {
        let files = self
            .runtime
            .block_on(self.dav.list())
            .map_err(doing("listing the backups"))?;
        let entry = |file: DavFile| PlaceEntry {
            name: file.name,
            bytes: file.bytes,
            changed_ms: file.changed_ms,
        };
        Ok(files.into_iter().map(entry).collect())
    }

    fn get(&self, name: &str) -> Result<Box<dyn ReadSeek>, VaultError> {
        let (file, spool) = self.fetch(name).map_err(doing("opening a backup"))?;
        let reader = spool
            .reopen()
            .map_err(|error| doing("opening a backup")(DavError::Io(error)))?;
        self.fetched.borrow_mut().insert(name.to_owned(), (file, spool));
        Ok(Box::new(reader))
    }

    fn put(&self, name: &str, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let mut spool = self
            .new_spool()
            .map_err(|error| doing("making a backup")(DavError::Io(error)))?;
        filled(&mut spool, fill)?;
        let before = self
            .runtime
            .block_on(self.dav.list())
            .map_err(doing("making a backup"))?;
        let before = before.into_iter().find(|file| file.name == name);
        self.replace(name, &spool, before.as_ref())
            .map_err(doing("writing a backup"))
    }

    fn append(&self, name: &str, at: u64, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        let opening = |error| doing("opening a backup to add to it")(DavError::Io(error));
        let (before, mut spool) = self.fetch(name).map_err(doing("opening a backup to add to it"))?;
        if before.bytes < at {
            return Err(VaultError::Truncated { file: "the backup" });
        }
        spool.as_file_mut().set_len(at).map_err(opening)?;
        spool.seek(SeekFrom::End(0)).map_err(opening)?;
        filled(&mut spool, fill)?;
        self.replace(name, &spool, Some(&before))
            .map_err(doing("writing a backup"))
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.fetched.borrow_mut().remove(name);
        self.runtime
            .block_on(self.dav.remove(name))
            .map_err(doing("removing a backup"))
    }
}

fn filled(spool: &mut NamedTempFile, fill: &mut Fill<'_>) -> Result<(), VaultError> {
    let mut out = BufWriter::with_capacity(1024 * 1024, spool.as_file_mut());
    fill(&mut out)?;
    out.flush()
        .map_err(|error| doing("writing a backup")(DavError::Io(error)))
}

/// A server's refusal on its way through the vault: [`dav_error`] takes it out again.
fn doing(action: &'static str) -> impl FnOnce(DavError) -> VaultError {
    move |error| match error {
        DavError::Cancelled => VaultError::Cancelled,
        DavError::Io(source) => VaultError::Io { action, source },
        error => VaultError::Io {
            action,
            source: io::Error::other(error),
        },
    }
}

/// What a server refused, if that is what the error is.
pub(crate) fn dav_error(error: io::Error) -> Result<DavError, io::Error> {
    error.downcast()
}

/// Removes what programs that were killed left behind.
fn sweep(spool: &Path) {
    let Ok(entries) = fs::read_dir(spool) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(SPOOL));
        let age = entry
            .metadata()
            .and_then(|about| about.modified())
            .map(|time| time.elapsed());
        if is_ours && matches!(age, Ok(Ok(age)) if age > LEFT_BEHIND) {
            // Another time will do.
            let _ = fs::remove_file(entry.path());
        }
    }
}
