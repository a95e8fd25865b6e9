//! The app's story (`fixtures/app-story`) told by the command line. The view models of both phones play the same file,
//! so that all three front ends say the same of the same core.
//!
//! It needs `tekram` and `tekram-desk` built and the mint set up; `cargo xtask test` sees to both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};
use support::stage::Stage;
use support::{fixture, program};

/// How often paying or asking a seller is repeated before it counts as stuck.
const TRIES: usize = 4;
/// As many listens of a search as `found` is made of.
const FOUND: usize = 20;

/// The person at the command line: what they typed is remembered here, everything else is asked for.
struct Player<'a> {
    folder: &'a Path,
    places: HashMap<&'static str, String>,
    allow: String,
    zone: String,
    passphrase: Option<String>,
    /// Options of `pay preview` that are being tried out.
    tried: Vec<String>,
    batch: String,
    pen: Value,
    found: Vec<Value>,
    month: String,
    ended: Value,
    intent: String,
    accepted: Value,
}

impl<'a> Player<'a> {
    fn new(folder: &'a Path, stage: &Stage, zone: &str) -> Self {
        let address = |scheme: &str, which: &str| format!("{scheme}://{}", stage.host(which));
        Self {
            folder,
            places: HashMap::from([
                ("${MINT}", address("http", "mint")),
                ("${RELAY}", address("ws", "relay")),
                ("${FEEDS}", address("http", "feeds")),
            ]),
            allow: ["mint", "relay", "feeds"].map(|which| stage.host(which)).join(","),
            zone: zone.to_owned(),
            passphrase: None,
            tried: Vec::new(),
            batch: String::new(),
            pen: Value::Null,
            found: Vec::new(),
            month: String::new(),
            ended: Value::Null,
            intent: String::new(),
            accepted: Value::Null,
        }
    }

    /// A command's object, or the name of the error it was refused with.
    fn ask_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Result<Value, String> {
        let mut command = Command::new(program("tekram"));
        command
            .arg("--json")
            .args(arguments)
            .env("TEKRAM_DATA", self.folder.join("persons"))
            .env("TEKRAM_ALLOW", &self.allow)
            .env("TEKRAM_ZONE", &self.zone)
            .env("TEKRAM_PASSPHRASE", self.passphrase.as_deref().unwrap_or_default());
        for foreign in [
            "TEKRAM_PERSONA",
            "TEKRAM_PROXY",
            "TEKRAM_RAILS_OFF",
            "TEKRAM_RECOVERY_WORDS",
        ] {
            command.env_remove(foreign);
        }
        let output = command
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let answer: Value = serde_json::from_str(printed.trim())
            .unwrap_or_else(|cause| panic!("{arguments:?}: {cause}: {}", String::from_utf8_lossy(&output.stderr)));
        match answer["error"]["code"].as_str() {
            Some(name) => Err(name.to_owned()),
            None => Ok(answer),
        }
    }

    fn ask(&self, arguments: &[&str]) -> Result<Value, String> {
        self.ask_with(&[], arguments)
    }

    /// For the snapshot: must be answered.
    fn read(&self, arguments: &[&str]) -> Value {
        self.ask(arguments)
            .unwrap_or_else(|name| panic!("{arguments:?}: {name}"))
    }

    fn filled(&self, text: &str) -> String {
        self.places
            .iter()
            .fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }

