//! The index that searching and the history of one work go by: the words of works, the plays of each work, and which
//! descriptions are one work and which plays are one play. It is filled behind an import in steps, from where it stopped, so that an import stays as quick as writing its rows.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tekram_vault::{Scope, Vault};

use super::counting;
use super::stride::{Stride, Walk};
use crate::ListenError;
use crate::identity::step as identity;
use crate::pen::LOG;
use crate::same_play::step as same_play;

/// Told after each step.
const INDEX: Scope = Scope("listen_index");
/// What a person does not wait for when plays are indexed.
const LITTLE: i64 = 4_096;
/// Rows indexed in one long step.
const AT_ONCE: i64 = 65_536;

/// Indexes what was imported or captured since the last time. Costs a look when there is nothing to do; searching does
/// it first, so calling it after an import only moves the time it takes.
///
/// # Errors
/// When the vault fails.
pub fn catch_up(vault: &Vault) -> Result<(), ListenError> {
    let mut walk = Walk::of(vault);
    while vault.read(behind)? {
        walk.step(INDEX, step)?;
    }
    while vault.read(identity::behind)? {
        walk.step(INDEX, identity::step)?;
    }
    let mut news = false;
    while vault.read(same_play::behind)? {
        let due = vault.read(same_play::due_batches)?;
        let stepped = walk.step(INDEX, |transaction, stride| same_play::step(transaction, stride, &due))?;
        news |= stepped.unwrap_or(false);
    }
    if news {
        vault.write(LOG, |_| Ok::<_, ListenError>(()))?;
    }
    while vault.read(counting::behind)? {
        walk.step(LOG, counting::step)?;
    }
    crate::answer::keep::catch_up(vault, &mut walk)
}

/// [`catch_up`], unless much is behind: then the next one who needs it does it.
pub(crate) fn catch_up_with_little(vault: &Vault) -> Result<(), ListenError> {
    let is_little: bool = vault.read(|connection| {
        Ok::<_, ListenError>(
            connection
                .prepare_cached(
                    "SELECT coalesce((SELECT max(p.play_id) FROM listen_play p), 0) - i.play_id <= ?1
                     AND coalesce((SELECT max(w.work_id) FROM listen_work w), 0) - n.work_id <= ?1
                     AND coalesce((SELECT sum(b.listen_count) FROM listen_same_due_batch d
                         CROSS JOIN listen_batch b ON b.batch_id = d.batch_id), 0) <= ?1
                     FROM listen_index i CROSS JOIN listen_identity_index n",
                )?
                .query_row([LITTLE], |row| row.get(0))?,
        )
    })?;
    if is_little { catch_up(vault) } else { Ok(()) }
}

fn behind(connection: &Connection) -> Result<bool, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT i.work_id < coalesce((SELECT max(w.work_id) FROM listen_work w), 0)
             OR i.play_id < coalesce((SELECT max(p.play_id) FROM listen_play p), 0) FROM listen_index i",
        )?
        .query_row([], |row| row.get(0))?)
}

fn step(transaction: &Transaction<'_>, stride: Stride) -> Result<(), ListenError> {
    let at_once = stride.of(AT_ONCE);
    let (works_done, plays_done): (i64, i64) = transaction
        .prepare_cached("SELECT work_id, play_id FROM listen_index")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let until: Option<i64> = transaction
        .prepare_cached(
            "SELECT max(work_id) FROM (SELECT work_id FROM listen_work WHERE work_id > ?1 ORDER BY work_id LIMIT ?2)",
        )?
        .query_row([works_done, at_once], |row| row.get(0))?;
    if let Some(until) = until {
        gather_more(transaction, "listen_words")?;
        transaction
            .prepare_cached(
                "INSERT INTO listen_words (rowid, title, creators, show, publisher)
                 SELECT work_id, title, creators, show, publisher FROM listen_work
                 WHERE work_id > ?1 AND work_id <= ?2 ORDER BY work_id",
            )?
            .execute([works_done, until])?;
        transaction
            .prepare_cached("UPDATE listen_index SET work_id = ?1")?
            .execute([until])?;
    }
    let until: Option<i64> = transaction
        .prepare_cached(
            "SELECT max(play_id) FROM (SELECT play_id FROM listen_play WHERE play_id > ?1 ORDER BY play_id LIMIT ?2)",
        )?
        .query_row([plays_done, at_once], |row| row.get(0))?;
    if let Some(until) = until {
        // In the index's own order, so that one step goes through its pages once.
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO listen_work_play (work_id, start_ms, play_id)
                 SELECT work_id, start_ms, play_id FROM listen_play WHERE play_id > ?1 AND play_id <= ?2
                 ORDER BY work_id, start_ms, play_id",
            )?
            .execute([plays_done, until])?;
        transaction
            .prepare_cached("UPDATE listen_index SET play_id = ?1")?
            .execute(params![until])?;
    }
    Ok(())
}

