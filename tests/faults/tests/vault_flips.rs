//! Flips bits of a locked vault: in every page of its database, at places by the dice, and every bit of its header. There is never
//! a wrong answer: what can be read is what was written, and what cannot has a name.
//!
//! `TEKRAM_FLIPS` (default 400, and at least one for each page unless it is set) follow from `TEKRAM_SEED` (default: random, and
//! printed).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tekram_faults::deed::{Deed, Device, FAULT};
use tekram_faults::dice::Dice;
use tekram_faults::look::{Finding, content};
use tekram_faults::model::Content;
use tekram_faults::report::spread;
use tekram_faults::run::{Bench, seed, setting};
use tekram_vault::{Fault, Vault, VaultError};

const PAGE: usize = 8192;

/// A vault of a few hundred pages, locked.
fn vault() -> Bench {
    let mut bench = Bench::new().unwrap();
    let mut deeds: Vec<Deed> = (0..60)
        .map(|number| Deed::Rows {
            first: number * 100,
            count: 10,
            bytes: [300, 1_500, 12_000][usize::try_from(number % 3).unwrap()],
        })
        .collect();
    deeds.push(Deed::Blob {
        name: "photo".to_owned(),
        bytes: 200_000,
    });
    deeds.push(Deed::Seal("arrived".to_owned()));
    deeds.push(Deed::Drain);
    deeds.push(Deed::AddPassphrase("tulip harbour candle".to_owned()));
    bench.prepare(&deeds).unwrap();
    bench
}

fn folder(bench: &Bench) -> PathBuf {
    bench.root().join("vaults").join(&bench.id)
}

fn flip(file: &Path, at: usize, bit: u8) {
    let mut file = OpenOptions::new().read(true).write(true).open(file).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(at as u64)).unwrap();
    file.read_exact(&mut byte).unwrap();
    byte[0] ^= 1 << bit;
    file.seek(SeekFrom::Start(at as u64)).unwrap();
    file.write_all(&byte).unwrap();
}

/// What the vault answers, and what checking says of it.
fn answer(device: &Device, id: &str) -> Result<(Result<Content, VaultError>, Vec<Fault>), VaultError> {
    let vault = device.store.unlock_key_store(id, device.keys.as_ref(), &[FAULT])?;
    let answer = content(&vault).map(|content| content.expect("nothing is half done"));
    let faults = vault.check(&mut |_| ControlFlow::Continue(()))?;
    // A page that cannot be read may be needed to lock in order; the next open says so.
    let _ = Vault::lock(vault);
    Ok((answer, faults))
}

fn flip_page(bench: &Bench, at: usize, bit: u8) -> Result<(), Finding> {
    let copy = bench.copied().unwrap();
    let file = folder(&copy).join("vault.db");
    let page = at / PAGE;
    flip(&file, at, bit);
    let flipped = fs::read(&file).unwrap()[page * PAGE..][..PAGE].to_vec();
    let device = Device::open(copy.root()).unwrap();
    let wrong = |what: String| {
        Err(Finding::HalfDone(format!(
            "page {} of the file, byte {}: {what}",
            page + 1,
            at % PAGE
        )))
    };
    match answer(&device, &copy.id) {
        Err(error) if error.code() == "damaged" => Ok(()),
        Err(error) => wrong(format!(
            "an error that says something else: {} ({error:?})",
            error.code()
        )),
        Ok((Err(error), _)) if error.code() != "damaged" => wrong(format!("{} ({error:?})", error.code())),
        Ok((Ok(answer), _)) if answer != bench.model.content => wrong("a wrong answer".to_owned()),
        Ok((_, faults)) => {
            let number = u32::try_from(page + 1).unwrap();
            // Opening may have written a page that it need not read; then it is whole again.
            let is_anew = fs::read(&file)
                .unwrap()
                .get(page * PAGE..)
                .is_none_or(|rest| rest[..PAGE] != flipped);
            if faults == [Fault::Pages(vec![(number, number)])] || (faults.is_empty() && is_anew) {
                Ok(())
            } else {
                wrong(format!("the check says {faults:?}"))
            }
        }
    }
}

#[test]
fn a_flipped_bit_of_a_page_is_named_or_does_not_matter_and_never_gives_a_wrong_answer() {
    let seed = seed();
    println!("seed: {seed}");
    let mut dice = Dice::new(seed);
    let bench = vault();
    let length = fs::metadata(folder(&bench).join("vault.db")).unwrap().len();
    let pages = usize::try_from(length).unwrap() / PAGE;
    assert!(pages > 250, "{pages} pages");
    let flips = usize::try_from(setting("TEKRAM_FLIPS").unwrap_or(400)).unwrap();
    // Each page in turn; where in it, by the dice: at its beginning, in its content, or in what authenticates it.
    let mut order: Vec<usize> = (0..pages).collect();
    dice.shuffle(&mut order);
    let places: Vec<(usize, u8)> = (0..flips)
        .map(|number| {
            let inside = match dice.throw(4) {
                0 => dice.place(32),
                1 => PAGE - 1 - dice.place(48),
                _ => dice.place(PAGE),
            };
            (
                order[number % pages] * PAGE + inside,
                u8::try_from(dice.throw(8)).unwrap(),
            )
        })
        .collect();
    println!("{pages} pages");
    let tally = spread(&places, |(at, bit), tally| {
        tally.struck("page", 0);
        if let Err(finding) = flip_page(&bench, *at, *bit) {
            tally.found(vec![finding], &format!("bit {bit} of byte {at}"));
        }
    });
    tally.conclude("flips", seed, "TEKRAM_FLIPS", flips as u64);
}

#[test]
fn every_flipped_bit_of_the_header_is_refused_by_name() {
    let bench = vault();
    let file = folder(&bench).join("header.json");
    let device = Device::open(bench.root()).unwrap();
    let open = || device.store.unlock_key_store(&bench.id, device.keys.as_ref(), &[FAULT]);
    let whole = fs::read(&file).unwrap();
    assert!(whole.len() > 1_500, "{} bytes", whole.len());
    let named = ["damaged", "truncated", "not_a_vault", "newer_schema", "foreign_vault"];
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            fs::write(&file, changed).unwrap();
            let refused = open().map(drop).unwrap_err();
            assert!(named.contains(&refused.code()), "bit {bit} of byte {at}: {refused:?}");
        }
    }
    fs::write(&file, whole).unwrap();
    open().unwrap().lock().unwrap();
}
