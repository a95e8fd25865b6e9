//! Looks at a device as its owner would after the fault: opens what there is by every way in, reads everything, and compares
//! it with the states that are allowed. Then does once more what was cut.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tekram_primitives::secret::Passphrase;
use tekram_vault::{KeyStore, RecoveryPhrase, Store, Vault, VaultError, WayInKind, backups};

use crate::deed::{Deed, Device, FAULT, Hand, PARTS, SCOPE, filling, keep_item};
use crate::model::{Content, Model, Said, Snapshot};

/// What is wrong, by what it did to the person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// Something that was acknowledged is not there.
    Lost(String),
    /// Something is there twice.
    Doubled(String),
    /// Something is neither as before nor as after.
    HalfDone(String),
}

/// How much is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Care {
    /// Whether the vault is also opened by its words.
    pub words: bool,
    /// Whether it is also opened by each passphrase, which takes time on purpose.
    pub passphrases: bool,
    /// Whether the newest backup is also restored on a device of its own.
    pub backup: bool,
    /// Whether the deed that was cut is done once more.
    pub again: bool,
}

/// Compares the device under `root` with what was said; `script` is what was to be done. The state it is in, if that is one
/// of those allowed; otherwise what is wrong.
pub fn look(root: &Path, id: &str, said: &Said, script: &[Deed], care: Care) -> Result<Model, Vec<Finding>> {
    let refused = |what: &str| {
        let what = what.to_owned();
        move |error: VaultError| vec![Finding::Lost(format!("{what}: {} ({error:?})", error.code()))]
    };
    let device = Device::open(root).map_err(refused("the device does not open"))?;
    let (found, vault) = seen(&device, id, &said.may_be).map_err(refused("the vault does not open"))?;
    let seen = found.map_err(|finding| vec![finding])?;
    // The latest first.
    let fitting: Vec<&Model> = said.may_be.iter().rev().filter(|model| seen.fits(model)).collect();
    let Some(first) = fitting.first() else {
        let expected = said.may_be.first().cloned().unwrap_or_default();
        return Err(seen.differences(&expected, said.may_be.len()));
    };
    prove(&device, &vault, first).map_err(|finding| vec![finding])?;
    vault.lock().map_err(refused("the vault does not lock"))?;
    let fitting = opening(&device, id, fitting);
    let Some(first) = fitting.first() else {
        return Err(vec![Finding::Lost(
            "neither the secrets from before nor those from after open the vault".to_owned(),
        )]);
    };
    let mut model = (*first).clone();
    by_every_way(&device, id, &model, care).map_err(|finding| vec![finding])?;
    if care.backup || fitting.iter().any(|other| other.backup != model.backup) {
        let held: Vec<Option<Snapshot>> = fitting.iter().map(|model| model.backup.clone()).collect();
        model.backup = restorable(&device, &held).map_err(|finding| vec![finding])?;
    }
    // What is left of a deletion keeps its name taken, as `list` shows: its owner deletes it before anything is restored there.
    let again_now = care.again || model.broken > 0;
    match (said.cut.and_then(|number| script.get(number)), again_now) {
        (Some(deed), true) => again(root, id, model, said, deed).map_err(|finding| vec![finding]),
        _ => Ok(model),
    }
}

/// Opens what is free in a moment. Another thread that starts a worker lends its copy of our locks to it, until that has begun its
/// own program.
pub fn patient<T>(mut open: impl FnMut() -> Result<T, VaultError>) -> Result<T, VaultError> {
    for _ in 0..400 {
        match open() {
            Err(VaultError::VaultInUse) => std::thread::sleep(Duration::from_millis(5)),
            opened => return opened,
        }
    }
    open()
}

/// What is there.
#[derive(Debug)]
struct Seen {
    content: Content,
    key_stores: BTreeSet<String>,
    passphrases: usize,
    label: String,
    version: u32,
    epoch: u64,
    second: Option<Content>,
    others: BTreeSet<String>,
    broken: usize,
}

