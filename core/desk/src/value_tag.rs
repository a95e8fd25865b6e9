//! The lines that a creator pastes into a feed: `podcast:value` (Podcasting 2.0 namespace) with a recipient of type
//! `card`, whose address is the published desk card and whose custom value is the key that must have signed it.

use tekram_pay::picture::xml_text;
use tekram_primitives::did::DidKey;
use url::Url;

use crate::error::DeskError;

/// Where a card is published, when nobody says.
pub const PLACEHOLDER: &str = "https://your-site.example/card.json";

/// The `podcast:value` element for a desk whose card is published at `address`.
///
/// # Errors
/// `bad_url` when the address is not `http(s)`.
pub fn value_tag(name: &str, did: &DidKey, address: &str) -> Result<String, DeskError> {
    let url = Url::parse(address).map_err(|_| DeskError::BadUrl)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(DeskError::BadUrl);
    }
    Ok(format!(
        "<podcast:value type=\"cashu\" method=\"p2pk\">\n  \
         <podcast:valueRecipient name=\"{}\" type=\"card\" address=\"{}\" split=\"100\" customKey=\"did\" \
         customValue=\"{}\"/>\n</podcast:value>\n",
        xml_text(name.trim()),
        xml_text(url.as_str()),
        xml_text(&did.to_string()),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]
    use tekram_primitives::did::SigningKey;

    use super::*;

    #[test]
    fn a_payers_side_reads_the_tag_back() {
        let did = SigningKey::generate().unwrap().did();
        let name = "Signal & \"Noise\" <live>";
        let tag = value_tag(name, &did, "https://site.example/card.json?a=1&b=2").unwrap();
        let feed = format!(
            "<rss xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>x</title>{tag}</channel></rss>"
        );
        let read = tekram_pay::feed::parse(feed.as_bytes()).unwrap();
        let block = &read.channel[0];
        assert_eq!((block.kind.as_str(), block.method.as_str()), ("cashu", "p2pk"));
        let recipient = &block.recipients[0];
        assert_eq!(recipient.name, name);
        assert_eq!(recipient.kind, "card");
        assert_eq!(recipient.address, "https://site.example/card.json?a=1&b=2");
        assert_eq!(recipient.custom_key, "did");
        assert_eq!(recipient.custom_value, did.to_string());
        assert_eq!(recipient.split, 100);
    }

    #[test]
    fn only_a_web_address_can_stand_in_a_feed() {
        let did = SigningKey::generate().unwrap().did();
        for bad in ["card.json", "file:///card.json", "https://"] {
            assert_eq!(value_tag("x", &did, bad).unwrap_err().code(), "bad_url", "{bad}");
        }
    }
}
