//! One pass over a feed's bytes, keeping only what is said about paying.
//!
//! Standards: Podcast namespace 1.0 (`podcast:value`, `podcast:valueRecipient`, `podcast:funding`), RFC 4287 and the
//! registered link relation `payment`. Namespace prefixes are taken from the declarations on the feed's first two
//! elements; an undeclared `podcast:` or `atom:` is read by its usual meaning, because many feeds forget it.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{
    FeedError, FeedPayments, MAX_ATTRIBUTES, MAX_DEPTH, MAX_LINKS, MAX_RECIPIENTS, MAX_TEXT_BYTES, PaymentLink,
    Recipient, ValueBlock,
};

const PODCAST: [&str; 2] = [
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
];
const ATOM: &str = "http://www.w3.org/2005/Atom";
/// Most items with a value block of their own that are kept.
const MAX_ITEMS: usize = 20_000;

/// What an element means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Root,
    Channel,
    Item,
    Title,
    Guid,
    Value,
    Recipient,
    Funding,
    Link,
    Other,
}

/// Reads what a feed says about paying.
///
/// # Errors
/// [`FeedError`] names what is wrong and at which byte. A recipient that cannot be read does not spoil the feed: it is
/// listed in [`ValueBlock::refused`].
pub fn parse(bytes: &[u8]) -> Result<FeedPayments, FeedError> {
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().allow_dangling_amp = true;
    let mut walk = Walk::default();
    loop {
        let position = reader.buffer_position();
        let event = reader.read_event().map_err(|_| FeedError::Malformed {
            position: reader.error_position(),
        })?;
        match event {
            Event::Start(start) => walk.open(&start, position)?,
            Event::Empty(start) => {
                walk.open(&start, position)?;
                walk.close();
            }
            Event::End(_) => walk.close(),
            Event::Text(text) => walk.text(&text.decode().map_err(|_| FeedError::NotUtf8 { position })?),
            Event::CData(text) => walk.text(&text.decode().map_err(|_| FeedError::NotUtf8 { position })?),
            Event::GeneralRef(reference) => {
                if let Ok(Some(letter)) = reference.resolve_char_ref() {
                    walk.text(letter.encode_utf8(&mut [0; 4]));
                } else if let Some(letter) = reference
                    .decode()
                    .ok()
                    .and_then(|name| quick_xml::escape::resolve_xml_entity(&name))
                {
                    walk.text(letter);
                }
            }
            Event::DocType(doctype) => {
                // `<!DOCTYPE rss>` is harmless; anything that declares or loads is not read.
                if doctype.iter().any(|byte| matches!(byte, b'[' | b'"' | b'\'')) {
                    return Err(FeedError::HasDtd { position });
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if !walk.saw_root {
        return Err(FeedError::NotAFeed);
    }
    if !walk.path.is_empty() {
        return Err(FeedError::Malformed {
            position: reader.buffer_position(),
        });
    }
    Ok(walk.feed)
}

/// Where the parser stands and what it has collected.
#[derive(Default)]
struct Walk {
    feed: FeedPayments,
    path: Vec<Tag>,
    saw_root: bool,
    atom_root: bool,
    /// Prefixes declared for the podcast namespace and for Atom.
    podcast_prefixes: Vec<Vec<u8>>,
    atom_prefixes: Vec<Vec<u8>>,
    /// The item that is being read.
    guid: String,
    item_blocks: Vec<ValueBlock>,
    /// The value block that is being read.
    block: Option<ValueBlock>,
    /// The funding link that is being read.
    funding: Option<PaymentLink>,
}

impl Walk {
    fn open(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), FeedError> {
        if self.path.len() >= MAX_DEPTH {
            return Err(FeedError::TooDeep { position });
        }
        let tag = if self.path.is_empty() {
            self.root(start, position)?
        } else {
            self.inner(start, position)?
        };
        match tag {
            Tag::Item => {
                self.guid.clear();
                self.item_blocks.clear();
            }
            Tag::Value => self.block = Some(value_block(start, position)?),
            Tag::Recipient => self.recipient(start, position)?,
            Tag::Funding => {
                let url = attributes(start, position)?.take("url");
                self.funding = url.map(|url| PaymentLink {
                    url,
                    text: String::new(),
                });
            }
            Tag::Link => self.link(start, position)?,
            _ => {}
        }
        self.path.push(tag);
        Ok(())
    }

    fn root(&mut self, start: &BytesStart<'_>, position: u64) -> Result<Tag, FeedError> {
        if self.saw_root {
            return Err(FeedError::Malformed { position });
        }
        match start.local_name().as_ref() {
            b"rss" | b"RDF" => {}
            b"feed" => self.atom_root = true,
            _ => return Err(FeedError::NotAFeed),
        }
        self.saw_root = true;
        self.declarations(start, position)?;
        Ok(if self.atom_root { Tag::Channel } else { Tag::Root })
    }

    /// What an element inside the root means, by its name and by where it stands.
    fn inner(&mut self, start: &BytesStart<'_>, position: u64) -> Result<Tag, FeedError> {
        let parent = self.path.last().copied().unwrap_or(Tag::Other);
        let name = start.name();
        let prefix = name.prefix().map(|prefix| prefix.as_ref().to_vec()).unwrap_or_default();
        let local = start.local_name();
        let local = local.as_ref();
        let is_podcast =
            self.podcast_prefixes.contains(&prefix) || (prefix == b"podcast" && self.podcast_prefixes.is_empty());
        let is_atom = self.atom_prefixes.contains(&prefix)
            || (self.atom_prefixes.is_empty() && (prefix == b"atom" || (self.atom_root && prefix.is_empty())));
        let is_plain = prefix.is_empty() && !self.atom_root;
        let in_feed = matches!(parent, Tag::Channel | Tag::Item);
        Ok(match local {
            b"channel" if parent == Tag::Root && is_plain => {
                self.declarations(start, position)?;
                Tag::Channel
            }
            b"item" if is_plain && matches!(parent, Tag::Channel | Tag::Root) => Tag::Item,
            b"entry" if is_atom && parent == Tag::Channel => Tag::Item,
            b"title" if parent == Tag::Channel && (is_plain || is_atom) => Tag::Title,
            b"guid" if parent == Tag::Item && is_plain => Tag::Guid,
            b"id" if parent == Tag::Item && is_atom => Tag::Guid,
            b"value" if in_feed && is_podcast => Tag::Value,
            b"valueRecipient" if parent == Tag::Value && is_podcast => Tag::Recipient,
            b"funding" if parent == Tag::Channel && is_podcast => Tag::Funding,
            b"link" if parent == Tag::Channel && is_atom => Tag::Link,
            _ => Tag::Other,
        })
    }

    fn declarations(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), FeedError> {
        for (name, value) in attributes(start, position)?.0 {
            let Some(prefix) = name
                .strip_prefix("xmlns:")
                .or_else(|| (name == "xmlns").then_some(""))
                .map(|prefix| prefix.as_bytes().to_vec())
            else {
                continue;
            };
            if PODCAST
                .iter()
                .any(|namespace| namespace.eq_ignore_ascii_case(value.trim()))
            {
                self.podcast_prefixes.push(prefix);
            } else if value == ATOM {
                self.atom_prefixes.push(prefix);
            }
        }
        Ok(())
    }

    fn recipient(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), FeedError> {
        let Some(block) = self.block.as_mut() else {
            return Ok(());
        };
        if block.recipients.len() + block.refused.len() >= MAX_RECIPIENTS {
            return Err(FeedError::TooManyRecipients { position });
        }
        match read_recipient(attributes(start, position)?) {
            Ok(recipient) => block.recipients.push(recipient),
            Err(reason) => block.refused.push(reason),
        }
        Ok(())
    }

    fn link(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), FeedError> {
        let mut found = attributes(start, position)?;
        let is_payment = found
            .take("rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word == "payment"));
        if let Some(url) = found.take("href")
            && is_payment
            && self.feed.payment.len() < MAX_LINKS
        {
            self.feed.payment.push(PaymentLink {
                url,
                text: found.take("title").unwrap_or_default(),
            });
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let target = match self.path.last() {
            Some(Tag::Title) => &mut self.feed.title,
            Some(Tag::Guid) => &mut self.guid,
            Some(Tag::Funding) => match self.funding.as_mut() {
                Some(funding) => &mut funding.text,
                None => return,
            },
            _ => return,
        };
        let room = MAX_TEXT_BYTES.saturating_sub(target.len());
        target.extend(text.chars().scan(room, |left, letter| {
            *left = left.checked_sub(letter.len_utf8())?;
            Some(letter)
        }));
    }

    fn close(&mut self) {
        let tag = self.path.pop();
        let parent = self.path.last().copied();
        match tag {
            Some(Tag::Title) => self.feed.title = self.feed.title.trim().to_owned(),
            Some(Tag::Value) => {
                if let Some(block) = self.block.take() {
                    if parent == Some(Tag::Item) {
                        self.item_blocks.push(block);
                    } else if self.feed.channel.len() < MAX_LINKS {
                        self.feed.channel.push(block);
                    }
                }
            }
            Some(Tag::Item) => {
                let guid = self.guid.trim();
                if !guid.is_empty() && !self.item_blocks.is_empty() && self.feed.items.len() < MAX_ITEMS {
                    self.feed
                        .items
                        .insert(guid.to_owned(), std::mem::take(&mut self.item_blocks));
                }
            }
            Some(Tag::Funding) => {
                if let Some(mut funding) = self.funding.take()
                    && self.feed.funding.len() < MAX_LINKS
                {
                    funding.text = funding.text.trim().to_owned();
                    self.feed.funding.push(funding);
                }
            }
            _ => {}
        }
    }
}

/// Attributes with their values, as far as they could be read.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(have, _)| have == name)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// Reads an element's attributes; one that is too long, not UTF-8 or names an unknown entity is left out.
fn attributes(start: &BytesStart<'_>, position: u64) -> Result<Attributes, FeedError> {
    let mut found = Vec::new();
    for (count, attribute) in start.attributes().with_checks(false).enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(FeedError::TooManyAttributes { position });
        }
        let Ok(attribute) = attribute else {
            return Err(FeedError::Malformed { position });
        };
        if attribute.value.len() > MAX_TEXT_BYTES {
            continue;
        }
        let (Ok(name), Ok(value)) = (std::str::from_utf8(attribute.key.as_ref()), attribute.unescape_value()) else {
            continue;
        };
        found.push((name.to_owned(), value.into_owned()));
    }
    Ok(Attributes(found))
}

fn value_block(start: &BytesStart<'_>, position: u64) -> Result<ValueBlock, FeedError> {
    let mut found = attributes(start, position)?;
    Ok(ValueBlock {
        kind: found.take("type").unwrap_or_default().trim().to_ascii_lowercase(),
        method: found.take("method").unwrap_or_default().trim().to_ascii_lowercase(),
        ..ValueBlock::default()
    })
}

fn read_recipient(mut found: Attributes) -> Result<Recipient, &'static str> {
    let address = found
        .take("address")
        .map(|address| address.trim().to_owned())
        .unwrap_or_default();
    if address.is_empty() {
        return Err("no_address");
    }
    let split = found.take("split").ok_or("no_split")?;
    let split = split.trim().parse::<u32>().map_err(|_| "bad_split")?;
    Ok(Recipient {
        name: found.take("name").unwrap_or_default().trim().to_owned(),
        kind: found.take("type").unwrap_or_default().trim().to_ascii_lowercase(),
        address,
        split: u64::from(split),
        fee: found
            .take("fee")
            .is_some_and(|fee| fee.trim().eq_ignore_ascii_case("true")),
        custom_key: found.take("customKey").unwrap_or_default(),
        custom_value: found.take("customValue").unwrap_or_default(),
    })
}
