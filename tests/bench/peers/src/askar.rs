//! aries-askar as a peer: `askar-peer FOLDER` does what lines on its standard input ask for (`insert`, `open`, `read`, `fetch`, `scan`,
//! `size`, `quit`) and answers each with one number: nanoseconds, or bytes. It is a process of its own, because two copies of SQLite do
//! not go into one program. The store has askar's defaults, WAL and `synchronous=FULL` among them; its key is raw, as the vault's.

#[path = "records.rs"]
mod records;

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use aries_askar::entry::{EntryTag, TagFilter};
use aries_askar::{PassKey, Store, StoreKeyMethod};

type Outcome<T> = Result<T, Box<dyn Error>>;

const CATEGORY: &str = "listen";

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).ok_or("askar-peer FOLDER")?;
    let file = format!("{folder}/askar.db");
    let url = format!("sqlite://{file}?journal_mode=wal&synchronous=full");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    for line in std::io::stdin().lock().lines() {
        let answer = match line?.as_str() {
            "insert" => nanoseconds(runtime.block_on(insert(&url))?),
            "open" => nanoseconds(runtime.block_on(open(&url))?),
            "read" => nanoseconds(runtime.block_on(read(&url))?),
            "fetch" => nanoseconds(runtime.block_on(fetch(&url))?),
            "scan" => nanoseconds(runtime.block_on(scan(&url))?),
            "size" => u128::from(std::fs::metadata(Path::new(&file))?.len()),
            "quit" => break,
            other => return Err(format!("no such question: {other}").into()),
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn nanoseconds(took: Duration) -> u128 {
    took.as_nanos()
}

fn key() -> Outcome<PassKey<'static>> {
    Ok(Store::new_raw_key(Some(&[7; 32]))?)
}

async fn opened(url: &str) -> Outcome<Store> {
    Ok(Store::open(url, Some(StoreKeyMethod::RawKey), key()?, None).await?)
}

/// A new store, filled; the making does not count.
async fn insert(url: &str) -> Outcome<Duration> {
    let store = Store::provision(url, StoreKeyMethod::RawKey, key()?, None, true).await?;
    let started = Instant::now();
    let mut number = 0;
    while number < records::RECORDS {
        let mut session = store.transaction(None).await?;
        for number in number..(number + records::AT_ONCE).min(records::RECORDS) {
            let tags = [EntryTag::Encrypted("artist".to_owned(), records::artist(number))];
            let value = records::value(number);
            session
                .insert(CATEGORY, &records::name(number), value.as_bytes(), Some(&tags), None)
                .await?;
        }
        session.commit().await?;
        number += records::AT_ONCE;
    }
    let took = started.elapsed();
    store.close().await?;
    Ok(took)
}

/// Opening, and reading one.
async fn open(url: &str) -> Outcome<Duration> {
    let started = Instant::now();
    let store = opened(url).await?;
    let mut session = store.session(None).await?;
    let found = session.fetch(CATEGORY, &records::name(1), false).await?;
    let took = started.elapsed();
    found.ok_or("a record is missing")?;
    drop(session);
    store.close().await?;
    Ok(took)
}

async fn read(url: &str) -> Outcome<Duration> {
    let store = opened(url).await?;
    let mut session = store.session(None).await?;
    let started = Instant::now();
    for number in records::at_random() {
        let found = session.fetch(CATEGORY, &records::name(number), false).await?;
        let found = found.ok_or("a record is missing")?;
        if found.value.as_ref() != records::value(number).as_bytes() {
            return Err("a record is another".into());
        }
    }
    let took = started.elapsed();
    drop(session);
    store.close().await?;
    Ok(took)
}

async fn fetch(url: &str) -> Outcome<Duration> {
    let store = opened(url).await?;
    let mut session = store.session(None).await?;
    let started = Instant::now();
    for number in 0..records::ARTISTS {
        let filter = TagFilter::is_eq("artist", records::artist(number));
        let found = session
            .fetch_all(Some(CATEGORY), Some(filter), None, None, false, false)
            .await?;
        if found.len() != records::OF_ARTIST as usize {
            return Err(format!("an artist has {} records", found.len()).into());
        }
    }
    let took = started.elapsed();
    drop(session);
    store.close().await?;
    Ok(took)
}

async fn scan(url: &str) -> Outcome<Duration> {
    let store = opened(url).await?;
    let started = Instant::now();
    let mut scan = store
        .scan(None, Some(CATEGORY.to_owned()), None, None, None, None, false)
        .await?;
    let mut count = 0;
    while let Some(page) = scan.fetch_next().await? {
        count += page.len();
    }
    let took = started.elapsed();
    if count != records::RECORDS as usize {
        return Err(format!("the scan found {count} records").into());
    }
    drop(scan);
    store.close().await?;
    Ok(took)
}
