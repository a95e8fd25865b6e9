//! The commands of feeds, accounts and the endpoint, as far as they need no server.

use crate::device::Device;

#[test]
fn a_private_feed_is_shown_as_its_host_and_leaves_only_in_the_persons_own_list() {
    let device = Device::with_persona();
    let secret = "https://feeds.example/show?token=zq9f86d081884c7d659a2f";
    let feed = device.done(&["listen", "feed", "add", secret])["feed_id"].to_string();
    device.done(&["listen", "feed", "add", "https://feeds.example/open.xml"]);
    assert_eq!(
        device.refused(&["listen", "feed", "add", "ftp://feeds.example/"]),
        "bad_feed_address"
    );
    let feeds = device.done(&["listen", "feeds"]);
    let addresses: Vec<_> = feeds["feeds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feed| feed["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses, ["https://feeds.example/…", "https://feeds.example/open.xml"]);
    assert!(!feeds.to_string().contains("zq9f"));
    let file = device.folder.path().join("list.opml");
    assert_eq!(device.done(&["listen", "opml", file.to_str().unwrap()])["written"], 2);
    assert!(std::fs::read_to_string(&file).unwrap().contains(secret));
    assert_eq!(
        device.refused(&["listen", "opml", file.to_str().unwrap()]),
        "file_exists"
    );
    device.done(&["listen", "feed", "remove", &feed]);
    assert_eq!(device.refused(&["listen", "feed", "remove", &feed]), "no_such_feed");
    assert_eq!(device.refused(&["listen", "episodes", &feed]), "no_such_feed");
    assert_eq!(
        device.done(&["listen", "episodes"])["episodes"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert_eq!(device.refused(&["listen", "chapters", "1"]), "no_such_episode");
}

#[test]
fn accounts_are_listed_without_their_secrets() {
    let device = Device::with_persona();
    let with = [
        ("TEKRAM_PASSPHRASE", crate::device::PASSPHRASE),
        ("TEKRAM_ACCOUNT_SECRET", "zqsecret"),
    ];
    let add = [
        "listen",
        "account",
        "add",
        "nextcloud",
        "ada",
        "--server",
        "https://cloud.example/",
    ];
    let account = device.done_with(&with, &add)["account_id"].to_string();
    device.done(&["listen", "account", "add", "listenbrainz", "ada", "--public"]);
    let listed = device.done(&["listen", "account", "list"]);
    assert_eq!(listed["accounts"][0]["url"], "https://cloud.example");
    assert_eq!(listed["accounts"][1]["url"], "https://api.listenbrainz.org");
    assert!(!listed.to_string().contains("zqsecret"));
    let unsafe_server = [
        "listen",
        "account",
        "add",
        "subsonic",
        "ada",
        "--server",
        "http://music.example",
    ];
    let output = device.run_with(&with, &unsafe_server);
    assert_eq!(Device::code(&output), "insecure_server");
    device.done(&["listen", "account", "remove", &account]);
    assert_eq!(
        device.refused(&["listen", "account", "pull", &account]),
        "no_such_account"
    );
}

#[test]
fn a_token_is_shown_once_and_can_be_taken_back() {
    let device = Device::with_persona();
    let new = device.done(&["listen", "endpoint", "token", "add", "Pano Scrobbler"]);
    let token = new["token"].as_str().unwrap();
    let listed = device.done(&["listen", "endpoint", "token", "list"]);
    assert_eq!(
        (
            listed["tokens"][0]["app"].as_str(),
            listed["tokens"][0]["works"].as_bool()
        ),
        (Some("Pano Scrobbler"), Some(true))
    );
    assert!(!listed.to_string().contains(token));
    let served = device.done_with(&[], &["listen", "endpoint", "serve", "--port", "0", "--for", "0"]);
    assert_eq!(served["sealed"], 0);
    assert!(served["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let beginning: String = new["id"].as_str().unwrap().chars().take(12).collect();
    device.done(&["listen", "endpoint", "token", "revoke", &beginning]);
    assert_eq!(
        device.refused(&["listen", "endpoint", "token", "revoke", &beginning]),
        "no_such_token"
    );
}
