//! Opening and closing devices leaves nothing behind: no open file, no thread, no memory. Alone in its process, since it
//! counts what the process has. `TEKRAM_CYCLES` sets how often; 200 without it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

#[path = "facade/common.rs"]
#[allow(dead_code)]
mod common;

use std::sync::Arc;

use common::{Keys, budget, settings, soon};
use tekram_ffi::{Agent, ChangeListener, HostError};

#[derive(Debug)]
struct Hears;

impl ChangeListener for Hears {
    fn changed(&self, _: Vec<String>) -> Result<(), HostError> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_closing_leaves_nothing_behind() {
    let cycles: usize = std::env::var("TEKRAM_CYCLES").map_or(200, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let keys = Arc::new(Keys::default());
    let mut settled = None;
    for cycle in 0..cycles {
        let agent = Agent::open(settings(folder.path()), Some(keys.clone()), None, None).unwrap();
        let home = if cycle == 0 {
            agent
                .create_persona_with_key_store("Home".to_owned(), "this phone".to_owned())
                .await
                .unwrap()
        } else {
            let id = agent.personas().unwrap().remove(0).id;
            agent.unlock_with_key_store(id).await.unwrap()
        };
        let listening = home.on_change(Arc::new(Hears)).unwrap();
        home.change_rules(budget(i64::try_from(cycle).unwrap() + 1)).unwrap();
        match cycle % 3 {
            0 => agent.close().unwrap(),
            1 => home.lock().unwrap(),
            _ => drop(home),
        }
        drop(listening);
        // The first rounds fill pools and caches.
        if cycle == 20 {
            settled = Some((open_files(), resident_kib()));
        }
    }
    let Some((files, kib)) = settled else { return };
    println!(
        "after {cycles} cycles: {} open files ({files} after 20), {} KiB resident ({kib} after 20)",
        open_files(),
        resident_kib()
    );
    assert!(open_files() <= files + 8, "{} open files, {files} before", open_files());
    assert!(soon(|| threads_named("tekram-changes") == 0));
    let grown = resident_kib().saturating_sub(kib);
    assert!(grown < 16 * 1024, "{grown} KiB more after {cycles} cycles");
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0)
}

fn threads_named(wanted: &str) -> usize {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0;
    };
    tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
        .filter(|comm| comm.trim() == wanted)
        .count()
}
