//! Decides whether an SPDX licence expression allows a crate under a list of allowed licences.
//!
//! Covers what crates write: `AND`, `OR`, `WITH`, brackets, and the old `/` for `OR` (SPDX specification 2.3, annex D).

/// Whether one way to read `expression` needs only licences of `allowed`. An exception (`WITH`) only adds rights.
/// An expression that cannot be read allows nothing.
pub fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    match any_of(&mut words, allowed) {
        Some(verdict) => verdict && words.is_empty(),
        None => false,
    }
}

// `words` are reversed: the next one is the last.
fn any_of(words: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let mut verdict = all_of(words, allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        verdict |= all_of(words, allowed)?;
    }
    Some(verdict)
}

fn all_of(words: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let mut verdict = one(words, allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        verdict &= one(words, allowed)?;
    }
    Some(verdict)
}

fn one(words: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let word = words.pop()?;
    if word == "(" {
        let verdict = any_of(words, allowed)?;
        return (words.pop()? == ")").then_some(verdict);
    }
    if word == "WITH" || word == "AND" || word == "OR" || word == ")" {
        return None;
    }
    if words.last() == Some(&"WITH") {
        words.pop();
        words.pop()?;
    }
    Some(allowed.iter().any(|licence| licence == word))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    fn allowed(expression: &str) -> bool {
        is_allowed(expression, &["MIT".into(), "Apache-2.0".into(), "Unicode-3.0".into()])
    }

    #[test]
    fn one_allowed_choice_is_enough() {
        assert!(allowed("MIT"));
        assert!(allowed("GPL-3.0-only OR MIT"));
        assert!(allowed("Unlicense/MIT"));
        assert!(allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only"));
    }

    #[test]
    fn everything_joined_by_and_must_be_allowed() {
        assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!allowed("(MIT OR Apache-2.0) AND GPL-3.0-only"));
    }

    #[test]
    fn what_cannot_be_read_is_not_allowed() {
        for broken in ["", "MIT OR", "(MIT", "MIT)", "MIT MIT", "AND MIT"] {
            assert!(!allowed(broken), "{broken:?}");
        }
    }
}
