//! The words of the command line and what each does. `run` prints events; the others open the vault, print one answer
//! and let go of it, so they are refused with `vault_in_use` while `run` holds it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use serde_json::{Value, json};
use tekram_net::{BusLimits, Http, NostrBus, WebContext};
use tekram_primitives::money::Money;
use tekram_primitives::time::{Clock, SystemClock};

use crate::config::Config;
use crate::desk::{Desk, wallets};
use crate::error::DeskError;
use crate::event::{All, DeskEvent, JsonLines, Teller};
use crate::extract::extract;
use crate::file::write_whole;
use crate::keys::{DeskKeys, open_vault};
use crate::pickup::find_pickup;
use crate::records::{record_bytes, records};
use crate::run::run;
use crate::value_tag::{PLACEHOLDER, value_tag};
use crate::webhook::Webhook;
use crate::{current_card, redeemed};

/// Longest extract that is read, in bytes.
const MOST_EXTRACT_BYTES: u64 = 4 * 1024 * 1024;
/// How long the last events may take to be posted at the end.
const POSTING_PATIENCE: Duration = Duration::from_secs(3);

/// The other side: answer requests near you, sign the customer's terms, and be paid without a platform.
#[derive(Debug, Parser)]
#[command(
    name = "tekram-desk",
    version,
    max_term_width = 110,
    after_help = "Example:\n  tekram-desk --config store.toml run\n  tekram-desk --config creator.toml value-tag https://site.example/card.json"
)]
pub struct Cli {
    /// The desk's configuration (TOML).
    #[arg(
        long,
        global = true,
        env = "TEKRAM_DESK_CONFIG",
        value_name = "FILE",
        default_value = "desk.toml"
    )]
    pub config: PathBuf,
    /// Print one JSON object instead of text. `run` prints JSON lines in any case.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What a desk can be asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Listen, answer and redeem until Ctrl-C or SIGTERM; each event is a line of JSON.
    #[command(after_help = "Example:\n  tekram-desk --config store.toml run")]
    Run,
    /// Print the signed card, for publishing as a static file.
    #[command(after_help = "Example:\n  tekram-desk --config creator.toml card --out public/card.json")]
    Card {
        /// Write it to this file instead.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// What was redeemed, and what the wallets hold now, in minor units.
    #[command(after_help = "Example:\n  tekram-desk --config creator.toml balance")]
    Balance,
    /// List the agreements and receipts that this desk keeps.
    #[command(after_help = "Example:\n  tekram-desk --config store.toml records --json")]
    Records,
    /// Look up what was agreed by the code that a customer says at the counter.
    #[command(after_help = "Example:\n  tekram-desk --config store.toml pickup 7KQ2-M4XD")]
    Pickup {
        /// The code, in capital or small letters, with or without the hyphen.
        code: String,
    },
    /// Write one agreement or receipt to a file, byte for byte as the other side has it.
    #[command(after_help = "Example:\n  tekram-desk --config store.toml export 3f…e1 agreement.json")]
    Export {
        /// Its record id.
        record: String,
        /// Where to.
        file: PathBuf,
    },
    /// Check and read an extract of somebody's history that was made for this desk, under an agreement that it keeps.
    #[command(after_help = "Example:\n  tekram-desk --config store.toml extract october.sd-jwt --nonce n-1")]
    Extract {
        /// The file with it.
        file: PathBuf,
        /// The random text that the desk asked with.
        #[arg(long)]
        nonce: String,
    },
    /// Print the `podcast:value` lines to paste into a feed.
    #[command(after_help = "Example:\n  tekram-desk --config creator.toml value-tag https://site.example/card.json")]
    ValueTag {
        /// Where the card is published.
        #[arg(default_value = PLACEHOLDER, value_name = "URL")]
        url: String,
    },
}

/// Does what was asked, and says the exit code: 0 done, 1 refused with a reason.
pub fn main(cli: Cli) -> u8 {
    let as_json = cli.json || matches!(cli.command, Command::Run);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&DeskError::file("starting threads")(error), as_json),
    };
    match runtime.block_on(answer(cli)) {
        Ok(None) => 0,
        Ok(Some(answer)) => {
            let text = if as_json { answer.json.to_string() } else { answer.text };
            // A reader that went away is not a failure of the command.
            let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
            0
        }
        Err(error) => fail(&error, as_json),
    }
}

