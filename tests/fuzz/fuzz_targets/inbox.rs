//! The frames of an inbox.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_vault::fuzzing::inbox(bytes));
