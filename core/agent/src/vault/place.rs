//! Where backups lie: a folder by its path, a folder of the platform's picker, or a WebDAV server. Which of them a persona uses
//! stands in its vault, with what became of the last backup, so that its age can be shown and the next one is known to be due.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tekram_net::NetPolicy;
use tekram_vault::{BackupPlace, FolderPlace, VaultError};

use super::folder::{BackupFolder, HostPlace};
use super::server::{BackupServer, ServerPlace};
use super::watching::Watching;
use crate::error::AgentError;
use crate::persona::Persona;
use crate::setting;

/// Under which name the place stands in the vault's settings, and the word that tells of its change.
const SETTING: &str = "backup";
/// A backup is due this long after the last one.
const DAY_MS: i64 = 24 * 3_600_000;

/// A place with backups, or for them.
#[derive(Clone, Debug)]
pub enum BackupSource {
    /// A folder, by its path.
    Path(PathBuf),
    /// A folder that the host reads and writes.
    Folder(Arc<dyn BackupFolder>),
    /// A folder on a WebDAV server.
    Server(BackupServer),
}

impl BackupSource {
    /// The place, to read from or to write to. `spool` is a folder for what is fetched or not sent yet.
    pub(crate) fn open<'a>(
        &'a self,
        policy: &NetPolicy,
        spool: &'a std::path::Path,
        watching: &'a Watching<'a>,
    ) -> Result<Box<dyn BackupPlace + 'a>, AgentError> {
        Ok(match self {
            Self::Path(folder) => Box::new(FolderPlace::open(folder)?),
            Self::Folder(folder) => Box::new(HostPlace(Arc::clone(folder))),
            Self::Server(server) => Box::new(ServerPlace::open(server, policy, spool, watching)?),
        })
    }

    /// Refuses a folder that is not there: to read from, none is made.
    pub(crate) fn check_is_there(&self) -> Result<(), AgentError> {
        match self {
            Self::Path(folder) if !folder.is_dir() => Err(AgentError::NoSuchBackupPlace),
            _ => Ok(()),
        }
    }
}

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupPlaceKind {
    /// A folder.
    Folder,
    /// A WebDAV server.
    Server,
}

/// Where a persona's backups go, and how the last one ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupPlan {
    /// What kind of place.
    pub kind: BackupPlaceKind,
    /// What to show: the folder's name, or the server's address.
    pub place: String,
    /// Whether the person said that the server is in their own network.
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

/// What the vault keeps of it.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    place: KeptPlace,
    daily: bool,
    last_ms: Option<i64>,
    last_bytes: Option<u64>,
    last_problem: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptPlace {
    Folder {
        name: String,
        reference: String,
    },
    Server {
        url: String,
        user: String,
        password: String,
        /// Not there in vaults of before it could be said.
        #[serde(default)]
        in_home_network: bool,
    },
}

/// The rule: pure, so that it can be looked at. A clock that was set back makes it due, rather than never.
fn is_due(daily: bool, last_ms: Option<i64>, now_ms: i64) -> bool {
    let fresh = |last: i64| (0..DAY_MS).contains(&now_ms.saturating_sub(last));
    daily && !last_ms.is_some_and(fresh)
}

