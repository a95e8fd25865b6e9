//! An export's manifest, and the whole export around it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    tekram_vault::fuzzing::export(bytes);
});
