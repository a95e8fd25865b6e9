//! A feed's text, once from beginning to end: RSS 2.0, RSS 1.0 and Atom (RFC 4287), with the podcast namespace, iTunes' and
//! Podlove's simple chapters.
//!
//! Feeds come from strangers: depth, attributes and lengths are limited, no entity beyond XML's own five is expanded, and
//! a document type that declares anything is refused. Payees are found by a reader of their own in another room, which
//! must refuse what this one may leave out.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use serde::{Deserialize, Serialize};

use super::found::{Found, Keeping};
use super::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_EPISODES, MAX_NOTES_MARKUP_BYTES, MAX_TEXT_BYTES, encoding, moment, notes};

/// Most value blocks, funding links and the like that are kept of the channel or of one item.
const MAX_KEPT: usize = 16;

/// Why a feed cannot be read. Positions are byte offsets in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FeedFault {
    /// It is neither RSS nor Atom.
    #[error("this is not an RSS or Atom feed")]
    NotAFeed,
    /// It is not well-formed XML.
    #[error("the feed is not well-formed XML at byte {position}")]
    Malformed {
        /// Where.
        position: u64,
    },
    /// It is nested deeper than any feed.
    #[error("the feed is nested deeper than {MAX_DEPTH} elements at byte {position}")]
    TooDeep {
        /// Where.
        position: u64,
    },
    /// It declares entities or a document type of its own.
    #[error("the feed declares a document type of its own at byte {position}; entities are not expanded")]
    HasDtd {
        /// Where.
        position: u64,
    },
    /// An element has more attributes than any feed's.
    #[error("an element has more than {MAX_ATTRIBUTES} attributes at byte {position}")]
    TooManyAttributes {
        /// Where.
        position: u64,
    },
}

impl FeedFault {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAFeed => "not_a_feed",
            Self::Malformed { .. } => "feed_malformed",
            Self::TooDeep { .. } => "feed_too_deep",
            Self::HasDtd { .. } => "feed_has_dtd",
            Self::TooManyAttributes { .. } => "feed_too_many_attributes",
        }
    }
}

/// What a feed says of itself. Texts are empty where it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedFacts {
    /// Title.
    pub title: String,
    /// Who makes it.
    pub author: String,
    /// Address of its site.
    pub site_url: String,
    /// Address of its picture; nothing is fetched.
    pub image_url: String,
    /// Language tag.
    pub language: String,
    /// `podcast:guid`: the same whatever address it has.
    pub podcast_guid: String,
    /// `podcast:medium`: `podcast`, `music`, `audiobook` …
    pub medium: String,
    /// `podcast:value` as found.
    pub value: Vec<Found>,
    /// `podcast:funding` as found.
    pub funding: Vec<Found>,
}

/// What a feed says of one episode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemFacts {
    /// GUID (RSS `guid`, Atom `id`); where there is none, what stands for it: the enclosure's address, the page's, or title
    /// and date.
    pub guid: String,
    /// Title.
    pub title: String,
    /// Who made it, where it is not the feed's author.
    pub author: String,
    /// Address of its page.
    pub page_url: String,
    /// Address of its picture; nothing is fetched.
    pub image_url: String,
    /// Address of the medium.
    pub enclosure_url: String,
    /// Its media type.
    pub enclosure_type: String,
    /// Its length in bytes, where the feed says a likely one.
    pub enclosure_bytes: Option<i64>,
    /// How long it plays, in milliseconds.
    pub duration_ms: Option<i64>,
    /// When it was published, UTC milliseconds since 1970.
    pub published_ms: Option<i64>,
    /// Address of its `podcast:chapters`.
    pub chapters_url: String,
    /// `podcast:value` as found, with `podcast:valueTimeSplit` inside.
    pub value: Vec<Found>,
    /// `psc:chapters` as found.
    pub inline_chapters: Option<Found>,
    /// What it is about, as plain text: the longest that the feed says.
    pub notes: String,
}

/// A feed that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedFeed {
    /// Of itself.
    pub facts: FeedFacts,
    /// Its episodes in its order, each GUID once.
    pub items: Vec<ItemFacts>,
    /// Items beyond the limit, and items that repeat a GUID.
    pub left_out: usize,
}

