//! A PostgreSQL server of its own for these tests: a temporary folder, a free port, gone when the tests are.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The one server of all these tests.
pub static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// Who owns everything in it. Nobody asks him for a password.
pub const OWNER: &str = "guiju";

pub struct Server {
    pub port: u16,
    programs: PathBuf,
    /// The server's socket and certificates.
    pub folder: PathBuf,
    /// Whoever signed the server's certificate, which is for the name `localhost`.
    pub root: PathBuf,
    _running: Child,
}

/// The owner on this machine; tests add others.
const HBA: &str = "local all all trust\nhost all guiju 127.0.0.1/32 trust\n";

impl Server {
    fn start() -> Self {
        let programs = programs();
        // It holds nothing but what is invented here, and the server may run as somebody else.
        let folder = TempDir::new().unwrap().keep();
        let root = certificates(&folder);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(folder.join("hba"), HBA).unwrap();
        let is_root = text(Command::new("id").arg("-u")).trim() == "0";
        if is_root {
            // Servers refuse to be root.
            text(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
        }
        let script = format!(
            "set -e; cd '{folder}'; chmod 600 key.pem
             '{programs}/initdb' -D data -U {OWNER} --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >log 2>&1
             '{programs}/postgres' -D data -p {port} -c listen_addresses=localhost -c unix_socket_directories='{folder}' -c fsync=off \
                -c hba_file='{folder}/hba' -c ssl=on -c ssl_cert_file='{folder}/cert.pem' -c ssl_key_file='{folder}/key.pem' >>log 2>&1 &
             server=$!
             cat >/dev/null     # ends when the tests do, however they end
             kill -INT $server; wait $server || true; cd /; rm -rf '{folder}'",
            folder = folder.display(),
            programs = programs.display(),
        );
        let mut command = if is_root {
            let mut as_other = Command::new("runuser");
            as_other.args(["-u", "postgres", "--", "sh", "-c", &script]);
            as_other
        } else {
            let mut shell = Command::new("sh");
            shell.args(["-c", &script]);
            shell
        };
        let running = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let server = Self { port, programs, folder, root, _running: running };
        let begun = Instant::now();
        while !server.psql("postgres").arg("-c").arg("select 1").output().unwrap().status.success() {
            let log = || fs::read_to_string(server.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(120), "the server does not start: {}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", OWNER, "-d", database, "-h"]);
        command.arg(&self.folder).args(["-p", &self.port.to_string()]);
        command
    }

    /// Makes a database and runs SQL in it.
    pub fn database(&self, name: &str, sql: &str) {
        self.run("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        self.run(name, sql);
    }

    /// Runs SQL.
    pub fn run(&self, database: &str, sql: &str) {
        let mut child = self.psql(database).stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// The address of a database, as its owner.
    pub fn address(&self, database: &str) -> String {
        self.address_of(OWNER, database)
    }

    /// The address of a database, as `user` or `user:password`.
    pub fn address_of(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@127.0.0.1:{}/{database}", self.port)
    }
}

/// Where the server's programs are: Debian keeps them out of the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|v| v.path().join("bin")).filter(|p| p.join("initdb").exists()).collect();
    found.sort_by_key(|p| p.components().filter_map(|c| c.as_os_str().to_str()?.parse::<u32>().ok()).next());
    let in_path = || std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).find(|p| p.join("initdb").exists());
    found.pop().or_else(in_path).unwrap_or_else(|| panic!("no PostgreSQL server here: .ci/test installs one"))
}

/// A certificate for `localhost`, signed by somebody nobody knows; where the latter's is.
fn certificates(folder: &Path) -> PathBuf {
    let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root_key = rcgen::KeyPair::generate().unwrap();
    let root_cert = root.self_signed(&root_key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let issuer = rcgen::Issuer::from_params(&root, &root_key);
    let cert = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    let file = folder.join("root.pem");
    fs::write(&file, root_cert.pem()).unwrap();
    file
}

/// What a program prints.
pub fn text(command: &mut Command) -> String {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}
