//! From files to a set of rules ready to run.

use super::compile::Compiler;
use super::definitions::{Definitions, Owner};
use super::files::Files;
use super::ir::{Node, Program};
use super::profile::{
    FileChanges, InForce, Keys, Off, ParamChange, Parsed, Profile, Resolved, Told, check_schemas, pack_of, resolve, visible,
};
use super::regulations::Regulations;
use super::rule::Rule;
use super::rule_file::{self, Setting};
use crate::dates::Calendar;
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::document::{Node as Written, Table, Value};
use crate::records::{FieldType, Schema, TableId, Wanted, parse_schema};
use std::collections::{BTreeMap, BTreeSet};
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
    /// What the profile puts in force, if there is one.
    pub in_force: Option<InForce>,
    /// The terms that rules share, by name.
    pub shared: BTreeMap<String, Table>,
    /// The shared words, terms and lookups that no rule uses: what, and where.
    pub unused: Vec<Place>,
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
    /// What a province, a city, a county changes; its packs are mounted among the files.
    pub profile: Option<&'a Profile>,
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
        Self { wanted: &|_| true, overrides: &[], interpret: Interpret::WhereNeeded, profile: None }
    }
}

/// Loads rules.
///
/// # Errors
/// Everything wrong in any of the files.
pub fn load_as(files: &Files, how: &Loading<'_>) -> Result<RuleSet, Vec<Diagnostic>> {
    load_layers(files, how).map_err(|errors| blamed(files, how, errors))
}

fn load_layers(files: &Files, how: &Loading<'_>) -> Result<RuleSet, Vec<Diagnostic>> {
    let mut sink = Vec::new();
    if let Some(profile) = how.profile {
        check_schemas(profile, files, &mut sink);
    }
    let schema_files: Vec<Arc<Source>> = in_layers(files, how.profile, "schema.toml").into_iter().map(|(s, _)| Arc::clone(s)).collect();
    let schema = match parse_schema(&schema_files) {
        Ok(schema) => Arc::new(schema),
        Err(errors) => return Err(sink.into_iter().chain(errors).collect()),
    };
    // What rules would say of a schema that is not theirs would only hide what is wrong with it.
    if !sink.is_empty() {
        return Err(sink);
    }
    sink.extend(how.profile.into_iter().flat_map(|p| p.complaints.clone()));
    let mut regulations = Regulations::default();
    for (source, _) in in_layers(files, how.profile, "regulations.toml") {
        regulations.read(source, &mut sink);
    }
    let mut definitions = Definitions::default();
    let packs = how.profile.map_or(&[][..], |p| p.packs.as_slice());
    for (source, pack) in in_layers(files, how.profile, "definitions.toml") {
        definitions.read(source, &schema, pack.map(|pack| Owner { pack, packs }), &mut sink);
    }
    let calendar = calendar(files, &mut sink);
    // A profile names rules whichever are asked for.
    let wanted = |path: &str| (how.wanted)(path);
    let parsed: Vec<Parsed> = files
        .rules()
        .filter(|(path, _)| how.profile.is_some() || wanted(path))
        .filter_map(|(path, source)| rule_file::parse_file(path, source, &mut sink))
        .collect();
    let keys = Keys { rule: &rule_file::RULE_KEYS, version: &rule_file::VERSION_KEYS };
    let resolved = how.profile.map(|p| resolve(p, files, &definitions, &parsed, &keys, &mut sink)).unwrap_or_default();
    let mut compiler = Compiler::new(&schema, &definitions);
    compiler.sink = sink;
    compiler.visible = visible(how.profile, files);
    // Every shared word is compiled, used or not, so that a mistake in one shows at once.
    let words: Vec<(TableId, String)> = definitions
        .all()
        .filter(|(t, n)| definitions.args(t, n).is_some_and(<[String]>::is_empty))
        .filter_map(|(t, n)| Some((schema.table(t)?, n.to_owned())))
        .collect();
    for (table, name) in &words {
        compiler.compile_definition(*table, name);
    }
    let mut rules: Vec<Rule> = parsed
        .iter()
        .filter(|p| wanted(&p.path) && !resolved.off_paths.contains(&p.path))
        .filter_map(|p| read_rule(files, p, &regulations, &resolved, how, &mut compiler))
        .collect();
    rules.sort_by(|a, b| (&a.code, &a.subject_name, &a.pack).cmp(&(&b.code, &b.subject_name, &b.pack)));
    for pair in rules.windows(2) {
        if let [a, b] = pair
            && a.code == b.code
            && a.subject == b.subject
            && !compiler.sink.iter().any(|d| d.code == "pack::code-taken")
        {
            let message = format!("编号 {} 已被 {} 使用", b.code, a.source.name);
            compiler.sink.push(Diagnostic::new("rule::twice", &b.source, b.span.clone(), message).also(
                &a.source,
                a.span.clone(),
                "已有的规则",
            ));
        }
    }
    let unused = unused(&compiler, &parsed);
    let Compiler { program, mut sink, .. } = compiler;
    if sink.is_empty() {
        let in_force = how.profile.map(|p| in_force(p, resolved.off, definitions.told.clone()));
        let shared = definitions.shared_names().filter_map(|n| Some((n.to_owned(), definitions.shared(n)?.terms.clone()))).collect();
        return Ok(RuleSet { schema, regulations, calendar, rules, program, in_force, shared, unused });
    }
    // One mistake in a shared word or a let may be met on several ways.
    sink.sort_by(|a, b| (&a.source.name, a.span.start, a.code, &a.message).cmp(&(&b.source.name, b.span.start, b.code, &b.message)));
    sink.dedup_by(|a, b| a.source.name == b.source.name && a.span == b.span && a.code == b.code && a.message == b.message);
    Err(sink)
}

