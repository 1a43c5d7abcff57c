//! Who logs in, and with which password: from the address, the environment or `~/.pgpass`, as PostgreSQL's own programs do.

use super::address::{Address, Host, Secret};
use super::error::Wrong;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The user: of the address, else `PGUSER`, else whoever runs the program.
pub(super) fn user(address: &Address) -> Result<String, Wrong> {
    let named = address.user.clone().or_else(|| ["PGUSER", "USER", "USERNAME", "LOGNAME"].into_iter().find_map(|v| env::var(v).ok()));
    named.filter(|u| !u.is_empty()).ok_or_else(|| Wrong::address("没有写用户名"))
}

/// The password: of the address, else `PGPASSWORD`, else the password file's. None where nobody has one; the server may not ask.
pub(super) fn password(address: &Address, user: &str) -> Option<Secret> {
    let typed = address.password.clone().or_else(|| env::var("PGPASSWORD").ok().filter(|p| !p.is_empty()).map(Secret));
    typed.or_else(|| {
        let file = file()?;
        if is_open_to_others(&file) {
            return None;
        }
        in_file(&fs::read_to_string(file).ok()?, address, user).map(Secret)
    })
}

/// `PGPASSFILE`, else the usual place.
fn file() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let usual = if cfg!(windows) {
        set("APPDATA").map(|f| f.join("postgresql").join("pgpass.conf"))
    } else {
        set("HOME").map(|f| f.join(".pgpass"))
    };
    set("PGPASSFILE").or(usual)
}

/// A file that others may read holds no password to be used: so PostgreSQL's own programs have it.
#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|m| m.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// The password of the first line that fits: `host:port:database:user:password`, `*` for any, `\` before `:` and `\`.
fn in_file(text: &str, address: &Address, user: &str) -> Option<String> {
    let host = match &address.host {
        Host::Name(name) => name.as_str(),
        Host::Socket(_) => "localhost",
    };
    let port = address.port.to_string();
    let sought = [host, &port, &address.database, user];
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines.map(fields).find_map(|fields| {
        let (password, place) = fields.split_last().filter(|(_, place)| place.len() == sought.len())?;
        let fits = place.iter().zip(sought).all(|(field, sought)| field == "*" || field == sought);
        (fits && !password.is_empty()).then(|| password.clone())
    })
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // The password is the rest, colons and all.
            ':' if fields.len() < 5 => fields.push(String::new()),
            letter => {
                let letter = if letter == '\\' { letters.next().unwrap_or('\\') } else { letter };
                if let Some(field) = fields.last_mut() {
                    field.push(letter);
                }
            }
        }
    }
    fields
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_the_password_file_that_fits_counts() {
        let text = "# db:5432:records:u:no\ndb:5433:records:u:other port\n*:5432:records:u:a\\:b\\\\:c\n*:*:*:*:any\n";
        let of = |address: &str, user| in_file(text, &Address::parse(address).unwrap(), user);
        assert_eq!(of("postgres://db/records", "u").as_deref(), Some("a:b\\:c"));
        assert_eq!(of("postgres://db:5433/records", "u").as_deref(), Some("other port"));
        assert_eq!(of("postgres://db/else", "u").as_deref(), Some("any"));
        assert_eq!(in_file("db:5432:records:u:\nshort\n", &Address::parse("postgres://db/records").unwrap(), "u"), None);
        let socket = Address::parse("postgres://%2Ftmp/records").unwrap();
        assert_eq!(in_file("localhost:5432:records:u:by socket", &socket, "u").as_deref(), Some("by socket"));
    }
}
