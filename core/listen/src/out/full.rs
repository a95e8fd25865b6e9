//! Everything that the log knows of a listen, as one line of JSON that comes back unchanged (`format/own.rs` reads it): in
//! another vault it is the same listen, from the same source, credited to the same maker. Numbers of this vault, of its
//! listens and imports, mean nothing elsewhere and are not written.

use serde::Serialize;

use super::choice::Chosen;
use crate::{Identifiers, Kind, Played, Thumb};

/// The version of the form.
pub(crate) const VERSION: u32 = 1;

/// A line. The first member is what the form is known by.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    tekram_listen: u32,
    start_ms: i64,
    offset_min: Option<i64>,
    zoneless: bool,
    kind: Kind,
    title: &'a str,
    creators: &'a [String],
    show: &'a str,
    publisher: &'a str,
    identifiers: &'a Identifiers,
    played: &'a Played,
    media_ms: Option<i64>,
    source: &'a str,
    service: &'a str,
    player: &'a str,
    device: &'a str,
    client: &'a str,
    skipped: bool,
    private_session: bool,
    offline: bool,
    thumb: Option<Thumb>,
    credit: Credit<'a>,
    fingerprint: &'a str,
}

/// Whom the seconds are credited to.
#[derive(Serialize)]
struct Credit<'a> {
    key: &'a str,
    name: &'a str,
    feed_url: &'a str,
}

impl<'a> Line<'a> {
    pub(crate) fn of(chosen: &'a Chosen) -> Self {
        let listen = &chosen.listen;
        Self {
            tekram_listen: VERSION,
            start_ms: listen.start_ms,
            offset_min: listen.offset_min,
            zoneless: chosen.zoneless,
            kind: listen.kind,
            title: &listen.title,
            creators: &listen.creators,
            show: &listen.show,
            publisher: &listen.publisher,
            identifiers: &listen.identifiers,
            played: &listen.played,
            media_ms: listen.media_ms,
            source: &listen.source,
            service: &listen.service,
            player: &listen.player,
            device: &listen.device,
            client: &chosen.client,
            skipped: listen.skipped,
            private_session: listen.private_session,
            offline: listen.offline,
            thumb: listen.thumb,
            credit: Credit {
                key: &chosen.credit.key,
                name: &chosen.credit.name,
                feed_url: &chosen.credit.feed_url,
            },
            fingerprint: &listen.fingerprint,
        }
    }
}
