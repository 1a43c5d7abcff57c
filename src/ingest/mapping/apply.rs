//! Rows of a source table become rows of the records, cell by cell.

use super::bind::{Bound, From, Headers, Test, any_holds};
use super::fault::Fault;
use super::key::key_of;
use super::lookup::{self, Finds, Hit};
use super::names::{folded, said};
use super::tables::{Askew, Visitor};
use super::{Codes, Mapping};
use crate::records::{Batch, Builder, Cell, FieldId, Problem, STOOD, Schema, Sheet, Stood, TableId, shown};
use std::borrow::Cow;
use std::sync::Arc;

/// What a value turned out to be.
enum Given<'c> {
    Cell(Cell<'c>),
    Made(String),
}

/// One block being filled from one source table.
struct Filling<'m> {
    to: TableId,
    only: Vec<Test<'m>>,
    except: Vec<Test<'m>>,
    fields: Vec<Bound<'m>>,
    batch: Batch,
    sheet: Sheet,
    /// Rows that hold what it asks for, and fail another condition: how many, and the first.
    passed: (u64, u32),
}

/// What a source table gave besides its rows.
#[derive(Default)]
pub(super) struct Seen {
    pub batches: Vec<Batch>,
    pub wanted: Vec<(TableId, FieldId)>,
    pub declared: Vec<TableId>,
    pub notes: Vec<Problem>,
    /// The names of the tables taken.
    pub taken: Vec<String>,
}

/// Fills the blocks of a mapping from the source tables it is shown.
pub(super) struct Applying<'m> {
    mapping: &'m Mapping,
    schema: &'m Arc<Schema>,
    builder: &'m Builder,
    found: &'m Finds,
    name: String,
    cited: String,
    /// The first number of a batch of the next table.
    order: usize,
    headers: Vec<String>,
    stood: Option<usize>,
    needed: Vec<bool>,
    fillings: Vec<Filling<'m>>,
    rows: Rows,
    /// Rows are named by their keys.
    keyed: bool,
    pub seen: Seen,
}

/// How many rows of the table at hand.
#[derive(Default)]
struct Rows {
    all: u64,
    left_out: u64,
    first_left_out: u32,
}

impl<'m> Applying<'m> {
    pub(super) fn new(mapping: &'m Mapping, schema: &'m Arc<Schema>, builder: &'m Builder, found: &'m Finds, order: usize) -> Self {
        Self {
            mapping,
            schema,
            builder,
            found,
            name: String::new(),
            cited: String::new(),
            order,
            headers: Vec::new(),
            stood: None,
            needed: Vec::new(),
            fillings: Vec::new(),
            rows: Rows::default(),
            keyed: false,
            seen: Seen::default(),
        }
    }

    fn tell(&mut self, row: u32, column: &str, code: &'static str, why: String, right: String) {
        self.seen.notes.push(Problem::noted(&self.cited, code, why, right).at_row(row).in_column(column));
    }

    /// Tells of rows of which a table of the records got nothing, though they hold what it is made of.
    fn tell_passed(&mut self, filling: &Filling<'_>) {
        let (rows, first) = filling.passed;
        if rows == 0 {
            return;
        }
        let columns: Vec<&str> = filling.asked().filter_map(|t| self.headers.get(t.column?)).map(String::as_str).collect();
        let zh = self.schema.tables.get(filling.to).map_or("", |t| t.zh.as_str());
        let why = format!("有{rows}行的{}有值，但不符合映射的其他条件（only），没有从这里读{zh}；第一行是第{first}行", columns.join("、"));
        self.tell(0, &columns.join("、"), "data::left-out", why, "应当采用的，请修改映射文件的条件".to_owned());
    }

