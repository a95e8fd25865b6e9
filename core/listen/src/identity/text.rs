//! Titles and names without the differences that sources make for no reason. Conservative: what could be another work
//! stays different. "Ålesund" is not "Alesund", a live version is not the studio's; a remaster is the same recording,
//! and who is featured is written here or there.

use unicode_normalization::UnicodeNormalization;

/// Words after which a guest is named.
const FEATURING: [&str; 5] = ["feat.", "feat", "ft.", "ft", "featuring"];
/// Words that may stand beside "remastered" without making another recording of it.
const OF_REMASTERS: [&str; 8] = [
    "remaster",
    "remastered",
    "remasterd",
    "version",
    "edition",
    "digital",
    "digitally",
    "the",
];

/// A text as it is compared: compatibility form (NFKC), lower case, punctuation as space, apostrophes left out, `&` as "and".
/// A text of punctuation alone ("!!!") is itself.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let letters = text.chars().filter(|letter| !is_apostrophe(*letter)).nfkc();
    let mut gap = false;
    for letter in letters.flat_map(char::to_lowercase).nfkc() {
        if is_invisible(letter) {
            continue;
        }
        if letter == '&' {
            if !plain.is_empty() {
                plain.push(' ');
            }
            plain.push_str("and");
            gap = true;
        } else if letter.is_whitespace() || is_punctuation(letter) {
            gap = true;
        } else {
            if gap && !plain.is_empty() {
                plain.push(' ');
            }
            gap = false;
            plain.push(letter);
        }
    }
    if plain.is_empty() {
        plain = text.trim().to_lowercase();
    }
    plain
}

/// A title as it is compared: [`plain`], without guests and without "(Remastered 2011)".
pub(crate) fn title(text: &str) -> String {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut bare = without_brackets(&text, |inner| is_featuring(inner) || is_remaster(inner));
    while let Some((before, after)) = bare.rsplit_once(" - ") {
        if !is_remaster(after) && !is_featuring(after) {
            break;
        }
        bare = before.to_owned();
    }
    // Outside of brackets only the abbreviations: "Featuring" may be a word of the title.
    for word in [" feat. ", " ft. "] {
        if let Some((before, _)) = bare.split_once(word) {
            bare = before.to_owned();
        }
    }
    plain(if bare.trim().is_empty() { &text } else { &bare })
}

/// A name as it is compared: [`plain`], without guests.
pub(crate) fn maker(text: &str) -> String {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut bare = without_brackets(&text, is_featuring);
    for word in FEATURING {
        if let Some((before, _)) = bare.split_once(&format!(" {word} ")) {
            bare = before.to_owned();
        }
    }
    plain(if bare.trim().is_empty() { &text } else { &bare })
}

/// Whether a text says anything that can be compared.
pub(crate) fn says_something(plain: &str) -> bool {
    plain.chars().any(|letter| !letter.is_whitespace())
}

/// The text without the brackets whose inside is of no matter.
fn without_brackets(text: &str, of_no_matter: impl Fn(&str) -> bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once(['(', '[']) {
        let closing = opened.split_once([')', ']']);
        match closing {
            Some((inner, after)) if of_no_matter(inner) => {
                kept.push_str(before);
                rest = after;
            }
            _ => {
                kept.push_str(before);
                // As a bracket; which one makes no difference to what is compared.
                kept.push('(');
                rest = opened;
            }
        }
    }
    kept.push_str(rest);
    kept
}

fn is_featuring(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|word| FEATURING.contains(&word)) && words.next().is_some()
}

fn is_remaster(text: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.contains("remaster")
        && text
            .split_whitespace()
            .all(|word| OF_REMASTERS.contains(&word) || is_year(word))
}

fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`' | '\u{b4}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{ff07}'
    )
}

/// Soft hyphens, joiners, direction marks and the byte order mark.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Punctuation, not symbols: "C" is not "C++".
fn is_punctuation(letter: char) -> bool {
    matches!(
        letter,
        '!' | '"' | '(' | ')' | '*' | ',' | '-' | '.' | '/' | ':' | ';' | '?' | '[' | '\\' | ']' | '_' | '{' | '}'
            | '\u{a1}' | '\u{ab}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{30fb}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_that_sources_differ_in_is_left_out() {
        assert_eq!(plain("Don\u{2019}t  Stop (Me) Now!"), plain("dont stop me now"));
        assert_eq!(plain("Simon & Garfunkel"), plain("SIMON AND GARFUNKEL"));
        assert_eq!(plain("A\u{30a}lesund"), plain("Ålesund"));
        assert_eq!(plain("\u{ff21}\u{ff22}\u{ff23}"), "abc");
        assert_eq!(plain("Pt.\u{a0}1 \u{2014} Low\u{ad} Tide"), "pt 1 low tide");
        assert_eq!(title("Low Tide (feat. Vera Quill) - Remastered 2011"), "low tide");
        assert_eq!(title("Low Tide [2011 Remaster] (Live)"), title("Low Tide (live)"));
        assert_eq!(title("Low Tide ft. Vera Quill"), "low tide");
        assert_eq!(maker("Brassica feat. Vera Quill"), "brassica");
        assert_eq!(maker("Brassica (Featuring Vera Quill)"), "brassica");
    }

    #[test]
    fn what_may_be_another_work_stays_another() {
        assert_ne!(plain("Ålesund"), plain("Alesund"));
        assert_ne!(title("Low Tide - Live"), title("Low Tide"));
        assert_ne!(title("Low Tide (Remix)"), title("Low Tide"));
        assert_ne!(title("Low Tide (Remastered Live)"), title("Low Tide"));
        assert_ne!(plain("C"), plain("C++"));
        assert_ne!(maker("Featuring"), maker("The"));
        assert_ne!(maker("AC/DC"), maker("ACDC"));
    }

    #[test]
    fn no_text_becomes_nothing() {
        for text in ["!!!", "…", "(feat. X)", "ft. Y", "Remastered 2011", "&"] {
            assert!(says_something(&title(text)), "{text}");
            assert!(says_something(&maker(text)), "{text}");
        }
        assert_ne!(title("!!!"), title("???"));
        assert!(!says_something(&plain("  ")));
    }

    #[test]
    fn comparing_again_changes_nothing() {
        for text in [
            "Don\u{2019}t & Won\u{b4}t",
            "İSTANBUL",
            "ﬁne (feat. a) tide",
            "क् क",
            "STRAẞE",
        ] {
            assert_eq!(plain(&plain(text)), plain(text), "{text}");
        }
    }
}
