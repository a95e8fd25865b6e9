//! The log: what was heard, by days, months and sources, one listen with all that is known, thumbs, and the way out.

use std::fs::File;
use std::io::BufWriter;

use tekram_agent::ListQuery;

use super::Correction;
use crate::error::TekramError;
use crate::persona::Persona;

/// What was heard or watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ListenKind {
    /// A song or another piece of music.
    Music,
    /// An episode of a podcast.
    Podcast,
    /// A programme or song on the radio.
    Radio,
    /// A chapter of an audiobook.
    Audiobook,
    /// A video.
    Video,
    /// An article that was read.
    Page,
    /// An advert; nobody is paid for it.
    Advert,
}

impl From<tekram_agent::Kind> for ListenKind {
    fn from(kind: tekram_agent::Kind) -> Self {
        match kind {
            tekram_agent::Kind::Music => Self::Music,
            tekram_agent::Kind::Podcast => Self::Podcast,
            tekram_agent::Kind::Radio => Self::Radio,
            tekram_agent::Kind::Audiobook => Self::Audiobook,
            tekram_agent::Kind::Video => Self::Video,
            tekram_agent::Kind::Page => Self::Page,
            tekram_agent::Kind::Advert => Self::Advert,
        }
    }
}

impl From<ListenKind> for tekram_agent::Kind {
    fn from(kind: ListenKind) -> Self {
        match kind {
            ListenKind::Music => Self::Music,
            ListenKind::Podcast => Self::Podcast,
            ListenKind::Radio => Self::Radio,
            ListenKind::Audiobook => Self::Audiobook,
            ListenKind::Video => Self::Video,
            ListenKind::Page => Self::Page,
            ListenKind::Advert => Self::Advert,
        }
    }
}

/// What the person thinks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Thumb {
    /// More of this.
    Up,
    /// Less of this.
    Down,
}

impl From<tekram_agent::Thumb> for Thumb {
    fn from(thumb: tekram_agent::Thumb) -> Self {
        match thumb {
            tekram_agent::Thumb::Up => Self::Up,
            tekram_agent::Thumb::Down => Self::Down,
        }
    }
}

impl From<Thumb> for tekram_agent::Thumb {
    fn from(thumb: Thumb) -> Self {
        match thumb {
            Thumb::Up => Self::Up,
            Thumb::Down => Self::Down,
        }
    }
}

/// One sitting with one piece of media, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Listen {
    /// Number in this log.
    pub id: i64,
    /// What it was.
    pub kind: ListenKind,
    /// Title; empty where the source gives none.
    pub title: String,
    /// Who made it, first creator first.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Publisher or label.
    pub publisher: String,
    /// Start.
    pub start_ms: i64,
    /// Minutes east of UTC where it was heard, if known.
    pub offset_min: Option<i64>,
    /// How much was played, if known or estimated.
    pub played_ms: Option<i64>,
    /// Whether that is an estimate.
    pub estimated: bool,
    /// Length of the medium, if known.
    pub media_ms: Option<i64>,
    /// Where the listen came from.
    pub source: String,
    /// Player.
    pub player: String,
    /// Device.
    pub device: String,
    /// Whether the source says that it was skipped.
    pub skipped: bool,
    /// The person's thumb, if any.
    pub thumb: Option<Thumb>,
    /// Whether it counts as a play, by the rules.
    #[uniffi(default = true)]
    pub counts: bool,
    /// What the person wrote beside it.
    #[uniffi(default = "")]
    pub note: String,
    /// What the person tagged it with.
    #[uniffi(default = [])]
    pub tags: Vec<String>,
    /// Whether the person corrected what it was.
    #[uniffi(default = false)]
    pub corrected: bool,
    /// Whether the person hid or deleted it.
    #[uniffi(default = false)]
    pub hidden: bool,
}

