//! Small counties made at random: every table, every code, dates that meet at the thresholds of the rules; then imprecise, blank, bad,
//! contradictory, doubled and not exported.

use guiju::dates::{Day, add_months};
use guiju::records::{Blank, Builder, Cell, Field, FieldType, Schema, Store, TableId, Wanted};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A county as it is exported: rows of texts by table, and what was not exported.
#[derive(Clone)]
pub struct County {
    schema: Arc<Schema>,
    pub rows: Vec<Vec<Vec<String>>>,
    pub absent: Vec<TableId>,
    pub columns_absent: Vec<(TableId, usize)>,
}

/// How a county is spoilt: of a thousand cells or rows so many.
#[derive(Clone, Copy, Default)]
pub struct Spoilt {
    pub vague: u64,
    pub blank: u64,
    pub bad: u64,
    pub doubled: u64,
    pub absent: u64,
    /// Of a thousand cells that have to be there and are to be spoilt, so many are: their rows are refused.
    pub refused: u64,
    /// Whether a matter has each kind of step once only, and is not taken up again. Which of several is meant is settled by the first day
    /// of an imprecise date, whatever day it was.
    pub once: bool,
}

pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).unwrap_or(0)
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }

    fn chance(&mut self, of_thousand: u64) -> bool {
        self.below(1000) < of_thousand
    }
}

/// Days on which a version begins, months of 28 to 31 days, holidays, and days from which a limit ends about the day of the check.
const BASES: [&str; 24] = [
    "2002-07-09",
    "2006-06-10",
    "2010-03-09",
    "2014-01-14",
    "2015-01-01",
    "2016-08-01",
    "2019-03-03",
    "2019-06-01",
    "2020-02-29",
    "2020-07-01",
    "2022-12-31",
    "2023-10-01",
    "2024-01-01",
    "2024-02-29",
    "2024-05-01",
    "2024-09-30",
    "2025-01-26",
    "2025-03-31",
    "2025-05-31",
    "2025-12-31",
    "2026-01-30",
    "2026-04-30",
    "2026-05-31",
    "2026-06-15",
];

const MONTHS: [i32; 40] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 1, 2, -2, 3, -3, 6, -6, 7, -12, 12, -12, 12, -18, 18, -24, 24, -24, -36, -36, 36, -48, -60, -60,
    -72, -84, -120, -120, -180,
];

const DAYS: [i32; 20] = [0, 0, 0, 0, 0, 0, 1, -1, 1, -1, 2, -2, 4, 5, 6, 7, 15, -15, 30, 90];

/// When a step usually begins and ends, in days from the decision.
const STEPS: [(&str, i32, i32); 22] = [
    ("职数预审", -50, -50),
    ("动议", -46, -46),
    ("会议推荐", -40, -40),
    ("谈话推荐", -40, -39),
    ("确定考察对象", -30, -30),
    ("考察预告", -28, -26),
    ("考察公示", -28, -22),
    ("考察", -20, -16),
    ("档案审核", -12, -12),
    ("个人事项查核", -12, -11),
    ("廉洁意见", -9, -9),
    ("破格报批", -48, -47),
    ("事项报告", -8, -7),
    ("酝酿", -3, -3),
    ("讨论决定", 0, 0),
    ("复议", 0, 0),
    ("任前公示", 1, 9),
    ("任职通知", 10, 10),
    ("到岗", 12, 12),
    ("试用期满考核", 376, 377),
    ("试用期满公示", 378, 386),
    ("正式任职", 388, 388),
];

/// How many rows a table has.
fn size(table: &str) -> u64 {
    match table {
        "unit" => 5,
        "person" => 8,
        "case" => 16,
        "step" => 150,
        "post" => 26,
        "assessment" => 24,
        "opinion" => 30,
        "talk" | "event" | "material" => 22,
        "discrepancy" => 0,
        _ => 11,
    }
}

pub fn county(schema: &Arc<Schema>, seed: u64, spoilt: Spoilt) -> County {
    let mut rng = Rng::new(seed);
    let mut made =
        County { schema: Arc::clone(schema), rows: vec![Vec::new(); schema.tables.len()], absent: Vec::new(), columns_absent: Vec::new() };
    // What a person did happened about the same days.
    let bases: Vec<Day> = (0..3).map(|_| rng.pick(&BASES).parse().expect("a day")).collect();
    for (table, def) in schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
        for n in 0..size(&def.name) {
            let row = row(&mut rng, &made, &bases, table, n);
            made.rows[table].push(row);
        }
    }
    if let Some(step) = schema.table("step").filter(|_| spoilt.once) {
        let at = |name: &str| schema.tables[step].field(name).expect("a field");
        let (case, kind) = (at("case_id"), at("kind"));
        let mut seen = BTreeSet::new();
        made.rows[step].retain(|row| row[kind] != "复议" && seen.insert((row[case].clone(), row[kind].clone())));
    }
    spoil(&mut rng, &mut made, spoilt);
    made
}

