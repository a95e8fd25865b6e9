//! Clauses for people: each term of the vocabulary that the roster uses, in plain words, and how two sets of clauses differ.

use serde::{Deserialize, Serialize};

use crate::roster::{Clause, Terms};

/// The last part of a clause's IRI and what it says. Front ends may have their own words under the same name.
const WORDS: &[(&str, &str)] = &[
    ("Analytics2PAllowed", "May study use of the service for itself"),
    ("Analytics3PDisallowed", "No analytics by others"),
    ("AnalyticsDisallowed", "No analytics"),
    ("DataDeletionOnRequest", "Deletes your data when you ask"),
    ("DataDeletionRequired", "Deletes your data when it is over"),
    ("DataSharingAnonymised3PAllowed", "May pass on data that names nobody"),
    ("DataSharingDisallowed", "Passes nothing on"),
    (
        "DataTransparencyOnRequest",
        "Shows what it holds about you when you ask",
    ),
    ("IdentityVerification", "May check who you are"),
    ("PortabilityRequired", "Gives you your data to take along"),
    ("Profiling2PAllowed", "May make a profile of you for itself"),
    ("Profiling3PDisallowed", "No profile by others"),
    ("ProfilingDisallowed", "No profile"),
    ("PurposeTransparencyRequired", "Says what your data is used for"),
    ("ServiceDeliveryRequired", "Uses your data to deliver the service"),
    ("SharingDataAnonymised3PAllowed", "May pass on data that names nobody"),
    ("SharingDataDisallowed", "Passes nothing on"),
    (
        "SharingDataNonAnonymised3PDisallowed",
        "Passes on nothing that names you",
    ),
    ("Tracking2PAllowed", "May follow your visits itself"),
    ("Tracking3PDisallowed", "No tracking by others"),
    ("TrackingDisallowed", "No tracking"),
];

impl Clause {
    /// The term's name in the vocabulary: the last part of its IRI.
    #[must_use]
    pub fn name(&self) -> &str {
        self.iri.rsplit(['#', '/']).next().unwrap_or(&self.iri)
    }

    /// What it says, in plain English; the term's name when there are no words for it.
    #[must_use]
    pub fn label(&self) -> &str {
        let name = self.name();
        WORDS
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(name, |(_, words)| words)
    }
}

/// Whose terms have a clause that the other's lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// This side's.
    Mine,
    /// The other side's.
    Theirs,
}

/// The clauses that only one of two agreements has, this side's first.
#[must_use]
pub fn difference<'a>(mine: &'a Terms, theirs: &'a Terms) -> Vec<(Side, &'a Clause)> {
    let only = |side: Side, of: &'a Terms, other: &'a Terms| {
        of.clauses
            .iter()
            .filter(|clause| !other.clauses.contains(clause))
            .map(move |clause| (side, clause))
    };
    only(Side::Mine, mine, theirs)
        .chain(only(Side::Theirs, theirs, mine))
        .collect()
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

    use super::*;
    use crate::roster::{Rule, roster, terms};

    #[test]
    fn every_clause_of_the_roster_has_words_and_no_word_is_idle() {
        let mut used = std::collections::BTreeSet::new();
        for terms in roster().iter() {
            for clause in &terms.clauses {
                assert_ne!(clause.label(), clause.name(), "{}", clause.iri);
                used.insert(clause.name());
            }
        }
        let known: std::collections::BTreeSet<&str> = WORDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(known, used);
    }

    #[test]
    fn a_clause_of_tomorrow_keeps_its_name() {
        let clause = Clause {
            rule: Rule::Permission,
            iri: "https://w3id.org/dpv/standards/p7012#BrandNew".into(),
        };
        assert_eq!(clause.label(), "BrandNew");
    }

    #[test]
    fn equal_terms_do_not_differ_and_others_say_where() {
        let (base, intent) = (terms("PDC").unwrap(), terms("PDC-INTENT").unwrap());
        assert!(difference(base, base).is_empty());
        let there = difference(base, intent);
        let back = difference(intent, base);
        assert_eq!(there.len(), back.len());
        for (side, clause) in there {
            let (own, other) = match side {
                Side::Mine => (base, intent),
                Side::Theirs => (intent, base),
            };
            assert!(own.clauses.contains(clause) && !other.clauses.contains(clause));
        }
    }
}
