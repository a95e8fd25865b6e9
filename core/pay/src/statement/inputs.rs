//! Everything a statement is made from: totals by source (never single listens), who is payable for each, the rules
//! and what was carried. Stored with the statement, so that it can be made again after the listens are gone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tekram_primitives::time::Period;

use crate::rules::Rules;

/// A recipient of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share {
    /// The payee's id in this vault.
    pub payee_id: String,
    /// Weight among the source's recipients; a percentage off the top when `fee`.
    pub split: u64,
    /// `fee="true"` of `podcast:valueRecipient`.
    #[serde(default)]
    pub fee: bool,
}

/// What was heard of one source in the month, and who is payable for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Heard {
    /// Key of the source as the log names it.
    pub source: String,
    /// Item GUID when the item has payees of its own, else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// Name for people.
    pub name: String,
    /// Media time heard, ms.
    pub played_ms: u64,
    /// Plays.
    pub plays: u64,
    /// Recipients; empty when nobody payable is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
}

/// How a payee can be reached with money today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A method with an automated rail.
    Rail,
    /// A link or code that the person finishes.
    HandOff,
    /// Only methods without an automated rail (keysend).
    NoRail,
    /// Only methods over kinds of rails that are switched off.
    RailOff,
    /// No usable method is known.
    NoMethod,
}

/// What the division needs to know of a payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayeeFacts {
    /// Name for people.
    pub name: String,
    /// How it can be paid.
    pub way: Way,
}

/// The inputs of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// Month and zone.
    pub period: Period,
    /// The rules in force.
    pub rules: Rules,
    /// Version of the rules.
    pub rules_version: i64,
    /// What was heard; its order does not matter.
    pub heard: Vec<Heard>,
    /// Payees that appear in `heard` or `carry_in`.
    pub payees: BTreeMap<String, PayeeFacts>,
    /// Brought in from earlier months by payee, minor units.
    pub carry_in: BTreeMap<String, i64>,
    /// Brought in for time without a payee, minor units.
    pub waiting_in_minor: i64,
}
