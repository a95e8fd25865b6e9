//! Listens of a ListenBrainz account (`/1/user/NAME/listens`): backwards from the newest by `max_ts`, page by page, until what is
//! known already. Where a walk stands is kept with each page, so that one that was cut goes on and none begins anew.

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::step::percent_encoded;
use crate::ListenError;
use crate::format::listenbrainz;
use crate::input::loose::{Nested, Several};
use crate::pen::append::Append;
use crate::{Format, Reason};

/// Listens of a page while nothing is known, the most that ListenBrainz gives.
const PAGE: usize = 1_000;
/// Listens of a page afterwards: mostly there is little new.
const SMALL_PAGE: usize = 100;

/// How far an account was walked, in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Walk {
    /// Everything up to this moment is known.
    pub(super) known: i64,
    /// The newest moment that the walk under way met.
    pub(super) newest: i64,
    /// What the walk under way asks for next: listens before this moment; 0 before it began.
    pub(super) before: i64,
}

/// The address of the next page.
pub(super) fn url(account: &Account, walk: Walk) -> String {
    let count = if walk.known == 0 { PAGE } else { SMALL_PAGE };
    let name = percent_encoded(&account.user);
    let page = format!("{}/1/user/{name}/listens?count={count}", account.url);
    match walk.before {
        0 => page,
        before => format!("{page}&max_ts={before}"),
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    payload: Payload<'a>,
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    listens: Several<Nested<listenbrainz::Row<'a>>>,
}

/// Whether a page has nothing in it; `None` when it is no page.
pub(super) fn is_empty(body: &[u8]) -> Option<bool> {
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    Some(answer.payload.listens.0.is_empty())
}

/// Stores a page. Says where the walk goes on, and whether it does.
pub(super) fn take(
    append: Option<&mut Append<'_>>,
    body: &[u8],
    walk: Walk,
    now_ms: i64,
) -> Result<Option<(Walk, bool)>, ListenError> {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Ok(None);
    };
    let mut scratch = Vec::new();
    let (mut oldest, mut newest) = (i64::MAX, 0);
    if let Some(append) = append {
        for listen in answer.payload.listens.0 {
            append.count();
            let Nested::Present(row) = listen else {
                append.refuse(Reason::NotAnObject, &[])?;
                continue;
            };
            match listenbrainz::draft(row, now_ms, &mut scratch) {
                Ok(draft) => {
                    let at = draft.start_ms.div_euclid(1000);
                    (oldest, newest) = (oldest.min(at), newest.max(at));
                    append.play(&draft)?;
                }
                Err(reason) => append.refuse(reason, &[])?,
            }
        }
    }
    Ok(Some(next(walk, oldest, newest)))
}

/// Where to go on after a page from `oldest` to `newest`; `oldest` is the end of time when nothing on it could be used.
fn next(walk: Walk, oldest: i64, newest: i64) -> (Walk, bool) {
    let newest = walk.newest.max(newest);
    if oldest == i64::MAX || oldest < walk.known {
        let known = Walk {
            known: walk.known.max(newest),
            ..Walk::default()
        };
        return (known, false);
    }
    // A page may end within a second that has more listens: the second is asked for again, once.
    let before = if oldest + 1 == walk.before { oldest } else { oldest + 1 };
    (Walk { newest, before, ..walk }, true)
}

/// The format that these listens are in: the same play in an export of the account is the same play.
pub(super) const FORMAT: Format = Format::Listenbrainz;

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
    use proptest::prelude::*;

    /// A server with listens at these seconds, oldest first, asked until the walk ends. Gives what was met.
    fn walked(all: &[i64], mut walk: Walk, page: usize) -> (Vec<i64>, Walk) {
        let mut met = Vec::new();
        for _ in 0..10_000 {
            let before = if walk.before == 0 { i64::MAX } else { walk.before };
            let answer: Vec<i64> = all.iter().rev().copied().filter(|at| *at < before).take(page).collect();
            met.extend(&answer);
            let oldest = answer.iter().copied().min().unwrap_or(i64::MAX);
            let (next, more) = next(walk, oldest, answer.iter().copied().max().unwrap_or(0));
            walk = next;
            if !more {
                met.sort_unstable();
                return (met, walk);
            }
        }
        panic!("the walk does not end");
    }

    proptest! {
        #[test]
        fn a_walk_meets_everything_and_the_next_one_all_that_is_new(
            mut first in proptest::collection::btree_set(1_100_000_000..1_100_001_000_i64, 0..60),
            later in proptest::collection::btree_set(1_100_001_000..1_100_002_000_i64, 0..60),
            page in 2_usize..9,
        ) {
            let all: Vec<i64> = first.iter().copied().collect();
            let (met, walk) = walked(&all, Walk::default(), page);
            prop_assert!(all.iter().all(|at| met.contains(at)));
            prop_assert_eq!(walk, Walk { known: all.last().copied().unwrap_or(0), ..Walk::default() });
            first.extend(&later);
            let all: Vec<i64> = first.into_iter().collect();
            let (met, _) = walked(&all, walk, page);
            prop_assert!(later.iter().all(|at| met.contains(at)));
        }
    }

    #[test]
    fn a_second_with_more_listens_than_a_page_does_not_stop_the_walk() {
        let all = [5, 7, 7, 7, 7, 9];
        let (met, _) = walked(&all, Walk::default(), 2);
        assert!([5, 7, 9].iter().all(|at| met.contains(at)), "{met:?}");
    }
}
