//! Bringing a history in from elsewhere: who has one and how it is had, what was asked for, a look at a file before it is
//! read, several files, and a beginning by a public name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{ImportReport, ListenKind};
use crate::error::TekramError;
use crate::gate::wait_here;
use crate::persona::Persona;
use crate::task::{Task, task};

/// How a history comes out of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ProviderWay {
    /// It is asked for, and sent some time later.
    Requested,
    /// A page gives it at once.
    Downloaded,
    /// It lies in an app, on a player or on a server of one's own.
    Exported,
}

/// Somebody or something that has a listening history.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Provider {
    /// Stable name.
    pub provider: String,
    /// Formats of its files, stable names.
    pub formats: Vec<String>,
    /// What it knows of; nothing for a list of subscriptions.
    pub kinds: Vec<ListenKind>,
    /// How it comes out.
    pub way: ProviderWay,
    /// The page where it is asked for; empty where there is none for everybody.
    pub page: String,
    /// How long it usually takes until it is ready, in hours; 0 for at once.
    pub ready_hours: u32,
    /// Steps to take, from 1; their words go by the name and the number.
    pub steps: u32,
    /// What its file is called, more or less.
    pub file_name: String,
    /// Whether it comes in several files.
    pub several_files: bool,
    /// Whether it is enough to know the person's name there.
    pub by_name: bool,
}

impl From<&tekram_agent::Provider> for Provider {
    fn from(provider: &tekram_agent::Provider) -> Self {
        Self {
            provider: provider.provider_id.to_owned(),
            formats: provider.formats.iter().map(|format| format.name().to_owned()).collect(),
            kinds: provider.kinds.iter().map(|kind| (*kind).into()).collect(),
            way: match provider.way {
                tekram_agent::ProviderWay::Requested => ProviderWay::Requested,
                tekram_agent::ProviderWay::Downloaded => ProviderWay::Downloaded,
                tekram_agent::ProviderWay::Exported => ProviderWay::Exported,
            },
            page: provider.page.to_owned(),
            ready_hours: provider.ready_hours,
            steps: provider.steps,
            file_name: provider.file_name.to_owned(),
            several_files: provider.several_files,
            by_name: provider.by_name,
        }
    }
}

/// A history that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryRequest {
    /// Whose: the name of a provider.
    pub provider: String,
    /// When it was asked for.
    pub requested_ms: i64,
    /// When it should be ready.
    pub ready_ms: i64,
    /// When an import of its format was accepted; nothing while it is awaited.
    pub came_ms: Option<i64>,
}

impl From<tekram_agent::HistoryRequest> for HistoryRequest {
    fn from(request: tekram_agent::HistoryRequest) -> Self {
        Self {
            provider: request.provider_id,
            requested_ms: request.requested_ms,
            ready_ms: request.ready_ms,
            came_ms: (request.came_ms > 0).then_some(request.came_ms),
        }
    }
}

