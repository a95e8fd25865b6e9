//! The works of the log, the descriptions that each is made of, and saying by hand that works are one or that a description
//! is another work.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::json;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::Edited;
use super::history::{Change, EditKind, record};
use crate::identity::decision::{Decision, decide, descriptions_of, work_of};
use crate::log::index::{Matching, catch_up};
use crate::log::scan::IN_LOG;
use crate::pen::LOG;
use crate::{Kind, ListenError};

/// Works looked at for one answer: more have no order that a person could use.
const MOST_LOOKED_AT: usize = 512;

/// One work over all sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkView {
    /// Its number. It can change when imports come and go; what was merged and split stays so.
    pub work: i64,
    /// What it is.
    pub kind: Kind,
    /// Title, by the description that has most names.
    pub title: String,
    /// Who made it.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Listens in the log.
    pub plays: u64,
    /// How sources describe it.
    pub descriptions: Vec<Description>,
}

/// How a source describes a work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Its number, to split it off by.
    pub description: i64,
    /// Title.
    pub title: String,
    /// Who made it.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Who describes it so.
    pub sources: Vec<String>,
    /// Listens in the log that are described so.
    pub plays: u64,
}

/// The works whose descriptions have all these words, or beginnings of words: at most `limit`, the most heard first.
///
/// # Errors
/// When the vault fails.
pub fn works(vault: &Vault, text: &str, limit: usize) -> Result<Vec<WorkView>, ListenError> {
    catch_up(vault)?;
    vault.read(|connection| {
        let Some(matching) = Matching::find(connection, text)? else {
            return Ok(Vec::new());
        };
        let mut identities = BTreeSet::new();
        for work_id in matching.works {
            identities.extend(work_of(connection, work_id)?.map(|(identity_id, _)| identity_id));
            if identities.len() >= MOST_LOOKED_AT {
                break;
            }
        }
        let mut works = identities
            .into_iter()
            .map(|identity_id| view(connection, identity_id))
            .collect::<Result<Vec<_>, _>>()?;
        works.sort_by(|one, other| other.plays.cmp(&one.plays).then(one.work.cmp(&other.work)));
        works.truncate(limit);
        Ok(works)
    })
}

/// The work that a listen is of.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn work_of_listen(vault: &Vault, id: i64) -> Result<WorkView, ListenError> {
    catch_up(vault)?;
    vault.read(|connection| {
        let edited = Edited::find(connection, id)?;
        let of = work_of(connection, edited.lead.work_id)?;
        view(connection, of.map_or(0, |(identity_id, _)| identity_id))
    })
}

/// What several works would come to as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeLook {
    /// Each of them as it is now, the most heard first.
    pub works: Vec<WorkView>,
    /// Listens in the log of all of them.
    pub plays: u64,
    /// Who describes them.
    pub sources: Vec<String>,
}

/// Looks at works before they are said to be one; changes nothing.
///
/// # Errors
/// As [`merge`].
pub fn merge_look(vault: &Vault, works: &[i64]) -> Result<MergeLook, ListenError> {
    catch_up(vault)?;
    vault.read(|connection| {
        let identities: BTreeSet<i64> = works.iter().copied().collect();
        if identities.len() < 2 {
            return Err(ListenError::NothingToMerge);
        }
        let mut views = identities
            .into_iter()
            .map(|identity_id| view(connection, identity_id))
            .collect::<Result<Vec<_>, _>>()?;
        if views
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one.kind != other.kind))
        {
            return Err(ListenError::DifferentKinds);
        }
        views.sort_by(|one, other| other.plays.cmp(&one.plays).then(one.work.cmp(&other.work)));
        let descriptions = views.iter().flat_map(|view| &view.descriptions);
        let sources: BTreeSet<String> = descriptions.flat_map(|told| told.sources.iter().cloned()).collect();
        Ok(MergeLook {
            plays: views.iter().map(|view| view.plays).sum(),
            sources: sources.into_iter().collect(),
            works: views,
        })
    })
}

/// Says that works are one. It holds for these descriptions and for whatever else has their names, also after an import was
/// undone and came again.
///
/// # Errors
/// `no_such_work`, `different_kinds`, `nothing_to_merge` for less than two, or when the vault fails.
pub fn merge(vault: &Vault, works: &[i64], now: Timestamp) -> Result<WorkView, ListenError> {
    catch_up(vault)?;
    let first = vault.write(LOG, |transaction| {
        let identities: BTreeSet<i64> = works.iter().copied().collect();
        if identities.len() < 2 {
            return Err(ListenError::NothingToMerge);
        }
        let mut kinds = BTreeSet::new();
        let mut all = Vec::new();
        for work in &identities {
            let descriptions = descriptions_of(transaction, *work)?;
            let first = descriptions.first().ok_or(ListenError::NoSuchWork { work: *work })?;
            kinds.extend(work_of(transaction, *first)?.map(|(_, kind)| kind));
            all.extend(descriptions);
        }
        if kinds.len() > 1 {
            return Err(ListenError::DifferentKinds);
        }
        let decision_id = decide(transaction, Decision::Merge, &all, now)?;
        note(transaction, EditKind::Merged, decision_id, &all, now)?;
        all.first().copied().ok_or(ListenError::NothingToMerge)
    })?;
    after(vault, first)
}

