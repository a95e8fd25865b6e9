//! Episode actions gathered into sittings: a player writes one at every pause, and a person who pauses to open the
//! door is still in the same sitting. Only a bounded number of sittings is open at once, whatever the file's size.

use std::collections::HashMap;

use super::draft::Fingerprint;
use super::gpodder::Action;

/// Two stretches of one episode on one device with no more than this between them are one sitting.
pub(crate) const PAUSE_MS: i64 = 2 * 60 * 60 * 1000;
/// Sittings that may be open at once.
const MOST_OPEN: usize = 1024;
/// Actions that one sitting may have; the next one starts another.
const MOST_ACTIONS: usize = 512;

/// One episode, on one device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    podcast: String,
    episode: String,
    device: String,
}

/// The stretches of one sitting.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sitting {
    pub(crate) podcast: String,
    pub(crate) episode: String,
    pub(crate) device: String,
    pub(crate) guid: String,
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    pub(crate) total_ms: Option<i64>,
    /// Number of the first action in the file.
    pub(crate) record: i64,
    pub(crate) stretches: Vec<(Fingerprint, Option<(i64, i64)>)>,
}

/// The sittings that are still open.
#[derive(Debug, Default)]
pub(crate) struct Sittings(HashMap<Place, Sitting>);

impl Sittings {
    /// Adds an action; gives the sittings that it closes.
    pub(crate) fn add(&mut self, action: &Action<'_>, record: i64) -> Vec<Sitting> {
        let place = Place {
            podcast: action.podcast.clone().into_owned(),
            episode: action.episode.clone().into_owned(),
            device: action.device.clone().into_owned(),
        };
        // The action is written when the stretch ends.
        let length = action.stretch.map_or(0, |(start, end)| end - start);
        let from_ms = action.at_ms.saturating_sub(length);
        let stretch = (action.fingerprint, action.stretch);
        if let Some(open) = self.0.get_mut(&place) {
            let near =
                from_ms <= open.to_ms.saturating_add(PAUSE_MS) && action.at_ms >= open.from_ms.saturating_sub(PAUSE_MS);
            if near && open.stretches.len() < MOST_ACTIONS {
                open.from_ms = open.from_ms.min(from_ms);
                open.to_ms = open.to_ms.max(action.at_ms);
                open.total_ms = open.total_ms.or(action.total_ms);
                if open.guid.is_empty() {
                    open.guid = action.guid.clone().into_owned();
                }
                open.stretches.push(stretch);
                return Vec::new();
            }
        }
        let sitting = Sitting {
            podcast: place.podcast.clone(),
            episode: place.episode.clone(),
            device: place.device.clone(),
            guid: action.guid.clone().into_owned(),
            from_ms,
            to_ms: action.at_ms,
            total_ms: action.total_ms,
            record,
            stretches: vec![stretch],
        };
        let mut closed: Vec<_> = self.0.insert(place, sitting).into_iter().collect();
        if self.0.len() > MOST_OPEN {
            closed.extend(self.close_older_half());
        }
        closed
    }

    /// Closes all that are open, in order of time.
    pub(crate) fn close_all(&mut self) -> Vec<Sitting> {
        let mut closed: Vec<_> = self.0.drain().map(|(_, sitting)| sitting).collect();
        closed.sort_by_key(|sitting| (sitting.from_ms, sitting.record));
        closed
    }

    fn close_older_half(&mut self) -> Vec<Sitting> {
        let mut ends: Vec<_> = self.0.values().map(|sitting| sitting.to_ms).collect();
        let middle = ends.len() / 2;
        let (_, &mut limit, _) = ends.select_nth_unstable(middle);
        let mut closed: Vec<_> = self
            .0
            .extract_if(|_, sitting| sitting.to_ms <= limit)
            .map(|(_, sitting)| sitting)
            .collect();
        closed.sort_by_key(|sitting| (sitting.from_ms, sitting.record));
        closed
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use std::borrow::Cow;

    const HOUR: i64 = 3_600_000;

    fn play(episode: &str, at_ms: i64, start: i64, end: i64) -> Action<'_> {
        Action {
            podcast: Cow::Borrowed("p"),
            episode: Cow::Borrowed(episode),
            guid: Cow::Borrowed(""),
            device: Cow::Borrowed("d"),
            at_ms,
            stretch: Some((start, end)),
            total_ms: None,
            fingerprint: [u8::try_from(at_ms % 251).unwrap(); 16],
        }
    }

    #[test]
    fn pauses_belong_to_a_sitting_and_the_next_day_does_not() {
        let mut sittings = Sittings::default();
        assert!(sittings.add(&play("e", 10 * HOUR, 0, HOUR), 1).is_empty());
        assert!(sittings.add(&play("e", 12 * HOUR, HOUR, HOUR + 60_000), 2).is_empty());
        let closed = sittings.add(&play("e", 34 * HOUR, 2 * HOUR, 2 * HOUR + 1), 3);
        assert_eq!(closed.len(), 1);
        assert_eq!(
            (closed[0].from_ms, closed[0].to_ms, closed[0].stretches.len()),
            (9 * HOUR, 12 * HOUR, 2)
        );
        assert_eq!(sittings.close_all().len(), 1);
    }

    #[test]
    fn only_so_many_are_open_at_once() {
        let mut sittings = Sittings::default();
        let names: Vec<_> = (0..5000).map(|number| number.to_string()).collect();
        let mut closed = 0;
        for (number, name) in (1_i64..).zip(&names) {
            closed += sittings.add(&play(name, number * 1000, 0, 1), number).len();
            assert!(sittings.0.len() <= MOST_OPEN);
        }
        assert_eq!(closed + sittings.close_all().len(), 5000);
    }
}