    /// What the mapping asks for and the table has not, and what it has besides.
    fn note_columns(&mut self, line: u32, headers: &Headers) {
        if headers.plain.is_empty() {
            // A set without rows has no columns: it is exported, and nothing is in it.
            return;
        }
        let (mapping, schema, found) = (self.mapping, self.schema, self.found);
        let blocks: Vec<_> = mapping.blocks_of(&self.name, headers).collect();
        for block in blocks {
            let Some(def) = schema.tables.get(block.to) else { continue };
            for condition in block.only.iter().filter(|c| headers.at(&c.column).is_none()) {
                let so = if block.may_hold(headers) { "按空白处理".to_owned() } else { format!("没有从这里读{}", def.zh) };
                let why = format!("映射的条件用到这一列，来源没有，{so}");
                self.tell(line, &condition.shown, "data::left-out", why, "要用的，请补导出这一列".to_owned());
            }
            if !block.may_hold(headers) {
                continue;
            }
            let there: Vec<FieldId> = block.found_fields(headers, found).collect();
            for assigned in block.fields.iter().filter(|f| !there.contains(&f.field)) {
                let Some(field) = def.fields.get(assigned.field).filter(|f| f.required) else { continue };
                let (column, right) = (field.zh.clone(), "请补导出这一列，或者修改映射文件".to_owned());
                self.tell(line, &column, "data::missing-column", format!("来源没有映射到{}的列，视为未导出", def.zh), right);
            }
        }
        let unmapped = |h: &&String| !h.is_empty() && **h != STOOD && !mapping.names_column(&self.name, h);
        let left: Vec<&str> = headers.plain.iter().filter(unmapped).map(String::as_str).collect();
        if !left.is_empty() {
            let (n, some) = (left.len(), left.iter().take(8).copied().collect::<Vec<_>>().join("、"));
            let more = if n > 8 { "等" } else { "" };
            self.tell(
                line,
                "",
                "data::unmapped-columns",
                format!("有{n}列不在映射里，未读取：{some}{more}"),
                "不用的列可以保留".to_owned(),
            );
        }
    }
}

impl Visitor for Applying<'_> {
    fn begin(&mut self, name: &str, cited: &str) -> bool {
        name.clone_into(&mut self.name);
        cited.clone_into(&mut self.cited);
        self.rows = Rows::default();
        self.mapping.takes(name) != Some(false)
    }

    fn by_key(&mut self) {
        self.keyed = true;
    }

    fn knows(&self, header: &str) -> bool {
        self.mapping.names_column(&self.name, header)
    }

    fn head(&mut self, line: u32, headers: Headers) -> bool {
        let (mapping, schema, builder, found) = (self.mapping, self.schema, self.builder, self.found);
        let is_looked_in = mapping.lookups.iter().any(|l| l.from.mean(&self.name) && headers.at(&l.column).is_some());
        let blocks: Vec<_> = mapping.blocks_of(&self.name, &headers).collect();
        if blocks.is_empty() && !is_looked_in {
            return false;
        }
        self.seen.taken.push(self.name.clone());
        self.stood = headers.plain.iter().position(|h| h == STOOD);
        self.headers.clone_from(&headers.plain);
        self.needed = vec![false; headers.plain.len()];
        if !blocks.is_empty() {
            self.note_columns(line, &headers);
        }
        for (h, needed) in headers.plain.iter().zip(&mut self.needed) {
            *needed = h == STOOD || mapping.names_column(&self.name, h);
        }
        for block in blocks.iter().filter(|b| b.may_hold(&headers) || headers.plain.is_empty()) {
            let fields = block.bound(&headers, schema, found, &|t, f| builder.reads(t, f));
            let mut batch = Batch::new(schema);
            let named = fields.iter().map(|f| (f.field, f.header.clone())).collect();
            let mut sheet = batch.sheet(block.to, &self.cited, named);
            sheet.variant(block.variant);
            if self.keyed {
                sheet.by_key();
            }
            self.seen.declared.push(block.to);
            self.seen.wanted.extend(block.found_fields(&headers, found).map(|f| (block.to, f)));
            self.fillings.push(Filling {
                to: block.to,
                only: Test::all(&block.only, &headers),
                except: Test::all(&block.except, &headers),
                fields,
                batch,
                sheet,
                passed: (0, 0),
            });
        }
        !blocks.is_empty()
    }

    fn needs(&self, column: usize) -> bool {
        self.needed.get(column).copied().unwrap_or(false)
    }

    fn row(&mut self, line: u32, cells: &[Cell<'_>], wrong: Option<&Askew<'_>>) {
        self.rows.all += 1;
        let stood = self.stood.and_then(|c| Stood::parse(&said(cells.get(c)?)?));
        let mut taken = false;
        for filling in &mut self.fillings {
            taken |= filling.row(line, cells, wrong, stood.as_ref());
        }
        if taken {
            self.fillings.iter_mut().for_each(|f| f.pass(line, cells));
        }
        if !taken {
            self.rows.left_out += 1;
            if self.rows.left_out == 1 {
                self.rows.first_left_out = line;
            }
        }
    }

    fn note(&mut self, problem: Problem) {
        self.seen.notes.push(problem);
    }

    fn end(&mut self) {
        let has_blocks = !self.fillings.is_empty();
        // Rows of no table are counted with the first.
        if let Some(first) = self.fillings.first_mut() {
            first.sheet.set_aside("left-out", self.rows.left_out);
        }
        for mut filling in std::mem::take(&mut self.fillings) {
            self.tell_passed(&filling);
            filling.batch.add(self.order, filling.sheet);
            self.seen.batches.push(filling.batch);
            self.order += 1;
        }
        if self.rows.left_out > 0 && has_blocks {
            let Rows { all, left_out, first_left_out } = self.rows;
            let why = format!("共{all}行，其中{left_out}行不符合映射的条件（only），未采用；第一行是第{first_left_out}行");
            self.tell(0, "", "data::left-out", why, "应当采用的，请修改映射文件的条件".to_owned());
        }
    }
}

