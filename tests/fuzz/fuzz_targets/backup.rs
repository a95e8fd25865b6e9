//! A backup's file, as it is and sealed block by block from a script.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    tekram_vault::fuzzing::backup(bytes);
});
