//! An element of a feed kept as it was found, with all its attributes and what is inside: value blocks, funding links and
//! inline chapters have more in them than this version knows the meaning of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most elements of one kept subtree.
const MAX_NODES: usize = 4_096;
/// Most bytes of names, values and texts of one kept subtree.
const MAX_BYTES: usize = 256 * 1024;

/// An element as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its name with the usual prefix of its namespace: `podcast:value`.
    pub name: String,
    /// Its attributes by name as written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Its text, trimmed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The elements inside, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Found>,
}

impl Found {
    /// An attribute's value; empty when it is missing.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// Collects one subtree while the parser walks through it.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    open: Vec<Found>,
    nodes: usize,
    bytes: usize,
    /// It was larger than anything is kept; then nothing of it is.
    too_much: bool,
}

impl Keeping {
    pub(super) fn open(&mut self, name: String, attributes: BTreeMap<String, String>) {
        if self.open.is_empty() {
            *self = Self::default();
        }
        self.nodes += 1;
        self.bytes += name.len()
            + attributes
                .iter()
                .map(|(key, value)| key.len() + value.len())
                .sum::<usize>();
        self.too_much |= self.nodes > MAX_NODES || self.bytes > MAX_BYTES;
        let kept = if self.too_much {
            Found::default()
        } else {
            Found {
                name,
                attributes,
                ..Found::default()
            }
        };
        self.open.push(kept);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes += text.len();
        self.too_much |= self.bytes > MAX_BYTES;
        if let Some(open) = self.open.last_mut()
            && !self.too_much
        {
            open.text.push_str(text);
        }
    }

    /// Closes the innermost element; the whole subtree comes back when that was its root, unless it was too much.
    pub(super) fn close(&mut self) -> Option<Found> {
        let mut done = self.open.pop()?;
        done.text = done.text.trim().to_owned();
        match self.open.last_mut() {
            Some(outer) => {
                if !self.too_much {
                    outer.inside.push(done);
                }
                None
            }
            None => (!self.too_much).then_some(done),
        }
    }
}
