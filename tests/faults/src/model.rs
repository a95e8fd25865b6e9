//! What a vault must hold after the deeds that were acknowledged, and what it may hold after one that was cut.

use std::collections::{BTreeMap, BTreeSet};

use crate::deed::{Deed, FIRST_WAY};

/// What a backup of a vault has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Number and length of each row.
    pub rows: BTreeMap<i64, usize>,
    /// What arrived.
    pub items: BTreeSet<String>,
    /// Name and length of each file.
    pub blobs: BTreeMap<String, usize>,
}

/// A state that can be restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// What it has.
    pub content: Content,
    /// The words that open it.
    pub words: String,
    /// Its passphrases.
    pub passphrases: BTreeSet<String>,
    /// The vault's name then.
    pub label: String,
    /// The growing room's version then.
    pub version: u32,
    /// The epoch then.
    pub epoch: u64,
}

/// A whole device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// What the vault has.
    pub content: Content,
    /// Its key-store ways in.
    pub key_stores: BTreeSet<String>,
    /// Its passphrases.
    pub passphrases: BTreeSet<String>,
    /// The words that open it.
    pub words: String,
    /// Its name.
    pub label: String,
    /// The growing room's version.
    pub version: u32,
    /// Its epoch.
    pub epoch: u64,
    /// The newest backup.
    pub backup: Option<Snapshot>,
    /// The backup that the second device was made of.
    pub second: Option<Snapshot>,
    /// Other personas on the device.
    pub others: BTreeSet<String>,
    /// Vaults on the device, or on the second one, whose deletion was cut after their keys were destroyed.
    pub broken: usize,
}

impl Model {
    /// Words that open the newest backup; none when there is no backup.
    pub fn backup_words(&self) -> &str {
        self.backup.as_ref().map_or("", |backup| &backup.words)
    }

    /// The states in which the device may be while the deed is done, after its first change and up to its end, which is the
    /// last. `told` is what was said when it began.
    pub fn outcomes(&self, deed: &Deed, told: &str) -> Vec<Self> {
        let mut next = self.clone();
        let mut between = Vec::new();
        match deed {
            Deed::Rows { first, count, bytes } => {
                next.content
                    .rows
                    .extend((*first..first + count).map(|number| (number, *bytes)));
            }
            Deed::Erase { first, count } => {
                next.content
                    .rows
                    .retain(|number, _| *number < *first || *number >= first + count);
            }
            Deed::Blob { name, bytes } => {
                next.content.blobs.insert(name.clone(), *bytes);
            }
            Deed::Seal(name) | Deed::Leave(name) => {
                next.content.items.insert(name.clone());
            }
            Deed::Drain | Deed::Relock | Deed::NewWords => {}
            Deed::Migrate(version) => {
                for step in self.version + 1..*version {
                    let mut step_done = self.clone();
                    step_done.version = step;
                    between.push(step_done);
                }
                next.version = next.version.max(*version);
            }
            Deed::AddKeyStore(name) => {
                next.key_stores.insert(name.clone());
            }
            Deed::RemoveWay(name) => {
                next.key_stores.remove(name);
            }
            Deed::AddPassphrase(text) => {
                next.passphrases.insert(text.clone());
            }
            Deed::ChangePassphrase(old, new) => {
                next.passphrases.remove(old);
                next.passphrases.insert(new.clone());
            }
            Deed::CheckWords => told.clone_into(&mut next.words),
            Deed::Rename(label) => next.label.clone_from(label),
            Deed::NewKey(without) => {
                if let Some(name) = without {
                    next.key_stores.remove(name);
                }
            }
            Deed::BackUp => {
                next.backup = Some(Snapshot {
                    content: self.content.clone(),
                    words: self.words.clone(),
                    passphrases: self.passphrases.clone(),
                    label: self.label.clone(),
                    version: self.version,
                    epoch: self.epoch,
                });
            }
            Deed::RestoreNew => next.second.clone_from(&self.backup),
            Deed::DropNew => {
                next.second = None;
                between.push(next.clone().broken_once());
            }
            Deed::RestoreReplacing => {
                if let Some(backup) = &self.backup {
                    next.content = backup.content.clone();
                    next.key_stores = BTreeSet::new();
                    next.passphrases = backup.passphrases.clone();
                    next.words = backup.words.clone();
                    next.label = backup.label.clone();
                    next.epoch = self.epoch.max(backup.epoch) + 1;
                    for version in backup.version..self.version {
                        next.version = version;
                        between.push(next.clone());
                    }
                    next.version = self.version;
                }
            }
            Deed::Create(label) => {
                next.others.insert(label.clone());
            }
            Deed::Delete(label) => {
                next.others.remove(label);
                between.push(next.clone().broken_once());
            }
        }
        between.push(next);
        between
    }

