//! A disk that loses its power. What workers did one after the other is played again from their tapes up to a moment; of what was not synced by then,
//! any part may be missing: whole writes, sectors of a write, lengths, and names in folders.
//!
//! It keeps less than real file systems do: syncing a file does not keep its name, and what was not synced goes independently
//! of everything else. Only what was synced is certain: a file's content and length by syncing the file, names by syncing
//! their folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tekram_harness::folder::files;

use crate::dice::Dice;
use crate::tape::Event;

/// What a disk writes as one.
const SECTOR: usize = 512;

/// How much of what was not synced is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Everything.
    All,
    /// Each write, sector and name by itself, or not.
    Some,
    /// As `Some`, and in the place of a lost sector behind a file's old end lies what lay there before, instead of zeros.
    Garbage,
    /// Nothing: as a process that was killed.
    None,
}

impl Loss {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::All, Self::Some, Self::Garbage, Self::None];
}

type Node = usize;

#[derive(Clone, Debug)]
enum Change {
    Write {
        node: Node,
        at: usize,
        bytes: Vec<u8>,
    },
    Cut {
        node: Node,
        length: usize,
    },
    Name {
        folder: Node,
        name: String,
        node: Node,
    },
    Unname {
        folder: Node,
        name: String,
        node: Node,
    },
    Move {
        from: (Node, String),
        to: (Node, String),
        node: Node,
    },
}

#[derive(Clone, Debug)]
enum Kept {
    File(Vec<u8>),
    Folder(BTreeMap<String, Node>),
}

/// A device's folder as it was when a tape began, and what was done to it since.
#[derive(Clone, Debug)]
pub struct Disk {
    root: String,
    start: Vec<Kept>,
    /// What was done, with what makes it durable: the position of the sync, if there was one.
    changes: Vec<(usize, Change, Option<usize>)>,
    /// What was said, and when.
    said: Vec<(usize, String)>,
    length: usize,
}

/// What is there at one moment of the playing, by inode and by name.
struct Play {
    by_inode: BTreeMap<u64, Node>,
    folders: BTreeMap<String, Node>,
    files: BTreeMap<String, Node>,
}

impl Disk {
    /// The disk under `root` now, before anything is done to it.
    pub fn of(root: &Path) -> io::Result<DiskStart> {
        let mut start = DiskStart {
            root: root.to_string_lossy().into_owned(),
            nodes: Vec::new(),
            play: Play {
                by_inode: BTreeMap::new(),
                folders: BTreeMap::new(),
                files: BTreeMap::new(),
            },
        };
        start.take_in(root)?;
        Ok(start)
    }

    /// How many moments there are.
    pub fn length(&self) -> usize {
        self.length
    }

    /// What had been said at this moment.
    pub fn said(&self, moment: usize) -> String {
        let until = self.said.iter().filter(|(at, _)| *at < moment);
        until.map(|(_, line)| format!("{line}\n")).collect()
    }

    /// Writes to `target` what may be left when the power goes at this moment.
    pub fn after_power_cut(&self, moment: usize, loss: Loss, dice: &mut Dice, target: &Path) -> io::Result<()> {
        let mut nodes = self.start.clone();
        for (at, change, synced) in &self.changes {
            if *at >= moment {
                break;
            }
            let durable = synced.is_some_and(|synced| synced < moment);
            let whole = durable
                || match loss {
                    Loss::None => true,
                    Loss::All => false,
                    Loss::Some | Loss::Garbage => dice.throw(2) == 0,
                };
            let torn = !whole && !durable && loss != Loss::All && dice.throw(2) == 0;
            if whole || torn {
                apply(&mut nodes, change, torn.then_some(&mut *dice), loss == Loss::Garbage);
            }
        }
        write_out(&nodes, 0, target)
    }
}

/// A disk before its tape is known.
pub struct DiskStart {
    root: String,
    nodes: Vec<Kept>,
    play: Play,
}

