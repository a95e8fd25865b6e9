//! History: imports through the holding pen, what this device captures, and what the log says.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::Serialize;
use tekram_listen::feed::{self, Chapters, Episode};
use tekram_listen::{
    Batch, Cursor, Days, ImportOptions, ImportReport, ListQuery, Listen, ListenDetail, Look, Page, Preview, Progress,
    ReadAs, RefusedLine, SourceHours, Subscription, Thumb,
};
use tekram_primitives::time::{Clock, Period, SystemClock};

use crate::error::AgentError;
use crate::persona::Persona;

/// Looks at the beginning of an export, and keeps nothing: which format it is, its first plays, and of a table what its
/// columns may mean.
///
/// # Errors
/// `io`, `truncated_archive` and the log's others.
pub fn look_at_export(file: &Path) -> Result<Look, AgentError> {
    Ok(tekram_listen::look(file, &ReadAs::default(), SystemClock.now())?)
}

/// What was heard in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthHours {
    /// The month: `2026-10`.
    pub month: String,
    /// Listens that start in it.
    pub plays: u64,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
}

/// One listen with all that is known around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListenView {
    /// What the log knows.
    #[serde(flatten)]
    pub detail: ListenDetail,
    /// What joins this persona to whoever made it.
    pub relation: SourceRelation,
    /// What its podcast's feed says of the episode, where the feed was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episode: Option<ListenEpisode>,
}

/// What a feed says of the episode that was heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListenEpisode {
    /// The feed's title.
    pub feed_title: String,
    /// The feed's address; of a private one the host.
    pub feed_address: String,
    /// The episode.
    pub facts: Episode,
    /// Its chapters, as far as they are here.
    pub chapters: Chapters,
}

/// What joins this persona to the source that a listen counts for, in the other rooms. The subscription stands in the
/// log's own part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceRelation {
    /// Those who can be paid for it.
    pub payees: Vec<SourcePayee>,
}

/// Somebody who can be paid for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourcePayee {
    /// Id in this vault.
    pub payee_id: String,
    /// Name for people.
    pub name: String,
    /// Whether it is for this episode alone.
    pub item_only: bool,
    /// The party that agreements are kept under, when there are any with this payee.
    pub party: Option<String>,
}

impl Persona {
    /// Reads an export into the holding pen, as a stream; `progress` is told as it goes, `cancel` stops it and leaves
    /// nothing behind.
    ///
    /// # Errors
    /// `unknown_format`, `cancelled` and the log's others.
    pub fn import(
        &self,
        file: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: Arc<AtomicBool>,
    ) -> Result<ImportReport, AgentError> {
        self.import_as(file, ReadAs::default(), progress, cancel)
    }

    /// As [`Persona::import`], with what the person says of the file.
    ///
    /// # Errors
    /// `mapping_needed` for a table of no known format, `bad_mapping`, `unknown_zone`, and as [`Persona::import`].
    pub fn import_as(
        &self,
        file: &Path,
        read_as: ReadAs,
        progress: &mut dyn FnMut(Progress),
        cancel: Arc<AtomicBool>,
    ) -> Result<ImportReport, AgentError> {
        let options = ImportOptions {
            format: None,
            now: self.clock.now(),
            zone: read_as.zone,
            mapping: read_as.mapping,
            progress: Some(progress),
            cancel,
        };
        Ok(tekram_listen::import(&self.vault, file, options)?)
    }

