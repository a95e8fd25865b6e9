//! `tekram`: the scriptable front end. It reads words, calls one use case of `agent` for each command, and prints what
//! came back. It holds no rules of its own.

mod args;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use output::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let as_json = cli.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(_) => {
            return ExitCode::from(output::print(
                Err(Failure::new("no_runtime", "the system gave no threads to work with")),
                as_json,
            ));
        }
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = commands::run(cli) => outcome,
            _ = tokio::signal::ctrl_c() => Err(Failure::new("cancelled", "stopped; what was acknowledged before is kept")),
        }
    });
    ExitCode::from(output::print(outcome, as_json))
}
