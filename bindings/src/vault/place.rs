//! Where backups go: a folder by its path, one of the platform's picker, or a WebDAV server; and which of them a persona uses.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tekram_agent::{BackupServer, Passphrase, PlaceEntry};

use crate::agent::Agent;
use crate::error::TekramError;
use crate::gate::{beside, caught};
use crate::host::HostError;
use crate::persona::Persona;

/// A file in a folder of the host.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FolderFile {
    /// Its plain name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When it changed last, if that is known.
    pub changed_ms: Option<i64>,
}

/// A folder that the person chose in the platform's picker. The core calls it from threads of its own, one call after the other,
/// and gives it plain file names only.
#[uniffi::export(with_foreign)]
pub trait BackupFolder: Send + Sync + Debug {
    /// The files there.
    ///
    /// # Errors
    /// Why not.
    fn list(&self) -> Result<Vec<FolderFile>, HostError>;

    /// The bytes from `offset` on, at most `length` of them; fewer only at the end of the file.
    ///
    /// # Errors
    /// Why not.
    fn read(&self, name: String, offset: u64, length: u32) -> Result<Vec<u8>, HostError>;

    /// Cuts the file to `offset` and adds `bytes`, which may be none. A file that is not there is made when `offset` is 0.
    ///
    /// # Errors
    /// Why not.
    fn write(&self, name: String, offset: u64, bytes: Vec<u8>) -> Result<(), HostError>;

    /// What was written is durable when this returns.
    ///
    /// # Errors
    /// Why not.
    fn sync(&self, name: String) -> Result<(), HostError>;

    /// Gives a file another name, in the place of the one that has it.
    ///
    /// # Errors
    /// Why not.
    fn rename(&self, from: String, to: String) -> Result<(), HostError>;

    /// Removes a file. One that is not there is no error.
    ///
    /// # Errors
    /// Why not.
    fn remove(&self, name: String) -> Result<(), HostError>;
}

/// The host's folder, as the core sees it. A panic on the way counts as its failure; its text is dropped.
#[derive(Debug)]
struct HostFolder(Arc<dyn BackupFolder>);

impl HostFolder {
    fn ask<T>(&self, ask: impl FnOnce(&dyn BackupFolder) -> Result<T, HostError>) -> io::Result<T> {
        caught(|| Ok(ask(self.0.as_ref())))
            .unwrap_or(Err(HostError::Failed))
            .map_err(|_| io::Error::other("the host's folder failed"))
    }
}

impl tekram_agent::BackupFolder for HostFolder {
    fn list(&self) -> io::Result<Vec<PlaceEntry>> {
        let files = self.ask(|host| host.list())?.into_iter().map(|file| PlaceEntry {
            name: file.name,
            bytes: file.bytes,
            changed_ms: file.changed_ms,
        });
        Ok(files.collect())
    }

    fn read(&self, name: &str, offset: u64, length: u32) -> io::Result<Vec<u8>> {
        self.ask(|host| host.read(name.to_owned(), offset, length))
    }

    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.ask(|host| host.write(name.to_owned(), offset, bytes.to_vec()))
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        self.ask(|host| host.sync(name.to_owned()))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.ask(|host| host.rename(from.to_owned(), to.to_owned()))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.ask(|host| host.remove(name.to_owned()))
    }
}

/// The core's view of a folder of the host.
pub(crate) fn host_folder(folder: Arc<dyn BackupFolder>) -> Arc<dyn tekram_agent::BackupFolder> {
    Arc::new(HostFolder(folder))
}

/// A place with backups, to look into and to restore from.
#[derive(Debug, uniffi::Object)]
pub struct BackupSource(pub(crate) tekram_agent::BackupSource);

#[uniffi::export]
impl BackupSource {
    /// A folder of the platform's picker.
    #[uniffi::constructor]
    pub fn folder(folder: Arc<dyn BackupFolder>) -> Arc<Self> {
        Arc::new(Self(tekram_agent::BackupSource::Folder(host_folder(folder))))
    }

    /// A folder by its path.
    #[uniffi::constructor]
    pub fn path(folder: String) -> Arc<Self> {
        Arc::new(Self(tekram_agent::BackupSource::Path(PathBuf::from(folder))))
    }

    /// A folder on a WebDAV server. An empty user says nothing there. `in_home_network` as in [`Persona::use_backup_server`].
    #[uniffi::constructor(default(in_home_network = false))]
    pub fn server(url: String, user: String, password: String, in_home_network: bool) -> Arc<Self> {
        let server = server(&url, &user, password, in_home_network);
        Arc::new(Self(tekram_agent::BackupSource::Server(server)))
    }
}

fn server(url: &str, user: &str, password: String, in_home_network: bool) -> BackupServer {
    let server = BackupServer::new(url, user, Passphrase::new(password));
    if in_home_network {
        server.in_home_network()
    } else {
        server
    }
}

/// A state of a backup that can be restored.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BackupState {
    /// Its number, counted from 0.
    pub number: u32,
    /// When it was made; believed only after it was opened.
    pub made_ms: i64,
}

/// A backup as it is seen without a key.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BackupFile {
    /// Its name in its place.
    pub name: String,
    /// Id of the persona's vault.
    pub vault_id: String,
    /// Its states, oldest first.
    pub states: Vec<BackupState>,
    /// Whether a state at the end was cut and does not count.
    pub cut: bool,
    /// Its length.
    pub bytes: u64,
    /// Whether a passphrase opens it.
    pub opens_with_passphrase: bool,
    /// Whether recovery words open it.
    pub opens_with_words: bool,
}

