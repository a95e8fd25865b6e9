//! Finds the string literals of Kotlin and Swift sources and what each is given to, so that keys of words can be held
//! against the list. It reads text, not syntax: enough for sources that are formatted and compiled elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{Done, Failure};

/// A string literal, or the beginning of one that goes on with a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Use {
    /// File and line.
    pub place: String,
    /// The literal; when `joined`, what stands before the first value.
    pub text: String,
    /// It is given to something that shows a word by its key.
    pub must_exist: bool,
    /// A value is put into it.
    pub joined: bool,
}

/// Kotlin's two ways to a word.
pub fn shown_by_kotlin(call: &str, _: &str, _: &str) -> bool {
    matches!(last(call), "word" | "plural")
}

/// SwiftUI looks a literal up in the catalogue wherever it takes a title, and `Words` does. What has the shape of a key
/// is one wherever it stands (chosen by a condition, kept in a property), except as a screen's name for tests.
pub fn shown_by_swift(call: &str, literal: &str, line: &str) -> bool {
    const TITLES: [&str; 27] = [
        "Text",
        "Label",
        "Button",
        "Section",
        "Toggle",
        "TextField",
        "SecureField",
        "Picker",
        "Stepper",
        "DatePicker",
        "ProgressView",
        "Menu",
        "DisclosureGroup",
        "GroupBox",
        "LabeledContent",
        "Link",
        "NavigationLink",
        "ContentUnavailableView",
        "ShareLink",
        "navigationTitle",
        "alert",
        "confirmationDialog",
        "accessibilityLabel",
        "accessibilityHint",
        "accessibilityValue",
        "prompt",
        "LocalizedStringKey",
    ];
    let given = matches!(call, "Words.text" | "Words.plural") || TITLES.contains(&last(call));
    given || (has_shape_of_key(literal) && !line.contains("accessibilityIdentifier("))
}

/// `room_something`, in small letters.
fn has_shape_of_key(literal: &str) -> bool {
    const ROOMS: [&str; 9] = [
        "common",
        "start",
        "history",
        "pay",
        "want",
        "relations",
        "me",
        "keep",
        "error",
    ];
    let Some((room, rest)) = literal.split_once('_') else {
        return false;
    };
    let word = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    ROOMS.contains(&room) && !rest.is_empty() && rest.chars().all(word)
}

/// `a.b.c` → `c`.
fn last(call: &str) -> &str {
    call.rsplit('.').next().unwrap_or(call)
}

/// All literals of a source. `shows` says whether a call shows a word by its key.
pub fn literals(text: &str, place: &str, shows: fn(&str, &str, &str) -> bool) -> Vec<Use> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut before = String::new();
        let mut rest = line.chars().peekable();
        while let Some(character) = rest.next() {
            if character == '/' && rest.peek() == Some(&'/') {
                break;
            }
            if character != '"' {
                before.push(character);
                continue;
            }
            let (literal, joined) = literal(&mut rest);
            // A literal that begins a line belongs to the call at the end of the line before.
            let context = if before.trim().is_empty() {
                line_before(text, index)
            } else {
                before.as_str()
            };
            let call = call(context);
            found.push(Use {
                place: format!("{place}:{}", index + 1),
                must_exist: shows(call, &literal, line),
                text: literal,
                joined,
            });
            before.push('"');
        }
    }
    found
}

fn line_before(text: &str, index: usize) -> &str {
    index
        .checked_sub(1)
        .and_then(|before| text.lines().nth(before))
        .unwrap_or_default()
}

