//! Leaving and coming back through the facade: a folder of the host's picker, places by path, tasks that end in an unlocked
//! persona, and hosts that fail in the middle.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::common::{Device, PASSPHRASE, device, import, name};
use tekram_ffi::{BackupFolder, BackupPlaceKind, BackupSource, FolderFile, HostError, Persona, RestoreOptions};

/// A folder in memory, which can be told to fail at a write.
#[derive(Debug, Default)]
struct Picked {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    synced: AtomicUsize,
    fails_at_write: AtomicUsize,
    writes: AtomicUsize,
    gone: AtomicBool,
}

impl Picked {
    fn there(&self) -> Result<(), HostError> {
        if self.gone.load(Ordering::SeqCst) {
            return Err(HostError::Failed);
        }
        Ok(())
    }

    fn names(&self) -> Vec<String> {
        self.files.lock().unwrap().keys().cloned().collect()
    }
}

impl BackupFolder for Picked {
    fn list(&self) -> Result<Vec<FolderFile>, HostError> {
        self.there()?;
        let files = self.files.lock().unwrap();
        let entry = |(name, bytes): (&String, &Vec<u8>)| FolderFile {
            name: name.clone(),
            bytes: bytes.len() as u64,
            changed_ms: None,
        };
        Ok(files.iter().map(entry).collect())
    }

    fn read(&self, name: String, offset: u64, length: u32) -> Result<Vec<u8>, HostError> {
        self.there()?;
        let files = self.files.lock().unwrap();
        let file = files.get(&name).ok_or(HostError::Failed)?;
        let from = (offset as usize).min(file.len());
        let to = (from + length as usize).min(file.len());
        Ok(file[from..to].to_vec())
    }

    fn write(&self, name: String, offset: u64, bytes: Vec<u8>) -> Result<(), HostError> {
        self.there()?;
        let write = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        if write == self.fails_at_write.load(Ordering::SeqCst) {
            return Err(HostError::Failed);
        }
        let mut files = self.files.lock().unwrap();
        if offset > 0 && !files.contains_key(&name) {
            return Err(HostError::Failed);
        }
        let file = files.entry(name).or_default();
        file.truncate(offset as usize);
        file.extend(bytes);
        Ok(())
    }

    fn sync(&self, _: String) -> Result<(), HostError> {
        self.synced.fetch_add(1, Ordering::SeqCst);
        self.there()
    }

    fn rename(&self, from: String, to: String) -> Result<(), HostError> {
        self.there()?;
        let mut files = self.files.lock().unwrap();
        let file = files.remove(&from).ok_or(HostError::Failed)?;
        files.insert(to, file);
        Ok(())
    }

    fn remove(&self, name: String) -> Result<(), HostError> {
        self.there()?;
        self.files.lock().unwrap().remove(&name);
        Ok(())
    }
}

async fn home(device: &Device) -> Arc<Persona> {
    let create = device.agent.create_persona("Home".to_owned(), PASSPHRASE.to_owned());
    create.await.unwrap()
}

fn newest() -> RestoreOptions {
    RestoreOptions {
        state: None,
        new_name: None,
        replace: false,
    }
}

