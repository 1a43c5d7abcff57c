//! What happens around the careers: kin, reserve lists, events and talks, sanctions, petitions, feedback to put right. All of it handled as it should be.

use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::names;
use crate::person::Written;
use crate::rng::Rng;
use crate::table::{Cell, T, row};
use crate::units::{self, LEVELS, UNITS};

/// Writes it for the people of one county, in numbers that fit how many they are.
pub fn write(county: &mut County, all: &[Written]) {
    let mut rng = Rng::named(county.seed, "life");
    let quiet: Vec<&Written> = all.iter().filter(|w| w.cases.is_empty()).collect();
    let active: Vec<&Written> = all.iter().filter(|w| county.get(T::Person, &w.person).get("status").is("在职")).collect();
    let staff: Vec<&Written> = quiet.iter().copied().filter(|w| county.get(T::Person, &w.person).get("status").is("在职")).collect();
    kin(county, &mut rng, all, &staff);
    reserve(county, &mut rng, &active, all.len() / 14);
    petitions(county, &mut rng, &active, all.len() / 14);
    issues(county, &mut rng, all.len() / 12);
    departures(county);
    // Events, inquiries and sanctions happen to people whom no case concerns.
    let mut left = staff.into_iter();
    events(county, &mut rng, &mut left);
    inquiries(county, &mut rng, &mut left);
    sanctions(county, &mut rng, &mut left);
}

pub fn talk(county: &mut County, person: &str, kind: &'static str, date: Day, event: Option<&str>) -> String {
    let new = row(T::Talk).with("person_id", person.to_string()).with("kind", kind).with("date", date).with("by", "县委组织部");
    county.push(new.with("event_id", event.map(str::to_string)))
}

pub fn event(county: &mut County, written: &Written, kind: &'static str, date: Day, note: &'static str) -> String {
    let new = row(T::Event).with("person_id", &written.person).with("unit_id", county.unit_id(written.unit)).with("kind", kind);
    county.push(new.with("date", date).with("note", note))
}

fn kin(county: &mut County, rng: &mut Rng, all: &[Written], staff: &[&Written]) {
    let close = ["配偶", "父亲", "母亲", "儿子", "女儿", "兄弟", "姐妹", "配偶父母", "堂表兄弟姐妹"];
    for at in 0..all.len() / 5 {
        let one = rng.pick(all);
        let relation = *rng.pick(&close);
        let unit = county.unit_id(rng.below(UNITS.len()));
        let new =
            row(T::Kin).with("person_id", &one.person).with("relation", relation).with("name", names::name(rng)).with("unit_id", unit);
        county.push(new.with("title", if at % 3 == 0 { "教师" } else { "职员" }));
    }
    // Staff with a relative who leads another unit: nothing to avoid.
    for one in staff.iter().step_by(9) {
        let other = rng.pick(&all[..all.len() / 3]);
        let leads = *county.get(T::Post, one.post()).get("leader") == Cell::Bool(true);
        if leads || other.unit == one.unit || !county.get(T::Person, &other.person).get("status").is("在职") {
            continue;
        }
        let new = row(T::Kin)
            .with("person_id", &one.person)
            .with("relation", *rng.pick(&close))
            .with("name", county.get(T::Person, &other.person).get("name").text());
        let title = county.get(T::Post, other.post()).get("title").text();
        county.push(new.with("relative_id", &other.person).with("unit_id", county.unit_id(other.unit)).with("title", title));
    }
}

