//! `cargo xtask words`: the one list of words (Android's string resources) becomes the string catalogue of the iOS app,
//! and both languages, and the keys that screens use, are held against it.
//!
//! The catalogue is checked in, because Xcode reads it; `--check` (part of lint) fails when it has drifted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::place;
use crate::resources::{self, Word, Words};
use crate::step::{Done, Failure, say};
use crate::used::{self, Use};

const ENGLISH: &str = "android/ui/src/main/res/values";
const GERMAN: &str = "android/ui/src/main/res/values-de";
/// Words of the Android app alone: its settings of the phone, tile and widget.
const APP_ENGLISH: &str = "android/app/src/main/res/values";
const APP_GERMAN: &str = "android/app/src/main/res/values-de";
const CATALOGUE: &str = "ios/TekramUI/Resources/Localizable.xcstrings";
const KOTLIN: &str = "android";
const SWIFT: [&str; 3] = ["ios/TekramKit", "ios/TekramUI", "ios/App"];

/// Writes the catalogue, or with `--check` compares it. `--unused` makes a key that no screen uses a fault; otherwise
/// they are counted, and `--list` names them.
pub fn words(args: &[String]) -> Done {
    let (mut check, mut unused_is_fault, mut list) = (false, false, false);
    for arg in args {
        match arg.as_str() {
            "--check" => check = true,
            "--unused" => unused_is_fault = true,
            "--list" => list = true,
            other => {
                return Err(Failure::usage(format!(
                    "words takes --check, --unused and --list, not {other:?}"
                )));
            }
        }
    }
    let root = place::root();
    let english = resources::read(&root.join(ENGLISH))?;
    let german = resources::read(&root.join(GERMAN))?;
    let uses = uses(root)?;
    let app_english = resources::read(&root.join(APP_ENGLISH))?;
    let mut faults = differences(&english, &german);
    faults.extend(differences(&app_english, &resources::read(&root.join(APP_GERMAN))?));
    faults.extend(missing(
        &app_english.into_iter().chain(english.clone()).collect(),
        &uses,
    ));
    let unused = unused(&english, &uses);
    if unused_is_fault {
        faults.extend(unused.iter().map(|key| format!("{key} is used by no screen")));
    } else if !unused.is_empty() {
        say(format!(
            "{} of {} words are used by no screen",
            unused.len(),
            english.len()
        ));
        if list {
            for key in &unused {
                println!("{key}");
            }
        }
    }
    let path = root.join(CATALOGUE);
    let made = catalogue(&english, &german)?;
    if !check {
        fs::write(&path, made).map_err(Failure::because(format!("cannot write {CATALOGUE}")))?;
    } else if fs::read_to_string(&path).unwrap_or_default() != made {
        faults.push(format!("{CATALOGUE} has drifted: run `cargo xtask words`"));
    }
    if faults.is_empty() {
        say(format!(
            "{} words in two languages, and every key that a screen uses is there",
            english.len()
        ));
        return Ok(());
    }
    Err(Failure::new(format!("words:\n  {}", faults.join("\n  "))))
}

/// Keys of one language that the other lacks, and placeholders that differ.
fn differences(english: &Words, german: &Words) -> Vec<String> {
    let mut faults = Vec::new();
    for (key, word) in english {
        match german.get(key) {
            None => faults.push(format!("{key} has no German")),
            Some(other) if matches!(word, Word::Plural(_)) != matches!(other, Word::Plural(_)) => {
                faults.push(format!("{key} is a plural in one language only"));
            }
            Some(other) if placeholders(word) != placeholders(other) => {
                faults.push(format!("{key} has other placeholders in German"));
            }
            Some(_) => {}
        }
    }
    faults.extend(
        german
            .keys()
            .filter(|key| !english.contains_key(*key))
            .map(|key| format!("{key} has no English")),
    );
    faults
}

/// Number of each placeholder and what it is. Of a plural, those of all its forms: the form for one may say the number
/// in words.
fn placeholders(word: &Word) -> BTreeSet<(u32, char)> {
    match word {
        Word::One(text) => resources::placeholders(text).into_iter().collect(),
        Word::Plural(forms) => forms.values().flat_map(|text| resources::placeholders(text)).collect(),
    }
}

/// Keys that a screen asks for and that are not there, or that it asks for in the wrong way.
fn missing(english: &Words, uses: &[Use]) -> Vec<String> {
    let mut faults = BTreeSet::new();
    for found in uses.iter().filter(|found| found.must_exist) {
        let (place, key) = (&found.place, &found.text);
        if found.joined && !key.ends_with('_') {
            faults.insert(format!(
                "{place}: {key:?} is put together; give values to a word's placeholders"
            ));
        } else if !found.joined && !english.contains_key(key) {
            faults.insert(format!("{place}: there is no word {key:?}"));
        }
    }
    faults.into_iter().collect()
}

