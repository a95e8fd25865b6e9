//! The use cases that join the rooms. Every front end calls this crate, and only this.
//!
//! An [`Agent`] is a device with its locked personas; a [`Persona`] is one of them, unlocked. Rooms do not know each
//! other: this crate carries the log's seconds to the statement, the terms' hash to the request, and the accepted offer to
//! the agreement.

mod account;
mod answer;
mod bring;
mod capture;
mod code;
mod device;
mod disclosing;
mod edit;
mod endpoint;
mod error;
mod exporting;
mod feed;
mod holdings;
mod intent;
mod listen;
mod mints;
mod network;
mod params;
mod pay;
mod persona;
mod player;
mod relation;
mod setting;
mod shared;
mod split;
mod submitting;
mod terms;
mod vault;
mod ways;

use std::path::Path;
use std::sync::Arc;

pub use account::{Pulled, Watched};
pub use answer::span;
pub use bring::{FileImported, HistoryRequest};
pub use capture::Replayed;
pub use code::{ErrorCode, error_codes, error_number};
pub use device::Agent;
pub use disclosing::{ListenDisclosure, read_listen_extract};
pub use endpoint::{ENDPOINT_PORT, Endpoint};
pub use error::AgentError;
pub use feed::FeedRefreshed;
pub use holdings::{
    AttributeView, ClaimView, CredentialState, CredentialView, FileView, MembershipView, PenArrived, PenFault,
    PenItemView, PenKind, PenPage, PreferenceView, PurchaseItemView, PurchaseView, attribute_text,
};
pub use intent::{AcceptedView, IntentView, OfferView, Offers, Want};
pub use listen::{ListenEpisode, ListenView, MonthHours, SourcePayee, SourceRelation, look_at_export};
pub use mints::{MintTaker, MintTakers};
pub use network::{NetworkKind, NetworkUse, NetworkWhy};
pub use pay::{ChangeView, FeedLook};
pub use persona::{Holdings, Persona};
pub use relation::{AgreementDetail, ClauseView, DifferingClause, NameSource, RelationDetail, RelationView};
pub use shared::{SharedItem, SharedKind, SharedPage};
pub use split::{MonthSource, RulesChange};
pub use submitting::{AccountChange, AccountView, Submitted};
pub use tekram_intent::{Reason, Why};
pub use tekram_listen::endpoint::{EndpointToken, NewToken};
pub use tekram_listen::feed::{
    Chapter, ChapterSource, Chapters, Episode, EpisodeHeard, EpisodePage, Feed, FeedFacts, FeedNews, Found,
    Outcome as FeedOutcome, Playable, Station, on_air, shown_address,
};
pub use tekram_listen::pull::{Account, AccountKind, NewAccount};
pub use tekram_listen::{
    About, Amount, Around, AsTyped, DatedAmount, Different, FirstHeard, Forgotten, Glance, Hit, HitPage, HoursOfWeek,
    Known, KnownPage, Measure, Named, PeriodAmount, Periods, Ranked, Span, Step, Streak, Streaks, Top, What,
    glance_svg,
};
pub use tekram_listen::{
    Batch, Choice, Column, Cursor, ExportForm, ExportRequest, ImportReport, ListQuery, Listen, Page, Preview, Progress,
    RefusedLine, SourceHours, Subscription,
};
pub use tekram_listen::{BatchState, EstimateRule, Exported, Identifiers, Kind, Month, Played};
pub use tekram_listen::{
    CaptureApp, ColumnRole, CountingRule, Credited, Day, Days, Drained, Evidence, Format, Heard, ListenDetail, Look,
    LookedFile, LookedTable, Media, OWN_PLAYER, PageRead, PlayerEvent, PlayerEventKind, Quiet, QuietNow, QuietSpan,
    Recording, TableMapping, Thumb, TiedBy, ToldBy,
};
pub use tekram_listen::{
    Changed, Correction, Description, Edit, EditKind, HiddenListen, HiddenPage, MergeLook, Presence, TagInUse, WorkView,
};
pub use tekram_listen::{Extract, ExtractField, ExtractQuestion, ReadExtract, Shown as ShownExtract, ShownOnce};
pub use tekram_listen::{Provider, ProviderWay, ReadAs, Sample, SampledPlay, SampledRefusal};
pub use tekram_net::NetPolicy;
pub use tekram_pay::PayError;
pub use tekram_pay::handoff::{FilledLink, HandOff, LinkKind};
pub use tekram_pay::ledger::Balance;
pub use tekram_pay::method::{Method, RailKind, RailsOff};
pub use tekram_pay::payee::{HeldChange, Payee};
pub use tekram_pay::picture::{split_svg, split_text};
pub use tekram_pay::qr::{modules as qr_modules, qr_text};
pub use tekram_pay::rules::{Rules, Weight};
pub use tekram_pay::settle::{Ended, Progress as SettleProgress, SettleReport, StoredReceipt};
pub use tekram_pay::state::{LineState, StatementState};
pub use tekram_pay::statement::{
    Contribution, LineFor, Outcome, Reason as LineReason, Share, Statement, StatementLine, StatementSummary,
};
pub use tekram_primitives::money::{Money, MoneyError};
pub use tekram_primitives::secret::{Passphrase, Secret32};
pub use tekram_primitives::time::Timestamp;
pub use tekram_relate::{Clause, Clauses, Rule, Terms, TextStatus, roster};
pub use tekram_relate::{Half, Side};
pub use tekram_vault::{
    AVATAR_LIMIT_BYTES, AuditBreak, AuditContent, AuditEntry, AuditFault, AuditKind, AuditPage, AuditQuery,
    AuditReport, Face, FileKeyStore, KeyStore, KeyStoreError, Progress as WorkProgress, RECOVERY_WORDS, RecoveryAnswer,
    RecoveryPhrase, ShownWhileLocked, Subscription as ChangeSubscription, VaultEntry, VaultError, WayIn, WayInKind,
    verify_audit_export,
};
pub use tekram_vault::{
    AttributeSource, AttributeValue, BlobId, CsvDate, CsvField, CsvLook, Membership, PenAccepted, PenBatch, PenState,
    PersonName, PostalAddress, Preference, Purchase, PurchaseCsv, PurchaseItem, Stance,
};
pub use tekram_vault::{
    BackedUp, BackupDamage, BackupEntry, BackupKey, BackupState, Exported as VaultExported, PlaceEntry, RescueReport,
    RescuedTable, RestoreOptions, Restored,
};
pub use terms::AgreementView;
pub use vault::{
    BackupFolder, BackupMade, BackupPlaceKind, BackupPlan, BackupServer, BackupSource, CheckFault, RescueBy, Salvaged,
    WorkWatch,
};
pub use vault::{KeyChanged, LOCKED};
pub use ways::RecoveryDuty;