fn row(rng: &mut Rng, made: &County, bases: &[Day], table: TableId, n: u64) -> Vec<String> {
    let schema = Arc::clone(&made.schema);
    let def = &schema.tables[table];
    let mut cells: Vec<String> = vec![String::new(); def.fields.len()];
    let at = |name: &str| def.fields.iter().position(|f| f.name == name);
    for (f, field) in def.fields.iter().enumerate() {
        cells[f] = match field.ty {
            FieldType::Id => format!("{}{n}", &def.name[..2]),
            FieldType::Ref(target) => {
                let before = schema.tables[target].name.as_str();
                let count = size(before);
                // Whose a person's row is, and which of that person's matters it is about.
                match (def.name.as_str(), field.name.as_str()) {
                    ("unit", "parent_id") if n == 0 || rng.chance(300) => String::new(),
                    ("post", "case_id") if rng.chance(600) => String::new(),
                    (_, "person_id") => format!("{}{}", &before[..2], if rng.chance(700) { n % count } else { rng.below(count) }),
                    ("step", "case_id") => format!("{}{}", &before[..2], n % count),
                    _ => format!("{}{}", &before[..2], rng.below(count)),
                }
            }
            FieldType::Code(list) => code(rng, &def.name, &field.name, &schema.lists[list].values),
            FieldType::Bool => (if rng.chance(550) { "是" } else { "否" }).to_owned(),
            FieldType::Int | FieldType::Number => number(rng, &field.name, bases).to_string(),
            FieldType::Text => text(rng, &def.name, &field.name),
            FieldType::Date => String::new(),
        };
    }
    let usual = at("kind").filter(|_| def.name == "step").and_then(|k| STEPS.iter().find(|s| s.0 == cells[k]));
    let base = match at("case_id").or_else(|| at("person_id")) {
        // Steps of a matter lie about one day.
        Some(owner) if def.name == "step" => bases[cells[owner].len() % bases.len()],
        Some(_) | None => *rng.pick(bases),
    };
    let mut last = base;
    for (f, field) in def.fields.iter().enumerate().filter(|(_, f)| f.ty == FieldType::Date) {
        let often_blank = !matches!(field.blank, Blank::Unknown) && def.name != "step";
        if often_blank && rng.chance(450) {
            continue;
        }
        let day = match (def.name.as_str(), field.name.as_str(), usual) {
            ("person", "birth", _) => add_months(base, -12 * *rng.pick(&[60, 60, 55, 55, 61, 58, 63, 35, 30, 17])),
            ("person", "party_date" | "work_date", _) => add_months(base, -12 * *rng.pick(&[5, 3, 10, 30, 1, 42])),
            (_, "start", Some(usual)) if rng.chance(850) => base.add_days(usual.1),
            (_, "end", Some(usual)) if rng.chance(850) => base.add_days(usual.2),
            (_, "end" | "ends" | "conduct_end" | "adjusted" | "valid_until" | "closed" | "deadline" | "replied" | "fed_back", _) => {
                add_months(last, rng.pick(&MONTHS).abs())
            }
            _ => add_months(base, *rng.pick(&MONTHS)),
        };
        let day = if rng.chance(500) { day } else { day.add_days(*rng.pick(&DAYS)) };
        last = day;
        cells[f] = day.to_string();
    }
    cells
}

/// A value of a list: those that rules ask for more often.
fn code(rng: &mut Rng, table: &str, field: &str, values: &[String]) -> String {
    let often: &[&str] = match (table, field) {
        ("case", "kind") => &["提拔", "提拔", "提拔", "进一步使用", "平级调整", "交流", "职级晋升", "免职", "退休"],
        ("case", "mode") => &["委任", "委任", "公开选拔"],
        ("case", "exception" | "committee") if rng.chance(750) => return String::new(),
        ("case", "status") => &["", "", "", "公示中", "终止", "已任职"],
        ("case" | "post" | "quota" | "exam", "level") => &["县处级正职", "县处级副职", "乡科级正职", "乡科级副职", "科员级", "厅局级副职"],
        ("post", "kind") => &["任职", "任职", "任职", "主持工作", "挂职", "兼职"],
        ("post", "duties") => &["", "", "组织人事", "财务"],
        ("person", "status") => &["在职", "在职", "", "待岗", "退休"],
        ("unit", "kind") => &["党委", "政府", "乡镇", "党委工作部门", "纪委监委", "政府工作部门"],
        ("opinion", "office") => &["所在单位纪检机构", "同级纪检监察机关", "协管方", "公安"],
        ("opinion", "result") => &["无异议", "无异议", "有异议"],
        ("assessment", "result") => &["优秀", "称职", "基本称职", "不称职"],
        ("rank", "rank") => &["二级调研员", "三级调研员", "四级调研员", "一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员"],
        ("disclosure", "result") => &["", "一致", "瞒报"],
        ("step", "result") => &["", "通过", "同意", "合格", "合格", "不合格", "未通过", "有影响"],
        ("assessment", "class") => &["", "三类", "四类"],
        _ => return rng.pick(values).clone(),
    };
    (*rng.pick(often)).to_owned()
}

