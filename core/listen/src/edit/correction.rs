//! Corrections: what the person knows better than the source. The play points to a description with the corrected texts,
//! so that everything that counts and searches goes by them; the source's own description stays beside it, and taking the
//! correction back points to it again.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::history::{Change, EditKind, record};
use super::said::clean;
use super::{Edited, Member, Place, said};
use crate::capture::store::credit;
use crate::format::draft::{Credit, LONGEST_TEXT, Work};
use crate::log::counting;
use crate::log::index::catch_up_with_little;
use crate::pen::LOG;
use crate::same_play::step::moment_is_due;
use crate::{Kind, Listen, ListenError, find};

/// What a listen is corrected to; `None` stays as the source has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who made it, first creator first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creators: Option<Vec<String>>,
    /// Album, podcast, book or station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<String>,
    /// Publisher or label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
}

impl Correction {
    /// The same, as the log takes texts.
    fn cleaned(&self) -> Result<Self, ListenError> {
        let text = |text: &Option<String>| text.as_deref().map(|text| clean(text, LONGEST_TEXT)).transpose();
        let creators = self.creators.as_ref().map(|names| {
            let names = names.iter().map(|name| clean(name, LONGEST_TEXT));
            names
                .filter(|name| !name.as_ref().is_ok_and(String::is_empty))
                .collect()
        });
        Ok(Self {
            kind: self.kind,
            title: text(&self.title)?,
            creators: creators.transpose()?,
            show: text(&self.show)?,
            publisher: text(&self.publisher)?,
        })
    }

    /// Without what the source says too.
    fn beside(self, told: &Self) -> Self {
        Self {
            kind: self.kind.filter(|kind| told.kind != Some(*kind)),
            title: self.title.filter(|title| told.title.as_ref() != Some(title)),
            creators: self
                .creators
                .filter(|creators| told.creators.as_ref() != Some(creators)),
            show: self.show.filter(|show| told.show.as_ref() != Some(show)),
            publisher: self.publisher.filter(|name| told.publisher.as_ref() != Some(name)),
        }
    }

    /// With what `later` says in the place of what this says.
    fn with(self, later: Self) -> Self {
        Self {
            kind: later.kind.or(self.kind),
            title: later.title.or(self.title),
            creators: later.creators.or(self.creators),
            show: later.show.or(self.show),
            publisher: later.publisher.or(self.publisher),
        }
    }
}

/// Corrects what a listen was; with nothing given, takes all corrections of it away. Corrections add up; one that says what
/// the source says takes the earlier one away.
///
/// # Errors
/// `no_such_listen`, `edit_too_long`, `nothing_named` when nothing would name it any more, or when the vault fails.
pub fn correct(vault: &Vault, id: i64, correction: &Correction, now: Timestamp) -> Result<Listen, ListenError> {
    let correction = correction.cleaned()?;
    vault.write(LOG, |transaction| {
        let edited = Edited::find(transaction, id)?;
        let place = edited.lead.place;
        let before = of(transaction, place)?;
        let after = if correction == Correction::default() {
            correction
        } else {
            let told = told(transaction, original_work(transaction, edited.lead)?)?;
            before.clone().with(correction).beside(&told)
        };
        if before != after {
            set(transaction, place, &after)?;
            let change = Change {
                what: EditKind::Correction,
                place: Some(place),
                decision_id: 0,
                before: json!(before),
                after: json!(after),
            };
            record(transaction, &change, now)?;
        }
        Ok::<_, ListenError>(())
    })?;
    catch_up_with_little(vault)?;
    find(vault, id)
}

/// What a play is corrected to.
pub(crate) fn of(connection: &Connection, place: Place) -> Result<Correction, ListenError> {
    let fields: Option<String> = connection
        .prepare_cached("SELECT fields FROM listen_correction WHERE fingerprint = ?1")?
        .query_row([place.fingerprint], |row| row.get(0))
        .optional()?;
    match fields {
        Some(fields) => serde_json::from_str(&fields).map_err(|_| ListenError::Unreadable { what: "correction" }),
        None => Ok(Correction::default()),
    }
}