    /// A listening export whose podcasts lie on the stage.
    fn export(&self, name: &str) -> String {
        let copy = self.folder.join(name);
        let bytes = fs::read(fixture(&format!("listens/{name}"))).unwrap();
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => text
                .replace("https://feeds.example", &self.places["${FEEDS}"])
                .into_bytes(),
            Err(archive) => archive.into_bytes(),
        };
        fs::write(&copy, bytes).unwrap();
        copy.display().to_string()
    }

    fn act(&mut self, action: &str, with: &Value) -> Result<(), String> {
        let text = |field: &str| with[field].as_str().unwrap_or_default().to_owned();
        match action {
            "app.look" => {}
            "app.create" => {
                self.passphrase = Some(text("passphrase"));
                self.ask(&["persona", "create", &text("name")])?;
            }
            "app.lock" => self.passphrase = None,
            "app.unlock" => {
                let typed = text("passphrase");
                self.ask_with(&[("TEKRAM_PASSPHRASE", &typed)], &["persona", "show"])?;
                self.passphrase = Some(typed);
            }
            "history.import" => {
                self.pen = self.ask(&["listen", "import", &self.export(&text("file"))])?;
                self.batch = self.pen["batch"].to_string();
            }
            "history.accept" => drop(self.ask(&["listen", "accept", &self.batch])?),
            "history.search" => {
                let answer = self.ask(&["listen", "search", &text("text")])?;
                self.found = answer["listens"].as_array().unwrap().clone();
            }
            "history.rate" => {
                let id = self.found[0]["id"].to_string();
                self.found[0] = self.ask(&["listen", "rate", &id, &text("thumb")])?["listen"].clone();
            }
            "pay.discover" => drop(self.ask(&["pay", "discover"])?),
            "pay.month" => self.month = text("month"),
            "pay.budget" => {
                let (minor, currency) = (with["minor"].as_i64().unwrap(), text("currency"));
                assert!(
                    minor % 100 == 0 && currency == "EUR",
                    "the story's budget is whole euros"
                );
                self.ask(&["pay", "rules", "--budget", &format!("{} {currency}", minor / 100)])?;
            }
            "pay.try" => {
                let heard = self.ask(&["pay", "sources", "--month", &self.month])?;
                let sources = heard["sources"].as_array().unwrap();
                let source = sources.iter().find(|source| source["name"] == with["source"]).unwrap();
                let factor = format!("{}={}", source["source"].as_str().unwrap(), with["permille"]);
                self.tried = vec!["--factor".to_owned(), factor];
            }
            "pay.drop" => self.tried.clear(),
            "pay.open" => drop(self.ask(&["pay", "statement", "--month", &self.month])?),
            "pay.confirm" => {
                if self.ask(&["persona", "recovery", "due", "--about-to-pay"])?["duty"] != "required" {
                    self.ask(&["pay", "commit", &self.month])?;
                }
            }
            "me.words" => {
                let shown = self.ask(&["persona", "recovery", "new"])?;
                let words: Vec<&str> = shown["words"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .flat_map(Value::as_str)
                    .collect();
                let written = [("TEKRAM_RECOVERY_WORDS", &*words.join(" "))];
                self.ask_with(&written, &["persona", "recovery", "check"])?;
            }
            "pay.settle" => self.settle(&self.filled(&text("mint")))?,
            "want.send" => {
                let ceiling = format!("{} {}", text("ceiling"), text("currency"));
                let at = format!("{},{}", text("latitude"), text("longitude"));
                let (hours, relay) = (with["hours"].to_string(), self.filled(&text("relay")));
                let what = [
                    "intent",
                    "send",
                    "--want",
                    &text("what"),
                    "--max",
                    &ceiling,
                    "--at",
                    &at,
                ];
                let how = ["--hours", &hours, "--terms", &text("terms"), "--relay", &relay];
                let sent = self.ask(&[&what[..], &how[..]].concat())?;
                self.intent = sent["intent"].as_str().unwrap().to_owned();
            }
            "want.collect" => {
                let enough = with["offers"].to_string();
                self.ask(&["intent", "offers", &self.intent, "--wait", "60", "--min", &enough])?;
            }
            "want.accept" => self.accept_cheapest()?,
            "want.look" => self.open_newest()?,
            "relations.look" => {}
            other => panic!("the story knows an action that this player does not: {other}"),
        }
        Ok(())
    }

    fn settle(&mut self, mint: &str) -> Result<(), String> {
        for _ in 0..TRIES {
            self.ended = self.ask(&["pay", "settle", &self.month, "--mint", mint, "--wait", "20"])?["ended"].clone();
            if self.ended == "done" {
                break;
            }
        }
        Ok(())
    }

    /// The newest request and what was agreed on it. A second acceptance finds the first.
    fn open_newest(&mut self) -> Result<(), String> {
        let kept = self.ask(&["intent", "list"])?;
        kept["intents"][0]["intent"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.intent);
        let offer = self.accepted["offer"].as_str().unwrap();
        self.accepted = self.ask(&["intent", "accept", &self.intent, offer, "--wait", "0"])?;
        Ok(())
    }

    fn accept_cheapest(&mut self) -> Result<(), String> {
        let offers = self.ask(&["intent", "offers", &self.intent, "--wait", "0"])?;
        let offers = offers["offers"].as_array().unwrap();
        let cheapest = offers.iter().min_by_key(|offer| minor(&offer["price"])).unwrap();
        let offer = cheapest["offer"].as_str().unwrap();
        for _ in 0..TRIES {
            self.accepted = self.ask(&["intent", "accept", &self.intent, offer, "--wait", "20"])?;
            if self.accepted["state"] == "confirmed" {
                break;
            }
        }
        Ok(())
    }

    /// What the rooms that `expected` names show now.
    fn snapshot(&self, expected: &Value) -> Value {
        let mut rooms = Map::new();
        for room in expected.as_object().unwrap().keys() {
            let shown = match room.as_str() {
                "app" => self.app(),
                "history" => self.history(),
                "pay" => self.pay(&expected["pay"]),
                "want" => self.want(),
                "relations" => self.relations(),
                other => panic!("the story names a room that this player does not know: {other}"),
            };
            rooms.insert(room.clone(), shown);
        }
        Value::Object(rooms)
    }

    fn app(&self) -> Value {
        let personas: Vec<Value> = list(&self.read(&["persona", "list"]), "personas")
            .map(|persona| persona["persona"].clone())
            .collect();
        let phase = match (&self.passphrase, personas.is_empty()) {
            (_, true) => "first_run",
            (Some(_), _) => "open",
            (None, _) => "locked",
        };
        json!({ "phase": phase, "personas": personas })
    }

    fn history(&self) -> Value {
        let months = self.read(&["listen", "months"]);
        let sum = |field: &str| {
            list(&months, "months")
                .map(|month| month[field].as_i64().unwrap())
                .sum::<i64>()
        };
        let days = self.read(&["listen", "days"]);
        let mut found: Vec<&Value> = Vec::new();
        for title in self.found.iter().take(FOUND).map(|listen| &listen["title"]) {
            if !found.contains(&title) {
                found.push(title);
            }
        }
        json!({
            "plays": sum("plays"), "played_ms": sum("played_ms"), "first_day": days["days"][0],
            "pen": self.pen, "found": found, "thumb": self.found.first().map(|listen| &listen["thumb"]),
        })
    }

    fn pay(&self, expected: &Value) -> Value {
        let payees = list(&self.read(&["pay", "payees"]), "payees")
            .map(|payee| payee["name"].clone())
            .collect();
        let mut shown = json!({ "month": self.month, "ended": self.ended, "payees": sorted(payees) });
        let mut take = |more: &Value| {
            let fields = more.as_object().unwrap().clone();
            shown.as_object_mut().unwrap().extend(fields);
        };
        take(&self.read(&["persona", "recovery", "due", "--about-to-pay"]));
        if expected.get("state").or(expected.get("lines")).is_some() {
            let preview = ["pay", "preview", "--month", &self.month];
            let tried: Vec<&str> = preview
                .into_iter()
                .chain(self.tried.iter().map(String::as_str))
                .collect();
            let mut statement = self.read(&tried);
            let mut lines: Vec<Value> = list(&statement, "lines").cloned().collect();
            lines.sort_by_key(|line| (line["name"].to_string(), line["amount_minor"].as_i64()));
            statement["lines"] = Value::Array(lines);
            statement["total_minor"] = statement["statement_total_minor"].clone();
            take(&statement);
        }
        if expected.get("receipts").is_some() {
            let receipts = self.read(&["pay", "receipts", &self.month]);
            take(&json!({ "receipts": list(&receipts, "receipts").count(), "hand_offs": self.hand_offs() }));
        }
        shown
    }

    /// Names of those whose payment the person finishes.
    fn hand_offs(&self) -> Value {
        let statement = self.read(&["pay", "preview", "--month", &self.month]);
        let lines = list(&statement, "lines").filter(|line| line["state"] == "handed_off");
        sorted(lines.map(|line| line["name"].clone()).collect())
    }

    fn want(&self) -> Value {
        let intents = self.read(&["intent", "list"]);
        let request = list(&intents, "intents").find(|intent| intent["intent"] == *self.intent);
        let request = request.unwrap().clone();
        let mut shown = json!({ "state": request["state"], "cells": request["cells"] });
        let offer = |offer: &Value| json!({ "seller": offer["seller"], "price_minor": minor(&offer["price"]) });
        // Collecting is over when an offer was accepted.
        if request["state"] == "open" {
            let offers = self.read(&["intent", "offers", &self.intent, "--wait", "0"]);
            shown["offers"] = list(&offers, "offers").map(offer).collect();
        }
        if !self.accepted.is_null() {
            let mut accepted = offer(&self.accepted);
            accepted["state"] = self.accepted["state"].clone();
            shown["accepted"] = accepted;
        }
        shown
    }

    fn relations(&self) -> Value {
        let mut relations: Vec<Value> = list(&self.read(&["relate", "list"]), "relations").cloned().collect();
        relations.sort_by_key(|relation| relation["name"].to_string());
        Value::Array(relations)
    }
}