impl Persona {
    /// Where this persona's backups go, if it has a place for them.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn backup_plan(&self) -> Result<Option<BackupPlan>, AgentError> {
        let now_ms = self.clock.now().millis();
        Ok(self.kept_backup()?.map(|kept| {
            let (kind, place, in_home_network) = match kept.place {
                KeptPlace::Folder { name, .. } => (BackupPlaceKind::Folder, name, false),
                KeptPlace::Server {
                    url, in_home_network, ..
                } => (BackupPlaceKind::Server, url, in_home_network),
            };
            BackupPlan {
                kind,
                place,
                in_home_network,
                daily: kept.daily,
                last_ms: kept.last_ms,
                last_bytes: kept.last_bytes,
                last_problem: kept.last_problem,
                due: is_due(kept.daily, kept.last_ms, now_ms),
            }
        }))
    }

    /// From now on backups go into this folder, every day. `name` is what to show; `reference` is its path, or what the host
    /// finds it by, and comes back from [`Persona::backup_folder_reference`].
    ///
    /// # Errors
    /// `bad_setting` for an empty reference, and the vault's errors.
    pub fn use_backup_folder(&self, name: &str, reference: &str) -> Result<(), AgentError> {
        if reference.is_empty() {
            return Err(AgentError::BadSetting {
                what: "the folder",
                reason: "it is empty".to_owned(),
            });
        }
        self.use_place(KeptPlace::Folder {
            name: name.to_owned(),
            reference: reference.to_owned(),
        })
    }

    /// What the host finds the folder by, if backups go into one.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn backup_folder_reference(&self) -> Result<Option<String>, AgentError> {
        Ok(self.kept_backup()?.and_then(|kept| match kept.place {
            KeptPlace::Folder { reference, .. } => Some(reference),
            KeptPlace::Server { .. } => None,
        }))
    }

    /// From now on backups go to this server, every day. It is tried first.
    ///
    /// # Errors
    /// What is wrong with the server or the way there, and the vault's errors.
    pub fn use_backup_server(&self, server: &BackupServer) -> Result<(), AgentError> {
        server.client(&self.policy)?;
        // Before anything is sent, as with all that is asked.
        self.note_backup_server(&server.url)?;
        let mut go_on = |_| std::ops::ControlFlow::Continue(());
        let watching = Watching::new(&mut go_on);
        ServerPlace::open(server, &self.policy, &self.data, &watching)?.try_out()?;
        self.use_place(KeptPlace::Server {
            url: server.url.clone(),
            user: server.user.clone(),
            password: server.password.expose().to_owned(),
            in_home_network: server.in_home_network,
        })
    }

    /// Whether a backup is made every day.
    ///
    /// # Errors
    /// `no_backup_place`, and the vault's errors.
    pub fn set_backup_daily(&self, daily: bool) -> Result<(), AgentError> {
        self.change_backup(|kept| kept.daily = daily)
    }

    /// Backups go nowhere any more; those that are there stay.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn forget_backup_place(&self) -> Result<(), AgentError> {
        Ok(setting::change(&self.vault, SETTING, |_| None)?)
    }

    /// The place that backups go to, to back up or to look into. The host hands over the folder unless it is found by its path.
    ///
    /// # Errors
    /// `no_backup_place`, `backup_folder_needed`, and the vault's errors.
    pub fn backup_source(&self, folder: Option<Arc<dyn BackupFolder>>) -> Result<BackupSource, AgentError> {
        let kept = self.kept_backup()?.ok_or(AgentError::NoBackupPlace)?;
        match (kept.place, folder) {
            (KeptPlace::Folder { .. }, Some(folder)) => Ok(BackupSource::Folder(folder)),
            (KeptPlace::Folder { reference, .. }, None) => {
                let path = PathBuf::from(reference);
                if path.is_absolute() {
                    Ok(BackupSource::Path(path))
                } else {
                    Err(AgentError::BackupFolderNeeded)
                }
            }
            (
                KeptPlace::Server {
                    url,
                    user,
                    password,
                    in_home_network,
                },
                _,
            ) => Ok(BackupSource::Server(BackupServer {
                url,
                user,
                password: password.into(),
                in_home_network,
            })),
        }
    }

    /// Notes how a backup into the person's place ended.
    pub(crate) fn note_backup(&self, outcome: Result<(i64, u64), &str>) -> Result<(), AgentError> {
        self.change_backup(|kept| match outcome {
            Ok((made_ms, bytes)) => {
                kept.last_ms = Some(made_ms);
                kept.last_bytes = Some(bytes);
                kept.last_problem = None;
            }
            Err(problem) => kept.last_problem = Some(problem.to_owned()),
        })
    }

    fn kept_backup(&self) -> Result<Option<Kept>, AgentError> {
        let kept = setting::value(&self.vault, SETTING)?;
        Ok(kept.as_deref().and_then(parsed))
    }

    fn use_place(&self, place: KeptPlace) -> Result<(), AgentError> {
        Ok(setting::change(&self.vault, SETTING, |_| {
            written(&Kept {
                place,
                daily: true,
                last_ms: None,
                last_bytes: None,
                last_problem: None,
            })
        })?)
    }

    fn change_backup(&self, change: impl FnOnce(&mut Kept)) -> Result<(), AgentError> {
        let mut found = false;
        setting::change(&self.vault, SETTING, |text| {
            let mut kept = parsed(text?)?;
            found = true;
            change(&mut kept);
            written(&kept)
        })?;
        if found { Ok(()) } else { Err(AgentError::NoBackupPlace) }
    }
}

/// What cannot be read is no place.
fn parsed(text: &str) -> Option<Kept> {
    serde_json::from_str(text).ok()
}

fn written(kept: &Kept) -> Option<String> {
    serde_json::to_string(kept).ok()
}

/// That a backup of this name is in the place.
pub(crate) fn check_has(place: &dyn BackupPlace, name: &str) -> Result<(), AgentError> {
    let files = place.list().map_err(place_error)?;
    if files.iter().any(|file| file.name == name) {
        Ok(())
    } else {
        Err(AgentError::NoSuchBackup)
    }
}

/// What a server refused stands in the vault's error as its source; here it gets its own name again.
pub(crate) fn place_error(error: VaultError) -> AgentError {
    match error {
        VaultError::Io { action, source } => match super::server::dav_error(source) {
            Ok(error) => error.into(),
            Err(source) => VaultError::Io { action, source }.into(),
        },
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daily_backup_is_due_after_a_day_and_when_the_clock_was_set_back() {
        let now = 1_795_176_000_000;
        assert!(is_due(true, None, now));
        assert!(is_due(true, Some(now - DAY_MS), now));
        assert!(!is_due(true, Some(now - DAY_MS + 1), now));
        assert!(!is_due(true, Some(now), now));
        assert!(is_due(true, Some(now + 1), now));
        assert!(!is_due(false, None, now));
    }

    #[test]
    fn a_server_that_was_kept_before_is_in_no_home_network() {
        let text = r#"{"place":{"server":{"url":"https://dav.example/","user":"me","password":"pw"}},"daily":true,
                       "last_ms":null,"last_bytes":null,"last_problem":null}"#;
        let place = parsed(text).map(|kept| kept.place);
        assert!(matches!(
            place,
            Some(KeptPlace::Server {
                in_home_network: false,
                ..
            })
        ));
    }
}