impl From<tekram_agent::Listen> for Listen {
    fn from(listen: tekram_agent::Listen) -> Self {
        Self {
            id: listen.id,
            kind: listen.kind.into(),
            played_ms: listen.played.ms(),
            estimated: matches!(listen.played, tekram_agent::Played::Estimate { .. }),
            title: listen.title,
            creators: listen.creators,
            show: listen.show,
            publisher: listen.publisher,
            start_ms: listen.start_ms,
            offset_min: listen.offset_min,
            media_ms: listen.media_ms,
            source: listen.source,
            player: listen.player,
            device: listen.device,
            skipped: listen.skipped,
            thumb: listen.thumb.map(Thumb::from),
            counts: listen.counts,
            note: listen.note,
            tags: listen.tags,
            corrected: listen.corrected,
            hidden: listen.hidden,
        }
    }
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ListenPage {
    /// The listens, newest first.
    pub listens: Vec<Listen>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// Which listens.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct HistoryQuery {
    /// Not before this moment.
    pub from_ms: Option<i64>,
    /// Before this moment.
    pub to_ms: Option<i64>,
    /// Only from this source.
    pub source: Option<String>,
    /// Only of this kind.
    pub kind: Option<ListenKind>,
    /// Only works that have all these words, or beginnings of words, in title, creators, show or publisher.
    pub text: Option<String>,
}

impl HistoryQuery {
    fn core(self) -> ListQuery {
        ListQuery {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            source: self.source,
            kind: self.kind.map(Into::into),
            text: self.text,
        }
    }
}

/// How much came from one source.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SourceHours {
    /// The source.
    pub source: String,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens.
    pub plays: u64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
}

impl From<tekram_agent::SourceHours> for SourceHours {
    fn from(hours: tekram_agent::SourceHours) -> Self {
        Self {
            source: hours.source,
            played_ms: hours.played_ms,
            estimated_ms: hours.estimated_ms,
            plays: hours.plays,
            unknown_plays: hours.unknown_plays,
        }
    }
}

/// A day on which something was heard.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Day {
    /// The date where it was heard: `2026-10-01`.
    pub date: String,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens.
    pub plays: u64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
    /// The same by source, most first.
    pub sources: Vec<SourceHours>,
    /// With `to_ms`, the bounds to list its listens by.
    pub from_ms: i64,
    /// Just after the start of its last listen.
    pub to_ms: i64,
}

/// A page of days.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DayPage {
    /// The days, newest first.
    pub days: Vec<Day>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// What was heard in one month.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MonthHours {
    /// The month: `2026-10`.
    pub month: String,
    /// Listens that start in it.
    pub plays: u64,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
}

/// Somebody who can be paid for a source.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SourcePayee {
    /// Id in this vault.
    pub payee: String,
    /// Name.
    pub name: String,
    /// Whether it is for this episode alone.
    pub item_only: bool,
    /// The party of the list of relations, when there is anything agreed with this payee.
    pub party: Option<String>,
}

/// An import that tells of a listen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ToldBy {
    /// The import.
    pub batch: i64,
    /// Format of its file, a stable name; `capture` for what was heard on this device.
    pub format: String,
    /// Name of its file.
    pub file_name: String,
    /// When it was imported.
    pub imported_ms: i64,
    /// Number of the record in the file, if known.
    pub record: Option<i64>,
    /// The source.
    #[uniffi(default = "")]
    pub source: String,
    /// When it began as this source tells it.
    #[uniffi(default = 0)]
    pub start_ms: i64,
    /// How much was played as this source tells it, if it does or that can be estimated.
    #[uniffi(default = None)]
    pub played_ms: Option<i64>,
    /// Whether that is an estimate.
    #[uniffi(default = false)]
    pub estimated: bool,
}

/// Where a part of an episode begins.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ChapterMark {
    /// In media time.
    pub start_ms: i64,
    /// Title.
    pub title: String,
}

/// What a feed says of the episode that was heard.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EpisodeFacts {
    /// The feed's title.
    pub feed_title: String,
    /// The feed's address; of a private one the host.
    pub feed_address: String,
    /// The episode's `guid`.
    pub guid: String,
    /// Title in the feed.
    pub title: String,
    /// When it came out.
    pub published_ms: Option<i64>,
    /// How long it is.
    pub duration_ms: Option<i64>,
    /// Its chapters that belong in a table of contents, as far as they are here.
    pub chapters: Vec<ChapterMark>,
}

