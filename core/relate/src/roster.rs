//! The roster: agreements by id, each with its text, the text's hash, its clauses and a summary.
//!
//! It ships as data in `roster/`: `roster.json` and one text file for each id, so that `sha256sum` on the file gives the
//! hash that the signed records carry. Ids and clauses are those of W3C DPV's extension for IEEE 7012, version 2.2.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use tekram_primitives::wire::TermsRef;

use crate::error::RelateError;

const ROSTER_JSON: &str = include_str!("../roster/roster.json");

const NAMESPACE: &str = "https://w3id.org/dpv/standards/p7012#";

macro_rules! texts {
    ($($id:literal),* $(,)?) => { &[$(($id, include_str!(concat!("../roster/texts/", $id, ".txt")))),*] };
}

const TEXTS: &[(&str, &str)] = texts![
    "PDC",
    "PDC-AI",
    "PDC-GOOD",
    "PDC-INTENT",
    "SD-BASE",
    "SD-BASE-A",
    "SD-BASE-A-DP",
    "SD-BASE-AT",
    "SD-BASE-AT-DP",
    "SD-BASE-ATP",
    "SD-BASE-ATP-DP",
    "SD-BASE-ATP-S3P",
    "SD-BASE-ATP-S3P-DP",
    "SD-BASE-DP",
    "TPR",
    "TPR-IDENTITY-REF",
];

/// How a clause binds (DPV `hasObligation`, `hasPermission`, `hasProhibition`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// The second party must.
    Obligation,
    /// The second party may.
    Permission,
    /// The second party must not.
    Prohibition,
}

/// One machine-readable clause: how it binds, and the DPV term it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Clause {
    /// How it binds.
    pub rule: Rule,
    /// IRI of the DPV term.
    pub iri: String,
}

/// Where an agreement's clauses come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Clauses {
    /// The vocabulary lists them for this id.
    Vocabulary,
    /// The vocabulary only names the agreement; this project chose the clauses that its draft text has.
    Project,
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TextStatus {
    /// A draft of this project, standing in until the neutral roster's text may be shipped.
    Draft,
    /// The neutral roster's own text.
    Roster,
}

/// One agreement of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// Id in the vocabulary, for example `PDC-INTENT`. Never shown to a person.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Lower-case hex SHA-256 of the bytes of `text`.
    pub sha256: String,
    /// Whose text it is.
    pub status: TextStatus,
    /// The vocabulary's label.
    pub label: String,
    /// The vocabulary's definition.
    pub definition: String,
    /// Ids of the agreements that this one narrows or widens (SKOS `broader`).
    pub broader: Vec<String>,
    /// Where `clauses` come from.
    pub clauses_from: Clauses,
    /// What it requires, permits and forbids, sorted.
    pub clauses: Vec<Clause>,
    /// What it says, in one paragraph for people.
    pub summary: String,
    /// The whole text.
    #[serde(default)]
    pub text: String,
}

impl Terms {
    /// The reference that signed records and intents carry.
    pub fn reference(&self) -> TermsRef {
        TermsRef {
            id: self.id.clone(),
            sha256: self.sha256.clone(),
        }
    }

    /// IRI of the agreement in W3C DPV's `p7012` extension.
    pub fn iri(&self) -> String {
        format!("{NAMESPACE}{}", self.id)
    }
}

#[derive(Debug, Deserialize)]
struct RosterFile {
    name: String,
    version: u32,
    vocabulary: String,
    notice: String,
    terms: Vec<Terms>,
}

/// The agreements this program knows, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Roster {
    /// Name of the roster.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The vocabulary its ids and clauses are from.
    pub vocabulary: String,
    /// Copyright and licence notice of what was taken from others; goes wherever the roster goes.
    pub notice: String,
    terms: BTreeMap<String, Terms>,
}

impl Roster {
    fn shipped() -> Self {
        // An unreadable file leaves an empty roster, which refuses everything: the safe side. A test reads the real one.
        let Ok(file) = serde_json::from_str::<RosterFile>(ROSTER_JSON) else {
            return Self::default();
        };
        let texts: BTreeMap<&str, &str> = TEXTS.iter().copied().collect();
        let terms = file
            .terms
            .into_iter()
            .filter_map(|mut entry| {
                entry.text = (*texts.get(entry.id.as_str())?).to_owned();
                entry.clauses.sort();
                Some((entry.id.clone(), entry))
            })
            .collect();
        Self {
            name: file.name,
            version: file.version,
            vocabulary: file.vocabulary,
            notice: file.notice,
            terms,
        }
    }

    /// The agreement with this id.
    ///
    /// # Errors
    /// [`RelateError::UnknownTerms`] when the roster has no such id.
    pub fn terms(&self, id: &str) -> Result<&Terms, RelateError> {
        self.terms.get(id).ok_or(RelateError::UnknownTerms)
    }

    /// The agreement that a reference names, if its text is the one this program has.
    ///
    /// # Errors
    /// [`RelateError::UnknownTerms`] for an unknown id, [`RelateError::TermsHashDiffers`] for another text under this id.
    pub fn resolve(&self, reference: &TermsRef) -> Result<&Terms, RelateError> {
        let terms = self.terms(&reference.id)?;
        if terms.sha256 == reference.sha256 {
            Ok(terms)
        } else {
            Err(RelateError::TermsHashDiffers)
        }
    }

    /// All agreements, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Terms> {
        self.terms.values()
    }
}