fn fail(error: &DeskError, as_json: bool) -> u8 {
    if as_json {
        let failure = json!({"ok": false, "error": {"code": error.code(), "message": error.to_string()}});
        let _ = writeln!(std::io::stdout().lock(), "{failure}");
    }
    let _ = writeln!(std::io::stderr(), "tekram-desk: {error} [{}]", error.code());
    1
}

/// An answer in its two forms.
struct Answer {
    json: Value,
    text: String,
}

async fn answer(cli: Cli) -> Result<Option<Answer>, DeskError> {
    let config = Config::read(&cli.config)?;
    match cli.command {
        Command::Run => serve(config).await.map(|()| None),
        Command::Card { out } => card(&config, out).map(Some),
        Command::Balance => balance(&config).await.map(Some),
        Command::Records => list(&config).map(Some),
        Command::Pickup { code } => pickup(&config, &code).map(Some),
        Command::Export { record, file } => export(&config, &record, &file).map(Some),
        Command::Extract { file, nonce } => read_shown(&config, &file, &nonce).map(Some),
        Command::ValueTag { url } => tag(&config, &url).map(Some),
    }
}

async fn serve(config: Config) -> Result<(), DeskError> {
    // Before anything is opened: what arrives from here on is an orderly end.
    let stop = stop_signal()?;
    let lines: Arc<dyn Teller> = Arc::new(JsonLines::new(std::io::stdout()));
    let mut tellers = vec![lines];
    let mut posting = None;
    if let Some(url) = &config.webhook {
        let http: Arc<dyn Http> = Arc::new(WebContext::new(config.policy())?);
        let (webhook, task) = Webhook::start(url.clone(), http);
        tellers.push(Arc::new(webhook));
        posting = Some(task);
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let bus = NostrBus::start(&config.relays, &config.policy(), BusLimits::default())?;
    let desk = Arc::new(Desk::open(config, clock, Arc::new(All(tellers)))?);
    let ran = run(Arc::clone(&desk), Arc::new(bus), stop).await;
    let locked = desk.vault().clone().lock();
    if ran.is_ok() && locked.is_ok() {
        desk.tell(&DeskEvent::Stopped);
    }
    drop(desk);
    if let Some(task) = posting {
        let abort = task.abort_handle();
        if tokio::time::timeout(POSTING_PATIENCE, task).await.is_err() {
            abort.abort();
        }
    }
    ran?;
    Ok(locked?)
}

/// Ends at the first Ctrl-C or SIGTERM.
fn stop_signal() -> Result<impl Future<Output = ()>, DeskError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(DeskError::file("listening for signals"));
        let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn card(config: &Config, out: Option<PathBuf>) -> Result<Answer, DeskError> {
    let vault = open_vault(&config.keys, &SystemClock)?;
    let keys = DeskKeys::of(&vault, config.cashu.as_ref())?;
    let bytes = current_card(&vault, config, &keys, &SystemClock)?.bytes()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match out {
        Some(file) => {
            write_whole(&file, &bytes)?;
            Ok(Answer {
                json: json!({"ok": true, "did": keys.did().to_string(), "written": file.display().to_string()}),
                text: format!("{} written; it is signed by {}", file.display(), keys.did()),
            })
        }
        // The card is JSON already.
        None => Ok(Answer {
            json: serde_json::from_str(&text).map_err(|_| DeskError::Damaged { what: "card" })?,
            text,
        }),
    }
}

async fn balance(config: &Config) -> Result<Answer, DeskError> {
    if config.cashu.is_none() {
        return Err(DeskError::NoCashu);
    }
    let vault = open_vault(&config.keys, &SystemClock)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (mut kept, mut text) = (Vec::new(), String::new());
    for wallet in wallets(config, &vault, &clock)? {
        let (mint, unit, amount) = (wallet.mint_url(), wallet.unit(), wallet.balance_minor().await?);
        text.push_str(&format!("{amount} {unit} at {mint}\n"));
        kept.push(json!({"mint": mint, "unit": unit, "balance_minor": amount}));
    }
    let mut sums = Vec::new();
    for (unit, amount) in redeemed(&vault)? {
        text.push_str(&format!("{amount} {unit} redeemed altogether\n"));
        sums.push(json!({"unit": unit, "redeemed_minor": amount}));
    }
    Ok(Answer {
        json: json!({"ok": true, "wallets": kept, "redeemed": sums}),
        text,
    })
}

fn list(config: &Config) -> Result<Answer, DeskError> {
    let vault = open_vault(&config.keys, &SystemClock)?;
    let found = records(&vault)?;
    let lines: Vec<String> = found
        .iter()
        .map(|kept| {
            let code = kept.pickup_code.as_deref().unwrap_or("");
            format!(
                "{}  {:9}  {code:9}  {}  {}",
                kept.made, kept.kind, kept.record, kept.sha256
            )
        })
        .collect();
    let text = if found.is_empty() {
        "no agreements or receipts yet".to_owned()
    } else {
        lines.join("\n")
    };
    Ok(Answer {
        json: json!({"ok": true, "records": found}),
        text,
    })
}

fn pickup(config: &Config, code: &str) -> Result<Answer, DeskError> {
    let vault = open_vault(&config.keys, &SystemClock)?;
    let order = find_pickup(&vault, code)?;
    let asset = order
        .currency
        .parse()
        .map_err(|_| DeskError::Damaged { what: "order" })?;
    let price = Money::new(order.price_minor, asset);
    let paid = if order.paid { "paid" } else { "not paid yet" };
    let mut json = json!({"ok": true});
    if let (Value::Object(answer), Ok(Value::Object(fields))) = (&mut json, serde_json::to_value(&order)) {
        answer.extend(fields);
    }
    Ok(Answer {
        json,
        text: format!(
            "{}: {} × {}, {price}, {paid}\naccepted {}, agreement {}",
            order.pickup_code, order.quantity, order.item, order.accepted, order.agreement
        ),
    })
}

fn export(config: &Config, record: &str, file: &std::path::Path) -> Result<Answer, DeskError> {
    let vault = open_vault(&config.keys, &SystemClock)?;
    let bytes = record_bytes(&vault, record)?;
    write_whole(file, &bytes)?;
    let sha256 = tekram_primitives::canonical::sha256_hex(&bytes);
    Ok(Answer {
        json: json!({"ok": true, "record": record, "sha256": sha256, "written": file.display().to_string()}),
        text: format!("{} written, SHA-256 {sha256}", file.display()),
    })
}

fn read_shown(config: &Config, file: &std::path::Path, nonce: &str) -> Result<Answer, DeskError> {
    let vault = open_vault(&config.keys, &SystemClock)?;
    let own = DeskKeys::of(&vault, config.cashu.as_ref())?.did();
    let mut presentation = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MOST_EXTRACT_BYTES).read_to_string(&mut presentation))
        .map_err(DeskError::file("reading the extract"))?;
    let read = extract(&vault, &own, &presentation, nonce, SystemClock.now())?;
    let mut json = json!({"ok": true});
    if let (Value::Object(answer), Ok(Value::Object(fields))) = (&mut json, serde_json::to_value(&read)) {
        answer.extend(fields);
    }
    let listens: Vec<String> = read.listens.iter().map(|listen| json!(listen).to_string()).collect();
    Ok(Answer {
        json,
        text: format!(
            "extract {} under agreement {}\n{}",
            read.extract_id,
            read.agreement,
            listens.join("\n")
        ),
    })
}

fn tag(config: &Config, url: &str) -> Result<Answer, DeskError> {
    if config.cashu.is_none() {
        return Err(DeskError::NoCashu);
    }
    let vault = open_vault(&config.keys, &SystemClock)?;
    let did = DeskKeys::of(&vault, config.cashu.as_ref())?.did();
    let xml = value_tag(&config.name, &did, url)?;
    Ok(Answer {
        json: json!({"ok": true, "did": did.to_string(), "xml": xml}),
        text: xml,
    })
}
