//! A signed record, its proofs and its body.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_fuzz::signed_record(bytes));
