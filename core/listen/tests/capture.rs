//! What players do, from the sealed event to the listen in the log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW, lines, listen};
use proptest::prelude::*;
use tekram_listen::{
    CountingRule, Format, Kind, Listen, ListenError, Media, Played, PlayerEvent, PlayerEventKind, Quiet, SCHEMA,
    accept, batches, begin_quiet, capture_apps, catch_up, counting_rules, detail, discard_recording, drain_capture,
    end_quiet, hours_by_source, import_stream, quiet_now, read_recording, recording, reset_counting_rules, seal_events,
    set_capture_app, set_counting_rule, start_recording, stop_recording, totals, undo, write_recording,
};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Timestamp;
use tekram_vault::Store;

/// Before [`NOW`].
const AT_MS: i64 = 1_790_000_000_000;

fn event(app: &str, session: &str, at_ms: i64, kind: PlayerEventKind) -> PlayerEvent {
    PlayerEvent {
        session: session.to_owned(),
        app: app.to_owned(),
        at_ms: AT_MS + at_ms,
        offset_min: Some(120),
        monotonic_ms: Some(1_000 + at_ms),
        kind,
        position_ms: None,
    }
}

fn says(app: &str, session: &str, at_ms: i64, title: &str) -> PlayerEvent {
    let media = Media {
        title: title.to_owned(),
        creators: vec!["Vera Quill".to_owned()],
        show: "Salt".to_owned(),
        media_ms: Some(200_000),
        ..Media::default()
    };
    event(app, session, at_ms, PlayerEventKind::Metadata { media })
}

fn play(app: &str, session: &str, at_ms: i64) -> PlayerEvent {
    event(app, session, at_ms, PlayerEventKind::Play)
}

/// Two songs, the second cut off by the end of the session.
fn evening(app: &str, session: &str) -> Vec<PlayerEvent> {
    vec![
        says(app, session, 0, "Low Tide"),
        play(app, session, 0),
        event(app, session, 60_000, PlayerEventKind::Pause),
        play(app, session, 70_000),
        event(app, session, 80_000, PlayerEventKind::Seek { to_ms: 0 }),
        says(app, session, 120_000, "High Sun"),
        event(app, session, 123_000, PlayerEventKind::End),
    ]
}

fn allowed() -> Log {
    let log = Log::new();
    set_capture_app(&log.vault, "Player", true).unwrap();
    log
}

fn hear(log: &Log, events: &[PlayerEvent]) -> tekram_listen::Drained {
    seal_events(&log.vault.inbox(), events).unwrap();
    drain_capture(&log.vault, NOW).unwrap()
}

fn heard(listen: &Listen) -> Vec<(i64, i64)> {
    match &listen.played {
        Played::Ranges { ranges } => ranges.iter().collect(),
        other => panic!("{other:?}"),
    }
}

/// Title, start, stretches, and whether it was skipped.
type Shown = (String, i64, Vec<(i64, i64)>, bool);

/// All that a person would notice of a log.
fn shown(log: &Log) -> Vec<Shown> {
    let of = |listen: Listen| (listen.title.clone(), listen.start_ms, heard(&listen), listen.skipped);
    log.listens().into_iter().map(of).collect()
}

#[test]
fn what_an_allowed_player_did_stands_in_the_log_with_its_stretches() {
    let log = allowed();
    let drained = hear(&log, &evening("Player", "1"));
    assert_eq!(
        (drained.events, drained.new, drained.not_allowed, drained.unreadable),
        (7, 2, 0, 0)
    );
    let listens = log.listens();
    assert_eq!(heard(&listens[1]), [(0, 70_000)]);
    assert_eq!(
        (
            listens[1].source.as_str(),
            listens[1].player.as_str(),
            listens[1].offset_min
        ),
        ("this_device", "Player", Some(120))
    );
    assert_eq!(
        (listens[1].kind, listens[1].media_ms, listens[1].skipped),
        (Kind::Music, Some(200_000), false)
    );
    // Three seconds are no listening, but they stay.
    assert_eq!((listens[0].title.as_str(), listens[0].skipped), ("High Sun", true));
    assert_eq!(hours_by_source(&log.vault, None).unwrap()[0].played_ms, 73_000);
    assert!(batches(&log.vault).unwrap().is_empty(), "it is no import");
    let detail = detail(&log.vault, listens[1].id).unwrap();
    assert_eq!(detail.told_by[0].format, Format::Capture);
    assert_eq!(detail.credit.key, "artist:vera quill");
}

