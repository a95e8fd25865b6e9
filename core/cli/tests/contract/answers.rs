//! The answers about months and years, over a fixture whose numbers were counted by another program.

use std::path::Path;

use serde_json::Value;

use crate::device::Device;

/// 394 listens of Spotify, 353 of them long enough to count, from August to October 2026, and the list of podcasts.
fn with_fixture() -> Device {
    let device = Device::with_persona();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/listens");
    for (name, new) in [("spotify-extended.zip", 394), ("podcasts.opml", 5)] {
        let report = device.done(&["listen", "import", folder.join(name).to_str().unwrap(), "--accept"]);
        assert_eq!(report["new"], new);
    }
    device
}

fn asked(device: &Device, words: &[&str]) -> Value {
    let mut all = vec!["listen"];
    all.extend_from_slice(words);
    all.extend(["--zone", "Europe/Berlin"]);
    device.done(&all)
}

fn rows<'v>(answer: &'v Value, list: &str, fields: &[&str]) -> Vec<Vec<&'v Value>> {
    let rows = answer[list].as_array().unwrap().iter();
    rows.map(|row| fields.iter().map(|field| &row[field]).collect())
        .collect()
}

#[test]
fn months_and_ranks_are_exact_and_paged() {
    let device = with_fixture();
    let months = asked(&device, &["stats", "--by", "month"]);
    assert_eq!(
        rows(&months, "periods", &["period", "plays", "played_ms", "estimated_ms"]),
        [
            [&Value::from("2026-10"), &116.into(), &61_359_927.into(), &0.into()],
            [&Value::from("2026-09"), &114.into(), &72_890_941.into(), &0.into()],
            [&Value::from("2026-08"), &123.into(), &59_217_155.into(), &0.into()],
        ]
    );
    let first = asked(&device, &["stats", "--by", "day", "--limit", "2"]);
    assert_eq!(first["periods"][0]["period"], "2026-10-30");
    let next = first["next"].as_str().unwrap();
    let second = asked(&device, &["stats", "--by", "day", "--limit", "2", "--after", next]);
    assert_eq!(second["periods"][0]["period"], "2026-10-28");

    let creators = asked(&device, &["top", "creators", "--limit", "2"]);
    assert_eq!(creators["total"]["plays"], 353);
    assert_eq!(
        rows(&creators, "ranks", &["rank", "name", "plays", "played_ms"]),
        [
            [
                &Value::from(1),
                &"The Quiet Carriage".into(),
                &77.into(),
                &26_200_977.into()
            ],
            [
                &Value::from(2),
                &"Nina & the Nightbuses".into(),
                &29.into(),
                &9_064_516.into()
            ],
        ]
    );
    // 77 of 353.
    assert_eq!(creators["ranks"][0]["share_permille"], 218);
    let september = asked(&device, &["top", "creators", "2026-09", "--limit", "1"]);
    assert_eq!(september["ranks"][0]["plays"], 26);
    let works = asked(&device, &["top", "works", "--limit", "1"]);
    assert_eq!(works["ranks"][0]["plays"], 21);
    let sources = asked(&device, &["top", "sources", "--by", "time"]);
    assert_eq!(sources["ranks"][0]["played_ms"], 193_468_023);
}

#[test]
fn weeks_streaks_and_a_year_are_exact() {
    let device = with_fixture();
    let week = asked(&device, &["week"]);
    // Most are on Sundays from eleven at night.
    assert_eq!(week["days"][6][23]["plays"], 15);
    assert_eq!(week["days"][0][23]["plays"], 9);
    let streaks = asked(&device, &["streaks"]);
    assert_eq!(
        (
            &streaks["days_heard"],
            &streaks["longest"]["days"],
            &streaks["longest"]["first_date"]
        ),
        (&91.into(), &91.into(), &"2026-08-01".into())
    );
    let picture = device.folder.path().join("2026.svg");
    let year = asked(&device, &["year", "2026", "--svg", picture.to_str().unwrap()]);
    assert_eq!(
        (&year["total"]["plays"], &year["total"]["played_ms"]),
        (&353.into(), &193_468_023.into())
    );
    assert_eq!(year["total"]["listens"], 394);
    assert_eq!(year["months"].as_array().unwrap().len(), 3);
    assert_eq!(year["creators"][0]["name"], "The Quiet Carriage");
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("353 plays"), "{svg}");
}

#[test]
fn first_and_new_and_forgotten_and_when_are_known() {
    let device = with_fixture();
    let first = asked(&device, &["first", "creators", "vera qu"]);
    assert_eq!(
        (&first["found"][0]["name"], &first["found"][0]["first_date"]),
        (&"Vera Quill".into(), &"2026-08-01".into())
    );
    let started = first["found"][0]["first_ms"].as_i64().unwrap();
    assert_eq!(started, 1_785_617_679_929);
    let new = asked(&device, &["new", "creators", "2026-08-02"]);
    let names: Vec<&str> = new["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["Nina & the Nightbuses", "Sub-Tropical Depression", "小さな灯台"]
    );
    assert_eq!(asked(&device, &["forgotten", "works", "--months", "6"])["count"], 0);

    let on = asked(&device, &["when", "2026-08-01 22:55"]);
    assert_eq!(on["playing"][0]["creators"][0], "Vera Quill");
    let id = first["found"][0]["id"].to_string();
    let of = device.done(&["listen", "of", &id, "--limit", "100"]);
    assert_eq!(of["listens"].as_array().unwrap().len(), 21);
}

#[test]
fn results_come_with_each_letter() {
    let device = with_fixture();
    let found = device.done(&["listen", "find", "h"]);
    assert_eq!(found["shows"]["entries"][0]["name"], "Harbour Lights");
    let found = device.done(&["listen", "find", "gudrún"]);
    assert_eq!(
        (
            &found["creators"]["entries"][0]["name"],
            &found["creators"]["entries"][0]["plays"]
        ),
        (&"Gudrun Fjord".into(), &27.into())
    );
    let page = device.done(&["listen", "find", "quiet", "--only", "works", "--limit", "3"]);
    let next = page["next"].as_str().unwrap();
    let second = device.done(&[
        "listen", "find", "quiet", "--only", "works", "--limit", "3", "--after", next,
    ]);
    assert_ne!(page["entries"][0]["id"], second["entries"][0]["id"]);
}

#[test]
fn wrong_ranges_and_moments_are_named() {
    let device = Device::with_history();
    assert_eq!(device.refused(&["listen", "stats", "2026-13"]), "not_a_range");
    assert_eq!(device.refused(&["listen", "when", "tea time"]), "not_a_moment");
    assert_eq!(
        device.refused(&["listen", "week", "--zone", "Mars/Olympus"]),
        "unknown_zone"
    );
    assert_eq!(
        device.refused(&["listen", "find", "x", "--only", "works", "--after", "x"]),
        "bad_cursor"
    );
}
