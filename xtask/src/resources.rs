//! Reads Android's string resources: `<string>` and `<plurals>`, with Android's escapes undone. Anything else in a file,
//! markup inside a word, and placeholders that do not say their number are refused, since one list serves both phones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::step::{Done, Failure};

/// What a person reads under one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// One text.
    One(String),
    /// A text for each form of number (`one`, `other`).
    Plural(BTreeMap<String, String>),
}

/// Key → word.
pub type Words = BTreeMap<String, Word>;

/// All `strings*.xml` of a folder.
pub fn read(folder: &Path) -> Done<Words> {
    let mut words = Words::new();
    let entries = fs::read_dir(folder).map_err(Failure::because(format!("cannot list {}", folder.display())))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("strings") || !name.ends_with(".xml") {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(Failure::because(format!("cannot read {}", path.display())))?;
        let found = parse(&text).map_err(|fault| Failure::new(format!("{}: {fault}", path.display())))?;
        for (key, word) in found {
            if words.insert(key.clone(), word).is_some() {
                return Err(Failure::new(format!("{}: {key} stands twice", path.display())));
            }
        }
    }
    Ok(words)
}

/// What is being read inside `<resources>`.
#[derive(Default)]
struct Open {
    key: String,
    forms: Option<BTreeMap<String, String>>,
    form: Option<String>,
    text: Option<String>,
}

fn parse(xml: &str) -> Result<Vec<(String, Word)>, String> {
    let mut reader = Reader::from_str(xml);
    let mut words = Vec::new();
    let mut open = Open::default();
    loop {
        match reader.read_event().map_err(|cause| cause.to_string())? {
            Event::Eof => return Ok(words),
            Event::Start(tag) => begin(&mut open, &tag)?,
            Event::End(tag) => end(&mut open, tag.name().as_ref(), &mut words)?,
            Event::Text(text) => add(&mut open, &text.decode().map_err(|cause| cause.to_string())?),
            Event::CData(text) => add(&mut open, &text.decode().map_err(|cause| cause.to_string())?),
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|cause| cause.to_string())?;
                let resolved = match entity.resolve_char_ref().map_err(|cause| cause.to_string())? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name)
                        .ok_or_else(|| format!("unknown entity &{name};"))?
                        .to_owned(),
                };
                add(&mut open, &resolved);
            }
            Event::Empty(_) => return Err(format!("{}: an empty element", open.key)),
            _ => {}
        }
    }
}

fn begin(open: &mut Open, tag: &BytesStart<'_>) -> Result<(), String> {
    match tag.name().as_ref() {
        b"resources" => {}
        b"string" => {
            open.key = attribute(tag, "name")?;
            open.text = Some(String::new());
        }
        b"plurals" => {
            open.key = attribute(tag, "name")?;
            open.forms = Some(BTreeMap::new());
        }
        b"item" if open.forms.is_some() => {
            open.form = Some(attribute(tag, "quantity")?);
            open.text = Some(String::new());
        }
        other => {
            return Err(format!(
                "{}: <{}> is not for words",
                open.key,
                String::from_utf8_lossy(other)
            ));
        }
    }
    Ok(())
}

fn end(open: &mut Open, tag: &[u8], words: &mut Vec<(String, Word)>) -> Result<(), String> {
    match tag {
        b"string" | b"item" => {
            let text =
                unescape(&open.text.take().unwrap_or_default()).map_err(|fault| format!("{}: {fault}", open.key))?;
            check_percent(&text).map_err(|fault| format!("{}: {fault}", open.key))?;
            match (&mut open.forms, open.form.take()) {
                (Some(forms), Some(form)) => {
                    forms.insert(form, text);
                }
                _ => words.push((open.key.clone(), Word::One(text))),
            }
        }
        b"plurals" => {
            let forms = open.forms.take().unwrap_or_default();
            if !forms.contains_key("other") {
                return Err(format!("{}: a plural needs the form `other`", open.key));
            }
            words.push((open.key.clone(), Word::Plural(forms)));
        }
        _ => {}
    }
    Ok(())
}