fn list<'a>(answer: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    answer[field]
        .as_array()
        .unwrap_or_else(|| panic!("{field}: {answer}"))
        .iter()
}

fn sorted(mut names: Vec<Value>) -> Value {
    names.sort_by_key(Value::to_string);
    Value::Array(names)
}

/// Minor units of an amount, which travel as text.
fn minor(amount: &Value) -> i64 {
    amount["value"].as_str().unwrap().parse().unwrap()
}

/// The first place where `actual` does not hold what is `expected`.
fn difference(place: &str, expected: &Value, actual: &Value) -> Option<String> {
    let differ = || Some(format!("{place}: expected {expected}, not {actual}"));
    match (expected, actual) {
        (Value::Object(fields), Value::Object(held)) => fields.iter().find_map(|(name, field)| {
            difference(
                &format!("{place}.{name}"),
                field,
                held.get(name).unwrap_or(&Value::Null),
            )
        }),
        (Value::Array(elements), Value::Array(held)) if elements.len() == held.len() => {
            let mut pairs = elements.iter().zip(held).enumerate();
            pairs.find_map(|(at, (element, held))| difference(&format!("{place}[{at}]"), element, held))
        }
        _ if expected == actual => None,
        _ => differ(),
    }
}

#[test]
fn the_command_line_tells_the_apps_story() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::raise(&folder.path().join("stage"));
    let story = fs::read_to_string(fixture("app-story/story.json")).unwrap();
    let story: Value = serde_json::from_str(&story).unwrap();
    let mut player = Player::new(folder.path(), &stage, story["zone"].as_str().unwrap());
    for (at, step) in list(&story, "steps").enumerate() {
        let action = step["do"].as_str().unwrap();
        let refused = player.act(action, &step["with"]).err();
        let place = format!("step {} ({action})", at + 1);
        assert_eq!(refused.as_deref(), step["refused"].as_str(), "{place}: refused");
        let shown = player.snapshot(&step["expect"]);
        if let Some(difference) = difference(&place, &step["expect"], &shown) {
            panic!("{difference}");
        }
    }
}

#[test]
fn an_expectation_is_a_part_of_objects_and_the_whole_of_lists() {
    let shown = json!({ "a": { "b": 1, "c": [1, 2] } });
    let holds = |expected: Value| difference("snapshot", &expected, &shown).is_none();
    assert!(holds(json!({ "a": { "b": 1 } })) && holds(json!({ "a": { "c": [1, 2] } })));
    assert!(!holds(json!({ "a": { "b": 2 } })) && !holds(json!({ "a": { "c": [1] } })));
    assert!(!holds(json!({ "d": 1 })));
}
