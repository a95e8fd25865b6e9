//! `tekram-desk`: what a store, a station or a creator runs. Everything is in the library; this reads the words.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(tekram_desk::cli::main(tekram_desk::cli::Cli::parse()))
}