/// What a full-text index gathers in memory before it writes a part of itself, in bytes.
const GATHERED: i64 = 8 << 20;

/// Lets a full-text index write itself in few large parts. With a megabyte, as it comes, most of the time behind an import is
/// spent on joining its parts, and looking something up goes through many of them.
pub(crate) fn gather_more(transaction: &Transaction<'_>, table: &'static str) -> Result<(), ListenError> {
    let set: Option<i64> = transaction
        .prepare_cached(&format!("SELECT v FROM {table}_config WHERE k = 'hashsize'"))?
        .query_row([], |row| row.get(0))
        .optional()?;
    if set != Some(GATHERED) {
        transaction
            .prepare_cached(&format!("INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?1)"))?
            .execute([GATHERED])?;
    }
    Ok(())
}

/// The works that have all the words of a text, each word or the beginning of one; and the listens that have them in what
/// the person said of them.
pub(crate) struct Matching {
    expression: String,
    /// Numbers of the works.
    pub(crate) works: Vec<i64>,
    /// Numbers of the listens.
    pub(crate) said: BTreeSet<i64>,
}

impl Matching {
    /// Looks them up; `None` when the text has no words.
    pub(crate) fn find(connection: &Connection, text: &str) -> Result<Option<Self>, ListenError> {
        let Some(expression) = words_expression(text) else {
            return Ok(None);
        };
        let mut statement = connection.prepare_cached("SELECT rowid FROM listen_words WHERE listen_words MATCH ?1")?;
        let works = statement
            .query_map([&expression], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut statement = connection.prepare_cached(
            "SELECT coalesce(s.lead_play_id, p.play_id) FROM listen_said_words f
             CROSS JOIN listen_said d ON d.said_id = f.rowid
             CROSS JOIN listen_play p ON p.start_ms = d.start_ms AND p.fingerprint = d.fingerprint
             LEFT JOIN listen_same_play s ON s.play_id = p.play_id WHERE listen_said_words MATCH ?1",
        )?;
        let said = statement
            .query_map([&expression], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Some(Self {
            expression,
            works,
            said,
        }))
    }

    /// When each of them was heard last, at or before a moment, and its number; the latest first. What was not heard is
    /// left out.
    pub(crate) fn last_heard(&self, connection: &Connection, before_ms: i64) -> Result<Vec<(i64, i64)>, ListenError> {
        let mut statement = connection.prepare_cached(
            "SELECT (SELECT i.start_ms FROM listen_work_play i WHERE i.work_id = f.rowid AND i.start_ms <= ?2
                     ORDER BY i.start_ms DESC LIMIT 1), f.rowid
             FROM listen_words f WHERE listen_words MATCH ?1",
        )?;
        let rows = statement.query_map(params![self.expression, before_ms], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get(1)?))
        })?;
        let mut last = Vec::with_capacity(self.works.len());
        for row in rows {
            if let (Some(start_ms), work_id) = row? {
                last.push((start_ms, work_id));
            }
        }
        last.sort_unstable_by(|one, other| other.cmp(one));
        Ok(last)
    }
}

/// Words beyond this many narrow nothing that a person looks for.
const MOST_WORDS: usize = 16;

/// FTS5's expression for a text: every word as the beginning of one. A single ASCII letter or digit is a whole word:
/// as a beginning it would be half of the log.
fn words_expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|letter: char| letter.is_whitespace() || letter == '\0')
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .map(|word| {
            let star = if word.len() > 1 { "*" } else { "" };
            format!("{}{star}", quoted(word))
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// A text as one phrase of FTS5.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\0', " ").replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        assert_eq!(words_expression("low  tide").as_deref(), Some("\"low\"* AND \"tide\"*"));
        assert_eq!(
            words_expression("a \"b OR").as_deref(),
            Some("\"a\" AND \"\"\"b\"* AND \"OR\"*")
        );
        assert_eq!(words_expression(" - \" * "), None);
    }
}