impl From<tekram_agent::BackupEntry> for BackupFile {
    fn from(entry: tekram_agent::BackupEntry) -> Self {
        let opens_with = |kind: tekram_agent::WayInKind| entry.ways_in.iter().any(|way| way.kind == kind);
        Self {
            opens_with_passphrase: opens_with(tekram_agent::WayInKind::Passphrase),
            opens_with_words: opens_with(tekram_agent::WayInKind::RecoveryPhrase),
            name: entry.name,
            vault_id: entry.vault_id,
            states: entry
                .states
                .into_iter()
                .map(|state| BackupState {
                    number: state.number,
                    made_ms: state.made_ms,
                })
                .collect(),
            cut: entry.cut,
            bytes: entry.bytes,
        }
    }
}

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum BackupPlaceKind {
    /// A folder.
    Folder,
    /// A WebDAV server.
    Server,
}

/// Where a persona's backups go, and how the last one ended.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BackupPlan {
    /// What kind of place.
    pub kind: BackupPlaceKind,
    /// What to show: the folder's name, or the server's address.
    pub place: String,
    /// Whether the person said that the server is in their own network.
    #[uniffi(default = false)]
    pub in_home_network: bool,
    /// Whether a backup is made every day.
    pub daily: bool,
    /// When the last backup was made that succeeded.
    pub last_ms: Option<i64>,
    /// How large the backup's file was then.
    pub last_bytes: Option<u64>,
    /// Why the last try failed, as an error's name, if it did.
    pub last_problem: Option<String>,
    /// Whether a daily backup is due now.
    pub due: bool,
}

#[uniffi::export]
impl Agent {
    /// The backups in a place, newest last.
    ///
    /// # Errors
    /// `no_such_backup_place`, `io`, what is wrong with the server, `paused`, `closed`.
    pub async fn backups(&self, source: Arc<BackupSource>) -> Result<Vec<BackupFile>, TekramError> {
        let (core, stop) = self.begin()?;
        beside(stop, move |stop| {
            let entries = core.backups(&source.0, &mut super::unwatched(stop))?;
            Ok(entries.into_iter().map(BackupFile::from).collect())
        })
        .await
    }
}

#[uniffi::export]
impl Persona {
    /// Where this persona's backups go, if it has a place for them. Changes of it are in the scope `backup`.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn backup_plan(&self) -> Result<Option<BackupPlan>, TekramError> {
        self.with(|core| {
            Ok(core.backup_plan()?.map(|plan| BackupPlan {
                kind: match plan.kind {
                    tekram_agent::BackupPlaceKind::Folder => BackupPlaceKind::Folder,
                    tekram_agent::BackupPlaceKind::Server => BackupPlaceKind::Server,
                },
                place: plan.place,
                in_home_network: plan.in_home_network,
                daily: plan.daily,
                last_ms: plan.last_ms,
                last_bytes: plan.last_bytes,
                last_problem: plan.last_problem,
                due: plan.due,
            }))
        })
    }

    /// From now on backups go into this folder, every day. `name` is what to show; `reference` is its path, or what the host
    /// finds it by.
    ///
    /// # Errors
    /// `bad_setting`, `locked`, `closed`, the vault's errors.
    pub fn use_backup_folder(&self, name: String, reference: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.use_backup_folder(&name, &reference)?))
    }

    /// What the host finds the folder by, if backups go into one.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn backup_folder_reference(&self) -> Result<Option<String>, TekramError> {
        self.with(|core| Ok(core.backup_folder_reference()?))
    }

    /// From now on backups go to this WebDAV server, every day. It is tried first; the password is kept in the vault.
    /// `in_home_network`, kept with it: the person says that the server is in their own network. Its private address may be
    /// reached then, for backups alone, and with `http:` as long as that does not lead out of that network.
    ///
    /// # Errors
    /// `bad_url`, `insecure_server`, `private_address`, `access_refused`, `not_webdav` and the network's others, `offline`,
    /// `paused`, `locked`, `closed`, the vault's errors.
    #[uniffi::method(default(in_home_network = false))]
    pub async fn use_backup_server(
        &self,
        url: String,
        user: String,
        password: String,
        in_home_network: bool,
    ) -> Result<(), TekramError> {
        let (core, stop) = self.begin_online()?;
        let server = server(&url, &user, password, in_home_network);
        beside(stop, move |_| Ok(core.use_backup_server(&server)?)).await
    }

    /// Whether a backup is made every day.
    ///
    /// # Errors
    /// `no_backup_place`, `locked`, `closed`, the vault's errors.
    pub fn set_backup_daily(&self, daily: bool) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_backup_daily(daily)?))
    }

    /// Backups go nowhere any more; those that are there stay.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn forget_backup_place(&self) -> Result<(), TekramError> {
        self.with(|core| Ok(core.forget_backup_place()?))
    }

    /// The place that this persona's backups go to, to look into. The host hands over the folder unless it is found by its path.
    ///
    /// # Errors
    /// `no_backup_place`, `backup_folder_needed`, `locked`, `closed`, the vault's errors.
    pub fn backup_source(&self, folder: Option<Arc<dyn BackupFolder>>) -> Result<Arc<BackupSource>, TekramError> {
        self.with(|core| Ok(Arc::new(BackupSource(core.backup_source(folder.map(host_folder))?))))
    }
}
