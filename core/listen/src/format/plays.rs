//! The kinds of record of which each is one play, and what their file tells of all of them.

use super::draft::Draft;
use super::stated::Times;
use super::{Format, Reason, listenbrainz, spotify};
use crate::input::RecordKind;

/// What a record's file tells of it.
pub(crate) struct Context {
    pub(crate) format: Format,
    pub(crate) times: Times,
    /// Whether it is one of Spotify's files of videos: the tracks in it do not say so.
    pub(crate) is_video: bool,
}

impl Context {
    pub(crate) fn new(format: Format, times: Times, file: &str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        Self {
            format,
            times,
            is_video: name.contains("_Video_"),
        }
    }
}

/// A kind of record of which each is a play.
pub(crate) trait Plays: RecordKind {
    /// The listen that a row tells of.
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason>;
}

impl Plays for listenbrainz::Listens {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        listenbrainz::draft(row, context.times.now_ms, scratch)
    }
}

impl Plays for spotify::Streams {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        spotify::draft(row, context.is_video, context.times.now_ms, scratch)
    }
}
