//! Status lists of both kinds, as they are and signed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_fuzz::status_list(bytes));
