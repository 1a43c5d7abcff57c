//! Writes the sample workbooks and the sample tables in GB18030.
//!
//!     cargo run --example workbooks -- samples
#![allow(missing_docs, clippy::expect_used, reason = "a generator stops at the first thing that is not as it should be")]

mod books;

use std::path::Path;

fn main() {
    let to = std::env::args().nth(1).unwrap_or_else(|| "samples".to_owned());
    for (name, bytes) in books::all() {
        let path = Path::new(&to).join(name);
        std::fs::create_dir_all(path.parent().expect("a sample lies in a folder")).expect("the folder can be made");
        std::fs::write(&path, bytes).expect("the sample can be written");
    }
}
