//! What servers and the way to them do wrong, in Chinese; never their own words, which may hold values, users or passwords.

use super::address::{Address, Trust};
use crate::ingest::error::IngestError;
use std::error::Error as _;
use std::io;
use tokio_postgres::error::SqlState;

/// Something that went wrong, before it is told of which database.
#[derive(Debug)]
pub(in crate::ingest) struct Wrong {
    code: &'static str,
    why: String,
    right: &'static str,
}

impl Wrong {
    fn new(code: &'static str, why: impl Into<String>, right: &'static str) -> Self {
        Self { code, why: why.into(), right }
    }

    /// The address is not as it should be.
    pub fn address(why: &str) -> Self {
        let right =
            "写作 postgres://用户@主机:端口/数据库；用户名、密码里的符号要转写：@ 写作 %40，/ 写作 %2F，? 写作 %3F，# 写作 %23，% 写作 %25";
        Self::new("postgres::address", why, right)
    }

    /// The file of `sslrootcert`, or what is in it, cannot be had.
    pub fn root() -> Self {
        Self::new("postgres::certificate", "读不了 sslrootcert 指定的根证书文件", "请核对路径；文件应是 PEM 格式的证书")
    }

    /// This machine trusts nobody.
    pub fn no_roots() -> Self {
        let right = "请向管理员索取根证书，在地址里写 sslrootcert=文件；只加密、不验证服务器身份的，写 sslmode=require";
        Self::new("postgres::certificate", "本机没有受信任的根证书，无法验证服务器身份", right)
    }

    /// The server sent what the protocol does not have.
    pub fn protocol() -> Self {
        Self::new(
            "postgres::failed",
            "服务器返回的内容与约定的不同",
            "请核对数据库的种类和版本（PostgreSQL 10 及以上；其他数据库见手册 2.11）",
        )
    }

    /// The names of tables or columns are in no encoding known.
    pub fn names() -> Self {
        Self::new("postgres::failed", "表名、列名的文字编码无法识别", "数据库的编码是 SQL_ASCII 时，请管理员导出为 CSV")
    }

    /// The schema named in the address is not there.
    pub fn no_schema(schema: &str) -> Self {
        Self::new("postgres::no-schema", format!("没有模式“{schema}”"), "请核对地址里的 schema；不写时读搜索路径（search_path）上的表")
    }

    /// Nobody answers.
    pub fn silent() -> Self {
        Self::new("postgres::unreachable", "连接不上：等不到应答", "请核对主机和端口，确认服务器已启动、防火墙放行")
    }

    /// The connection came to an end, or the server did.
    fn lost() -> Self {
        Self::new("postgres::lost", "读到中途连接断了，已读的部分全部作废", "请检查网络和服务器后重新运行")
    }

