//! Rewrites what README.md and README.zh-CN.md take from the program and the rules: `cargo run --example papers`.

mod papers;

use papers::Papers;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// What this program is called by itself, to be guiju for one command: so the papers always show the code they were built with.
const AS_GUIJU: &str = "--as-guiju";

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let this = args.next();
    if args.next().is_some_and(|a| a == AS_GUIJU) {
        return guiju::cli::main(std::iter::once("guiju".into()).chain(args)).into();
    }
    match this.map_or_else(|| Err(io::Error::other("no name of its own")), |this| rewrite(Path::new(&this))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn rewrite(this: &Path) -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let this = this.canonicalize()?;
    let papers = Papers::new(root, &this, &[AS_GUIJU])?;
    for name in papers::NAMES {
        let path = root.join(name);
        let text = std::fs::read_to_string(&path)?;
        let current = papers.current(&text)?;
        println!("{name}: {}", if current == text { "as it was" } else { "rewritten" });
        if current != text {
            std::fs::write(&path, current)?;
        }
    }
    Ok(())
}