/// What the source says of what was corrected; `None` for a listen that is as its source told it.
pub(crate) fn original(connection: &Connection, play_id: i64) -> Result<Option<Correction>, ListenError> {
    let corrected: Option<(String, i64)> = connection
        .prepare_cached(
            "SELECT c.fields, c.original_work_id FROM listen_play p
             CROSS JOIN listen_correction c ON c.fingerprint = p.fingerprint
             WHERE p.play_id = ?1 AND c.original_work_id > 0",
        )?
        .query_row([play_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((fields, original_work_id)) = corrected else {
        return Ok(None);
    };
    let fixed: Correction =
        serde_json::from_str(&fields).map_err(|_| ListenError::Unreadable { what: "correction" })?;
    let told = told(connection, original_work_id)?;
    Ok(Some(Correction {
        kind: told.kind.filter(|_| fixed.kind.is_some()),
        title: told.title.filter(|_| fixed.title.is_some()),
        creators: told.creators.filter(|_| fixed.creators.is_some()),
        show: told.show.filter(|_| fixed.show.is_some()),
        publisher: told.publisher.filter(|_| fixed.publisher.is_some()),
    }))
}

/// All that a description says of what can be corrected.
fn told(connection: &Connection, work_id: i64) -> Result<Correction, ListenError> {
    let unreadable = ListenError::Unreadable { what: "correction" };
    let mut statement = connection
        .prepare_cached("SELECT kind, title, creators, show, publisher FROM listen_work WHERE work_id = ?1")?;
    let mut rows = statement.query([work_id])?;
    let Some(row) = rows.next()? else {
        return Err(unreadable);
    };
    Ok(Correction {
        kind: Kind::from_name(&row.get::<_, String>(0)?),
        title: Some(row.get(1)?),
        creators: Some(serde_json::from_str(&row.get::<_, String>(2)?).map_err(|_| unreadable)?),
        show: Some(row.get(3)?),
        publisher: Some(row.get(4)?),
    })
}

/// The description that the source gives of a row, also where it points to a corrected one.
fn original_work(connection: &Connection, member: Member) -> Result<i64, ListenError> {
    let original: Option<i64> = connection
        .prepare_cached(
            "SELECT original_work_id FROM listen_correction WHERE fingerprint = ?1 AND original_work_id > 0",
        )?
        .query_row([member.place.fingerprint], |row| row.get(0))
        .optional()?;
    Ok(original.unwrap_or(member.work_id))
}

/// Corrects a listen with all its rows, so that it stays corrected whichever one leads. A play that is not there is
/// remembered.
pub(super) fn set(transaction: &Transaction<'_>, place: Place, fields: &Correction) -> Result<(), ListenError> {
    match Edited::at(transaction, place)? {
        Some(edited) => {
            for member in edited.members() {
                set_one(transaction, *member, fields)?;
            }
            Ok(())
        }
        None => remember(transaction, place, fields, 0),
    }
}

fn set_one(transaction: &Transaction<'_>, member: Member, fields: &Correction) -> Result<(), ListenError> {
    let original = original_work(transaction, member)?;
    let work_id = if *fields == Correction::default() {
        original
    } else {
        corrected_work(transaction, original, fields)?
    };
    // First what keeps the original from being swept, then what lets go of it.
    remember(transaction, member.place, fields, original)?;
    transaction
        .prepare_cached("UPDATE listen_play SET work_id = ?2 WHERE play_id = ?1")?
        .execute([member.play_id, work_id])?;
    counting::mark_one(transaction, member.play_id)?;
    said::index(transaction, member.place)?;
    moment_is_due(transaction, member.place.start_ms)
}

fn remember(
    transaction: &Transaction<'_>,
    place: Place,
    fields: &Correction,
    original_work_id: i64,
) -> Result<(), ListenError> {
    if *fields == Correction::default() {
        transaction
            .prepare_cached("DELETE FROM listen_correction WHERE fingerprint = ?1")?
            .execute([place.fingerprint])?;
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO listen_correction (fingerprint, start_ms, fields, original_work_id) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (fingerprint) DO UPDATE SET fields = excluded.fields, original_work_id = excluded.original_work_id",
        )?
        .execute(params![
            place.fingerprint,
            place.start_ms,
            json!(fields).to_string(),
            original_work_id
        ])?;
    Ok(())
}

/// The description with the corrected texts; made if there is none. Names that others gave the work stay: a correction says
/// what it is called, a split that it is another one.
fn corrected_work(transaction: &Transaction<'_>, original: i64, fields: &Correction) -> Result<i64, ListenError> {
    let list = |text: String| -> Result<Vec<String>, ListenError> {
        serde_json::from_str(&text).map_err(|_| ListenError::Unreadable { what: "list of names" })
    };
    let mut statement = transaction.prepare_cached(
        "SELECT kind, title, creators, show, publisher, url, feed_url, item_guid, isrc, recording_mbid, release_mbid,
            artist_mbids, spotify_uri FROM listen_work WHERE work_id = ?1",
    )?;
    let mut rows = statement.query([original])?;
    let row = rows.next()?.ok_or(ListenError::Unreadable { what: "description" })?;
    let text = |column: usize| -> Result<String, ListenError> { Ok(row.get(column)?) };
    let or = |fixed: &Option<String>, column: usize| fixed.clone().map_or_else(|| text(column), Ok);
    let kind = match fields.kind {
        Some(kind) => kind,
        None => Kind::from_name(&text(0)?).ok_or(ListenError::Unreadable { what: "kind" })?,
    };
    let creators = match &fields.creators {
        Some(creators) => creators.clone(),
        None => list(text(2)?)?,
    };
    let artist_mbids = list(text(11)?)?;
    let work = Work {
        kind: Some(kind),
        title: or(&fields.title, 1)?.into(),
        creators: creators.into_iter().map(Into::into).collect(),
        show: or(&fields.show, 3)?.into(),
        publisher: or(&fields.publisher, 4)?.into(),
        url: text(5)?.into(),
        feed_url: text(6)?.into(),
        item_guid: text(7)?.into(),
        isrc: text(8)?.into(),
        recording_mbid: text(9)?.into(),
        release_mbid: text(10)?.into(),
        artist_mbids: artist_mbids.into_iter().map(Into::into).collect(),
        spotify_uri: text(12)?.into(),
    };
    let credit = if kind == Kind::Podcast && !work.feed_url.is_empty() {
        Credit::Feed(work.feed_url.clone())
    } else {
        credit(kind, &work).ok_or(ListenError::NothingNamed)?
    };
    let credit_key = credit.key();
    transaction
        .prepare_cached(
            "INSERT INTO listen_credit (credit_key, kind, name, feed_url) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute(params![credit_key, kind.name(), credit.name(), credit.feed_url()])?;
    let hash = work.hash(&mut Vec::new());
    transaction
        .prepare_cached(
            "INSERT INTO listen_work (work_hash, credit_id, kind, title, creators, show, publisher, url, feed_url,
                item_guid, isrc, recording_mbid, release_mbid, artist_mbids, spotify_uri)
             SELECT ?1, c.credit_id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
             FROM listen_credit c WHERE c.credit_key = ?2 ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            hash,
            credit_key,
            kind.name(),
            work.title,
            json!(work.creators).to_string(),
            work.show,
            work.publisher,
            work.url,
            work.feed_url,
            work.item_guid,
            work.isrc,
            work.recording_mbid,
            work.release_mbid,
            json!(work.artist_mbids).to_string(),
            work.spotify_uri,
        ])?;
    Ok(transaction
        .prepare_cached("SELECT work_id FROM listen_work WHERE work_hash = ?1")?
        .query_row([hash], |row| row.get(0))?)
}

/// Corrects the plays of a batch that came into the log and were corrected before.
pub(crate) fn correct_again(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), ListenError> {
    let plays: Vec<(Member, String)> = transaction
        .prepare_cached(
            "SELECT p.play_id, p.work_id, p.start_ms, p.fingerprint, c.fields FROM listen_correction c
             CROSS JOIN listen_play p ON p.start_ms = c.start_ms AND p.fingerprint = c.fingerprint
             WHERE p.batch_id = ?1 AND c.original_work_id = 0",
        )?
        .query_map([batch_id], |row| {
            let member = Member {
                play_id: row.get(0)?,
                work_id: row.get(1)?,
                place: Place {
                    start_ms: row.get(2)?,
                    fingerprint: row.get(3)?,
                },
            };
            Ok((member, row.get(4)?))
        })?
        .collect::<Result<_, _>>()?;
    for (member, fields) in plays {
        let fields = serde_json::from_str(&fields).map_err(|_| ListenError::Unreadable { what: "correction" })?;
        set_one(transaction, member, &fields)?;
    }
    Ok(())
}
