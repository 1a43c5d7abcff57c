//! PostgreSQL: a real server, the sample county in it, and everything that can go wrong on the way there.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod county;
mod refused;
mod rows;
mod server;

use guiju::diagnostic::Source;
use guiju::ingest::{self, IngestError, Progress, Silent};
use guiju::records::{Schema, Store, Wanted, parse_schema};
use server::SERVER;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let text = fs::read_to_string(Path::new(ROOT).join("rules/schema.toml")).unwrap();
    Arc::new(parse_schema(&[Arc::new(Source { name: "schema.toml".into(), text })]).unwrap())
});

fn read(address: &str) -> Result<Store, IngestError> {
    read_watched(address, &Silent)
}

fn read_watched(address: &str, watch: &dyn Progress) -> Result<Store, IngestError> {
    ingest::read(&[address.to_owned()], &SCHEMA, &Wanted::all(&SCHEMA), watch)
}

/// The code of the error of reading this.
fn code(address: &str) -> &'static str {
    match read(address) {
        Err(error) => error.code(),
        Ok(_) => panic!("{} can be read", ingest::shown_source(address)),
    }
}

/// A database of these tables; its address.
fn database(name: &str, sql: &str) -> String {
    SERVER.database(name, sql);
    SERVER.address(name)
}

/// The program, in a folder without files of its own, with no password from anywhere.
fn guiju(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    for name in ["PGPASSWORD", "PGPASSFILE", "PGUSER", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name);
    }
    command.args(args).env("HOME", folder.path()).envs(variables.iter().copied()).current_dir(folder.path()).output().unwrap()
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

const PEOPLE: &str = "
CREATE TABLE person(person_id text, name text);
INSERT INTO person VALUES ('P1', '张三'), ('P2', '李四');";