fn in_force(profile: &Profile, off: Vec<Off>, words: Vec<Told>) -> InForce {
    InForce {
        title: profile.title.clone(),
        file: profile.source.name.clone(),
        packs: profile.packs.clone(),
        off,
        words,
        limits: profile.limits.clone(),
        waivers: profile.waivers.clone(),
    }
}

/// The files of a kind, those that come with the program first and every pack after the one above it, with the pack's place.
fn in_layers<'f>(files: &'f Files, profile: Option<&Profile>, name: &str) -> Vec<(&'f Arc<Source>, Option<usize>)> {
    let pack = |path: &str| profile.and_then(|p| pack_of(p, path));
    let mut found: Vec<_> =
        files.all().filter(|(path, _)| path.ends_with(name)).map(|(path, s)| (pack(path), path != name, path, s)).collect();
    found.sort_by_key(|(pack, is_further, path, _)| (*pack, *is_further, *path));
    found.into_iter().map(|(pack, _, _, source)| (source, pack)).collect()
}

/// What is wrong in a file of a layer above only because of a pack is said to be so.
fn blamed(files: &Files, how: &Loading<'_>, errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let Some(profile) = how.profile.filter(|p| !p.packs.is_empty()) else { return errors };
    let is_own = |d: &Diagnostic| files.all().any(|(path, s)| pack_of(profile, path).is_some() && Arc::ptr_eq(s, &d.source));
    let is_base = |d: &Diagnostic| !is_own(d) && d.code.starts_with("rule::");
    if !errors.iter().any(is_base) {
        return errors;
    }
    let above = files.without(|path| pack_of(profile, path).is_some());
    if load_layers(&above, &Loading { profile: None, ..*how }).is_err() {
        return errors;
    }
    let names: Vec<&str> = profile.packs.iter().map(|p| p.name.as_str()).collect();
    let told = |d: Diagnostic| {
        let help =
            format!("{}没有规则包（{}）时没有这处错误", d.help.as_ref().map(|h| format!("{h}；")).unwrap_or_default(), names.join("、"));
        if is_base(&d) { d.help(help) } else { d }
    };
    errors.into_iter().map(told).collect()
}

