//! Many vaults made at once as the first thing that a process does. A program of its own: only the first moment counts.
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::Barrier;
use std::thread;

use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::SystemClock;
use tekram_vault::Store;

#[test]
fn the_first_vaults_of_a_process_may_be_made_by_many_threads_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let start = Barrier::new(16);
    thread::scope(|scope| {
        for number in 0..16 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                let made = store.create(
                    &format!("Persona {number}"),
                    &Passphrase::from("many at once"),
                    &[],
                    &SystemClock,
                );
                made.unwrap().lock().unwrap();
            });
        }
    });
    assert_eq!(store.list().unwrap().len(), 16);
}
