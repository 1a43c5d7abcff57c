//! `postgres://` addresses. Read strictly: a slip must never show part of a password as a host, nor send it unencrypted.

use super::error::Wrong;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What addresses begin with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// The port where none is written.
const USUAL_PORT: u16 = 5432;
/// How long a server may take to answer, where the address does not say.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where a database is, and how it is spoken to.
#[derive(Debug)]
pub(in crate::ingest) struct Address {
    /// The user, where the address names one.
    pub user: Option<String>,
    /// The password, where the address holds one.
    pub password: Option<Secret>,
    /// The machine, or the folder of the server's socket.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The schema whose tables are read, instead of those on the search path.
    pub schema: Option<String>,
    /// Whether and how the connection is encrypted.
    pub trust: Trust,
    /// Certificates of those who may vouch for the server, besides those the system trusts.
    pub root: Option<PathBuf>,
    /// How long connecting may take.
    pub patience: Duration,
}

/// Something that no message may show.
#[derive(Clone)]
pub(in crate::ingest) struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Where the server listens.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Host {
    /// A name or number.
    Name(String),
    /// A folder on this machine.
    Socket(PathBuf),
}

/// How far the server must prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Trust {
    /// Nothing is encrypted.
    Plain,
    /// Encrypted, whoever it is.
    Anybody,
    /// Somebody trusted vouches for it, under whatever name.
    Vouched,
    /// Somebody trusted vouches that it bears this name.
    Named,
}

/// Whether a source is a database server, which may hold something else whenever it is asked.
pub fn is_server(source: &str) -> bool {
    after_scheme(source).is_some()
}

fn after_scheme(source: &str) -> Option<&str> {
    SCHEMES.iter().find_map(|s| source.get(..s.len()).filter(|head| head.eq_ignore_ascii_case(s)).and_then(|_| source.get(s.len()..)))
}

/// A source as reports, errors and ledgers may show it: an address loses its user, its password and how it is spoken to.
pub fn shown_source(source: &str) -> String {
    if !is_server(source) {
        return source.to_owned();
    }
    Address::parse(source).map_or_else(|_| format!("{}…", SCHEMES[0]), |a| a.to_string())
}

/// A text that may quote an address, without what is secret in it.
pub fn without_secrets(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if !lower.contains('@') && !lower.contains("password") {
        return text.to_owned();
    }
    if let Some((before, address)) = SCHEMES.iter().filter_map(|s| lower.find(s)).min().and_then(|at| text.split_at_checked(at)) {
        // Where it ends nobody knows: a password may hold anything.
        return format!("{before}{}", shown_source(address));
    }
    // An address with a slip in its beginning.
    match (text.split_once(":/"), text.rsplit_once('@')) {
        (Some((before, after)), Some((_, place))) if after.contains('@') => format!("{before}:/…@{place}"),
        _ => text.to_owned(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", SCHEMES[0], self.place())?;
        self.schema.as_ref().map_or(Ok(()), |s| write!(f, "?schema={s}"))
    }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it; never its own words.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let rest = after_scheme(text).ok_or_else(|| Wrong::address("开头不是 postgres://"))?;
        let (main, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = main.split_once('/').unwrap_or((main, ""));
        if database.contains(['@', '/', '#']) {
            return Err(Wrong::address("用户名、密码里的 / ? # @ 等符号没有转写"));
        }
        let (login, place) = authority.rsplit_once('@').map_or((None, authority), |(login, place)| (Some(login), place));
        let (user, password) = login.map_or((None, None), |l| l.split_once(':').map_or((Some(l), None), |(u, p)| (Some(u), Some(p))));
        let (host, port) = host(place)?;
        let mut address = Self {
            user: user.map(decoded).transpose()?.filter(|u| !u.is_empty()),
            password: password.map(decoded).transpose()?.map(Secret),
            host,
            port,
            database: decoded(database)?,
            schema: None,
            trust: Trust::Named,
            root: None,
            patience: PATIENCE,
        };
        let mut trust = None;
        for parameter in query.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = parameter.split_once('=').ok_or_else(|| Wrong::address("? 后面应写成 名称=值"))?;
            address.set(name, decoded(value)?, &mut trust)?;
        }
        if address.database.is_empty() {
            return Err(Wrong::address("没有写数据库名"));
        }
        address.trust = trust.unwrap_or(if address.is_local() { Trust::Plain } else { Trust::Named });
        Ok(address)
    }

    fn set(&mut self, name: &str, value: String, trust: &mut Option<Trust>) -> Result<(), Wrong> {
        let number = || value.parse().map_err(|_| Wrong::address("端口、秒数应是数字"));
        match name {
            "schema" => self.schema = Some(value).filter(|s| !s.is_empty()),
            "sslmode" => *trust = Some(trusted(&value)?),
            "sslrootcert" => self.root = Some(PathBuf::from(value)),
            "user" => self.user = Some(value),
            "password" => self.password = Some(Secret(value)),
            "host" => self.host = named(value)?,
            "port" => self.port = number()?,
            "connect_timeout" => self.patience = Duration::from_secs(u64::from(number()?)),
            // The name of a parameter might be part of a password that was not written as it should.
            _ => return Err(Wrong::address("? 后面只能写 schema、sslmode、sslrootcert、connect_timeout、host、port、user、password")),
        }
        Ok(())
    }

    /// Whether the server is on this machine, so that nobody listens on the way.
    pub fn is_local(&self) -> bool {
        match &self.host {
            Host::Socket(_) => true,
            Host::Name(name) => name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        }
    }

    /// Host, port where it is not the usual one, and database: `10.0.0.5/records`.
    pub fn place(&self) -> String {
        let host = match &self.host {
            Host::Socket(_) => "localhost".to_owned(),
            Host::Name(name) if name.contains(':') => format!("[{name}]"),
            Host::Name(name) => name.clone(),
        };
        let port = if self.port == USUAL_PORT { String::new() } else { format!(":{}", self.port) };
        format!("{host}{port}/{}", self.database)
    }

    /// A table as findings cite it: `postgres 10.0.0.5/records step`.
    pub fn cite(&self, table: &str) -> String {
        let schema = self.schema.as_ref().map_or_else(String::new, |s| format!("{s}."));
        format!("postgres {} {schema}{table}", self.place())
    }
}

