//! Bringing a history in: what was asked for is remembered until it came, several files are read one by one, and a public name
//! is enough to begin with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use support::{Scripted, reply};
use tekram_agent::{Agent, NetPolicy, Passphrase, Persona, Provider, ReadAs};
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

const NOW_MS: i64 = 1_795_176_000_000;
const FIRST: i64 = 1_794_000_000;
const HOUR_MS: i64 = 3_600_000;

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/listens")
        .join(name)
}

fn home(origin: &str) -> (TempDir, Arc<FixedClock>, Persona) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let policy = NetPolicy {
        allow_origins: [origin.to_owned()].into(),
        proxy: None,
    };
    let agent = Agent::open(&folder.path().join("data"), policy, Arc::clone(&clock) as Arc<_>).unwrap();
    let persona = agent
        .create_persona("Home", &Passphrase::from("a long walk in the rain"))
        .unwrap();
    (folder, clock, persona)
}

#[test]
fn what_was_asked_for_is_awaited_until_an_import_of_its_format_is_accepted() {
    let (_folder, clock, persona) = home("");
    assert_eq!(persona.remember_request("nobody").unwrap_err().code(), "bad_setting");
    let asked = persona.remember_request("spotify").unwrap();
    assert_eq!(asked.ready_ms, NOW_MS + 30 * 24 * HOUR_MS);
    persona.remember_request("youtube").unwrap();
    clock.set(Timestamp::from_millis(NOW_MS + HOUR_MS));
    // Asking again is one request, from then on.
    let again = persona.remember_request("youtube").unwrap();
    assert_eq!(again.requested_ms, NOW_MS + HOUR_MS);
    assert_eq!(persona.history_requests().unwrap(), [asked.clone(), again.clone()]);

    let report = persona
        .import(&sample("spotify-extended.zip"), &mut |_| (), Arc::default())
        .unwrap();
    assert_eq!(persona.history_requests().unwrap()[0].came_ms, 0, "it is only held");
    let (first_ms, last_ms) = persona.batch_range(report.batch_id).unwrap().unwrap();
    assert!(first_ms < last_ms && last_ms < NOW_MS);
    persona.accept_batch(report.batch_id).unwrap();
    let requests = persona.history_requests().unwrap();
    assert_eq!((requests[0].came_ms, requests[1].came_ms), (NOW_MS + HOUR_MS, 0));

    persona.forget_request("spotify").unwrap();
    assert_eq!(persona.history_requests().unwrap(), [again]);
}

#[test]
fn every_sample_shows_its_first_plays_as_the_import_reads_them() {
    let (_folder, _clock, persona) = home("");
    for name in [
        "listenbrainz.zip",
        "spotify-extended.zip",
        "episode-actions.json",
        "services/antennapod.db",
        "services/apple-play-activity.csv",
        "services/lastfm-ghan.csv",
        "services/lastfm-pages.json",
        "services/librefm.tsv",
        "services/maloja.json",
        "services/pano.jsonl",
        "services/scrobbler.log",
        "services/spotify-account.zip",
        "services/takeout.zip",
    ] {
        let look = persona.look_at_export_as(&sample(name), &ReadAs::default()).unwrap();
        let format = look.format.unwrap();
        assert!(
            Provider::all()
                .iter()
                .any(|provider| provider.formats.contains(&format))
        );
        assert!(!look.sample.plays.is_empty(), "{name}");
        // Spotify forgets the names of what left it.
        assert!(look.sample.plays.iter().any(|play| !play.title.is_empty()), "{name}");
        assert_eq!(look.sample.local_times, name == "services/scrobbler.log", "{name}");
        assert!(look.bytes > 0);
    }
    let feeds = persona
        .look_at_export_as(&sample("podcasts.opml"), &ReadAs::default())
        .unwrap();
    assert!(!feeds.sample.subscriptions.is_empty() && feeds.sample.plays.is_empty());
}

