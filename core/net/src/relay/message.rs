//! What a relay says (NIP-01), read without an intermediate tree: an event is parsed once, straight from the text.

use std::borrow::Cow;
use std::fmt;

use nostr_sdk::Event;
use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};

/// Longest text of a relay that is kept as a reason.
const MAX_REASON_CHARS: usize = 200;

/// A message from a relay.
#[derive(Debug)]
pub(super) enum FromRelay {
    /// An event for a subscription.
    Event { subscription: String, event: Box<Event> },
    /// An answer to a publication; the id as hex.
    Answer {
        event_id: String,
        accepted: bool,
        reason: String,
    },
    /// End of stored events.
    EndOfStored { subscription: String },
    /// The relay ended a subscription.
    Closed { subscription: String, reason: String },
    /// Anything else: notices, authentication requests, counts, extensions.
    Other,
}

impl<'de> Deserialize<'de> for FromRelay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = FromRelay;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a relay's message")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<FromRelay, A::Error> {
        fn part<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(parts: &mut A) -> Result<T, A::Error> {
            parts
                .next_element()?
                .ok_or_else(|| serde::de::Error::custom("a part is missing"))
        }
        let verb: Cow<'de, str> = part(&mut parts)?;
        let message = match verb.as_ref() {
            "EVENT" => FromRelay::Event {
                subscription: part(&mut parts)?,
                event: part(&mut parts)?,
            },
            "OK" => FromRelay::Answer {
                event_id: part(&mut parts)?,
                accepted: part(&mut parts)?,
                // Some relays leave the reason out, though NIP-01 demands it.
                reason: short(&parts.next_element::<Cow<'de, str>>()?.unwrap_or_default()),
            },
            "EOSE" => FromRelay::EndOfStored {
                subscription: part(&mut parts)?,
            },
            "CLOSED" => FromRelay::Closed {
                subscription: part(&mut parts)?,
                reason: short(&parts.next_element::<Cow<'de, str>>()?.unwrap_or_default()),
            },
            _ => FromRelay::Other,
        };
        while parts.next_element::<IgnoredAny>()?.is_some() {}
        Ok(message)
    }
}

/// A relay's words, shortened and without control characters: they end up on a screen.
fn short(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_REASON_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]
    use super::*;
    use nostr_sdk::{EventBuilder, JsonUtil, Keys};
    use proptest::prelude::*;

    fn read(text: &str) -> Option<FromRelay> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn every_message_of_nip_01_is_read() {
        let event = EventBuilder::text_note("a \"b\"")
            .sign_with_keys(&Keys::generate())
            .unwrap();
        let text = format!(r#"["EVENT","s\u0041",{}]"#, event.as_json());
        assert!(
            matches!(read(&text), Some(FromRelay::Event { subscription, event: got }) if subscription == "sA" && *got == event)
        );
        assert!(
            matches!(read(r#"["OK","ab",false,"blocked: no"]"#), Some(FromRelay::Answer { accepted: false, reason, .. }) if reason == "blocked: no")
        );
        assert!(matches!(
            read(r#"["OK","ab",true]"#),
            Some(FromRelay::Answer { accepted: true, .. })
        ));
        assert!(matches!(read(r#"["EOSE","s"]"#), Some(FromRelay::EndOfStored { .. })));
        assert!(matches!(
            read(r#"["CLOSED","s","auth-required: x"]"#),
            Some(FromRelay::Closed { .. })
        ));
        assert!(matches!(read(r#"["AUTH","x"]"#), Some(FromRelay::Other)));
        assert!(matches!(
            read(r#"["NOTICE","x",{"future":[1]}]"#),
            Some(FromRelay::Other)
        ));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            "[1]",
            r#"["EVENT"]"#,
            r#"["EVENT","s",{}]"#,
            r#"["OK","a","b","c"]"#,
            r#"["EOSE"]"#,
            r#"["EOSE","s"] x"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read(&"[".repeat(100_000)).is_none());
    }

    #[test]
    fn a_relays_words_are_shortened_and_cleaned() {
        let text = format!(r#"["CLOSED","s","\u001b[31m{}"]"#, "x".repeat(5000));
        assert!(
            matches!(read(&text), Some(FromRelay::Closed { reason, .. }) if reason.len() == 200 && reason.starts_with("[31mx"))
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,200}") {
            let _ = read(&text);
        }
    }
}
