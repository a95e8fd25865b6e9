//! The Nostr event of an intent: built by the person, read by a desk. `docs/protocol/intent.md` says the same in words.
//!
//! An event carries what the person chose and nothing else: the demand, its cells from coarse to chosen, when it ends, the
//! terms, a random identifier, proof of work. Its key is made for it and for nothing else.

use nostr_sdk::{
    Alphabet, Event, EventBuilder, Filter, Keys, Kind, PublicKey, SingleLetterTag, Tag, TagKind, Timestamp as NostrTime,
};
use tekram_net::{VerifiedEvent, pow};
use tekram_primitives::canonical::{sha256_hex, to_canonical_json};
use tekram_primitives::json::{JsonLimits, read_json};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{Demand, KIND_INTENT_EPHEMERAL, KIND_INTENT_STANDING};

use crate::cell::Cell;
use crate::demand::{self, MAX_CONTENT_BYTES, Reach};
use crate::error::IntentError;
use crate::refused::Refused;

/// Proof of work that an intent carries, in bits (NIP-13). One difficulty for all, so that it tells nobody apart.
pub const POW_BITS: u8 = 12;
/// How far ahead of this clock an event may be dated, in milliseconds.
pub const MAX_SKEW_MS: i64 = 5 * 60 * 1000;

const MAX_DEPTH: usize = 8;

/// What a relay, and everybody who reads it, sees of an intent.
#[derive(Debug, Clone, PartialEq)]
pub struct RelayView {
    /// Event kind.
    pub kind: u16,
    /// The demand, as the event's content has it.
    pub content: String,
    /// Cells from coarse to the chosen precision, with their corners in degrees: south, west, north, east.
    pub cells: Vec<(Cell, [f64; 4])>,
    /// When relays are asked to forget it.
    pub expires: Timestamp,
    /// Tags as they will stand, without those that are random: the identifier and the proof of work.
    pub tags: Vec<Vec<String>>,
}

/// What a relay will see of a demand, before anything is sent. The key and the identifier are made when it is published.
///
/// # Errors
/// `bad_demand`, or `event` when the demand cannot be written.
pub fn relay_view(demand: &Demand, reach: Reach) -> Result<RelayView, IntentError> {
    let cells = demand
        .area
        .iter()
        .map(|cell| {
            let cell = Cell::new(cell)?;
            let (south_west, north_east) = cell.corners();
            Ok((
                cell,
                [south_west.lat(), south_west.lon(), north_east.lat(), north_east.lon()],
            ))
        })
        .collect::<Result<_, IntentError>>()?;
    Ok(RelayView {
        kind: kind(reach),
        content: content(demand)?,
        cells,
        expires: demand.valid_through,
        tags: tags(demand).into_iter().map(|tag| tag.as_slice().to_vec()).collect(),
    })
}

/// The signed event of a demand, mined to `pow_bits`. `identifier` is random; only a standing intent has one.
pub(crate) fn build(
    keys: &Keys,
    demand: &Demand,
    reach: Reach,
    identifier: &str,
    pow_bits: u8,
    now: Timestamp,
) -> Result<Event, IntentError> {
    let mut all = tags(demand);
    if reach == Reach::Standing {
        all.insert(0, Tag::identifier(identifier));
    }
    let unsigned = EventBuilder::new(Kind::from(kind(reach)), content(demand)?)
        .tags(all)
        .custom_created_at(seconds(now))
        .build(keys.public_key());
    pow::mine(unsigned, pow_bits, |_| std::ops::ControlFlow::Continue(()))
        .map_err(|_| IntentError::Event { action: "mined" })?
        .sign_with_keys(keys)
        .map_err(|_| IntentError::Event { action: "signed" })
}

/// The request to relays to delete an intent (NIP-09).
pub(crate) fn build_deletion(keys: &Keys, intent: &Event, now: Timestamp) -> Result<Event, IntentError> {
    let mut tags = vec![
        Tag::event(intent.id),
        Tag::custom(TagKind::k(), [intent.kind.as_u16().to_string()]),
    ];
    if let Some(identifier) = intent.tags.identifier() {
        let address = format!("{}:{}:{identifier}", intent.kind.as_u16(), intent.pubkey);
        tags.push(Tag::custom(TagKind::a(), [address]));
    }
    EventBuilder::new(Kind::EventDeletion, "")
        .tags(tags)
        .custom_created_at(seconds(now))
        .sign_with_keys(keys)
        .map_err(|_| IntentError::Event { action: "signed" })
}

/// An intent as a desk reads it: everything in it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedIntent {
    /// Event id.
    pub event_id: String,
    /// SHA-256 (hex) of the event's content, which offers name.
    pub content_sha256: String,
    /// The one-time key that offers are sealed to.
    pub author: PublicKey,
    /// How it came.
    pub reach: Reach,
    /// What is wanted.
    pub demand: Demand,
    /// The finest cell.
    pub cell: Cell,
    /// When it was made, by the person's clock.
    pub created: Timestamp,
}

