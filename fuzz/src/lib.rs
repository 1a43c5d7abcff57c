//! What is asked of every reader, whatever bytes it is given: one function a reader. `fuzz_targets` hand them what a fuzzer makes up,
//! `tests/replay.rs` hands them the corpus and what it makes of it. They panic where what they ask does not hold.

pub mod adds_up;
pub mod books;
pub mod forms;
pub mod guard;
pub mod kept;
pub mod laws;
pub mod rows;
pub mod scratch;
pub mod tables;
pub mod texts;
pub mod truth;

/// A target: its name, which is that of its corpus and its file in `fuzz_targets`, and what it asks of an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 27] = [
    ("csv", tables::csv),
    ("encodings", tables::encodings),
    ("lines", tables::lines),
    ("ndjson", tables::ndjson),
    ("mapping", tables::mapping),
    ("sqlite_file", rows::sqlite_file),
    ("sqlite_cells", rows::sqlite_cells),
    ("copied", rows::copied),
    ("xlsx_xml", books::xlsx_xml),
    ("xlsx_cells", books::xlsx_cells),
    ("workbook_file", books::workbook_file),
    ("ods", books::ods),
    ("v2018", books::v2018),
    ("lrmx", forms::lrmx),
    ("lrm", forms::lrm),
    ("resume", forms::resume),
    ("zipped", forms::zipped),
    ("package", forms::package),
    ("notice_text", texts::notice_text),
    ("notice_docx", texts::notice_docx),
    ("dates", texts::dates),
    ("schema", laws::schema),
    ("rules", laws::rules),
    ("profile", laws::profile),
    ("waivers", kept::waivers),
    ("returned", kept::returned),
    ("memory", kept::memory),
];

/// Runs a target on an input.
///
/// # Panics
/// What it asks does not hold; or the program panicked, even where it catches panics because a library may.
pub fn run(target: fn(&[u8]), input: &[u8]) {
    guard::unbroken(|| target(input));
}
