//! Feeds as they are found, and as somebody would write them to do harm.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

use proptest::prelude::*;

use super::{FeedFault, parse};

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:pod="https://podcastindex.org/namespace/1.0"
     xmlns:atom="http://www.w3.org/2005/Atom" xmlns:psc="http://podlove.org/simple-chapters">
<channel>
  <title>Harbour &amp; Lights</title><link>https://harbour.example/</link>
  <atom:link rel="self" href="https://feeds.example/h.xml"/>
  <image><url>https://harbour.example/small.png</url><title>not the feed's</title></image>
  <itunes:image href="https://harbour.example/large.png"/>
  <itunes:author>Mara Quist</itunes:author><language>en</language>
  <pod:guid>0b1e0f0c-5f43-5a52-9f4d-8a3a0d4f2b11</pod:guid><pod:medium>podcast</pod:medium>
  <pod:funding url="https://harbour.example/give">Give &lt;3</pod:funding>
  <pod:value type="lightning" method="keysend" suggested="0.00000005000">
    <pod:valueRecipient name="Mara" type="node" address="02ab" split="90" customKey="7629169"/>
  </pod:value>
  <item>
    <title>41: The pilot boat</title><itunes:title>The pilot boat</itunes:title>
    <guid isPermaLink="false"> harbour-41 </guid><link>https://harbour.example/41</link>
    <pubDate>Thu, 17 Sep 2026 05:00:00 GMT</pubDate>
    <enclosure url="https://cdn.example/41.mp3?a=1&amp;b=2" length="48211334" type="audio/mpeg"/>
    <enclosure url="https://cdn.example/41.ogg" type="audio/ogg"/>
    <itunes:duration>50:12</itunes:duration><itunes:image href="https://harbour.example/41.png"/>
    <pod:chapters url="https://harbour.example/41.json" type="application/json+chapters"/>
    <psc:chapters version="1.2"><psc:chapter start="00:00:00" title="Start"/><psc:chapter start="00:10:00.5" title="Fog"/></psc:chapters>
    <pod:value type="lightning" method="keysend">
      <pod:valueRecipient type="node" address="03cd" split="100"/>
      <pod:valueTimeSplit startTime="60" duration="237" remotePercentage="95">
        <pod:remoteItem itemGuid="song-1" feedGuid="a94f5cc9-8c58-55fc-91fe-a324087a655b" medium="music"/>
      </pod:valueTimeSplit>
    </pod:value>
    <description><![CDATA[<p><title>not a title</title></p>]]></description>
  </item>
  <item><title>no guid</title><enclosure url="https://cdn.example/40.mp3"/></item>
  <item><title>again</title><guid>harbour-41</guid></item>
  <item/>
</channel></rss>"#;

#[test]
fn a_podcast_says_everything() {
    let feed = parse(RSS.as_bytes()).unwrap();
    let facts = &feed.facts;
    assert_eq!(
        (facts.title.as_str(), facts.author.as_str()),
        ("Harbour & Lights", "Mara Quist")
    );
    assert_eq!(
        (facts.site_url.as_str(), facts.image_url.as_str()),
        ("https://harbour.example/", "https://harbour.example/large.png")
    );
    assert_eq!(
        (facts.podcast_guid.as_str(), facts.medium.as_str()),
        ("0b1e0f0c-5f43-5a52-9f4d-8a3a0d4f2b11", "podcast")
    );
    assert_eq!(
        (facts.funding[0].attribute("url"), facts.funding[0].text.as_str()),
        ("https://harbour.example/give", "Give <3")
    );
    assert_eq!(facts.value[0].attribute("suggested"), "0.00000005000");
    assert_eq!(facts.value[0].inside[0].attribute("customKey"), "7629169");

    assert_eq!((feed.items.len(), feed.left_out), (2, 2));
    let item = &feed.items[0];
    assert_eq!(
        (item.guid.as_str(), item.title.as_str()),
        ("harbour-41", "41: The pilot boat")
    );
    assert_eq!(
        (item.duration_ms, item.published_ms),
        (Some(3_012_000), Some(1_789_621_200_000))
    );
    assert_eq!(item.enclosure_url, "https://cdn.example/41.mp3?a=1&b=2");
    assert_eq!(
        (item.enclosure_bytes, item.enclosure_type.as_str()),
        (Some(48_211_334), "audio/mpeg")
    );
    assert_eq!(item.chapters_url, "https://harbour.example/41.json");
    assert_eq!(item.inline_chapters.as_ref().unwrap().inside.len(), 2);
    let split = &item.value[0].inside[1];
    assert_eq!(
        (split.name.as_str(), split.attribute("remotePercentage")),
        ("podcast:valueTimeSplit", "95")
    );
    assert_eq!(split.inside[0].attribute("itemGuid"), "song-1");
    assert_eq!(feed.items[1].guid, "https://cdn.example/40.mp3");
}

