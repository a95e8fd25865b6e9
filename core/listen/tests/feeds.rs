//! Feeds that a person follows: which they are, what an answer changes, and when each may be asked again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW};
use tekram_listen::feed::{
    Answer, ChapterSource, Outcome, answered, ask, chapters, chapters_ask, due, episode_of, episodes, failed, feed,
    feeds, follow, take_chapters, unfollow, write_opml,
};
use tekram_listen::{ImportOptions, accept, import_stream, subscriptions, undo};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

const HOUR_MS: i64 = 3_600_000;
const SECRET: &str = "https://ada:pw@feeds.example/private/9f86d081884c7d659a2feaa0c55ad015.xml";

fn later(hours: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + hours * HOUR_MS)
}

fn rss(items: &str) -> String {
    format!(
        "<rss version='2.0' xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:psc='http://podlove.org/simple-chapters'><channel>
        <title>Harbour Lights</title><link>https://harbour.example/</link>
        <podcast:value type='lightning' method='keysend'><podcast:valueRecipient address='02ab' split='100'/></podcast:value>{items}</channel></rss>"
    )
}

fn item(guid: &str, title: &str, more: &str) -> String {
    format!(
        "<item><guid>{guid}</guid><title>{title}</title><enclosure url='https://cdn.example/{guid}.mp3'/>{more}</item>"
    )
}