/// The shared words and lookups that no rule uses, not even by way of another word.
fn unused(compiler: &Compiler<'_>, parsed: &[Parsed]) -> Vec<Place> {
    let mut used = BTreeSet::new();
    let mut open: Vec<&(String, String)> = compiler.asked.get(&None).into_iter().flatten().collect();
    while let Some(word) = open.pop() {
        if used.insert(word) {
            open.extend(compiler.asked.get(&Some(word.clone())).into_iter().flatten());
        }
    }
    let words = compiler.definitions.all().filter(|(t, n)| !used.contains(&((*t).to_owned(), (*n).to_owned())));
    let mut places: Vec<Place> = words
        .filter_map(|(t, n)| {
            // What a rule defaults to is used though nobody writes it.
            let word = compiler.definitions.word(t, n)?;
            Some(Place { source: Arc::clone(&word.source), span: word.span.clone(), what: format!("共用说法 {t}.{n}") })
        })
        .collect();
    for (name, lookup) in compiler.definitions.lookups().filter(|(n, _)| !compiler.looked_up.contains(*n)) {
        if let Some((source, span)) = &lookup.place {
            places.push(Place { source: Arc::clone(source), span: span.clone(), what: format!("对照表 {name}") });
        }
    }
    let named: BTreeSet<&str> = parsed.iter().flat_map(|p| rule_file::shares(&p.doc)).collect();
    for name in compiler.definitions.shared_names().filter(|n| !named.contains(n)) {
        if let Some(shared) = compiler.definitions.shared(name) {
            places.push(Place { source: Arc::clone(&shared.source), span: shared.span.clone(), what: format!("共用参数 {name}") });
        }
    }
    places
}

fn read_rule(
    files: &Files,
    parsed: &Parsed,
    regulations: &Regulations,
    resolved: &Resolved,
    how: &Loading<'_>,
    compiler: &mut Compiler<'_>,
) -> Option<Rule> {
    let folder = parsed.path.rsplit_once('/').map_or("", |(f, _)| f);
    let scripts = |name: &str| files.get(&format!("{folder}/{name}")).cloned();
    let unchanged = FileChanges::default();
    let changes = resolved.changes.get(&parsed.path).unwrap_or(&unchanged);
    let pack = how.profile.and_then(|p| pack_of(p, &parsed.path));
    let mut compile = |changes: &FileChanges| {
        let setting = Setting {
            regulations,
            pack: parsed.pack.clone(),
            family: parsed.family.clone(),
            overrides: how.overrides,
            changes,
            is_own: pack.is_some(),
            interpret: how.interpret,
            scripts: &scripts,
        };
        compiler.pack = pack;
        let before = compiler.sink.len();
        let rule = rule_file::read(&parsed.source, &parsed.doc, &setting, compiler);
        compiler.pack = None;
        (rule, compiler.sink.split_off(before))
    };
    let (rule, complaints) = compile(changes);
    if complaints.is_empty() || changes.params.is_empty() {
        compiler.sink.extend(complaints);
        return rule;
    }
    let (_, own) = compile(&unchanged);
    if !own.is_empty() {
        compiler.sink.extend(complaints);
        return None;
    }
    // The rule is sound without the changes: each that it cannot bear is shown where it is written.
    let mut blamed = Vec::new();
    for change in &changes.params {
        if let Some(first) = compile(&changes.only(change)).1.into_iter().next() {
            let message = format!("{} 不能改成这样：{}", change.name.value, first.message);
            let diagnostic = Diagnostic::new("profile::bad-value", &change.source, change.value.span.clone(), message);
            let diagnostic = if let Some(help) = first.help { diagnostic.help(help) } else { diagnostic };
            blamed.push(diagnostic.also(&parsed.source, change_place(parsed, change), "规则里用到的参数"));
        }
    }
    compiler.sink.extend(if blamed.is_empty() { complaints } else { blamed });
    None
}

/// Where the rule's own value of a changed parameter stands, else its code.
fn change_place(parsed: &Parsed, change: &ParamChange) -> std::ops::Range<usize> {
    let top = parsed.doc.peek(&change.name.value);
    let versions = match parsed.doc.peek("version").map(|v| &v.value) {
        Some(Written::List(items)) => items.get(change.version).map(|v| &v.value),
        other => other,
    };
    let inner = if let Some(Written::Table(table)) = versions { table.peek(&change.name.value) } else { None };
    inner.or(top).map(|v| v.span.clone()).or_else(|| parsed.code.as_ref().map(|c| c.span.clone())).unwrap_or(0..0)
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

    /// Whether a rule is anchored to no day of its subject's: its law is that of the day on which the question is asked.
    pub fn has_no_day(&self, rule: &Rule) -> bool {
        rule.anchor.and_then(|anchor| self.program.nodes.get(anchor as usize)).is_none_or(|node| matches!(node, Node::AsOf))
    }

    /// The rules of a code.
    pub fn of_code<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |r| r.code == code)
    }
}