#[test]
fn nothing_is_kept_of_a_player_that_was_not_allowed_but_its_name() {
    let log = Log::new();
    let drained = hear(&log, &evening("Player", "1"));
    assert_eq!((drained.events, drained.not_allowed), (0, 7));
    assert!(log.listens().is_empty());
    assert_eq!((log.rows("listen_session"), log.rows("listen_work")), (0, 0));
    let apps = capture_apps(&log.vault).unwrap();
    assert_eq!(
        (apps[0].app.as_str(), apps[0].allowed, apps[0].last_ms),
        ("Player", false, AT_MS + 123_000)
    );
    set_capture_app(&log.vault, "Player", true).unwrap();
    assert_eq!(
        drain_capture(&log.vault, NOW).unwrap().events,
        0,
        "what was dropped does not come back"
    );
    assert_eq!(hear(&log, &evening("Player", "2")).new, 2);
    set_capture_app(&log.vault, "Player", false).unwrap();
    assert_eq!(hear(&log, &evening("Player", "3")).not_allowed, 7);
    assert_eq!(log.listens().len(), 2, "what was kept stays");
}

#[test]
fn a_listen_that_goes_on_grows_in_place() {
    let log = allowed();
    let events = evening("Player", "1");
    hear(&log, &events[..3]);
    let first = log.listens();
    assert_eq!((first.len(), heard(&first[0])), (1, vec![(0, 60_000)]));
    let drained = hear(&log, &events[3..5]);
    assert_eq!((drained.new, drained.changed), (0, 1));
    let then = log.listens();
    assert_eq!((then[0].id, heard(&then[0])), (first[0].id, vec![(0, 70_000)]));
}

#[test]
fn a_name_that_comes_late_is_the_listens_name_and_is_found() {
    let log = allowed();
    hear(&log, &[play("Player", "1", 0)]);
    assert!(log.listens().is_empty(), "nobody knows yet what it is");
    let media = Media {
        title: "Low".to_owned(),
        ..Media::default()
    };
    hear(
        &log,
        &[event("Player", "1", 1_000, PlayerEventKind::Metadata { media })],
    );
    catch_up(&log.vault).unwrap();
    let media = Media {
        title: "Low".to_owned(),
        show: "Harbour Lights".to_owned(),
        kind: Some(Kind::Podcast),
        ..Media::default()
    };
    hear(
        &log,
        &[event("Player", "1", 9_000, PlayerEventKind::Metadata { media })],
    );
    let listens = log.listens();
    assert_eq!((listens.len(), heard(&listens[0])), (1, vec![(0, 9_000)]));
    assert_eq!(
        (listens[0].kind, listens[0].show.as_str()),
        (Kind::Podcast, "Harbour Lights")
    );
    let detail = detail(&log.vault, listens[0].id).unwrap();
    assert_eq!(
        (detail.credit.key.as_str(), detail.heard.plays),
        ("show:harbour lights", 0),
        "nine seconds are no play"
    );
}

#[test]
fn two_players_at_once_do_not_disturb_each_other() {
    let log = allowed();
    set_capture_app(&log.vault, "Other", true).unwrap();
    let (one, other) = (evening("Player", "1"), evening("Other", "1"));
    let mixed: Vec<_> = one
        .into_iter()
        .zip(other)
        .flat_map(|(one, other)| [one, other])
        .collect();
    hear(&log, &mixed);
    let mut heard: Vec<_> = log
        .listens()
        .iter()
        .map(|listen| (listen.player.clone(), heard(listen)))
        .collect();
    heard.sort();
    assert_eq!(heard[0].1, heard[2].1);
    assert_eq!(
        (heard[0].0.as_str(), heard[3].0.as_str(), heard.len()),
        ("Other", "Player", 4)
    );
}