fn host(place: &str) -> Result<(Host, u16), Wrong> {
    let wrong = || Wrong::address("主机或端口写得不对");
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or_else(wrong)?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or_else(wrong)?) })
        }
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Ok(USUAL_PORT), |p| p.parse().map_err(|_| wrong()))?;
    Ok((named(decoded(host)?)?, port))
}

fn named(host: String) -> Result<Host, Wrong> {
    if host.starts_with('/') {
        return Ok(Host::Socket(PathBuf::from(host)));
    }
    if host.is_empty() {
        return Ok(Host::Name("localhost".to_owned()));
    }
    let plain = |c: char| c.is_alphanumeric() || "-._:".contains(c);
    if host.chars().all(plain) { Ok(Host::Name(host)) } else { Err(Wrong::address("主机或端口写得不对")) }
}

fn trusted(mode: &str) -> Result<Trust, Wrong> {
    match mode {
        "disable" => Ok(Trust::Plain),
        "require" => Ok(Trust::Anybody),
        "verify-ca" => Ok(Trust::Vouched),
        "verify-full" => Ok(Trust::Named),
        // `allow` and `prefer` leave it to the server, or to whoever answers in its stead.
        _ => Err(Wrong::address("sslmode 只能是 disable、require、verify-ca、verify-full")),
    }
}

fn decoded(text: &str) -> Result<String, Wrong> {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let lone = bytes.iter().enumerate().any(|(i, b)| *b == b'%' && !(hex(i + 1) && hex(i + 2)));
    let whole = percent_decode_str(text).decode_utf8().ok().filter(|_| !lone).map(|t| t.into_owned());
    whole.filter(|t| !t.contains('\0')).ok_or_else(|| Wrong::address("% 后面应是两位十六进制数（% 本身写作 %25）"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn an_address_has_its_parts_and_shows_no_secret() {
        let a = parsed("postgres://ju%40nbu:p%2Fw%3A1@db.example:5433/records?schema=rs&sslmode=verify-ca&sslrootcert=/etc/ca.pem");
        assert_eq!((a.user.as_deref(), a.password.as_ref().map(|s| s.0.as_str())), (Some("ju@nbu"), Some("p/w:1")));
        assert_eq!((&a.host, a.port, a.database.as_str()), (&Host::Name("db.example".into()), 5433, "records"));
        assert_eq!(
            (a.schema.as_deref(), a.trust, a.root.as_deref()),
            (Some("rs"), Trust::Vouched, Some(std::path::Path::new("/etc/ca.pem")))
        );
        assert_eq!(a.to_string(), "postgres://db.example:5433/records?schema=rs");
        assert_eq!(a.cite("step"), "postgres db.example:5433/records rs.step");
        assert!(!format!("{a:?}").contains("p/w"));
        let a = parsed("postgresql://10.0.0.5/记录?user=u&password=a@b");
        assert_eq!((a.cite("人员").as_str(), a.password.unwrap().0.as_str()), ("postgres 10.0.0.5/记录 人员", "a@b"));
        assert_eq!(parsed("postgres://[::1]/d").place(), "[::1]/d");
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_encryption_unasked() {
        for local in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql", ""] {
            assert_eq!(parsed(&format!("postgres://{local}/d")).trust, Trust::Plain, "{local}");
        }
        for far in ["10.0.0.5", "db", "localhost.example", "127.0.0.1.example", "[fe80::1]"] {
            assert_eq!(parsed(&format!("postgres://{far}/d")).trust, Trust::Named, "{far}");
        }
        // The machine last named is the one that counts.
        assert_eq!(parsed("postgres://localhost/d?host=db").trust, Trust::Named);
        assert_eq!(parsed("postgres://db/d?sslmode=disable").trust, Trust::Plain);
        for weak in ["prefer", "allow", "", "Disable"] {
            assert!(Address::parse(&format!("postgres://db/d?sslmode={weak}")).is_err(), "{weak}");
        }
    }

    #[test]
    fn what_is_not_written_as_it_should_is_refused_and_shown_nowhere() {
        for wrong in [
            "postgres://u:se/cret@db/d",
            "postgres://u:se?cret@db/d",
            "postgres://u:se#cret@db/d/x",
            "postgres://u:se%zzcret@db/d",
            "postgres://u:secret@db",
            "postgres://u:secret@db:port/d",
            "postgres://db/d?secret=1",
            "postgres://u:secret@a,b/d",
            "POSTGRES://u:secret",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
            assert_eq!(shown_source(wrong), "postgres://…", "{wrong}");
        }
        // The last @ is the one before the host.
        assert_eq!(shown_source("postgres://u:se@cret@db/d"), "postgres://db/d");
        assert_eq!(without_secrets("不认识“postgres://u:secret@db/d”"), "不认识“postgres://db/d”");
        assert_eq!(without_secrets("找不到“postgre://u:secret@db/d”"), "找不到“postgre:/…@db/d”");
        assert_eq!(without_secrets("samples/county"), "samples/county");
        assert_eq!(without_secrets("或 postgres:// 地址"), "或 postgres:// 地址");
    }
}
