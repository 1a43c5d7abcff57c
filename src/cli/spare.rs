//! What is read is never written over, nor what people fill in by hand: a slip in `--output` must not cost anybody an export or a day's
//! work.

use super::trouble::{Plain, Trouble};
use crate::ingest;
use std::path::{Path, PathBuf};

/// Refuses to write over a source, or over a file of a folder that is one.
///
/// # Errors
/// What is to be written is read.
pub(super) fn spare<'a>(sources: &[String], outputs: impl IntoIterator<Item = Option<&'a Path>>) -> Result<(), Trouble> {
    let read: Vec<PathBuf> = sources.iter().filter_map(|s| std::fs::canonicalize(s).ok()).collect();
    let is_read = |path: &PathBuf| {
        let export = ingest::may_be_export(path);
        read.iter().any(|source| source == path || (export && source.is_dir() && path.starts_with(source)))
    };
    let there = outputs.into_iter().flatten().filter_map(|path| Some((path, std::fs::canonicalize(path).ok().filter(|p| p.is_file())?)));
    match there.into_iter().find(|(_, path)| is_read(path)) {
        None => Ok(()),
        Some((path, _)) => {
            let message = format!("“{}”是数据源里的文件，不能写到它上面", path.display());
            Err(Trouble::Usage(
                Plain::new("usage::source-as-output", message).help("换一个文件名，或者写到数据源以外的文件夹；原文件没有改动"),
            ))
        }
    }
}

/// Refuses, under a code, to write over a file that people go on to fill in: a draft of a mapping, a list of what is to be mended.
///
/// # Errors
/// There is such a file.
pub(super) fn spare_filled_in(code: &'static str, output: Option<&Path>) -> Result<(), Trouble> {
    let Some(file) = output.filter(|file| file.is_file()) else { return Ok(()) };
    let plain = Plain::new(code, format!("已有 {}，可能改过，没有覆盖", file.display()));
    Err(Trouble::Usage(plain.help("另起一个名字；确实不要的，先删去")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_the_files_of_their_folders_are_spared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("data")).unwrap();
        for name in ["data/step.csv", "data/BOOK.et", "data/form.lrmx", "data/list.json", "people.db", "report.csv"] {
            std::fs::write(at(name), "").unwrap();
        }
        let sources = [at("data").display().to_string(), at("people.db").display().to_string(), "-".to_owned()];
        let refused = |name: &str| spare(&sources, [None, Some(at(name).as_path())]).is_err();
        assert!(refused("data/step.csv") && refused("people.db") && refused("data/../data/step.csv"));
        assert!(refused("data/BOOK.et") && refused("data/form.lrmx"));
        // A report that lies beside the data is written anew every night.
        assert!(!refused("data/list.json") && !refused("report.csv") && !refused("data/new.csv") && !refused("data"));
    }
}
