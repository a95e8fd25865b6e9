//! A file sealed with a passphrase, changed and cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_vault::fuzzing::age(bytes));
