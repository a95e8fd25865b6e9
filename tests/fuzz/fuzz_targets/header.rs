//! The header beside a vault, as it is and with its checksum made right.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tekram_vault::fuzzing::header(bytes));
