//! What the other rooms rely on: sums, ranges, canonical bytes, keys, proofs and records, against published vectors and
//! against simple models.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod canonical;
mod data_integrity;
mod keys_and_secrets;
mod money;
mod ranges;
mod record;
mod time;
mod vectors;
mod wire;
