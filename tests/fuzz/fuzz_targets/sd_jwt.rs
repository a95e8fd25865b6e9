//! An SD-JWT, as text and signed from its parts.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_fuzz::sd_jwt(bytes));