impl Seen {
    fn fits(&self, model: &Model) -> bool {
        self.content == model.content
            && self.key_stores == model.key_stores
            && self.passphrases == model.passphrases.len()
            && self.label == model.label
            && self.version == model.version
            && self.epoch == model.epoch
            && self.second.as_ref() == model.second.as_ref().map(|backup| &backup.content)
            && self.others == model.others
            && self.broken == model.broken
    }

    /// What differs from the state that is certain, and so why no allowed one fits.
    fn differences(&self, certain: &Model, allowed: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (own, wanted) = (&self.content, &certain.content);
        let missing = wanted.rows.keys().filter(|number| !own.rows.contains_key(number));
        findings.extend(missing.map(|number| Finding::Lost(format!("row {number}"))));
        let missing = wanted.items.difference(&own.items);
        findings.extend(missing.map(|name| Finding::Lost(format!("item {name}"))));
        let missing = wanted.blobs.keys().filter(|name| !own.blobs.contains_key(*name));
        findings.extend(missing.map(|name| Finding::Lost(format!("file {name}"))));
        let missing = certain.key_stores.difference(&self.key_stores);
        findings.extend(missing.map(|name| Finding::Lost(format!("way in {name}"))));
        let missing = certain.others.difference(&self.others);
        findings.extend(missing.map(|name| Finding::Lost(format!("vault {name}"))));
        let more: Vec<&i64> = own
            .rows
            .keys()
            .filter(|number| !wanted.rows.contains_key(number))
            .collect();
        let second = self.second.as_ref().map(|content| content.rows.len());
        findings.push(Finding::HalfDone(format!(
            "none of {allowed} states; found: rows besides {more:?}, items {:?}, files {:?}, ways {:?} and {} passphrases, {:?}, version {}, \
             epoch {}, second {second:?}, others {:?}, {} broken; the first would be: items {:?}, files {:?}, ways {:?} and {} \
             passphrases, {:?}, version {}, epoch {}, second {}, others {:?}, {} broken",
            own.items,
            own.blobs.keys(),
            self.key_stores,
            self.passphrases,
            self.label,
            self.version,
            self.epoch,
            self.others,
            self.broken,
            wanted.items,
            wanted.blobs.keys(),
            certain.key_stores,
            certain.passphrases.len(),
            certain.label,
            certain.version,
            certain.epoch,
            certain.second.is_some(),
            certain.others,
            certain.broken,
        )));
        findings
    }
}

type Looked = Result<Seen, Finding>;

fn seen(device: &Device, id: &str, may_be: &[Model]) -> Result<(Looked, Vault), VaultError> {
    let store = &device.store;
    let keys = device.keys.as_ref();
    let vault = match patient(|| store.unlock_key_store(id, keys, &[FAULT])) {
        Err(refused) => {
            let mut opened = Err(refused);
            for words in may_be.iter().map(|model| &model.words).collect::<BTreeSet<_>>() {
                if opened.is_err()
                    && let Ok(words) = RecoveryPhrase::parse(words)
                {
                    opened = patient(|| store.unlock_recovery_phrase(id, &words, &[FAULT]));
                }
            }
            opened?
        }
        opened => opened?,
    };
    let looked = (|| {
        let content = match content(&vault)? {
            Ok(content) => content,
            Err(finding) => return Ok(Err(finding)),
        };
        let mut key_stores = BTreeSet::new();
        let mut passphrases = 0;
        for way_in in vault.ways_in() {
            match way_in.kind {
                WayInKind::KeyStore { .. } => {
                    key_stores.insert(way_in.name);
                }
                WayInKind::Passphrase => passphrases += 1,
                _ => {}
            }
        }
        let version = number(
            &vault,
            "SELECT coalesce(max(version), 0) FROM vault_room_schema WHERE room = 'grown'",
        )?;
        let made = number(&vault, "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'grown_*'")?;
        if made != version * 2 {
            return Ok(Err(Finding::HalfDone(format!(
                "version {version} with {made} of its parts"
            ))));
        }
        let mut others = BTreeSet::new();
        let mut broken = 0;
        for entry in store.list()? {
            if entry.id == id {
                continue;
            }
            match patient(|| store.unlock_key_store(&entry.id, keys, &[])) {
                Ok(other) => {
                    others.insert(entry.label);
                    other.lock()?;
                }
                Err(_) => broken += 1,
            }
        }
        let (second, broken_there) = second(device, id, may_be)?;
        Ok(Ok(Seen {
            content,
            key_stores,
            passphrases,
            label: vault.label(),
            version: u32::try_from(version).unwrap_or_default(),
            epoch: vault.epoch(),
            second,
            others,
            broken: broken + broken_there,
        }))
    })();
    looked.map(|looked: Looked| (looked, vault))
}

