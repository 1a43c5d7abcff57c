//! People for the faults: ordinary, in order, each the ground for one fault.

pub use crate::case::{Matter, month};
pub use crate::climb::climb;
pub use crate::county::County;
pub use crate::day::{Day, ymd};
pub(crate) use crate::person;
pub use crate::person::{Ending, Profile, Stage, Written};
pub use crate::rng::Rng;
pub use crate::table::{Cell, T, row};
pub use crate::units::{CHIEF_COUNTY, CHIEF_TOWN, DEPUTY_COUNTY, DEPUTY_TOWN, kind, unit};

/// A deputy's post of a township or office, in turn over the units.
pub fn deputy(county: &County, start: Day) -> Stage {
    let offices: Vec<usize> = (unit("政府办公室")..=unit("雁落乡")).collect();
    let at = offices[county.of(T::Person).len() * 11 % offices.len()];
    let title = match kind(at) {
        "乡镇" => "副镇长",
        "群团" => "副主席",
        _ => "副局长",
    };
    Stage::leader(at, title, DEPUTY_TOWN, start)
}

/// Someone promoted from the staff to a deputy's post.
pub fn promoted(county: &mut County, start: Day) -> Written {
    promoted_by(county, start, Matter::promotion())
}

pub fn promoted_by(county: &mut County, start: Day, matter: Matter) -> Written {
    let top = deputy(county, start).by(matter);
    person::write(county, &Profile::default(), &climb(top))
}

/// The same with the first and last day of the public notice.
pub fn noticed(county: &mut County, notice: (Day, Day), start: Day) -> Written {
    promoted_by(county, start, Matter { notice: Some(notice), ..Matter::promotion() })
}

/// Someone promoted long ago, who left the county three years later: no limit on terms concerns them now.
pub fn promoted_and_left(county: &mut County, notice: (Day, Day), start: Day) -> Written {
    let top = deputy(county, start).by(Matter { notice: Some(notice), ..Matter::promotion() });
    let ending = Ending::Left(start.months(36), "调出", None);
    person::write(county, &Profile { ending, ..Profile::default() }, &climb(top))
}

/// Someone promoted to be chief of a township or office; the post before was no chief's.
pub fn promoted_chief(county: &mut County, office: &str, title: &str, start: Day, notice: Option<(Day, Day)>) -> Written {
    let top = Stage::leader(unit(office), title, CHIEF_TOWN, start).chief();
    let matter = Matter { notice, ..Matter::promotion() };
    person::write(county, &Profile::default(), &climb(top.by(matter)))
}

/// A chief from `from` on who moved to a post without charge of a unit at `to`.
pub fn moved_chief(county: &mut County, office: &str, title: &str, from: Day, to: Day, how: &'static str) -> Written {
    let mut stages = climb(Stage::leader(unit(office), title, CHIEF_TOWN, from).chief());
    stages.push(Stage::leader(unit("政协"), "委员会主任", CHIEF_TOWN, to).by(Matter::of(how)));
    person::write(county, &Profile::default(), &stages)
}

/// A deputy who moved to another deputy's post.
pub fn moved(county: &mut County, start: Day, how: &'static str) -> Written {
    let mut stages = climb(Stage::leader(unit("桃源岭镇"), "副镇长", DEPUTY_TOWN, start.months(-40)));
    let top = Stage::leader(unit("工商联"), "副主席", DEPUTY_TOWN, start);
    stages.push(top.by(Matter::of(how)));
    person::write(county, &Profile::default(), &stages)
}

/// One of the staff with no case.
pub fn staff(county: &mut County, start: Day) -> Written {
    let units: Vec<usize> = (unit("政府办公室")..=unit("水务公司")).collect();
    let at = units[county.of(T::Person).len() * 7 % units.len()];
    person::write(county, &Profile::default(), &[Stage::staff(at, start)])
}

/// The key of the only step of the kind in the person's last case.
pub fn step(county: &County, one: &Written, kind: &str) -> String {
    county.find(T::Step, &[("case_id", one.case()), ("kind", kind)])
}

pub fn set_step(county: &mut County, one: &Written, kind: &str, field: &str, value: impl Into<Cell>) {
    let id = step(county, one, kind);
    county.set(T::Step, &id, field, value);
}

/// Moves a step to other days; one of a single day has no end of its own.
pub fn move_step(county: &mut County, one: &Written, kind: &str, from: Day, to: Day) {
    set_step(county, one, kind, "start", from);
    set_step(county, one, kind, "end", (to > from).then_some(to));
}

pub fn drop_step(county: &mut County, one: &Written, kind: &str) {
    county.drop_rows(T::Step, &[("case_id", one.case()), ("kind", kind)]);
}

/// The talk that belongs to the person's last case.
pub fn talk_of(county: &County, one: &Written) -> String {
    county.find(T::Talk, &[("case_id", one.case())])
}

/// The fault of a case.
pub fn expect(county: &mut County, code: &'static str, one: &Written, verdict: &'static str, why: &str) {
    let id = one.case().to_string();
    county.expect(code, T::Case, &id, "", verdict, why);
}

pub const BREACH: &str = "违规";
pub const ADVICE: &str = "提醒";
pub const UNKNOWN: &str = "待核";
pub const SOON: &str = "预警";