#[test]
fn a_zone_and_columns_show_in_the_sample_before_anything_is_read_in() {
    let (_folder, _clock, persona) = home("");
    let log = sample("services/scrobbler.log");
    let utc = persona
        .look_at_export_as(&log, &ReadAs::default())
        .unwrap()
        .sample
        .plays;
    let berlin = ReadAs {
        zone: Some("Asia/Tokyo".to_owned()),
        mapping: None,
    };
    let there = persona.look_at_export_as(&log, &berlin).unwrap().sample.plays;
    assert_eq!(there[0].start_ms, utc[0].start_ms - 9 * HOUR_MS);

    let table = sample("services/unknown.csv");
    let look = persona.look_at_export_as(&table, &ReadAs::default()).unwrap();
    assert_eq!((look.format, look.sample.plays.len()), (None, 0));
    let suggested = ReadAs {
        zone: None,
        mapping: Some(look.table.unwrap().suggested),
    };
    let shown = persona.look_at_export_as(&table, &suggested).unwrap().sample;
    assert!(!shown.plays.is_empty());
    assert!(persona.batches().unwrap().is_empty(), "nothing is kept");
}

#[test]
fn of_several_files_one_that_is_none_does_not_keep_the_others_from_it() {
    let (folder, _clock, persona) = home("");
    let none = folder.path().join("none.bin");
    std::fs::write(&none, [7_u8; 500]).unwrap();
    let files = [sample("listenbrainz.zip"), none, sample("podcasts.opml")];
    let imported = persona
        .import_files(&files, &ReadAs::default(), &mut |_, _| (), &Arc::default())
        .unwrap();
    let read: Vec<bool> = imported.iter().map(|file| file.report.is_some()).collect();
    assert_eq!(read, [true, false, true]);
    assert_eq!(imported[1].problem, Some("unknown_format"));
    assert_eq!(persona.batches().unwrap().len(), 2);
    let stop = Arc::new(AtomicBool::new(true));
    let stopped = persona.import_files(&files, &ReadAs::default(), &mut |_, _| (), &stop);
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
}

#[tokio::test]
async fn a_public_name_begins_a_history_and_a_name_that_is_not_there_leaves_nothing() {
    let server = Scripted::start(|request| {
        if request.path() != "/1/user/ada/listens" {
            return reply(404, "{}");
        }
        // Fifty thousand listens: more than one beginning takes.
        let before = request
            .query("max_ts")
            .map_or(FIRST, |text| text.parse::<i64>().unwrap());
        let page: Vec<Value> = (1..=1000)
            .map(|back| before - back * 200)
            .filter(|at| *at > FIRST - 50_000 * 200)
            .map(|at| json!({"listened_at": at, "track_metadata": {"track_name": format!("T{at}"), "artist_name": "Alder"}}))
            .collect();
        reply(
            200,
            json!({"payload": {"count": page.len(), "user_id": "ada", "listens": page}}).to_string(),
        )
    });
    let (_folder, _clock, persona) = home(&server.origin);
    let never = AtomicBool::new(false);
    let nobody = persona
        .fill_by_name("nobody", &server.url, &|_| (), &never)
        .await
        .unwrap();
    assert_eq!(nobody.problem.as_deref(), Some("not_found"));
    assert!(persona.accounts().unwrap().is_empty());

    persona.remember_request("listenbrainz").unwrap();
    let begun = persona
        .fill_by_name(" ada ", &server.url, &|_| (), &never)
        .await
        .unwrap();
    assert!(begun.new >= 9_000 && !begun.complete, "{begun:?}");
    let more = persona.fill_by_name("ada", &server.url, &|_| (), &never).await.unwrap();
    assert_eq!(more.batch_id, begun.batch_id);
    assert_eq!(persona.accounts().unwrap().len(), 1);
    persona.accept_batch(begun.batch_id).unwrap();
    assert_eq!(
        persona.history_requests().unwrap()[0].came_ms,
        0,
        "a beginning by name is not what was asked for"
    );
}