fn number(rng: &mut Rng, field: &str, bases: &[Day]) -> i64 {
    let below = match field {
        "year" => return i64::from(rng.pick(bases).year()) - 3 + i64::try_from(rng.below(5)).unwrap_or(0),
        "due" | "present" => 9 + rng.below(4),
        "ayes" => 4 + rng.below(6),
        "hours" => *rng.pick(&[0, 40, 90, 110, 550]),
        "credits" => *rng.pick(&[0, 8, 9, 18]),
        "satisfied" => *rng.pick(&[69, 70, 90]),
        _ => rng.below(4),
    };
    i64::try_from(below).unwrap_or(0)
}

fn text(rng: &mut Rng, table: &str, field: &str) -> String {
    let of: &[&str] = match (table, field) {
        ("unit", "name") => &["某县委", "某县委组织部", "某镇"],
        (_, "title" | "target") => &["局长", "副局长", "镇长"],
        (_, "region" | "hometown" | "native_place") => &["甲县", "乙县", "某省甲县"],
        (_, "batch_id") => &["", "B1", "B2"],
        (_, "channels") => &["", "张榜", "张榜、电视"],
        (_, "fields") => &[
            "",
            "姓名、性别、民族、出生年月、政治面貌、学历学位、参加工作时间、现任职务、主要简历、拟任职务",
            "姓名；性别；民族；出生年月；政治面貌；学历；参加工作时间；现任职务；拟任职务；破格理由",
            "姓名,性别",
        ],
        (_, "exempt_reason" | "note" | "evidence") => &["", "", "已说明"],
        (_, "id_number") => &["", "11010519491231002X", "110105491231002", "110105194912310021"],
        _ => &["某"],
    };
    (*rng.pick(of)).to_owned()
}

fn spoil(rng: &mut Rng, made: &mut County, spoilt: Spoilt) {
    let schema = Arc::clone(&made.schema);
    for (table, def) in schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
        if def.name != "person" && def.name != "case" && rng.chance(spoilt.absent) {
            made.absent.push(table);
        }
        for (f, field) in def.fields.iter().enumerate().filter(|(f, _)| *f != def.key) {
            if rng.chance(spoilt.absent) && !(field.required && rng.chance(900)) {
                made.columns_absent.push((table, f));
            }
        }
        for row in &mut made.rows[table] {
            for (f, field) in def.fields.iter().enumerate().filter(|(f, _)| *f != def.key) {
                let cell = &mut row[f];
                let is_date = field.ty == FieldType::Date;
                if is_date && cell.len() == 10 && rng.chance(spoilt.vague) {
                    cell.truncate(if rng.chance(200) { 4 } else { 7 });
                }
                if field.required && !rng.chance(spoilt.refused) {
                    continue;
                }
                if rng.chance(spoilt.blank) {
                    cell.clear();
                } else if rng.chance(spoilt.bad) && field.ty != FieldType::Text {
                    (if is_date && rng.chance(500) { "不详" } else { "?" }).clone_into(cell);
                }
            }
        }
        let many = made.rows[table].len();
        for n in 1..many {
            if rng.chance(spoilt.doubled) {
                let key = made.rows[table][rng.index(n)][def.key].clone();
                made.rows[table][n][def.key] = key;
            }
        }
    }
}

impl County {
    pub fn store(&self) -> Store {
        let schema = &self.schema;
        let mut builder = Builder::new(Arc::clone(schema), Wanted::all(schema));
        for (table, def) in schema.tables.iter().enumerate() {
            if def.joined.is_some() || self.absent.contains(&table) || self.rows[table].is_empty() {
                continue;
            }
            let fields: Vec<usize> = (0..def.fields.len()).filter(|&f| !self.columns_absent.contains(&(table, f))).collect();
            let headed = fields.iter().map(|&f| (f, def.fields[f].name.clone())).collect();
            let mut reading = builder.reading(table, &format!("{}.csv", def.name), headed);
            for (n, row) in self.rows[table].iter().enumerate() {
                reading.start_row(u32::try_from(n + 2).expect("few rows"));
                for (i, &f) in fields.iter().enumerate() {
                    reading.cell(i, if row[f].is_empty() { Cell::Blank } else { Cell::Text(&row[f]) });
                }
                reading.end_row();
            }
        }
        builder.finish()
    }

