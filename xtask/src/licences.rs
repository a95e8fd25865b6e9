//! `cargo xtask licences [FILE]`: the licences page of the apps. It lists every crate that is linked into the phone's library
//! and every other library the apps ship (docs/store/libraries.toml), with who made it and under which licence, and
//! each licence text once, followed by those it is for.
//!
//! Made at packaging and not checked in: it follows `Cargo.lock` by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::place;
use crate::step::{Done, Failure, cargo, output, say};

const LIBRARIES: &str = "docs/store/libraries.toml";
/// The crate that is linked for phones, and the phones.
const SHIPPED: &str = "tekram-ffi";
const PHONES: [&str; 4] = [
    "aarch64-linux-android",
    "armv7-linux-androideabi",
    "x86_64-linux-android",
    "aarch64-apple-ios",
];
/// Texts for those that bring none: what their authors chose, without their own copy of it.
const COMMON_TEXTS: [(&str, &str); 2] = [("Apache-2.0", "LICENSE-APACHE"), ("MIT", "LICENSE-MIT")];
/// How deep in a crate its texts are looked for: C code that a crate brings has its own one folder down.
const DEPTH: usize = 2;

/// One thing that is shipped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    licence: String,
    by: String,
    from: String,
    /// Its texts, as they are.
    texts: Vec<String>,
}

/// Writes the page to `FILE`, or to `licences.txt` in cargo's target folder.
pub fn licences(args: &[String]) -> Done {
    let file = match args {
        [] => place::target()?.join("licences.txt"),
        [file] if !file.starts_with('-') => PathBuf::from(file),
        _ => return Err(Failure::usage("licences takes one file at most")),
    };
    write(&file)
}

/// Writes the page to `file`, when it is not there already as it would be written.
pub fn write(file: &Path) -> Done {
    let mut parts = crates()?;
    parts.extend(libraries(place::root())?);
    let own = COMMON_TEXTS
        .iter()
        .map(|(name, file)| Ok((*name, text(&place::root().join(file))?)))
        .collect::<Done<Vec<_>>>()?;
    let page = page(&parts, &own);
    if fs::read_to_string(file).is_ok_and(|before| before == page) {
        return Ok(());
    }
    let cannot = || format!("cannot write {}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Failure::because(cannot()))?;
    }
    fs::write(file, &page).map_err(Failure::because(cannot()))?;
    say(format!(
        "{} parts, {} KB in {}",
        parts.len(),
        page.len() / 1024,
        file.display()
    ));
    Ok(())
}

/// The crates that are linked into the phones' library: no build scripts, no macros, no tests, and nothing of ours.
fn crates() -> Done<Vec<Part>> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--locked"]);
    for phone in PHONES {
        command.args(["--filter-platform", phone]);
    }
    let json = output("cargo metadata", &mut command)?;
    let metadata: Value =
        serde_json::from_slice(&json).map_err(|cause| Failure::new(format!("cargo metadata is not JSON: {cause}")))?;
    let packages: BTreeMap<&str, &Value> = list(&metadata, "packages")
        .map(|package| (text_of(package, "id"), package))
        .collect();
    let linked = linked(&metadata, &packages);
    if linked.is_empty() {
        return Err(Failure::new(format!("the workspace has no crate {SHIPPED}")));
    }
    let mut parts = Vec::new();
    for package in linked.iter().filter_map(|id| packages.get(id)) {
        // Without a registry it is a crate of this workspace, under the licence of the whole.
        if package.get("source").is_none_or(Value::is_null) {
            continue;
        }
        let folder = Path::new(text_of(package, "manifest_path"))
            .parent()
            .unwrap_or(Path::new(""));
        let authors: Vec<&str> = list(package, "authors").filter_map(Value::as_str).collect();
        parts.push(Part {
            name: format!("{} {}", text_of(package, "name"), text_of(package, "version")),
            licence: text_of(package, "license").replace('/', " OR "),
            by: authors.join(", "),
            from: text_of(package, "repository").to_owned(),
            texts: texts_in(folder, DEPTH)?,
        });
    }
    parts.sort();
    Ok(parts)
}

fn linked<'m>(metadata: &'m Value, packages: &BTreeMap<&'m str, &'m Value>) -> BTreeSet<&'m str> {
    let nodes: BTreeMap<&str, &Value> = metadata
        .get("resolve")
        .into_iter()
        .flat_map(|resolve| list(resolve, "nodes"))
        .map(|node| (text_of(node, "id"), node))
        .collect();
    let mut waiting: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| text_of(package, "name") == SHIPPED)
        .map(|(id, _)| *id)
        .collect();
    let mut linked = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let is_macro = packages.get(id).is_some_and(|package| {
            list(package, "targets").any(|target| list(target, "kind").any(|kind| kind == "proc-macro"))
        });
        if is_macro || !linked.insert(id) {
            continue;
        }
        for dependency in nodes.get(id).into_iter().flat_map(|node| list(node, "deps")) {
            let is_normal = list(dependency, "dep_kinds").any(|kind| kind.get("kind").is_some_and(Value::is_null));
            if is_normal {
                waiting.push(text_of(dependency, "pkg"));
            }
        }
    }
    linked
}