fn second(device: &Device, id: &str, may_be: &[Model]) -> Result<(Option<Content>, usize), VaultError> {
    if may_be.iter().all(|model| model.second.is_none() && model.broken == 0) {
        return Ok((None, 0));
    }
    let store = device.second()?;
    if store.list()?.is_empty() {
        return Ok((None, 0));
    }
    let made_of = may_be.iter().filter_map(|model| model.second.as_ref());
    for words in made_of.map(|backup| &backup.words).collect::<BTreeSet<_>>() {
        let Ok(words) = RecoveryPhrase::parse(words) else {
            continue;
        };
        if let Ok(vault) = patient(|| store.unlock_recovery_phrase(id, &words, &[FAULT])) {
            let content = content(&vault)?.ok();
            vault.lock()?;
            return Ok((content, 0));
        }
    }
    Ok((None, 1))
}

/// What a vault has, each row and file read to its last byte; or what is half done in it.
pub fn content(vault: &Vault) -> Result<Result<Content, Finding>, VaultError> {
    vault.drain_inbox(SCOPE, keep_item)?;
    let half_done = |what: String| Ok(Err(Finding::HalfDone(what)));
    let mut content = Content::default();
    let (rows, parts, items, total) = vault.read(|connection| {
        let mut statement = connection.prepare("SELECT number, bytes FROM fault_row")?;
        let rows: Vec<(i64, Vec<u8>)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut statement = connection.prepare("SELECT number, part, text FROM fault_part")?;
        let part = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let parts: Vec<(i64, i64, String)> = statement.query_map([], part)?.collect::<Result<_, _>>()?;
        let mut statement = connection.prepare("SELECT name FROM fault_item")?;
        let items: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let total: (i64, i64) = connection.query_row("SELECT row_count, byte_count FROM fault_total", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok::<_, VaultError>((rows, parts, items, total))
    })?;
    let mut sum = 0;
    let mut expected = BTreeMap::new();
    for (number, bytes) in rows {
        if bytes != filling(number, bytes.len()) {
            return half_done(format!("row {number} has other bytes than were written"));
        }
        sum += bytes.len();
        for part in 0..PARTS {
            expected.insert((number, part), format!("part {part} of {number}"));
        }
        content.rows.insert(number, bytes.len());
    }
    let parts: BTreeMap<(i64, i64), String> = parts
        .into_iter()
        .map(|(number, part, text)| ((number, part), text))
        .collect();
    if parts != expected {
        return half_done(format!("{} parts of {} rows", parts.len(), content.rows.len()));
    }
    if total != (content.rows.len() as i64, sum as i64) {
        return half_done(format!(
            "totals {total:?} for {} rows of {sum} bytes",
            content.rows.len()
        ));
    }
    for name in items {
        if !content.items.insert(name.clone()) {
            return Ok(Err(Finding::Doubled(format!("item {name}"))));
        }
    }
    for entry in vault.blobs()? {
        let mut bytes = Vec::new();
        if let Err(error) = vault.open_blob(&entry.id)?.read_to_end(&mut bytes) {
            return match error.downcast::<VaultError>() {
                Ok(refused) => Err(refused),
                Err(error) => half_done(format!("file {} cannot be read: {error}", entry.name)),
            };
        }
        if bytes.iter().any(|byte| *byte != 7) {
            return half_done(format!("file {} has other bytes than were written", entry.name));
        }
        if content.blobs.insert(entry.name.clone(), bytes.len()).is_some() {
            return Ok(Err(Finding::Doubled(format!("file {}", entry.name))));
        }
    }
    let chunks = number(
        vault,
        "SELECT count(*) FROM vault_blob_chunk WHERE blob_id NOT IN (SELECT id FROM vault_blob)",
    );
    if chunks.is_ok_and(|chunks| chunks > 0) {
        return half_done("parts of a file that is not there".to_owned());
    }
    Ok(Ok(content))
}

fn number(vault: &Vault, sql: &str) -> Result<i64, VaultError> {
    vault.read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?))
}

