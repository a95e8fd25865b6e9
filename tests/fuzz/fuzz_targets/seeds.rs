//! No target: writes the seeds that our own writers make into the folder that `TEKRAM_SEEDS` names, and ends with `-runs=0`. It is linked like a target,
//! because our crates are built with counters that libFuzzer takes.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: {
        let folder = std::env::var_os("TEKRAM_SEEDS").unwrap_or_default();
        if let Err(error) = tekram_fuzz::seeds::write(std::path::Path::new(&folder)) {
            eprintln!("{error}");
            std::process::exit(1);
        }
    },
    |_bytes: &[u8]| {}
);
