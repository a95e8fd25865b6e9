//! Bringing a history in from elsewhere: from whom it can be had, what was asked for and when it should be there, several files
//! one after the other, and a beginning by a public name while the rest is on its way.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tekram_listen::pull::{AccountKind, NewAccount};
use tekram_listen::{Batch, Format, ImportReport, Look, Progress, Provider, ReadAs};
use tekram_primitives::secret::Passphrase;

use crate::account::Pulled;
use crate::error::AgentError;
use crate::persona::Persona;
use crate::setting;

/// The setting that keeps what was asked for, and what listeners hear of.
const SETTING: &str = "history_request";
/// A beginning by name stops after so many answers or so long, so that something is there within a minute; the next pull
/// goes on.
const FILL_ANSWERS: u32 = 10;
const FILL_LENGTH: Duration = Duration::from_secs(45);

/// A history that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRequest {
    /// Whose: the name of a [`Provider`].
    pub provider_id: String,
    /// When it was asked for, milliseconds since 1970.
    pub requested_ms: i64,
    /// When it should be ready.
    pub ready_ms: i64,
    /// When an import of its format was accepted; 0 while it is awaited.
    #[serde(default)]
    pub came_ms: i64,
}

/// What became of one of several files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileImported {
    /// Name of the file.
    pub file_name: String,
    /// What it brought; nothing when it could not be read.
    pub report: Option<ImportReport>,
    /// Why it could not be read: a stable code.
    pub problem: Option<&'static str>,
}

fn provider(provider_id: &str) -> Result<&'static Provider, AgentError> {
    Provider::from_id(provider_id).ok_or_else(|| AgentError::BadSetting {
        what: "the provider",
        reason: "there is none of that name".to_owned(),
    })
}