#[test]
fn atom_and_rss_1_are_read_too() {
    let atom = parse(
        br#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Nachtzug</title><author><name>Verein</name></author><logo>https://n.example/l.png</logo>
        <link rel="alternate" href="https://n.example/"/><entry><id>tag:n,1</id><title>Wien</title><updated>2026-09-17T05:00:00Z</updated>
        <link href="https://n.example/1"/><link rel="enclosure" type="audio/mpeg" length="5" href="https://n.example/1.mp3"/></entry></feed>"#,
    )
    .unwrap();
    assert_eq!(
        (
            atom.facts.title.as_str(),
            atom.facts.author.as_str(),
            atom.facts.site_url.as_str()
        ),
        ("Nachtzug", "Verein", "https://n.example/")
    );
    let item = &atom.items[0];
    assert_eq!(
        (item.guid.as_str(), item.page_url.as_str(), item.enclosure_url.as_str()),
        ("tag:n,1", "https://n.example/1", "https://n.example/1.mp3")
    );
    assert_eq!(item.published_ms, Some(1_789_621_200_000));

    let rdf = parse(
        br#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>Old</title></channel><item><title>One</title><link>https://o.example/1</link><dc:date>2026-09-17</dc:date></item></rdf:RDF>"#,
    )
    .unwrap();
    assert_eq!(
        (rdf.facts.title.as_str(), rdf.items[0].guid.as_str()),
        ("Old", "https://o.example/1")
    );
}

#[test]
fn prefixes_that_were_never_declared_have_their_usual_meaning() {
    let feed = parse(b"<rss><channel><title>x</title><itunes:author>A</itunes:author><podcast:funding url='u'>f</podcast:funding></channel></rss>").unwrap();
    assert_eq!((feed.facts.author.as_str(), feed.facts.funding.len()), ("A", 1));
}

#[test]
fn what_is_made_to_do_harm_is_refused_by_name() {
    let deep = format!("<rss><channel>{}", "<a>".repeat(100));
    let wide = format!(
        "<rss><channel><itunes:image {}/></channel></rss>",
        (0..200).map(|n| format!("a{n}='' ")).collect::<String>()
    );
    for (text, code) in [
        ("<html><body/></html>", "not_a_feed"),
        ("", "not_a_feed"),
        ("{}", "not_a_feed"),
        ("<rss><channel></rss>", "feed_malformed"),
        ("<rss><channel>", "feed_malformed"),
        ("<!DOCTYPE x [<!ENTITY a 'aaaa'>]><rss/>", "feed_has_dtd"),
        ("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><rss/>", "feed_has_dtd"),
        (deep.as_str(), "feed_too_deep"),
        (wide.as_str(), "feed_too_many_attributes"),
    ] {
        assert_eq!(
            parse(text.as_bytes()).map_err(|fault| fault.code()).unwrap_err(),
            code,
            "{}",
            &text[..text.len().min(60)]
        );
    }
    assert_eq!(
        parse(b"<!DOCTYPE rss><rss><channel/></rss>").map(|feed| feed.items.len()),
        Ok(0)
    );
    assert!(matches!(parse(b"<rss/><rss/>"), Err(FeedFault::Malformed { .. })));
}

#[test]
fn more_than_is_kept_is_left_out_and_the_rest_stays() {
    let recipients = "<podcast:valueRecipient address='a' split='1'/>".repeat(10_000);
    let text = format!(
        "<rss><channel><title>{}</title><podcast:value type='l'>{recipients}</podcast:value><item><guid>1</guid></item></channel></rss>",
        "long ".repeat(10_000)
    );
    let feed = parse(text.as_bytes()).unwrap();
    assert!(feed.facts.title.len() <= 4096 && feed.facts.title.len() > 4000);
    assert_eq!((feed.facts.value.len(), feed.items.len()), (0, 1));
    let many: String = (0..20_050).map(|n| format!("<item><guid>{n}</guid></item>")).collect();
    let feed = parse(format!("<rss><channel>{many}</channel></rss>").as_bytes()).unwrap();
    assert_eq!((feed.items.len(), feed.left_out), (20_000, 50));
}

proptest! {
    #[test]
    fn no_bytes_break_it(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        cut in 0..RSS.len(),
        parts in proptest::collection::vec(prop::sample::select(vec![
            "<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<guid>", "</guid>", "a", "&amp;", "&x;", "&", "<![CDATA[", "]]>",
            "<podcast:value>", "</podcast:value>", "<psc:chapters>", "</psc:chapters>", "<itunes:image href='x'/>", "<!--", "-->", "<?x", "?>",
        ]), 0..40),
    ) {
        let _ = parse(&bytes);
        let _ = parse(&RSS.as_bytes()[..cut]);
        let _ = parse(parts.concat().as_bytes());
    }
}
