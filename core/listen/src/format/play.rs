//! A play with what most formats say of one, as a draft: whom it is credited to, how much of it is known, and the
//! fingerprint of what the source states.

use super::Format;
use super::draft::{Credit, Draft, Via, Work, fingerprint};
use super::stated::Stated;
use crate::listen::{EstimateRule, Kind, Played};

/// What a source says of how much was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// So many milliseconds.
    Played(i64),
    /// Nothing, but it lists only plays that count as such.
    Counted,
    /// Nothing.
    Unknown,
}

/// The play of a work.
pub(crate) fn play<'a>(
    format: Format,
    work: Work<'a>,
    at: Stated,
    amount: Amount,
    media_ms: Option<i64>,
    via: Via<'a>,
    scratch: &mut Vec<u8>,
) -> Draft<'a> {
    let credit = credit(&work);
    let fingerprint = fingerprint(
        scratch,
        format.source(),
        at.stated_ms,
        &[
            &work.title,
            work.creators.first().map_or("", |first| first.as_ref()),
            stated_show(&work),
        ],
    );
    let played = match (amount, media_ms) {
        (Amount::Played(ms), _) => Played::Total { ms },
        (Amount::Counted, Some(ms)) => Played::Estimate {
            ms,
            rule: EstimateRule::WholeTrack,
        },
        (Amount::Counted | Amount::Unknown, _) => Played::Unknown,
    };
    Draft {
        credit,
        start_ms: at.at_ms,
        offset_min: at.offset_min,
        played,
        media_ms,
        via,
        marks: at.mark(),
        fingerprint,
        work,
    }
}

/// An album may be missing in one export and there in another; a podcast is nothing without its show.
fn stated_show<'w>(work: &'w Work<'_>) -> &'w str {
    if work.kind() == Kind::Music { "" } else { &work.show }
}

/// Whom a play counts for: the show of spoken word, the book, else the first creator, else nobody who is known.
fn credit<'a>(work: &Work<'a>) -> Credit<'a> {
    let show = || work.show.clone();
    let named = !work.show.trim().is_empty();
    match (work.kind(), work.creators.first()) {
        (Kind::Podcast | Kind::Radio, _) if !work.feed_url.is_empty() => Credit::Feed(work.feed_url.clone()),
        (Kind::Podcast | Kind::Radio, _) if named => Credit::Show(show()),
        (Kind::Advert, Some(advertiser)) => Credit::Advert(advertiser.clone()),
        (Kind::Advert, None) => Credit::Advert(work.title.clone()),
        (Kind::Audiobook, _) if named => Credit::Audiobook(show()),
        (Kind::Audiobook, _) => Credit::Audiobook(work.title.clone()),
        (_, Some(artist)) => Credit::Artist(artist.clone()),
        (_, None) => Credit::Unknown(work.title.clone()),
    }
}