#[test]
fn a_locked_vault_takes_events_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let passphrase = Passphrase::from("correct horse battery staple");
    let vault = store
        .create("Home", &passphrase, &[SCHEMA], &tekram_primitives::time::SystemClock)
        .unwrap();
    set_capture_app(&vault, "Player", true).unwrap();
    vault.lock().unwrap();
    seal_events(&store.inbox("Home").unwrap(), &evening("Player", "1")).unwrap();
    let sealed: Vec<u8> = walk(folder.path());
    assert!(!sealed.windows(8).any(|eight| eight == b"Low Tide"));
    let vault = store.unlock("Home", &passphrase, &[SCHEMA]).unwrap();
    assert_eq!(drain_capture(&vault, NOW).unwrap().new, 2);
    assert_eq!(drain_capture(&vault, NOW).unwrap().events, 0);
}

/// Every byte of every file.
fn walk(folder: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(walk(&path));
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    bytes
}

#[test]
fn what_makes_no_sense_is_counted_and_stops_nothing() {
    let log = allowed();
    let mut nameless = play("", "1", 0);
    nameless.monotonic_ms = Some(i64::MAX);
    let future = play("Player", "1", 10 * 365 * 86_400_000);
    let mut far = play("Player", "1", 0);
    far.offset_min = Some(100_000);
    log.vault.inbox().seal(b"something else").unwrap();
    let drained = hear(
        &log,
        &[
            nameless,
            future,
            far,
            says("Player", "1", 0, "a\\u0000"),
            play("Player", "1", 0),
        ],
    );
    assert_eq!((drained.unreadable, drained.events, drained.new), (4, 2, 1));
    let huge = "ü".repeat(700_000);
    let drained = hear(
        &log,
        &[
            says("Player", "1", 5_000, &huge),
            event("Player", "1", 9_000, PlayerEventKind::Pause),
        ],
    );
    assert_eq!(drained.events, 1);
    assert_eq!(heard(&log.listens()[0]), [(0, 9_000)]);
}

#[test]
fn captured_listens_can_be_taken_out_and_new_ones_come_again() {
    let log = allowed();
    hear(&log, &evening("Player", "1"));
    let batch = log.listens()[0].evidence.batch_id;
    log.add(lines(&[listen(AT_MS / 1000 + 500, "imported")]));
    undo(&log.vault, batch, NOW).unwrap();
    assert_eq!(log.titles(), ["imported"]);
    hear(&log, &evening("Player", "2"));
    assert_eq!(log.listens().len(), 3);
}

fn of_kind(kind: Kind, at_ms: i64, title: &str, show: &str, url: &str) -> PlayerEvent {
    let media = Media {
        title: title.to_owned(),
        show: show.to_owned(),
        url: url.to_owned(),
        kind: Some(kind),
        ..Media::default()
    };
    event("Player", "1", at_ms, PlayerEventKind::Metadata { media })
}

#[test]
fn an_article_counts_for_its_publication_and_an_advert_for_nobody() {
    let log = allowed();
    hear(
        &log,
        &[
            of_kind(
                Kind::Page,
                0,
                "Tides",
                "The Harbour Post",
                "https://www.post.example/tides",
            ),
            play("Player", "1", 0),
            of_kind(Kind::Page, 90_000, "Ropes", "", "https://www.knots.example/ropes"),
            of_kind(Kind::Advert, 120_000, "Buy rope", "", ""),
            event("Player", "1", 150_000, PlayerEventKind::End),
        ],
    );
    assert_eq!(log.listens().len(), 3, "all is in the log");
    let paid: Vec<_> = totals(&log.vault, i64::MIN, i64::MAX)
        .unwrap()
        .into_iter()
        .map(|total| (total.key, total.kind, total.played_ms))
        .collect();
    assert_eq!(
        paid,
        [
            ("show:the harbour post".to_owned(), Kind::Page, 90_000),
            ("show:knots.example".to_owned(), Kind::Page, 30_000),
        ]
    );
}

