//! What goes wrong on the way to the records: each has its code, and no password is ever shown.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const SECRET: &str = "hush%2Fquzzle";
const PLAIN: &str = "hush/quzzle";

/// Makes a database of two people, and those who log in with passwords.
fn guarded(name: &str) -> String {
    let roles = ["by_md5", "by_plain", "by_scram", "by_tls"].map(|role| {
        let method = if role == "by_md5" { "md5" } else { "scram-sha-256" };
        format!(
            "DO $$ BEGIN SET LOCAL password_encryption = '{method}'; CREATE ROLE {role}_{name} LOGIN PASSWORD '{PLAIN}';
             EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT SELECT ON person TO {role}_{name};"
        )
    });
    let address = database(name, &format!("{PEOPLE}{}", roles.concat()));
    let lines: String = ["by_md5 md5", "by_plain password", "by_scram scram-sha-256"]
        .iter()
        .filter_map(|l| l.split_once(' '))
        .map(|(role, method)| format!("host {name} {role}_{name} 127.0.0.1/32 {method}\n"))
        .collect();
    let tls = format!("hostssl {name} by_tls_{name} 127.0.0.1/32 scram-sha-256\n");
    rules(&format!("{lines}{tls}"));
    address
}

/// Adds lines to who may log in how.
fn rules(lines: &str) {
    static ONE_BY_ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _held = ONE_BY_ONE.lock().unwrap();
    let file = SERVER.folder.join("hba");
    let before = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{before}{lines}")).unwrap();
    SERVER.run("postgres", "SELECT pg_reload_conf()");
    // The server takes notice of it when it pleases.
    thread::sleep(std::time::Duration::from_millis(300));
}

#[test]
fn passwords_of_every_kind_that_is_known() {
    guarded("logins");
    for role in ["by_md5", "by_plain", "by_scram"] {
        let at = |login: &str| SERVER.address_of(login, "logins");
        assert_eq!(read(&at(&format!("{role}_logins:{SECRET}"))).unwrap().tallies[0].kept, 2, "{role}");
        assert_eq!(code(&at(&format!("{role}_logins:wrong"))), "postgres::login", "{role}");
        let done = guiju(&["check", &at(&format!("{role}_logins"))], &[]);
        assert!(said(&done.stderr).starts_with("错误[postgres::no-password]"), "{role}: {}", said(&done.stderr));
        let done = guiju(&["check", &at(&format!("{role}_logins"))], &[("PGPASSWORD", PLAIN)]);
        assert_eq!(done.status.code(), Some(0), "{}", said(&done.stderr));
    }
    assert_eq!(code(&SERVER.address_of("nobody:x", "logins")), "postgres::login");
    // Only the encrypted may.
    let tls = SERVER.address_of(&format!("by_tls_logins:{SECRET}"), "logins");
    assert_eq!(code(&tls), "postgres::login");
    assert_eq!(read(&format!("{tls}?sslmode=require")).unwrap().tallies[0].kept, 2);
}

#[test]
fn the_password_file_is_used_unless_others_may_read_it() {
    guarded("passfile");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pgpass");
    fs::write(&file, format!("127.0.0.1:{}:passfile:*:{PLAIN}\n", SERVER.port)).unwrap();
    let address = SERVER.address_of("by_scram_passfile", "passfile");
    let run = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        guiju(&["check", &address], &[("PGPASSFILE", &file.display().to_string())])
    };
    assert_eq!(run(0o600).status.code(), Some(0));
    assert_eq!(run(0o644).status.code(), Some(4));
}

