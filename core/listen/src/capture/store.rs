//! A sitting as a listen of the log: what its texts say, whom it counts for, and the batch that captured listens are in.
//! What was heard here is the person's own and needs no look before it counts, so that batch is accepted from the start.

use std::borrow::Cow;

use rusqlite::{OptionalExtension, Transaction, params};
use tekram_primitives::time::Timestamp;
use url::Url;

use super::machine::Sitting;
use crate::edit::Place;
use crate::edit::shown::is_gone;
use crate::format::draft::{Credit, Draft, Fingerprint, LONGEST_TEXT, Via, Work, fingerprint};
use crate::listen::{Kind, MARK_PRIVATE, MARK_SKIPPED, Played};
use crate::pen::writer::{Memory, Writer};
use crate::same_play::step::moment_is_due;
use crate::{Format, ListenError};

/// Less than this was no listening; it stays in the log, marked.
const SKIPPED_BELOW_MS: i64 = 5_000;
/// Nobody credits more.
const MOST_CREATORS: usize = 64;

/// Stores sittings as far as they are known. Returns how many are new and how many went on; a sitting of which the
/// player never said what it was is no listen.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    app: &str,
    session: &str,
    sittings: &[Sitting],
    now: Timestamp,
) -> Result<(u64, u64), ListenError> {
    let (mut new, mut changed) = (0, 0);
    let mut named = Vec::new();
    for (draft, left_ms) in sittings
        .iter()
        .filter_map(|sitting| Some((draft(app, session, sitting)?, sitting.left_ms)))
    {
        let place = Place {
            start_ms: draft.start_ms,
            fingerprint: draft.fingerprint,
        };
        // What was deleted for good does not go on.
        if !is_gone(transaction, place)? {
            named.push((draft, left_ms));
        }
    }
    if named.is_empty() {
        return Ok((0, 0));
    }
    let batch_id = batch(transaction, now)?;
    let mut memory = Memory::default();
    let mut writer = Writer::new(transaction, batch_id, Format::Capture)?;
    for (draft, left_ms) in &named {
        if writer.keep(&mut memory, draft)? {
            new += 1;
        } else {
            changed += 1;
        }
        transaction
            .prepare_cached("UPDATE listen_play SET left_ms = ?3 WHERE start_ms = ?1 AND fingerprint = ?2")?
            .execute(params![draft.start_ms, draft.fingerprint, left_ms])?;
        moment_is_due(transaction, draft.start_ms)?;
    }
    drop(writer);
    if new > 0 {
        transaction
            .prepare_cached(
                "UPDATE listen_batch SET read_count = read_count + ?2, new_count = new_count + ?2,
                    listen_count = listen_count + ?2,
                    first_play_id = CASE first_play_id WHEN 0 THEN o.last - ?2 + 1 ELSE first_play_id END,
                    last_play_id = o.last
                 FROM (SELECT max(play_id) AS last FROM listen_play) o WHERE batch_id = ?1",
            )?
            .execute(params![batch_id, i64::try_from(new).unwrap_or(i64::MAX)])?;
    }
    Ok((new, changed))
}

/// The batch of captured listens.
pub(crate) fn batch(transaction: &Transaction<'_>, now: Timestamp) -> Result<i64, ListenError> {
    let known = transaction
        .prepare_cached(
            "SELECT batch_id FROM listen_batch WHERE format = ?1 AND state = 'accepted' ORDER BY batch_id DESC LIMIT 1",
        )?
        .query_row([Format::Capture.name()], |row| row.get(0))
        .optional()?;
    if let Some(batch_id) = known {
        return Ok(batch_id);
    }
    transaction
        .prepare_cached(
            "INSERT INTO listen_batch (state, format, file_name, started_ms, decided_ms)
             VALUES ('accepted', ?1, '', ?2, ?2)",
        )?
        .execute(params![Format::Capture.name(), now.millis()])?;
    Ok(transaction.last_insert_rowid())
}

