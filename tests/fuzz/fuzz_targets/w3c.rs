//! A W3C credential, as it is and signed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_fuzz::w3c(bytes));