    /// All imports, newest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn batches(&self) -> Result<Vec<Batch>, AgentError> {
        Ok(tekram_listen::batches(&self.vault)?)
    }

    /// A page of what an import would add.
    ///
    /// # Errors
    /// `no_such_batch`, the vault's errors.
    pub fn preview(&self, batch: i64, after: i64, limit: usize) -> Result<Preview, AgentError> {
        Ok(tekram_listen::preview(&self.vault, batch, after, limit)?)
    }

    /// A page of the lines that an import refused, with the reasons.
    ///
    /// # Errors
    /// `no_such_batch`, the vault's errors.
    pub fn refused(&self, batch: i64, after: i64, limit: usize) -> Result<Vec<RefusedLine>, AgentError> {
        Ok(tekram_listen::refused(&self.vault, batch, after, limit)?)
    }

    /// Takes an import into the log, and makes it quick to search. The listens are in the log, and listeners told, before
    /// the second part, which takes about as long as the import did.
    ///
    /// # Errors
    /// `no_such_batch`, `wrong_batch_state`, the vault's errors.
    pub fn accept_batch(&self, batch: i64) -> Result<Batch, AgentError> {
        let accepted = tekram_listen::accept(&self.vault, batch, self.clock.now())?;
        self.note_came(&accepted)?;
        tekram_listen::catch_up(&self.vault)?;
        Ok(accepted)
    }

    /// Throws an import away before it was accepted.
    ///
    /// # Errors
    /// As [`Persona::accept_batch`].
    pub fn reject_batch(&self, batch: i64) -> Result<Batch, AgentError> {
        Ok(tekram_listen::reject(&self.vault, batch, self.clock.now())?)
    }

    /// Takes an accepted import out of the log again.
    ///
    /// # Errors
    /// As [`Persona::accept_batch`].
    pub fn undo_batch(&self, batch: i64) -> Result<Batch, AgentError> {
        let undone = tekram_listen::undo(&self.vault, batch, self.clock.now())?;
        tekram_listen::catch_up(&self.vault)?;
        Ok(undone)
    }

    /// Hours by source, over everything or one month in the persona's zone.
    ///
    /// # Errors
    /// `not_a_month`, `unknown_time_zone`, the vault's errors.
    pub fn hours(&self, month: Option<&str>, zone: Option<&str>) -> Result<Vec<SourceHours>, AgentError> {
        let bounds_ms = month.map(|month| self.month_bounds_ms(month, zone)).transpose()?;
        Ok(tekram_listen::hours_by_source(&self.vault, bounds_ms)?)
    }

    /// Beginning and end of a month (`2026-10`) in the persona's zone, to narrow a query to it.
    ///
    /// # Errors
    /// `not_a_month`, `unknown_time_zone`, the vault's errors.
    pub fn month_bounds_ms(&self, month: &str, zone: Option<&str>) -> Result<(i64, i64), AgentError> {
        Ok(Period::parse(month, &self.zone(zone)?)?.bounds_ms())
    }

    /// The months in which something was heard, newest first, in the persona's zone.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn months(&self, zone: Option<&str>) -> Result<Vec<MonthHours>, AgentError> {
        let months = tekram_listen::months(&self.vault, &self.zone(zone)?)?;
        Ok(months
            .into_iter()
            .map(|month| MonthHours {
                month: month.period.month_text(),
                plays: month.plays,
                played_ms: month.played_ms,
            })
            .collect())
    }

    /// The days on which something was heard that the query asks for, newest first, by page. A day is the date where it
    /// was heard when that is known, else the date in the persona's zone.
    ///
    /// # Errors
    /// `bad_cursor`, `unknown_zone`, the vault's errors.
    pub fn days(
        &self,
        query: &ListQuery,
        zone: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Days, AgentError> {
        let after = after.map(Cursor::from_text);
        Ok(tekram_listen::days(
            &self.vault,
            query,
            &self.zone(zone)?,
            after.as_ref(),
            limit,
        )?)
    }

    /// The listens that the query asks for, newest first, by page.
    ///
    /// # Errors
    /// `bad_cursor`, the vault's errors.
    pub fn listens(&self, query: &ListQuery, after: Option<&str>, limit: usize) -> Result<Page, AgentError> {
        let after = after.map(Cursor::from_text);
        Ok(tekram_listen::list(&self.vault, query, after.as_ref(), limit)?)
    }

    /// One listen: what it was, who made it, when and where it was heard, how often before, which import tells of it, and
    /// what joins this persona to its makers.
    ///
    /// # Errors
    /// `no_such_listen`, the vault's errors.
    pub fn listen(&self, id: i64) -> Result<ListenView, AgentError> {
        let detail = tekram_listen::detail(&self.vault, id)?;
        let relation = self.source_relation(&detail)?;
        let episode = self.episode_of_listen(&detail)?;
        Ok(ListenView {
            detail,
            relation,
            episode,
        })
    }

    fn episode_of_listen(&self, detail: &ListenDetail) -> Result<Option<ListenEpisode>, AgentError> {
        let known = &detail.listen.identifiers;
        let feed_url = match known.feed_url.as_str() {
            "" => detail.credit.feed_url.as_deref().unwrap_or_default(),
            stated => stated,
        };
        let Some(facts) = feed::episode_of(&self.vault, feed_url, &known.item_guid, &known.url)? else {
            return Ok(None);
        };
        let of = feed::feed(&self.vault, facts.feed_id)?;
        Ok(Some(ListenEpisode {
            feed_title: of.facts.title,
            feed_address: feed::shown_address(&of.feed_url, of.private),
            chapters: feed::chapters(&self.vault, facts.episode_id)?,
            facts,
        }))
    }

    fn source_relation(&self, detail: &ListenDetail) -> Result<SourceRelation, AgentError> {
        let payees = tekram_pay::payee::payees(&self.vault)?;
        let parties: Vec<String> = self
            .kept_agreements()?
            .into_iter()
            .map(|kept| kept.second_party.to_string())
            .collect();
        let item_guid = &detail.listen.identifiers.item_guid;
        let payees = payees.into_iter().filter_map(|payee| {
            let mut sources = payee.sources.iter().filter(|source| source.source == detail.credit.key);
            let for_all = sources.clone().any(|source| source.item.is_empty());
            let for_item = sources.any(|source| !source.item.is_empty() && source.item == *item_guid);
            (for_all || for_item).then(|| SourcePayee {
                item_only: !for_all,
                party: parties.iter().find(|party| **party == payee.identity).cloned(),
                payee_id: payee.payee_id,
                name: payee.name,
            })
        });
        Ok(SourceRelation {
            payees: payees.collect(),
        })
    }

    /// Gives a listen a thumb, or takes it away.
    ///
    /// # Errors
    /// `no_such_listen`, the vault's errors.
    pub fn rate(&self, id: i64, thumb: Option<Thumb>) -> Result<Listen, AgentError> {
        Ok(tekram_listen::rate(&self.vault, id, thumb, self.clock.now())?)
    }

    /// Podcast subscriptions that were imported.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn subscriptions(&self) -> Result<Vec<Subscription>, AgentError> {
        Ok(tekram_listen::subscriptions(&self.vault)?)
    }

    /// The zone in which months begin: the one given, else the rules', else the device's.
    pub(crate) fn zone(&self, given: Option<&str>) -> Result<String, AgentError> {
        match given {
            Some(zone) => Ok(zone.to_owned()),
            None => Ok(self.rules()?.map_or_else(|| self.zone.clone(), |rules| rules.zone)),
        }
    }
}