/// The roster that ships with the program.
pub fn roster() -> &'static Roster {
    static ROSTER: OnceLock<Roster> = OnceLock::new();
    ROSTER.get_or_init(Roster::shipped)
}

/// The agreement with this id in the shipped roster.
///
/// # Errors
/// [`RelateError::UnknownTerms`] when the roster has no such id.
pub fn terms(id: &str) -> Result<&'static Terms, RelateError> {
    roster().terms(id)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use std::collections::BTreeSet;

    use tekram_primitives::canonical::sha256_hex;

    use super::*;

    const VOCABULARY: &str = include_str!("../roster/dpv-p7012/p7012.ttl");

    /// The Turtle block that describes one term.
    fn block(id: &str) -> String {
        let start = VOCABULARY
            .find(&format!("\np7012:{id} a "))
            .unwrap_or_else(|| panic!("{id} is not in the vocabulary"));
        let rest = &VOCABULARY[start + 1..];
        rest[..rest.find("\n\n").unwrap_or(rest.len())].to_owned()
    }

    /// The clauses that a Turtle block lists, as IRIs.
    fn listed(block: &str) -> BTreeSet<(Rule, String)> {
        let mut found = BTreeSet::new();
        for (property, rule) in [
            ("dpv:hasObligation", Rule::Obligation),
            ("dpv:hasPermission", Rule::Permission),
            ("dpv:hasProhibition", Rule::Prohibition),
        ] {
            let Some(at) = block.find(property) else { continue };
            let rest = &block[at + property.len()..];
            let end = [rest.find(" ;"), rest.find(" .")].into_iter().flatten().min().unwrap();
            for name in rest[..end].split(',') {
                let iri = name
                    .trim()
                    .trim_start_matches('<')
                    .trim_end_matches('>')
                    .trim()
                    .replace("p7012:", NAMESPACE)
                    .replace("dpv:", "https://w3id.org/dpv#");
                found.insert((rule, iri));
            }
        }
        found
    }

    #[test]
    fn every_hash_is_the_hash_of_the_text_that_ships() {
        assert_eq!(roster().iter().count(), TEXTS.len());
        for terms in roster().iter() {
            assert_eq!(terms.sha256, sha256_hex(terms.text.as_bytes()), "{}", terms.id);
            assert!(terms.text.starts_with(&format!("{}: ", terms.id)));
            assert_eq!(terms.status, TextStatus::Draft);
            assert!(
                terms.text.contains("Draft, version 1, written by the Tekram project"),
                "{} must say that it is a draft",
                terms.id
            );
            assert!(!terms.summary.is_empty() && !terms.title.is_empty());
        }
    }

    #[test]
    fn every_agreement_of_the_vocabulary_is_in_the_roster_with_its_label_and_definition() {
        let ids = VOCABULARY
            .split("\n\n")
            .filter(|b| b.contains("skos:inScheme p7012:agreement-classes"))
            .map(|b| b.trim_start().trim_start_matches("p7012:").split(' ').next().unwrap())
            .collect::<BTreeSet<_>>();
        assert_eq!(ids, roster().iter().map(|t| t.id.as_str()).collect());
        for terms in roster().iter() {
            let block = block(&terms.id);
            assert!(
                block.contains(&format!("skos:prefLabel \"{}\"@en", terms.label)),
                "{}",
                terms.id
            );
            assert!(
                block.contains(&format!("skos:definition \"{}\"@en", terms.definition)),
                "{}",
                terms.id
            );
            for broader in &terms.broader {
                assert!(
                    block.contains(&format!("p7012:{broader}")),
                    "{} is not under {broader}",
                    terms.id
                );
            }
        }
    }

    #[test]
    fn clauses_are_those_of_the_vocabulary_where_it_lists_any() {
        for terms in roster().iter() {
            let from_vocabulary = listed(&block(&terms.id));
            let ours: BTreeSet<_> = terms.clauses.iter().map(|c| (c.rule, c.iri.clone())).collect();
            match terms.clauses_from {
                Clauses::Vocabulary => assert_eq!(ours, from_vocabulary, "{}", terms.id),
                Clauses::Project => {
                    assert!(from_vocabulary.is_empty(), "{} has clauses in the vocabulary", terms.id);
                    for (_, iri) in &ours {
                        block(iri.strip_prefix(NAMESPACE).unwrap());
                    }
                }
            }
            assert!(!ours.is_empty());
        }
    }

    #[test]
    fn an_agreement_is_found_by_id_and_only_with_its_own_text() {
        let intent = terms("PDC-INTENT").unwrap();
        assert_eq!(intent.iri(), "https://w3id.org/dpv/standards/p7012#PDC-INTENT");
        assert_eq!(roster().resolve(&intent.reference()).unwrap(), intent);
        assert_eq!(terms("pdc-intent").unwrap_err().code(), "unknown_terms");
        let other = TermsRef {
            id: "PDC-INTENT".into(),
            sha256: terms("SD-BASE").unwrap().sha256.clone(),
        };
        assert_eq!(roster().resolve(&other).unwrap_err().code(), "terms_hash_differs");
    }

    #[test]
    fn the_example_of_the_protocol_page_carries_the_shipped_texts_hash() {
        assert!(include_str!("../../../docs/protocol/intent.md").contains(&terms("PDC-INTENT").unwrap().sha256));
    }

    #[test]
    fn the_notice_goes_with_the_roster() {
        assert!(roster().notice.contains("World Wide Web Consortium"));
        assert!(include_str!("../roster/dpv-p7012/LICENSE.md").contains("THIS WORK IS PROVIDED \"AS IS,\""));
    }
}