    fn broken_once(mut self) -> Self {
        self.broken += 1;
        self
    }
}

/// What a worker said of a script, as the states that the device may be in now.
#[derive(Clone, Debug)]
pub struct Said {
    /// Any of these; the last is after all that was begun.
    pub may_be: Vec<Model>,
    /// How many deeds were acknowledged.
    pub acknowledged: u64,
    /// A deed that was begun and not answered, by its place in the script.
    pub cut: Option<usize>,
    /// Deeds that were refused, with their codes.
    pub refused: Vec<(usize, String)>,
    /// The kinds of the calls that were counted.
    pub calls: Option<String>,
    /// Whether the worker could open its vault.
    pub opened: bool,
    /// What was said in words that nobody knows.
    pub strange: Vec<String>,
}

impl Said {
    /// Follows what was said, line by line; a line without its end was cut and says nothing.
    pub fn read(start: &Model, script: &[Deed], said: &str) -> Self {
        let mut follow = Self {
            may_be: vec![start.clone()],
            acknowledged: 0,
            cut: None,
            refused: Vec::new(),
            calls: None,
            opened: false,
            strange: Vec::new(),
        };
        let mut told = String::new();
        // The states if what was begun is not done at all.
        let mut before = follow.may_be.clone();
        for line in said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let parts: Vec<&str> = line.split('\t').collect();
            let deed = |number: &str| {
                let number: usize = number.parse().ok()?;
                Some((number, script.get(number)?))
            };
            match parts.as_slice() {
                ["open"] => follow.opened = true,
                ["clear" | "shut", ..] => {}
                ["calls", kinds] => follow.calls = Some((*kinds).to_owned()),
                ["begin", number, words] => {
                    let Some((number, deed)) = deed(number) else { continue };
                    (*words).clone_into(&mut told);
                    before = follow.may_be.clone();
                    let after = before.iter().flat_map(|model| model.outcomes(deed, &told));
                    let all: Vec<Model> = before.iter().cloned().chain(after).collect();
                    follow.may_be = unique(all);
                    follow.cut = Some(number);
                }
                ["done", number] => {
                    let Some((_, deed)) = deed(number) else { continue };
                    let after = before.iter().filter_map(|model| model.outcomes(deed, &told).pop());
                    follow.may_be = unique(after.collect());
                    follow.acknowledged += 1;
                    follow.cut = None;
                }
                ["failed", number, code] => {
                    let Some((number, _)) = deed(number) else { continue };
                    follow.refused.push((number, (*code).to_owned()));
                    follow.cut = None;
                }
                _ => follow.strange.push(line.to_owned()),
            }
        }
        follow
    }
}

fn unique(models: Vec<Model>) -> Vec<Model> {
    let mut kept: Vec<Model> = Vec::new();
    for model in models {
        if !kept.contains(&model) {
            kept.push(model);
        }
    }
    kept
}

/// A vault as it is made for every run.
pub fn founded(label: &str, words: String) -> Model {
    Model {
        key_stores: BTreeSet::from([FIRST_WAY.to_owned()]),
        words,
        label: label.to_owned(),
        epoch: 1,
        ..Model::default()
    }
}