#[test]
fn a_server_proves_who_it_is_where_the_address_asks() {
    let at = |host: &str, more: &str| {
        let login = server::OWNER;
        format!("postgres://{login}@{host}:{}/proven?sslmode={more}", SERVER.port)
    };
    database("proven", PEOPLE);
    rules("hostssl proven guiju ::1/128 trust\n");
    let root = SERVER.root.display().to_string();
    let with_root = |mode: &str| format!("{mode}&sslrootcert={root}");
    for (address, expected) in [
        (at("localhost", &with_root("verify-full")), Ok(2)),
        (at("127.0.0.1", &with_root("verify-ca")), Ok(2)),
        (at("127.0.0.1", "require"), Ok(2)),
        (at("127.0.0.1", "disable"), Ok(2)),
        (at("127.0.0.1", &with_root("verify-full")), Err("postgres::certificate")),
        (at("localhost", "verify-full&sslrootcert=/nothing.pem"), Err("postgres::certificate")),
        (at("localhost", "verify-ca"), Err("postgres::certificate")),
        (at("localhost", "prefer"), Err("postgres::address")),
    ] {
        let got = read(&address).map(|s| s.tallies[0].kept).map_err(|e| e.code());
        assert_eq!(got, expected, "{address}");
    }
}

/// A server that is none: takes one connection, reads what comes first, answers this and hangs up.
fn answering(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 512];
        let _ = stream.read(&mut asked);
        let _ = stream.write_all(answer);
        let _ = stream.read(&mut asked);
    });
    port
}

#[test]
fn servers_that_are_not_there_or_not_what_they_should_be() {
    let at = |port: u16, more: &str| format!("postgres://u:{SECRET}@127.0.0.1:{port}/d{more}");
    assert_eq!(code(&at(1, "")), "postgres::unreachable");
    assert_eq!(code("postgres://u@no-such-host.invalid/d"), "postgres::unreachable");
    assert_eq!(code("postgres://u@%2Fno%2Fsuch%2Ffolder/d"), "postgres::unreachable");
    assert_eq!(code(&at(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "")), "postgres::unreachable");
    // It has no encryption, and is not spoken to without.
    assert_eq!(code(&at(answering(b"N"), "?sslmode=require")), "postgres::tls-required");
    // How openGauss asks for its own kind of password: authentication 10, which elsewhere is SASL.
    let open_gauss = b"R\0\0\0\x58\0\0\0\x0a\0\0\0\x02";
    let mut asked = open_gauss.to_vec();
    asked.extend([b'a'; 64]);
    asked.extend([b'b'; 8]);
    asked.extend([0, 0, 0x27, 0x10]);
    assert_eq!(code(&at(answering(asked.leak()), "")), "postgres::auth-method");
    assert_eq!(code(&SERVER.address("no_such_database")), "postgres::no-database");
}

#[test]
fn nobody_answers_for_as_long_as_the_address_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("postgres://u@127.0.0.1:{}/d?connect_timeout=1", listener.local_addr().unwrap().port());
    assert_eq!(code(&address), "postgres::unreachable");
}

#[test]
fn databases_without_known_tables_schemas_or_permission() {
    let address = database("stranger", "CREATE TABLE x(y int)");
    let error = read(&address).unwrap_err();
    assert_eq!(error.code(), "ingest::no-table");
    assert!(error.to_string().contains("看得到 1 个表"), "{error}");
    assert_eq!(code(&format!("{address}?schema=gone")), "postgres::no-schema");
    let sql = "CREATE ROLE reader LOGIN; CREATE TABLE talk(talk_id text); GRANT SELECT ON person TO reader;";
    database("forbidden", &format!("{PEOPLE}{sql}"));
    rules("host forbidden reader 127.0.0.1/32 trust\nhost hidden reader 127.0.0.1/32 trust\nhost locked guiju 127.0.0.1/32 trust\n");
    let error = read(&SERVER.address_of("reader", "forbidden")).unwrap_err();
    assert_eq!(error.code(), "postgres::no-permission");
    assert!(error.to_string().contains("表“talk”"), "{error}");
    // Rows hidden from the reader would count as not recorded.
    let sql = "GRANT SELECT ON person TO reader; ALTER TABLE person ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a_few ON person FOR SELECT TO reader USING (person_id = 'P1');";
    database("hidden", &format!("{PEOPLE}{sql}"));
    assert_eq!(code(&SERVER.address_of("reader", "hidden")), "postgres::no-permission");
}