/// Reads up to the closing quote; stops collecting at the first value (`\(` in Swift, `$` in Kotlin).
fn literal(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (String, bool) {
    let (mut text, mut joined) = (String::new(), false);
    let mut depth = 0_usize;
    while let Some(character) = rest.next() {
        match character {
            '\\' => {
                let escaped = rest.next();
                if escaped == Some('(') {
                    joined = true;
                    depth += 1;
                } else if !joined {
                    text.extend(escaped);
                }
            }
            '$' if rest.peek().is_some_and(|next| next.is_alphabetic() || *next == '{') => joined = true,
            '(' if depth > 0 => depth += 1,
            ')' if depth > 0 => depth -= 1,
            '"' if depth == 0 => break,
            _ if !joined => text.push(character),
            _ => {}
        }
    }
    (text, joined)
}

/// What the literal is given to: the name before the last bracket, or the label before a colon.
fn call(before: &str) -> &str {
    let before = before.trim_end();
    let Some(name) = before.strip_suffix('(').or_else(|| before.strip_suffix(':')) else {
        return "";
    };
    let start = name
        .char_indices()
        .rev()
        .find(|(_, character)| !(character.is_alphanumeric() || *character == '_' || *character == '.'))
        .map_or(0, |(at, character)| at + character.len_utf8());
    name.get(start..).unwrap_or_default()
}

/// Words that Android's own code and resources name: `R.string.key` and `@string/key`. The compiler holds those against the
/// list, so here they only count as used.
pub fn resources(text: &str, place: &str) -> Vec<Use> {
    let name = |rest: &str| {
        let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().to_owned()
    };
    ["R.string.", "R.plurals.", "@string/"]
        .iter()
        .flat_map(|before| text.split(before).skip(1))
        .map(|rest| Use {
            place: place.to_owned(),
            text: name(rest),
            must_exist: false,
            joined: false,
        })
        .collect()
}

/// Files of a folder and below, except what builds leave behind and tests that look for screens by name.
pub fn files(folder: &Path, extension: &str) -> Done<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    let entries = fs::read_dir(folder).map_err(Failure::because(format!("cannot list {}", folder.display())))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            // Tests ask for words that are not there on purpose.
            let left_behind = name == "test"
                || name == "target"
                || name == "build"
                || name == "generated"
                || name == "res"
                || name == "UITests";
            if !left_behind && !name.to_string_lossy().starts_with('.') {
                found.extend(files(&path, extension)?);
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swift(text: &str) -> Vec<(String, bool, bool)> {
        let found = literals(text, "S.swift", shown_by_swift);
        found
            .into_iter()
            .map(|found| (found.text, found.must_exist, found.joined))
            .collect()
    }

    #[test]
    fn a_title_must_exist_and_an_identifier_need_not() {
        let found = swift(r#"Button("me_lock", systemImage: "lock") {}.accessibilityIdentifier("me_home")"#);
        assert_eq!(
            found,
            [
                ("me_lock".into(), true, false),
                ("lock".into(), false, false),
                ("me_home".into(), false, false)
            ]
        );
    }

    #[test]
    fn a_key_on_the_next_line_belongs_to_the_call_before() {
        assert_eq!(swift("Text(\n    \"me_title\"\n)"), [("me_title".into(), true, false)]);
    }

    #[test]
    fn values_inside_a_literal_are_noticed() {
        assert_eq!(
            swift(r#"Words.text("error_\(name("x"))")"#),
            [("error_".into(), true, true)]
        );
        let kotlin = literals(r#"word("error_${error.name}")"#, "K.kt", shown_by_kotlin);
        assert_eq!(
            kotlin.first().map(|found| (found.text.as_str(), found.joined)),
            Some(("error_", true))
        );
    }

    #[test]
    fn a_key_chosen_by_a_condition_must_exist() {
        let found = swift(r#"Text(isOn ? "me_rails_on" : "me_rails_off")"#);
        assert!(found.iter().all(|(_, must_exist, _)| *must_exist));
        let found = swift(r#".accessibilityIdentifier(checks ? "me_words_check" : "me_words_show")"#);
        assert!(found.iter().all(|(_, must_exist, _)| !*must_exist));
        assert_eq!(
            swift(r#"file("me_file.json")"#),
            [("me_file.json".into(), false, false)]
        );
    }

    #[test]
    fn what_androids_resources_name_is_used() {
        let found = resources("getString(R.string.app_line, 1) @string/me_log\"", "K.kt");
        let names: Vec<_> = found.into_iter().map(|found| found.text).collect();
        assert_eq!(names, ["app_line", "me_log"]);
    }

    #[test]
    fn comments_are_not_read() {
        assert_eq!(swift(r#"// Text("nothing")"#), []);
    }
}