/// What an element means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Root,
    Channel,
    Item,
    /// An Atom `author`, whose `name` counts.
    Author,
    /// An RSS `image`, whose `url` counts.
    Image,
    Text(Field),
    /// Inside a subtree that is kept as found.
    Kept,
    Other,
}

/// Where an element's text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Author,
    Link,
    ImageUrl,
    Language,
    PodcastGuid,
    Medium,
    Guid,
    Duration,
    Published,
    Updated,
    Notes,
}

/// The vocabulary that an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vocabulary {
    Rss,
    Atom,
    Itunes,
    Podcast,
    Chapters,
    DublinCore,
    Content,
    Other,
}

/// Reads a feed.
///
/// # Errors
/// [`FeedFault`] names what is wrong and where.
pub fn parse(bytes: &[u8]) -> Result<ParsedFeed, FeedFault> {
    let text = encoding::text(bytes);
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().allow_dangling_amp = true;
    let mut walk = Walk::default();
    loop {
        let position = reader.buffer_position();
        let (namespace, event) = match reader.read_resolved_event() {
            Ok((namespace, event)) => (vocabulary(&namespace, &event), event),
            Err(_) => return Err(FeedFault::Malformed { position }),
        };
        match event {
            Event::Start(start) => walk.open(namespace, &start, position)?,
            Event::Empty(start) => {
                walk.open(namespace, &start, position)?;
                walk.close();
            }
            Event::End(_) => walk.close(),
            Event::Text(text) => walk.text(&text.decode().unwrap_or_default()),
            Event::CData(text) => walk.text(&text.decode().unwrap_or_default()),
            Event::GeneralRef(reference) => {
                if let Ok(Some(letter)) = reference.resolve_char_ref() {
                    walk.text(letter.encode_utf8(&mut [0; 4]));
                } else if let Ok(name) = reference.decode()
                    && let Some(letter) = quick_xml::escape::resolve_xml_entity(&name)
                {
                    walk.text(letter);
                }
            }
            Event::DocType(doctype) => {
                // `<!DOCTYPE rss>` is harmless; anything that declares or loads is not read.
                if doctype.iter().any(|byte| matches!(byte, b'[' | b'"' | b'\'')) {
                    return Err(FeedFault::HasDtd { position });
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if !walk.saw_root {
        return Err(FeedFault::NotAFeed);
    }
    if !walk.path.is_empty() {
        return Err(FeedFault::Malformed {
            position: reader.buffer_position(),
        });
    }
    Ok(walk.feed)
}

/// The vocabulary of an element; an undeclared prefix is read by its usual meaning, because many feeds forget it.
fn vocabulary(namespace: &ResolveResult<'_>, event: &Event<'_>) -> Vocabulary {
    match namespace {
        ResolveResult::Unbound => Vocabulary::Rss,
        ResolveResult::Bound(namespace) => match namespace.as_ref() {
            b"http://www.w3.org/2005/Atom" => Vocabulary::Atom,
            // RSS 1.0 and its root, and names that old writers of RSS 2.0 gave it.
            b"http://purl.org/rss/1.0/"
            | b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            | b"http://backend.userland.com/rss2"
            | b"http://blogs.law.harvard.edu/tech/rss" => Vocabulary::Rss,
            name if name.eq_ignore_ascii_case(b"http://www.itunes.com/dtds/podcast-1.0.dtd") => Vocabulary::Itunes,
            name if name.eq_ignore_ascii_case(b"https://podcastindex.org/namespace/1.0")
                || name.eq_ignore_ascii_case(
                    b"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
                ) =>
            {
                Vocabulary::Podcast
            }
            b"http://podlove.org/simple-chapters" | b"http://podlove.org/simple-chapters/" => Vocabulary::Chapters,
            b"http://purl.org/dc/elements/1.1/" => Vocabulary::DublinCore,
            b"http://purl.org/rss/1.0/modules/content/" => Vocabulary::Content,
            _ => Vocabulary::Other,
        },
        ResolveResult::Unknown(prefix) => {
            let element = matches!(event, Event::Start(_) | Event::Empty(_));
            match prefix.as_slice() {
                b"atom" if element => Vocabulary::Atom,
                b"itunes" if element => Vocabulary::Itunes,
                b"podcast" if element => Vocabulary::Podcast,
                b"psc" if element => Vocabulary::Chapters,
                b"dc" if element => Vocabulary::DublinCore,
                b"content" if element => Vocabulary::Content,
                _ => Vocabulary::Other,
            }
        }
    }
}

/// Where the parser stands and what it has collected.
#[derive(Default)]
struct Walk {
    feed: ParsedFeed,
    path: Vec<Tag>,
    saw_root: bool,
    item: Option<ItemFacts>,
    /// When the item was changed, for those that say nothing of when they were published.
    updated_ms: Option<i64>,
    guids: BTreeSet<String>,
    text: String,
    keeping: Keeping,
}

impl Walk {
    fn open(&mut self, vocabulary: Vocabulary, start: &BytesStart<'_>, position: u64) -> Result<(), FeedFault> {
        if self.path.len() >= MAX_DEPTH {
            return Err(FeedFault::TooDeep { position });
        }
        let local = start.local_name();
        let local = local.as_ref();
        let tag = match self.path.last().copied() {
            None => self.root(vocabulary, local, position)?,
            Some(Tag::Kept) => self.keep(vocabulary, start, position)?,
            Some(parent) => self.inner(parent, vocabulary, start, position)?,
        };
        match tag {
            Tag::Item => {
                self.item = Some(ItemFacts::default());
                self.updated_ms = None;
            }
            Tag::Text(_) => self.text.clear(),
            _ => {}
        }
        self.path.push(tag);
        Ok(())
    }

    fn root(&mut self, vocabulary: Vocabulary, local: &[u8], position: u64) -> Result<Tag, FeedFault> {
        if self.saw_root {
            return Err(FeedFault::Malformed { position });
        }
        self.saw_root = true;
        match (vocabulary, local) {
            (Vocabulary::Rss, b"rss" | b"RDF") => Ok(Tag::Root),
            (Vocabulary::Atom, b"feed") => Ok(Tag::Channel),
            _ => Err(FeedFault::NotAFeed),
        }
    }

    /// What an element inside the root means, by its name and by where it stands.
    fn inner(
        &mut self,
        parent: Tag,
        vocabulary: Vocabulary,
        start: &BytesStart<'_>,
        position: u64,
    ) -> Result<Tag, FeedFault> {
        let local = start.local_name();
        let local = local.as_ref();
        let in_feed = matches!(parent, Tag::Channel | Tag::Item);
        Ok(match (vocabulary, local) {
            (Vocabulary::Rss, b"channel") if parent == Tag::Root => Tag::Channel,
            (Vocabulary::Rss, b"item") if matches!(parent, Tag::Root | Tag::Channel) => Tag::Item,
            (Vocabulary::Atom, b"entry") if parent == Tag::Channel => Tag::Item,
            (Vocabulary::Atom, b"name") if parent == Tag::Author => Tag::Text(Field::Author),
            (Vocabulary::Rss, b"url") if parent == Tag::Image => Tag::Text(Field::ImageUrl),
            _ if !in_feed => Tag::Other,
            (Vocabulary::Rss | Vocabulary::Atom | Vocabulary::Itunes, b"title") => Tag::Text(Field::Title),
            (Vocabulary::Rss, b"link") => Tag::Text(Field::Link),
            (Vocabulary::Rss, b"guid") | (Vocabulary::Atom, b"id") if parent == Tag::Item => Tag::Text(Field::Guid),
            (Vocabulary::Rss, b"pubDate") | (Vocabulary::DublinCore, b"date") | (Vocabulary::Atom, b"published")
                if parent == Tag::Item =>
            {
                Tag::Text(Field::Published)
            }
            (Vocabulary::Atom, b"updated") if parent == Tag::Item => Tag::Text(Field::Updated),
            (Vocabulary::Rss, b"description")
            | (Vocabulary::Content, b"encoded")
            | (Vocabulary::Itunes, b"summary")
            | (Vocabulary::Atom, b"summary" | b"content")
                if parent == Tag::Item =>
            {
                Tag::Text(Field::Notes)
            }
            (Vocabulary::Itunes, b"duration") if parent == Tag::Item => Tag::Text(Field::Duration),
            (Vocabulary::Itunes, b"author") | (Vocabulary::DublinCore, b"creator") => Tag::Text(Field::Author),
            (Vocabulary::Rss, b"author") if parent == Tag::Item => Tag::Text(Field::Author),
            (Vocabulary::Atom, b"author") => Tag::Author,
            (Vocabulary::Rss, b"image") if parent == Tag::Channel => Tag::Image,
            (Vocabulary::Atom, b"logo") if parent == Tag::Channel => Tag::Text(Field::ImageUrl),
            (Vocabulary::Rss, b"language") if parent == Tag::Channel => Tag::Text(Field::Language),
            (Vocabulary::Podcast, b"guid") if parent == Tag::Channel => Tag::Text(Field::PodcastGuid),
            (Vocabulary::Podcast, b"medium") if parent == Tag::Channel => Tag::Text(Field::Medium),
            (Vocabulary::Itunes, b"image") => {
                self.image(&attributes(start, position)?);
                Tag::Other
            }
            (Vocabulary::Rss, b"enclosure") if parent == Tag::Item => {
                let found = attributes(start, position)?;
                self.enclosure(&found, "url");
                Tag::Other
            }
            (Vocabulary::Atom, b"link") => {
                self.atom_link(&attributes(start, position)?);
                Tag::Other
            }
            (Vocabulary::Podcast, b"chapters") if parent == Tag::Item => {
                let found = attributes(start, position)?;
                if let (Some(item), Some(url)) = (self.item.as_mut(), found.get("url"))
                    && item.chapters_url.is_empty()
                {
                    url.trim().clone_into(&mut item.chapters_url);
                }
                Tag::Other
            }
            (Vocabulary::Podcast, b"value") => self.keep(vocabulary, start, position)?,
            (Vocabulary::Podcast, b"funding") if parent == Tag::Channel => self.keep(vocabulary, start, position)?,
            (Vocabulary::Chapters, b"chapters") if parent == Tag::Item => self.keep(vocabulary, start, position)?,
            _ => Tag::Other,
        })
    }

    /// Keeps an element as found, with what comes inside.
    fn keep(&mut self, vocabulary: Vocabulary, start: &BytesStart<'_>, position: u64) -> Result<Tag, FeedFault> {
        let local = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        let name = match vocabulary {
            Vocabulary::Podcast => format!("podcast:{local}"),
            Vocabulary::Chapters => format!("psc:{local}"),
            Vocabulary::Atom => format!("atom:{local}"),
            _ => local,
        };
        self.keeping.open(name, attributes(start, position)?);
        Ok(Tag::Kept)
    }

    fn image(&mut self, found: &BTreeMap<String, String>) {
        let image_url = match &mut self.item {
            Some(item) => &mut item.image_url,
            None => &mut self.feed.facts.image_url,
        };
        if let Some(href) = found.get("href") {
            // iTunes' picture is the larger one.
            href.trim().clone_into(image_url);
        }
    }

    fn enclosure(&mut self, found: &BTreeMap<String, String>, address: &str) {
        let Some(item) = self.item.as_mut().filter(|item| item.enclosure_url.is_empty()) else {
            return;
        };
        let value = |name: &str| found.get(name).map(|value| value.trim()).unwrap_or_default();
        value(address).clone_into(&mut item.enclosure_url);
        value("type").clone_into(&mut item.enclosure_type);
        item.enclosure_bytes = value("length").parse().ok().filter(|bytes| *bytes > 0);
    }

    fn atom_link(&mut self, found: &BTreeMap<String, String>) {
        let href = found.get("href").map(|href| href.trim()).unwrap_or_default();
        match found.get("rel").map_or("alternate", String::as_str) {
            "enclosure" => self.enclosure(found, "href"),
            "alternate" => {
                let page = match &mut self.item {
                    Some(item) => &mut item.page_url,
                    None => &mut self.feed.facts.site_url,
                };
                if page.is_empty() {
                    href.clone_into(page);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.path.last() {
            Some(Tag::Kept) => self.keeping.text(text),
            Some(Tag::Text(field)) => {
                let most = if *field == Field::Notes {
                    MAX_NOTES_MARKUP_BYTES
                } else {
                    MAX_TEXT_BYTES
                };
                let room = most.saturating_sub(self.text.len());
                let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
                self.text.push_str(text.get(..end.unwrap_or(0)).unwrap_or_default());
            }
            _ => {}
        }
    }

    fn close(&mut self) {
        match self.path.pop() {
            Some(Tag::Text(field)) => self.field(field),
            Some(Tag::Kept) => {
                if let Some(found) = self.keeping.close() {
                    self.kept(found);
                }
            }
            Some(Tag::Item) => self.end_item(),
            _ => {}
        }
    }

    fn field(&mut self, field: Field) {
        let text: String = self.text.trim().chars().filter(|letter| *letter != '\0').collect();
        if text.is_empty() {
            return;
        }
        if let Some(item) = &mut self.item {
            let target = match field {
                Field::Title => &mut item.title,
                Field::Author => &mut item.author,
                Field::Link => &mut item.page_url,
                Field::Guid => &mut item.guid,
                Field::Duration => {
                    item.duration_ms = item.duration_ms.or_else(|| moment::length_ms(&text));
                    return;
                }
                Field::Published => {
                    item.published_ms = item.published_ms.or_else(|| moment::date_ms(&text));
                    return;
                }
                Field::Updated => {
                    self.updated_ms = moment::date_ms(&text);
                    return;
                }
                Field::Notes => {
                    let notes = notes::plain(&text);
                    if notes.len() > item.notes.len() {
                        item.notes = notes;
                    }
                    return;
                }
                Field::ImageUrl | Field::Language | Field::PodcastGuid | Field::Medium => return,
            };
            if target.is_empty() {
                *target = text;
            }
            return;
        }
        let facts = &mut self.feed.facts;
        let target = match field {
            Field::Title => &mut facts.title,
            Field::Author => &mut facts.author,
            Field::Link => &mut facts.site_url,
            Field::ImageUrl => &mut facts.image_url,
            Field::Language => &mut facts.language,
            Field::PodcastGuid => &mut facts.podcast_guid,
            Field::Medium => &mut facts.medium,
            Field::Guid | Field::Duration | Field::Published | Field::Updated | Field::Notes => return,
        };
        if target.is_empty() {
            *target = text;
        }
    }

    fn kept(&mut self, found: Found) {
        match &mut self.item {
            Some(item) if found.name == "psc:chapters" => {
                item.inline_chapters.get_or_insert(found);
            }
            Some(item) if item.value.len() < MAX_KEPT => item.value.push(found),
            Some(_) => {}
            None => {
                let facts = &mut self.feed.facts;
                let list = if found.name == "podcast:funding" {
                    &mut facts.funding
                } else {
                    &mut facts.value
                };
                if list.len() < MAX_KEPT {
                    list.push(found);
                }
            }
        }
    }

    fn end_item(&mut self) {
        let Some(mut item) = self.item.take() else {
            return;
        };
        item.published_ms = item.published_ms.or(self.updated_ms);
        if item.guid.is_empty() {
            item.guid = [&item.enclosure_url, &item.page_url]
                .into_iter()
                .find(|address| !address.is_empty())
                .cloned()
                .unwrap_or_else(|| match (item.title.as_str(), item.published_ms) {
                    ("", _) => String::new(),
                    (title, at_ms) => format!("{title} {}", at_ms.unwrap_or_default()),
                });
        }
        // An item without any word of its own is nothing that can be found again.
        let is_new = !item.guid.is_empty() && self.guids.insert(item.guid.clone());
        if is_new && self.feed.items.len() < MAX_EPISODES {
            self.feed.items.push(item);
        } else {
            self.feed.left_out += 1;
        }
    }
}

/// An element's attributes by name as written; one that is too long or names an unknown entity is left out.
fn attributes(start: &BytesStart<'_>, position: u64) -> Result<BTreeMap<String, String>, FeedFault> {
    let mut found = BTreeMap::new();
    for (count, attribute) in start.attributes().with_checks(false).enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(FeedFault::TooManyAttributes { position });
        }
        let Ok(attribute) = attribute else {
            return Err(FeedFault::Malformed { position });
        };
        if attribute.value.len() > MAX_TEXT_BYTES {
            continue;
        }
        let (Ok(name), Ok(value)) = (std::str::from_utf8(attribute.key.as_ref()), attribute.unescape_value()) else {
            continue;
        };
        if !name.starts_with("xmlns") {
            found.entry(name.to_owned()).or_insert_with(|| value.replace('\0', ""));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