/// Header, every page, the trees' order, the audit's chain, and that each key-store way leads to the same key.
fn prove(device: &Device, vault: &Vault, model: &Model) -> Result<(), Finding> {
    let refused = |error: VaultError| Finding::HalfDone(format!("the check was refused: {} ({error:?})", error.code()));
    let faults = vault.check(&mut |_| ControlFlow::Continue(())).map_err(refused)?;
    if !faults.is_empty() {
        return Err(Finding::HalfDone(format!("the check says {faults:?}")));
    }
    let report = vault.verify_audit().map_err(refused)?;
    if !report.breaks.is_empty() {
        return Err(Finding::HalfDone(format!("the audit's chain: {:?}", report.breaks)));
    }
    let mut keys = BTreeSet::new();
    for way_in in vault.ways_in() {
        let WayInKind::KeyStore { key_name } = &way_in.kind else {
            continue;
        };
        let wrapped = device.store.wrapped_key(vault.id(), &way_in.name).map_err(refused)?;
        match device.keys.unwrap(key_name, &wrapped) {
            Ok(key) => keys.insert(*key.expose()),
            Err(error) => return Err(Finding::Lost(format!("way in {}: {}", way_in.name, error.code()))),
        };
    }
    if keys.len() > 1 || (keys.is_empty() && !model.key_stores.is_empty()) {
        return Err(Finding::HalfDone(format!("the ways in lead to {} keys", keys.len())));
    }
    Ok(())
}

/// Of states that look alike, those whose words and passphrases open the vault.
fn opening<'m>(device: &Device, id: &str, fitting: Vec<&'m Model>) -> Vec<&'m Model> {
    let differ =
        |part: fn(&Model) -> String| fitting.iter().map(|model| part(model)).collect::<BTreeSet<_>>().len() > 1;
    let words_differ = differ(|model| model.words.clone());
    let passphrases_differ = differ(|model| format!("{:?}", model.passphrases));
    let opens = |model: &&Model| {
        let care = Care {
            words: words_differ,
            passphrases: passphrases_differ,
            ..Care::default()
        };
        by_every_way(device, id, model, care).is_ok()
    };
    fitting.into_iter().filter(opens).collect()
}

fn by_every_way(device: &Device, id: &str, model: &Model, care: Care) -> Result<(), Finding> {
    let opened = |what: &str, vault: Result<Vault, VaultError>| {
        vault
            .and_then(Vault::lock)
            .map_err(|error| Finding::Lost(format!("{what}: {}", error.code())))
    };
    if care.words {
        let words = RecoveryPhrase::parse(&model.words).map_err(|error| Finding::Lost(error.code().to_owned()))?;
        opened(
            "the words",
            patient(|| device.store.unlock_recovery_phrase(id, &words, &[FAULT])),
        )?;
    }
    if care.passphrases {
        for text in &model.passphrases {
            let passphrase = Passphrase::from(text.as_str());
            opened(
                "a passphrase",
                patient(|| device.store.unlock(id, &passphrase, &[FAULT])),
            )?;
        }
    }
    Ok(())
}