impl Filling<'_> {
    /// The columns in which something must stand for a row to be one of the block's.
    fn asked(&self) -> impl Iterator<Item = &Test<'_>> {
        self.only.iter().filter(|t| t.asks_for_anything())
    }

    /// Counts a row that is read into other tables only, though it holds what this one asks for.
    fn pass(&mut self, line: u32, cells: &[Cell<'_>]) {
        let holds = |t: &Test<'_>| t.holds(cells) == Some(true);
        if self.asked().next().is_some() && self.asked().all(holds) && !self.only.iter().all(holds) {
            self.passed = (self.passed.0 + 1, if self.passed.0 == 0 { line } else { self.passed.1 });
        }
    }

    /// Reads a row; whether it is one of the block's.
    fn row(&mut self, line: u32, cells: &[Cell<'_>], wrong: Option<&Askew<'_>>, stood: Option<&Stood>) -> bool {
        let mut unreadable = false;
        for test in &self.only {
            match test.holds(cells) {
                Some(true) => {}
                Some(false) => return false,
                None => unreadable = true,
            }
        }
        for test in &self.except {
            match test.holds(cells) {
                Some(true) => return false,
                Some(false) => {}
                None => unreadable = true,
            }
        }
        self.sheet.start_row(line);
        if let Some(Askew { code, why, right }) = wrong {
            self.sheet.refuse_row(code, why, right);
        } else if unreadable {
            self.sheet.refuse_row("data::garbled", "决定这一行归哪张表的单元格不是可读的文字", "请核对原始记录后重新导出");
        }
        if let Some(stood) = stood {
            self.sheet.corrects(stood.clone());
        }
        for (index, field) in self.fields.iter().enumerate() {
            match field.plain() {
                Some(column) => self.sheet.cell(index, cells.get(column).copied().unwrap_or(Cell::Blank)),
                None => match field.value(cells) {
                    Ok(Given::Cell(cell)) => self.sheet.cell(index, cell),
                    Ok(Given::Made(text)) => self.sheet.cell(index, Cell::Text(&text)),
                    Err(fault) => self.sheet.wrong(index, fault.code, &fault.text, &fault.why, &fault.right),
                },
            }
        }
        self.sheet.end_row();
        true
    }
}

impl Bound<'_> {
    /// The text of a key; none where nothing can be made of the row.
    pub(super) fn key(&self, cells: &[Cell<'_>]) -> Option<String> {
        let text = match self.value(cells).ok()? {
            Given::Made(text) => text,
            Given::Cell(cell) => said(&cell)?.into_owned(),
        };
        Some(text.trim().to_owned())
    }
}

impl<'m> Bound<'m> {
    /// The value of a row, as the records want it.
    fn value<'c>(&'c self, cells: &[Cell<'c>]) -> Result<Given<'c>, Fault> {
        let given = self.origin.value(cells)?;
        let text = match &given {
            Given::Made(text) => Some(Cow::Borrowed(text.as_str())),
            Given::Cell(cell) => said(cell),
        };
        // What is no text is told where it is read.
        let Some(text) = text else { return Ok(given) };
        if text.is_empty() && any_holds(&self.filled_when, cells) {
            let why = "按这一行的其他内容，这里应当有值，却是空的".to_owned();
            return Err(Fault {
                code: "data::needed-here",
                text: String::new(),
                why,
                right: "请补填；确实没有的，请更正这一行的状态".to_owned(),
            });
        }
        if !text.is_empty() && any_holds(&self.blank_when, cells) {
            let why = "按这一行的其他内容，这里应当是空的，却有值".to_owned();
            return Err(Fault {
                code: "data::out-of-place",
                text: text.into_owned(),
                why,
                right: "请核实哪一处不对，更正后重新导出".to_owned(),
            });
        }
        let Some(codes) = self.codes else { return Ok(given) };
        match codes.of(&text) {
            Some("") => return Ok(Given::Cell(Cell::Blank)),
            Some(meant) => return Ok(Given::Cell(Cell::Text(meant))),
            None => {}
        }
        let is_canonical = || self.list.is_some_and(|l| l.code_meant(text.as_bytes()).is_some()) || codes.means(&text);
        if text.is_empty() || codes.keeps_others || is_canonical() {
            return Ok(given);
        }
        let right = "在映射文件的代码表里写明它是什么意思，或者更正来源".to_owned();
        Err(Fault { code: "data::unlisted-code", text: text.into_owned(), why: "映射的代码表里没有这个值".to_owned(), right })
    }
}

impl Codes {
    /// What a source value means.
    fn of(&self, text: &str) -> Option<&str> {
        self.meant.get(text).or_else(|| self.meant.get(&folded(text))).map(String::as_str)
    }

    /// Whether a text is itself what some value means.
    fn means(&self, text: &str) -> bool {
        self.meant.values().any(|m| m == text)
    }
}

impl From<'_> {
    fn value<'c>(&'c self, cells: &[Cell<'c>]) -> Result<Given<'c>, Fault> {
        let cell = |column: &usize| cells.get(*column).copied().unwrap_or(Cell::Blank);
        let text = |column: &usize| said(&cell(column)).ok_or_else(Fault::no_text);
        let texts = |columns: &[usize]| columns.iter().map(text).collect::<Result<Vec<Cow<'c, str>>, Fault>>();
        Ok(match self {
            From::Column(column) => Given::Cell(cell(column)),
            From::Constant(value) => Given::Cell(Cell::Text(value)),
            From::Joined { columns, with, prefix } => {
                let all = texts(columns)?;
                let filled: Vec<&str> = all.iter().map(|t| &**t).filter(|t| !t.is_empty()).collect();
                Given::Made(if filled.is_empty() { String::new() } else { format!("{prefix}{}", filled.join(with)) })
            }
            From::Key { columns, prefix } => {
                let all = texts(columns)?;
                if all.iter().all(|t| t.is_empty()) {
                    return Ok(Given::Cell(Cell::Blank));
                }
                Given::Made(key_of(prefix, &all.iter().map(|t| &**t).collect::<Vec<_>>()))
            }
            From::Person { at, people, lists } => match people.key(&at.who(cells)?, *lists)? {
                Some(key) => Given::Made(key),
                None => Given::Cell(Cell::Blank),
            },
            From::Lookup { found, by } => {
                let key = lookup::key_of(cells, by).ok_or_else(Fault::no_text)?;
                if key.is_empty() {
                    return Ok(Given::Cell(Cell::Blank));
                }
                let wrong = |code, text: &str, why: String, right: &str| Fault { code, text: shown(text), why, right: right.to_owned() };
                match found.get(&key) {
                    Some(Hit::Value(value)) => Given::Cell(Cell::Text(value)),
                    Some(Hit::Several) => {
                        let why = format!("在“{}”里找到几行，内容不同", found.cited);
                        return Err(wrong("data::several-matches", &key, why, "请核实后只留一行"));
                    }
                    Some(Hit::Unlisted(value)) => {
                        let why = format!("“{}”里有映射的代码表没有列出的值", found.cited);
                        return Err(wrong("data::unlisted-code", value, why, "在映射文件的代码表里写明它是什么意思，或者更正来源"));
                    }
                    None if found.may_be_none => Given::Cell(Cell::Blank),
                    None => {
                        let why = format!("在“{}”里找不到", found.cited);
                        return Err(wrong("data::no-match", &key, why, "请核对两处的写法是否一致"));
                    }
                }
            }
        })
    }
}