macro_rules! column_roles {
    ($($(#[$doc:meta])* $Role:ident,)*) => {
        /// What a column of a table says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
        pub enum ColumnRole {
            $($(#[$doc])* $Role,)*
        }

        impl From<tekram_agent::ColumnRole> for ColumnRole {
            fn from(role: tekram_agent::ColumnRole) -> Self {
                match role {
                    $(tekram_agent::ColumnRole::$Role => Self::$Role,)*
                }
            }
        }

        impl From<ColumnRole> for tekram_agent::ColumnRole {
            fn from(role: ColumnRole) -> Self {
                match role {
                    $(ColumnRole::$Role => Self::$Role,)*
                }
            }
        }
    };
}

column_roles! {
    /// When the play began: a moment, or the time of day when there is a date as well.
    Time,
    /// The day of it.
    Date,
    /// Title of the song, episode or video.
    Title,
    /// Who made it.
    Artist,
    /// The album.
    Album,
    /// The podcast, station or series.
    Show,
    /// Publisher or label.
    Publisher,
    /// What it was.
    Kind,
    /// How much was played, in seconds or as `3:25`.
    PlayedS,
    /// How much was played, in milliseconds.
    PlayedMs,
    /// Length of the medium, in seconds or as `3:25`.
    LengthS,
    /// Length of the medium, in milliseconds.
    LengthMs,
    /// Address of the medium or its page.
    Url,
    /// Address of the podcast's feed.
    FeedUrl,
    /// The episode's `guid`.
    ItemGuid,
    /// ISRC of the recording.
    Isrc,
    /// MusicBrainz recording.
    RecordingMbid,
    /// MusicBrainz release.
    ReleaseMbid,
    /// MusicBrainz artist.
    ArtistMbid,
    /// Player.
    Player,
    /// Device.
    Device,
    /// Service that delivered it.
    Service,
    /// What happened: only plays count.
    Event,
}

/// A column, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MappedColumn {
    /// What it says.
    pub role: ColumnRole,
    /// Which one, from 0.
    pub column: u32,
}

/// How a table of no known format is read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TableMapping {
    /// What stands between two values: one letter.
    pub delimiter: String,
    /// Whether the first line holds headings.
    pub header: bool,
    /// Whether `3/4/2026` is the third of April.
    pub day_first: bool,
    /// The columns that say something. Time and title are needed.
    pub columns: Vec<MappedColumn>,
}

impl From<tekram_agent::TableMapping> for TableMapping {
    fn from(mapping: tekram_agent::TableMapping) -> Self {
        Self {
            delimiter: mapping.delimiter.to_string(),
            header: mapping.header,
            day_first: mapping.day_first,
            columns: mapping
                .columns
                .into_iter()
                .map(|(role, column)| MappedColumn {
                    role: role.into(),
                    column: u32::try_from(column).unwrap_or(u32::MAX),
                })
                .collect(),
        }
    }
}

impl From<TableMapping> for tekram_agent::TableMapping {
    fn from(mapping: TableMapping) -> Self {
        Self {
            // The core refuses what is no delimiter.
            delimiter: mapping.delimiter.chars().next().unwrap_or('\0'),
            header: mapping.header,
            day_first: mapping.day_first,
            columns: mapping
                .columns
                .into_iter()
                .map(|mapped| (mapped.role.into(), mapped.column as usize))
                .collect::<BTreeMap<_, _>>(),
        }
    }
}

/// What the person says of a file that it does not say itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct ReadAs {
    /// IANA zone in which its times were written, where they name none. Without it they are taken for UTC.
    #[uniffi(default = None)]
    pub zone: Option<String>,
    /// The columns of a table of no known format.
    #[uniffi(default = None)]
    pub mapping: Option<TableMapping>,
}

impl From<ReadAs> for tekram_agent::ReadAs {
    fn from(read_as: ReadAs) -> Self {
        Self {
            zone: read_as.zone,
            mapping: read_as.mapping.map(tekram_agent::TableMapping::from),
        }
    }
}

/// A play as an import would read it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SampledPlay {
    /// Title.
    pub title: String,
    /// Who made it.
    pub creators: Vec<String>,
    /// Podcast, album, book or station.
    pub show: String,
    /// What kind it is.
    pub kind: ListenKind,
    /// When it began.
    pub start_ms: i64,
    /// Minutes east of UTC where it was heard, if known.
    pub offset_min: Option<i64>,
    /// How much was played, if known.
    pub played_ms: Option<i64>,
    /// The file names no zone for it.
    pub local_time: bool,
}

impl From<tekram_agent::SampledPlay> for SampledPlay {
    fn from(play: tekram_agent::SampledPlay) -> Self {
        Self {
            title: play.title,
            creators: play.creators,
            show: play.show,
            kind: play.kind.into(),
            start_ms: play.start_ms,
            offset_min: play.offset_min,
            played_ms: play.played_ms,
            local_time: play.local_time,
        }
    }
}

/// A record that an import would refuse.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SampledRefusal {
    /// Line, from 1; 0 where there are none.
    pub line: u64,
    /// Stable name of the reason.
    pub reason: String,
    /// Field at fault; empty when it is the whole record.
    pub field: String,
}

/// The beginning of a table.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LookedTable {
    /// The headings; where there are none, `1`, `2` and so on.
    pub headings: Vec<String>,
    /// The first rows, each with as many values as there are headings or fewer.
    pub rows: Vec<Vec<String>>,
    /// What the columns most likely mean.
    pub suggested: TableMapping,
}

/// What a file turns out to be.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExportLook {
    /// Its format, a stable name; nothing when it is not known.
    pub format: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// Histories in an archive.
    pub files: u64,
    /// Files of an archive that are none.
    pub files_skipped: u64,
    /// A table of no known format: an import needs to know its columns.
    pub table: Option<LookedTable>,
    /// Its first plays.
    pub plays: Vec<SampledPlay>,
    /// Titles of its first subscriptions.
    pub subscriptions: Vec<String>,
    /// The first records that would be refused.
    pub refused: Vec<SampledRefusal>,
    /// Whether there are times that name no zone, so that the person has to.
    pub local_times: bool,
}

impl From<tekram_agent::Look> for ExportLook {
    fn from(look: tekram_agent::Look) -> Self {
        Self {
            table: look.table.filter(|_| look.format.is_none()).map(|table| LookedTable {
                headings: table.headings,
                rows: table.rows,
                suggested: table.suggested.into(),
            }),
            format: look.format.map(|format| format.name().to_owned()),
            bytes: look.bytes,
            files: look.files.len() as u64,
            files_skipped: look.files_skipped,
            plays: look.sample.plays.into_iter().map(SampledPlay::from).collect(),
            subscriptions: look.sample.subscriptions,
            refused: look
                .sample
                .refused
                .into_iter()
                .map(|refusal| SampledRefusal {
                    line: refusal.line,
                    reason: refusal.reason.to_owned(),
                    field: refusal.field.to_owned(),
                })
                .collect(),
            local_times: look.sample.local_times,
        }
    }
}

/// From when to when the listens of an import were heard.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BatchRange {
    /// When the first one began.
    pub first_ms: i64,
    /// When the last one began.
    pub last_ms: i64,
}