impl From<tekram_agent::ListenEpisode> for EpisodeFacts {
    fn from(episode: tekram_agent::ListenEpisode) -> Self {
        let listed = episode
            .chapters
            .chapters
            .into_iter()
            .filter(|chapter| chapter.in_contents);
        Self {
            feed_title: episode.feed_title,
            feed_address: episode.feed_address,
            guid: episode.facts.guid,
            title: episode.facts.title,
            published_ms: episode.facts.published_ms,
            duration_ms: episode.facts.duration_ms,
            chapters: listed
                .map(|chapter| ChapterMark {
                    start_ms: chapter.start_ms,
                    title: chapter.title,
                })
                .collect(),
        }
    }
}

/// One listen with all that is known around it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ListenDetail {
    /// What it was, who made it, when and where it was heard.
    pub listen: Listen,
    /// Where the medium or its page is; empty when unknown.
    pub url: String,
    /// The podcast's feed; empty when unknown.
    pub feed_url: String,
    /// Key of the podcast, artist or book that its seconds count for.
    pub credit_key: String,
    /// The name of that.
    pub credit_name: String,
    /// Whether it is subscribed to.
    pub subscribed: bool,
    /// How often the same work was heard, in all sources.
    pub plays: u64,
    /// How often before this time.
    pub plays_before: u64,
    /// How long in all, estimates included.
    pub total_played_ms: i64,
    /// When first.
    pub first_ms: Option<i64>,
    /// When last.
    pub last_ms: Option<i64>,
    /// The imports that tell of it, the one it belongs to first.
    pub told_by: Vec<ToldBy>,
    /// Those who can be paid for it.
    pub payees: Vec<SourcePayee>,
    /// What the source says where the person corrected it.
    #[uniffi(default = None)]
    pub original: Option<Correction>,
    /// When it goes for good, where it was deleted.
    #[uniffi(default = None)]
    pub for_good_ms: Option<i64>,
    /// What its feed says of the episode, where the feed was read.
    #[uniffi(default = None)]
    pub episode: Option<EpisodeFacts>,
}

impl From<tekram_agent::ListenView> for ListenDetail {
    fn from(view: tekram_agent::ListenView) -> Self {
        let detail = view.detail;
        let told_by = detail.told_by.into_iter().map(|told| ToldBy {
            batch: told.batch_id,
            format: told.format.name().to_owned(),
            file_name: told.file_name,
            imported_ms: told.imported_ms,
            record: told.record,
            source: told.source,
            start_ms: told.start_ms,
            played_ms: told.played.ms(),
            estimated: matches!(told.played, tekram_agent::Played::Estimate { .. }),
        });
        let payees = view.relation.payees.into_iter().map(|payee| SourcePayee {
            payee: payee.payee_id,
            name: payee.name,
            item_only: payee.item_only,
            party: payee.party,
        });
        Self {
            url: detail.listen.identifiers.url.clone(),
            feed_url: detail.credit.feed_url.unwrap_or_default(),
            listen: detail.listen.into(),
            credit_key: detail.credit.key,
            credit_name: detail.credit.name,
            subscribed: detail.credit.subscription.is_some(),
            plays: detail.heard.plays,
            plays_before: detail.heard.plays_before,
            total_played_ms: detail.heard.played_ms,
            first_ms: detail.heard.first_ms,
            last_ms: detail.heard.last_ms,
            told_by: told_by.collect(),
            payees: payees.collect(),
            original: detail.original.map(Correction::from),
            for_good_ms: detail.for_good_ms,
            episode: view.episode.map(EpisodeFacts::from),
        }
    }
}

/// A podcast subscription that was imported.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeedSubscription {
    /// The feed's address.
    pub feed_url: String,
    /// Title in the list.
    pub title: String,
    /// The show's site; empty when unknown.
    pub site_url: String,
}

/// Formats that the log leaves in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ExportForm {
    /// Everything this log knows, one JSON object a line.
    JsonLines,
    /// Listens of ListenBrainz, one a line.
    ListenbrainzJsonl,
    /// A table for a spreadsheet.
    Csv,
}

