//! Whether two words of a player are about one medium, and what they say of it together.

use super::event::Media;
use crate::Kind;

/// A station tells its song within this time, or the song began only then.
const LATE_TITLE_MS: i64 = 15_000;

/// Whether the player says that it plays something else now than what it has told of for so long.
pub(super) fn is_other(known: &Media, said: &Media, since_ms: i64) -> bool {
    if let (Some(_), Some(_)) = (known.kind, said.kind)
        && is_advert(known) != is_advert(said)
    {
        return true;
    }
    if said.kind.or(known.kind) == Some(Kind::Radio) && known.title != said.title {
        return !known.title.is_empty() || since_ms > LATE_TITLE_MS || !same(known, said);
    }
    !same(known, said)
}

/// The station is the show of each of its songs, though it is said only once.
pub(super) fn inherit(media: &mut Media, known: &Media) {
    let same_station = media.show.is_empty() || media.show == known.show;
    if media.kind.or(known.kind) != Some(Kind::Radio) || !same_station {
        return;
    }
    media.kind = Some(Kind::Radio);
    for (said, known) in [
        (&mut media.show, &known.show),
        (&mut media.publisher, &known.publisher),
        (&mut media.url, &known.url),
    ] {
        if said.is_empty() {
            said.clone_from(known);
        }
    }
}

pub(super) fn is_advert(media: &Media) -> bool {
    media.kind == Some(Kind::Advert)
}

/// Whether both words are about one medium: players tell the title first and the rest a little later.
pub(super) fn same(known: &Media, said: &Media) -> bool {
    let agree = |known: &str, said: &str| known.is_empty() || said.is_empty() || known == said;
    agree(&known.title, &said.title)
        && agree(&known.show, &said.show)
        && agree(&known.url, &said.url)
        && agree(&known.item_guid, &said.item_guid)
        && (known.creators.is_empty() || said.creators.is_empty() || known.creators == said.creators)
}

/// Adds what is known now.
pub(super) fn refine(known: &mut Media, said: &Media) {
    for (known, said) in [
        (&mut known.title, &said.title),
        (&mut known.show, &said.show),
        (&mut known.publisher, &said.publisher),
        (&mut known.url, &said.url),
        (&mut known.feed_url, &said.feed_url),
        (&mut known.item_guid, &said.item_guid),
    ] {
        if !said.is_empty() {
            known.clone_from(said);
        }
    }
    if !said.creators.is_empty() {
        known.creators.clone_from(&said.creators);
    }
    known.media_ms = said.media_ms.or(known.media_ms);
    known.kind = said.kind.or(known.kind);
}
