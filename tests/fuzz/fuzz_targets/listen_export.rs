//! Exports of listening histories, in whatever format they turn out to be.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_listen::fuzzing::export(bytes));
