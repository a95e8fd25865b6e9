//! What a person changes in their history, from outside.

use serde_json::{Value, json};

use crate::device::Device;

/// The number of the listen with this title.
fn id(device: &Device, title: &str) -> String {
    let listens = device.done(&["listen", "list"])["listens"].clone();
    let found = listens
        .as_array()
        .unwrap()
        .iter()
        .find(|listen| listen["title"] == title);
    found.unwrap_or_else(|| panic!("{title} in {listens}"))["id"].to_string()
}

fn titles(device: &Device) -> Vec<String> {
    let listens = device.done(&["listen", "list"])["listens"].clone();
    let titles = listens
        .as_array()
        .unwrap()
        .iter()
        .map(|listen| listen["title"].as_str().unwrap().to_owned());
    titles.collect()
}

#[test]
fn a_listen_is_noted_tagged_corrected_and_each_change_is_taken_back() {
    let device = Device::with_history();
    let all = titles(&device);
    let one = id(&device, &all[0]);
    let noted = device.done(&["listen", "note", &one, "heard on the ferry"]);
    assert_eq!(noted["listen"]["note"], "heard on the ferry");
    let tagged = device.done(&["listen", "tag", &one, "harbour", "to-learn"]);
    assert_eq!(tagged["listen"]["tags"], json!(["harbour", "to-learn"]));
    let used = device.done(&["listen", "tags", "--limit", "1"])["tags"].clone();
    assert_eq!(used, json!([{"tag": "harbour", "listens": 1}]));
    let found = device.done(&["listen", "search", "ferr harb"])["listens"].clone();
    assert_eq!(
        (found.as_array().unwrap().len(), found[0]["title"].as_str()),
        (1, Some(all[0].as_str()))
    );
    let corrected = device.done(&["listen", "correct", &one, "--title", "Ebbe", "--creator", "Brassica"]);
    assert_eq!(
        (&corrected["listen"]["title"], &corrected["listen"]["corrected"]),
        (&json!("Ebbe"), &json!(true))
    );
    let shown = device.done(&["listen", "show", &one]);
    assert_eq!(shown["original"]["title"], all[0].as_str());
    assert_eq!(shown["credit"]["key"], "artist:brassica");
    assert_eq!(device.refused(&["listen", "correct", &one]), "nothing_named");

    let edits = device.done(&["listen", "edits"])["edits"].clone();
    let whats: Vec<&str> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| edit["what"].as_str().unwrap())
        .collect();
    assert_eq!(whats, ["correction", "tags", "note"]);
    assert_eq!(device.done(&["listen", "undo-edit"])["edit"]["what"], "correction");
    assert_eq!(titles(&device), all);
    device.done(&["listen", "undo-edit"]);
    let last = device.done(&["listen", "undo-edit"]);
    assert_eq!(
        (&last["edit"]["what"], &last["edit"]["before"]),
        (&json!("note"), &json!(""))
    );
    assert_eq!(device.done(&["listen", "search", "ferry"])["listens"], json!([]));
    assert_eq!(device.refused(&["listen", "undo-edit"]), "nothing_to_undo");
}