/// Keys that stand nowhere in the sources. `error_…` and other families are found by the beginning that is joined.
fn unused(english: &Words, uses: &[Use]) -> Vec<String> {
    let whole: BTreeSet<&str> = uses
        .iter()
        .filter(|found| !found.joined)
        .map(|found| found.text.as_str())
        .collect();
    let families: Vec<&str> = uses
        .iter()
        .filter(|found| found.joined && found.text.ends_with('_') && found.text.len() > 1)
        .map(|found| found.text.as_str())
        .collect();
    english
        .keys()
        .filter(|key| !whole.contains(key.as_str()) && !families.iter().any(|family| key.starts_with(family)))
        .cloned()
        .collect()
}

fn uses(root: &Path) -> Done<Vec<Use>> {
    let mut found = Vec::new();
    let mut look = |folder: PathBuf, extension: &str, shows: fn(&str, &str, &str) -> bool| -> Done {
        for path in used::files(&folder, extension)? {
            let text =
                fs::read_to_string(&path).map_err(Failure::because(format!("cannot read {}", path.display())))?;
            let place = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            found.extend(used::literals(&text, &place, shows));
            if extension != "swift" {
                found.extend(used::resources(&text, &place));
            }
        }
        Ok(())
    };
    look(root.join(KOTLIN), "kt", used::shown_by_kotlin)?;
    look(root.join(KOTLIN), "xml", |_, _, _| false)?;
    for folder in SWIFT {
        look(root.join(folder), "swift", used::shown_by_swift)?;
    }
    Ok(found)
}

/// Apple's string catalogue. Words for Android alone are left out.
fn catalogue(english: &Words, german: &Words) -> Done<String> {
    let mut strings = Map::new();
    for (key, word) in english.iter().filter(|(key, _)| !key.ends_with("_android")) {
        let mut languages = Map::new();
        if let Some(word) = german.get(key) {
            languages.insert("de".to_owned(), localisation(word));
        }
        languages.insert("en".to_owned(), localisation(word));
        strings.insert(
            key.clone(),
            json!({"extractionState": "manual", "localizations": languages}),
        );
    }
    let catalogue = json!({"sourceLanguage": "en", "strings": strings, "version": "1.0"});
    let mut text = serde_json::to_string_pretty(&catalogue)
        .map_err(|cause| Failure::new(format!("the catalogue cannot be written: {cause}")))?;
    let _ = writeln!(text);
    Ok(text)
}

fn unit(text: &str) -> Value {
    json!({"stringUnit": {"state": "translated", "value": text}})
}

fn localisation(word: &Word) -> Value {
    match word {
        Word::One(text) => unit(&resources::for_apple(text)),
        // With further placeholders the count must be named, or Xcode cannot tell which number decides.
        Word::Plural(forms) if forms.values().any(|text| resources::placeholders(text).len() > 1) => {
            let forms: BTreeMap<_, _> = forms
                .iter()
                .map(|(form, text)| (form, unit(&resources::for_apple(text).replace("%1$lld", "%arg"))))
                .collect();
            json!({
                "stringUnit": {"state": "translated", "value": "%#@count@"},
                "substitutions": {"count": {"argNum": 1, "formatSpecifier": "lld", "variations": {"plural": forms}}},
            })
        }
        Word::Plural(forms) => {
            let forms: BTreeMap<_, _> = forms
                .iter()
                .map(|(form, text)| (form, unit(&resources::for_apple(text))))
                .collect();
            json!({"variations": {"plural": forms}})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[(&str, &str)]) -> Words {
        list.iter()
            .map(|(key, text)| ((*key).to_owned(), Word::One((*text).to_owned())))
            .collect()
    }

    fn asks(text: &str, joined: bool) -> Use {
        Use {
            place: "S.swift".into(),
            text: text.into(),
            must_exist: true,
            joined,
        }
    }

    #[test]
    fn a_word_of_one_language_alone_is_named() {
        let faults = differences(&words(&[("a", "x"), ("b", "y")]), &words(&[("b", "y"), ("c", "z")]));
        assert_eq!(faults, ["a has no German", "c has no English"]);
    }

    #[test]
    fn placeholders_may_change_their_order_but_not_their_kind() {
        let english = words(&[("a", "%1$s of %2$d"), ("b", "%1$s")]);
        let german = words(&[("a", "%2$d von %1$s"), ("b", "%1$d")]);
        assert_eq!(differences(&english, &german), ["b has other placeholders in German"]);
    }

    #[test]
    fn a_key_that_is_asked_for_and_missing_is_a_fault() {
        let faults = missing(
            &words(&[("me_title", "Me")]),
            &[asks("me_title", false), asks("me_titel", false)],
        );
        assert_eq!(faults, ["S.swift: there is no word \"me_titel\""]);
    }

    #[test]
    fn a_family_of_keys_counts_as_used() {
        let all = words(&[("error_closed", "x"), ("me_title", "x")]);
        assert_eq!(unused(&all, &[asks("error_", true)]), ["me_title"]);
    }

    #[test]
    fn a_plural_becomes_variations() {
        let forms = BTreeMap::from([
            ("one".to_owned(), "%1$d play".to_owned()),
            ("other".to_owned(), "%1$d plays".to_owned()),
        ]);
        let apple = localisation(&Word::Plural(forms));
        assert_eq!(
            apple.pointer("/variations/plural/other/stringUnit/value"),
            Some(&json!("%1$lld plays"))
        );
    }
}
