//! A file that holds what another holds, written beside it: nobody may read it who may not read that one.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file with the permissions of another one; what lay there is removed.
///
/// # Errors
/// It cannot be made, or not with these permissions.
pub(crate) fn create(path: &Path, like: &Path) -> io::Result<File> {
    // What is there may be open to others; what cannot be removed cannot be made anew.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Nobody else may read it before it has the permissions that it is to have.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    if let Ok(like) = fs::metadata(like) {
        file.set_permissions(like.permissions())?;
    }
    Ok(file)
}
