//! A ListenBrainz export of any size, in the form that the service writes it: one listen a line, with what it found in
//! MusicBrainz, as its users have it on disk.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::catalogue::{Played, Plays};
use crate::measure::Outcome;

/// What was written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Bytes.
    pub bytes: u64,
    /// Lines, each a good listen that is in the file once.
    pub listens: u64,
}

/// Writes listens until the file has `bytes` or a few more.
///
/// # Errors
/// When the disk fails.
pub fn write(path: &Path, bytes: u64) -> Outcome<Written> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut written = Written { bytes: 0, listens: 0 };
    let mut line = Vec::new();
    for play in Plays::new() {
        if written.bytes >= bytes {
            break;
        }
        line.clear();
        serde_json::to_writer(&mut line, &listen(&play))?;
        line.push(b'\n');
        file.write_all(&line)?;
        written.bytes += line.len() as u64;
        written.listens += 1;
    }
    file.into_inner()?.sync_all()?;
    Ok(written)
}

fn listen(play: &Played) -> Value {
    let (track, start_s, (player, client)) = (&play.track, play.start_s, play.via);
    let mut info = json!({
        "artist_names": track.artists,
        "media_player": player,
        "submission_client": client,
        "submission_client_version": "1.4.2",
        "tracknumber": track.number % 12 + 1,
        "recording_msid": msid(track.number),
    });
    let mut metadata = json!({
        "artist_name": track.credit(),
        "track_name": track.title,
        "release_name": track.album,
    });
    if let (Some(length_ms), Some(info)) = (track.length_ms, info.as_object_mut()) {
        info.insert("duration_ms".to_owned(), length_ms.into());
    }
    if let (false, Some(info)) = (track.isrc.is_empty(), info.as_object_mut()) {
        info.insert("isrc".to_owned(), track.isrc.clone().into());
    }
    if let [recording, release, artists @ ..] = track.mbids.as_slice() {
        let credited: Vec<Value> = track
            .artists
            .iter()
            .zip(artists)
            .enumerate()
            .map(|(at, (name, mbid))| {
                let join = if at + 1 < track.artists.len() { " & " } else { "" };
                json!({"artist_credit_name": name, "artist_mbid": mbid, "join_phrase": join})
            })
            .collect();
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert(
                "mbid_mapping".to_owned(),
                json!({
                    "artist_mbids": artists, "artists": credited, "caa_id": 30_000_000_000_u64 + track.number,
                    "caa_release_mbid": release, "recording_mbid": recording, "recording_name": track.title,
                    "release_mbid": release,
                }),
            );
        }
    }
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.insert("additional_info".to_owned(), info);
    }
    json!({
        "inserted_at": start_s + 215, "listened_at": start_s, "recording_msid": msid(track.number),
        "track_metadata": metadata, "user_name": "nobody",
    })
}

fn msid(number: u64) -> String {
    format!(
        "{:08x}-0000-4000-8000-{number:012x}",
        number.wrapping_mul(0x9e37_79b1) & 0xffff_ffff
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn the_file_is_as_long_as_asked_and_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let written = write(&one, 100_000).unwrap();
        write(&other, 100_000).unwrap();
        let bytes = std::fs::read(&one).unwrap();
        assert_eq!(bytes, std::fs::read(&other).unwrap());
        assert_eq!(bytes.len() as u64, written.bytes);
        assert!((100_000..102_000).contains(&written.bytes));
        assert_eq!(
            bytes.iter().filter(|byte| **byte == b'\n').count() as u64,
            written.listens
        );
    }
}
