//! From files to a set of rules ready to run.

use super::compile::Compiler;
use super::definitions::Definitions;
use super::files::Files;
use super::ir::{Node, Program};
use super::regulations::Regulations;
use super::rule::Rule;
use super::rule_file::{self, Setting};
use crate::dates::Calendar;
use crate::diagnostic::Diagnostic;
use crate::document::Value;
use crate::records::{FieldType, Schema, TableId, Wanted, parse_schema};
use std::sync::Arc;

/// Rules, and all they stand on.
#[derive(Debug)]
pub struct RuleSet {
    /// Tables, fields and codes.
    pub schema: Arc<Schema>,
    /// The law.
    pub regulations: Regulations,
    /// Working days.
    pub calendar: Calendar,
    /// The rules, by code and subject.
    pub rules: Vec<Rule>,
    /// Their nodes.
    pub program: Program,
}

/// Loads a set of rules.
///
/// # Errors
/// Everything wrong in any of the files.
pub fn load(files: &Files) -> Result<RuleSet, Vec<Diagnostic>> {
    load_as(files, &Loading::default())
}

/// Loads only the rules of some files, with parameters set from outside.
///
/// # Errors
/// Everything wrong in any of the files.
pub fn load_some(files: &Files, wanted: &dyn Fn(&str) -> bool, overrides: &[(String, Value)]) -> Result<RuleSet, Vec<Diagnostic>> {
    load_as(files, &Loading { wanted, overrides, ..Loading::default() })
}

/// How rules are loaded.
pub struct Loading<'a> {
    /// Which rule files, by path.
    pub wanted: &'a dyn Fn(&str) -> bool,
    /// Parameters set from outside, in place of the files'.
    pub overrides: &'a [(String, Value)],
    /// Which scripts are interpreted.
    pub interpret: Interpret,
}

/// Which scripts are interpreted. Others than those that must be are interpreted to prove that both ways agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpret {
    /// Those that cannot be lowered.
    WhereNeeded,
    /// All.
    Always,
    /// All, and rhai does every comparison and sum itself.
    Plainly,
}

impl Default for Loading<'_> {
    fn default() -> Self {
        Self { wanted: &|_| true, overrides: &[], interpret: Interpret::WhereNeeded }
    }
}

/// Loads rules.
///
/// # Errors
/// Everything wrong in any of the files.
pub fn load_as(files: &Files, how: &Loading<'_>) -> Result<RuleSet, Vec<Diagnostic>> {
    let mut sink = Vec::new();
    let schema_files: Vec<_> = files.all().filter(|(p, _)| p.ends_with("schema.toml")).map(|(_, s)| Arc::clone(s)).collect();
    let schema = Arc::new(parse_schema(&schema_files)?);
    let mut regulations = Regulations::default();
    let mut definitions = Definitions::default();
    for (path, source) in files.all() {
        if path.ends_with("regulations.toml") {
            regulations.read(source, &mut sink);
        } else if path.ends_with("definitions.toml") {
            definitions.read(source, &schema, &mut sink);
        }
    }
    let calendar = calendar(files, &mut sink);
    let mut compiler = Compiler::new(&schema, &definitions);
    compiler.sink = sink;
    // Every shared word is compiled, used or not, so that a mistake in one shows at once.
    let words: Vec<(TableId, String)> = definitions
        .all()
        .filter(|(t, n)| definitions.args(t, n).is_some_and(<[String]>::is_empty))
        .filter_map(|(t, n)| Some((schema.table(t)?, n.to_owned())))
        .collect();
    for (table, name) in &words {
        compiler.compile_definition(*table, name);
    }
    let chosen = files.rules().filter(|(path, _)| (how.wanted)(path));
    let mut rules: Vec<Rule> =
        chosen.filter_map(|(path, source)| read_rule(files, path, source, &regulations, how, &mut compiler)).collect();
    rules.sort_by(|a, b| (&a.code, &a.subject_name, &a.pack).cmp(&(&b.code, &b.subject_name, &b.pack)));
    for pair in rules.windows(2) {
        if let [a, b] = pair
            && a.code == b.code
            && a.subject == b.subject
        {
            let message = format!("编号 {} 已被 {} 使用", b.code, a.source.name);
            compiler.sink.push(Diagnostic::new("rule::twice", &b.source, b.span.clone(), message));
        }
    }
    let Compiler { program, mut sink, .. } = compiler;
    if sink.is_empty() {
        return Ok(RuleSet { schema, regulations, calendar, rules, program });
    }
    // One mistake in a shared word or a let may be met on several ways.
    sink.sort_by(|a, b| (&a.source.name, a.span.start, a.code, &a.message).cmp(&(&b.source.name, b.span.start, b.code, &b.message)));
    sink.dedup_by(|a, b| a.source.name == b.source.name && a.span == b.span && a.code == b.code && a.message == b.message);
    Err(sink)
}