fn libraries(root: &Path) -> Done<Vec<Part>> {
    let table: toml::Table = text(&root.join(LIBRARIES))?
        .parse()
        .map_err(|cause| Failure::new(format!("{LIBRARIES}: {cause}")))?;
    let entries = table.get("library").and_then(toml::Value::as_array);
    entries
        .into_iter()
        .flatten()
        .map(|entry| {
            let needed = |key: &str| match entry.get(key).and_then(toml::Value::as_str) {
                Some(value) => Ok(value.to_owned()),
                None => Err(Failure::new(format!("{LIBRARIES}: {entry} has no `{key}`"))),
            };
            let files = entry.get("files").and_then(toml::Value::as_array);
            Ok(Part {
                name: needed("name")?,
                licence: needed("licence")?,
                by: needed("by")?,
                from: needed("from")?,
                texts: files
                    .into_iter()
                    .flatten()
                    .filter_map(toml::Value::as_str)
                    .map(|file| text(&root.join(file)))
                    .collect::<Done<_>>()?,
            })
        })
        .collect()
}

/// Licence and notice texts in `folder`, and in what lies `depth - 1` folders below it.
fn texts_in(folder: &Path, depth: usize) -> Done<Vec<String>> {
    const BEGINNINGS: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
    let entries = fs::read_dir(folder).map_err(Failure::because(format!("cannot read {}", folder.display())))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_dir() {
            if depth > 1 {
                texts.extend(texts_in(&path, depth - 1)?);
            }
        } else if BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) {
            texts.push(text(&path)?);
        }
    }
    Ok(texts)
}

/// The page: a list of all, then each text once with those it is for.
fn page(parts: &[Part], own: &[(&str, String)]) -> String {
    let mut page = String::from("Tekram is built on the work of many.\n\n");
    let mut by_text: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for part in parts {
        // Writing to a `String` cannot fail.
        let _ = writeln!(page, "{}\n  {}", part.name, part.licence);
        for line in [&part.by, &part.from].into_iter().filter(|line| !line.is_empty()) {
            let _ = writeln!(page, "  {line}");
        }
        for text in &part.texts {
            by_text.entry(trimmed(text)).or_default().insert(&part.name);
        }
        for (name, text) in own {
            if part.texts.is_empty() && part.licence.split(' ').any(|word| word == *name) {
                by_text.entry(trimmed(text)).or_default().insert(&part.name);
            }
        }
    }
    for (text, names) in &by_text {
        let names: Vec<&str> = names.iter().copied().collect();
        let _ = write!(page, "\n{}\n{}\n\n{text}\n", "-".repeat(72), names.join(", "));
    }
    page
}

/// Without what differs between copies of one text: line ends, spaces at the end of lines, blank lines around it.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn text(path: &Path) -> Done<String> {
    let bytes = fs::read(path).map_err(Failure::because(format!("cannot read {}", path.display())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use super::*;

    fn part(name: &str, licence: &str, texts: &[&str]) -> Part {
        Part {
            name: name.to_owned(),
            licence: licence.to_owned(),
            by: String::new(),
            from: String::new(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    #[test]
    fn one_text_stands_once_for_all_it_is_for() {
        let parts = [
            part("a 1", "MIT", &["Text one\r\n"]),
            part("b 2", "MIT", &["\nText one  \n"]),
        ];
        let page = page(&parts, &[]);
        assert_eq!(page.matches("Text one").count(), 1);
        assert!(page.contains("a 1, b 2"));
    }

    #[test]
    fn who_brings_no_text_gets_the_common_one() {
        let page = page(
            &[part("a 1", "MIT OR Apache-2.0", &[]), part("b 1", "CC0-1.0", &[])],
            &[("MIT", "The MIT text".to_owned())],
        );
        assert_eq!(page.matches("The MIT text").count(), 1);
        assert!(page.contains("\na 1\n\nThe MIT text"), "{page}");
    }

    #[test]
    fn the_libraries_file_can_be_read_and_its_texts_are_there() {
        let parts = libraries(place::root()).unwrap();
        assert!(parts.iter().any(|part| !part.texts.is_empty()));
    }
}
