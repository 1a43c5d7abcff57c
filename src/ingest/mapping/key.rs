//! Keys made of what a row holds, where its source gives it none. They show nothing of what they are made of.

use sha2::{Digest, Sha256};

/// The key of a person without one: of the ID number, else of name, birth and post. The same for every kind of source.
pub(in crate::ingest) fn person_key(id_number: Option<&str>, name: &str, birth: &str, post: &str) -> String {
    let of = match id_number {
        Some(id) => format!("id {id}"),
        None => format!("name {name} {birth} {post}"),
    };
    format!("F{}", digits(&of, 6))
}

/// A key of several texts.
pub(super) fn key_of(prefix: &str, parts: &[&str]) -> String {
    let whole = parts.iter().map(|p| format!("{} {p}", p.len())).collect::<Vec<_>>().join("\n");
    format!("{prefix}{}", digits(&whole, 8))
}

fn digits(of: &str, bytes: usize) -> String {
    Sha256::digest(of.as_bytes()).iter().take(bytes).map(|b| format!("{b:02x}")).collect()
}
