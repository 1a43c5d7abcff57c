//! Writes the sample workbooks and the sample tables in GB18030.
//!
//!     cargo run --example workbooks -- samples
#![allow(missing_docs, clippy::expect_used, reason = "a generator stops at the first thing that is not as it should be")]

mod books;
mod sets;

use std::path::Path;

fn main() {
    let to = std::env::args().nth(1).unwrap_or_else(|| "samples".to_owned());
    let sets = ("workbooks/信息提取表.xlsx", sets::book().expect("the sets can be written"));
    for (name, bytes) in books::all().into_iter().chain([sets]) {
        let path = Path::new(&to).join(name);
        std::fs::create_dir_all(path.parent().expect("a sample lies in a folder")).expect("the folder can be made");
        std::fs::write(&path, bytes).expect("the sample can be written");
    }
}
