//! Reads the whole memory of a process that has locked its vault, as a core dump would have it, and searches it for the
//! passphrase and for every key there was: nothing is found.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tekram_faults::deed::{Deed, Device, FAULT, Hand};
use tekram_faults::run::Bench;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{KeyChange, KeyStore, Store, Vault, WayInKind};

/// Long enough to be in no program by accident; never in a constant of this one as it is searched for, since both are the same
/// program: turned round.
const TURNED: &str = "neetneves eldnac ruobrah pilut";
const LENGTH: usize = TURNED.len();

fn passphrase() -> Vec<u8> {
    TURNED.bytes().rev().collect()
}

/// Uses a vault in every way that has to do with keys, locks it, and waits to be looked into.
#[test]
#[ignore = "the process whose memory is read"]
fn locked() {
    let root = std::env::var("TEKRAM_FAULT_ROOT").unwrap();
    let root = Path::new(&root);
    let mut typed = [0_u8; LENGTH];
    File::open(root.join("typed")).unwrap().read_exact(&mut typed).unwrap();
    let passphrase = Passphrase::from(std::str::from_utf8(&typed).unwrap());
    typed.fill(0);
    let id = fs::read_to_string(root.join("id")).unwrap();
    let device = Device::open(root).unwrap();
    for round in 0..3 {
        let vault = device.store.unlock(&id, &passphrase, &[FAULT]).unwrap();
        let mut key = vault.derive("tekram/v1/test").unwrap();
        assert!(key.expose().iter().any(|byte| *byte != 0));
        drop(std::mem::replace(
            &mut key,
            tekram_primitives::secret::Secret32::new([0; 32]),
        ));
        use_it(&vault, round);
        if round == 1 {
            let change = KeyChange {
                key_store: Some(device.keys.as_ref()),
                ..KeyChange::default()
            };
            vault
                .change_vault_key(&change, &mut |_| ControlFlow::Continue(()))
                .unwrap();
            use_it(&vault, 10 + round);
        }
        let place = device.place().unwrap();
        vault
            .back_up(&place, SystemClock.now(), &mut |_| ControlFlow::Continue(()))
            .unwrap();
        vault.lock().unwrap();
        let vault = device
            .store
            .unlock_key_store(&id, device.keys.as_ref(), &[FAULT])
            .unwrap();
        use_it(&vault, 20 + round);
        vault.lock().unwrap();
    }
    drop(passphrase);
    println!("locked");
    std::io::stdout().flush().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(60));
}

fn use_it(vault: &Vault, round: i64) {
    vault.inbox().seal(b"something").unwrap();
    vault
        .drain_inbox(tekram_faults::deed::SCOPE, tekram_faults::deed::keep_item)
        .unwrap();
    vault
        .write(tekram_faults::deed::SCOPE, |transaction| {
            let sql = "INSERT INTO fault_row (number, bytes) VALUES (?1, ?2)";
            transaction.execute(sql, rusqlite::params![round, vec![1_u8; 50_000]])?;
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
    let count = || {
        vault.read(|connection| {
            let rows: i64 = connection.query_row("SELECT count(*) FROM fault_row", [], |row| row.get(0))?;
            Ok::<_, tekram_vault::VaultError>(rows)
        })
    };
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| count().unwrap());
        }
    });
}

/// A process that is ended with the test, however that ends.
struct Waiting(Child);

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// All that the process can read of its own memory, part by part, with what the part is.
fn memory(process: u32) -> Vec<(String, Vec<u8>)> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut parts = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        let name = words.nth(3).unwrap_or("anonymous");
        // What is mapped by the system itself cannot be read, and is nobody's.
        if !rights.starts_with('r') || name.starts_with("[v") {
            continue;
        }
        let (from, until) = range.split_once('-').unwrap();
        let (from, until) = (
            u64::from_str_radix(from, 16).unwrap(),
            u64::from_str_radix(until, 16).unwrap(),
        );
        let mut bytes = vec![0; usize::try_from(until - from).unwrap()];
        let mut read = 0;
        while read < bytes.len() {
            match memory.read_at(&mut bytes[read..], from + read as u64) {
                Ok(0) | Err(_) => break,
                Ok(more) => read += more,
            }
        }
        bytes.truncate(read);
        parts.push((format!("{name} {rights}"), bytes));
    }
    parts
}

