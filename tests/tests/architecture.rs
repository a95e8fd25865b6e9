//! The layering of the rooms, checked: who may depend on whom, one place for versions, the same lints everywhere.
//!
//! {cli, ffi} → agent → {listen, pay, relate, intent} → {vault, net} → primitives; desk → the rooms, never agent. Rooms on
//! one level do not know each other, so that each can be read, tested and replaced alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Each crate of the product and what of ours it may use, in code that ships.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("tekram-primitives", &[]),
    ("tekram-net", &["tekram-primitives"]),
    ("tekram-vault", &["tekram-primitives"]),
    ("tekram-listen", &["tekram-primitives", "tekram-net", "tekram-vault"]),
    ("tekram-pay", &["tekram-primitives", "tekram-net", "tekram-vault"]),
    ("tekram-relate", &["tekram-primitives", "tekram-net", "tekram-vault"]),
    ("tekram-intent", &["tekram-primitives", "tekram-net", "tekram-vault"]),
    (
        "tekram-agent",
        &[
            "tekram-primitives",
            "tekram-net",
            "tekram-vault",
            "tekram-listen",
            "tekram-pay",
            "tekram-relate",
            "tekram-intent",
        ],
    ),
    ("tekram-cli", &["tekram-agent"]),
    ("tekram-ffi", &["tekram-agent"]),
    ("tekram-bindgen", &[]),
    (
        "tekram-desk",
        &[
            "tekram-primitives",
            "tekram-net",
            "tekram-vault",
            "tekram-listen",
            "tekram-pay",
            "tekram-relate",
            "tekram-intent",
        ],
    ),
    ("tekram-harness", &[]),
    ("xtask", &[]),
];

/// Crates outside the product: they may use any of it, and nothing may use them but tests.
const OUTSIDE: [&str; 3] = ["tekram-fuzz", "tekram-tests", FAULTS];

/// Has an entry in C, so that it cannot forbid unsafe code; it is in nothing that ships.
const ENTRY_IN_C: &str = "tekram-fuzz";

/// The crate that stands in the place of the C library's calls, and so has the one lint less that its manifest says.
const FAULTS: &str = "tekram-faults";

/// The one crate that tests of every room may use beside what the room itself may.
const FOR_TESTS: &str = "tekram-harness";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &Path) -> Table {
    let text = fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    text.parse()
        .unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// Crate name → its manifest.
fn manifests() -> BTreeMap<String, Table> {
    let workspace = read(&root().join("Cargo.toml"));
    let members = workspace["workspace"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|member| {
            let manifest = read(&root().join(member.as_str().unwrap()).join("Cargo.toml"));
            (manifest["package"]["name"].as_str().unwrap().to_owned(), manifest)
        })
        .collect()
}

/// Names of the dependencies in one section, also in those for one platform only.
fn section<'a>(manifest: &'a Table, name: &str) -> Vec<(&'a String, &'a Value)> {
    let everywhere = manifest.get(name).and_then(Value::as_table);
    let platforms = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values);
    let there = platforms.filter_map(|platform| platform.get(name).and_then(Value::as_table));
    everywhere.into_iter().chain(there).flatten().collect()
}

fn ours_in(manifest: &Table, name: &str) -> BTreeSet<String> {
    let known: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).chain(OUTSIDE).collect();
    section(manifest, name)
        .into_iter()
        .map(|(name, _)| name.clone())
        .filter(|name| known.contains(name.as_str()))
        .collect()
}

#[test]
fn every_crate_has_its_place_in_the_layering() {
    let placed: BTreeSet<String> = MAY_USE
        .iter()
        .map(|(name, _)| *name)
        .chain(OUTSIDE)
        .map(str::to_owned)
        .collect();
    let members: BTreeSet<String> = manifests().into_keys().collect();
    assert_eq!(members, placed, "a new crate needs a row in MAY_USE");
}

#[test]
fn dependencies_point_down_only() {
    let manifests = manifests();
    for (name, allowed) in MAY_USE {
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        for kind in ["dependencies", "build-dependencies"] {
            for used in ours_in(&manifests[name], kind) {
                assert!(
                    allowed.contains(used.as_str()),
                    "{name} must not depend on {used} ({kind})"
                );
            }
        }
        for used in ours_in(&manifests[name], "dev-dependencies") {
            let fine = allowed.contains(used.as_str()) || used == FOR_TESTS;
            assert!(fine, "the tests of {name} must not depend on {used}");
        }
    }
}