    /// Another county in which every date known to the month or the year is some day of it; and, if that is asked, every cell that cannot be
    /// read or whose blank is unknown has some value. A date that cannot lie before another of its row does not, unless it had to: a row that
    /// contradicts itself is another matter.
    pub fn completed(&self, rng: &mut Rng, blanks_too: bool) -> Self {
        let mut whole = self.clone();
        let schema = &self.schema;
        for (table, (def, rows)) in schema.tables.iter().zip(&mut whole.rows).enumerate() {
            for row in rows {
                let agrees = |made: &[String]| {
                    def.fields.iter().zip(made).all(|(field, end)| {
                        let start = field.not_before.and_then(|before| made.get(before));
                        start.is_none_or(|start| end.len() != 10 || start.len() != 10 || start <= end)
                    })
                };
                let mut some = |(field, cell): (&Field, &String)| {
                    let is_unknown = cell == "?" || cell == "不详" || cell.is_empty() && matches!(field.blank, Blank::Unknown);
                    match field.ty {
                        FieldType::Id | FieldType::Text => cell.clone(),
                        _ if is_unknown && blanks_too && !(cell != "?" && says_something(&def.name, &field.name)) => {
                            self.some_value(rng, table, field)
                        }
                        FieldType::Date => some_day(rng, cell).map_or_else(|| cell.clone(), |day| day.to_string()),
                        _ => cell.clone(),
                    }
                };
                let mut tries = (0..100).map(|_| def.fields.iter().zip(row.iter()).map(&mut some).collect());
                if let Some(made) = tries.find(|made: &Vec<String>| agrees(made)) {
                    *row = made;
                }
            }
        }
        whole
    }

    /// What a cell of which nothing is known may hold: what some cell of the column holds, for instance.
    fn some_value(&self, rng: &mut Rng, table: TableId, field: &Field) -> String {
        let schema = &self.schema;
        let at = schema.tables[table].fields.iter().position(|f| f.name == field.name).expect("a field");
        let is_value = |cell: &&String| *cell != "?" && *cell != "不详" && (!cell.is_empty() || !matches!(field.blank, Blank::Unknown));
        let of_column: Vec<&String> = self.rows[table].iter().map(|row| &row[at]).filter(is_value).collect();
        let cell = match field.ty {
            FieldType::Code(list) if rng.chance(300) => rng.pick(&schema.lists[list].values).clone(),
            _ if of_column.is_empty() => return String::new(),
            _ => (*rng.pick(&of_column)).clone(),
        };
        match field.ty {
            FieldType::Date => some_day(rng, &cell).map_or(cell, |day| day.to_string()),
            _ => cell,
        }
    }

    /// The rows as a folder of CSV, to look into what went wrong.
    pub fn write(&self, folder: &std::path::Path) {
        std::fs::create_dir_all(folder).expect("a folder");
        for (table, def) in self.schema.tables.iter().enumerate() {
            if def.joined.is_some() || self.absent.contains(&table) || self.rows[table].is_empty() {
                continue;
            }
            let fields: Vec<usize> = (0..def.fields.len()).filter(|&f| !self.columns_absent.contains(&(table, f))).collect();
            let mut writer = csv::Writer::from_path(folder.join(format!("{}.csv", def.name))).expect("a file");
            writer.write_record(fields.iter().map(|&f| &def.fields[f].name)).expect("a header");
            for row in &self.rows[table] {
                writer.write_record(fields.iter().map(|&f| &row[f])).expect("a row");
            }
        }
    }
}

/// Some day of an imprecise date; the first and the last day of it more often than what lies between, for they decide.
fn some_day(rng: &mut Rng, cell: &str) -> Option<Day> {
    let (first, months) = match cell.len() {
        4 => (format!("{cell}-01-01"), 12),
        7 => (format!("{cell}-01"), 1),
        _ => return None,
    };
    let first: Day = first.parse().ok()?;
    let len = u64::try_from(add_months(first, months).days_since(first)).ok()?;
    let by = match rng.below(4) {
        0 => 0,
        1 => len - 1,
        _ => rng.below(len),
    };
    Some(first.add_days(i32::try_from(by).ok()?))
}

/// Blanks that the catalogue reads, though the schema does not: whoever has no status is in service, a decision without result was passed,
/// what was not filed was not investigated (but for the kinds of which KC014 asks), an end that is not recorded is worked out, and a visit that
/// names no matter is none of other people's.
fn says_something(table: &str, field: &str) -> bool {
    matches!((table, field), ("person", "status") | ("step", "result") | ("sanction", "filed" | "ends") | ("visit", "case_id"))
}
