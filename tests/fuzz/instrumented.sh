#!/bin/sh
# Stands between cargo and rustc (RUSTC_WORKSPACE_WRAPPER) while the fuzz targets are built: our own crates get the counters that
# libFuzzer steers by, their checks of arithmetic, and `cfg(fuzzing)`. Crates from the registry are built as always, and once for all;
# nothing here needs a nightly toolchain.
exec "$@" --cfg fuzzing \
    -C opt-level=2 -C debug-assertions=yes -C overflow-checks=yes -C codegen-units=1 \
    -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
    -C llvm-args=-sanitizer-coverage-pc-table \
    -C llvm-args=-sanitizer-coverage-trace-compares
