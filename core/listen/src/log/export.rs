//! The log in open formats: every listen with everything that is known of it as JSON Lines, or as listens of
//! ListenBrainz that other programs take.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};
use tekram_vault::Vault;

use super::list::{LISTEN_COLUMNS, listen_from};
use super::scan::IN_LOG;
use crate::{Listen, ListenError};

/// A format to export to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// One JSON object a line with everything.
    JsonLines,
    /// Listens of ListenBrainz, one a line. A listen without a title or a name to credit cannot be one and is left out.
    ListenbrainzJsonl,
}

/// What was exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Listens written.
    pub written: u64,
    /// Listens that the format cannot hold.
    pub left_out: u64,
}

/// Writes the accepted listens, oldest first, as a stream.
///
/// # Errors
/// `write_failed`, or when the vault fails.
pub fn export(vault: &Vault, form: ExportForm, mut into: impl Write) -> Result<Exported, ListenError> {
    vault.read(|connection| {
        let sql = format!(
            "SELECT {LISTEN_COLUMNS}
             WHERE {IN_LOG} ORDER BY p.start_ms, p.fingerprint"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut exported = Exported::default();
        for listen in statement.query_and_then([], listen_from)? {
            let listen = listen?;
            let line = match form {
                ExportForm::JsonLines => serde_json::to_string(&listen).ok(),
                ExportForm::ListenbrainzJsonl => listenbrainz(&listen).map(|listen| listen.to_string()),
            };
            match line {
                Some(line) => {
                    writeln!(into, "{line}").map_err(|error| write_error(&error))?;
                    exported.written += 1;
                }
                None => exported.left_out += 1,
            }
        }
        into.flush().map_err(|error| write_error(&error))?;
        Ok(exported)
    })
}

fn write_error(error: &io::Error) -> ListenError {
    ListenError::Write { kind: error.kind() }
}

/// A listen as ListenBrainz takes it; absent fields are left out, as its documentation asks.
fn listenbrainz(listen: &Listen) -> Option<Value> {
    let artist = if listen.creators.is_empty() {
        listen.show.clone()
    } else {
        listen.creators.join(" & ")
    };
    if listen.title.is_empty() || artist.is_empty() {
        return None;
    }
    let mut info = Map::new();
    let mut put = |key: &str, text: &str| {
        if !text.is_empty() {
            info.insert(key.to_owned(), Value::from(text));
        }
    };
    let names = &listen.identifiers;
    put("media_player", &listen.player);
    put("music_service", &listen.service);
    put("origin_url", &names.url);
    put("isrc", &names.isrc);
    put("recording_mbid", &names.recording_mbid);
    put("release_mbid", &names.release_mbid);
    put("spotify_id", &names.spotify_uri);
    if !names.artist_mbids.is_empty() {
        info.insert("artist_mbids".to_owned(), json!(names.artist_mbids));
    }
    if listen.creators.len() > 1 {
        info.insert("artist_names".to_owned(), json!(listen.creators));
    }
    if let Some(ms) = listen.media_ms {
        info.insert("duration_ms".to_owned(), json!(ms));
    }
    let mut track = Map::new();
    track.insert("track_name".to_owned(), json!(listen.title));
    track.insert("artist_name".to_owned(), json!(artist));
    if !listen.show.is_empty() && !listen.creators.is_empty() {
        track.insert("release_name".to_owned(), json!(listen.show));
    }
    track.insert("additional_info".to_owned(), Value::Object(info));
    Some(json!({ "listened_at": listen.start_ms.div_euclid(1000), "track_metadata": track }))
}
