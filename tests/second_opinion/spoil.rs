//! Counties spoilt at random: dates moved and made imprecise, cells emptied, codes changed, rows lost, sanctions put at the edge of a period.

use crate::days::{Day, civil, plus_months, read};
use crate::rng::Rng;

/// A table: its name, its fields and its rows, as text.
pub type Plain = (&'static str, &'static [&'static str], Vec<Vec<String>>);

/// Of ten thousand cells or rows so many meet each fate.
pub struct Chances {
    pub moved: usize,
    pub coarse: usize,
    pub emptied: usize,
    pub changed: usize,
    pub lost: usize,
}

pub fn spoil(tables: &mut [Plain], seed: u64, chances: &Chances) {
    put_sanctions(tables, seed);
    for (table, fields, rows) in tables {
        let mut rng = Rng::named(seed, table);
        if !["unit", "person", "case", "quota", "post", "event"].contains(table) {
            rows.retain(|_| rng.below(10_000) >= chances.lost);
        }
        for row in rows {
            if rng.below(10_000) < chances.moved {
                move_dates(table, row, &mut rng);
            }
            for (field, cell) in fields.iter().zip(row) {
                let fate = rng.below(10_000);
                if cell.len() == 10 && read(cell).is_some_and(|(a, b)| a == b) {
                    let kept = match fate {
                        _ if *table == "quota" => 10,
                        f if f < chances.coarse / 8 => 4,
                        f if f < chances.coarse => 7,
                        _ => 10,
                    };
                    cell.truncate(kept);
                } else if fate < chances.emptied && may_be_blank(table, field) {
                    cell.clear();
                } else if fate < chances.emptied + chances.changed {
                    change(table, field, cell, &mut rng);
                }
            }
        }
    }
}

/// All dates of a row together: a little, or a lot.
fn move_dates(table: &str, row: &mut [String], rng: &mut Rng) {
    if ["quota", "person"].contains(&table) {
        return;
    }
    let by = match rng.below(3) {
        0 => rng.between(-3, 3),
        1 => rng.between(-40, 40),
        _ => rng.between(-700, 700),
    };
    for cell in row.iter_mut().filter(|c| c.len() == 10) {
        if let Some((day, _)) = read(cell) {
            *cell = text(day + by);
        }
    }
}

pub fn text(day: Day) -> String {
    let (y, m, d) = civil(day);
    format!("{y:04}-{m:02}-{d:02}")
}

fn may_be_blank(table: &str, field: &str) -> bool {
    matches!(
        (table, field),
        ("case", "leader" | "chief" | "level" | "mode" | "reshuffle" | "exception" | "from_post_id")
            | ("post", "leader" | "chief" | "level" | "kind" | "end" | "case_id" | "grassroots" | "duties")
            | ("step", "due" | "present" | "ayes" | "result" | "end")
            | ("audit", "reported")
            | ("person", "status" | "gender" | "grassroots_two_years" | "family_abroad")
            | ("opinion", "replied" | "result")
            | ("petition", "specific" | "concluded")
            | ("training", "hours")
            | ("kin", "relative_id")
            | ("unit", "kind")
            | ("sanction", "filed" | "conduct_end" | "conduct_start" | "date")
    )
}

/// Another code, or another number, in its place.
fn change(table: &str, field: &str, cell: &mut String, rng: &mut Rng) {
    let among: &[&str] = match (table, field) {
        ("case", "kind") => &["提拔", "进一步使用", "平级调整", "交流", "职级晋升", "免职", "辞职"],
        ("case", "exception") => &["破格", "越级"],
        ("case", "mode") => &["委任", "选任", "聘任", "公开选拔", "竞争上岗"],
        ("case", "reshuffle" | "special_post" | "leader" | "chief") | ("post", "leader" | "chief") | ("person", "family_abroad") => {
            &["是", "否"]
        }
        ("case" | "post", "level") => &["县处级正职", "县处级副职", "乡科级正职", "乡科级副职", "科员级"],
        ("post", "kind") => &["任职", "主持工作", "挂职", "兼职", "试任"],
        ("post", "duties") => &["组织人事", "纪检监察", "审计", "财务", "其他"],
        ("person", "status") => &["在职", "试用", "退休", "去世"],
        ("person", "gender") => &["男", "女"],
        ("step", "result") => &["通过", "未通过", "同意", "不同意", "合格", "不合格", "有影响"],
        ("step", "note" | "exempt_reason") => &["已说明"],
        ("assessment", "result") => &["优秀", "基本称职", "不称职"],
        ("opinion", "result") => &["有异议", "无异议"],
        ("audit", "kind") => &["任前", "任中", "离任"],
        ("rank", "rank") => &["二级调研员", "三级调研员", "四级调研员", "一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员"],
        ("talk", "kind") => &["函询", "诫勉", "离任谈话", "处分谈话"],
        ("disclosure", "result") => &["瞒报", "漏报", "一致"],
        ("step", "present" | "ayes") => &["4", "5", "6", "7"],
        _ => return,
    };
    *cell = (*rng.pick(among)).to_owned();
}

/// Sanctions so long before decisions that these fall on the first or last day of a period, or a day beside it.
fn put_sanctions(tables: &mut [Plain], seed: u64) {
    let mut rng = Rng::named(seed, "put sanctions");
    let find = |name: &str| tables.iter().position(|t| t.0 == name).expect("a table");
    let (cases, steps, sanctions) = (find("case"), find("step"), find("sanction"));
    let at = |table: usize, field: &str| tables[table].1.iter().position(|f| *f == field).expect("a field");
    let (case, kind, start, owner) = (at(steps, "case_id"), at(steps, "kind"), at(steps, "start"), at(cases, "person_id"));
    let (width, filed, date, from) =
        (tables[sanctions].1.len(), at(sanctions, "filed"), at(sanctions, "date"), at(sanctions, "conduct_start"));
    let (sort, to) = (at(sanctions, "kind"), at(sanctions, "conduct_end"));
    let mut made: Vec<Vec<String>> = Vec::new();
    for step in tables[steps].2.iter().filter(|s| s[kind] == "讨论决定") {
        if !rng.percent(12) {
            continue;
        }
        let (Some(case), Some((decided, _))) = (tables[cases].2.iter().find(|c| c[0] == step[case]), read(&step[start])) else { continue };
        let (name, months) = *rng.pick(&PERIODS);
        let day = plus_months(decided, -months) + rng.between(-2, 2);
        let mut row = vec![String::new(); width];
        row[0] = format!("N-{}", made.len());
        row[1] = case[owner].clone();
        (row[sort], row[date], row[filed]) = (name.to_owned(), text(day), text(day - 90));
        (row[from], row[to]) = (text(day - 900), text(day - 500));
        made.push(row);
    }
    tables[sanctions].2.extend(made);
}

const PERIODS: [(&str, i32); 20] = [
    ("诫勉", 6),
    ("调离岗位", 12),
    ("党内警告", 12),
    ("党内严重警告", 18),
    ("党内严重警告", 12),
    ("撤销党内职务", 24),
    ("留党察看", 36),
    ("留党察看", 48),
    ("开除党籍", 60),
    ("政务警告", 6),
    ("政务记过", 12),
    ("政务记大过", 18),
    ("政务降级", 24),
    ("政务撤职", 24),
    ("政务开除", 30),
    ("引咎辞职", 12),
    ("责令辞职", 24),
    ("问责免职", 24),
    ("党内警告", 0),
    ("通报批评", 3),
];