/// Reads an intent event: kind, size, work, time, content, and that the tags say what the content says.
///
/// The event's id and signature were checked where it came from: [`VerifiedEvent`] is that statement.
///
/// # Errors
/// [`Refused`]: `wrong_kind`, `too_large`, `too_little_work`, `from_the_future`, `intent_expired`, `bad_expiration`,
/// `bad_demand`, `area_differs`, `terms_tag_differs`.
pub fn parse_intent(event: &VerifiedEvent, min_pow_bits: u8, now: Timestamp) -> Result<ReceivedIntent, Refused> {
    let reach = match event.kind.as_u16() {
        KIND_INTENT_STANDING => Reach::Standing,
        KIND_INTENT_EPHEMERAL => Reach::InStore,
        _ => return Err(Refused::WrongKind),
    };
    if event.content.len() > MAX_CONTENT_BYTES {
        return Err(Refused::TooLarge);
    }
    if !pow::check_pow(event, min_pow_bits) {
        return Err(Refused::TooLittleWork);
    }
    let created = from_seconds(event.created_at);
    if created.millis_since(now) > MAX_SKEW_MS {
        return Err(Refused::FromTheFuture);
    }
    let expires = event
        .tags
        .expiration()
        .copied()
        .map(from_seconds)
        .ok_or(Refused::BadExpiration)?;
    if expires <= now {
        return Err(Refused::IntentExpired);
    }
    let limits = JsonLimits {
        max_bytes: MAX_CONTENT_BYTES,
        max_depth: MAX_DEPTH,
    };
    let demand: Demand = read_json(event.content.as_bytes(), limits)
        .ok()
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or(Refused::BadDemand)?;
    let cell = demand::check(&demand, now).map_err(|error| match error {
        IntentError::BadCell | IntentError::BadDemand { field: "area" } => Refused::AreaDiffers,
        _ => Refused::BadDemand,
    })?;
    if demand.valid_through != expires {
        return Err(Refused::BadExpiration);
    }
    let tag_values = |name: &str| -> Vec<&[String]> {
        event
            .tags
            .iter()
            .map(Tag::as_slice)
            .filter(|tag| tag.first().is_some_and(|n| n == name))
            .collect()
    };
    let cells: Vec<&str> = tag_values("g")
        .iter()
        .filter_map(|tag| tag.get(1).map(String::as_str))
        .collect();
    if cells != demand.area {
        return Err(Refused::AreaDiffers);
    }
    match tag_values("terms").as_slice() {
        [[_, id, sha256]] if *id == demand.terms.id && *sha256 == demand.terms.sha256 => {}
        _ => return Err(Refused::TermsTagDiffers),
    }
    Ok(ReceivedIntent {
        event_id: event.id.to_hex(),
        content_sha256: sha256_hex(event.content.as_bytes()),
        author: event.pubkey,
        reach,
        demand,
        cell,
        created,
    })
}

/// What a desk that serves `cells` asks relays for: intents in its cells and in the coarser ones around them, because a
/// person may have said no more than that. [`ReceivedIntent::is_served_by`] tells which are meant.
pub fn intents_filter(cells: &[Cell]) -> Filter {
    let all = cells.iter().flat_map(Cell::from_coarse).map(String::from);
    Filter::new()
        .kinds([Kind::from(KIND_INTENT_STANDING), Kind::from(KIND_INTENT_EPHEMERAL)])
        .custom_tags(SingleLetterTag::lowercase(Alphabet::G), all)
}

/// Sealed messages to one key: offers to an intent, or acceptances to a desk.
pub fn letters_filter(receiver: &PublicKey) -> Filter {
    Filter::new().kind(Kind::GiftWrap).pubkey(*receiver)
}

impl ReceivedIntent {
    /// Whether a desk that serves `cells` is near what the person said.
    pub fn is_served_by(&self, cells: &[Cell]) -> bool {
        cells.iter().any(|cell| cell.is_in(&self.cell) || self.cell.is_in(cell))
    }
}

pub(crate) fn seconds(time: Timestamp) -> NostrTime {
    NostrTime::from_secs(u64::try_from(time.secs()).unwrap_or_default())
}

pub(crate) fn from_seconds(time: NostrTime) -> Timestamp {
    Timestamp::from_secs(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

fn kind(reach: Reach) -> u16 {
    match reach {
        Reach::Standing => KIND_INTENT_STANDING,
        Reach::InStore => KIND_INTENT_EPHEMERAL,
    }
}

fn content(demand: &Demand) -> Result<String, IntentError> {
    let bytes = to_canonical_json(demand).map_err(|_| IntentError::Event { action: "written" })?;
    if bytes.len() > MAX_CONTENT_BYTES {
        return Err(IntentError::BadDemand { field: "name" });
    }
    String::from_utf8(bytes).map_err(|_| IntentError::Event { action: "written" })
}

fn tags(demand: &Demand) -> Vec<Tag> {
    let mut tags: Vec<Tag> = demand
        .area
        .iter()
        .map(|cell| Tag::custom(TagKind::single_letter(Alphabet::G, false), [cell]))
        .collect();
    tags.push(Tag::expiration(seconds(demand.valid_through)));
    tags.push(Tag::custom(
        TagKind::custom("terms"),
        [&demand.terms.id, &demand.terms.sha256],
    ));
    tags
}