impl DiskStart {
    #[cfg(unix)]
    fn take_in(&mut self, path: &Path) -> io::Result<Node> {
        use std::os::unix::fs::MetadataExt;
        let node = self.nodes.len();
        let name = path.to_string_lossy().into_owned();
        let about = fs::metadata(path)?;
        if about.is_dir() {
            self.nodes.push(Kept::Folder(BTreeMap::new()));
            self.play.folders.insert(name, node);
            let mut entries = BTreeMap::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                let inside = self.take_in(&entry.path())?;
                entries.insert(entry.file_name().to_string_lossy().into_owned(), inside);
            }
            if let Some(kept) = self.nodes.get_mut(node) {
                *kept = Kept::Folder(entries);
            }
        } else {
            self.nodes.push(Kept::File(fs::read(path)?));
            self.play.by_inode.insert(about.ino(), node);
            self.play.files.insert(name, node);
        }
        Ok(node)
    }

    #[cfg(not(unix))]
    fn take_in(&mut self, _path: &Path) -> io::Result<Node> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The disk with what its tape tells.
    pub fn played(self, events: Vec<Event>) -> Disk {
        let Self { root, nodes, mut play } = self;
        let mut start = nodes;
        let mut changes: Vec<(usize, Change, Option<usize>)> = Vec::new();
        let mut said = Vec::new();
        let length = events.len();
        for (at, event) in events.into_iter().enumerate() {
            let mut done = |change: Change| changes.push((at, change, None));
            match event {
                Event::Said(line) => said.push((at, line)),
                Event::Create { path, inode } => {
                    let node = start.len();
                    start.push(Kept::File(Vec::new()));
                    play.by_inode.insert(inode, node);
                    if let Some((folder, name)) = play.place(&path) {
                        done(Change::Name { folder, name, node });
                    }
                    play.files.insert(path, node);
                }
                Event::MakeFolder { path } => {
                    let node = start.len();
                    start.push(Kept::Folder(BTreeMap::new()));
                    if let Some((folder, name)) = play.place(&path) {
                        done(Change::Name { folder, name, node });
                    }
                    play.folders.insert(path, node);
                }
                Event::Write {
                    inode,
                    at: offset,
                    bytes,
                } => {
                    if let (Some(node), Ok(at)) = (play.by_inode.get(&inode), usize::try_from(offset)) {
                        done(Change::Write { node: *node, at, bytes });
                    }
                }
                Event::Cut { inode, length } => {
                    if let (Some(node), Ok(length)) = (play.by_inode.get(&inode), usize::try_from(length)) {
                        done(Change::Cut { node: *node, length });
                    }
                }
                Event::Sync { inode } => {
                    if let Some(synced) = play.by_inode.get(&inode) {
                        for (_, change, durable) in &mut changes {
                            let of_it = matches!(change, Change::Write { node, .. } | Change::Cut { node, .. } if node == synced);
                            if of_it && durable.is_none() {
                                *durable = Some(at);
                            }
                        }
                    }
                }
                Event::SyncFolder { path } => {
                    if let Some(synced) = play.folders.get(&path) {
                        for (_, change, durable) in &mut changes {
                            let of_it = match change {
                                Change::Name { folder, .. } | Change::Unname { folder, .. } => folder == synced,
                                Change::Move { from, to, .. } => from.0 == *synced && to.0 == *synced,
                                Change::Write { .. } | Change::Cut { .. } => false,
                            };
                            if of_it && durable.is_none() {
                                *durable = Some(at);
                            }
                        }
                    }
                }
                Event::Unlink { path } => {
                    let node = play.files.remove(&path).or_else(|| play.folders.remove(&path));
                    if let (Some(node), Some((folder, name))) = (node, play.place(&path)) {
                        done(Change::Unname { folder, name, node });
                    }
                }
                Event::Rename { from, to } => {
                    let node = play.files.get(&from).or_else(|| play.folders.get(&from)).copied();
                    if let (Some(node), Some(old), Some(new)) = (node, play.place(&from), play.place(&to)) {
                        done(Change::Move {
                            from: old,
                            to: new,
                            node,
                        });
                        play.rename(&from, &to);
                    }
                }
            }
        }
        Disk {
            root,
            start,
            changes,
            said,
            length,
        }
    }
}

