//! A condition is decided exactly when it comes out the same for every value that the unknown cells may have. Random conditions over
//! random people are judged by the engine, and by trying out every completion in plain code that shares nothing with it.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::dates::{Day, add_months};
use guiju::engine::{Options, Verdict, check};
use guiju::records::{Builder, Cell, Wanted};
use guiju::rules::{Files, RuleSet, load};
use proptest::prelude::*;
use std::sync::Arc;

/// Ranks of learning, the highest first.
const EDUCATION: [&str; 8] = ["博士研究生", "硕士研究生", "研究生", "大学本科", "大学专科", "中专", "高中", "初中及以下"];

/// A condition.
#[derive(Clone, Debug)]
enum Condition {
    IsMale,
    Grassroots,
    Abroad,
    Schooled(usize),
    BornBy(Day),
    WorkedBy(i32, Day),
    BornBeforeWork,
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    If(Box<Condition>, Box<Condition>, Box<Condition>),
}

/// A person with nothing unknown.
#[derive(Clone, Copy, Debug)]
struct Known {
    male: bool,
    grassroots: bool,
    abroad: bool,
    education: usize,
    birth: Day,
    work: Day,
}

/// A date known to the day or to the month.
#[derive(Clone, Debug)]
enum When {
    Day(Day),
    Month(i32, u32),
}

/// A person as recorded: blanks are none.
#[derive(Clone, Debug)]
struct Recorded {
    male: Option<bool>,
    grassroots: Option<bool>,
    abroad: Option<bool>,
    education: Option<usize>,
    birth: When,
    work: When,
}

fn holds(c: &Condition, p: &Known) -> bool {
    match c {
        Condition::IsMale => p.male,
        Condition::Grassroots => p.grassroots,
        Condition::Abroad => p.abroad,
        Condition::Schooled(floor) => p.education <= *floor,
        Condition::BornBy(day) => p.birth <= *day,
        Condition::WorkedBy(months, day) => add_months(p.work, *months) <= *day,
        Condition::BornBeforeWork => p.birth < p.work,
        Condition::Not(a) => !holds(a, p),
        Condition::And(a, b) => holds(a, p) && holds(b, p),
        Condition::Or(a, b) => holds(a, p) || holds(b, p),
        Condition::If(c, a, b) => {
            if holds(c, p) {
                holds(a, p)
            } else {
                holds(b, p)
            }
        }
    }
}

fn written(c: &Condition) -> String {
    let day = |d: &Day| {
        let (y, m, d) = d.to_ymd();
        format!("date({y}, {m}, {d})")
    };
    match c {
        Condition::IsMale => "gender == '男'".into(),
        Condition::Grassroots => "grassroots_two_years".into(),
        Condition::Abroad => "family_abroad".into(),
        Condition::Schooled(floor) => format!("education >= '{}'", EDUCATION[*floor]),
        Condition::BornBy(d) => format!("birth <= {}", day(d)),
        Condition::WorkedBy(months, d) => format!("work_date + '{months}个月' <= {}", day(d)),
        Condition::BornBeforeWork => "birth < work_date".into(),
        Condition::Not(a) => format!("!({})", written(a)),
        Condition::And(a, b) => format!("({}) && ({})", written(a), written(b)),
        Condition::Or(a, b) => format!("({}) || ({})", written(a), written(b)),
        Condition::If(c, a, b) => format!("(if {} {{ {} }} else {{ {} }})", written(c), written(a), written(b)),
    }
}

fn days(when: &When) -> Vec<Day> {
    match when {
        When::Day(d) => vec![*d],
        When::Month(y, m) => {
            let first = Day::ymd(*y, *m, 1).expect("a month");
            let next = add_months(first, 1);
            (first.0..next.0).map(Day).collect()
        }
    }
}

fn options<T: Copy>(known: Option<T>, all: &[T]) -> Vec<T> {
    known.map_or_else(|| all.to_vec(), |v| vec![v])
}

/// What every completion says: all true, all false, or neither.
fn expected(c: &Condition, p: &Recorded) -> Verdict {
    let (mut yes, mut no) = (false, false);
    for birth in days(&p.birth) {
        for work in days(&p.work) {
            for male in options(p.male, &[true, false]) {
                for grassroots in options(p.grassroots, &[true, false]) {
                    for abroad in options(p.abroad, &[true, false]) {
                        for education in options(p.education, &[0, 1, 2, 3, 4, 5, 6, 7]) {
                            let known = Known { male, grassroots, abroad, education, birth, work };
                            if holds(c, &known) { yes = true } else { no = true }
                        }
                    }
                }
            }
        }
    }
    match (yes, no) {
        (true, false) => Verdict::Compliant,
        (false, true) => Verdict::Breach,
        _ => Verdict::Unverified,
    }
}