#[test]
fn an_episode_whose_feed_the_player_knows_counts_for_the_feed() {
    let log = allowed();
    let media = Media {
        title: "Ebb".to_owned(),
        show: "Harbour Lights".to_owned(),
        feed_url: "https://feeds.example/harbour.xml".to_owned(),
        item_guid: "ebb-1".to_owned(),
        kind: Some(Kind::Podcast),
        ..Media::default()
    };
    let told = event("Player", "1", 0, PlayerEventKind::Metadata { media });
    let end = event("Player", "1", 90_000, PlayerEventKind::End);
    hear(&log, &[told, play("Player", "1", 0), end]);
    let total = totals(&log.vault, i64::MIN, i64::MAX).unwrap().remove(0);
    assert_eq!(
        (total.key.as_str(), total.items[0].item_guid.as_str()),
        ("feed:feeds.example/harbour.xml", "ebb-1")
    );
}

/// Title, and whether it counts; newest first.
fn counting(log: &Log) -> Vec<(String, bool)> {
    log.listens()
        .into_iter()
        .map(|listen| (listen.title, listen.counts))
        .collect()
}

#[test]
fn what_counts_as_a_play_is_a_rule_that_marks_what_was_and_what_comes() {
    let log = allowed();
    // Of 200 s: 70 s and 3 s.
    hear(&log, &evening("Player", "1"));
    let named = |low: bool, high: bool| vec![("High Sun".to_owned(), high), ("Low Tide".to_owned(), low)];
    assert_eq!(counting(&log), named(false, false));
    let hours = hours_by_source(&log.vault, None).unwrap();
    assert_eq!((hours[0].plays, hours[0].played_ms), (0, 73_000), "the seconds stay");
    let paid = totals(&log.vault, i64::MIN, i64::MAX).unwrap();
    assert_eq!((paid[0].plays, paid[0].played_ms), (0, 73_000));

    let music = CountingRule {
        share_permille: 0,
        ..CountingRule::usual(Kind::Music)
    };
    set_counting_rule(&log.vault, music).unwrap();
    assert_eq!(counting(&log), named(true, false));
    assert_eq!(hours_by_source(&log.vault, None).unwrap()[0].plays, 1);
    assert!(counting_rules(&log.vault).unwrap().contains(&music));

    // What an import brings is marked by the same rules as it comes.
    let spotify = format!(
        "[{},{}]",
        common::stream("2026-10-01T10:00:00Z", 40_000, "a"),
        common::stream("2026-10-01T11:00:00Z", 20_000, "b")
    );
    let batch = import_stream(
        &log.vault,
        spotify.as_bytes(),
        "s",
        tekram_listen::ImportOptions::new(NOW),
    )
    .unwrap();
    accept(&log.vault, batch.batch_id, NOW).unwrap();
    assert_eq!(counting(&log)[..2], [("b".to_owned(), false), ("a".to_owned(), true)]);

    reset_counting_rules(&log.vault).unwrap();
    assert_eq!(counting(&log)[2..], named(false, false));
    let never = CountingRule {
        least_ms: None,
        ..music
    };
    set_counting_rule(&log.vault, never).unwrap();
    assert!(counting(&log).iter().all(|(_, counts)| !counts));
    assert_eq!(log.listens().len(), 4, "and all are there");
}