fn requests_of(text: Option<&str>) -> Vec<HistoryRequest> {
    // Nobody else writes it; a later version's is as if there was none.
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

impl Persona {
    /// What was asked for, the oldest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn history_requests(&self) -> Result<Vec<HistoryRequest>, AgentError> {
        Ok(requests_of(setting::value(&self.vault, SETTING)?.as_deref()))
    }

    /// Remembers that a history was asked for just now, and when it should be ready.
    ///
    /// # Errors
    /// `bad_setting` when there is no such provider, the vault's errors.
    pub fn remember_request(&self, provider_id: &str) -> Result<HistoryRequest, AgentError> {
        let provider = provider(provider_id)?;
        let requested_ms = self.clock.now().millis();
        let request = HistoryRequest {
            provider_id: provider.provider_id.to_owned(),
            requested_ms,
            ready_ms: requested_ms.saturating_add(i64::from(provider.ready_hours) * 3_600_000),
            came_ms: 0,
        };
        self.change_requests(|requests| {
            requests.retain(|known| known.provider_id != request.provider_id);
            requests.push(request.clone());
        })?;
        Ok(request)
    }

    /// Forgets that a history was asked for.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn forget_request(&self, provider_id: &str) -> Result<(), AgentError> {
        self.change_requests(|requests| requests.retain(|known| known.provider_id != provider_id))
    }

    /// Notes that what was asked for is there, when an import of its format was accepted. What an account told is not it.
    pub(crate) fn note_came(&self, batch: &Batch) -> Result<(), AgentError> {
        let awaited = |request: &HistoryRequest| request.came_ms == 0 && gives(&request.provider_id, batch.format);
        if !self.history_requests()?.iter().any(awaited) {
            return Ok(());
        }
        let accounts = self.accounts()?;
        if accounts.iter().any(|account| account.batch_id == batch.batch_id) {
            return Ok(());
        }
        let now_ms = self.clock.now().millis();
        self.change_requests(|requests| {
            for request in requests.iter_mut().filter(|request| awaited(request)) {
                request.came_ms = now_ms;
            }
        })
    }

    fn change_requests(&self, change: impl FnOnce(&mut Vec<HistoryRequest>)) -> Result<(), AgentError> {
        setting::change(&self.vault, SETTING, |text| {
            let mut requests = requests_of(text);
            change(&mut requests);
            if requests.is_empty() {
                None
            } else {
                serde_json::to_string(&requests).ok()
            }
        })?;
        Ok(())
    }

    /// As [`look_at_export`](crate::look_at_export), with what the person says of the file: its first plays are shown as they
    /// would be read.
    ///
    /// # Errors
    /// `bad_mapping`, `unknown_zone`, `io`, `truncated_archive` and the log's others.
    pub fn look_at_export_as(&self, file: &std::path::Path, read_as: &ReadAs) -> Result<Look, AgentError> {
        Ok(tekram_listen::look(file, read_as, self.clock.now())?)
    }

    /// Reads several exports into the holding pen, one batch for each. One that cannot be read does not keep the others from it;
    /// `told` hears which one it is, from 0, and how far.
    ///
    /// # Errors
    /// `cancelled`; what was read to its end before stays held.
    pub fn import_files(
        &self,
        files: &[PathBuf],
        read_as: &ReadAs,
        told: &mut dyn FnMut(usize, Progress),
        cancel: &Arc<AtomicBool>,
    ) -> Result<Vec<FileImported>, AgentError> {
        let mut imported = Vec::with_capacity(files.len());
        for (number, file) in files.iter().enumerate() {
            let mut progress = |progress: Progress| told(number, progress);
            let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            let (report, problem) = match self.import_as(file, read_as.clone(), &mut progress, Arc::clone(cancel)) {
                Ok(report) => (Some(report), None),
                Err(error) if cancel.load(Ordering::Relaxed) => return Err(error),
                Err(error) => (None, Some(error.code())),
            };
            imported.push(FileImported {
                file_name: file_name.unwrap_or_default(),
                report,
                problem,
            });
        }
        Ok(imported)
    }

    /// From when to when the listens of an import were heard, milliseconds since 1970; nothing when it has none.
    ///
    /// # Errors
    /// `no_such_batch`, the vault's errors.
    pub fn batch_range(&self, batch: i64) -> Result<Option<(i64, i64)>, AgentError> {
        Ok(tekram_listen::batch_range(&self.vault, batch)?)
    }

    /// Begins a history by the name of somebody at ListenBrainz, whose listens are public: the newest ones, for less than a
    /// minute. `server` is empty for ListenBrainz itself. The account stays, so that the next pull goes on, unless there
    /// was nothing.
    ///
    /// # Errors
    /// `bad_account` and those of [`Persona::pull_account`].
    pub async fn fill_by_name(
        &self,
        user: &str,
        server: &str,
        told: &(dyn Fn(&Pulled) + Sync),
        stop: &AtomicBool,
    ) -> Result<Pulled, AgentError> {
        let kind = AccountKind::Listenbrainz;
        let url = if server.trim().is_empty() {
            kind.usual_url()
        } else {
            server.trim()
        };
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        let known = self
            .accounts()?
            .into_iter()
            .find(|account| account.kind == kind && plain(&account.url) == plain(url) && account.user == user.trim());
        // One that is known may have a token, which adding it again would take away.
        let account_id = match &known {
            Some(account) => account.account_id,
            None => self.add_account(&NewAccount {
                kind,
                url: url.to_owned(),
                user: user.to_owned(),
                secret: Passphrase::from(""),
                in_home_network: false,
            })?,
        };
        let pulled = self
            .pull_at_most(account_id, FILL_ANSWERS, FILL_LENGTH, told, stop)
            .await;
        let nothing = pulled.as_ref().map_or(true, |pulled| pulled.batch_id == 0);
        if known.is_none() && nothing {
            self.remove_account(account_id)?;
        }
        pulled
    }
}

fn gives(provider_id: &str, format: Format) -> bool {
    Provider::from_id(provider_id).is_some_and(|provider| provider.formats.contains(&format))
}
