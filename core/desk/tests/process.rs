//! The program as a seller meets it: its commands, its exit codes, and an orderly or sudden end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::{CATALOGUE, Customer, PATIENCE, bus};
use serde_json::Value;
use tekram_harness::process::Process;
use tekram_harness::relay::Relay;
use tekram_net::Bus;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_primitives::wire::{DeskCard, Message};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tekram-desk"))
}

fn desk(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("--config").arg(folder.join("desk.toml")).args(arguments);
    command.output().unwrap()
}

fn run(folder: &Path) -> Process {
    let config = folder.join("desk.toml");
    let arguments = ["--config".into(), config.into_os_string(), "run".into()];
    Process::start("desk", program(), arguments, &[], &folder.join("log")).unwrap()
}

fn furnish(folder: &Path, relay: &str) {
    let address = relay.trim_start_matches("ws://");
    let toml = format!(
        "name = \"Shop\"\nrelays = [\"{relay}\"]\nallow = [\"{address}\"]\ncells = [\"u33d\"]\n\
         catalogue = \"catalogue.csv\"\nterms = [\"PDC-INTENT\"]\ncard_file = \"card.json\"\n\
         [cashu]\nmints = [\"https://mint.example\"]\nunits = [\"eur\"]\n"
    );
    std::fs::write(folder.join("desk.toml"), toml).unwrap();
    std::fs::write(folder.join("catalogue.csv"), CATALOGUE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_runs_refuses_a_second_one_and_ends_in_order() {
    let (relay, folder) = (Relay::start(0).unwrap(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    furnish(folder, &relay.url);
    let card = desk(folder, &["card"]);
    assert_eq!(card.status.code(), Some(0));
    let record = SignedRecord::parse(&card.stdout).unwrap();
    let body: DeskCard = record.verified_body().unwrap().0;
    assert!(body.cashu.is_some() && body.relays == [relay.url.clone()] && body.terms[0].id == "PDC-INTENT");

    let mut running = run(folder);
    let started = running.wait_for_event("started", PATIENCE).unwrap();
    assert_eq!(
        (started["did"].as_str(), started["items"].as_i64()),
        (Some(&*body.did.to_string()), Some(2))
    );
    running.wait_for_event("ready", PATIENCE).unwrap();
    assert_eq!(
        std::fs::read(folder.join("card.json")).unwrap(),
        record.bytes().unwrap()
    );

    for command in ["card", "records", "balance", "value-tag"] {
        let refused = desk(folder, &[command, "--json"]);
        assert_eq!(refused.status.code(), Some(1), "{command}");
        let answer: Value = serde_json::from_slice(&refused.stdout).unwrap();
        assert_eq!(answer["error"]["code"], "vault_in_use", "{command}");
        assert_eq!(answer["ok"], false);
    }

    running.stop();
    let said = running.lines().to_vec();
    assert_eq!(said.last().unwrap()["event"], "stopped", "{said:?}");
    let again = desk(folder, &["card"]);
    assert_eq!(again.stdout, card.stdout, "the same bytes");
    let tag = desk(folder, &["value-tag", "https://site.example/card.json"]);
    let tag = String::from_utf8(tag.stdout).unwrap();
    assert!(tag.starts_with("<podcast:value type=\"cashu\" method=\"p2pk\">") && tag.contains(&body.did.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_before_a_power_cut_is_there_after_it() {
    let (relay, folder) = (Relay::start(0).unwrap(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    furnish(folder, &relay.url);
    let mut running = run(folder);
    let started = running.wait_for_event("started", PATIENCE).unwrap();
    running.wait_for_event("ready", PATIENCE).unwrap();

    let (customer, line) = (Customer::new(), bus(&relay.url).await);
    let event = customer.asks(&Customer::demand("wireless headphones", SystemClock.now()), 8);
    line.publish(&event).await.unwrap();
    running.wait_for_event("offer_sent", PATIENCE).unwrap();
    let Some(Message::Offer { offer }) = customer.fetches(&line).await.pop() else {
        panic!("no offer")
    };
    let acceptance = customer.acceptance(&customer.accepts(&offer));
    let json = serde_json::to_string(&acceptance).unwrap();
    let to = started["nostr"].as_str().unwrap().parse().unwrap();
    let wrap = tekram_net::sealed::seal_to(&to, &customer.keys, 7335, &json, None).unwrap();
    line.publish(&wrap).await.unwrap();
    let signed = running.wait_for_event("agreement_signed", PATIENCE).unwrap();
    running.kill();

    // The system takes a moment to bury a killed process and let go of its lock.
    let buried = std::time::Instant::now() + PATIENCE;
    let listed = loop {
        let listed = desk(folder, &["records", "--json"]);
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        if listed["error"]["code"] != "vault_in_use" || std::time::Instant::now() > buried {
            break listed;
        }
    };
    assert_eq!(listed["records"][0]["sha256"], signed["sha256"]);
    assert_eq!(listed["records"][0]["kind"], "agreement");
    let code = listed["records"][0]["pickup_code"].as_str().unwrap();
    assert_eq!(signed["pickup_code"], code);
    let found = desk(folder, &["pickup", code, "--json"]);
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(
        (&found["ok"], &found["agreement"], &found["paid"]),
        (&true.into(), &signed["record"], &false.into())
    );
    let mistyped = desk(folder, &["pickup", "0000-0001"]);
    assert!(String::from_utf8_lossy(&mistyped.stderr).contains("[bad_pickup_code]"));
    let id = signed["record"].as_str().unwrap();
    let out = folder.join("agreement.json");
    let exported = desk(folder, &["export", id, out.to_str().unwrap(), "--json"]);
    assert_eq!(exported.status.code(), Some(0));
    let bytes = std::fs::read(out).unwrap();
    assert_eq!(
        tekram_primitives::canonical::sha256_hex(&bytes),
        signed["sha256"].as_str().unwrap()
    );
    assert_eq!(SignedRecord::parse(&bytes).unwrap().verify().unwrap().len(), 2);
    let unknown = desk(folder, &["export", &"0".repeat(64), "x.json"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("[no_such_record]"));

    // The confirmation was stored with it, so the customer gets it from the next run if not from this one.
    let mut running = run(folder);
    running.wait_for_event("ready", PATIENCE).unwrap();
    let mut listening = line
        .listen(tekram_intent::letters_filter(&customer.keys.public_key()))
        .await
        .unwrap();
    let confirmed = tokio::time::timeout(PATIENCE, async {
        while let Some(wrap) = listening.next().await {
            let letter = tekram_net::sealed::open(&customer.keys, &wrap).unwrap();
            if let Message::Confirmation { agreement, .. } = serde_json::from_str(&letter.json).unwrap() {
                return agreement.bytes().unwrap();
            }
        }
        Vec::new()
    });
    assert_eq!(confirmed.await.unwrap(), bytes);
}

#[test]
fn a_desk_starts_without_its_relay_and_is_ready_when_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let relay = Relay::start(0).unwrap();
    let (port, url) = (relay.port(), relay.url.clone());
    drop(relay);
    furnish(folder, &url);
    let mut running = run(folder);
    running.wait_for_event("started", PATIENCE).unwrap();
    let _relay = Relay::start(port).unwrap();
    running.wait_for_event("ready", PATIENCE).unwrap();
    running.stop();
    assert_eq!(running.lines().last().unwrap()["event"], "stopped");
    // And it ends in order without one.
    drop(_relay);
    let mut running = run(folder);
    running.wait_for_event("started", PATIENCE).unwrap();
    running.stop();
    assert_eq!(running.lines().last().unwrap()["event"], "stopped");
}

#[test]
fn wrong_words_and_a_wrong_configuration_have_their_own_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(desk(folder.path(), &["dance"]).status.code(), Some(2));
    assert_eq!(desk(folder.path(), &[]).status.code(), Some(2));
    let missing = desk(folder.path(), &["card", "--json"]);
    assert_eq!(missing.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&missing.stdout).unwrap();
    assert_eq!(answer["error"]["code"], "config_unreadable");
    std::fs::write(
        folder.path().join("desk.toml"),
        "name = \"Band\"\nrelays = [\"wss://relay.example\"]\n",
    )
    .unwrap();
    let no_cashu = desk(folder.path(), &["value-tag"]);
    assert_eq!(no_cashu.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&no_cashu.stderr).contains("[no_cashu]"));
    let empty = desk(folder.path(), &["records"]);
    assert_eq!(
        String::from_utf8(empty.stdout).unwrap().trim(),
        "no agreements or receipts yet"
    );
}

#[test]
fn every_command_says_how_it_is_used() {
    for command in ["run", "card", "balance", "records", "export", "value-tag"] {
        let help = Command::new(program()).args([command, "--help"]).output().unwrap();
        assert!(help.status.success());
        assert!(
            String::from_utf8(help.stdout).unwrap().contains("Example:"),
            "{command}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_posted_to_the_webhook_and_a_dead_one_holds_nothing_up() {
    use std::io::{Read, Write};
    let (relay, folder) = (Relay::start(0).unwrap(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let toml = |webhook: &str| {
        format!(
            "webhook = \"http://{webhook}/events?token=x\"\nname = \"Band\"\nrelays = [\"{}\"]\nallow = [\"{}\", \"{webhook}\"]\n",
            relay.url,
            relay.address()
        )
    };
    std::fs::write(folder.join("desk.toml"), toml(&address.to_string())).unwrap();
    let posted = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut text = String::new();
        let mut buffer = [0_u8; 4096];
        while !text.contains("\"started\"") {
            let read = stream.read(&mut buffer).unwrap();
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        text
    });
    let mut running = run(folder);
    running.wait_for_event("ready", PATIENCE).unwrap();
    assert!(posted.join().unwrap().starts_with("POST /events?token=x "));
    running.stop();

    // Nobody is there any more.
    let mut running = run(folder);
    running.wait_for_event("ready", PATIENCE).unwrap();
    running.stop();
    assert_eq!(running.lines().last().unwrap()["event"], "stopped");
}
