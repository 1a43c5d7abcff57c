//! The program; everything it does is in the library.

fn main() -> std::process::ExitCode {
    guiju::cli::main(std::env::args_os()).into()
}