fn read_rule(
    files: &Files,
    path: &str,
    source: &Arc<crate::diagnostic::Source>,
    regulations: &Regulations,
    how: &Loading<'_>,
    compiler: &mut Compiler<'_>,
) -> Option<Rule> {
    let mut parts = path.split('/');
    let (pack, family) = (parts.next()?, parts.next()?);
    let folder = path.rsplit_once('/').map_or("", |(f, _)| f);
    let scripts = |name: &str| files.get(&format!("{folder}/{name}")).cloned();
    let setting = Setting {
        regulations,
        pack: pack.to_owned(),
        family: family.to_owned(),
        overrides: how.overrides,
        interpret: how.interpret,
        scripts: &scripts,
    };
    rule_file::read(source, &setting, compiler)
}

fn calendar(files: &Files, sink: &mut Vec<Diagnostic>) -> Calendar {
    let Some(source) = files.get("calendar/holidays.csv") else { return Calendar::empty() };
    match Calendar::parse_csv(&source.text) {
        Ok(calendar) => calendar,
        Err(error) => {
            let start = source.text.lines().take(error.line.saturating_sub(1)).map(|l| l.len() + 1).sum::<usize>().min(source.text.len());
            sink.push(Diagnostic::new("rule::calendar", source, start..start, error.why));
            Calendar::empty()
        }
    }
}

impl RuleSet {
    /// The fields that these rules read: the rest need not be loaded.
    pub fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::keys(&self.schema);
        for node in &self.program.nodes {
            match node {
                Node::Cell(_, t, f)
                | Node::Bool(_, t, f)
                | Node::TextCell(_, t, f)
                | Node::HasCell(_, t, f)
                | Node::Follow(_, t, f)
                | Node::Children(_, t, f)
                | Node::Exported(t, Some(f))
                | Node::Peers(_, t, f) => self.want(&mut wanted, *t, *f),
                _ => {}
            }
        }
        // Findings name the person and the unit.
        for (t, table) in self.schema.tables.iter().enumerate() {
            for (f, field) in table.fields.iter().enumerate() {
                let names = matches!(field.ty, FieldType::Ref(_)) && matches!(field.name.as_str(), "person_id" | "unit_id");
                if names {
                    self.want(&mut wanted, t, f);
                }
            }
        }
        wanted
    }

    fn want(&self, wanted: &mut Wanted, table: TableId, field: usize) {
        wanted.add(table, field);
        let Some(def) = self.schema.tables.get(table) else { return };
        if let Some(joined) = &def.joined {
            let more = joined.by.iter().chain(&joined.first).chain([&joined.start, &joined.end, &field]);
            more.for_each(|&f| wanted.add(joined.from, f));
        }
        if let Some(crate::records::Blank::SameAs(other)) = def.fields.get(field).map(|f| f.blank) {
            wanted.add(table, other);
        }
    }

    /// The rules of a code.
    pub fn of_code<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |r| r.code == code)
    }
}
