//! The Cashu rail: ecash inside the vault, locked to the payee (NUT-11), redeemable by nobody else before its locktime.

/// This rail's tables, appended to the room's migrations by [`crate::schema::SCHEMA`] (one statement list, never edited).
pub const MIGRATION_1: &str = "";
