//! What every official's record needs besides posts and cases: audits, assessments, training, disclosures.

use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::names;
use crate::person::{Ending, Profile, Stage, Written};
use crate::rng::Rng;
use crate::table::{T, row};
use crate::units::DEPUTY_COUNTY;

pub fn write_audit(
    county: &mut County,
    rng: &mut Rng,
    person: &str,
    unit: usize,
    kind: &'static str,
    entrusted: Day,
    reported: Day,
) -> String {
    let problems = rng.between(0, 4);
    let rectified = reported.plus(rng.between(60, 150));
    let new = row(T::Audit)
        .with("person_id", person.to_string())
        .with("unit_id", county.unit_id(unit))
        .with("kind", kind)
        .with("entrusted", (entrusted <= AS_OF).then_some(entrusted))
        .with("reported", (reported <= AS_OF).then_some(reported))
        .with("problems", (reported <= AS_OF).then_some(problems))
        .with("rectified", (problems > 0 && rectified <= AS_OF).then_some(rectified));
    county.push(new)
}

/// One in the third year of a chief's term, one on leaving.
pub fn write_chief_audits(county: &mut County, rng: &mut Rng, person: &str, stage: &Stage, end: Option<Day>) {
    let midterm = county.days.after(stage.start.months(rng.between(20, 30)), 0);
    if midterm < end.unwrap_or(AS_OF.plus(-15)) {
        write_audit(county, rng, person, stage.unit, "任中", midterm.plus(-50), midterm);
    }
    if let Some(end) = end {
        let entrusted = county.days.after(end, rng.between(3, 10));
        if entrusted <= AS_OF {
            let reported = entrusted.plus(rng.between(45, 90));
            write_audit(county, rng, person, stage.unit, "离任", entrusted, reported);
        }
    }
}

/// Every year of the last five, and the three years before each case.
pub fn write_assessments(county: &mut County, written: &Written, profile: &Profile, stages: &[Stage]) {
    let first = profile.work.unwrap_or(stages[0].start).year();
    let last = match profile.ending {
        Ending::Left(day, ..) => day.year() - 1,
        Ending::Still => 2025,
    };
    let wanted =
        |year: i32| year >= 2021 || written.cases.iter().any(|(_, t)| (t.candidates.year() - 3..=t.decided.year()).contains(&year));
    for year in (first..=last).filter(|y| wanted(*y)) {
        let result = if year == first { "不定等次" } else { "称职" };
        let class = (year >= 2023 && stages.iter().any(|s| s.leader && s.start.year() < year)).then_some("一类");
        let new = row(T::Assessment).with("person_id", &written.person).with("year", year).with("result", result);
        county.push(new.with("class", class));
    }
}

/// What those in service need: 550 hours in five years from 县处级副职 up, else 90 hours in the last year; 18 credits for all.
pub fn write_training(county: &mut County, rng: &mut Rng, person: &str, stages: &[Stage]) {
    let last = &stages[stages.len() - 1];
    let senior = last.leader && last.level >= DEPUTY_COUNTY;
    let first = stages[0].start.year();
    for year in if senior { 2021 } else { 2025 }..=2025 {
        if year < first || (year == first && !senior) {
            // Hired during the year: an induction course stands in for it.
            let new = row(T::Training)
                .with("person_id", person.to_string())
                .with("course", "新录用公务员初任培训班")
                .with("start", ymd(2025, 11, 3));
            county.push(new.with("end", ymd(2025, 11, 14)).with("hours", 96).with("credits", 20).with("makeup", false));
            continue;
        }
        for (course, hours, credits) in [(*rng.pick(names::COURSES), 72, 12), ("干部网络学院年度学习", 56, 10)] {
            let start = county.days.after(ymd(year, rng.between(3, 10), rng.between(5, 22)), 0);
            let new = row(T::Training).with("person_id", person.to_string()).with("course", course).with("start", start);
            county.push(new.with("end", start.plus(9)).with("hours", hours).with("credits", credits).with("makeup", false));
        }
    }
}

/// The yearly report of everyone who was a leader of 县处级副职 or higher on the last day of the year.
pub fn write_disclosures(county: &mut County, rng: &mut Rng, person: &str, stages: &[Stage]) {
    for year in 2015..=2025 {
        let close = ymd(year, 12, 31);
        let held = stages.iter().rev().find(|s| s.start <= close);
        if held.is_some_and(|s| s.leader && s.level >= DEPUTY_COUNTY) {
            let date = county.days.before(ymd(year + 1, 1, rng.between(12, 28)), 0);
            let new =
                row(T::Disclosure).with("person_id", person.to_string()).with("kind", "年度报告").with("year", year).with("date", date);
            county.push(new.with("verified", date.plus(60)).with("result", "一致"));
        }
    }
}