fn tell(
    vault: &Vault,
    feed_id: i64,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
    moved: Option<&str>,
    now: Timestamp,
) -> Outcome {
    let header = |name: &str| {
        headers
            .iter()
            .find(|(have, _)| *have == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let answer = Answer {
        status,
        header: &header,
        body: body.as_bytes(),
        url: "https://feeds.example/h.xml",
        moved,
    };
    answered(vault, feed_id, &answer, now).unwrap()
}

#[test]
fn an_answer_brings_episodes_and_the_next_one_only_what_is_new() {
    let Log { vault, folder: _folder } = Log::new();
    let id = follow(&vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    let one = item("1", "One", "<pubDate>Thu, 17 Sep 2026 05:00:00 GMT</pubDate>");
    let two = item("2", "Two", "<pubDate>Thu, 24 Sep 2026 05:00:00 GMT</pubDate>");
    let headers = [("etag", "\"a\""), ("last-modified", "Thu, 17 Sep 2026 05:00:00 GMT")];
    let first = tell(&vault, id, 200, &headers, &rss(&one), None, NOW);
    assert_eq!((first.new, first.changed, first.unchanged), (1, 0, false));
    let next = ask(&vault, id).unwrap();
    assert_eq!(
        (next.etag.as_str(), next.validator_url.as_str()),
        ("\"a\"", "https://feeds.example/h.xml")
    );

    assert!(tell(&vault, id, 304, &[], "", None, later(2)).unchanged);
    // Servers without validators send the same bytes again.
    assert!(tell(&vault, id, 200, &[], &rss(&one), None, later(4)).unchanged);
    let corrected = item(
        "1",
        "One, corrected",
        "<pubDate>Thu, 17 Sep 2026 05:00:00 GMT</pubDate>",
    );
    let more = tell(&vault, id, 200, &[], &rss(&format!("{two}{corrected}")), None, later(6));
    assert_eq!((more.new, more.changed), (1, 1));

    let page = episodes(&vault, Some(id), None, 1).unwrap();
    assert_eq!(page.episodes[0].title, "Two");
    let page = episodes(&vault, Some(id), page.next.as_deref(), 10).unwrap();
    assert_eq!((page.episodes[0].title.as_str(), page.next), ("One, corrected", None));
    assert_eq!(episodes(&vault, None, None, 10).unwrap().episodes.len(), 2);
    assert_eq!(episodes(&vault, None, Some("x"), 10).unwrap_err().code(), "bad_cursor");

    let known = feed(&vault, id).unwrap();
    assert_eq!(
        (known.facts.title.as_str(), known.episodes, known.problem.as_str()),
        ("Harbour Lights", 2, "")
    );
    assert_eq!(known.facts.value[0].inside[0].attribute("address"), "02ab");
    assert_eq!(
        (known.checked_ms, known.changed_ms),
        (later(6).millis(), later(6).millis())
    );

    let by_guid = episode_of(&vault, "http://FEEDS.example/h.xml/", "2", "")
        .unwrap()
        .unwrap();
    let by_address = episode_of(&vault, "https://feeds.example/h.xml", "", "https://cdn.example/2.mp3").unwrap();
    assert_eq!((by_guid.title.as_str(), by_address), ("Two", Some(by_guid.clone())));
    assert_eq!(
        episode_of(&vault, "https://feeds.example/h.xml", "3", "").unwrap(),
        None
    );
}

#[test]
fn failures_are_kept_and_each_makes_the_next_question_later() {
    let Log { vault, folder: _folder } = Log::new();
    let id = follow(&vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    assert_eq!(due(&vault, NOW).unwrap().len(), 1);
    let wait_hours = |outcome: &Outcome, now: Timestamp| (outcome.next_ms - now.millis()) / HOUR_MS;
    let first = tell(&vault, id, 500, &[], "", None, NOW);
    assert_eq!(
        (first.problem.as_deref(), wait_hours(&first, NOW)),
        (Some("server_status"), 1)
    );
    assert!(due(&vault, NOW).unwrap().is_empty());
    assert_eq!(due(&vault, later(1)).unwrap().len(), 1);
    let second = failed(&vault, id, "timed_out", None, later(1)).unwrap();
    assert_eq!(wait_hours(&second, later(1)), 2);
    let third = tell(&vault, id, 429, &[("retry-after", "36000")], "", None, later(3));
    assert_eq!(
        (third.problem.as_deref(), wait_hours(&third, later(3))),
        (Some("too_many_requests"), 10)
    );
    assert_eq!(
        (
            feed(&vault, id).unwrap().failures,
            feed(&vault, id).unwrap().problem.as_str()
        ),
        (3, "too_many_requests")
    );
    for (status, body, code) in [
        (200, "<html/>", "not_a_feed"),
        (404, "", "not_found"),
        (401, "", "access_refused"),
        (200, "<rss><channel>", "feed_malformed"),
    ] {
        assert_eq!(
            tell(&vault, id, status, &[("etag", "\"bad\"")], body, None, later(20))
                .problem
                .as_deref(),
            Some(code)
        );
    }
    // What could not be read is asked for again in full.
    assert_eq!(ask(&vault, id).unwrap().etag, "");
    let well = tell(
        &vault,
        id,
        200,
        &[("cache-control", "max-age=7200")],
        &rss(""),
        None,
        later(30),
    );
    assert_eq!(
        (wait_hours(&well, later(30)), feed(&vault, id).unwrap().failures),
        (2, 0)
    );

    assert!(tell(&vault, id, 410, &[], "", None, later(40)).gone);
    assert!(due(&vault, later(100_000)).unwrap().is_empty());
    assert!(feed(&vault, id).unwrap().gone);
    assert_eq!(follow(&vault, "https://feeds.example/h.xml", false, NOW).unwrap(), id);
    assert_eq!(due(&vault, NOW).unwrap().len(), 1);
}

#[test]
fn a_feed_that_moved_is_asked_at_its_new_address_and_keeps_its_key() {
    let Log { vault, folder: _folder } = Log::new();
    let id = follow(&vault, "http://old.example/h.xml", false, NOW).unwrap();
    let moved = tell(&vault, id, 200, &[], &rss(""), Some("https://feeds.example/h.xml"), NOW);
    assert!(moved.moved);
    assert!(!tell(&vault, id, 200, &[], &rss(""), Some("https://feeds.example/h.xml"), NOW).moved);
    let known = feed(&vault, id).unwrap();
    assert_eq!(
        (known.key.as_str(), known.feed_url.as_str()),
        ("feed:old.example/h.xml", "https://feeds.example/h.xml")
    );
    assert_eq!(ask(&vault, id).unwrap().url, "https://feeds.example/h.xml");
}

#[test]
fn accepted_lists_and_feeds_by_hand_are_followed_until_they_are_let_go() {
    let Log { vault, folder: _folder } = Log::new();
    let list = r#"<opml><body><outline text="Sea"><outline text="From a list" xmlUrl="https://feeds.example/h.xml"/></outline></body></opml>"#;
    let held = import_stream(&vault, list.as_bytes(), "list.opml", ImportOptions::new(NOW))
        .unwrap()
        .batch_id;
    assert!(feeds(&vault).unwrap().is_empty());
    accept(&vault, held, NOW).unwrap();
    let by_hand = follow(&vault, "https://feeds.example/by-hand.xml", false, NOW).unwrap();
    tell(&vault, by_hand, 200, &[], &rss(&item("1", "One", "")), None, NOW);
    let known = feeds(&vault).unwrap();
    let titles: Vec<_> = known
        .iter()
        .map(|feed| (feed.facts.title.as_str(), feed.folder.as_str()))
        .collect();
    assert_eq!(titles, [("From a list", "Sea"), ("Harbour Lights", "")]);
    let subscribed: Vec<_> = subscriptions(&vault)
        .unwrap()
        .into_iter()
        .map(|one| one.title)
        .collect();
    assert_eq!(subscribed, ["From a list", "Harbour Lights"]);
    assert_eq!(due(&vault, NOW).unwrap().len(), 1);

    unfollow(&vault, known[0].feed_id).unwrap();
    assert_eq!(unfollow(&vault, known[0].feed_id).unwrap_err().code(), "no_such_feed");
    assert_eq!(feeds(&vault).unwrap().len(), 1);
    assert_eq!(subscriptions(&vault).unwrap().len(), 1);
    unfollow(&vault, by_hand).unwrap();
    assert!(episodes(&vault, None, None, 10).unwrap().episodes.is_empty());
    follow(&vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    undo(&vault, held, NOW).unwrap();
    assert_eq!(
        feeds(&vault).unwrap().len(),
        1,
        "what was added by hand does not need the list"
    );
    for bad in ["", "ftp://feeds.example/", "feeds.example", "file:///etc/passwd"] {
        assert_eq!(
            follow(&vault, bad, false, NOW).unwrap_err().code(),
            "bad_feed_address",
            "{bad}"
        );
    }
}

#[test]
fn a_private_address_is_in_the_persons_own_list_and_in_nothing_else_that_is_shown() {
    let Log { vault, folder: _folder } = Log::new();
    let id = follow(&vault, SECRET, false, NOW).unwrap();
    let known = feed(&vault, id).unwrap();
    assert!(known.private);
    let shown = format!(
        "{:?} {}",
        ask(&vault, id).unwrap(),
        serde_json::to_string(&known.facts).unwrap()
    );
    assert!(!shown.contains("9f86d081"), "{shown}");
    let mut out = Vec::new();
    assert_eq!(write_opml(&vault, &mut out).unwrap(), 1);
    assert!(String::from_utf8(out).unwrap().contains(SECRET));
    let plain = follow(&vault, "https://feeds.example/plain.xml", true, NOW).unwrap();
    assert!(feed(&vault, plain).unwrap().private);
}

#[test]
fn chapters_come_from_the_feed_or_from_a_file_that_was_asked_for() {
    let Log { vault, folder: _folder } = Log::new();
    let id = follow(&vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    let inline = "<psc:chapters><psc:chapter start='00:01:00' title='Second'/><psc:chapter start='0' title='First' href='https://x.example/'/></psc:chapters>";
    let linked = "<podcast:chapters url='https://harbour.example/2.json' type='application/json+chapters'/>";
    tell(
        &vault,
        id,
        200,
        &[],
        &rss(&format!(
            "{}{}{}",
            item("1", "One", inline),
            item("2", "Two", linked),
            item("3", "Three", "")
        )),
        None,
        NOW,
    );
    let of = |guid: &str| {
        episode_of(&vault, "https://feeds.example/h.xml", guid, "")
            .unwrap()
            .unwrap()
    };
    let from_feed = chapters(&vault, of("1").episode_id).unwrap();
    assert_eq!(
        (
            from_feed.source,
            from_feed.chapters[1].start_ms,
            from_feed.chapters[0].title.as_str()
        ),
        (ChapterSource::Feed, 60_000, "First")
    );
    assert_eq!(
        chapters(&vault, of("3").episode_id).unwrap().source,
        ChapterSource::None
    );
    assert!(!of("3").has_chapters && of("2").has_chapters);
    let two = of("2").episode_id;
    assert_eq!(chapters(&vault, two).unwrap().source, ChapterSource::FileNotFetched);
    assert_eq!(
        chapters_ask(&vault, two).unwrap().unwrap().url,
        "https://harbour.example/2.json"
    );
    assert_eq!(
        take_chapters(&vault, two, b"<html>").unwrap_err().code(),
        "bad_chapters"
    );
    take_chapters(
        &vault,
        two,
        br#"{"version":"1.2.0","chapters":[{"startTime":1.5,"title":"Fog"}]}"#,
    )
    .unwrap();
    assert_eq!(chapters(&vault, two).unwrap().chapters[0].start_ms, 1_500);
    assert_eq!(chapters(&vault, 99).unwrap_err().code(), "no_such_episode");
}

#[test]
fn a_feed_that_renames_its_episodes_every_time_does_not_fill_the_vault() {
    let Log { vault, folder: _folder } = Log::new();
    let id = follow(&vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    for round in 0..3 {
        let items: String = (0..9_000)
            .map(|number| format!("<item><guid>{round}-{number}</guid></item>"))
            .collect();
        assert_eq!(tell(&vault, id, 200, &[], &rss(&items), None, later(round)).new, 9_000);
    }
    assert_eq!(feed(&vault, id).unwrap().episodes, 20_000);
    assert!(
        episode_of(&vault, "https://feeds.example/h.xml", "2-0", "")
            .unwrap()
            .is_some()
    );
    assert!(
        episode_of(&vault, "https://feeds.example/h.xml", "0-8999", "")
            .unwrap()
            .is_none()
    );
}