#[test]
fn rooms_on_one_level_do_not_know_each_other() {
    let level = ["tekram-listen", "tekram-pay", "tekram-relate", "tekram-intent"];
    let manifests = manifests();
    for room in level {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let used = ours_in(&manifests[room], kind);
            let neighbours: Vec<_> = level.iter().filter(|other| used.contains(**other)).collect();
            assert!(neighbours.is_empty(), "{room} knows {neighbours:?} ({kind})");
        }
    }
}

#[test]
fn versions_stand_in_the_workspace_only() {
    for (name, manifest) in manifests() {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (dependency, entry) in section(&manifest, kind) {
                let inherited = entry.get("workspace").and_then(Value::as_bool) == Some(true);
                assert!(
                    inherited,
                    "{name}: {dependency} in [{kind}] must say `workspace = true`"
                );
            }
        }
        for field in ["version", "edition", "rust-version", "license", "publish"] {
            let inherited = manifest["package"]
                .get(field)
                .and_then(|value| value.get("workspace"))
                .is_some();
            assert!(inherited, "{name}: package.{field} must come from the workspace");
        }
        assert!(
            manifest.get("profile").is_none(),
            "{name}: profiles stand in the workspace"
        );
    }
}

#[test]
fn every_crate_keeps_the_workspace_lints_and_they_forbid_unsafe_code() {
    let workspace = read(&root().join("Cargo.toml"));
    let lints = &workspace["workspace"]["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
    assert_eq!(lints["rust"]["missing_docs"].as_str(), Some("deny"));
    for lint in [
        "unwrap_used",
        "expect_used",
        "indexing_slicing",
        "string_slice",
        "panic",
    ] {
        assert_eq!(lints["clippy"][lint].as_str(), Some("deny"), "{lint}");
    }
    for (name, manifest) in manifests().into_iter().filter(|(name, _)| name != ENTRY_IN_C) {
        let lints = manifest.get("lints").and_then(Value::as_table);
        if name == FAULTS {
            let mut all_but_one = workspace["workspace"]["lints"].as_table().unwrap().clone();
            all_but_one["rust"]["unsafe_code"] = Value::from("deny");
            assert_eq!(
                lints,
                Some(&all_but_one),
                "{name}: the workspace's lints, and `unsafe_code` denied"
            );
            continue;
        }
        let inherited = lints.is_some_and(|lints| lints.len() == 1 && lints["workspace"].as_bool() == Some(true));
        assert!(inherited, "{name}: [lints] must be `workspace = true` and nothing else");
    }
}

#[test]
fn unsafe_code_is_allowed_in_one_file_of_the_tests_only() {
    // Put together here, so that this file is not one of them.
    let words = ["allow(unsafe", "_code"].concat();
    let mut allowing = Vec::new();
    for folder in ["core", "bindings", "tests", "xtask"] {
        for path in rust_files(&root().join(folder)) {
            if fs::read_to_string(&path).unwrap().contains(&words) {
                allowing.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    assert_eq!(allowing, [Path::new("tests/faults/src/worker/system.rs")]);
}

#[test]
fn no_file_of_the_product_switches_a_denied_lint_off_for_itself() {
    let denied = [
        "unwrap_used",
        "expect_used",
        "indexing_slicing",
        "string_slice",
        "missing_docs",
        "clippy::panic",
    ];
    let mut looked_at = 0;
    for path in rust_files(&root().join("core")) {
        let in_tests = path.components().any(|part| part.as_os_str() == "tests")
            || path
                .file_stem()
                .is_some_and(|stem| stem == "tests" || stem.to_string_lossy().ends_with("_tests"));
        if in_tests {
            continue;
        }
        looked_at += 1;
        let text = fs::read_to_string(&path).unwrap();
        // Inside `mod tests` the lints are off by agreement; everything before it ships.
        let shipped = text.split("#[cfg(test)]").next().unwrap();
        for line in shipped.lines().filter(|line| line.contains("allow(")) {
            let switched_off: Vec<_> = denied.iter().filter(|lint| line.contains(**lint)).collect();
            assert!(switched_off.is_empty(), "{}: allows {switched_off:?}", path.display());
        }
    }
    assert!(looked_at > 10, "only {looked_at} files found");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
