//! What the tests of the ecash wallet share: a real Nutshell mint, personas with vaults that can be closed and opened
//! again, and a line to the mint that tampers with what passes.

#![allow(dead_code)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use serde_json::Value;
use tekram_harness::nutshell::{Nutshell, NutshellOptions};
use tekram_net::{NetPolicy, WebContext};
use tekram_pay::cashu::{CashuWallet, LockOrder, p2pk_public_key};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{Clock, SystemClock, Timestamp};
use tekram_vault::{Store, Vault};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A mint and its folder; the mint ends with the last test that holds it.
pub struct SharedMint {
    pub mint: Nutshell,
    _folder: TempDir,
}

/// The mint that the tests of one binary share, started by the first of them.
pub fn shared_mint() -> Arc<SharedMint> {
    static SHARED: Mutex<Weak<SharedMint>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(running) = shared.upgrade() {
        return running;
    }
    let started = Arc::new(own_mint());
    *shared = Arc::downgrade(&started);
    started
}

/// A mint of its own, for tests that stop it.
pub fn own_mint() -> SharedMint {
    let folder = tempfile::tempdir().unwrap();
    let mint = Nutshell::start(NutshellOptions::new(folder.path().join("mint"))).unwrap();
    SharedMint { mint, _folder: folder }
}

/// A persona with a vault in a folder; the vault can be closed and opened again as after a crash.
pub struct Persona {
    folder: TempDir,
    vault: Option<Vault>,
}

impl Persona {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Store::open(folder.path())
            .unwrap()
            .create("Home", &passphrase(), &[tekram_pay::SCHEMA], &SystemClock)
            .unwrap();
        Self {
            folder,
            vault: Some(vault),
        }
    }

    pub fn vault(&self) -> Vault {
        self.vault.clone().unwrap()
    }

    /// Drops every handle and opens the files again.
    pub fn reopen(&mut self) {
        self.vault.take().unwrap().lock().unwrap();
        let store = Store::open(self.folder.path()).unwrap();
        self.vault = Some(store.unlock("Home", &passphrase(), &[tekram_pay::SCHEMA]).unwrap());
    }

    /// The wallet for euro cents at this mint.
    pub fn wallet(&self, mint_url: &str) -> CashuWallet {
        self.wallet_in(mint_url, "eur")
    }

    pub fn wallet_in(&self, mint_url: &str, unit: &str) -> CashuWallet {
        self.wallet_at(mint_url, unit, Arc::new(SystemClock))
    }

    pub fn wallet_at(&self, mint_url: &str, unit: &str, clock: Arc<dyn Clock>) -> CashuWallet {
        let policy = NetPolicy::default().allow(&mint_url.parse().unwrap());
        CashuWallet::open(
            self.vault(),
            Arc::new(WebContext::new(policy).unwrap()),
            clock,
            mint_url,
            unit,
        )
        .unwrap()
    }

    pub fn files(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// How many living and void exchanges of a purpose the vault has.
    pub fn exchanges(&self, purpose: &str) -> (i64, i64) {
        let count = |stage: &'static str| -> i64 {
            self.vault()
                .read(|conn| {
                    Ok::<_, tekram_vault::VaultError>(conn.query_row(
                        &format!("SELECT COUNT(*) FROM pay_cashu_exchange WHERE purpose = ?1 AND stage {stage} 'void'"),
                        [purpose],
                        |row| row.get(0),
                    )?)
                })
                .unwrap()
        };
        (count("<>"), count("="))
    }
}

pub fn passphrase() -> Passphrase {
    Passphrase::from("correct horse battery staple")
}

/// Puts `amount_minor` into the wallet.
pub async fn top_up(wallet: &CashuWallet, amount_minor: i64) {
    let quote = wallet.mint_quote(amount_minor).await.unwrap();
    assert_eq!(claim(wallet, &quote.quote_id).await, amount_minor);
}

