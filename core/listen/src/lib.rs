//! The listen log: what a person heard and watched, from any app, with the seconds that were really played.
//!
//! Exports of other services are imported as a stream into a holding pen, looked at, and accepted or rejected as a
//! batch; an accepted batch can be undone. Every line that could not be used is kept with its number and the reason.
//! The log then answers what was heard, when, from which source and how much of it, for the person and for paying.
//!
//! The room's tables are [`SCHEMA`]; it works on an unlocked [`Vault`](tekram_vault::Vault) and does no I/O besides
//! that vault and the file it is given.

mod answer;
mod capture;
mod edit;
pub mod endpoint;
mod error;
pub mod feed;
mod format;
#[cfg(fuzzing)]
#[expect(clippy::panic, reason = "a fuzz target fails by a panic")]
pub mod fuzzing;
mod identity;
mod input;
mod listen;
mod log;
mod out;
mod pen;
pub mod pull;
mod same_play;
mod schema;

pub use answer::about::{About, Named, about, about_source, belongs_to};
pub use answer::around::{Around, around};
pub use answer::calendar::{Span, Step, moment};
pub use answer::glance::{DatedAmount, Different, Glance, GlanceQuestion, glance};
pub use answer::heard::{FirstHeard, Forgotten, Known, KnownPage, first_heard, forgotten, listens_of, newly_heard};
pub use answer::periods::{PeriodAmount, Periods, by_period};
pub use answer::picture::glance_svg;
pub use answer::search::{AsTyped, Hit, HitPage, search, search_page};
pub use answer::streaks::{Streak, Streaks, streaks};
pub use answer::top::{Ranked, Top, TopQuestion, top};
pub use answer::week::{HoursOfWeek, hours_of_week};
pub use answer::{Amount, Measure, What};
pub use capture::{
    CaptureApp, Drained, Media, OWN_PLAYER, PageRead, PlayerEvent, PlayerEventKind, Quiet, QuietNow, QuietSpan,
    Recording, Replay, Session as PlayerSession, Sitting, begin_quiet, capture_apps, discard_recording, drain_capture,
    end_quiet, quiet_now, read_recording, recording, seal_events, seal_page, set_capture_app, start_recording,
    stop_recording, write_recording,
};
pub use edit::changed::Changed;
pub use edit::correction::{Correction, correct};
pub use edit::hidden::{HiddenListen, HiddenPage, hidden};
pub use edit::history::{Edit, EditKind, edits, next_undo, undo_edit};
pub use edit::said::{TagInUse, note, tag, tags_in_use};
pub use edit::shown::{Presence, delete, delete_for_good, hide};
pub use edit::thumb::rate;
pub use edit::works::{Description, MergeLook, WorkView, merge, merge_look, split, work_of_listen, works};
pub use error::ListenError;
pub use format::columns::{ColumnRole, TableMapping};
pub use format::provider::{Provider, ProviderWay};
pub use format::{Format, Reason};
pub use listen::{EstimateRule, Evidence, Identifiers, Kind, Listen, Played, Thumb};
pub use log::counting::{CountingRule, counting_rules, reset_counting_rules, set_counting_rule};
pub use log::days::{Day, Days, days};
pub use log::detail::{Credited, Heard, ListenDetail, ToldBy, detail};
pub use log::hours::{Month, SourceHours, hours_by_source, months, newest_month};
pub use log::index::catch_up;
pub use log::list::{Cursor, ListQuery, Page, find, list};
pub use log::subscriptions::{Subscription, subscriptions};
pub use log::totals::{ItemTotal, PlayedTotal, TiedBy, totals};
pub use out::account::{
    Account, AccountChoice, Token, account, account_token, account_url, accounts, add_account, change_account,
    remove_account,
};
pub use out::choice::{Choice, count_chosen, export_plan};
pub use out::column::Column;
pub use out::export::{ExportForm, ExportRequest, Exported, export, export_watched};
pub use out::extract::{
    EXTRACT_TYPE, Extract, NewExtract, Showing, Shown, ShownOnce, disclose, disclose_more, disclosed, preview_extract,
};
pub use out::extract_field::ExtractField;
pub use out::extract_read::{ExtractQuestion, ReadExtract, read_extract};
pub use out::submit::{Answer, Parcel, next_parcel, note_account, playing_now, settle_parcel};
pub use pen::import::{ImportOptions, ImportReport, Progress, import, import_stream};
pub use pen::look::{Look, LookedFile, LookedTable, ReadAs, look};
pub use pen::sample::{Sample, SampledPlay, SampledRefusal};
pub use pen::{
    Batch, BatchState, Preview, RefusedLine, accept, batch, batch_range, batches, preview, refused, reject, sweep, undo,
};
pub use schema::SCHEMA;
