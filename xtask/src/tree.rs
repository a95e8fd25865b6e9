//! Checks the resolved dependency tree against `deny.toml`: licences, crates that must not come in, and crates that
//! may be there once only (two copies of SQLite or of a TLS library do not share state, and one would go unpatched).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::licence;
use crate::place;
use crate::step::{Done, Failure, say};

/// Crates that there must be exactly one version of.
const ONCE: [&str; 4] = ["libsqlite3-sys", "rusqlite", "rustls", "ring"];

/// What `deny.toml` says.
#[derive(Debug, Default)]
struct Rules {
    licences: Vec<String>,
    /// Banned crate → the crates that may use it all the same.
    banned: BTreeMap<String, Vec<String>>,
}

/// One package of the tree, as far as the rules look.
#[derive(Debug)]
struct Package {
    name: String,
    version: String,
    licence: String,
    from_registry: bool,
    ours: bool,
    /// Names of the packages it depends on.
    uses: BTreeSet<String>,
}

/// Fails with one line for each thing that the rules forbid.
pub fn check() -> Done {
    let path = place::root().join("deny.toml");
    let text = fs::read_to_string(&path).map_err(Failure::because("cannot read deny.toml"))?;
    let rules = rules(&text)?;
    let packages = packages(&place::metadata(true)?);
    let found = faults(&rules, &packages);
    if found.is_empty() {
        say(format!(
            "the tree of {} packages keeps the rules of deny.toml",
            packages.len()
        ));
        return Ok(());
    }
    Err(Failure::new(format!(
        "the dependency tree breaks rules of deny.toml:\n  {}",
        found.join("\n  ")
    )))
}

fn rules(text: &str) -> Done<Rules> {
    let table: toml::Table = text
        .parse()
        .map_err(|cause| Failure::new(format!("deny.toml: {cause}")))?;
    let texts = |value: Option<&toml::Value>| -> Vec<String> {
        let list = value.and_then(toml::Value::as_array).cloned().unwrap_or_default();
        list.iter()
            .filter_map(|entry| entry.as_str().map(str::to_owned))
            .collect()
    };
    let mut rules = Rules {
        licences: texts(table.get("licenses").and_then(|part| part.get("allow"))),
        ..Rules::default()
    };
    let banned = table
        .get("bans")
        .and_then(|part| part.get("deny"))
        .and_then(toml::Value::as_array);
    for entry in banned.into_iter().flatten() {
        if let Some(name) = entry.get("name").and_then(toml::Value::as_str) {
            rules.banned.insert(name.to_owned(), texts(entry.get("wrappers")));
        }
    }
    Ok(rules)
}

fn packages(metadata: &Value) -> Vec<Package> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let names: BTreeMap<String, String> = list(metadata, "packages")
        .iter()
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect();
    let resolved = metadata.get("resolve").cloned().unwrap_or_default();
    let uses: BTreeMap<String, BTreeSet<String>> = list(&resolved, "nodes")
        .iter()
        .map(|node| {
            let used = list(node, "deps")
                .iter()
                .filter_map(|dep| names.get(&text(dep, "pkg")).cloned())
                .collect();
            (text(node, "id"), used)
        })
        .collect();
    list(metadata, "packages")
        .iter()
        .map(|package| Package {
            name: text(package, "name"),
            version: text(package, "version"),
            licence: text(package, "license"),
            from_registry: text(package, "source").starts_with("registry+"),
            ours: package.get("source").is_none_or(Value::is_null),
            uses: uses.get(&text(package, "id")).cloned().unwrap_or_default(),
        })
        .collect()
}

fn faults(rules: &Rules, packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Package {
            name, version, licence, ..
        } = package;
        if !package.ours && !package.from_registry {
            found.push(format!(
                "{name} {version} comes neither from this workspace nor from the registry"
            ));
        }
        if !licence::is_allowed(licence, &rules.licences) {
            found.push(format!(
                "{name} {version} has licence {licence:?}, which deny.toml does not allow"
            ));
        }
        let Some(wrappers) = rules.banned.get(name) else {
            continue;
        };
        let users: Vec<&str> = packages
            .iter()
            .filter(|user| user.uses.contains(name) && !wrappers.contains(&user.name))
            .map(|user| user.name.as_str())
            .collect();
        if wrappers.is_empty() || !users.is_empty() {
            found.push(format!("{name} {version} is banned; used by {}", users.join(", ")));
        }
    }
    for name in ONCE {
        let versions: Vec<&str> = packages
            .iter()
            .filter(|package| package.name == name)
            .map(|package| package.version.as_str())
            .collect();
        if versions.len() != 1 {
            found.push(format!(
                "there must be exactly one {name}; there are {}: {}",
                versions.len(),
                versions.join(", ")
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, licence: &str, uses: &[&str]) -> Package {
        Package {
            name: name.into(),
            version: "1.0.0".into(),
            licence: licence.into(),
            from_registry: true,
            ours: false,
            uses: uses.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn sound_tree() -> Vec<Package> {
        ONCE.iter().map(|name| package(name, "MIT", &[])).collect()
    }

    fn our_rules() -> Rules {
        rules(
            r#"
            licenses.allow = ["MIT"]
            bans.deny = [{ name = "aws-lc-rs" }, { name = "openssl-sys", wrappers = ["libsqlite3-sys"] }]
            "#,
        )
        .unwrap()
    }

    #[test]
    fn a_sound_tree_has_no_faults() {
        assert_eq!(faults(&our_rules(), &sound_tree()), Vec::<String>::new());
    }

    #[test]
    fn a_second_tls_library_is_named_with_its_user() {
        let mut tree = sound_tree();
        tree.push(package("aws-lc-rs", "MIT", &[]));
        tree.push(package("some-client", "MIT", &["aws-lc-rs"]));
        assert_eq!(
            faults(&our_rules(), &tree),
            ["aws-lc-rs 1.0.0 is banned; used by some-client"]
        );
    }

    #[test]
    fn a_banned_crate_is_fine_inside_its_wrapper_only() {
        let mut tree = sound_tree();
        tree.push(package("openssl-sys", "MIT", &[]));
        tree[0].uses.insert("openssl-sys".into());
        assert_eq!(tree[0].name, "libsqlite3-sys");
        assert!(faults(&our_rules(), &tree).is_empty());
        tree.push(package("openssl", "MIT", &["openssl-sys"]));
        assert_eq!(
            faults(&our_rules(), &tree),
            ["openssl-sys 1.0.0 is banned; used by openssl"]
        );
    }

    #[test]
    fn two_copies_of_sqlite_are_a_fault() {
        let mut tree = sound_tree();
        tree.push(package("libsqlite3-sys", "MIT", &[]));
        assert_eq!(faults(&our_rules(), &tree).len(), 1);
    }

    #[test]
    fn a_licence_that_is_not_listed_is_a_fault() {
        let mut tree = sound_tree();
        tree.push(package("left-pad", "GPL-3.0-only", &[]));
        assert_eq!(faults(&our_rules(), &tree).len(), 1);
    }

    #[test]
    fn the_rules_in_the_repository_can_be_read() {
        let text = fs::read_to_string(place::root().join("deny.toml")).unwrap();
        let rules = rules(&text).unwrap();
        assert!(rules.licences.contains(&"MIT".to_owned()));
        assert_eq!(rules.banned.get("openssl-sys").unwrap(), &["libsqlite3-sys"]);
    }
}
