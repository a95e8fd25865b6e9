//! What a feed says of an episode, as plain text: no screen shows the markup of strangers. Blocks become lines, links keep
//! their address, and everything else of the markup is left out.

use super::MAX_NOTES_BYTES;

/// Elements that begin on a line of their own.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "br",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "hr",
    "section",
    "article",
    "pre",
    "dt",
];
/// Elements after which a line is left empty.
const PARAGRAPHS: [&str; 12] = [
    "p",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "blockquote",
    "pre",
];
/// No entity has a longer name, with its number or without.
const LONGEST_ENTITY: usize = 10;

/// The plain text of markup, or of text that has none.
pub(super) fn plain(markup: &str) -> String {
    let mut lines = Lines::default();
    let has_markup = markup.match_indices('<').any(|(at, _)| is_tag(markup, at));
    let mut link: Option<(String, usize)> = None;
    let mut skipped: Option<String> = None;
    let mut rest = markup;
    while let Some(letter) = rest.chars().next() {
        if letter == '<' && is_tag(rest, 0) {
            // A tag that never ends is the end.
            let (tag, after) = rest.split_once('>').unwrap_or((rest, ""));
            let tag = tag.trim_start_matches('<');
            rest = after;
            if let Some(comment) = tag.strip_prefix("!--") {
                if !comment.ends_with("--") {
                    rest = rest.split_once("-->").map_or("", |(_, after)| after);
                }
                continue;
            }
            let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
            let end = tag
                .find(|letter: char| !letter.is_ascii_alphanumeric())
                .unwrap_or(tag.len());
            let (name, attributes) = tag.split_at_checked(end).unwrap_or((tag, ""));
            let name = name.to_ascii_lowercase();
            if let Some(skipping) = &skipped {
                if closes && *skipping == name {
                    skipped = None;
                }
                continue;
            }
            match name.as_str() {
                "script" | "style" if !closes => skipped = Some(name),
                "a" if !closes => link = address(attributes).map(|address| (address, lines.text.len())),
                "a" => {
                    if let Some((address, from)) = link.take() {
                        let said = lines.text.get(from..).unwrap_or_default();
                        if !said.contains(address.trim_end_matches('/')) {
                            lines.word(&format!(" ({address})"));
                        }
                    }
                }
                name => {
                    if BLOCKS.contains(&name) {
                        lines.end_line();
                    }
                    if closes && PARAGRAPHS.contains(&name) {
                        lines.end_paragraph();
                    }
                    if name == "li" && !closes {
                        lines.word("• ");
                    }
                }
            }
            continue;
        }
        let (spoken, length) = match letter {
            '&' => entity(rest).unwrap_or(('&', 1)),
            letter => (letter, letter.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or_default();
        if skipped.is_some() {
            continue;
        }
        match spoken {
            '\n' if !has_markup => lines.break_line(),
            spoken if spoken.is_whitespace() => lines.space(),
            spoken if spoken.is_control() => {}
            spoken => lines.letter(spoken),
        }
    }
    lines.done()
}

/// Text as it grows, without more white space than a reader needs.
#[derive(Default)]
struct Lines {
    text: String,
    space: bool,
    breaks: usize,
}

impl Lines {
    fn letter(&mut self, letter: char) {
        if !self.text.is_empty() {
            for _ in 0..self.breaks.min(2) {
                self.text.push('\n');
            }
            if self.space && self.breaks == 0 && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
        }
        self.breaks = 0;
        self.space = false;
        self.text.push(letter);
    }

    fn word(&mut self, word: &str) {
        for letter in word.chars() {
            if letter == ' ' {
                self.space();
            } else {
                self.letter(letter);
            }
        }
    }

    fn space(&mut self) {
        self.space = true;
    }

    fn break_line(&mut self) {
        self.breaks += 1;
    }

    fn end_line(&mut self) {
        self.breaks = self.breaks.max(1);
    }

    fn end_paragraph(&mut self) {
        self.breaks = self.breaks.max(2);
    }

    fn done(mut self) -> String {
        let end = (0..=self.text.len().min(MAX_NOTES_BYTES))
            .rev()
            .find(|end| self.text.is_char_boundary(*end))
            .unwrap_or(0);
        self.text.truncate(end);
        self.text
    }
}

/// Whether a tag begins at a `<`: less-than signs stand in plain text too.
fn is_tag(text: &str, at: usize) -> bool {
    let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
    next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
}

/// Where a link leads, if that is an address of the web.
fn address(attributes: &str) -> Option<String> {
    let at = attributes.to_ascii_lowercase().find("href")?;
    let value = attributes.get(at + 4..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
        _ => value.split(|letter: char| letter.is_whitespace()).next()?,
    };
    let address = value.trim().replace("&amp;", "&");
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    (is_web && !address.contains(|letter: char| letter.is_whitespace() || letter.is_control())).then_some(address)
}

/// The letter that the entity at the beginning of a text stands for, and its length there.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text
        .char_indices()
        .take_while(|(at, _)| *at <= LONGEST_ENTITY)
        .find_map(|(at, letter)| (letter == ';').then_some(at))?;
    let name = text.get(1..end)?;
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => named(name)?,
    };
    Some((letter, end + 1))
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "laquo" => '«',
        "raquo" => '»',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "aacute" => 'á',
        "agrave" => 'à',
        "acirc" => 'â',
        "aring" => 'å',
        "oacute" => 'ó',
        "ocirc" => 'ô',
        "oslash" => 'ø',
        "uacute" => 'ú',
        "ugrave" => 'ù',
        "ucirc" => 'û',
        "iacute" => 'í',
        "icirc" => 'î',
        "ntilde" => 'ñ',
        "ccedil" => 'ç',
        "aelig" => 'æ',
        "euro" => '€',
        "pound" => '£',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "deg" => '°',
        "times" => '×',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_becomes_lines_that_can_be_read() {
        let html = "<p>Fog &amp; <b>light</b>,\n  with Vera&nbsp;Quill.</p><script>alert('<p>no</p>')</script>\
            <ul><li>First</li><li><a href='https://harbour.example/?a=1&amp;b=2'>the harbour</a></li></ul>\
            <!-- <p>not this</p> --><p><a href=\"https://x.example/\">https://x.example</a><br/>5 &lt; 6 &#x1F32B; &szlig;</p>\
            <a href='javascript:alert(1)'>plain</a><img src='https://track.example/p.gif'>";
        assert_eq!(
            plain(html),
            "Fog & light, with Vera Quill.\n\n• First\n• the harbour (https://harbour.example/?a=1&b=2)\n\n\
             https://x.example\n5 < 6 🌫 ß\n\nplain"
        );
    }

    #[test]
    fn plain_text_keeps_its_lines() {
        assert_eq!(
            plain("One: 3 < 4 & 5\n\n\n\nTwo  &unknown; R&D\n"),
            "One: 3 < 4 & 5\n\nTwo &unknown; R&D"
        );
        assert_eq!(plain("  "), "");
        assert_eq!(plain(&"ä".repeat(MAX_NOTES_BYTES)).len(), MAX_NOTES_BYTES);
        assert_eq!(plain("cut <p"), "cut");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "([<>&;/#! a-zé'\"=-]|<p>|<a href='https://x/'>|</a>|<!--|-->|<script>){0,60}") {
            let said = plain(&text);
            prop_assert!(!said.contains("\n\n\n"));
            prop_assert!(!said.starts_with(char::is_whitespace));
        }
    }
}
