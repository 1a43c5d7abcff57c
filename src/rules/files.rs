//! The files of the rules: those built into the program, or a folder instead.

use crate::diagnostic::Source;
use include_dir::{Dir, include_dir};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// Rule files by their path within the rules' folder, with `/` between.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: BTreeMap<String, Arc<Source>>,
    borrowed: BTreeSet<String>,
}

/// A folder of rules that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("读不了规则文件夹 {path}：{why}")]
pub struct FolderError {
    /// The folder or file.
    pub path: String,
    /// Why, in Chinese.
    pub why: String,
}

impl Files {
    /// The files built into the program.
    pub fn built_in() -> Self {
        let mut files = Self::default();
        let mut open = vec![&BUILT_IN];
        while let Some(dir) = open.pop() {
            // Mappings are no rules: the readers have them.
            open.extend(dir.dirs().filter(|d| d.path() != Path::new("mappings")));
            for file in dir.files() {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    files.add(&path.replace('\\', "/"), text);
                }
            }
        }
        files
    }

    /// The files of a folder. What it lacks (schema, calendar, regulations, definitions) comes from the built-in ones.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or is not UTF-8.
    pub fn folder(path: &Path) -> Result<Self, FolderError> {
        let mut files = Self::default();
        for (name, source) in Self::built_in().files {
            if !name.contains('/') || name.starts_with("calendar/") {
                files.files.insert(name, source);
            }
        }
        files.borrowed = files.files.keys().cloned().collect();
        for (name, text) in read_folder(path)? {
            files.add(&name, &text);
            files.borrowed.remove(&name);
        }
        Ok(files)
    }

    /// Adds the files of a county's pack, under its name. People know them by their paths.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or is not UTF-8.
    pub fn mount(&mut self, pack: &str, folder: &Path) -> Result<(), FolderError> {
        for (name, text) in read_folder(folder)? {
            let shown = folder.join(&name).display().to_string().replace('\\', "/");
            self.add_as(&format!("{pack}/{name}"), &shown, &text);
        }
        Ok(())
    }

    /// The text of a file, without its byte order mark.
    ///
    /// # Errors
    /// It cannot be read, or is not UTF-8.
    pub fn read_text(path: &Path) -> Result<String, FolderError> {
        let error = |why: &str| FolderError { path: path.display().to_string(), why: why.to_owned() };
        let bytes = std::fs::read(path).map_err(|e| error(io_why(&e)))?;
        let text = String::from_utf8(bytes).map_err(|_| error("不是 UTF-8 文本"))?;
        Ok(text.trim_start_matches('\u{feff}').to_owned())
    }

    /// Whether a file of these comes with the program, though the rules are a folder's.
    pub fn is_borrowed(&self, path: &str) -> bool {
        self.borrowed.contains(path)
    }

    /// These without some, by path.
    #[must_use]
    pub fn without(&self, which: impl Fn(&str) -> bool) -> Self {
        let mut left = self.clone();
        left.files.retain(|path, _| !which(path));
        left
    }

    /// Adds or replaces a file.
    pub fn add(&mut self, path: &str, text: &str) {
        self.add_as(path, path, text);
    }

    /// Adds or replaces a file that people know by another name.
    pub fn add_as(&mut self, path: &str, name: &str, text: &str) {
        let source = Source { name: name.to_owned(), text: text.to_owned() };
        self.files.insert(path.to_owned(), Arc::new(source));
    }

    /// The file of a path.
    pub fn get(&self, path: &str) -> Option<&Arc<Source>> {
        self.files.get(path)
    }

    /// Every file, by path.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Arc<Source>)> {
        self.files.iter().map(|(p, s)| (p.as_str(), s))
    }

    /// The rule files: those two folders deep.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &Arc<Source>)> {
        self.all().filter(|(path, _)| path.ends_with(".toml") && path.matches('/').count() == 2)
    }
}

/// The TOML, rhai and CSV files below a folder, by their paths in it.
fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, FolderError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    let error = |path: &Path, e: &std::io::Error| FolderError { path: path.display().to_string(), why: io_why(e).to_owned() };
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).map_err(|e| error(&dir, &e))? {
            let entry = entry.map_err(|e| error(&dir, &e))?.path();
            if entry.is_dir() {
                open.push(entry);
                continue;
            }
            // Editors add an ending of their own; a rule that is not read must not look as if it were in force.
            let name = entry.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let ours = [".toml", ".rhai"];
            let misnamed = ours.iter().any(|ending| name.ends_with(&format!("{ending}.txt")))
                || (ours.iter().any(|ending| name.ends_with(ending)) && entry.extension().is_some_and(|e| e != "toml" && e != "rhai"));
            if misnamed {
                let why = "文件名应以小写的 .toml 或 .rhai 结尾，否则不会被读取；请改名".to_owned();
                return Err(FolderError { path: entry.display().to_string(), why });
            }
            let wanted = entry.extension().is_some_and(|e| e == "toml" || e == "rhai" || e == "csv");
            if let Some(name) = entry.strip_prefix(folder).ok().and_then(Path::to_str).filter(|_| wanted) {
                found.push((name.replace('\\', "/"), Files::read_text(&entry)?));
            }
        }
    }
    Ok(found)
}

fn io_why(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "不存在",
        std::io::ErrorKind::PermissionDenied => "没有权限",
        _ => "读取失败",
    }
}