#[test]
fn nothing_is_logged_while_the_log_is_paused_and_private_listens_are_marked() {
    let log = allowed();
    let at = |ms: i64| Timestamp::from_millis(AT_MS + ms);
    let now = begin_quiet(&log.vault, Quiet::Paused, Some(at(200_000)), at(130_000)).unwrap();
    assert_eq!(now.paused.unwrap().until_ms, Some(AT_MS + 200_000));
    assert_eq!(
        quiet_now(&log.vault, at(200_000)).unwrap().paused,
        None,
        "it ends by itself"
    );
    begin_quiet(&log.vault, Quiet::Private, None, at(300_000)).unwrap();
    assert_eq!(
        quiet_now(&log.vault, at(400_000)).unwrap().private.unwrap().until_ms,
        None
    );
    end_quiet(&log.vault, Quiet::Private, at(500_000)).unwrap();

    // Drained long afterwards: what counts is when it was heard.
    let drained = hear(
        &log,
        &[
            says("Player", "1", 0, "before"),
            play("Player", "1", 0),
            event("Player", "1", 100_000, PlayerEventKind::Pause),
            says("Player", "1", 140_000, "during"),
            play("Player", "1", 140_000),
            event("Player", "1", 190_000, PlayerEventKind::Pause),
            says("Player", "1", 210_000, "after"),
            play("Player", "1", 210_000),
            says("Player", "1", 320_000, "private"),
            says("Player", "1", 450_000, "last"),
            event("Player", "1", 600_000, PlayerEventKind::End),
        ],
    );
    assert_eq!((drained.paused, drained.events), (3, 8));
    let heard: Vec<_> = log
        .listens()
        .into_iter()
        .rev()
        .map(|listen| (listen.title.clone(), listen.private_session, heard(&listen)))
        .collect();
    let expected = [
        ("before", false, vec![(0, 100_000)]),
        ("after", false, vec![(0, 90_000)]),
        ("after", true, vec![(90_000, 110_000)]),
        ("private", true, vec![(0, 130_000)]),
        ("last", true, vec![(0, 50_000)]),
        ("last", false, vec![(50_000, 150_000)]),
    ]
    .map(|(title, private, heard)| (title.to_owned(), private, heard));
    assert_eq!(heard, expected);
}

#[test]
fn a_recording_played_again_gives_the_same_log_once() {
    let log = allowed();
    start_recording(&log.vault, NOW).unwrap();
    let mut private = evening("Player", "2");
    for event in &mut private {
        event.at_ms += 1_000_000;
        event.monotonic_ms = event.monotonic_ms.map(|ms| ms + 1_000_000);
    }
    let from = Timestamp::from_millis(AT_MS + 900_000);
    begin_quiet(&log.vault, Quiet::Private, None, from).unwrap();
    hear(&log, &evening("Player", "1"));
    hear(&log, &private);
    hear(&log, &evening("Stranger", "1"));
    let state = stop_recording(&log.vault).unwrap();
    assert_eq!(
        (state.running, state.events),
        (false, 7),
        "nothing private, and no stranger"
    );
    hear(&log, &evening("Player", "3"));
    let mut file = Vec::new();
    assert_eq!(write_recording(&log.vault, &mut file).unwrap(), 7);
    discard_recording(&log.vault).unwrap();
    assert_eq!(recording(&log.vault).unwrap(), tekram_listen::Recording::default());

    let replay = read_recording(file.as_slice()).unwrap();
    assert_eq!(
        (replay.events.as_slice(), replay.refused.len()),
        (evening("Player", "1").as_slice(), 0)
    );
    let other = allowed();
    assert_eq!(hear(&other, &replay.events).new, 2);
    let once = shown(&other);
    assert_eq!(hear(&other, &replay.events).new, 0);
    assert_eq!(shown(&other), once);

    assert_eq!(read_recording(&b"{}\n"[..]).unwrap_err().code(), "unknown_format");
    assert_eq!(
        read_recording(&b"{\"tekram_player_events\":2}\n"[..])
            .unwrap_err()
            .code(),
        "unknown_format"
    );
    assert_eq!(read_recording(&b""[..]).unwrap_err().code(), "unknown_format");
    let mut broken = file.clone();
    broken.extend(b"{\"session\":\n\n");
    assert_eq!(read_recording(broken.as_slice()).unwrap().refused, [9]);
}

