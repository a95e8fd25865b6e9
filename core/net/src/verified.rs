//! An event whose id and signature were checked, as a type: what the bus hands out was checked exactly once, and nobody
//! needs to check again.

use std::fmt;
use std::ops::Deref;

use nostr_sdk::{Event, JsonUtil};

/// Largest event taken or sent, as JSON (128 KiB).
pub const MAX_EVENT_BYTES: usize = 128 * 1024;
/// Most tags of an event.
pub const MAX_EVENT_TAGS: usize = 2000;

/// An event (NIP-01) within size limits, whose id is the hash of its content and whose signature is its author's.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedEvent(Event);

/// Why an event was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// Not an event's JSON.
    #[error("not an event")]
    Malformed,
    /// More than [`MAX_EVENT_BYTES`] or [`MAX_EVENT_TAGS`].
    #[error("the event is too large")]
    TooLarge,
    /// The id is not the hash of the content.
    #[error("the event's id is not the hash of its content")]
    BadId,
    /// The signature is not the author's.
    #[error("the event's signature is false")]
    BadSignature,
}

impl EventFault {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "bad_event",
            Self::TooLarge => "event_too_large",
            Self::BadId => "bad_event_id",
            Self::BadSignature => "bad_signature",
        }
    }
}

impl VerifiedEvent {
    /// Checks number of tags, id and signature (NIP-01).
    pub fn check(event: Event) -> Result<Self, EventFault> {
        if event.tags.len() > MAX_EVENT_TAGS || event.content.len() > MAX_EVENT_BYTES {
            return Err(EventFault::TooLarge);
        }
        if !event.verify_id() {
            return Err(EventFault::BadId);
        }
        if !event.verify_signature() {
            return Err(EventFault::BadSignature);
        }
        Ok(Self(event))
    }

    /// Parses an event's JSON and checks it: size first, then form, id and signature.
    pub fn from_json(json: &[u8]) -> Result<Self, EventFault> {
        if json.len() > MAX_EVENT_BYTES {
            return Err(EventFault::TooLarge);
        }
        Self::check(Event::from_json(json).map_err(|_| EventFault::Malformed)?)
    }

    /// About how many bytes the event takes: content, tags and the fixed parts.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        const FIXED: usize = 350;
        let tags: usize = self
            .0
            .tags
            .iter()
            .flat_map(|tag| tag.as_slice())
            .map(|text| text.len().saturating_add(3))
            .sum();
        self.0.content.len().saturating_add(tags).saturating_add(FIXED)
    }

    /// The event itself.
    #[must_use]
    pub fn into_event(self) -> Event {
        self.0
    }
}

impl Deref for VerifiedEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.0
    }
}

impl From<VerifiedEvent> for Event {
    fn from(verified: VerifiedEvent) -> Self {
        verified.0
    }
}

impl fmt::Debug for VerifiedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedEvent(kind {}, {})", self.0.kind.as_u16(), self.0.id)
    }
}