#[test]
fn a_connection_lost_in_the_middle_leaves_nothing() {
    let sql = "
        CREATE TABLE person(person_id text, name text);
        INSERT INTO person SELECT 'P' || i, '张三' FROM generate_series(1, 200000) i;
        CREATE VIEW talk AS SELECT 'T' || i AS talk_id, 'P1'::text AS person_id, '诫勉'::text AS kind,
            CASE WHEN i = 5000 THEN pg_terminate_backend(pg_backend_pid())::text ELSE '2020-01-01' END AS date
            FROM generate_series(1, 9000) i;";
    let address = database("lost", sql);
    assert_eq!(code(&address), "postgres::lost", "the server ended it");
    SERVER.run("lost", "DROP VIEW talk");
    assert_eq!(read(&address).unwrap().tallies[0].kept, 200_000);
    // The way there is cut after a megabyte of five.
    let port = cut_after(1 << 20);
    let cut = format!("postgres://{}:{SECRET}@127.0.0.1:{port}/lost", server::OWNER);
    let done = guiju(&["check", &cut], &[]);
    assert_eq!(done.status.code(), Some(4));
    assert!(said(&done.stderr).starts_with("错误[postgres::lost]") && done.stdout.is_empty(), "{}", said(&done.stderr));
}

/// A way to the server that ends once so many bytes came back.
fn cut_after(bytes: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut here, _) = listener.accept().unwrap();
        let mut there = TcpStream::connect(("127.0.0.1", SERVER.port)).unwrap();
        let (mut from, mut to) = (here.try_clone().unwrap(), there.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from, &mut to));
        let _ = std::io::copy(&mut (&mut there).take(bytes as u64), &mut here);
        let _ = here.shutdown(std::net::Shutdown::Both);
    });
    port
}

#[test]
fn a_locked_table_is_waited_for_and_then_told() {
    let address = database("locked", PEOPLE);
    // Gives it up by itself, later than the reader does.
    let holder = thread::spawn(|| SERVER.run("locked", "BEGIN; LOCK TABLE person IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(24)"));
    thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(code(&address), "postgres::busy");
    holder.join().unwrap();
}

#[test]
fn no_password_is_shown_or_kept() {
    guarded("kept");
    let login = format!("by_scram_kept:{SECRET}");
    let address = SERVER.address_of(&login, "kept");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (ledger, store, json) = (file("ledger"), file("store.db"), file("report.json"));
    let wrong = format!("postgres://by_scram_kept:{SECRET}x@127.0.0.1:{}/kept", SERVER.port);
    let slip = address.replacen("postgres://", "postgre://", 1);
    let runs: [(&[&str], i32); 11] = [
        (&["mapping", "suggest", &address], 1),
        (&["check", &address, "--as-of", "2026-06-30", "--ledger", &ledger], 0),
        (&["check", &address, "--as-of", "2026-06-30", "--format", "json", "--output", &json], 0),
        (&["import", &address, "--to", &store], 0),
        (&["profile", &address], 0),
        (&["check", &wrong], 4),
        (&["check", &slip], 4),
        (&["trace", "GS002", &address], 2),
        (&["explain", "GS002", &address], 2),
        (&["check", &format!("{address}?nonsense=1")], 4),
        (&["check", &address, "--as-of", &address], 2),
    ];
    for (args, exit) in runs {
        let done = guiju(args, &[]);
        assert_eq!(done.status.code(), Some(exit), "{} {}", args[0], said(&done.stderr));
        for text in [said(&done.stdout), said(&done.stderr)] {
            assert!(!text.contains("quzzle"), "{} shows it: {text}", args[0]);
        }
    }
    for name in [&ledger, &store, &json] {
        let bytes = fs::read(name).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"quzzle"), "{name}");
        assert!(!bytes.windows(9).any(|w| w == b"by_scram_"), "{name}");
    }
    let kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(kept["run"]["sources"][0], format!("postgres://127.0.0.1:{}/kept", SERVER.port));
}
