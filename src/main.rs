//! The program: a call of `cli`, which turns the command line into work and work into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    resguardo::cli::main()
}
