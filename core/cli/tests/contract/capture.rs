//! What a person decides about capturing: pauses, private sessions, what counts as a play, recordings.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::device::Device;

fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/player-events");
    path.join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_recording_is_played_again_once_and_its_plays_count_by_the_rules() {
    let device = Device::with_persona();
    let podcast = fixture("podcast.jsonl");
    let replay = device.done(&["listen", "replay", &podcast]);
    assert_eq!(
        (&replay["events"], &replay["drained"]["not_allowed"]),
        (&json!(16), &json!(16))
    );
    let replay = device.done(&["listen", "replay", &podcast, "--allow", "AntennaPod"]);
    assert_eq!(replay["drained"]["new"], 2);
    assert_eq!(device.done(&["listen", "replay", &podcast])["drained"]["new"], 0);
    let counted = |device: &Device| -> Vec<Value> {
        let listens = device.done(&["listen", "list"])["listens"].clone();
        let shown = |listen: &Value| json!([listen["kind"], listen["counts"]]);
        listens.as_array().unwrap().iter().map(shown).collect()
    };
    assert_eq!(counted(&device), [json!(["advert", false]), json!(["podcast", true])]);
    let rules = device.done(&["listen", "counting", "--kind", "podcast", "--least", "600"]);
    assert_eq!(
        rules["rules"][1],
        json!({"kind": "podcast", "least_ms": 600_000, "share_permille": 0, "enough_ms": 0})
    );
    device.done(&["listen", "counting", "--kind", "advert", "--least", "5"]);
    assert_eq!(counted(&device), [json!(["advert", true]), json!(["podcast", false])]);
    assert_eq!(device.done(&["listen", "hours"])["sources"][0]["plays"], 1);
    device.done(&["listen", "counting", "--reset"]);
    assert_eq!(counted(&device), [json!(["advert", false]), json!(["podcast", true])]);
    let paid = device.done(&["pay", "sources"])["sources"].clone();
    assert_eq!(
        paid.as_array().map(Vec::len),
        Some(1),
        "an advert is nobody's to be paid"
    );
    assert!(paid[0].to_string().contains("harbour-lights"));
}

#[test]
fn a_pause_and_a_private_session_begin_and_end() {
    let device = Device::with_persona();
    assert_eq!(
        device.done(&["listen", "quiet"]),
        json!({"ok": true, "paused": null, "private": null})
    );
    let paused = device.done(&["listen", "pause", "--for", "2h"])["paused"].clone();
    let (from, until) = (
        paused["from_ms"].as_i64().unwrap(),
        paused["until_ms"].as_i64().unwrap(),
    );
    assert!((7_199_000..=7_201_000).contains(&(until - from)));
    assert_eq!(
        device.done(&["listen", "pause"])["paused"],
        json!({"from_ms": from, "until_ms": null})
    );
    assert!(device.done(&["listen", "private", "--for", "1d"])["private"]["until_ms"].is_i64());
    assert_eq!(device.done(&["listen", "resume"])["paused"], Value::Null);
    assert_eq!(device.done(&["listen", "private", "--off"])["private"], Value::Null);
}

#[test]
fn a_recording_is_made_saved_and_played_elsewhere() {
    let device = Device::with_persona();
    device.done(&["listen", "apps", "--allow", "Quodlibet"]);
    assert_eq!(device.done(&["listen", "record", "start"])["running"], true);
    device.done(&["listen", "replay", &fixture("two-players.jsonl")]);
    let stopped = device.done(&["listen", "record", "stop"]);
    assert_eq!((&stopped["running"], &stopped["events"]), (&json!(false), &json!(7)));
    let file = device.folder.path().join("morning.jsonl");
    let file = file.to_str().unwrap();
    assert_eq!(device.done(&["listen", "record", "save", file])["events"], 7);
    assert_eq!(device.refused(&["listen", "record", "save", file]), "file_exists");
    assert_eq!(device.done(&["listen", "record", "discard"])["events"], 0);
    let other = Device::with_persona();
    let replay = other.done(&["listen", "replay", file, "--allow", "Quodlibet"]);
    assert_eq!((&replay["events"], &replay["drained"]["new"]), (&json!(7), &json!(2)));
    let history = other.history();
    assert_eq!(
        other.refused(&["listen", "replay", history.to_str().unwrap()]),
        "unknown_format"
    );
}