#[test]
fn a_listen_is_hidden_deleted_and_deleted_for_good() {
    let device = Device::with_history();
    let all = titles(&device);
    let one = id(&device, &all[0]);
    assert_eq!(device.done(&["listen", "hide", &one])["listen"]["hidden"], true);
    assert_eq!(titles(&device), all[1..]);
    assert_eq!(
        device.done(&["listen", "hide", &one, "--off"])["listen"]["hidden"],
        false
    );
    assert_eq!(device.done(&["listen", "delete", &one])["for_good"], false);
    assert_eq!(titles(&device), all[1..]);
    let hidden = device.done(&["listen", "hidden"]);
    assert_eq!(hidden["listens"][0]["listen"]["title"], all[0].as_str());
    assert!(hidden["listens"][0]["for_good_ms"].as_i64().unwrap() > 0, "{hidden}");
    assert_eq!(device.done(&["listen", "undo-edit"])["edit"]["what"], "deleted");
    assert_eq!(device.done(&["listen", "hidden"])["listens"], json!([]));
    assert_eq!(titles(&device), all);
    assert_eq!(
        device.refused(&["listen", "delete", &one, "--for-good"]),
        "not_confirmed"
    );
    let gone = device.done(&["listen", "delete", &one, "--for-good", "--yes"]);
    assert_eq!((&gone["listen"], &gone["for_good"]), (&Value::Null, &json!(true)));
    assert_eq!(device.refused(&["listen", "show", &one]), "no_such_listen");
    assert_eq!(device.refused(&["listen", "undo-edit"]), "nothing_to_undo");
    assert_eq!(titles(&device), all[1..]);
}

#[test]
fn works_are_merged_and_a_description_is_split_off_again() {
    let device = Device::with_history();
    let all = titles(&device);
    let work = |title: &str| device.done(&["listen", "works", "--of", &id(&device, title)])["works"][0].clone();
    let (one, other) = (work(&all[0]), work(&all[1]));
    let numbers = [one["work"].to_string(), other["work"].to_string()];
    let look = device.done(&["listen", "merge", &numbers[0], &numbers[1], "--look"])["look"].clone();
    assert_eq!(
        (look["works"].as_array().unwrap().len(), &look["plays"]),
        (2, &json!(2))
    );
    assert_eq!(work(&all[0]), one, "a look changes nothing");
    let merged = device.done(&["listen", "merge", &numbers[0], &numbers[1]])["work"].clone();
    assert_eq!(
        (merged["descriptions"].as_array().unwrap().len(), &merged["plays"]),
        (2, &json!(2))
    );
    assert_eq!(
        device.done(&["listen", "show", &id(&device, &all[0])])["heard"]["plays"],
        2
    );
    let found = device.done(&["listen", "works", &all[0]])["works"].clone();
    assert_eq!(found[0]["work"], merged["work"]);
    let description = one["descriptions"][0]["description"].to_string();
    let apart = device.done(&["listen", "split", &description])["work"].clone();
    assert_eq!(apart["descriptions"][0]["title"], all[0].as_str());
    assert_eq!(device.refused(&["listen", "split", &description]), "nothing_to_split");
    assert_eq!(device.done(&["listen", "undo-edit"])["edit"]["what"], "split");
    assert_eq!(work(&all[1])["descriptions"].as_array().unwrap().len(), 2);
    assert_eq!(device.refused(&["listen", "merge", &numbers[0], "999"]), "no_such_work");
}

#[test]
fn a_history_that_was_asked_for_is_remembered_and_forgotten() {
    let device = Device::with_history();
    let providers = device.done(&["listen", "providers"])["providers"].clone();
    let known = |id: &str| providers.as_array().unwrap().iter().any(|one| one["provider_id"] == id);
    assert!(known("spotify") && known("lastfm") && known("youtube"), "{providers}");
    let asked = device.done(&["listen", "request", "add", "spotify"])["request"].clone();
    let hours = (asked["ready_ms"].as_i64().unwrap() - asked["requested_ms"].as_i64().unwrap()) / 3_600_000;
    let said = providers
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["provider_id"] == "spotify");
    assert_eq!(said.unwrap()["ready_hours"], hours);
    assert_eq!(device.done(&["listen", "request", "list"])["requests"], json!([asked]));
    assert_eq!(device.refused(&["listen", "request", "add", "nobody"]), "bad_setting");
    device.done(&["listen", "request", "done", "spotify"]);
    assert_eq!(device.done(&["listen", "request", "list"])["requests"], json!([]));
    assert_eq!(
        device.refused(&["listen", "request", "done", "spotify"]),
        "no_such_request"
    );
}