impl Disk {
    /// The folder that it was.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The files that are not, to the last byte, what is played without any loss: where there are any, a call went past the tape.
    /// Not the file that SQLite shares in memory, which nothing is read from after a crash.
    pub fn differences(&self) -> io::Result<BTreeSet<PathBuf>> {
        let played = tempfile::tempdir_in(crate::work_folder())?;
        self.after_power_cut(self.length, Loss::None, &mut Dice::new(0), played.path())?;
        let (there, told) = (files(Path::new(&self.root))?, files(played.path())?);
        let names = there.keys().chain(told.keys());
        let differing =
            names.filter(|name| there.get(*name) != told.get(*name) && !name.to_string_lossy().ends_with("-shm"));
        Ok(differing.cloned().collect())
    }
}

impl Play {
    fn place(&self, path: &str) -> Option<(Node, String)> {
        let (folder, name) = path.rsplit_once('/')?;
        Some((*self.folders.get(folder)?, name.to_owned()))
    }

    fn rename(&mut self, from: &str, to: &str) {
        let moved = |path: &str| {
            let rest = path.strip_prefix(from)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
        };
        for map in [&mut self.files, &mut self.folders] {
            let all = std::mem::take(map);
            let is_replaced = |path: &String| path == to;
            let (moving, staying): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| moved(path).is_some());
            map.extend(staying.into_iter().filter(|(path, _)| !is_replaced(path)));
            map.extend(
                moving
                    .into_iter()
                    .filter_map(|(path, node)| Some((moved(&path)?, node))),
            );
        }
    }
}

/// Makes a change; of a torn write only some sectors.
fn apply(nodes: &mut [Kept], change: &Change, torn: Option<&mut Dice>, garbage: bool) {
    match change {
        Change::Write { node, at, bytes } => {
            let Some(Kept::File(content)) = nodes.get_mut(*node) else {
                return;
            };
            let end = at + bytes.len();
            let old_end = content.len();
            match torn {
                None => {
                    content.resize(old_end.max(end), 0);
                    if let Some(target) = content.get_mut(*at..end) {
                        target.copy_from_slice(bytes);
                    }
                }
                Some(dice) => {
                    // Sectors lie on the disk, not in the write.
                    let mut from = *at;
                    while from < end {
                        let until = ((from / SECTOR + 1) * SECTOR).min(end);
                        let written = dice.throw(2) == 0;
                        if written || garbage {
                            content.resize(content.len().max(until), 0);
                            if let (Some(target), Some(source)) =
                                (content.get_mut(from..until), bytes.get(from - at..until - at))
                            {
                                if written {
                                    target.copy_from_slice(source);
                                } else if from >= old_end {
                                    target.iter_mut().for_each(|byte| *byte = dice.throw(256) as u8);
                                }
                            }
                        }
                        from = until;
                    }
                }
            }
        }
        // There is no half of any of these.
        _ if torn.is_some() => {}
        Change::Cut { node, length } => {
            if let Some(Kept::File(content)) = nodes.get_mut(*node) {
                content.resize(*length, 0);
            }
        }
        Change::Name { folder, name, node } => name_in(nodes, *folder, name, *node),
        Change::Unname { folder, name, node } => unname_in(nodes, *folder, name, *node),
        Change::Move { from, to, node } => {
            unname_in(nodes, from.0, &from.1, *node);
            name_in(nodes, to.0, &to.1, *node);
        }
    }
}

fn name_in(nodes: &mut [Kept], folder: Node, name: &str, node: Node) {
    if let Some(Kept::Folder(entries)) = nodes.get_mut(folder) {
        entries.insert(name.to_owned(), node);
    }
}

fn unname_in(nodes: &mut [Kept], folder: Node, name: &str, node: Node) {
    if let Some(Kept::Folder(entries)) = nodes.get_mut(folder)
        && entries.get(name) == Some(&node)
    {
        entries.remove(name);
    }
}

fn write_out(nodes: &[Kept], node: Node, target: &Path) -> io::Result<()> {
    match nodes.get(node) {
        Some(Kept::File(content)) => fs::write(target, content),
        Some(Kept::Folder(entries)) => {
            fs::create_dir_all(target)?;
            entries
                .iter()
                .try_for_each(|(name, node)| write_out(nodes, *node, &target.join(name)))
        }
        None => Ok(()),
    }
}