impl From<ExportForm> for tekram_agent::ExportForm {
    fn from(form: ExportForm) -> Self {
        match form {
            ExportForm::JsonLines => Self::JsonLines,
            ExportForm::ListenbrainzJsonl => Self::ListenbrainzJsonl,
            ExportForm::Csv => Self::Csv,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Exported {
    /// Listens written.
    pub written: u64,
    /// Listens that the format cannot hold.
    pub left_out: u64,
}

impl From<tekram_agent::Exported> for Exported {
    fn from(exported: tekram_agent::Exported) -> Self {
        Self {
            written: exported.written,
            left_out: exported.left_out,
        }
    }
}

impl From<tekram_agent::Subscription> for FeedSubscription {
    fn from(from: tekram_agent::Subscription) -> Self {
        Self {
            feed_url: from.feed_url,
            title: from.title,
            site_url: from.site_url,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// The days on which something was heard that the query asks for, newest first, by page.
    ///
    /// # Errors
    /// `bad_cursor`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn days(&self, query: HistoryQuery, after: Option<String>, limit: u32) -> Result<DayPage, TekramError> {
        self.beside(move |core| {
            let page = core.days(&query.core(), None, after.as_deref(), limit as usize)?;
            let days = page.days.into_iter().map(|day| Day {
                date: day.date,
                played_ms: day.played_ms,
                estimated_ms: day.estimated_ms,
                plays: day.plays,
                unknown_plays: day.unknown_plays,
                sources: day.sources.into_iter().map(SourceHours::from).collect(),
                from_ms: day.from_ms,
                to_ms: day.to_ms,
            });
            Ok(DayPage {
                days: days.collect(),
                next: page.next.map(|next| next.as_str().to_owned()),
            })
        })
        .await
    }

    /// One listen: what it was, who made it, when and where it was heard, how often before, which import tells of it, and
    /// who can be paid for it.
    ///
    /// # Errors
    /// `no_such_listen`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn listen(&self, id: i64) -> Result<ListenDetail, TekramError> {
        self.beside(move |core| Ok(core.listen(id)?.into())).await
    }

    /// Gives a listen a thumb, or takes it away.
    ///
    /// # Errors
    /// `no_such_listen`, `locked`, `closed`, the vault's errors.
    pub fn rate(&self, id: i64, thumb: Option<Thumb>) -> Result<Listen, TekramError> {
        self.with(|core| Ok(core.rate(id, thumb.map(Into::into))?.into()))
    }

    /// The months in which something was heard, newest first.
    ///
    /// # Errors
    /// `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn months(&self) -> Result<Vec<MonthHours>, TekramError> {
        self.beside(|core| {
            let months = core.months(None)?.into_iter().map(|month| MonthHours {
                month: month.month,
                plays: month.plays,
                played_ms: month.played_ms,
            });
            Ok(months.collect())
        })
        .await
    }

    /// The log, newest first, by page.
    ///
    /// # Errors
    /// `bad_cursor`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn listens(
        &self,
        query: HistoryQuery,
        after: Option<String>,
        limit: u32,
    ) -> Result<ListenPage, TekramError> {
        self.beside(move |core| {
            let page = core.listens(&query.core(), after.as_deref(), limit as usize)?;
            Ok(ListenPage {
                listens: page.listens.into_iter().map(Listen::from).collect(),
                next: page.next.map(|next| next.as_str().to_owned()),
            })
        })
        .await
    }

    /// Hours by source, over everything or one month (`2026-10`).
    ///
    /// # Errors
    /// `not_a_month`, `locked`, `closed`, the vault's errors.
    pub async fn hours(&self, month: Option<String>) -> Result<Vec<SourceHours>, TekramError> {
        self.beside(move |core| {
            let hours = core.hours(month.as_deref(), None)?;
            Ok(hours.into_iter().map(SourceHours::from).collect())
        })
        .await
    }

    /// Podcast subscriptions that were imported.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn subscriptions(&self) -> Result<Vec<FeedSubscription>, TekramError> {
        self.with(|core| Ok(core.subscriptions()?.into_iter().map(FeedSubscription::from).collect()))
    }

    /// Writes the accepted log to a file.
    ///
    /// # Errors
    /// `file_unusable`, `write_failed`, `locked`, `closed`, the vault's errors.
    pub async fn export(&self, form: ExportForm, path: String) -> Result<Exported, TekramError> {
        self.beside(move |core| {
            let file = File::create(path).map_err(|_| TekramError::file())?;
            let mut out = BufWriter::new(file);
            let request = tekram_agent::ExportForm::from(form).into();
            Ok(core.export(&request, &mut out)?.into())
        })
        .await
    }
}
