//! Hands argv to [`hushlint::cli`]; the only exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    hushlint::cli::run(std::env::args_os())
}
