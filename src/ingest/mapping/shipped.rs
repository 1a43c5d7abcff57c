//! The mappings that come with the program, by name.

use super::{Mapping, parse_mapping};
use crate::diagnostic::{Diagnostic, Source};
use crate::records::Schema;
use include_dir::{Dir, include_dir};
use std::sync::Arc;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules/mappings");

/// The shipped mapping of a name, such as `a01`; none if there is none.
///
/// # Errors
/// Everything in it that a county's own schema contradicts.
pub fn shipped(name: &str, schema: &Schema) -> Option<Result<Mapping, Vec<Diagnostic>>> {
    let file = format!("{name}.toml");
    let text = SHIPPED.get_file(&file)?.contents_utf8()?;
    Some(parse_mapping(&Arc::new(Source { name: format!("mappings/{file}"), text: text.to_owned() }), schema))
}

/// The names of the shipped mappings, in order.
pub fn shipped_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = SHIPPED.files().filter_map(|f| f.path().file_name()?.to_str()?.strip_suffix(".toml")).collect();
    names.sort_unstable();
    names
}
