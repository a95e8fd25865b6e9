//! `cargo xtask …`: the one place where set-up, running, testing, linting, benches and fault runs are scripted.
//!
//! It uses almost nothing but the standard library, so that a fresh clone compiles it in seconds. Each subcommand is
//! a module; `cargo xtask help` lists them.

mod android;
mod bench;
mod bindings;
mod debian;
mod faults;
mod fuzz;
mod ios;
mod kotlin;
mod licence;
mod licences;
mod lint;
mod phone;
mod place;
mod planted;
mod resources;
mod run;
mod setup;
mod stage;
mod step;
mod swift;
mod test;
mod tree;
mod used;
mod words;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  setup                     make the Python environments of the Cashu mint that the story and the tests run against, and of
                            the issuer of credentials in the tests
  run [ARGS]                build everything and play the story: hear, choose, pay; want, offer, accept
                            (cargo xtask run --help lists what it takes)
  test [--quick]            lint, set up, and run every test; --quick leaves out clippy and makes
                            fewer cases and kills
  lint                      formatting, clippy and the rules of deny.toml
  bindings [--check]        build the native library and make the Kotlin and Swift sources from it; --check fails when a
                            packaged copy differs from what the library gives
  android                   build the native library for Android (arm64-v8a, armeabi-v7a, x86_64) and pack an AAR; needs
                            Google's NDK and rustup's targets
  ios                       build it for iPhones and their simulator and pack an XCFramework; needs a Mac with Xcode
  phone                     type-check it for both phones without their tools, in a Debian folder (Linux, root)
  swift [build|test [ARGS]] make Debian's Swift in the cache folder, then format, build and test the iOS package with
                            the native library, and plant mistakes that it must refuse; `swift format` writes
  kotlin [--quick] [--pictures]
                            make the binding, then build and test the app's Kotlin by Maven, then ktlint and detekt;
                            --quick leaves the linters out, --pictures draws docs/screens anew where a screen changed
  words [--check] [--unused] [--list]
                            make the iOS string catalogue from Android's words; both languages and every key that a
                            screen uses are checked
  licences [FILE]           write the apps' licences page: every crate and library that is shipped, and each text once
  bench [ROOM] [--large[=MB]] [--json]
                            measure against the bare floor in one run; writes docs/measurements.md when all rooms ran;
                            --large imports a file of 500 MB, or of MB, for the memory figure
  faults [ROOM] [--kills N] [--seeds N] [--seed N] [--long] [--json]
                            kill processes in the middle of writes and count what was lost
  fuzz [TARGET] [SECONDS] [--seed N]
                            fuzz one reader or all, a minute each when it is not said; needs a C++ compiler
  fuzz TARGET --file FILE   run what was found once more
  fuzz --seeds              write the corpus's seeds anew, with what today's writers make

Downloads are kept in $TEKRAM_CACHE, else in the user's cache folder under `tekram`.
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let wants_help = rest.iter().any(|arg| arg == "--help" || arg == "-h");
    let outcome = match command.as_str() {
        "run" => run::run(&rest),
        "android" | "ios" | "phone" if wants_help => {
            print!("{HELP}");
            Ok(())
        }
        "setup" | "test" | "lint" | "bench" | "bindings" | "faults" | "fuzz" | "licences" | "swift" | "words"
            if wants_help =>
        {
            print!("{HELP}");
            Ok(())
        }
        "setup" => setup::setup_for_tests(),
        "test" => test::test(&rest),
        "lint" => lint::lint(),
        "bench" => bench::bench(&rest),
        "bindings" => bindings::bindings(&rest),
        "android" => android::android(&rest),
        "ios" => ios::ios(&rest),
        "phone" => phone::phone(&rest),
        "faults" => faults::faults(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        "licences" => licences::licences(&rest),
        "kotlin" => kotlin::kotlin(&rest),
        "swift" => swift::swift(&rest),
        "words" => words::words(&rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(step::Failure::usage(format!("unknown command {other:?}\n\n{HELP}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}
