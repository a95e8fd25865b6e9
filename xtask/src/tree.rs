//! Checks the resolved dependency tree against `deny.toml`: licences, crates and features that must not come in, and
//! crates that may be there once only (two copies of SQLite or of a TLS library do not share state, and one would go
//! unpatched). Which part of the file it reads stands at the top of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::licence;
use crate::place;
use crate::step::{Done, Failure, say};

/// What `deny.toml` says.
#[derive(Debug, Default)]
struct Rules {
    licences: Vec<String>,
    /// Banned crate → the crates that may use it all the same.
    banned: BTreeMap<String, Vec<String>>,
    /// Crates that may be there in one version only.
    once: Vec<String>,
    /// Crate → features that it must not be built with.
    features: BTreeMap<String, Vec<String>>,
    /// Whether our own crates must name the versions that they take.
    no_wildcards: bool,
    /// Whether everything must come from the registry.
    registry_only: bool,
}

/// One package of the tree, as far as the rules look.
#[derive(Debug, Default)]
struct Package {
    name: String,
    version: String,
    licence: String,
    from_registry: bool,
    ours: bool,
    /// Names of the packages it depends on.
    uses: BTreeSet<String>,
    /// Features it is built with.
    features: BTreeSet<String>,
    /// Dependencies of which it takes any version, other than our own crates.
    wildcards: Vec<String>,
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
    let part = |section: &str, key: &str| table.get(section).and_then(|part| part.get(key));
    let tables = |key: &str| part("bans", key).and_then(toml::Value::as_array).into_iter().flatten();
    let denied = |section: &str, key: &str| part(section, key).and_then(toml::Value::as_str) == Some("deny");
    let mut rules = Rules {
        licences: texts(part("licenses", "allow")),
        no_wildcards: denied("bans", "wildcards"),
        registry_only: denied("sources", "unknown-git") && denied("sources", "unknown-registry"),
        ..Rules::default()
    };
    let name = |entry: &toml::Value| match entry.get("crate").and_then(toml::Value::as_str) {
        Some(name) => Ok(name.to_owned()),
        // Read over, a rule would be kept by nobody.
        None => Err(Failure::new(format!("deny.toml: {entry} names no `crate`"))),
    };
    for entry in tables("deny") {
        let many = entry.get("deny-multiple-versions").and_then(toml::Value::as_bool);
        if many == Some(true) {
            rules.once.push(name(entry)?);
        } else {
            rules.banned.insert(name(entry)?, texts(entry.get("wrappers")));
        }
    }
    for entry in tables("features") {
        rules.features.insert(name(entry)?, texts(entry.get("deny")));
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
    let mut resolution: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = list(&resolved, "nodes")
        .iter()
        .map(|node| {
            let deps = list(node, "deps");
            let uses = deps.iter().filter_map(|dep| names.get(&text(dep, "pkg")).cloned());
            let features = list(node, "features");
            let features = features
                .iter()
                .filter_map(|feature| feature.as_str().map(str::to_owned));
            (text(node, "id"), (uses.collect(), features.collect()))
        })
        .collect();
    let any_version = |dep: &&Value| text(dep, "req") == "*" && dep.get("path").is_none_or(Value::is_null);
    list(metadata, "packages")
        .iter()
        .map(|package| {
            let (uses, features) = resolution.remove(&text(package, "id")).unwrap_or_default();
            let taken = list(package, "dependencies");
            Package {
                name: text(package, "name"),
                version: text(package, "version"),
                licence: text(package, "license"),
                from_registry: text(package, "source").starts_with("registry+"),
                ours: package.get("source").is_none_or(Value::is_null),
                uses,
                features,
                wildcards: taken.iter().filter(any_version).map(|dep| text(dep, "name")).collect(),
            }
        })
        .collect()
}

fn faults(rules: &Rules, packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Package {
            name, version, licence, ..
        } = package;
        if rules.registry_only && !package.ours && !package.from_registry {
            found.push(format!(
                "{name} {version} comes neither from this workspace nor from the registry"
            ));
        }
        if !licence::is_allowed(licence, &rules.licences) {
            found.push(format!(
                "{name} {version} has licence {licence:?}, which deny.toml does not allow"
            ));
        }
        if rules.no_wildcards && package.ours && !package.wildcards.is_empty() {
            let any = package.wildcards.join(", ");
            found.push(format!("{name} takes any version of {any}"));
        }
        for feature in rules.features.get(name).into_iter().flatten() {
            if package.features.contains(feature) {
                found.push(format!("{name} {version} is built with its feature {feature}"));
            }
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
    for name in &rules.once {
        let versions: Vec<&str> = packages
            .iter()
            .filter(|package| package.name == *name)
            .map(|package| package.version.as_str())
            .collect();
        if versions.len() > 1 {
            let (many, versions) = (versions.len(), versions.join(", "));
            found.push(format!("there may be one {name}; there are {many}: {versions}"));
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
            uses: uses.iter().map(|name| (*name).to_owned()).collect(),
            ..Package::default()
        }
    }

    fn sound_tree() -> Vec<Package> {
        ["libsqlite3-sys", "rustls"]
            .map(|name| package(name, "MIT", &[]))
            .into()
    }

    fn our_rules() -> Rules {
        rules(
            r#"
            licenses.allow = ["MIT"]
            sources = { unknown-git = "deny", unknown-registry = "deny" }
            [bans]
            wildcards = "deny"
            deny = [
                { crate = "aws-lc-rs" },
                { crate = "libsqlite3-sys", deny-multiple-versions = true },
                { crate = "openssl-sys", wrappers = ["libsqlite3-sys"] },
            ]
            features = [{ crate = "rustls", deny = ["aws-lc-rs"] }]
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
    fn a_feature_that_brings_another_provider_is_a_fault() {
        let mut tree = sound_tree();
        tree[1].features = ["ring".to_owned(), "aws-lc-rs".to_owned()].into();
        assert_eq!(
            faults(&our_rules(), &tree),
            ["rustls 1.0.0 is built with its feature aws-lc-rs"]
        );
    }

    #[test]
    fn any_version_is_a_fault_in_our_own_crates_and_any_source_in_all() {
        let mut tree = sound_tree();
        let mut ours = package("tekram-x", "MIT", &[]);
        (ours.ours, ours.from_registry, ours.wildcards) = (true, false, vec!["serde".to_owned()]);
        tree.push(ours);
        assert_eq!(faults(&our_rules(), &tree), ["tekram-x takes any version of serde"]);
        tree[0].from_registry = false;
        assert_eq!(faults(&our_rules(), &tree).len(), 2);
    }

    #[test]
    fn a_rule_about_no_crate_is_an_error_and_not_read_over() {
        assert!(rules("bans.deny = [{ name = 'openssl' }]").is_err());
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
        for once in ["rustls", "ring", "rusqlite", "libsqlite3-sys"] {
            assert!(rules.once.iter().any(|name| name == once), "{once}");
        }
        assert!(rules.features.contains_key("rustls") && rules.no_wildcards && rules.registry_only);
    }
}
