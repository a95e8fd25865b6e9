//! What a person does with the vault itself: its face, locking by itself, its audit, its key, and an older state of it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tekram_ffi::{AuditItem, ChangeListener, ExportForm, HostError, Persona, WayInKind, WorkProgress};

use crate::common::*;

/// A picture that is none; the vault takes any bytes.
fn picture(bytes: usize) -> Vec<u8> {
    vec![0x89; bytes]
}

/// The newest entries of these kinds.
fn entries(persona: &Persona, kinds: &[&str]) -> Vec<AuditItem> {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let page = persona.audit(String::new(), kinds, None, None, None, 100).unwrap();
    page.items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_is_seen_while_locked_as_far_as_the_person_wants_it() {
    let device = device();
    let home = persona(&device).await;
    let entry = || device.agent.personas().unwrap().remove(0);
    let face = home.face().unwrap();
    assert_eq!((face.name.as_str(), face.colour, face.avatar), ("Home", None, None));
    assert_eq!(
        (face.shows_name, face.shows_colour, face.shows_avatar),
        (true, false, false)
    );

    home.set_colour(Some(0x12_ab_ef)).unwrap();
    home.set_avatar(Some(picture(300))).unwrap();
    assert_eq!(name(home.set_colour(Some(0x1_00_00_00))), "bad_setting");
    assert_eq!(name(home.set_avatar(Some(picture(24 * 1024 + 1)))), "avatar_too_large");
    assert_eq!(
        (entry().name.as_str(), entry().colour, entry().avatar),
        ("Home", None, None)
    );

    home.show_while_locked(false, true, true).unwrap();
    home.lock().unwrap();
    let seen = entry();
    assert_eq!(
        (seen.name.as_str(), seen.colour, seen.avatar),
        ("", Some(0x12_ab_ef), Some(picture(300)))
    );
    assert_eq!(name(home.face()), "locked");

    let home = device.agent.unlock_with_key_store(seen.id).await.unwrap();
    let face = home.face().unwrap();
    assert_eq!(
        (face.name.as_str(), face.colour, face.avatar),
        ("Home", Some(0x12_ab_ef), Some(picture(300)))
    );
    assert_eq!(
        (face.shows_name, face.shows_colour, face.shows_avatar),
        (false, true, true)
    );
    home.set_avatar(None).unwrap();
    assert_eq!((entry().name.as_str(), entry().avatar), ("", None));
}

/// Hears scopes, and whether the persona was locked when it heard them.
#[derive(Debug, Default)]
struct Hears(Mutex<HashMap<String, bool>>, Mutex<Option<Arc<Persona>>>);

impl ChangeListener for Hears {
    fn changed(&self, scopes: Vec<String>) -> Result<(), HostError> {
        let locked = self
            .1
            .lock()
            .unwrap()
            .as_ref()
            .is_some_and(|persona| persona.is_locked());
        self.0
            .lock()
            .unwrap()
            .extend(scopes.into_iter().map(|scope| (scope, locked)));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persona_nobody_touches_locks_by_itself_and_says_so() {
    let device = device();
    let home = persona(&device).await;
    assert_eq!(home.auto_lock_s().unwrap(), None);
    let hears = Arc::new(Hears::default());
    *hears.1.lock().unwrap() = Some(Arc::clone(&home));
    let _listening = home.on_change(hears.clone()).unwrap();
    home.set_auto_lock(Some(1)).unwrap();
    assert_eq!(home.auto_lock_s().unwrap(), Some(1));
    for _ in 0..30 {
        std::thread::sleep(Duration::from_millis(50));
        home.touch();
    }
    assert!(!home.is_locked());
    let told = || hears.0.lock().unwrap().get("locked").copied();
    assert_eq!(told(), None);

    assert!(soon(|| told().is_some()));
    assert_eq!(told(), Some(true), "locked before it is told");
    assert!(home.is_locked());
    assert_eq!(name(home.rules()), "locked");
    assert_eq!(name(home.verify_audit().await), "locked");
    home.touch();
    home.lock().unwrap();

    // It holds from the next unlock on, without being set again.
    let again = device.agent.unlock_with_key_store(home.id()).await.unwrap();
    assert_eq!(again.auto_lock_s().unwrap(), Some(1));
    assert!(soon(|| again.is_locked()));
    let last = loop {
        if let Ok(last) = device.agent.unlock_with_key_store(home.id()).await {
            break last;
        }
    };
    last.set_auto_lock(None).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(!last.is_locked());
    device.agent.close().unwrap();
    assert!(last.is_locked());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passphrases_destroy_only_what_was_set_to_be() {
    let device = device();
    let home = device
        .agent
        .create_persona("Home".to_owned(), PASSPHRASE.to_owned())
        .await
        .unwrap();
    assert_eq!(home.wipe_after().unwrap(), None);
    home.set_wipe_after(Some(2)).unwrap();
    assert_eq!(home.wipe_after().unwrap(), Some(5), "five at least");
    home.lock().unwrap();
    for _ in 0..4 {
        let wrong = device.agent.unlock_with_passphrase(home.id(), "wrong".to_owned()).await;
        assert_eq!(name(wrong), "wrong_passphrase");
    }
    let error = loop {
        let wrong = device.agent.unlock_with_passphrase(home.id(), "wrong".to_owned()).await;
        let error = name(wrong);
        if error != "wait" {
            break error;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(error, "wiped");
    assert!(device.agent.personas().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_searched_written_destroyed_and_checked() {
    let device = device();
    let home = persona(&device).await;
    import(&home, "listenbrainz.zip").await;
    let history = device.folder.path().join("history.jsonl");
    home.export(ExportForm::JsonLines, history.to_str().unwrap().to_owned())
        .await
        .unwrap();
    home.lock().unwrap();
    let home = device.agent.unlock_with_key_store(home.id()).await.unwrap();

    let exports = entries(&home, &["export"]);
    assert_eq!(exports.len(), 1);
    assert_eq!(exports[0].what.as_deref(), Some("history"));
    let found = home
        .audit("HISTORY".to_owned(), Vec::new(), None, None, None, 100)
        .unwrap()
        .items;
    assert_eq!(found, exports);
    assert_eq!(entries(&home, &["unlock"])[0].what.as_deref(), Some("key_store"));
    let all = entries(&home, &[]);
    assert!(
        all.windows(2).all(|pair| pair[0].number == pair[1].number + 1),
        "newest first, none left out"
    );
    let before = home
        .audit(String::new(), Vec::new(), None, Some(all[0].at_ms), None, 100)
        .unwrap()
        .items;
    assert!(before.iter().all(|item| item.at_ms < all[0].at_ms));
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = home.audit(String::new(), Vec::new(), None, None, after, 1).unwrap();
        paged.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);

    home.destroy_audit_texts(vec![exports[0].number]).unwrap();
    assert_eq!(
        name(home.destroy_audit_texts(vec![exports[0].number])),
        "no_such_audit_entry"
    );
    let gone = entries(&home, &["export"]);
    assert_eq!((gone[0].what.as_deref(), gone[0].destroyed), (None, true));
    assert_eq!(entries(&home, &["content_destroyed"])[0].about, Some(exports[0].number));

    let path = device.folder.path().join("audit.jsonl");
    let written = home.export_audit(path.to_str().unwrap().to_owned()).await.unwrap();
    let report = home.verify_audit().await.unwrap();
    assert_eq!(
        (report.entries, report.destroyed, report.breaks.len()),
        (written + 1, 1, 0),
        "and the export itself"
    );
    let file = tekram_agent::verify_audit_export(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!((file.entries, file.breaks.len()), (written, 0));
    assert_eq!(
        name(home.export_audit("/nowhere/at/all".to_owned()).await),
        "file_unusable"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_vault_key_drops_ways_and_can_be_stopped() {
    let device = device();
    let home = persona(&device).await;
    home.add_passphrase(PASSPHRASE.to_owned()).await.unwrap();
    import(&home, "listenbrainz.zip").await;
    let hours = home.holdings().unwrap().listens;

    let unknown = home.start_key_change(vec!["nothing".to_owned()], false).unwrap();
    assert_eq!(name(unknown.finish().await), "no_such_way_in");
    let stopped = home.start_key_change(Vec::new(), false).unwrap();
    stopped.cancel();
    // It may have been over before; then it is done.
    if let Err(error) = stopped.finish().await {
        assert_eq!(error.name(), "cancelled");
    }

    let task = home.start_key_change(vec!["this phone".to_owned()], false).unwrap();
    let mut last = None;
    while let Some(progress) = task.next().await {
        last = Some(progress);
    }
    let WorkProgress {
        done_bytes,
        total_bytes,
    } = last.unwrap();
    assert!(done_bytes == total_bytes && total_bytes > 0);
    let changed = task.finish().await.unwrap();
    assert_eq!(changed.gone.len(), 1);
    assert_eq!(changed.gone[0].name, "this phone");
    assert_eq!(changed.ways.len(), 1);
    assert_eq!(changed.ways[0].kind, WayInKind::Passphrase);
    assert_eq!(home.holdings().unwrap().listens, hours);
    assert!(!entries(&home, &["vault_key_changed"]).is_empty());
    home.lock().unwrap();
    assert_eq!(
        name(device.agent.unlock_with_key_store(home.id()).await),
        "no_such_way_in"
    );
    let home = device
        .agent
        .unlock_with_passphrase(home.id(), PASSPHRASE.to_owned())
        .await
        .unwrap();
    assert_eq!(home.holdings().unwrap().listens, hours);
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_opens_only_after_the_person_accepted_it() {
    let device = device();
    let home = persona(&device).await;
    home.change_rules(budget(100)).unwrap();
    home.lock().unwrap();
    let id = home.id();
    let folder = device.folder.path().join("vaults").join(&id);
    let older = device.folder.path().join("older");
    copy(&folder, &older);
    let home = device.agent.unlock_with_key_store(id.clone()).await.unwrap();
    home.change_rules(budget(200)).unwrap();
    home.lock().unwrap();

    fs::remove_dir_all(&folder).unwrap();
    copy(&older, &folder);
    for _ in 0..2 {
        assert_eq!(
            name(device.agent.unlock_with_key_store(id.clone()).await),
            "rolled_back"
        );
    }
    assert_eq!(name(device.agent.accept_rollback("0".repeat(32))), "no_such_persona");
    device.agent.accept_rollback(id.clone()).unwrap();
    let home = device.agent.unlock_with_key_store(id.clone()).await.unwrap();
    assert_eq!(home.rules().unwrap().unwrap().budget.amount_minor, 100);
    home.change_rules(budget(300)).unwrap();
    home.lock().unwrap();

    // Once accepted is not for ever.
    fs::remove_dir_all(&folder).unwrap();
    copy(&older, &folder);
    assert_eq!(name(device.agent.unlock_with_key_store(id).await), "rolled_back");
}
