//! Everything around the person: mint, relay, feed server and desks, started on the run's own ports and ended with the
//! value that holds them.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tekram_harness::feed_server::FeedServer;
use tekram_harness::nutshell::{Nutshell, NutshellOptions};
use tekram_harness::process::{Process, leashed, output_of};
use tekram_harness::relay::Relay;

use crate::cast::{DESKS, Desk, Role};
use crate::error::{StoryError, Told, While};
use crate::patience::patiently;
use crate::place::{Place, Ports, fixture, program};
use crate::reading::text;
use crate::tekram::VAULT_IN_USE;

/// How long a desk may take to be ready, on a busy machine.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// The counterparts while they run.
#[derive(Debug)]
pub struct Stage {
    /// Where they are reached.
    pub ports: Ports,
    // Dropped in this order: desks first, so that they can still say goodbye to the relay.
    desks: BTreeMap<&'static str, Process>,
    _feeds: FeedServer,
    _relay: Relay,
    _mint: Nutshell,
}

impl Stage {
    /// Starts everything and returns when every desk is ready. `said` is told what is being waited for.
    ///
    /// # Errors
    /// When a port is taken or a program does not come up; what it said is in the error.
    pub fn raise(place: &Place, said: &dyn Fn(&str)) -> Told<Self> {
        let ports = place.ports()?;
        // Nobody else is at work in the folder, but the mint of a killed run may still be ending.
        patiently(|| Ok(ports.are_free()), |free| !free)?;
        said("starting an e-cash mint (Nutshell), a relay, a feed server");
        let mint = NutshellOptions {
            port: ports.mint,
            ..NutshellOptions::new(place.mint())
        };
        let mint = thread::spawn(move || Nutshell::start(mint));
        let taken = |what: &str, port: u16| format!("cannot start the {what} on port {port} of this run folder");
        let relay = Relay::start(ports.relay).during(taken("relay", ports.relay))?;
        let feeds = FeedServer::start(place.site(), ports.feeds).during(taken("feed server", ports.feeds))?;
        let mut placeholders = vec![("ORIGIN".to_owned(), feeds.url.clone())];
        for desk in DESKS {
            let did = furnish(&desk, place, ports)?;
            if let Role::Maker { letter } = desk.role {
                placeholders.push((format!("DID_{letter}"), did));
                placeholders.push((
                    format!("CARD_{letter}"),
                    format!("{}/cards/{}.json", feeds.url, desk.id),
                ));
            }
        }
        publish_feeds(place, &placeholders)?;
        let mint = mint
            .join()
            .map_err(|_| StoryError::new("the thread that starts the mint ended early"))?;
        let mint = mint.during("cannot start the mint")?;
        said("starting seven desks: four makers, three stores");
        let mut desks = BTreeMap::new();
        for desk in DESKS {
            desks.insert(desk.id, open(&desk, place)?);
        }
        for process in desks.values_mut() {
            process
                .wait_for_event("ready", READY_LIMIT)
                .during("a desk is not ready")?;
        }
        Ok(Self {
            ports,
            desks,
            _feeds: feeds,
            _relay: relay,
            _mint: mint,
        })
    }

    /// What a desk has said so far.
    pub fn said_by(&mut self, desk: &str) -> Vec<Value> {
        self.desks
            .get_mut(desk)
            .map(|process| process.lines().to_vec())
            .unwrap_or_default()
    }

    /// Ends the desks, so that their books can be read; the rest goes on.
    pub fn close_desks(&mut self) {
        self.desks.clear();
    }

    /// Waits until a desk says something that is `wanted`.
    ///
    /// # Errors
    /// When it does not in time.
    pub fn wait_for(
        &mut self,
        desk: &str,
        awaited: &str,
        limit: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Told<Value> {
        let process = self.desks.get_mut(desk).during(format!("the desk {desk}"))?;
        process
            .wait_for(awaited, limit, wanted)
            .during(format!("the desk {desk}"))
    }
}

/// Writes a desk's folder: its configuration, its catalogue, and its card on the web server. Returns its `did:key`.
fn furnish(desk: &Desk, place: &Place, ports: Ports) -> Told<String> {
    let folder = place.desk(desk.id);
    fs::create_dir_all(&folder).during(format!("cannot make {}", folder.display()))?;
    fs::write(folder.join("desk.toml"), desk.configuration(ports)).during("cannot write a desk's configuration")?;
    if let Role::Store { catalogue, .. } = desk.role {
        fs::copy(fixture("desks").join(catalogue), folder.join(catalogue)).during("cannot copy a catalogue")?;
    }
    let cards = place.site().join("cards");
    fs::create_dir_all(&cards).during("cannot make the folder of cards")?;
    let card = ask(desk, place, &["card"])?;
    fs::write(cards.join(format!("{}.json", desk.id)), &card).during("cannot write a card")?;
    let card: Value = serde_json::from_slice(&card).during("a desk's card")?;
    Ok(text(&card, "did")?.to_owned())
}

/// Fills the templates of the feeds and puts them on the web server.
fn publish_feeds(place: &Place, placeholders: &[(String, String)]) -> Told {
    let templates = fixture("feeds");
    let entries = fs::read_dir(&templates).during(format!("cannot read {}", templates.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let (Some(name), Some("xml")) = (path.file_name(), path.extension().and_then(|end| end.to_str())) else {
            continue;
        };
        let mut feed = fs::read_to_string(&path).during(format!("cannot read {}", path.display()))?;
        for (placeholder, value) in placeholders {
            feed = feed.replace(&format!("{{{{{placeholder}}}}}"), value);
        }
        fs::write(place.site().join(name), feed).during("cannot write a feed")?;
    }
    Ok(())
}

/// Runs a command of `tekram-desk` on the desk's folder and returns what it printed.
///
/// # Errors
/// When it fails, with what it said.
pub fn ask(desk: &Desk, place: &Place, arguments: &[&str]) -> Told<Vec<u8>> {
    let program = program("tekram-desk")?;
    let configuration = place.desk(desk.id).join("desk.toml");
    let run = || {
        let mut command = leashed(&program);
        command.arg("--config").arg(&configuration).args(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        child
            .and_then(output_of)
            .during(format!("cannot start {}", program.display()))
    };
    let output = patiently(run, |output| {
        String::from_utf8_lossy(&output.stderr)
            .trim_end()
            .ends_with(VAULT_IN_USE)
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(StoryError::new(format!(
        "`tekram-desk {}` of {}: {}",
        arguments.join(" "),
        desk.name,
        said.trim()
    )))
}

fn open(desk: &Desk, place: &Place) -> Told<Process> {
    let configuration = place.desk(desk.id).join("desk.toml");
    let arguments = ["--config".into(), configuration.into_os_string(), "run".into()];
    Process::start(desk.id, &program("tekram-desk")?, arguments, &[], &place.logs()).during("cannot open a desk")
}