fn reserve(county: &mut County, rng: &mut Rng, active: &[&Written], many: usize) {
    for at in 0..many {
        let one = active[(at * 5) % active.len()];
        let entered = Day(rng.between(ymd(2019, 3, 1).0, ymd(2025, 12, 1).0));
        let left = (at % 6 == 5 && entered < ymd(2022, 1, 1)).then(|| entered.months(30));
        let until = left.unwrap_or(AS_OF);
        let inspected = until.plus(-rng.between(20, 330)).max(entered.plus(10));
        let adjusted = (entered < until.months(-20)).then(|| until.plus(-rng.between(40, 650)).max(entered.plus(10)));
        let held = county.get(T::Post, one.post()).get("level").clone();
        let level = LEVELS.iter().position(|l| held.is(l)).map_or(0, |l| (l + 1).min(LEVELS.len() - 1));
        let level = LEVELS[level];
        let new = row(T::Reserve).with("person_id", &one.person).with("level", level).with("entered", entered);
        county.push(new.with("inspected", inspected).with("adjusted", adjusted).with("left", left));
    }
}

fn petitions(county: &mut County, rng: &mut Rng, active: &[&Written], many: usize) {
    for at in 0..many {
        let one = active[(at * 7 + 3) % active.len()];
        // After the last case of the person, so that no case waited for it.
        let since = one.cases.iter().map(|(_, t)| t.appointed).max().unwrap_or(ymd(2015, 1, 1)).plus(30);
        if since >= AS_OF.plus(-120) {
            continue;
        }
        let received = Day(rng.between(since.0, AS_OF.0 - 110));
        let concluded = received.plus(rng.between(20, 85));
        let named = rng.percent(40);
        let new = row(T::Petition)
            .with("person_id", &one.person)
            .with("received", received)
            .with("specific", rng.percent(60))
            .with("named", named);
        let new = new.with("concluded", concluded).with("result", *rng.pick(&["属实", "部分属实", "不属实", "无法查证"]));
        county.push(new.with("fed_back", named.then(|| concluded.plus(rng.between(2, 12)))));
    }
    let open = active[active.len() / 2];
    if open.cases.iter().all(|(_, t)| t.appointed < AS_OF.plus(-60)) {
        let new = row(T::Petition).with("person_id", &open.person).with("received", AS_OF.plus(-40)).with("specific", true);
        county.push(new.with("named", false));
    }
}

const SUMMARIES: &[(&str, &str)] = &[
    ("巡察", "干部选拔任用全程纪实材料归档不及时"),
    ("审计", "公务接待审批手续不齐全"),
    ("专项检查", "个别干部人事档案任前审核记录填写不规范"),
    ("巡视", "党委（党组）会议记录要素不全"),
    ("一报告两评议", "年轻干部培养储备不足"),
    ("信访", "群众反映办事效率不高"),
];

fn issues(county: &mut County, rng: &mut Rng, many: usize) {
    for at in 0..many {
        let (source, summary) = SUMMARIES[at % SUMMARIES.len()];
        let open = at % 10 == 9;
        let found = if open { AS_OF.plus(-rng.between(20, 60)) } else { Day(rng.between(ymd(2019, 1, 10).0, ymd(2026, 1, 10).0)) };
        let deadline = found.plus(rng.between(90, 160)).max(if open { AS_OF.plus(25) } else { found });
        let closed = (!open).then(|| deadline.plus(-rng.between(1, 60)));
        let new = row(T::Issue).with("unit_id", county.unit_id(rng.below(UNITS.len()))).with("source", source).with("summary", summary);
        let new = new.with("found", found).with("deadline", deadline).with("closed", closed);
        county.push(new.with("evidence", closed.map(|_| "整改报告及会议纪要")));
    }
}

/// A few units whose chief was known to be leaving shortly before the next one came, with no move considered in between.
fn departures(county: &mut County) {
    let offices = units::unit("组织部")..=units::unit("巡察办");
    for unit in offices {
        let id = county.unit_id(unit);
        let came = county
            .of(T::Post)
            .iter()
            .find(|p| p.get("unit_id").is(&id) && *p.get("chief") == Cell::Bool(true) && *p.get("end") == Cell::Blank);
        let Some(came) = came.map(|p| p.day("start")) else {
            continue;
        };
        let known = came.plus(-12);
        let cases: Vec<String> = county.of(T::Case).iter().filter(|c| c.get("unit_id").is(&id)).map(|c| c.id()).collect();
        let between = |s: &crate::table::Row| s.get("start").days().is_some_and(|(d, _)| d >= known && d <= came);
        let moved = county.of(T::Step).iter().any(|s| s.get("kind").is("动议") && cases.contains(&s.get("case_id").text()) && between(s));
        if !moved && unit % 2 == 1 {
            let new = row(T::Event).with("unit_id", &id).with("kind", "主要领导离任已明确").with("date", known);
            county.push(new.with("note", "主要领导离任已经上级明确"));
        }
    }
}