fn rules(condition: &Condition) -> RuleSet {
    let mut files = Files::default();
    for (path, source) in Files::built_in().all() {
        if path == "schema.toml" {
            files.add(path, &source.text);
        }
    }
    files.add("regulations.toml", "[test]\ntitle = \"试验\"\n");
    files.add(
        "pack/XX/XX001.toml",
        &format!(
            "code = \"XX001\"\nslug = \"x\"\ntitle = \"x\"\nsubject = \"person\"\nremedy = \"x\"\n[[version]]\nbasis = [\"test\"]\nseverity = \"违规\"\nrequire = \"{}\"\nmessage = \"x\"\n",
            written(condition)
        ),
    );
    load(&files).unwrap_or_else(|errors| panic!("{}: {}", written(condition), errors[0].message))
}

fn judged(rules: &RuleSet, p: &Recorded) -> Verdict {
    let table = rules.schema.table("person").expect("a person table");
    let def = &rules.schema.tables[table];
    let yes_no = |b: Option<bool>| b.map_or("", |b| if b { "是" } else { "否" }).to_owned();
    let when = |w: &When| match w {
        When::Day(d) => d.to_string(),
        When::Month(y, m) => format!("{y}-{m:02}"),
    };
    let cells = [
        ("person_id", "P1".to_owned()),
        ("name", "某".to_owned()),
        ("gender", p.male.map_or("", |m| if m { "男" } else { "女" }).to_owned()),
        ("grassroots_two_years", yes_no(p.grassroots)),
        ("family_abroad", yes_no(p.abroad)),
        ("education", p.education.map_or("", |e| EDUCATION[e]).to_owned()),
        ("birth", when(&p.birth)),
        ("work_date", when(&p.work)),
    ];
    let mut builder = Builder::new(Arc::clone(&rules.schema), Wanted::all(&rules.schema));
    let fields = cells.iter().map(|(name, _)| (def.field(name).expect("a field"), (*name).to_owned())).collect();
    let mut reading = builder.reading(table, "person.csv", fields);
    reading.start_row(2);
    for (i, (_, text)) in cells.iter().enumerate() {
        reading.cell(i, Cell::Text(text));
    }
    reading.end_row();
    drop(reading);
    let store = builder.finish();
    assert!(store.problems.is_empty(), "{:?}", store.problems);
    let outcome = check(rules, &store, &Options::on(Day::ymd(2026, 6, 30).expect("a day")));
    let counts = outcome.counts[0].verdicts;
    Verdict::ALL.into_iter().find(|v| counts[*v as usize] > 0).expect("a verdict")
}

fn some_day() -> impl Strategy<Value = Day> {
    (1978i32..1983, 1u32..13, 1u32..29).prop_map(|(y, m, d)| Day::ymd(y, m, d).expect("a day"))
}

fn some_when() -> impl Strategy<Value = When> {
    prop_oneof![some_day().prop_map(When::Day), (1978i32..1983, 1u32..13).prop_map(|(y, m)| When::Month(y, m))]
}

fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::IsMale),
        Just(Condition::Grassroots),
        Just(Condition::Abroad),
        (0usize..8).prop_map(Condition::Schooled),
        some_day().prop_map(Condition::BornBy),
        (0i32..24, some_day()).prop_map(|(n, d)| Condition::WorkedBy(n, d)),
        Just(Condition::BornBeforeWork),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| Condition::Not(Box::new(a))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::Or(Box::new(a), Box::new(b))),
            (inner.clone(), inner.clone(), inner).prop_map(|(c, a, b)| Condition::If(Box::new(c), Box::new(a), Box::new(b))),
        ]
    })
}

fn people() -> impl Strategy<Value = Recorded> {
    // Two imprecise dates and a few blanks are some thousands of completions: no more than the engine tries out.
    let dates = prop_oneof![
        (some_when(), some_day().prop_map(When::Day)),
        (some_day().prop_map(When::Day), some_when()),
        (some_when(), some_when()),
    ];
    (any::<Option<bool>>(), any::<Option<bool>>(), Just(Some(true)), proptest::option::of(0usize..8), dates).prop_map(
        |(male, grassroots, abroad, education, (birth, work))| {
            let both = matches!((&birth, &work), (When::Month(..), When::Month(..)));
            let education = if both { education.or(Some(3)) } else { education };
            Recorded { male, grassroots, abroad, education, birth, work }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_is_decided_when_every_completion_agrees(condition in conditions(), person in people()) {
        let rules = rules(&condition);
        prop_assert_eq!(judged(&rules, &person), expected(&condition, &person), "{}", written(&condition));
    }
}
