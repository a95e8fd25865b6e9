//! A listen as ListenBrainz takes it: by the rules of its own server (`validate_listen` and its constants in
//! `listenbrainz/webserver/views/api_tools.py` of metabrainz/listenbrainz-server), so that a whole file or batch is never
//! refused for one listen. What breaks a rule is left out: a field if it can be spared, else the listen.

use serde_json::{Map, Value, json};

use crate::{Kind, Listen};

/// `LISTEN_MINIMUM_TS`: 1 October 2002.
pub(crate) const FIRST_SECONDS: i64 = 1_033_430_400;
/// `MAX_LISTEN_SIZE` is 10,240 bytes for a listen on average; the rest is for what stands around them in a request.
pub(crate) const MOST_BYTES: usize = 10_000;
/// `MAX_DURATION_MS_LIMIT`: 24 days.
const LONGEST_MS: i64 = 24 * 24 * 60 * 60 * 1000;

/// Whose eyes it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// A file of the person's own.
    Oneself,
    /// A server of somebody else: without addresses, which can be private.
    Others,
}

/// The listen, or `None` when it cannot be one there. Absent fields are left out, as its documentation asks.
pub(crate) fn listenbrainz(listen: &Listen, whose: For) -> Option<Value> {
    let listened_at = listen.start_ms.div_euclid(1000);
    if listened_at < FIRST_SECONDS || matches!(listen.kind, Kind::Page | Kind::Advert) {
        return None;
    }
    let artist = if listen.creators.is_empty() {
        listen.show.clone()
    } else {
        listen.creators.join(" & ")
    };
    if !is_said(&listen.title) || !is_said(&artist) {
        return None;
    }
    let mut track = Map::new();
    track.insert("track_name".to_owned(), json!(listen.title));
    track.insert("artist_name".to_owned(), json!(artist));
    let long = [additional_info(listen, whose), duration(listen)];
    let release = (is_said(&listen.show) && !listen.creators.is_empty()).then_some(&listen.show);
    // First with everything, then with less.
    let tries = [
        (Some(&long[0]), release),
        (Some(&long[1]), release),
        (Some(&long[1]), None),
    ];
    for (info, release) in tries {
        let mut track = track.clone();
        if let Some(release) = release {
            track.insert("release_name".to_owned(), json!(release));
        }
        if let Some(info) = info {
            track.insert("additional_info".to_owned(), Value::Object(info.clone()));
        }
        let made = json!({ "listened_at": listened_at, "track_metadata": track });
        if made.to_string().len() <= MOST_BYTES {
            return Some(made);
        }
    }
    None
}

fn duration(listen: &Listen) -> Map<String, Value> {
    let mut info = Map::new();
    if let Some(ms) = listen.media_ms.filter(|ms| (1..=LONGEST_MS).contains(ms)) {
        info.insert("duration_ms".to_owned(), json!(ms));
    }
    info
}

fn additional_info(listen: &Listen, whose: For) -> Map<String, Value> {
    let mut info = duration(listen);
    let mut put = |key: &str, text: &str| {
        if is_said(text) {
            info.insert(key.to_owned(), Value::from(text));
        }
    };
    let names = &listen.identifiers;
    put("media_player", &listen.player);
    put("music_service", &listen.service);
    if whose == For::Oneself {
        put("origin_url", &names.url);
    }
    put("isrc", &names.isrc);
    put("spotify_id", &spotify_address(&names.spotify_uri));
    for (key, mbid) in [
        ("recording_mbid", &names.recording_mbid),
        ("release_mbid", &names.release_mbid),
    ] {
        if is_uuid(mbid) {
            put(key, mbid);
        }
    }
    if !names.artist_mbids.is_empty() && names.artist_mbids.iter().all(|mbid| is_uuid(mbid)) {
        info.insert("artist_mbids".to_owned(), json!(names.artist_mbids));
    }
    if listen.creators.len() > 1 {
        info.insert("artist_names".to_owned(), json!(listen.creators));
    }
    info
}

/// Whether something is left when the server strips it, as Python's `str.strip` does, and it has no U+0000.
fn is_said(text: &str) -> bool {
    let space = |letter: char| letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter);
    !text.trim_matches(space).is_empty() && !text.contains('\0')
}

/// A UUID as RFC 9562, section 4, writes it.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(place, letter)| match place {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}

/// `spotify:track:ID` as the address that ListenBrainz writes.
fn spotify_address(uri: &str) -> String {
    match uri.strip_prefix("spotify:").and_then(|rest| rest.split_once(':')) {
        Some((kind, id)) if !id.contains(':') => format!("https://open.spotify.com/{kind}/{id}"),
        _ => uri.to_owned(),
    }
}