fn events<'w>(county: &mut County, rng: &mut Rng, people: &mut impl Iterator<Item = &'w Written>) {
    let kinds = [
        ("苗头性问题", "苗头谈话", 12, "工作作风方面存在苗头性问题"),
        ("苗头性问题", "提醒", 10, "群众有反映"),
        ("重大困难", "困难谈话", 12, "本人患病住院"),
        ("家庭变故", "困难谈话", 13, "家庭发生变故"),
        ("突出成绩", "成绩挫折谈话", 25, "获市级表彰"),
        ("重大挫折", "成绩挫折谈话", 20, "分管工作受到通报"),
        ("离任", "离任谈话", 9, "调离原岗位"),
    ];
    for (at, one) in people.take(21).enumerate() {
        let (kind, answer, within, note) = kinds[at % kinds.len()];
        let date = Day(rng.between(ymd(2020, 1, 1).0, AS_OF.0 - 40));
        let id = event(county, one, kind, date, note);
        talk(county, &one.person, answer, date.plus(rng.between(1, within)), Some(&id));
    }
}

/// Written inquiries answered in time, admonitions followed up after six months.
fn inquiries<'w>(county: &mut County, rng: &mut Rng, people: &mut impl Iterator<Item = &'w Written>) {
    for one in people.take(6) {
        let date = county.days.after(Day(rng.between(ymd(2019, 1, 1).0, AS_OF.0 - 60)), 0);
        let id = talk(county, &one.person, "函询", date, None);
        county.set(T::Talk, &id, "replied", county.days.after(date, rng.between(5, 14)));
    }
    for (at, one) in people.take(5).enumerate() {
        let date = if at == 0 { ymd(2026, 3, 16) } else { county.days.after(Day(rng.between(ymd(2019, 1, 1).0, AS_OF.0 - 300)), 0) };
        let id = talk(county, &one.person, "诫勉", date, None);
        county.set(T::Talk, &id, "replied", county.days.after(date, rng.between(2, 5)));
        let followed = date.months(6).plus(rng.between(3, 25));
        county.set(T::Talk, &id, "followed_up", (followed <= AS_OF).then_some(followed));
    }
}

fn sanctions<'w>(county: &mut County, rng: &mut Rng, people: &mut impl Iterator<Item = &'w Written>) {
    let kinds = ["批评教育", "诫勉", "通报批评", "党内警告", "政务警告", "党内严重警告", "责令检查", "政务记过", "提醒"];
    for (at, one) in people.take(14).enumerate() {
        let kind = kinds[at % kinds.len()];
        let date = Day(rng.between(ymd(2014, 1, 1).0, AS_OF.0 - 60));
        sanction(county, rng, one, kind, date);
    }
}

/// A sanction with its talk and its entry among the events.
pub fn sanction(county: &mut County, rng: &mut Rng, one: &Written, kind: &'static str, date: Day) -> String {
    let conduct = date.plus(-rng.between(200, 500));
    let new = row(T::Sanction)
        .with("person_id", &one.person)
        .with("kind", kind)
        .with("filed", date.plus(-rng.between(30, 80)))
        .with("date", date)
        .with("conduct_start", conduct)
        .with("conduct_end", conduct.plus(60))
        .with("document", format!("云纪〔{}〕{}号", date.year(), date.0 % 50 + 1));
    let id = county.push(new);
    let noted = event(county, one, "受处理处分", date, kind);
    talk(county, &one.person, "处分谈话", date.plus(rng.between(1, 14)), Some(&noted));
    id
}