/// Claims a quote as soon as the fake Lightning network has paid it.
pub async fn claim(wallet: &CashuWallet, quote_id: &str) -> i64 {
    loop {
        match wallet.claim(quote_id).await {
            Ok(amount_minor) => return amount_minor,
            Err(error) if error.code() == "quote_unpaid" => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The payee's key in these tests.
pub fn payee_key() -> Secret32 {
    Secret32::new([7; 32])
}

/// An order to lock `budget_minor` for a commitment, for a day.
pub fn order(commitment_id: &str, budget_minor: i64) -> LockOrder {
    order_until(commitment_id, budget_minor, SystemClock.now().plus_secs(24 * 3600))
}

pub fn order_until(commitment_id: &str, budget_minor: i64, locktime: Timestamp) -> LockOrder {
    LockOrder {
        commitment_id: commitment_id.to_owned(),
        payee_key: p2pk_public_key(&payee_key()).unwrap(),
        budget_minor,
        locktime,
    }
}

/// What happens to an exchange that passes the line.
#[derive(Clone)]
pub enum Tamper {
    /// It passes.
    Pass,
    /// The request is not passed on and the connection is closed.
    LoseRequest,
    /// The mint answers, and the answer is lost.
    LoseAnswer,
    /// The request is never passed on and the connection stays open.
    Hold,
    /// The mint is not asked; this status and body are the answer.
    Answer(u16, String),
    /// The mint's JSON is changed on its way.
    Change(fn(&mut Value)),
}

/// Which requests are tampered with, how, and whether only the first of them.
struct Rule {
    start: String,
    tamper: Tamper,
    once: bool,
}

/// A line to a mint that tampers with the requests whose path starts with a given text.
pub struct TamperingLine {
    pub url: String,
    rule: Arc<Mutex<Rule>>,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TamperingLine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TamperingLine {
    pub async fn to(mint: &Nutshell) -> Self {
        let port = mint.port();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let rule = Arc::new(Mutex::new(Rule {
            start: String::new(),
            tamper: Tamper::Pass,
            once: false,
        }));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (rules, log) = (Arc::clone(&rule), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, port, Arc::clone(&rules), Arc::clone(&log)));
            }
        });
        Self { url, rule, seen, task }
    }

    /// From now on, requests whose `METHOD /path` starts with this are tampered with.
    pub fn tamper(&self, start: &str, tamper: Tamper) {
        self.set(start, tamper, false);
    }

    /// The next request whose `METHOD /path` starts with this is tampered with.
    pub fn tamper_once(&self, start: &str, tamper: Tamper) {
        self.set(start, tamper, true);
    }

    fn set(&self, start: &str, tamper: Tamper, once: bool) {
        *held(&self.rule) = Rule {
            start: start.to_owned(),
            tamper,
            once,
        };
    }

    pub fn pass(&self) {
        self.tamper("", Tamper::Pass);
    }

    /// How many requests started with this.
    pub fn seen(&self, start: &str) -> usize {
        held(&self.seen).iter().filter(|line| line.starts_with(start)).count()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

async fn pass(mut client: TcpStream, port: u16, rule: Arc<Mutex<Rule>>, seen: Arc<Mutex<Vec<String>>>) {
    let Some((head, body)) = read_message(&mut client).await else {
        return;
    };
    let line = head.lines().next().unwrap_or_default().to_owned();
    held(&seen).push(line.clone());
    let tamper = {
        let mut rule = held(&rule);
        if line.starts_with(&rule.start) {
            let tamper = rule.tamper.clone();
            if rule.once {
                rule.tamper = Tamper::Pass;
            }
            tamper
        } else {
            Tamper::Pass
        }
    };
    match tamper {
        Tamper::LoseRequest => {}
        Tamper::Hold => std::future::pending().await,
        Tamper::Answer(status, text) => respond(&mut client, status, text.as_bytes()).await,
        Tamper::LoseAnswer => {
            forward(port, &line, &body).await;
        }
        Tamper::Pass | Tamper::Change(_) => {
            let Some((status, mut answer)) = forward(port, &line, &body).await else {
                return;
            };
            if let Tamper::Change(change) = tamper {
                let mut json: Value = serde_json::from_slice(&answer).unwrap();
                change(&mut json);
                answer = serde_json::to_vec(&json).unwrap();
            }
            respond(&mut client, status, &answer).await;
        }
    }
}

async fn forward(port: u16, line: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut mint = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let head = format!(
        "{line}\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    mint.write_all(head.as_bytes()).await.ok()?;
    mint.write_all(body).await.ok()?;
    let (head, answer) = read_message(&mut mint).await?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}

async fn respond(client: &mut TcpStream, status: u16, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = client.write_all(head.as_bytes()).await;
    let _ = client.write_all(body).await;
}

/// One HTTP/1.1 message with a `Content-Length`.
async fn read_message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = [0u8; 8192];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
            let length: usize = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.trim().parse().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes[end + 4..end + 4 + length].to_vec()));
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}