/// How far an import of several files is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FilesProgress {
    /// Which file, from 0.
    pub file: u32,
    /// Bytes of it read.
    pub bytes_read: u64,
    /// Bytes that it has, if known.
    pub bytes_total: Option<u64>,
    /// Records of it read.
    pub records: u64,
}

/// What became of one of several files.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileImported {
    /// Name of the file.
    pub file_name: String,
    /// What it brought; nothing when it could not be read.
    pub report: Option<ImportReport>,
    /// Why it could not be read, the stable name of an error.
    pub problem: Option<String>,
}

/// What a beginning by name has brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Fill {
    /// The batch that holds it; nothing when there is none yet.
    pub batch: Option<i64>,
    /// Records read.
    pub read: u64,
    /// Records that are new.
    pub new_records: u64,
    /// Whether that is everything; else asking again goes on where it stopped.
    pub complete: bool,
    /// Why it stopped, the stable name of an error.
    pub problem: Option<String>,
}

impl From<&tekram_agent::Pulled> for Fill {
    fn from(pulled: &tekram_agent::Pulled) -> Self {
        Self {
            batch: (pulled.batch_id > 0).then_some(pulled.batch_id),
            read: pulled.read,
            new_records: pulled.new,
            complete: pulled.complete,
            problem: pulled.problem.clone(),
        }
    }
}

task!(
    /// Several exports that are read into the holding pen, one batch for each.
    ImportFilesTask,
    FilesProgress,
    Vec<FileImported>
);

task!(
    /// A history that is begun by somebody's public name. Cancelled, what came so far stays in the holding pen.
    FillTask,
    Fill,
    Fill
);

/// Who has a listening history, those that most people come from first.
#[uniffi::export]
pub fn providers() -> Vec<Provider> {
    tekram_agent::Provider::all().iter().map(Provider::from).collect()
}

#[uniffi::export]
impl Persona {
    /// What was asked for, the oldest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn history_requests(&self) -> Result<Vec<HistoryRequest>, TekramError> {
        self.with(|core| Ok(core.history_requests()?.into_iter().map(HistoryRequest::from).collect()))
    }

    /// Remembers that a history was asked for just now, and when it should be ready.
    ///
    /// # Errors
    /// `bad_setting`, `locked`, `closed`, the vault's errors.
    pub fn remember_request(&self, provider: String) -> Result<HistoryRequest, TekramError> {
        self.with(|core| Ok(core.remember_request(&provider)?.into()))
    }

    /// Forgets that a history was asked for.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn forget_request(&self, provider: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.forget_request(&provider)?))
    }

    /// Looks at the beginning of an export as an import with the same words about it would read it. Nothing is kept.
    ///
    /// # Errors
    /// `bad_mapping`, `unknown_zone`, `truncated_archive`, `locked`, `closed` and what else is wrong with the file.
    pub async fn look_at_export(&self, path: String, read_as: ReadAs) -> Result<ExportLook, TekramError> {
        self.beside(move |core| Ok(core.look_at_export_as(Path::new(&path), &read_as.into())?.into()))
            .await
    }

    /// Reads exports into the holding pen, one batch for each.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; what is wrong with a file stands in the result.
    pub fn start_import_files(&self, paths: Vec<String>, read_as: ReadAs) -> Result<Arc<ImportFilesTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
            let mut told = |file: usize, progress: tekram_agent::Progress| {
                tell.tell(FilesProgress {
                    file: u32::try_from(file).unwrap_or(u32::MAX),
                    bytes_read: progress.bytes_read,
                    bytes_total: progress.bytes_total,
                    records: progress.records,
                });
            };
            let imported = core.import_files(&paths, &read_as.into(), &mut told, &stop.flag())?;
            Ok(imported
                .into_iter()
                .map(|file| FileImported {
                    file_name: file.file_name,
                    report: file.report.map(ImportReport::from),
                    problem: file.problem.map(str::to_owned),
                })
                .collect())
        })?;
        Ok(Arc::new(ImportFilesTask(task)))
    }

    /// From when to when the listens of an import were heard; nothing when it has none.
    ///
    /// # Errors
    /// `no_such_batch`, `locked`, `closed`, the vault's errors.
    pub async fn batch_range(&self, batch: i64) -> Result<Option<BatchRange>, TekramError> {
        self.beside(move |core| {
            let range = core.batch_range(batch)?;
            Ok(range.map(|(first_ms, last_ms)| BatchRange { first_ms, last_ms }))
        })
        .await
    }

    /// Begins a history by somebody's name at ListenBrainz, or at the server of that address. It takes less than a minute; asking
    /// again goes on.
    ///
    /// # Errors
    /// `offline`, `paused`, `locked`, `closed`; others say the task's end.
    pub fn start_fill(&self, user: String, server: String) -> Result<Arc<FillTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::latest(stop, move |stop, tell| {
            let ended = AtomicBool::new(false);
            let told = |so_far: &tekram_agent::Pulled| tell.tell(Fill::from(so_far));
            wait_here(stop, async {
                let pulled = core.fill_by_name(&user, &server, &told, &ended).await?;
                Ok(Fill::from(&pulled))
            })
        })?;
        Ok(Arc::new(FillTask(task)))
    }
}