/// The listen that a sitting is; `None` when nothing names it.
fn draft<'a>(app: &'a str, session: &str, sitting: &'a Sitting) -> Option<Draft<'a>> {
    let media = sitting.media.as_ref()?;
    let kind = media.kind.unwrap_or(Kind::Music);
    let work = Work {
        kind: Some(kind),
        title: clean(&media.title),
        creators: media
            .creators
            .iter()
            .take(MOST_CREATORS)
            .map(|name| clean(name))
            .filter(|name| !name.trim().is_empty())
            .collect(),
        show: clean(&media.show),
        publisher: clean(&media.publisher),
        url: clean(&media.url),
        feed_url: clean(&media.feed_url),
        item_guid: clean(&media.item_guid),
        ..Work::default()
    };
    let credit = credit(kind, &work)?;
    let skipped = sitting.heard.total_ms() < SKIPPED_BELOW_MS;
    let mark = |marked: bool, mark: i64| if marked { mark } else { 0 };
    Some(Draft {
        credit,
        start_ms: sitting.start_ms,
        offset_min: sitting.offset_min,
        played: Played::Ranges {
            ranges: sitting.heard.clone(),
        },
        media_ms: media.media_ms.filter(|ms| *ms > 0),
        via: Via {
            player: Cow::Borrowed(app),
            ..Via::default()
        },
        marks: mark(skipped, MARK_SKIPPED) | mark(sitting.private, MARK_PRIVATE),
        fingerprint: fingerprint_of(app, session, sitting.number, sitting.start_ms),
        work,
    })
}

fn fingerprint_of(app: &str, session: &str, number: u64, start_ms: i64) -> Fingerprint {
    let number = number.to_string();
    fingerprint(
        &mut Vec::new(),
        Format::Capture.source(),
        start_ms,
        &[app, session, &number],
    )
}

/// Takes out listens that were stored before an event came which should have come earlier, and that are other ones now.
pub(crate) fn forget(
    transaction: &Transaction<'_>,
    app: &str,
    session: &str,
    gone: &[(u64, i64)],
) -> Result<(), ListenError> {
    for (number, start_ms) in gone {
        let batch_id: Option<i64> = transaction
            .prepare_cached("DELETE FROM listen_play WHERE start_ms = ?1 AND fingerprint = ?2 RETURNING batch_id")?
            .query_row(
                params![start_ms, fingerprint_of(app, session, *number, *start_ms)],
                |row| row.get(0),
            )
            .optional()?;
        transaction
            .prepare_cached(
                "UPDATE listen_batch SET read_count = read_count - 1, new_count = new_count - 1,
                    listen_count = listen_count - 1 WHERE batch_id = ?1",
            )?
            .execute([batch_id])?;
    }
    Ok(())
}

/// Whom it counts for: the feed, else the show or station, the book, else the first artist; the next best name where that is missing.
pub(crate) fn credit<'a>(kind: Kind, work: &Work<'a>) -> Option<Credit<'a>> {
    let creator = work.creators.first().cloned().unwrap_or_default();
    if matches!(kind, Kind::Podcast | Kind::Page) && !work.feed_url.trim().is_empty() {
        return Some(Credit::Feed(work.feed_url.clone()));
    }
    let mut names = match kind {
        Kind::Podcast | Kind::Radio => [work.show.clone(), creator, work.publisher.clone(), work.title.clone()],
        Kind::Page => [work.show.clone(), work.publisher.clone(), site(&work.url), creator],
        Kind::Advert => [work.publisher.clone(), creator, work.title.clone(), work.show.clone()],
        Kind::Audiobook => [work.show.clone(), work.title.clone(), creator, work.publisher.clone()],
        Kind::Music | Kind::Video => [creator, work.show.clone(), work.publisher.clone(), work.title.clone()],
    }
    .into_iter()
    .filter(|name| !name.trim().is_empty());
    let name = names.next()?;
    Some(match kind {
        Kind::Podcast | Kind::Radio | Kind::Page => Credit::Show(name),
        Kind::Audiobook => Credit::Audiobook(name),
        Kind::Advert => Credit::Advert(name),
        Kind::Music | Kind::Video => Credit::Artist(name),
    })
}

/// The site that a page is on, as a name: its host without `www.`; empty when the address has none.
pub(super) fn site<'a>(url: &str) -> Cow<'a, str> {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.map_or(Cow::Borrowed(""), |host| {
        Cow::Owned(host.strip_prefix("www.").unwrap_or(&host).to_owned())
    })
}

/// A player's text as the log takes it: without U+0000, and no longer than a text is.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let end = (0..=text.len().min(LONGEST_TEXT))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    let text = text.get(..end).unwrap_or_default();
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', ""))
    } else {
        Cow::Borrowed(text)
    }
}