/// Which of the backups that there may be is the newest one: restored, and read to its last row.
fn restorable(device: &Device, held: &[Option<Snapshot>]) -> Result<Option<Snapshot>, Finding> {
    let refused = |error: VaultError| Finding::Lost(format!("the backup: {} ({error:?})", error.code()));
    let place = device.place().map_err(refused)?;
    let there = backups(&place).map_err(refused)?;
    if there.iter().all(|backup| backup.states.is_empty()) {
        return if held.contains(&None) {
            Ok(None)
        } else {
            Err(Finding::Lost("the backup".to_owned()))
        };
    }
    let scratch =
        tempfile::tempdir_in(crate::work_folder()).map_err(|_| Finding::Lost("no scratch folder".to_owned()))?;
    let mut last = None;
    for snapshot in held.iter().flatten() {
        let store = Store::open(scratch.path()).map_err(refused)?;
        match patient(|| device.restore(&store, &snapshot.words, true, &[FAULT])) {
            Ok(vault) => {
                let content = content(&vault).map_err(refused)??;
                vault.lock().map_err(refused)?;
                let is_it = |other: &&Snapshot| other.content == content && other.words == snapshot.words;
                if let Some(found) = held.iter().flatten().find(is_it) {
                    return Ok(Some(found.clone()));
                }
                return Err(Finding::HalfDone(
                    "the backup has a state that was never backed up".to_owned(),
                ));
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| Finding::HalfDone("a backup that nobody made".to_owned()), refused))
}

/// Does what was cut once more: it is done afterwards, or was done already.
fn again(root: &Path, id: &str, model: Model, said: &Said, deed: &Deed) -> Result<Model, Finding> {
    let refused = |error: VaultError| Finding::HalfDone(format!("{deed}, once more: {} ({error:?})", error.code()));
    let mut hand = Hand::new(root, id, &model.words, model.backup_words(), model.version).map_err(refused)?;
    let before = said.may_be.first().cloned().unwrap_or_default();
    let done_already = model != before && said.may_be.last() == Some(&model);
    let mut model = model;
    if model.broken > 0 {
        // What is left of a deletion has no name any more; its owner deletes it by what the list shows.
        let rest = || -> Result<(), VaultError> {
            for store in [hand.device.store.clone(), hand.device.second()?] {
                for entry in store.list()?.into_iter().filter(|entry| entry.problem.is_some()) {
                    patient(|| store.delete(&entry.id))?;
                }
            }
            Ok(())
        };
        rest().map_err(refused)?;
        model.broken = 0;
    } else if !done_already {
        // Words that were checked already wait no more; new ones may have been shown before the cut.
        let told = match (deed, patient(|| hand.foretell(deed))) {
            (Deed::CheckWords, Err(error)) if error.code() == "nothing_to_check" => return Ok(model),
            (_, told) => told.map_err(refused)?,
        };
        patient(|| hand.perform(deed)).map_err(refused)?;
        model = model.outcomes(deed, &told).pop().unwrap_or(model);
    }
    let more = Deed::Rows {
        first: 9_000_000,
        count: 1,
        bytes: 100,
    };
    patient(|| hand.perform(&more)).map_err(refused)?;
    let mut with_more = model.clone();
    with_more.content.rows.insert(9_000_000, 100);
    hand.perform(&Deed::Erase {
        first: 9_000_000,
        count: 1,
    })
    .map_err(refused)?;
    hand.lock().map_err(refused)?;
    drop(hand);
    let device = Device::open(root).map_err(refused)?;
    let (found, vault) = seen(&device, id, std::slice::from_ref(&model)).map_err(refused)?;
    vault.lock().map_err(refused)?;
    let found = found?;
    if found.fits(&model) {
        Ok(model)
    } else {
        let differences = found.differences(&model, 1);
        Err(Finding::HalfDone(format!("{deed}, once more: {differences:?}")))
    }
}
