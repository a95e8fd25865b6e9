//! Episode actions of a gpodder.net account (`/api/2/episodes/NAME.json`) or of Nextcloud's gPodder Sync
//! (`/index.php/apps/gpoddersync/episode_action`): everything since the time stamp that the last answer gave.

use serde::Deserialize;

use super::account::{Account, AccountKind};
use super::step::percent_encoded;
use crate::ListenError;
use crate::format::gpodder;
use crate::format::sitting::Sittings;
use crate::input::loose::{Nested, Several};
use crate::pen::append::Append;
use crate::{Format, Reason};

/// The format that these actions are in: the same action in an export is the same action.
pub(super) const FORMAT: Format = Format::GpodderActions;

/// The address of what is new.
pub(super) fn url(account: &Account, since: i64) -> String {
    match account.kind {
        AccountKind::Nextcloud => {
            format!(
                "{}/index.php/apps/gpoddersync/episode_action?since={since}",
                account.url
            )
        }
        _ => format!(
            "{}/api/2/episodes/{}.json?since={since}",
            account.url,
            percent_encoded(&account.user)
        ),
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    actions: Several<Nested<gpodder::Row<'a>>>,
    timestamp: i64,
}

/// Whether an answer has nothing in it; `None` when it is none.
pub(super) fn is_empty(body: &[u8]) -> Option<bool> {
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    Some(answer.actions.0.is_empty())
}

/// Stores an answer. Gives the time stamp to ask with next.
pub(super) fn take(
    append: Option<&mut Append<'_>>,
    body: &[u8],
    since: i64,
    now_ms: i64,
) -> Result<Option<i64>, ListenError> {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Ok(None);
    };
    if let Some(append) = append {
        let mut sittings = Sittings::default();
        let mut scratch = Vec::new();
        for action in answer.actions.0 {
            append.count();
            let Nested::Present(row) = action else {
                append.refuse(Reason::NotAnObject, &[])?;
                continue;
            };
            match gpodder::action(row, now_ms, &mut scratch) {
                Ok(action) => {
                    for closed in sittings.add(&action, append.memory.record) {
                        append.sitting(&closed)?;
                    }
                }
                Err(reason) => append.refuse(reason, &[])?,
            }
        }
        for sitting in sittings.close_all() {
            append.sitting(&sitting)?;
        }
    }
    // A server whose clock went back would be asked for everything again.
    Ok(Some(answer.timestamp.max(since)))
}