fn places(parts: &[(String, Vec<u8>)], secret: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in parts {
        let mut rest = bytes.as_slice();
        while let Some(at) = memchr::memmem::find(rest, secret) {
            let from = at.saturating_sub(48);
            let until = (at + secret.len() + 48).min(rest.len());
            found.push(format!("{name}: …{}…", rest[from..until].escape_ascii()));
            rest = &rest[at + 1..];
        }
    }
    found
}

fn forms(name: &str, key: &[u8]) -> Vec<(String, Vec<u8>)> {
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        (name.to_owned(), key.to_vec()),
        (format!("{name} in hex"), hex.clone().into_bytes()),
        (format!("{name} in capital hex"), hex.to_uppercase().into_bytes()),
        // A key may have been cut by what came to lie upon it: half of one is still a find.
        (format!("half of {name}"), key[..16].to_vec()),
        (format!("half of {name} in hex"), hex.as_bytes()[..32].to_vec()),
        (
            format!("the other half of {name} in hex"),
            hex.as_bytes()[32..].to_vec(),
        ),
    ]
}

fn vault_key(device: &Device, id: &str) -> Vec<u8> {
    let entry = device
        .store
        .list()
        .unwrap()
        .into_iter()
        .find(|entry| entry.id == id)
        .unwrap();
    let of_store = entry.ways_in.iter().find_map(|way_in| match &way_in.kind {
        WayInKind::KeyStore { key_name } => Some((way_in.name.clone(), key_name.clone())),
        _ => None,
    });
    let (name, key_name) = of_store.unwrap();
    let wrapped = device.store.wrapped_key(id, &name).unwrap();
    device.keys.unwrap(&key_name, &wrapped).unwrap().expose().to_vec()
}

#[test]
fn the_memory_of_a_locked_process_has_neither_the_passphrase_nor_a_key() {
    let mut bench = Bench::new().unwrap();
    let typed = String::from_utf8(passphrase()).unwrap();
    bench.prepare(&[Deed::AddPassphrase(typed.clone())]).unwrap();
    let device = Device::open(bench.root()).unwrap();
    let old_key = vault_key(&device, &bench.id);
    fs::write(bench.root().join("typed"), &typed).unwrap();
    fs::write(bench.root().join("id"), &bench.id).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "locked", "--ignored", "--nocapture"])
        .env("TEKRAM_FAULT_ROOT", bench.root())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Waiting(child);
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("locked")), "it came to its end");
    let parts = memory(child.0.id());
    let total: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(total > 5_000_000, "{total} bytes are no memory of a process");
    // What is there for sure is found, so that the search finds things at all.
    assert!(!places(&parts, bench.id.as_bytes()).is_empty());
    let mut secrets = vec![("the passphrase".to_owned(), passphrase())];
    secrets.extend(forms("the vault key", &vault_key(&device, &bench.id)));
    secrets.extend(forms("the former vault key", &old_key));
    let mut hand = Hand::new(bench.root(), &bench.id, &bench.model.words, "", 0).unwrap();
    let vault = hand.open().unwrap();
    let root: Vec<u8> = vault
        .read(|connection| {
            let sql = "SELECT root_secret FROM vault_identity";
            Ok::<_, tekram_vault::VaultError>(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    secrets.extend(forms("the root secret", &root));
    secrets.extend(forms("a derived key", vault.derive("tekram/v1/test").unwrap().expose()));
    for entry in fs::read_dir(bench.root().join("keys")).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|end| end == "key") {
            secrets.extend(forms("a key store's key", &fs::read(entry.path()).unwrap()));
        }
    }
    assert!(secrets.len() > 25);
    let mut found = Vec::new();
    for (name, secret) in &secrets {
        found.extend(
            places(&parts, secret)
                .into_iter()
                .map(|place| format!("{name} in {place}")),
        );
    }
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
    let _ = Store::open(bench.root());
}