/// Opens the data folder with the system's clock and the network rules that the person gave.
///
/// `allow` lists `host:port` pairs on private addresses that may be reached; `proxy` is a SOCKS5 or HTTP proxy.
///
/// # Errors
/// `bad_setting` for an unusable proxy address, the vault's errors.
pub fn open(data: &Path, allow: &[String], proxy: Option<&str>) -> Result<Agent, AgentError> {
    let mut policy = NetPolicy {
        allow_origins: allow.iter().map(|origin| origin.to_ascii_lowercase()).collect(),
        proxy: None,
    };
    if let Some(proxy) = proxy {
        let url = url::Url::parse(proxy).map_err(|error| AgentError::BadSetting {
            what: "the proxy",
            reason: error.to_string(),
        })?;
        policy = policy.through(url);
    }
    Agent::open(data, policy, Arc::new(tekram_primitives::time::SystemClock))
}

/// A moment of the log as RFC 3339 UTC, to the second.
#[must_use]
pub fn time_text(utc_ms: i64) -> String {
    tekram_primitives::time::Timestamp::from_secs(utc_ms.div_euclid(1000)).to_string()
}

/// The number of a barcode, when its check digit is right.
///
/// # Errors
/// `bad_gtin`.
pub fn check_gtin(text: &str) -> Result<String, AgentError> {
    Ok(tekram_intent::check_gtin(text)?)
}

/// One agreement of the roster.
///
/// # Errors
/// `unknown_terms`.
pub fn terms(id: &str) -> Result<&'static Terms, AgentError> {
    Ok(tekram_relate::terms(id)?)
}