    /// Of connecting.
    pub fn connecting(error: &tokio_postgres::Error, address: &Address) -> Self {
        if let Some(state) = error.code() {
            return Self::login(state, address);
        }
        // The library keeps its kinds to itself; what caused them it tells.
        if let Some(tls) = error.source().and_then(find::<rustls::Error>) {
            return Self::tls(tls);
        }
        let said = error.to_string();
        if said == "error performing TLS handshake" {
            let right = "请管理员开启 ssl；确信网络可靠、愿意以明文传送的，在地址里写 sslmode=disable";
            return Self::new("postgres::tls-required", "服务器不支持加密连接；不以明文连接别的机器", right);
        }
        // Everything else of the configuration was checked before.
        if said == "invalid configuration" {
            let right = "把密码放在环境变量 PGPASSWORD 或 ~/.pgpass 里（也可以写在地址里：postgres://用户:密码@主机/数据库）";
            return Self::new("postgres::no-password", "服务器要求密码", right);
        }
        let io = error.source().and_then(find::<io::Error>);
        if ["authentication error", "error parsing response from server", "unexpected message from server"].contains(&said.as_str()) {
            let right = "支持 scram-sha-256、md5 和明文口令；openGauss 的 sha256、SM3 等请管理员为只读用户改用 md5（见手册 2.11）";
            return Self::new("postgres::auth-method", "服务器要求的登录方式不支持，或它没有证明知道口令", right);
        }
        let why = match io.map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => "没有服务器在这个端口应答",
            Some(io::ErrorKind::NotFound) => "找不到服务器的套接字",
            Some(io::ErrorKind::PermissionDenied) => "没有权限",
            Some(io::ErrorKind::TimedOut) => "等不到应答",
            Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => "服务器断开了连接",
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => "网络不通",
            Some(_) => "主机名查不到，或网络不通",
            None if said == "timeout waiting for server" => "等不到应答",
            None => "网络不通，或那里不是 PostgreSQL",
        };
        Self::new("postgres::unreachable", format!("连接不上：{why}"), "请核对主机和端口，确认服务器已启动、防火墙放行")
    }

    fn login(state: &SqlState, address: &Address) -> Self {
        match *state {
            SqlState::INVALID_PASSWORD => {
                let right = "请核对用户名和密码（地址、PGPASSWORD、~/.pgpass 依次取用）";
                Self::new("postgres::login", "用户名或密码不对", right)
            }
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION if address.trust == Trust::Plain => {
                let right = "请管理员在 pg_hba.conf 里放行；如果服务器只接受加密连接，在地址里写 sslmode=require";
                Self::new("postgres::login", "服务器不接受这个用户从本机登录，或者要求加密", right)
            }
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                Self::new("postgres::login", "服务器不接受这个用户从本机登录", "请管理员在 pg_hba.conf 里放行，并确认用户存在")
            }
            SqlState::INVALID_CATALOG_NAME => Self::new("postgres::no-database", "没有这个数据库", "请核对地址里的数据库名"),
            SqlState::INSUFFICIENT_PRIVILEGE => {
                Self::new("postgres::login", "这个用户无权连接该数据库", "请管理员执行 GRANT CONNECT ON DATABASE … TO …")
            }
            SqlState::TOO_MANY_CONNECTIONS => Self::new("postgres::busy", "服务器的连接数已满", "请稍后再试"),
            SqlState::CANNOT_CONNECT_NOW => Self::new("postgres::busy", "服务器正在启动或关闭", "请稍后再试"),
            _ => Self::failed(state),
        }
    }

    fn tls(error: &rustls::Error) -> Self {
        let right =
            "请向管理员索取根证书，在地址里写 sslrootcert=文件；名称不符的可写 sslmode=verify-ca，只加密、不验证的写 sslmode=require";
        match error {
            rustls::Error::InvalidCertificate(rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. }) => {
                Self::new("postgres::certificate", "服务器的证书已过期", right)
            }
            rustls::Error::InvalidCertificate(
                rustls::CertificateError::NotValidForName | rustls::CertificateError::NotValidForNameContext { .. },
            ) => Self::new("postgres::certificate", "服务器的证书不是发给这个主机名的", right),
            rustls::Error::InvalidCertificate(_) => Self::new("postgres::certificate", "服务器的证书不是受信任的机构签发的", right),
            _ => Self::new("postgres::certificate", "加密连接建立不起来（TLS 1.2 及以上）", "请管理员检查服务器的 ssl 设置"),
        }
    }

    /// Of asking or reading; of a table where one was being read.
    pub fn reading(error: &tokio_postgres::Error, table: Option<&str>) -> Self {
        let of = table.map_or_else(String::new, |t| format!("表“{t}”"));
        let Some(state) = error.code() else { return Self::lost() };
        match *state {
            SqlState::INSUFFICIENT_PRIVILEGE => {
                let right = "请管理员授予整张表的查询权限：GRANT USAGE ON SCHEMA …、GRANT SELECT ON …；设有行级安全策略的，还须 BYPASSRLS";
                Self::new("postgres::no-permission", format!("没有权限读取{of}，或者只许看到其中一部分行"), right)
            }
            SqlState::LOCK_NOT_AVAILABLE => Self::new("postgres::busy", format!("{of}一直被其他程序锁定"), "请等写入的程序结束后再试"),
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Self::lost(),
            SqlState::QUERY_CANCELED => {
                Self::new("postgres::lost", format!("读取{of}时被服务器中止，已读的部分全部作废"), "请管理员放宽该用户的时限后重新运行")
            }
            SqlState::CHARACTER_NOT_IN_REPERTOIRE | SqlState::UNTRANSLATABLE_CHARACTER => {
                Self::new("postgres::failed", format!("{of}里有不能转换成 UTF-8 的文字"), "请管理员清理后再试")
            }
            _ => Self::failed(state),
        }
    }

    fn failed(state: &SqlState) -> Self {
        Self::new("postgres::failed", format!("服务器报告错误 {}", state.code()), "请把错误代号交给数据库管理员")
    }

    /// Told of a database.
    pub fn of(self, address: &Address) -> IngestError {
        IngestError::Postgres { address: address.to_string(), code: self.code, why: self.why, right: self.right }
    }

    /// Told of an address that could not be understood, and is not shown.
    pub fn of_unknown(self) -> IngestError {
        IngestError::Postgres { address: "postgres://…".to_owned(), code: self.code, why: self.why, right: self.right }
    }
}

/// The first error of a kind in a chain of causes; an [`io::Error`] keeps what it wraps apart from its own cause.
fn find<'e, E: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|w| w as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}