fn add(open: &mut Open, text: &str) {
    if let Some(so_far) = &mut open.text {
        so_far.push_str(text);
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<String, String> {
    let found = tag.try_get_attribute(name).map_err(|cause| cause.to_string())?;
    let value = found.ok_or_else(|| format!("an element has no {name}"))?;
    String::from_utf8(value.value.into_owned()).map_err(|cause| cause.to_string())
}

/// Android folds white space and escapes with a backslash (Android developers' guide, "String resources").
fn unescape(text: &str) -> Result<String, String> {
    let mut plain = String::new();
    let folded = text.split_whitespace_keeping_nbsp().join(" ");
    let mut rest = folded.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => plain.push('\n'),
            Some(same @ ('\'' | '"' | '\\' | '@' | '?')) => plain.push(same),
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                plain.push(code.ok_or_else(|| format!("\\u{digits} is no character"))?);
            }
            other => return Err(format!("unknown escape \\{}", other.unwrap_or(' '))),
        }
    }
    Ok(plain)
}

trait Folded {
    fn split_whitespace_keeping_nbsp(&self) -> Vec<&str>;
}

impl Folded for str {
    /// `split_whitespace` would also fold no-break spaces, which a translator put there on purpose.
    fn split_whitespace_keeping_nbsp(&self) -> Vec<&str> {
        self.split([' ', '\t', '\n', '\r'])
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// Number and kind (`s` or `d`) of each placeholder, in the order of the text.
pub fn placeholders(text: &str) -> Vec<(u32, char)> {
    text.split('%').skip(1).filter_map(placeholder).collect()
}

/// `1$s…` → (1, 's').
fn placeholder(after_percent: &str) -> Option<(u32, char)> {
    let (number, rest) = after_percent.split_once('$')?;
    let kind = rest.chars().next().filter(|kind| matches!(kind, 's' | 'd'))?;
    Some((number.parse().ok()?, kind))
}

/// Android formats a text only when values are given, Apple always would: a lone percent sign means two things.
fn check_percent(text: &str) -> Result<(), String> {
    let doubled = text.replace("%%", "");
    let all = doubled.split('%').skip(1).count();
    if all != placeholders(&doubled).len() {
        return Err(format!(
            "{text:?}: placeholders are %1$s and %1$d, a percent sign is %%"
        ));
    }
    if doubled.len() != text.len() && all == 0 {
        return Err(format!(
            "{text:?}: a percent sign in a text without values is shown differently on the two phones"
        ));
    }
    Ok(())
}

/// `%1$s` → `%1$@`, `%1$d` → `%1$lld`.
pub fn for_apple(text: &str) -> String {
    let mut apple = text.to_owned();
    for (number, kind) in placeholders(text) {
        let specifier = if kind == 's' { "@" } else { "lld" };
        apple = apple.replace(&format!("%{number}${kind}"), &format!("%{number}${specifier}"));
    }
    apple
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(xml: &str) -> Result<Vec<(String, Word)>, String> {
        parse(&format!("<resources>{xml}</resources>"))
    }

    #[test]
    fn escapes_and_entities_are_undone() {
        let words = one(r#"<string name="a">Don\'t \"x\" &amp; y\n  z…</string>"#).unwrap();
        assert_eq!(words, [("a".to_owned(), Word::One("Don't \"x\" & y\n z…".to_owned()))]);
    }

    #[test]
    fn a_plural_has_its_forms() {
        let words = one(r#"<plurals name="a"><item quantity="one">%1$d play</item><item quantity="other">%1$d plays</item></plurals>"#).unwrap();
        let Some((_, Word::Plural(forms))) = words.first() else {
            panic!("no plural")
        };
        assert_eq!(forms.get("other").map(String::as_str), Some("%1$d plays"));
    }

    #[test]
    fn markup_and_nameless_placeholders_are_refused() {
        assert!(one(r#"<string name="a">x <b>y</b></string>"#).is_err());
        assert!(one(r#"<string name="a">%d plays</string>"#).is_err());
        assert!(one(r#"<string name="a">100 %</string>"#).is_err());
    }

    #[test]
    fn placeholders_take_apples_form() {
        assert_eq!(for_apple("%2$d of %1$s, 5 %%"), "%2$lld of %1$@, 5 %%");
    }
}
