//! Where results go: standard output, or a file that appears whole or not at all. A reader that has seen enough
//! (`| head`) closes the pipe; that is no error.

use super::trouble::{Plain, Trouble};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a result.
///
/// # Errors
/// The file or standard output could not be written.
pub fn write(to: Option<&Path>, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Trouble> {
    match to {
        None => to_stream(io::stdout().lock(), render),
        Some(path) => to_file(path, render),
    }
}

/// Writes to standard error what is not the result; nobody is told if that fails.
pub fn aside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The same for what is written piece by piece.
pub fn aside_with(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut err = BufWriter::new(io::stderr().lock());
    let _ = render(&mut err).and_then(|()| err.flush());
}

fn to_stream(stream: impl Write, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Trouble> {
    let mut out = BufWriter::with_capacity(1 << 16, stream);
    let written = render(&mut out).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(failed("标准输出", &error)),
        Ok(()) => Ok(()),
    }
}

fn to_file(path: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Trouble> {
    let shown = path.display().to_string();
    // A pipe or device is written as it is; a file is replaced only by a whole one.
    if path.exists() && !path.is_file() {
        let file = std::fs::OpenOptions::new().write(true).open(path).map_err(|e| failed(&shown, &e))?;
        return to_stream(file, render);
    }
    let part = partial(path);
    let written = std::fs::File::create(&part).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        render(&mut out)?;
        out.flush()?;
        std::fs::rename(&part, path)
    });
    written.map_err(|error| {
        let _ = std::fs::remove_file(&part);
        failed(&shown, &error)
    })
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.partial", std::process::id()));
    path.with_file_name(name)
}

/// Why a result could not be written.
pub fn failed(what: &str, error: &io::Error) -> Trouble {
    Trouble::Output(
        Plain::new("output::write", format!("写不出结果：{what}：{}", reason(error))).help("请检查目录是否存在、是否可写、磁盘是否已满"),
    )
}

/// Why reading or writing failed, in Chinese where the kind is a common one.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "文件或目录不存在".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        io::ErrorKind::IsADirectory => "是目录，不是文件".to_owned(),
        io::ErrorKind::StorageFull => "磁盘已满".to_owned(),
        io::ErrorKind::InvalidData => "不是 UTF-8 文本".to_owned(),
        _ => error.to_string(),
    }
}