#[test]
fn an_event_that_comes_after_a_later_one_was_stored_corrects_what_was_stored() {
    let log = allowed();
    hear(&log, &[says("Player", "1", 0, "a"), play("Player", "1", 3_000)]);
    let (first, told) = (log.listens()[0].id, hear(&log, &[play("Player", "1", 1_000)]));
    assert_eq!((told.new, log.listens().len()), (1, 1));
    assert_ne!(log.listens()[0].id, first);
    hear(&log, &[event("Player", "1", 60_000, PlayerEventKind::End)]);
    assert_eq!(heard(&log.listens()[0]), [(0, 59_000)]);
    assert_eq!(log.listens()[0].start_ms, AT_MS + 1_000);
}

#[test]
fn a_device_that_lost_its_time_is_dated_by_its_other_clock() {
    let log = allowed();
    let mut end = event("Player", "1", 60_000, PlayerEventKind::End);
    end.at_ms = 60_000;
    let drained = hear(&log, &[says("Player", "1", 0, "a"), play("Player", "1", 0), end]);
    assert_eq!((drained.unreadable, heard(&log.listens()[0])), (0, vec![(0, 60_000)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// However the events are cut into items and drains, and though a drain is killed in the middle of one, the log is
    /// the same.
    #[test]
    fn a_kill_between_any_two_events_changes_nothing(cuts in prop::collection::vec(any::<(bool, bool)>(), 14)) {
        let whole = allowed();
        let mut events = evening("Player", "1");
        events.extend(evening("Player", "2").into_iter().map(|mut event| {
            event.at_ms += 300_000;
            event.monotonic_ms = event.monotonic_ms.map(|ms| ms + 300_000);
            event
        }));
        hear(&whole, &events);

        let cut = allowed();
        let mut item = Vec::new();
        for (event, (seal, drain)) in events.into_iter().zip(cuts) {
            item.push(event);
            if seal {
                seal_events(&cut.vault.inbox(), &item).unwrap();
                item.clear();
            }
            if drain {
                // The transaction of this drain is lost; the next one does it all.
                let lost = cut.vault.drain_inbox(tekram_vault::Scope("test"), |_, _| Err(ListenError::Cancelled));
                prop_assert!(lost.is_err() || lost.unwrap().delivered == 0);
                drain_capture(&cut.vault, NOW).unwrap();
            }
        }
        seal_events(&cut.vault.inbox(), &item).unwrap();
        drain_capture(&cut.vault, NOW).unwrap();
        prop_assert_eq!(shown(&cut), shown(&whole));
    }
}

#[test]
fn what_was_captured_and_is_in_an_export_too_is_one_listen() {
    let log = allowed();
    let scrobbled = |at_s: i64| listen(AT_MS / 1000 + at_s, "Low Tide");
    log.add(lines(&[scrobbled(1), scrobbled(4000)]));
    hear(&log, &evening("Player", "1"));
    // The captured one knows the stretches, so it leads; what was heard later is another play.
    let found: Vec<(String, String)> = log
        .listens()
        .into_iter()
        .map(|listen| (listen.source, listen.title))
        .collect();
    let this = |title: &str| ("this_device".to_owned(), title.to_owned());
    assert_eq!(
        found,
        [
            ("listenbrainz".to_owned(), "Low Tide".to_owned()),
            this("High Sun"),
            this("Low Tide")
        ]
    );
    assert_eq!(detail(&log.vault, log.listens()[2].id).unwrap().told_by.len(), 2);
    // An export that comes afterwards is understood too, and goes without a trace.
    let after = log.add(lines(&[listen(AT_MS / 1000 + 121, "High Sun")]));
    catch_up(&log.vault).unwrap();
    assert_eq!(log.listens().len(), 3);
    log.undo(after);
    assert_eq!(log.listens().len(), 3);
}
