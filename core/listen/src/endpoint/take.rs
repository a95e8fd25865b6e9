//! From the inbox into the log: listens that apps told, in the batch of what this device heard. What the person gave a token for
//! needs no further look; an app that they switched off since is not kept.

use std::borrow::Cow;

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tekram_primitives::time::Timestamp;

use crate::capture::{Drained, Mode, Spans, capture_batch};
use crate::format::listenbrainz;
use crate::listen::MARK_PRIVATE;
use crate::pen::append::Append;
use crate::{Format, ListenError};

/// The version of the form in which listens are sealed.
const VERSION: u32 = 1;

/// Listens as they are sealed: as the app wrote them, so that a later version can read more of them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sealed {
    /// Tells these items from others in the inbox, and their version.
    submission: u32,
    /// The token that they came with.
    token_id: String,
    pub(crate) listens: Vec<Value>,
}

impl Sealed {
    pub(crate) fn new(token_id: &str, listens: Vec<Value>) -> Self {
        Self {
            submission: VERSION,
            token_id: token_id.to_owned(),
            listens,
        }
    }

    /// The listens of an item; `None` for an item that is something else or of a later version.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let sealed: Self = serde_json::from_slice(bytes).ok()?;
        (sealed.submission == VERSION).then_some(sealed)
    }
}

/// Takes the listens of one item in.
pub(crate) fn take(transaction: &Transaction<'_>, sealed: &Sealed, now: Timestamp) -> Result<Drained, ListenError> {
    let count = u64::try_from(sealed.listens.len()).unwrap_or(u64::MAX);
    let not_allowed = Drained {
        not_allowed: count,
        ..Drained::default()
    };
    let app: Option<String> = transaction
        .prepare_cached("UPDATE listen_token SET last_ms = max(last_ms, ?2) WHERE token_id = ?1 RETURNING app")?
        .query_row(params![sealed.token_id, now.millis()], |row| row.get(0))
        .optional()?;
    let Some(app) = app else {
        return Ok(not_allowed);
    };
    let allowed: bool = transaction
        .prepare_cached(
            "INSERT INTO listen_app (app, allowed, last_ms) VALUES (?1, 1, ?2)
             ON CONFLICT (app) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms) RETURNING allowed",
        )?
        .query_row(params![app, now.millis()], |row| row.get(0))?;
    if !allowed {
        return Ok(not_allowed);
    }
    let batch_id = capture_batch(transaction, now)?;
    let Some(mut append) = Append::to(transaction, batch_id, Format::Capture)? else {
        return Err(ListenError::NoSuchBatch { batch_id });
    };
    let quiet = Spans::read(transaction)?;
    let mut drained = Drained::default();
    let mut scratch = Vec::new();
    for listen in &sealed.listens {
        let read = listenbrainz::Row::deserialize(listen)
            .ok()
            .and_then(|row| listenbrainz::draft(row, now.millis(), &mut scratch).ok());
        // Checked when it was sealed; a version with other rules may see it differently.
        let Some(mut draft) = read else {
            drained.unreadable += 1;
            continue;
        };
        match quiet.mode_at(draft.start_ms) {
            Mode::Open => {}
            Mode::Private => draft.marks |= MARK_PRIVATE,
            Mode::Paused => {
                drained.paused += 1;
                continue;
            }
        }
        draft.via.client = Cow::Borrowed(&app);
        if draft.via.player.is_empty() {
            draft.via.player = Cow::Borrowed(&app);
        }
        append.count();
        append.play(&draft)?;
        drained.events += 1;
    }
    drained.new = append.end()?.new;
    Ok(drained)
}