async fn backed_up(home: &Persona, folder: &Arc<Picked>) -> tekram_ffi::BackedUp {
    let task = home.start_backup(Some(Arc::clone(folder) as _)).unwrap();
    task.finish().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persona_comes_back_on_another_device_from_a_folder_of_the_picker() {
    let phone = device();
    let home = home(&phone).await;
    assert_eq!(home.backup_plan().unwrap(), None);
    assert_eq!(name(home.start_backup(None).unwrap().finish().await), "no_backup_place");

    home.use_backup_folder("Memory stick".to_owned(), "content://tree/primary%3ABackups".to_owned())
        .unwrap();
    let reference = home.backup_folder_reference().unwrap();
    assert_eq!(reference.as_deref(), Some("content://tree/primary%3ABackups"));
    let due = home.backup_plan().unwrap().unwrap();
    assert!(due.due && due.daily && due.kind == BackupPlaceKind::Folder && due.place == "Memory stick");
    // What the core cannot reach by itself must be handed over, and is a problem that is kept.
    assert_eq!(
        name(home.start_backup(None).unwrap().finish().await),
        "backup_folder_needed"
    );
    let plan = home.backup_plan().unwrap().unwrap();
    assert_eq!(plan.last_problem.as_deref(), Some("backup_folder_needed"));

    let folder = Arc::new(Picked::default());
    let first = backed_up(&home, &folder).await;
    assert!(first.new_file && first.pages > 0 && first.bytes > 0);
    let heard = import(&home, "listenbrainz.zip").await;
    let second = backed_up(&home, &folder).await;
    assert_eq!((second.name.as_str(), second.new_file), (first.name.as_str(), false));
    assert_eq!(folder.names(), std::slice::from_ref(&first.name));
    assert!(folder.synced.load(Ordering::SeqCst) >= 2);
    let plan = home.backup_plan().unwrap().unwrap();
    assert_eq!(
        (plan.last_ms, plan.last_bytes),
        (Some(second.made_ms), Some(second.bytes))
    );
    assert_eq!((plan.last_problem, plan.due), (None, false));

    let tablet = device();
    let source = BackupSource::folder(Arc::clone(&folder) as _);
    let backup = tablet.agent.backups(Arc::clone(&source)).await.unwrap().remove(0);
    assert_eq!(backup.vault_id, home.id());
    assert_eq!(backup.states.len(), 2);
    assert!(backup.opens_with_passphrase && !backup.opens_with_words);

    let wrong = Arc::clone(&tablet.agent).start_restore_with_passphrase(
        Arc::clone(&source),
        backup.name.clone(),
        "not this".to_owned(),
        newest(),
    );
    let wrong = wrong.unwrap();
    assert_eq!(name(wrong.finish().await), "wrong_passphrase");
    assert!(wrong.persona().is_none());

    let restore = |name: &str| {
        let agent = Arc::clone(&tablet.agent);
        let source = Arc::clone(&source);
        agent
            .start_restore_with_passphrase(source, name.to_owned(), PASSPHRASE.to_owned(), newest())
            .unwrap()
    };
    assert_eq!(name(restore("other.tekram-backup").finish().await), "no_such_backup");
    let task = restore(&backup.name);
    let restored = task.finish().await.unwrap();
    assert_eq!(
        (restored.persona_id.as_str(), restored.name.as_str()),
        (&*home.id(), "Home")
    );
    assert_eq!((restored.made_ms, restored.cut), (second.made_ms, false));
    let again = task.persona().unwrap();
    assert!(task.persona().is_none());
    assert_eq!(again.holdings().unwrap().listens, heard);
    // Nobody took this one, so it is locked again: the id is free for a replacement.
    again.lock().unwrap();
    assert_eq!(name(restore(&backup.name).finish().await), "vault_exists");
    let replace = Arc::clone(&tablet.agent).start_restore_with_passphrase(
        Arc::clone(&source),
        backup.name.clone(),
        PASSPHRASE.to_owned(),
        RestoreOptions {
            state: Some(0),
            replace: true,
            ..newest()
        },
    );
    let replace = replace.unwrap();
    replace.finish().await.unwrap();
    drop(replace);
    let older = tablet
        .agent
        .unlock_with_passphrase(home.id(), PASSPHRASE.to_owned())
        .await
        .unwrap();
    assert_eq!(older.holdings().unwrap().listens, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_fails_or_a_task_that_is_stopped_leaves_the_backup_there_was() {
    let device = device();
    let home = home(&device).await;
    home.use_backup_folder("Cards".to_owned(), "content://cards".to_owned())
        .unwrap();
    let folder = Arc::new(Picked::default());
    let first = backed_up(&home, &folder).await;
    let before = folder.files.lock().unwrap().clone();
    import(&home, "listenbrainz.zip").await;

    let next = folder.writes.load(Ordering::SeqCst) + 2;
    folder.fails_at_write.store(next, Ordering::SeqCst);
    let failed = home.start_backup(Some(Arc::clone(&folder) as _)).unwrap();
    assert_eq!(name(failed.finish().await), "io");
    assert_eq!(*folder.files.lock().unwrap(), before);
    let plan = home.backup_plan().unwrap().unwrap();
    assert_eq!(
        (plan.last_problem.as_deref(), plan.last_ms),
        (Some("io"), Some(first.made_ms))
    );

    folder.gone.store(true, Ordering::SeqCst);
    let gone = home.start_backup(Some(Arc::clone(&folder) as _)).unwrap();
    assert_eq!(name(gone.finish().await), "io");
    folder.gone.store(false, Ordering::SeqCst);

    let stopped = home.start_backup(Some(Arc::clone(&folder) as _)).unwrap();
    stopped.cancel();
    assert_eq!(name(stopped.finish().await), "cancelled");
    let source = BackupSource::folder(Arc::clone(&folder) as _);
    assert_eq!(device.agent.backups(source).await.unwrap()[0].states.len(), 1);
    backed_up(&home, &folder).await;
    assert_eq!(home.backup_plan().unwrap().unwrap().last_problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_out_sealed_and_in_again_and_a_damaged_backup_is_named_and_saved() {
    let phone = device();
    let home = home(&phone).await;
    let heard = import(&home, "listenbrainz.zip").await;
    let check = home.start_check().unwrap().finish().await.unwrap();
    assert_eq!(check.faults, []);

    let path = |name: &str| phone.folder.path().join(name).to_str().unwrap().to_owned();
    let open = home
        .start_open_export(path("open.zip"))
        .unwrap()
        .finish()
        .await
        .unwrap();
    assert!(open.rows >= heard && open.tables > 10);
    let sealed = home.start_sealed_export(path("all.age"), "seal".to_owned()).unwrap();
    let sealed = sealed.finish().await.unwrap();
    let stopped = home.start_sealed_export(path("none.age"), "seal".to_owned()).unwrap();
    stopped.cancel();
    assert_eq!(name(stopped.finish().await), "cancelled");
    assert!(!std::path::Path::new(&path("none.age")).exists());

    let tablet = device();
    let move_in = |file: &str, passphrase: &str| {
        let agent = Arc::clone(&tablet.agent);
        agent.start_move_in(path(file), passphrase.to_owned(), None).unwrap()
    };
    assert_eq!(name(move_in("open.zip", "seal").finish().await), "export_is_partial");
    assert_eq!(name(move_in("all.age", "other").finish().await), "wrong_passphrase");
    let task = move_in("all.age", "seal");
    let moved = task.finish().await.unwrap();
    assert_eq!((moved.persona_id, moved.content), (home.id(), sealed));
    assert_eq!(task.persona().unwrap().holdings().unwrap().listens, heard);

    home.use_backup_folder("Here".to_owned(), path("backups")).unwrap();
    let made = home.start_backup(None).unwrap().finish().await.unwrap();
    let file = phone.folder.path().join("backups").join(&made.name);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let other = device();
    let source = BackupSource::path(path("backups"));
    let restore = Arc::clone(&other.agent).start_restore_with_passphrase(
        Arc::clone(&source),
        made.name.clone(),
        PASSPHRASE.to_owned(),
        newest(),
    );
    let tekram_ffi::TekramError::Failed {
        name: refused, params, ..
    } = restore.unwrap().finish().await.unwrap_err();
    assert_eq!((refused.as_str(), params["part"].as_str()), ("backup_damaged", "pages"));
    assert!(!params["pages"].is_empty() && params["segment"] == "0");
    let salvage = Arc::clone(&other.agent).start_salvage_with_passphrase(
        source,
        made.name,
        PASSPHRASE.to_owned(),
        "Saved".to_owned(),
        "a new one".to_owned(),
    );
    let salvage = salvage.unwrap();
    let rescued = salvage.finish().await.unwrap();
    assert!(rescued.same_keys && !rescued.complete && !rescued.damage.is_empty());
    let saved = salvage.persona().unwrap();
    assert_eq!(saved.name().unwrap(), "Saved");

    let nowhere = BackupSource::path(path("not there"));
    assert_eq!(name(other.agent.backups(nowhere).await), "no_such_backup_place");
    assert!(!std::path::Path::new(&path("not there")).exists());

    // A vault is saved like a backup, by a way in of its own, and stays as it is.
    let id = home.id();
    home.lock().unwrap();
    let rescue = Arc::clone(&phone.agent).start_rescue_with_passphrase(
        id,
        PASSPHRASE.to_owned(),
        "Rescued".to_owned(),
        "a new one".to_owned(),
    );
    let rescue = rescue.unwrap();
    let rescued = rescue.finish().await.unwrap();
    assert!(rescued.complete && rescued.lost == 0, "{rescued:?}");
    assert_eq!(rescue.persona().unwrap().holdings().unwrap().listens, heard);
    assert_eq!(phone.agent.personas().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_the_home_network_is_asked_only_when_the_person_says_so() {
    let device = device();
    let home = crate::common::persona(&device).await;
    // Nobody listens there.
    let (open, sealed) = ("http://127.0.0.1:9/dav", "https://127.0.0.1:9/dav");
    for (url, in_home_network, refused) in [
        (open, false, "insecure_server"),
        (sealed, false, "private_address"),
        (open, true, "unreachable"),
        (sealed, true, "unreachable"),
    ] {
        let (user, password) = ("me".to_owned(), "secret".to_owned());
        let used = home.use_backup_server(url.to_owned(), user.clone(), password.clone(), in_home_network);
        assert_eq!(name(used.await), refused, "{url}");
        let source = BackupSource::server(url.to_owned(), user, password, in_home_network);
        assert_eq!(name(device.agent.backups(source).await), refused, "{url}");
    }
    assert_eq!(home.backup_plan().unwrap(), None);
}