/// Says that descriptions of one work are another work than the rest.
///
/// # Errors
/// `no_such_work` for a description that is not there, `nothing_to_split` when they are not of one work or are all of it,
/// or when the vault fails.
pub fn split(vault: &Vault, descriptions: &[i64], now: Timestamp) -> Result<WorkView, ListenError> {
    catch_up(vault)?;
    let first = vault.write(LOG, |transaction| {
        let chosen: BTreeSet<i64> = descriptions.iter().copied().collect();
        let mut identities = BTreeSet::new();
        for description in &chosen {
            let (identity_id, _) =
                work_of(transaction, *description)?.ok_or(ListenError::NoSuchWork { work: *description })?;
            identities.insert(identity_id);
        }
        let (Some(identity_id), 1) = (identities.first(), identities.len()) else {
            return Err(ListenError::NothingToSplit);
        };
        if descriptions_of(transaction, *identity_id)?.len() <= chosen.len() {
            return Err(ListenError::NothingToSplit);
        }
        let all: Vec<i64> = chosen.into_iter().collect();
        let decision_id = decide(transaction, Decision::Split, &all, now)?;
        note(transaction, EditKind::Split, decision_id, &all, now)?;
        all.first().copied().ok_or(ListenError::NothingToSplit)
    })?;
    after(vault, first)
}

fn note(
    transaction: &rusqlite::Transaction<'_>,
    what: EditKind,
    decision_id: i64,
    descriptions: &[i64],
    now: Timestamp,
) -> Result<(), ListenError> {
    let mut titles = BTreeSet::new();
    for work_id in descriptions {
        titles.insert(described(transaction, *work_id)?.0);
    }
    let change = Change {
        what,
        place: None,
        decision_id,
        before: json!(null),
        after: json!(titles),
    };
    record(transaction, &change, now)
}

/// The work that a description is of, once that is worked out.
fn after(vault: &Vault, description: i64) -> Result<WorkView, ListenError> {
    catch_up(vault)?;
    vault.read(|connection| {
        let (identity_id, _) =
            work_of(connection, description)?.ok_or(ListenError::NoSuchWork { work: description })?;
        view(connection, identity_id)
    })
}

fn view(connection: &Connection, identity_id: i64) -> Result<WorkView, ListenError> {
    let lead: i64 = connection
        .prepare_cached("SELECT lead_work_id FROM listen_identity WHERE identity_id = ?1")?
        .query_row([identity_id], |row| row.get(0))
        .optional()?
        .ok_or(ListenError::NoSuchWork { work: identity_id })?;
    let (title, creators, show) = described(connection, lead)?;
    let kind = work_of(connection, lead)?.and_then(|(_, kind)| Kind::from_name(&kind));
    let descriptions = descriptions_of(connection, identity_id)?
        .into_iter()
        .map(|work_id| description(connection, work_id))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(WorkView {
        work: identity_id,
        kind: kind.ok_or(ListenError::Unreadable { what: "kind" })?,
        title,
        creators,
        show,
        plays: descriptions.iter().map(|description| description.plays).sum(),
        descriptions,
    })
}

fn description(connection: &Connection, work_id: i64) -> Result<Description, ListenError> {
    let (title, creators, show) = described(connection, work_id)?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT v.source, sum({IN_LOG}) FROM listen_work_play i CROSS JOIN listen_play p ON p.play_id = i.play_id
         CROSS JOIN listen_via v ON v.via_id = p.via_id WHERE i.work_id = ?1 GROUP BY v.source"
    ))?;
    let plays: BTreeMap<String, i64> = statement
        .query_map([work_id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(Description {
        description: work_id,
        title,
        creators,
        show,
        plays: u64::try_from(plays.values().sum::<i64>()).unwrap_or(0),
        sources: plays.into_keys().collect(),
    })
}

/// Title, creators and show.
fn described(connection: &Connection, work_id: i64) -> Result<(String, Vec<String>, String), ListenError> {
    let (title, creators, show): (String, String, String) = connection
        .prepare_cached("SELECT title, creators, show FROM listen_work WHERE work_id = ?1")?
        .query_row([work_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let creators = serde_json::from_str(&creators).map_err(|_| ListenError::Unreadable {
        what: "list of creators",
    })?;
    Ok((title, creators, show))
}
